"""Equations of vectors and matrices that a post takes as given, and what follows from them."""

from collections.abc import Callable, Iterator
from itertools import islice

from litgrad.checking.resting import rests_on
from litgrad.checking.stated import stated
from litgrad.checking.verdicts import Judgement
from litgrad.meaning.statements import Derivation, Statements, Step
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
    given = list(islice(_stated(step, sides, statements, read), _TRIED))
    ways = [[one] for one in given] + ([given] if len(given) > 1 else [])
    for used in ways:
        if equal_given(*sides, [pair for _, pair in used]):
            return rests_on((one for one, _ in used), statements)
    return None


def _stated(step: Step, sides: Sides, statements: Statements, read: Read) -> Iterator[tuple[Step, Sides]]:
    """The equations above a step that share a name with it and are no identities, the nearest first."""
    names = set(variables(*sides))
    for other in stated(step, statements, _is_given):
        pair = read(other)
        if pair is not None and names & set(variables(*pair)) and not equal(*pair):
            yield other, pair


def _is_given(derivation: Derivation, step: Step) -> bool:
    """An equation that stands alone, or puts the end of a chain to zero."""
    return _is_equation(step) and (len(derivation.steps) == 1 or _is_condition(step))


def _is_equation(step: Step) -> bool:
    """An equation that claims no derivative: that would be right or wrong by itself."""
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    if len(terms) < 2 or step.sign.symbol != "=" or step.introduces is not None:
        return False
    claims = any(isinstance(node, Derivative) for term in terms for node in topological(term.tensor))
    return not claims or _is_condition(step)


def _is_condition(step: Step) -> bool:
    return step.right.tensor is not None and is_zero(step.right.tensor.tensor)
