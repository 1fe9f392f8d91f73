"""What a post says a law, or a function of laws, is: put in where a step rests on it."""

from collections.abc import Callable, Iterator
from itertools import islice

from sympy import Expr
from sympy.core.function import AppliedUndef

from litgrad.checking.resting import rests_on
from litgrad.checking.stated import stated
from litgrad.checking.verdicts import Judgement
from litgrad.meaning.chances import Chance
from litgrad.meaning.statements import Derivation, Member, Statements, Step

_TRIED = 6
"""How many equations of a post are looked at for one step."""
_EQUAL = frozenset(["=", ":=", r"\equiv", r"\triangleq", r"\coloneqq", r"\doteq"])
Sides = tuple[Expr, Expr]


def follows(
    step: Step,
    sides: Sides,
    statements: Statements,
    agree: Callable[[Sides], bool],
    *,
    defined: bool = False,
) -> Judgement | None:
    """The step with what its calls are, as equations above it say; None where it does not follow from them.

    Takes both sides as written, what tells whether two sides are equal by the rules of probability, and
    whether only what the post `defined` counts.
    """
    known = (one for one in _given(step, statements) if one[0].introduces is not None or not defined)
    given = list(islice(known, _TRIED))
    ways = [[one] for one in given] + ([given] if len(given) > 1 else [])
    for used in ways:
        put = sides
        for _, call, value in used:
            put = put[0].xreplace({call: value}), put[1].xreplace({call: value})
        if put != sides and agree(put):
            return rests_on((one for one, _, _ in used), statements)
    return None


def _given(step: Step, statements: Statements) -> Iterator[tuple[Step, Expr, Expr]]:
    seen: set[Expr] = set()
    for other in stated(step, statements, _is_given):
        call, value = _expr(other.left), _expr(other.right)
        if call is not None and value is not None and call not in seen:
            seen.add(call)
            yield other, call, value


def _is_given(derivation: Derivation, step: Step) -> bool:
    """An equation that says what a call is, alone or as the first of a chain."""
    call, value = _expr(step.left), _expr(step.right)
    if step.sign.symbol not in _EQUAL or not isinstance(call, (Chance, AppliedUndef)) or value is None:
        return False
    return not value.has(call) and (step.introduces is not None or len(derivation.steps) == 1)


def _expr(member: Member) -> Expr | None:
    term = member.term or member.chance or member.calculus or member.indexed
    return None if term is None else term.expr
