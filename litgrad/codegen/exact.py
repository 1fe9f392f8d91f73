"""Values of formulas to as many digits as a comparison with float64 needs, with bounds on their own error."""

import math
from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache

from flint import arb, ctx
from sympy import Expr, Symbol

from litgrad.codegen.special import literal
from litgrad.codegen.tape import Tape, Values, tape_of
from litgrad.records import dataclass

Point = Mapping[Symbol, float]

_BITS = (160, 1_300, 2_600)
"""Precisions tried in turn: `1 - sigmoid(740)` has its first digit after 1,070 bits."""
_ENOUGH = 80
"""Bits that a value must have to be called known."""
_STEP = arb(2) ** -30
_STRETCH = 1 + _STEP


@dataclass(frozen=True, slots=True)
class Truth:
    """The value of a formula at a point, and how much it magnifies relative errors of its arguments."""

    value: arb
    condition: float
    """The sum of |x f_x / f| over the arguments."""
    double: float = field(init=False, compare=False, repr=False)
    """The value, rounded."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "double", float(self.value))

    def error(self, got: float) -> float:
        """The distance of a float to the value in units of the last place; infinite for nan and infinity."""
        if not math.isfinite(got):
            return math.inf
        return float(abs(arb(got) - self.value) / math.ulp(self.double))


def truth(expr: Expr, point: Point) -> Truth | None:
    """The value to eighty bits; None where there is none in the range of a double.

    A product with a factor that is 0 whatever the other factors' arguments do is 0, also where those
    have no value: `y log p` at y = 0, p = 0.
    """
    return _truth(_tape(expr), tuple(point.items()))


@lru_cache(maxsize=8192)
def _truth(tape: Tape, items: tuple[tuple[Symbol, float], ...]) -> Truth | None:
    point = dict(items)
    given = [arb(point[symbol]) for symbol in tape.symbols]
    for bits in _BITS:
        with ctx.workprec(bits):
            values = tape.values(given)
            centre = values[tape.result]
            if centre is None:
                return None
            if centre.is_zero():
                return Truth(centre, 0.0)
            if centre.is_finite() and centre.rel_accuracy_bits() >= _ENOUGH:
                in_range = math.isfinite(float(centre))
                return Truth(centre, _condition(tape, values, centre)) if in_range else None
    return None


@lru_cache(maxsize=512)
def _tape(expr: Expr) -> Tape:
    return tape_of(literal(expr))


def _condition(tape: Tape, values: Values, centre: arb) -> float:
    """Sums of difference quotients over a relative step of 30 bits."""
    moved_by, total = _STEP * centre, 0.0
    for place in range(len(tape.symbols)):
        ball = values[place]
        if ball is not None and not ball.is_zero():
            value = tape.moved(values, place, ball * _STRETCH)
            total += abs(float((value - centre) / moved_by)) if value is not None else 0.0
    return min(total, 1e300) if not math.isnan(total) else 0.0
