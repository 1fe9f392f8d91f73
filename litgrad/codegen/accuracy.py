"""How many digits a form of a formula keeps: float64 against fifty digits, over the domain."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import sympy
from mpmath import mpf
from sympy import Expr, Symbol

from litgrad.checking.numeric import same, value
from litgrad.checking.points import Domain, random_points
from litgrad.codegen.special import Expm1, Log1p, Logaddexp, Sigmoid, Softplus, Xlog1py, Xlogy, literal

_EDGES = (40.0, -40.0, 700.0, -700.0, 1e-10, -1e-10, 1 - 2.0**-40, 1e-30)
"""Values near which formulas lose digits: far out, near 0 and near 1."""
_POINTS = 24
_COMPARED = 6
_BAD = 1e18
"""The error of a value that is nan, infinite or zero where the true one is not, in ULP."""


def error(expr: Expr, reference: Expr, points: Sequence[dict[Symbol, float]]) -> float:
    """The largest error of an expression in float64, in units of the last place.

    Takes the expression to be computed, the exact formula, and points; gives `_BAD` or more for
    spurious nan, infinities and zeros.
    """
    exact = literal(reference)
    return max((_error_at(expr, exact, point) for point in points), default=0.0)


def _error_at(expr: Expr, exact: Expr, point: dict[Symbol, float]) -> float:
    true = value(exact, {symbol: mpf(number) for symbol, number in point.items()}, 330)
    if true is None or abs(true) > 1e308:
        return 0.0
    got = evaluate(expr, point)
    if not math.isfinite(got) or (got == 0 and abs(true) > 1e-300):
        return _BAD
    if abs(true) < 1e-300:
        return 0.0
    return float(abs(mpf(got) - true) / abs(true)) / 2**-53


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


def sample(domain: Domain) -> list[dict[Symbol, float]]:
    """Ordinary points of a domain and points at its edges, as floats."""
    ordinary = [_rounded(point) for _, point in zip(range(_POINTS), random_points(domain), strict=False)]
    return [point for point in (*ordinary, *_at_edges(domain, ordinary[:3])) if domain.holds(_exact(point))]


def _rounded(point: dict[Symbol, mpf]) -> dict[Symbol, float]:
    return {symbol: float(number) for symbol, number in point.items()}


def _exact(point: dict[Symbol, float]) -> dict[Symbol, mpf]:
    return {symbol: mpf(number) for symbol, number in point.items()}


def _at_edges(domain: Domain, ordinary: list[dict[Symbol, float]]) -> Iterator[dict[Symbol, float]]:
    for point in ordinary:
        for symbol in domain.symbols:
            for edge in _EDGES:
                yield {**point, symbol: edge}


def evaluate(expr: Expr, point: dict[Symbol, float]) -> float:
    """The value that NumPy computes for an expression at a point."""
    with np.errstate(all="ignore"):
        return float(_evaluate(expr, point))


def evaluate_quietly(expr: Expr, point: dict[Symbol, float]) -> float:
    """The same; not a number where NumPy would warn on the way, though the value may be finite."""
    with np.errstate(over="raise", invalid="raise", divide="raise", under="ignore"):
        try:
            return float(_evaluate(expr, point))
        except FloatingPointError:
            return math.nan


def _evaluate(expr: Expr, point: dict[Symbol, float]) -> np.float64:
    if isinstance(expr, Symbol):
        return np.float64(point[expr])
    if isinstance(expr, sympy.Rational):
        return _rounded_ratio(expr)
    if expr in _CONSTANTS:
        return _CONSTANTS[expr]
    values = [_evaluate(argument, point) for argument in expr.args]
    if isinstance(expr, sympy.Add):
        return np.float64(sum(values[1:], values[0]))
    if isinstance(expr, sympy.Mul):
        return np.float64(math.prod(values[1:], start=values[0]))
    rule = _RULES.get(expr.func)
    return rule(*values) if rule is not None else np.float64("nan")


def _rounded_ratio(number: sympy.Rational) -> np.float64:
    try:
        return np.float64(int(number.p) / int(number.q))
    except OverflowError:
        return np.float64("inf")


def _sigmoid(u: np.float64) -> np.float64:
    e = np.exp(-abs(u))
    return np.float64(1 if u >= 0 else e) / (1 + e)


_CONSTANTS: dict[Expr, np.float64] = {sympy.pi: np.float64(np.pi), sympy.E: np.float64(np.e)}
_RULES: dict[type, Callable[..., np.float64]] = {
    sympy.Pow: np.power,
    sympy.exp: np.exp, sympy.log: np.log, sympy.sin: np.sin, sympy.cos: np.cos, sympy.tan: np.tan,
    sympy.sinh: np.sinh, sympy.cosh: np.cosh, sympy.tanh: np.tanh, sympy.atan: np.arctan, sympy.Abs: np.abs,
    sympy.asin: np.arcsin, sympy.acos: np.arccos, sympy.sign: np.sign, sympy.asinh: np.arcsinh,
    sympy.acosh: np.arccosh, sympy.atanh: np.arctanh, sympy.Max: lambda *args: max(args),
    sympy.Min: lambda *args: min(args), sympy.cot: lambda u: 1 / np.tan(u),
    sympy.sec: lambda u: 1 / np.cos(u), sympy.csc: lambda u: 1 / np.sin(u),
    sympy.coth: lambda u: 1 / np.tanh(u), Log1p: np.log1p, Expm1: np.expm1,
    Sigmoid: _sigmoid,
    Logaddexp: np.logaddexp,
    Softplus: lambda u: np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u))),
    Xlogy: lambda x, y: np.float64(0) if x == 0 else x * np.log(y),
    Xlog1py: lambda x, y: np.float64(0) if x == 0 else x * np.log1p(y),
}  # fmt: skip
