"""The equations that a post states around a step: one search for all that rest on them."""

import re
from collections.abc import Callable, Iterator

from litgrad.checking.equations import still_holds
from litgrad.meaning.declarations import STATES_MEANING
from litgrad.meaning.statements import Derivation, Statements, Step

Accepts = Callable[[Derivation, Step], bool]
"""Whether an equation of a derivation is one of those that are looked for."""
_NEAR = 300
_CUE = re.compile(
    r"\b(?:where|with|since|because|as|for|if|when|provided|given|using)\b[^.]{0,30}$", re.IGNORECASE
)
"""Words before an equation that is assumed of what stands above."""
_PARAGRAPH = re.compile(r"\n\s*\n")


def stated(step: Step, statements: Statements, accepts: Accepts, *, below: bool = False) -> Iterator[Step]:
    """The equations in force at a step, the nearest first.

    They stand above it; with `below` also just below, after a word such as `where`. A definition holds on,
    any other equation up to the next heading, and one of a single case in its sentence.
    """
    place, text = step.sign.span.start, statements.source.text
    said = [
        other
        for derivation in statements.derivations
        for other in derivation.steps
        if other.id != step.id
        and _is_said_for(other, place, text, below=below)
        and accepts(derivation, other)
    ]
    for other in sorted(said, key=lambda one: abs(one.sign.span.start - place)):
        if defines(other) or still_holds(other, place, text):
            yield other


def defines(step: Step) -> bool:
    """Whether an equation gives a name its meaning, and no special value that ends with its section."""
    if step.definition is not None and step.definition.special:
        return False
    return step.introduces is not None or step.aside == STATES_MEANING


def _is_said_for(other: Step, place: int, text: str, *, below: bool) -> bool:
    """Whether an equation stands above a place, or just below it as in `where $a + b = 1$`."""
    start = other.left.span.start
    if start < place:
        return other.right.span.end <= place
    between = text[place : min(start, place + _NEAR + 1)] if below else ""
    near = below and len(between) < _NEAR and len(_PARAGRAPH.findall(between)) < 2
    return near and _CUE.search(between) is not None
