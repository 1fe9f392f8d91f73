"""Values of formulas to as many digits as a comparison with float64 needs, with bounds on their own error."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sympy
from flint import arb, ctx, fmpq
from sympy import Expr, Symbol

from litgrad.codegen.special import literal

Point = Mapping[Symbol, float]

_BITS = (160, 1_300, 2_600)
"""Precisions tried in turn: `1 - sigmoid(740)` has its first digit after 1,070 bits."""
_ENOUGH = 80
"""Bits that a value must have to be called known."""


class Undefined(Exception):
    """There is no real value, nor a limit that stands for one."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The value of a formula at a point, and how much it magnifies relative errors of its arguments."""

    value: arb
    condition: float
    """The sum of |x f_x / f| over the arguments."""

    def error(self, got: float) -> float:
        """The distance of a float to the value in units of the last place; infinite for nan and infinity."""
        if not math.isfinite(got):
            return math.inf
        return float(abs(arb(got) - self.value) / math.ulp(float(self.value)))


def truth(expr: Expr, point: Point) -> Truth | None:
    """The value to eighty bits; None where there is none in the range of a double.

    A product with a factor that is 0 whatever the other factors' arguments do is 0, also where those
    have no value: `y log p` at y = 0, p = 0.
    """
    expr = literal(expr)
    for bits in _BITS:
        with ctx.workprec(bits):
            centre = _at(expr, {symbol: arb(number) for symbol, number in point.items()})
            if centre is None:
                return None
            if centre.is_zero():
                return Truth(centre, 0.0)
            if centre.is_finite() and centre.rel_accuracy_bits() >= _ENOUGH:
                in_range = math.isfinite(float(centre))
                return Truth(centre, _condition(expr, point, centre)) if in_range else None
    return None


def _condition(expr: Expr, point: Point, centre: arb) -> float:
    """Sums of difference quotients over a relative step of 30 bits."""
    step = arb(2) ** -30
    total = 0.0
    for symbol, number in point.items():
        if number != 0:
            moved = {name: arb(x) * (1 + step) if name == symbol else arb(x) for name, x in point.items()}
            value = _at(expr, moved)
            total += abs(float((value - centre) / (step * centre))) if value is not None else 0.0
    return min(total, 1e300) if not math.isnan(total) else 0.0


def _at(expr: Expr, point: Mapping[Symbol, arb]) -> arb | None:
    """A ball around the value, perhaps without bounds; None where the formula has no value."""
    try:
        return _value(expr, point)
    except Undefined:
        return None


def _value(expr: Expr, point: Mapping[Symbol, arb]) -> arb:
    if isinstance(expr, Symbol):
        return point[expr]
    if isinstance(expr, sympy.Rational):
        return arb(fmpq(int(expr.p), int(expr.q)))
    if isinstance(expr, sympy.Float):
        return arb(float(expr))
    if expr is sympy.pi or expr is sympy.E:
        return arb.pi() if expr is sympy.pi else arb.const_e()
    if isinstance(expr, sympy.Mul):
        return _product(expr, point)
    if isinstance(expr, sympy.Pow) and expr.base is sympy.E:
        return _value(expr.exp, point).exp()
    values = [_value(argument, point) for argument in expr.args]
    if isinstance(expr, sympy.Add):
        return sum(values[1:], values[0])
    if isinstance(expr, sympy.Pow):
        return _power(values[0], expr.exp, values[1])
    rule = _RULES.get(type(expr))
    if rule is None:
        raise Undefined
    return _real(rule(*values), *values)


def _product(product: Expr, point: Mapping[Symbol, arb]) -> arb:
    result, zeros, missing = arb(1), set(), set()
    for factor in product.args:
        try:
            value = _value(factor, point)
        except Undefined:
            missing |= factor.free_symbols
            continue
        result = result * value
        if value.is_zero():
            zeros |= factor.free_symbols
    if not missing:
        return result
    if not zeros or zeros & missing:
        raise Undefined
    return arb(0)


def _power(base: arb, exponent: Expr, power: arb) -> arb:
    if exponent.is_Integer:
        if base.is_zero() and exponent < 0:
            raise Undefined
        return base ** int(exponent)
    if exponent == sympy.Rational(1, 2):
        return _real(base.sqrt(), base)
    if base.is_zero() and power > 0:
        return base
    return _real(base**power, base)


def _real(number: arb, *arguments: arb) -> arb:
    """Nothing where exact arguments have no value; what more bits may settle stays."""
    if number.is_nan() and all(argument.is_exact() for argument in arguments):
        raise Undefined
    return number


def _log(argument: arb) -> arb:
    if argument.is_exact() and argument <= 0:
        raise Undefined
    return argument.log()


_RULES: dict[type, Callable[..., arb]] = {
    sympy.exp: arb.exp, sympy.log: _log, sympy.sin: arb.sin, sympy.cos: arb.cos, sympy.tan: arb.tan,
    sympy.cot: arb.cot, sympy.sec: arb.sec, sympy.csc: arb.csc, sympy.asin: arb.asin, sympy.acos: arb.acos,
    sympy.atan: arb.atan, sympy.sinh: arb.sinh, sympy.cosh: arb.cosh, sympy.tanh: arb.tanh,
    sympy.coth: arb.coth, sympy.asinh: arb.asinh, sympy.acosh: arb.acosh, sympy.atanh: arb.atanh,
    sympy.Abs: abs, sympy.sign: arb.sgn, sympy.Max: arb.max, sympy.Min: arb.min, sympy.erf: arb.erf,
}  # fmt: skip
