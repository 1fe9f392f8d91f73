"""Integrals written without bounds beside others that have them: they go over the same range."""

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr, Integer, Integral, Tuple

from litgrad.meaning.statements import Derivation, Member, Step


def with_ranges(step: Step, derivation: Derivation) -> Step:
    """A step whose integrals without bounds have those that the chain writes once.

    `\\int_{-\\infty}^{\\infty} p(x) dx = \\int q(x) dx` is no claim about antiderivatives. Where nothing is
    written with bounds, or with more than one range, the step stays.
    """
    sides = [one.term.expr for one in (step.left, step.right) if one.term is not None]
    bare = {limits for limits in _limits(sides) if len(limits) == 1}
    if len(bare) != 1 or any(_stands_free(name, side) for side in sides for (name,) in bare):
        return step
    near = _written(sides)
    ranges = near or _written([one.calculus.expr for one in derivation.members if one.calculus is not None])
    if len(ranges) != 1:
        return step
    left, right = (_over(member, ranges) for member in (step.left, step.right))
    return replace(step, left=left, right=right)


def _stands_free(name: Expr, side: Expr) -> bool:
    """Whether a side depends on the variable of an integral otherwise than under it."""
    return side.xreplace({one: Integer(0) for one in side.atoms(Integral)}).has(name)


def _limits(sides: list[Expr]) -> Iterator[Tuple]:
    return (limits for side in sides for one in side.atoms(Integral) for limits in one.limits)


def _written(sides: list[Expr]) -> set[tuple[Expr, Expr]]:
    return {(limits[1], limits[2]) for limits in _limits(sides) if len(limits) == 3}


def _over(member: Member, ranges: set[tuple[Expr, Expr]]) -> Member:
    """A side with the one range at its integrals without bounds."""
    assert member.term is not None
    expr = member.term.expr
    ((below, above),) = ranges
    table = {
        one: Integral(one.function, (one.limits[0][0], below, above))
        for one in expr.atoms(Integral)
        if len(one.limits) == 1 and len(one.limits[0]) == 1
    }
    return replace(member, term=replace(member.term, expr=expr.xreplace(table))) if table else member
