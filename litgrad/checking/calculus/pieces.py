"""Where an integral is taken apart: at poles and where absolute values turn."""

from collections.abc import Iterator

import sympy
from sympy import Expr, Poly, Pow, Symbol, oo

from litgrad.checking.calculus.continuity import Place
from litgrad.meaning.forms import atoms_of

_MOST = 6


def breaks(integrand: Expr, variable: Symbol, below: Expr, above: Expr) -> tuple[Expr, ...]:
    """The points inside an interval at which an integrand may be singular or turn, in order."""
    found = {root for expr in _turning(integrand, variable) for root in _roots(expr, variable)}
    if (below, above) == (-oo, oo) and len(found) == 1:
        return tuple(found)
    if not all(end.is_number and end.is_extended_real for end in (below, above)):
        return ()
    inside = [root for root in found if root.is_number and below < root < above]
    return tuple(sorted(inside)) if len(inside) <= _MOST else ()


def _turning(integrand: Expr, variable: Symbol) -> Iterator[Expr]:
    for call in atoms_of(integrand, sympy.Abs, sympy.sign):
        yield call.args[0]
    for call in atoms_of(integrand, sympy.Max, sympy.Min):
        yield from (first - second for first in call.args for second in call.args if first != second)
    for power in atoms_of(integrand, Pow):
        if power.base.has(variable) and not (power.exp.is_Integer and power.exp > 0):
            yield power.base
    for call in atoms_of(integrand, sympy.log):
        yield call.args[0]


def _roots(expr: Expr, variable: Symbol) -> Iterator[Expr]:
    """The root of what is linear, and the rational roots of polynomials with rational coefficients."""
    if not expr.has(variable) or not expr.is_polynomial(variable):
        return
    polynomial = Poly(expr, variable)
    if polynomial.degree() == 1:
        slope, offset = polynomial.all_coeffs()
        if slope.is_Rational:
            yield -offset / slope
    elif all(c.is_Rational for c in polynomial.all_coeffs()):
        yield from polynomial.ground_roots()


def resolved(integrand: Expr, place: Place) -> Expr:
    """Absolute values and maxima whose sign is known all over a place written without them."""
    table: dict[Expr, Expr] = {}
    for call in atoms_of(integrand, sympy.Abs, sympy.sign):
        (inner,) = call.args
        for sign in (1, -1):
            if place.above(sign * inner, strict=isinstance(call, sympy.sign)):
                table[call] = sign * inner if isinstance(call, sympy.Abs) else sympy.Integer(sign)
    for call in atoms_of(integrand, sympy.Max, sympy.Min):
        direction = 1 if isinstance(call, sympy.Max) else -1
        for best in call.args:
            if all(place.above(direction * (best - other), strict=False) for other in call.args):
                table[call] = best
    return integrand.xreplace(table)
