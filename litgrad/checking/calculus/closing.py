"""Integrals and limits to the closed forms that they are proved to have."""

from dataclasses import field
from itertools import pairwise

import sympy
from sympy import Expr, Integral, Limit, Subs, Symbol, oo

from litgrad.checking.calculus.antiderivatives import antiderivative
from litgrad.checking.calculus.bound import HELD
from litgrad.checking.calculus.continuity import Place, at, between, is_continuous
from litgrad.checking.calculus.limits import limit
from litgrad.checking.calculus.pieces import breaks, resolved
from litgrad.checking.normal_form import is_nonnegative
from litgrad.records import dataclass

_INFINITE = (oo, -oo)
_RUNS = Symbol("\N{INTEGRAL}", real=True)
"""The variable of the integral at hand; no post can write it."""


@dataclass(slots=True)
class Closer:
    """Closes integrals and limits under what is known to be positive; what was found is remembered."""

    positive: tuple[Expr, ...]
    found: dict[Expr, Expr] = field(default_factory=dict)

    def closed(self, expr: Expr) -> Expr:
        """An expression with every integral and limit that can be as its value; the others stay.

        A divergent integral becomes an infinity, at which nothing is judged further.
        """
        if not expr.has(*HELD) and not (expr.has(Subs) and expr.has(oo)):
            return expr
        if expr not in self.found:
            self.found[expr] = self._closed(expr)
        return self.found[expr]

    def _closed(self, expr: Expr) -> Expr:
        match expr:
            case Integral():
                return self._integral(expr)
            case Limit():
                body, variable, point, side = expr.args
                inner, at_point = self.closed(body), self.closed(point)
                value = limit(inner, variable, at_point, str(side), self.positive)
                return Limit(inner, variable, at_point, side) if value is None else value
            case Subs() if set(expr.point) & set(_INFINITE) and len(expr.variables) == 1:
                (variable,), (point,) = expr.variables, expr.point
                value = limit(self.closed(expr.expr), variable, point, "-", self.positive)
                return expr if value is None else value
        return expr.func(*map(self.closed, expr.args))

    def _integral(self, expr: Integral) -> Expr:
        """The innermost variable first."""
        body = expr.function
        for at_limit, bounds in enumerate(expr.limits):
            inner = self.closed(body)
            value = self._over(inner, bounds)
            if value is None:
                return Integral(inner, *expr.limits[at_limit:])
            body = value
        return body

    def _over(self, integrand: Expr, bounds: tuple[Expr, ...]) -> Expr | None:
        """One definite integral; None where it has no proved closed form."""
        if len(bounds) != 3 or integrand.has(*HELD, *_INFINITE):
            return None
        below, above = (self.closed(bound) for bound in bounds[1:])
        integrand = integrand.xreplace({bounds[0]: _RUNS})
        if below == above:
            return sympy.Integer(0) if is_continuous(integrand, at(_RUNS, below, self.positive)) else None
        if below is oo or above is -oo or (below.is_number and above.is_number and (below > above) == True):  # noqa: E712
            value = self._in_pieces(integrand, above, below)
            return None if value is None else -value
        return self._in_pieces(integrand, below, above)

    def _in_pieces(self, integrand: Expr, below: Expr, above: Expr) -> Expr | None:
        """An integral over the pieces between its poles and turning points."""
        ends = (below, *breaks(integrand, _RUNS, below, above), above)
        pieces = [self._between(integrand, *pair) for pair in pairwise(ends)]
        values = [piece for piece in pieces if piece is not None]
        if len(values) < len(pieces) or {oo, -oo} <= set(values):
            return None
        return sympy.Add(*values)

    def _between(self, integrand: Expr, below: Expr, above: Expr) -> Expr | None:
        inside = between(_RUNS, below, above, self.positive)
        integrand = resolved(integrand, inside)
        if not is_continuous(integrand, inside):
            return None
        primitive = antiderivative(integrand, _RUNS, self.positive)
        if primitive is None or not is_continuous(primitive, inside):
            return None
        return self._gap(primitive, inside, below, above)

    def _gap(self, primitive: Expr, inside: Place, below: Expr, above: Expr) -> Expr | None:
        """What an antiderivative gains from one end to the other."""
        upper, lower = (self._end(primitive, inside, below, above, end) for end in (above, below))
        if upper is None or lower is None or (upper in _INFINITE and lower in _INFINITE):
            return None
        return upper - lower

    def _end(self, primitive: Expr, inside: Place, below: Expr, above: Expr, end: Expr) -> Expr | None:
        """The value of an antiderivative at an end, or where it goes there."""
        if end not in _INFINITE and is_continuous(primitive, at(inside.variable, end, self.positive)):
            return primitive.xreplace({inside.variable: end})
        side = _side(below, above, end, self.positive)
        return None if side is None else limit(primitive, inside.variable, end, side, self.positive)


def _side(below: Expr, above: Expr, end: Expr, positive: tuple[Expr, ...]) -> str | None:
    """From which side an end is reached; None where the ends' order is open."""
    if end in _INFINITE:
        return "-"
    rising = below is -oo or above is oo or is_nonnegative(above - below, positive, strict=True)
    falling = not rising and is_nonnegative(below - above, positive, strict=True)
    if not rising and not falling:
        return None
    return "+" if (end == below) == rising else "-"
