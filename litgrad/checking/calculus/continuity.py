"""Whether an expression is continuous in a variable on an interval, end points aside."""

from collections.abc import Callable

import mpmath
import sympy
from sympy import Dummy, Expr, Poly, Pow, Symbol, exp, oo

from litgrad.checking.normal_form import is_nonnegative
from litgrad.checking.numeric import value
from litgrad.records import dataclass

_SURE = mpmath.mpf(10) ** -40
"""A number this far from zero, worked out to sixty digits, is not zero."""
_EVERYWHERE = (
    sympy.Add, sympy.Mul, exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.tanh, sympy.atan,
    sympy.asinh, sympy.erf, sympy.Abs, sympy.Max, sympy.Min,
)  # fmt: skip
"""What is continuous wherever its arguments are."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a variable lies: an open interval, run through by a symbol that is above zero, or one point."""

    variable: Symbol
    value: Expr
    """The variable in terms of the symbol that runs."""
    positive: tuple[Expr, ...]
    """What is known to be above zero, the symbol that runs among it."""
    ends: tuple[Expr, Expr] | None = None
    around: bool = False
    """Whether all must hold near the point as well, not only at it."""

    def above(self, expr: Expr, *, strict: bool = True) -> bool:
        """Whether an expression is provably above zero here, or without `strict` not below it."""
        here = expr.xreplace({self.variable: self.value})
        number = None if here.free_symbols else value(here, {}, 60)
        if number is not None and abs(number) > _SURE:
            return bool(number > 0)
        return is_nonnegative(here, self.positive, strict=strict or self.around)

    def never_zero(self, expr: Expr) -> bool:
        """Whether an expression is provably not zero here."""
        return self.above(expr) or self.above(-expr) or self._without_roots(expr)

    def _without_roots(self, expr: Expr) -> bool:
        """Whether a polynomial with rational coefficients has no real root between rational ends."""
        if self.ends is None or not expr.is_polynomial(self.variable):
            return False
        polynomial = Poly(expr, self.variable)
        below, above = self.ends
        rational = all(c.is_Rational for c in polynomial.all_coeffs()) and polynomial.degree() > 0
        if not rational or not all(end.is_Rational or end in (oo, -oo) for end in self.ends):
            return False
        roots = polynomial.count_roots(None if below is -oo else below, None if above is oo else above)
        return roots == sum(end.is_Rational and polynomial.eval(end) == 0 for end in {below, above})


def between(variable: Symbol, below: Expr, above: Expr, positive: tuple[Expr, ...]) -> Place:
    """The open interval from `below` to `above`, which may be infinite; `below` is the smaller end."""
    runs = Dummy("s", real=True)
    if below is -oo and above is oo:
        return Place(variable, runs, positive, (below, above))
    if above is oo:
        value = below + runs
    elif below is -oo:
        value = above - runs
    else:
        value = (below + above * runs) / (1 + runs)
    ends = (above, below) if below.is_Rational and above.is_Rational and above < below else (below, above)
    return Place(variable, value, (*positive, runs), ends)


def at(variable: Symbol, point: Expr, positive: tuple[Expr, ...], *, around: bool = False) -> Place:
    """A single point, or with `around` the points near it, too."""
    return Place(variable, point, positive, around=around)


def is_continuous(expr: Expr, place: Place) -> bool:
    """Whether an expression is provably defined and continuous in the variable of a place, all over it."""
    if not expr.has(place.variable):
        return not expr.has(oo, -oo, sympy.zoo, sympy.nan)
    if expr == place.variable:
        return True
    if isinstance(expr, _EVERYWHERE):
        return all(is_continuous(argument, place) for argument in expr.args)
    rule = _RULES.get(expr.func)
    return rule is not None and rule(place, *expr.args)


def _power(place: Place, base: Expr, exponent: Expr) -> bool:
    if not (is_continuous(base, place) and is_continuous(exponent, place)):
        return False
    if exponent.is_Integer:
        return bool(exponent >= 0) or place.never_zero(base)
    if exponent.is_Rational and exponent > 0:
        return place.above(base, strict=False)
    return place.above(base)


def _within_one(place: Place, argument: Expr) -> bool:
    return is_continuous(argument, place) and place.above(1 - argument**2, strict=False)


_RULES: dict[type, Callable[..., bool]] = {
    Pow: _power,
    sympy.log: lambda place, u: is_continuous(u, place) and place.above(u),
    sympy.tan: lambda place, u: is_continuous(u, place) and place.never_zero(sympy.cos(u)),
    sympy.asin: _within_one,
    sympy.acos: _within_one,
}
