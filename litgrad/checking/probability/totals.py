"""Sums and integrals over a law as expectations: `\\sum_z q(z) f(z)` as `E_q[f(z)]`."""

from collections.abc import Iterator

import sympy
from sympy import Expr, Integral
from sympy.core.function import AppliedUndef
from sympy.core.symbol import Str

from litgrad.meaning.chances import Chance, Mean, Total
from litgrad.meaning.forms import name_of
from litgrad.records import dataclass

Sides = tuple[Expr, Expr]


@dataclass(frozen=True, slots=True)
class _Weight:
    """A law's call that the terms of a total are weighted with."""

    call: Expr
    variable: Expr


def as_means(sides: Sides, laws: frozenset[str]) -> Iterator[Sides]:
    """Two sides with their totals over the variable of one law as expectations under it, for each such law.

    Takes the sides as written and the names of laws; the sides themselves come first.
    """
    yield sides
    totals = [one for side in sides for one in side.atoms(Total, Integral)]
    weights = [weight for one in totals for weight in _weights(one, laws)]
    for weight in dict.fromkeys(weights):
        left, right = (_under(side, weight) for side in sides)
        yield left, right


def _weights(total: Expr, laws: frozenset[str]) -> Iterator[_Weight]:
    variable = _variable(total)
    for call in total.args[0].atoms(Chance, AppliedUndef):
        name, events, _ = _law_of(call)
        if variable is not None and name in laws and events == (variable,):
            yield _Weight(call, variable)


def _variable(total: Expr) -> Expr | None:
    """What a total goes through; None where it has bounds or several variables."""
    if isinstance(total, Total):
        return total.args[1]
    limits = total.limits if isinstance(total, Integral) else ()
    return limits[0][0] if len(limits) == 1 and len(limits[0]) == 1 else None


def _under(expr: Expr, weight: _Weight) -> Expr:
    """An expression, evaluated, with the totals over the variable as expectations."""
    if not expr.args or isinstance(expr, (Chance, AppliedUndef, Mean)):
        return expr
    if isinstance(expr, (Total, Integral)):
        if _variable(expr) != weight.variable:
            return expr
        name, events, given = _law_of(weight.call)
        inner = sympy.cancel(_under(expr.args[0], weight) / weight.call)
        return Mean(inner, sympy.Tuple(*events), Str(name), sympy.Tuple(*given), sympy.Tuple())
    return expr.func(*(_under(one, weight) for one in expr.args))


def _law_of(call: Expr) -> tuple[str, tuple[Expr, ...], tuple[Expr, ...]]:
    """The name of a law's call, what it is of and what it is given."""
    if isinstance(call, Chance):
        return call.args[0].name, tuple(call.args[1]), tuple(call.args[2])
    return name_of(call), call.args, ()
