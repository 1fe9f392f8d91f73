"""How many digits a form of a formula keeps: float64 against exact values, over points of the domain."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sympy
from sympy import Expr, Symbol

from litgrad.checking.numeric import same, value
from litgrad.checking.points import Domain, random_points
from litgrad.codegen.exact import Truth, truth
from litgrad.codegen.parts import factors_of
from litgrad.codegen.special import (
    Choose,
    Expm1,
    HalfSech,
    Hypot,
    Log1p,
    Logaddexp,
    Ratio,
    Sigmoid,
    Softplus,
    Xlog1py,
    Xlogy,
    literal,
)
from litgrad.meaning.cases import Cases
from litgrad.memory import remembered

_COMPARED = 6
FAULT = 1e18
"""The error, in units of the last place, of what is nan, infinite or zero where the true value is not."""
_NORMAL = 2.0**-1022


@dataclass(frozen=True, slots=True)
class Sample:
    """Points and the exact values of a formula there."""

    points: tuple[Mapping[Symbol, float], ...]
    truths: tuple[Truth, ...]

    @staticmethod
    def of(exprs: Sequence[Expr], points: Sequence[Mapping[Symbol, float]]) -> "Sample":
        """The points at which one of several forms of a value has one."""
        plain = [literal(expr) for expr in exprs]
        found = [(point, at) for point in points if (at := _first_truth(plain, point)) is not None]
        return Sample(tuple(point for point, _ in found), tuple(at for _, at in found))

    def errors(self, expr: Expr) -> np.ndarray:
        """The error of an expression at each point, in units of the last place over 1 + condition number."""
        if not self.points:
            return np.zeros(0)
        got = evaluate_all(expr, self.points)
        return np.array([_weighted(float(x), at) for x, at in zip(got, self.truths, strict=True)])

    def error(self, expr: Expr) -> float:
        """The largest of the errors."""
        return float(max(self.errors(expr), default=0.0))

    def units(self, expr: Expr) -> float:
        """The largest error in units of the last place alone, faults left out."""
        if not self.points:
            return 0.0
        got = evaluate_all(expr, self.points)
        units = [_units(float(x), at) for x, at in zip(got, self.truths, strict=True)]
        return max((each for each in units if each < FAULT), default=0.0)


def _first_truth(exprs: Sequence[Expr], point: Mapping[Symbol, float]) -> Truth | None:
    return next((at for expr in exprs if (at := truth(expr, point)) is not None), None)


def _weighted(got: float, at: Truth) -> float:
    units = _units(got, at)
    return units if units >= FAULT else units / (1 + at.condition)


def _units(got: float, at: Truth) -> float:
    true = float(at.value)
    if not math.isfinite(got) or (got == 0 and abs(true) >= _NORMAL):
        return FAULT
    return min(at.error(got), FAULT / 10) if abs(true) >= _NORMAL else 0.0


def error(expr: Expr, reference: Expr, points: Sequence[dict[Symbol, float]]) -> float:
    """The largest error of an expression in float64, in units of the last place.

    Takes the expression to be computed, the exact formula, and points; gives `FAULT` or more for
    spurious nan, infinities and zeros.
    """
    sample = Sample.of([reference], points)
    worst = sample.error(expr)
    return worst if worst >= FAULT else sample.units(expr)


@remembered("same values", bool, bool)
@lru_cache(maxsize=1024)
def same_values(left: Expr, right: Expr, wanted: int = 0) -> bool:
    """Whether two formulas agree to thirty digits wherever both have values, at `wanted` points at least."""
    symbols = sorted((left.free_symbols | right.free_symbols), key=str)
    domain = Domain(tuple(symbol for symbol in symbols if isinstance(symbol, Symbol)), (), (), ())
    agreed, left, right = 0, literal(left), literal(right)
    for _, point in zip(range(_COMPARED), random_points(domain), strict=False):
        pair = value(left, point, 60), value(right, point, 60)
        if pair[0] is not None and pair[1] is not None:
            if not same(pair[0], pair[1], 30):
                return False
            agreed += 1
    return agreed >= wanted


# -------------------------------- values in float64 --------------------------------


def evaluate(expr: Expr, point: Mapping[Symbol, float]) -> float:
    """The value that NumPy computes for an expression at a point."""
    with np.errstate(all="ignore"):
        return float(_evaluate(expr, {symbol: np.float64(number) for symbol, number in point.items()}))


def evaluate_all(expr: Expr, points: Sequence[Mapping[Symbol, float]]) -> np.ndarray:
    """The values at many points."""
    with np.errstate(all="ignore"):
        return values_at(expr, points)


def values_at(expr: Expr, points: Sequence[Mapping[Symbol, float]]) -> np.ndarray:
    """The same; what NumPy warns of on the way is the caller's matter."""
    columns = {symbol: np.array([point[symbol] for point in points]) for symbol in points[0]}
    return np.broadcast_to(_evaluate(expr, columns), len(points))


def evaluate_quietly(expr: Expr, point: Mapping[Symbol, float]) -> float:
    """The value at one point; not a number where NumPy would warn on the way, though it may be finite."""
    with np.errstate(over="raise", invalid="raise", divide="raise", under="ignore"):
        try:
            return float(_evaluate(expr, {symbol: np.float64(number) for symbol, number in point.items()}))
        except FloatingPointError:
            return math.nan


