"""Values of expressions at points, in mpmath: real numbers or nothing."""

import operator
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

import mpmath
import sympy
from mpmath import mpf
from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from litgrad.meaning.cases import Cases, Slopes

Point = Mapping[Symbol, mpf]
Known = dict[Expr, mpf]
"""The values of symbols, and of the calls computed so far."""


class Undefined(Exception):
    """The expression has no real value at the point."""


def value(expr: Expr, point: Point, digits: int = 40) -> mpf | None:
    """The real value of an expression at a point, None where it has none.

    Takes an expression in the point's symbols, derivatives settled, and a number of decimal digits.
    """
    return values([expr], point, digits)[0]


def values(exprs: Iterable[Expr], point: Point, digits: int = 40) -> list[mpf | None]:
    """The values of several expressions; a call that stands in many of them is computed once."""
    known: Known = dict(point)
    with mpmath.workdps(digits):
        return [_finite(expr, known) for expr in exprs]


def _finite(expr: Expr, known: Known) -> mpf | None:
    try:
        result = _value(expr, known)
    except (Undefined, ZeroDivisionError, OverflowError, ValueError):
        return None
    return result if mpmath.isfinite(result) else None


def _value(expr: Expr, point: Known) -> mpf:
    if expr.is_Symbol:
        if expr not in point:
            raise Undefined
        return point[expr]
    if expr.is_Rational:
        return mpf(int(expr.p)) / int(expr.q)
    if expr.is_Add:
        return mpmath.fsum(_value(term, point) for term in expr.args)
    if expr.is_Mul:
        return _product([_value(factor, point) for factor in expr.args])
    if expr.is_Pow and expr.base is not sympy.E:
        return _power(_value(expr.base, point), expr.exp, point)
    if isinstance(expr, Cases):
        return _value(_case_at(expr, point), point)
    rule = _RULES.get(expr.func)
    if rule is not None:
        if expr not in point:
            point[expr] = _real(rule(*[_value(argument, point) for argument in expr.args]))
        return point[expr]
    if expr is sympy.pi or expr is sympy.E:
        return +mpmath.pi if expr is sympy.pi else mpmath.e + 0
    raise Undefined


def _case_at(cases: Cases, point: Known) -> Expr:
    """The value whose condition holds at a point, of which no side is too close to tell."""
    if isinstance(cases, Slopes):
        cases = cases.inside
    for found, condition in cases.pairs:
        if _holds(condition, point):
            return found
    raise Undefined


def _holds(condition: Boolean, point: Known) -> bool:
    if condition in (sympy.true, sympy.false):
        return condition == sympy.true
    if isinstance(condition, (sympy.And, sympy.Or)):
        held = [_holds(part, point) for part in condition.args]
        return all(held) if isinstance(condition, sympy.And) else any(held)
    compare = _COMPARISONS.get(condition.func)
    if compare is None:
        raise Undefined
    gap = _value(condition.args[0], point) - _value(condition.args[1], point)
    if gap != 0 and abs(gap) < mpf(10) ** (-mpmath.mp.dps // 2):
        raise Undefined
    return compare(gap, 0)


_COMPARISONS: dict[type, Callable[[mpf, int], bool]] = {
    sympy.Gt: operator.gt, sympy.Ge: operator.ge, sympy.Lt: operator.lt, sympy.Le: operator.le,
    sympy.Eq: operator.eq, sympy.Ne: operator.ne,
}  # fmt: skip


def _product(factors: list[mpf]) -> mpf:
    result = mpf(1)
    for factor in factors:
        result *= factor
    return result


def _power(base: mpf, exponent: Expr, point: Known) -> mpf:
    if exponent.is_Integer:
        if abs(int(exponent)) > 100_000:
            raise Undefined
        return base ** int(exponent)
    power = _value(exponent, point)
    if base < 0 and power != mpmath.nint(power):
        raise Undefined
    if abs(power) * (abs(mpmath.log(abs(base))) if base else 1) > 1e6:
        raise Undefined
    return _real(mpmath.power(base, power))


def _real(result: mpf) -> mpf:
    if isinstance(result, mpmath.mpc):
        raise Undefined
    return result


def _exp(argument: mpf) -> mpf:
    if abs(argument) > 1e6:
        raise Undefined
    return mpmath.exp(argument)


def _wave(function: Callable[[mpf], mpf]) -> Callable[[mpf], mpf]:
    """A periodic function, where its argument is known to many digits behind the point."""

    def rule(argument: mpf) -> mpf:
        if abs(argument) > mpf(10) ** (mpmath.mp.dps // 5):
            raise Undefined
        return function(argument)

    return rule


_RULES: dict[type, Callable[..., mpf]] = {
    sympy.exp: _exp,
    sympy.Pow: lambda base, exponent: (
        _exp(exponent) if base == mpmath.e + 0 else mpmath.power(base, exponent)
    ),
    sympy.log: mpmath.log,
    sympy.sin: _wave(mpmath.sin),
    sympy.cos: _wave(mpmath.cos),
    sympy.tan: _wave(mpmath.tan),
    sympy.cot: _wave(mpmath.cot),
    sympy.sec: _wave(mpmath.sec),
    sympy.csc: _wave(mpmath.csc),
    sympy.asin: mpmath.asin,
    sympy.acos: mpmath.acos,
    sympy.atan: mpmath.atan,
    sympy.sinh: mpmath.sinh,
    sympy.cosh: mpmath.cosh,
    sympy.tanh: mpmath.tanh,
    sympy.coth: mpmath.coth,
    sympy.asinh: mpmath.asinh,
    sympy.acosh: mpmath.acosh,
    sympy.atanh: mpmath.atanh,
    sympy.Abs: abs,
    sympy.sign: mpmath.sign,
    sympy.Max: max,
    sympy.Min: min,
    sympy.erf: mpmath.erf,
    sympy.gamma: mpmath.gamma,
    sympy.polygamma: lambda order, argument: mpmath.psi(int(order), argument),
    sympy.factorial: mpmath.factorial,
    sympy.binomial: mpmath.binomial,
    sympy.floor: mpmath.floor,
    sympy.ceiling: mpmath.ceil,
    sympy.Mod: lambda number, divisor: number - divisor * mpmath.floor(number / divisor),
}


_MOST_DIGITS = 80
"""The most digits of a value that are shown."""


def same(left: mpf, right: mpf, digits: int) -> bool:
    """Whether two values agree to a number of significant digits."""
    scale = max(abs(left), abs(right), mpf(10) ** -digits)
    return bool(abs(left - right) <= scale * mpf(10) ** -digits)


def told_apart(left: mpf, right: mpf) -> tuple[Expr, Expr]:
    """Two values for people, with as many digits as show that they differ."""
    for digits in (6, 12, 20, 40):
        shown = readable(left, digits), readable(right, digits)
        if shown[0] != shown[1]:
            return shown
    return readable(left, _MOST_DIGITS), readable(right, _MOST_DIGITS)


def readable(number: mpf, digits: int = 6) -> Expr:
    """A value for people: a small fraction where it is one, else some significant digits."""
    fraction = Fraction(*_ratio(number)).limit_denominator(1000)
    if same(mpf(fraction.numerator) / fraction.denominator, number, 30):
        return sympy.Rational(fraction.numerator, fraction.denominator)
    return sympy.Float(mpmath.nstr(number, digits), digits)


def _ratio(number: mpf) -> tuple[int, int]:
    sign, mantissa, exponent, _ = number._mpf_
    mantissa = -int(mantissa) if sign else int(mantissa)
    return (mantissa << exponent, 1) if exponent >= 0 else (mantissa, 1 << -exponent)
