"""How many digits a form of a formula keeps: float64 against exact values, over points of the domain."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import lru_cache

import numpy as np
from sympy import Expr, Symbol

from litgrad.checking.numeric import same, values
from litgrad.checking.points import Domain, random_points
from litgrad.codegen.exact import Truth, truth
from litgrad.codegen.floats import columns_of, evaluate_all
from litgrad.codegen.special import literal
from litgrad.meaning.forms import text_of
from litgrad.memory import remembered
from litgrad.records import dataclass

_COMPARED = 6
FAULT = 1e18
"""The error, in units of the last place, of what is nan, infinite or zero where the true value is not."""
_NORMAL = 2.0**-1022


@dataclass(frozen=True, slots=True)
class Sample:
    """Points and the exact values of a formula there."""

    points: tuple[Mapping[Symbol, float], ...]
    truths: tuple[Truth, ...]
    _columns: dict[Symbol, np.ndarray] = field(init=False, default_factory=dict, compare=False, repr=False)

    @staticmethod
    def of(exprs: Sequence[Expr], points: Sequence[Mapping[Symbol, float]]) -> "Sample":
        """The points at which one of several forms of a value has one."""
        plain = [literal(expr) for expr in exprs]
        found = [(point, at) for point in points if (at := _first_truth(plain, point)) is not None]
        return Sample(tuple(point for point, _ in found), tuple(at for _, at in found))

    def values(self, expr: Expr) -> np.ndarray:
        """What NumPy computes for an expression at all points."""
        if not self._columns:
            self._columns.update(columns_of(self.points))
        return evaluate_all(expr, self._columns, len(self.points))

    def errors(self, expr: Expr) -> np.ndarray:
        """The error of an expression at each point, in units of the last place over 1 + condition number."""
        if not self.points:
            return np.zeros(0)
        got = self.values(expr).tolist()
        return np.array([_weighted(x, at) for x, at in zip(got, self.truths, strict=True)])

    def error(self, expr: Expr) -> float:
        """The largest of the errors."""
        return float(max(self.errors(expr), default=0.0))

    def units(self, expr: Expr) -> float:
        """The largest error in units of the last place alone, faults left out."""
        if not self.points:
            return 0.0
        got = self.values(expr).tolist()
        units = [_units(x, at) for x, at in zip(got, self.truths, strict=True)]
        return max((each for each in units if each < FAULT), default=0.0)


def _first_truth(exprs: Sequence[Expr], point: Mapping[Symbol, float]) -> Truth | None:
    return next((at for expr in exprs if (at := truth(expr, point)) is not None), None)


def _weighted(got: float, at: Truth) -> float:
    units = _units(got, at)
    return units if units >= FAULT else units / (1 + at.condition)


def _units(got: float, at: Truth) -> float:
    true = at.double
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
    symbols = sorted((left.free_symbols | right.free_symbols), key=text_of)
    domain = Domain(tuple(symbol for symbol in symbols if isinstance(symbol, Symbol)), (), (), ())
    agreed, left, right = 0, literal(left), literal(right)
    for _, point in zip(range(_COMPARED), random_points(domain), strict=False):
        pair = values((left, right), point, 60)
        if pair[0] is not None and pair[1] is not None:
            if not same(pair[0], pair[1], 30):
                return False
            agreed += 1
    return agreed >= wanted
