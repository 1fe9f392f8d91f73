"""Rows that have one side in common: `a = 1` above `b = 1`."""

from dataclasses import replace

from litgrad.checking.equations import HEADING, is_in_a_row
from litgrad.checking.letters import letters_of
from litgrad.meaning.statements import Derivation, Statements, Step

_NEAR = 200
"""How many characters may stand between two rows."""


def between_rows(step: Step, derivation: Derivation, statements: Statements) -> tuple[Step, Step] | None:
    """The equation above with the same right side, and the step between the two left sides.

    Gives None where the two do not stand in rows of their own, one after the other.
    """
    if derivation.index == 0 or len(derivation.steps) != 1 or step.sign.symbol != "=":
        return None
    above = statements.derivations[derivation.index - 1].steps
    premise, text = above[-1], statements.source.text
    start, end = premise.right.span.end, step.left.span.start
    if len(above) != 1 or premise.sign.symbol != "=" or premise.introduces is not None:
        return None
    if not 0 <= end - start <= _NEAR or HEADING.search(text, start, end):
        return None
    if not all(is_in_a_row(one, text) for one in (premise, step)):
        return None
    letters = letters_of(statements)
    if letters.spelled(premise.right) != letters.spelled(step.right):
        return None
    return premise, replace(step, left=premise.left, right=step.left, aside=None)