def _evaluate(expr: Expr, point: Mapping[Symbol, Any]) -> Any:  # noqa: ANN401 - a float64 or an array of them
    if isinstance(expr, Symbol):
        return point[expr]
    if isinstance(expr, sympy.Rational):
        return _rounded_ratio(expr)
    if isinstance(expr, sympy.Float):
        return np.float64(float(expr))
    if expr in _CONSTANTS:
        return _CONSTANTS[expr]
    if isinstance(expr, sympy.Mul):
        return _product(expr, point)
    if isinstance(expr, sympy.Pow):
        return _power(expr, point)
    values = [_evaluate(argument, point) for argument in expr.args]
    if isinstance(expr, Cases):
        return _by_cases(expr, values)
    if isinstance(expr, sympy.Add):
        return sum(values[1:], values[0])
    rule = _RULES.get(expr.func)
    return rule(*values) if rule is not None else np.float64("nan")


def _product(product: Expr, point: Mapping[Symbol, Any]) -> Any:  # noqa: ANN401 - as _evaluate
    """Factors from left to right, then one division by the product of the divisors, as printed."""
    above, below = np.float64(1), None
    for factor in factors_of(product):
        if isinstance(factor, sympy.Pow) and factor.exp.is_Integer and factor.exp < 0:
            part = _evaluate(sympy.Pow(factor.base, -factor.exp, evaluate=False), point)
            below = part if below is None else below * part
        elif isinstance(factor, sympy.Rational) and factor.p == 1 and factor.q != 1:
            below = float(factor.q) if below is None else below * float(factor.q)
        else:
            above = above * _evaluate(factor, point)
    return above if below is None else above / below


def _power(power: Expr, point: Mapping[Symbol, Any]) -> Any:  # noqa: ANN401 - as _evaluate
    if power.base is sympy.E:
        return np.exp(_evaluate(power.exp, point))
    base = _evaluate(power.base, point)
    if power.exp == sympy.Rational(1, 2):
        return np.sqrt(base)
    if power.exp.is_Integer and power.exp < 0:
        return np.float64(1) / np.power(base, np.float64(-int(power.exp)))
    return np.power(base, _evaluate(power.exp, point))


def _by_cases(cases: Cases, values: Sequence[Any]) -> Any:  # noqa: ANN401 - as _evaluate
    *conditions, last = zip(values[1::2], values[::2], strict=True)
    result = last[1] if cases.is_whole else np.where(last[0], last[1], np.nan)[()]
    for condition, number in reversed(conditions):
        result = np.where(condition, number, result)[()]
    return result


def _rounded_ratio(number: sympy.Rational) -> np.float64:
    try:
        return np.float64(int(number.p) / int(number.q))
    except OverflowError:
        return np.float64("inf")


def _sigmoid(u: Any) -> Any:  # noqa: ANN401 - as _evaluate
    e = np.exp(-np.abs(u))
    return np.where(u >= 0, 1, e)[()] / (1 + e)


def _half_sech(u: Any) -> Any:  # noqa: ANN401 - as _evaluate
    e = np.exp(-0.5 * np.abs(u))
    return e / (1 + e * e)


_CONSTANTS: dict[Expr, np.float64] = {sympy.pi: np.float64(np.pi), sympy.E: np.float64(np.e)}
_RULES: dict[type, Callable[..., Any]] = {
    sympy.Gt: np.greater, sympy.Ge: np.greater_equal, sympy.Lt: np.less, sympy.Le: np.less_equal,
    sympy.Eq: np.equal, sympy.Ne: np.not_equal, type(sympy.true): lambda: np.bool_(True),
    sympy.And: lambda *args: np.logical_and.reduce(np.broadcast_arrays(*args)),
    sympy.Or: lambda *args: np.logical_or.reduce(np.broadcast_arrays(*args)),
    sympy.exp: np.exp, sympy.log: np.log, sympy.sin: np.sin, sympy.cos: np.cos, sympy.tan: np.tan,
    sympy.sinh: np.sinh, sympy.cosh: np.cosh, sympy.tanh: np.tanh, sympy.atan: np.arctan, sympy.Abs: np.abs,
    sympy.asin: np.arcsin, sympy.acos: np.arccos, sympy.sign: np.sign, sympy.asinh: np.arcsinh,
    sympy.acosh: np.arccosh, sympy.atanh: np.arctanh,
    sympy.Max: lambda *args: _folded(np.maximum, args), sympy.Min: lambda *args: _folded(np.minimum, args),
    sympy.cot: lambda u: 1 / np.tan(u), sympy.sec: lambda u: 1 / np.cos(u),
    sympy.csc: lambda u: 1 / np.sin(u), sympy.coth: lambda u: 1 / np.tanh(u),
    Log1p: np.log1p, Expm1: np.expm1, Hypot: np.hypot, Sigmoid: _sigmoid, Logaddexp: np.logaddexp,
    Softplus: lambda u: np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u))),
    Xlogy: lambda x, y: np.where(x == 0, 0, x * np.log(np.where(x == 0, 1, y)))[()],
    Xlog1py: lambda x, y: np.where(x == 0, 0, x * np.log1p(np.where(x == 0, 0, y)))[()],
    Ratio: lambda x, y: np.where(x == 0, 0, x / np.where(x == 0, 1, y))[()],
    HalfSech: _half_sech, Choose: lambda t, x, y: np.where(t >= 0, x, y)[()],
}  # fmt: skip


def _folded(fold: Callable[..., Any], values: Sequence[Any]) -> Any:  # noqa: ANN401 - as _evaluate
    result = values[0]
    for number in values[1:]:
        result = fold(result, number)
    return result
