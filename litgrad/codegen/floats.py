"""Values of formulas in float64 as NumPy computes them, each subterm once."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import sympy
from sympy import Expr, Symbol

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
)
from litgrad.meaning.cases import Cases
from litgrad.records import dataclass

Columns = Mapping[Symbol, Any]
"""The numbers that symbols stand for: float64 each, or arrays of them."""
Step = Callable[[list[Any]], Any]
"""Takes the values of the steps so far."""
_ONE = np.float64(1)


def evaluate(expr: Expr, point: Mapping[Symbol, float]) -> float:
    """The value that NumPy computes for an expression at a point."""
    with np.errstate(all="ignore"):
        return float(_computed(expr, {symbol: np.float64(number) for symbol, number in point.items()}))


def columns_of(points: Sequence[Mapping[Symbol, float]]) -> Columns:
    """The numbers of each symbol at all points."""
    rows = np.array([list(point.values()) for point in points], float).reshape(len(points), len(points[0]))
    return dict(zip(points[0], rows.T.copy(), strict=True))


def evaluate_all(expr: Expr, columns: Columns, count: int) -> np.ndarray:
    """The values at many points, of which the numbers of points are given."""
    with np.errstate(all="ignore"):
        return values_at(expr, columns, count)


def values_at(expr: Expr, columns: Columns, count: int) -> np.ndarray:
    """The same; what NumPy warns of on the way is the caller's matter."""
    values = _computed(expr, columns)
    return values if np.shape(values) == (count,) else np.broadcast_to(values, count)


def evaluate_quietly(expr: Expr, point: Mapping[Symbol, float]) -> float:
    """The value at one point; not a number where NumPy would warn on the way, though it may be finite."""
    with np.errstate(over="raise", invalid="raise", divide="raise", under="ignore"):
        try:
            return float(_computed(expr, {symbol: np.float64(number) for symbol, number in point.items()}))
        except FloatingPointError:
            return math.nan


def _computed(expr: Expr, columns: Columns) -> Any:  # noqa: ANN401 - a float64 or an array of them
    program = _program(expr)
    values = [columns[symbol] for symbol in program.symbols]
    for step in program.steps:
        values.append(step(values))
    return values[program.result]


# -------------------------------- formulas as steps --------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Program:
    """The steps that compute a formula; symbols come first."""

    symbols: tuple[Symbol, ...]
    steps: tuple[Step, ...]
    result: int


@lru_cache(maxsize=4096)
def _program(expr: Expr) -> _Program:
    symbols = tuple(symbol for symbol in expr.atoms(Symbol) if isinstance(symbol, Symbol))
    places: dict[Expr, int] = {symbol: place for place, symbol in enumerate(symbols)}
    steps: list[Step] = []
    result = _place(expr, places, steps)
    return _Program(symbols, tuple(steps), result)


def _place(expr: Expr, places: dict[Expr, int], steps: list[Step]) -> int:
    """Where the value of a term stands, its steps put in front of it."""
    if expr not in places:
        step = _step(expr, lambda part: _place(part, places, steps))
        places[expr] = len(places)
        steps.append(step)
    return places[expr]


def _step(expr: Expr, place: Callable[[Expr], int]) -> Step:
    if isinstance(expr, sympy.Rational):
        return _constant(_rounded_ratio(expr))
    if isinstance(expr, sympy.Float):
        return _constant(np.float64(float(expr)))
    if expr is sympy.pi or expr is sympy.E:
        return _constant(np.float64(float(expr)))
    if isinstance(expr, sympy.Mul):
        return _product(expr, place)
    if isinstance(expr, sympy.Pow):
        return _power(expr, place)
    places = [place(argument) for argument in expr.args]
    if isinstance(expr, Cases):
        return lambda values: _by_cases(expr, [values[each] for each in places])
    if isinstance(expr, sympy.Add):
        return _sum(places)
    rule = _RULES.get(expr.func)
    if rule is None:
        return _constant(np.float64("nan"))
    return _called(rule, places)


def _constant(number: np.float64) -> Step:
    return lambda _: number


def _sum(places: Sequence[int]) -> Step:
    first, *rest = places

    def added(values: list[Any]) -> Any:  # noqa: ANN401 - a float64 or an array of them
        total = values[first]
        for each in rest:
            total = total + values[each]
        return total

    return added


def _called(rule: Callable[..., Any], places: Sequence[int]) -> Step:
    if len(places) == 1:
        (only,) = places
        return lambda values: rule(values[only])
    return lambda values: rule(*[values[each] for each in places])


def _product(product: Expr, place: Callable[[Expr], int]) -> Step:
    """Factors from left to right, then one division by the product of the divisors, as printed."""
    above, below = list[int](), list[int]()
    for factor in factors_of(product):
        if isinstance(factor, sympy.Pow) and factor.exp.is_Integer and factor.exp < 0:
            below.append(place(sympy.Pow(factor.base, -factor.exp, evaluate=False)))
        elif isinstance(factor, sympy.Rational) and factor.p == 1 and factor.q != 1:
            below.append(place(sympy.Integer(factor.q)))
        else:
            above.append(place(factor))

    def multiplied(values: list[Any]) -> Any:  # noqa: ANN401 - as above
        result = _folded(np.multiply, [values[each] for each in above]) if above else _ONE
        return result / _folded(np.multiply, [values[each] for each in below]) if below else result

    return multiplied


def _power(power: Expr, place: Callable[[Expr], int]) -> Step:
    if power.base is sympy.E:
        return _called(np.exp, [place(power.exp)])
    base = place(power.base)
    if power.exp == sympy.Rational(1, 2):
        return _called(np.sqrt, [base])
    if power.exp.is_Integer and power.exp < 0:
        whole = np.float64(-int(power.exp))
        return lambda values: _ONE / np.power(values[base], whole)
    return _called(np.power, [base, place(power.exp)])


def _by_cases(cases: Cases, values: Sequence[Any]) -> Any:  # noqa: ANN401 - as above
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


def _sigmoid(u: Any) -> Any:  # noqa: ANN401 - as above
    e = np.exp(-np.abs(u))
    return np.where(u >= 0, 1, e)[()] / (1 + e)


def _half_sech(u: Any) -> Any:  # noqa: ANN401 - as above
    e = np.exp(-0.5 * np.abs(u))
    return e / (1 + e * e)


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


def _folded(fold: Callable[..., Any], values: Sequence[Any]) -> Any:  # noqa: ANN401 - as above
    result = values[0]
    for number in values[1:]:
        result = fold(result, number)
    return result
