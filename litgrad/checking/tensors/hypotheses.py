"""Equations of vectors and matrices that a post takes as given, and what follows from them."""

from collections.abc import Callable, Iterator
from itertools import islice

from litgrad.checking.equations import still_holds
from litgrad.checking.resting import rests_on
from litgrad.checking.verdicts import Judgement
from litgrad.meaning.statements import Statements, Step
from litgrad.tensors.build import is_zero
from litgrad.tensors.expr import Derivative, Tensor, topological, variables
from litgrad.tensors.normal import equal, equal_given

_TRIED = 6
"""How many equations of a post are looked at for one step."""
Sides = tuple[Tensor, Tensor]
Read = Callable[[Step], Sides | None]
"""Both sides of a step with every definition put in."""


def follows(step: Step, sides: Sides, statements: Statements, read: Read) -> Judgement | None:
    """The step as following from an equation above it, or from all of them; None where that is not seen."""
    stated = list(islice(_stated(step, sides, statements, read), _TRIED))
    ways = [[one] for one in stated] + ([stated] if len(stated) > 1 else [])
    for used in ways:
        if equal_given(*sides, [pair for _, pair in used]):
            return rests_on((one for one, _ in used), statements)
    return None


def _stated(step: Step, sides: Sides, statements: Statements, read: Read) -> Iterator[tuple[Step, Sides]]:
    """The equations above a step that share a name with it and are no identities, the nearest first."""
    names, place = set(variables(*sides)), step.sign.span.start
    above = [one for one in _above(step, statements) if still_holds(one, place, statements.source.text)]
    for other in reversed(above):
        pair = read(other)
        if pair is not None and names & set(variables(*pair)) and not equal(*pair):
            yield other, pair


def _above(step: Step, statements: Statements) -> Iterator[Step]:
    """Equations that stand alone, and those that put the end of a chain to zero."""
    for derivation in statements.derivations:
        for other in derivation.steps:
            if other.sign.span.start >= step.sign.span.start:
                return
            if _is_equation(other) and (len(derivation.steps) == 1 or _is_condition(other)):
                yield other


def _is_equation(step: Step) -> bool:
    """An equation that claims no derivative: that would be right or wrong by itself."""
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    if len(terms) < 2 or step.sign.symbol != "=" or step.introduces is not None:
        return False
    claims = any(isinstance(node, Derivative) for term in terms for node in topological(term.tensor))
    return not claims or _is_condition(step)


def _is_condition(step: Step) -> bool:
    return step.right.tensor is not None and is_zero(step.right.tensor.tensor)
