"""Bounds on the value of an expression: intervals that are certain to hold it, whatever digits cancel."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import mpmath
import sympy
from mpmath import iv, mpf
from sympy import Expr, Symbol

Bound: TypeAlias = Any
"""An interval of mpmath."""
_DIGITS = 220
_LARGEST = 10**7
"""Exponents beyond it are not worked out."""


class _Open(Exception):
    """No bound follows."""


def certainly_apart(left: Expr, right: Expr, point: Mapping[Symbol, mpf]) -> bool:
    """Whether two sides differ at a point for certain: the intervals that hold their values do not meet.

    >>> x = sympy.Symbol("x", real=True)
    >>> certainly_apart(sympy.exp(x) + 1 - sympy.exp(x), x, {x: mpf(2)})
    True
    """
    before = iv.dps
    iv.dps = _DIGITS
    try:
        a, b = (_bound(side, point) for side in (left, right))
        return bool(a.b < b.a or b.b < a.a)
    except (_Open, ValueError, ZeroDivisionError, OverflowError, NotImplementedError, TypeError):
        return False
    finally:
        iv.dps = before


def has_no_bounds(*sides: Expr) -> bool:
    """Whether a function stands in a side whose values are not bounded here, such as the factorial."""
    return any(
        part.func not in _RULES and not isinstance(part, (sympy.Add, sympy.Mul, sympy.Pow))
        for side in sides
        for part in sympy.preorder_traversal(side)
        if part.args
    )


def _bound(expr: Expr, point: Mapping[Symbol, mpf]) -> Bound:
    if expr.is_Symbol:
        return iv.mpf(point[expr]) if expr in point else _fail()
    if expr.is_Rational:
        return iv.mpf(int(expr.p)) / int(expr.q)
    if expr.is_Add:
        return sum((_bound(term, point) for term in expr.args), iv.mpf(0))
    if expr.is_Mul:
        total = iv.mpf(1)
        for factor in expr.args:
            total = total * _bound(factor, point)
        return total
    if expr is sympy.pi or expr is sympy.E:
        return iv.pi if expr is sympy.pi else iv.e
    if expr.is_Pow:
        return _power(_bound(expr.base, point), expr.exp, point)
    rule = _RULES.get(expr.func)
    return rule(*(_bound(argument, point) for argument in expr.args)) if rule is not None else _fail()


def _fail() -> Bound:
    raise _Open


def _power(base: Bound, exponent: Expr, point: Mapping[Symbol, mpf]) -> Bound:
    if exponent.is_Integer and abs(int(exponent)) <= _LARGEST:
        if exponent < 0 and base.a <= 0 <= base.b:
            raise _Open
        return base ** int(exponent)
    if exponent.is_Rational and exponent.p == 1 and exponent.q == 2 and base.a >= 0:
        return iv.sqrt(base)
    power = _bound(exponent, point)
    if base.a > 0:
        return _exp(power * iv.log(base))
    whole = mpmath.nint(power.mid)
    if power.a == power.b == whole and abs(whole) <= _LARGEST:
        return _power(base, sympy.Integer(int(whole)), point)
    raise _Open


def _exp(argument: Bound) -> Bound:
    if max(abs(argument.a), abs(argument.b)) > _LARGEST:
        raise _Open
    return iv.exp(argument)


def _near(angle: Bound) -> Bound:
    """An angle that is not so far from 0 that to find it on the circle takes long."""
    return angle if max(abs(angle.a), abs(angle.b)) < _LARGEST**8 else _fail()


def _log(argument: Bound) -> Bound:
    return iv.log(argument) if argument.a > 0 else _fail()


def _over(above: Bound, below: Bound) -> Bound:
    if below.a <= 0 <= below.b:
        raise _Open
    return above / below


def _rising(function: Callable[[mpf], mpf]) -> Callable[[Bound], Bound]:
    """The bounds of a function that rises: its values at the ends, a little apart for their own rounding."""

    def rule(argument: Bound) -> Bound:
        with mpmath.workdps(_DIGITS + 20):
            ends = [function(mpf(end)) for end in (argument.a, argument.b)]
            if any(isinstance(end, mpmath.mpc) or not mpmath.isfinite(end) for end in ends):
                raise _Open
            slack = mpf(10) ** -_DIGITS * (1 + max(map(abs, ends)))
            return iv.mpf([min(ends) - slack, max(ends) + slack])

    return rule


def _extreme(choose: Callable[..., mpf]) -> Callable[..., Bound]:
    return lambda *bounds: iv.mpf([choose(one.a for one in bounds), choose(one.b for one in bounds)])


def _sign(argument: Bound) -> Bound:
    if argument.a > 0 or argument.b < 0:
        return iv.mpf(1 if argument.a > 0 else -1)
    return iv.mpf(0) if argument.a == argument.b == 0 else _fail()


def _falling(function: Callable[[mpf], mpf]) -> Callable[[Bound], Bound]:
    rising = _rising(lambda place: -function(place))
    return lambda argument: -rising(argument)


_RULES: dict[type, Callable[..., Bound]] = {
    sympy.exp: _exp,
    sympy.log: _log,
    sympy.sin: lambda u: iv.sin(_near(u)),
    sympy.cos: lambda u: iv.cos(_near(u)),
    sympy.tan: lambda u: _over(iv.sin(_near(u)), iv.cos(u)),
    sympy.cot: lambda u: _over(iv.cos(_near(u)), iv.sin(u)),
    sympy.sec: lambda u: _over(iv.mpf(1), iv.cos(_near(u))),
    sympy.csc: lambda u: _over(iv.mpf(1), iv.sin(_near(u))),
    sympy.asin: _rising(mpmath.asin),
    sympy.acos: _falling(mpmath.acos),
    sympy.atan: _rising(mpmath.atan),
    sympy.sinh: lambda u: (_exp(u) - _exp(-u)) / 2,
    sympy.cosh: lambda u: (_exp(u) + _exp(-u)) / 2,
    sympy.tanh: _rising(mpmath.tanh),
    sympy.coth: lambda u: _over(iv.mpf(1), _rising(mpmath.tanh)(u)),
    sympy.asinh: _rising(mpmath.asinh),
    sympy.acosh: _rising(mpmath.acosh),
    sympy.atanh: _rising(mpmath.atanh),
    sympy.Abs: abs,
    sympy.sign: _sign,
    sympy.Max: _extreme(max),
    sympy.Min: _extreme(min),
    sympy.erf: _rising(mpmath.erf),
    sympy.floor: lambda u: iv.mpf(mpmath.floor(u.a)) if mpmath.floor(u.a) == mpmath.floor(u.b) else _fail(),
}
