"""Unknown functions of `x + h` as their Taylor series in h."""

from collections.abc import Iterator

import sympy
from sympy import Derivative, Dummy, Expr, Integer, Subs, Symbol, latex
from sympy.core.function import AppliedUndef

from litgrad.meaning.forms import name_of

_MOST_RATES = 8
"""How far an unknown function is expanded."""


def with_series(expr: Expr, symbol: Symbol, end: Expr) -> Expr:
    """An expression with unknown functions of `x + h` as their Taylor series in h."""
    if end != 0:
        return expr
    table: dict[tuple[str, Expr, int], Dummy] = {}
    for part in sorted(_unknown_parts(expr), key=lambda one: -one.count_ops()):
        expr = expr.xreplace({part: _series_of(part, symbol, table)})
    return expr


def _unknown_parts(expr: Expr) -> Iterator[Expr]:
    for part in expr.atoms(Subs, Derivative, AppliedUndef):
        whole = isinstance(part, AppliedUndef) and len(part.args) == 1
        if whole or (_rate_of(part) is not None):
            yield part


def _rate_of(part: Expr) -> tuple[str, int, Expr] | None:
    """The function, the order and the point of a derivative of an unknown function of one argument."""
    point: Expr | None = None
    if isinstance(part, Subs):
        if len(part.point) != 1:
            return None
        part, point = part.expr, part.point[0]
    if (
        not isinstance(part, Derivative)
        or not isinstance(part.expr, AppliedUndef)
        or len(part.expr.args) != 1
    ):
        return None
    if len(part.variable_count) != 1 or part.expr.args[0] != part.variables[0]:
        return None
    return (
        name_of(part.expr),
        int(part.variable_count[0][1]),
        point if point is not None else part.expr.args[0],
    )


def _series_of(part: Expr, symbol: Symbol, table: dict[tuple[str, Expr, int], Dummy]) -> Expr:
    name, order, point = _rate_of(part) or (name_of(part), 0, part.args[0])
    if point == symbol:
        return part
    at = point.xreplace({symbol: Integer(0)})
    step = sympy.expand(point - at)
    rates = range(1 if step == 0 else _MOST_RATES)
    return sympy.Add(*(_rate(table, name, at, order + n) * step**n / sympy.factorial(n) for n in rates))


def _rate(table: dict[tuple[str, Expr, int], Dummy], name: str, at: Expr, order: int) -> Dummy:
    shown = name + (f"^{{({order})}}" if order > 3 else "'" * order)
    return table.setdefault((name, at, order), Dummy(f"{shown}({latex(at)})", real=True))
