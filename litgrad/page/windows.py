"""Where a function is drawn: the stretch of its first axis, and the values of its other inputs."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy import Expr, Set, Symbol

from litgrad.checking.setting import Setting
from litgrad.page.functions import Function
from litgrad.page.program import NoProgram, Program, Values, program_of, run
from litgrad.records import dataclass

_REACH = 4.0
_POINTS = 241
_HALVINGS = 20
_SPREAD = ((-2.0, 0.0, 2.0), (0.5, 1.0, 2.0), (0.25, 0.5, 0.75))
"""Values for an input of which nothing is known, in the order of preference."""
_STARTS = (0.65, 0.5625, 0.75, 0.6875, 0.8125)
"""Where in their ranges the inputs begin: apart, so that a reader can tell them in the numbers."""

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Range:
    """The values that an input may take on the page."""

    start: float
    end: float
    choices: tuple[float, ...] = ()
    """The only values, where the post lists them."""
    known: bool = False
    """Whether the post or the formula says so."""

    @property
    def step(self) -> float:
        """A power of ten of which the range holds some dozens."""
        return 10.0 ** math.floor(math.log10((self.end - self.start) / 25)) if self.end > self.start else 1.0

    def begin(self, index: int) -> float:
        """The value that the input of an index has at first."""
        if self.choices:
            return self.choices[-1]
        share = _STARTS[index % len(_STARTS)]
        return round(round((self.start + (self.end - self.start) * share) / self.step) * self.step, 10)


@dataclass(frozen=True, slots=True)
class Window:
    """How a function is drawn."""

    axis: int
    """The index of the input along the first axis."""
    range: Range
    curves: tuple[tuple[float, ...], ...]
    """For every curve the values of all inputs; at `axis` stands nothing of meaning."""


def ranges_of(setting: Setting, function: Function) -> tuple[Range, ...]:
    """For every input what the post says of it, else numbers near zero."""
    domain = setting.domain(function.expr, function.expr, leaves=False)
    stated: dict[Expr, Set] = {}
    for expr, values in domain.sets:
        stated[expr] = values.intersect(stated.get(expr, sympy.S.Reals))
    return tuple(_range(function.expr, symbol, stated.get(symbol)) for symbol in function.inputs)


def around(values: Range, drawn: Sequence[float]) -> Range:
    """The range of an input of which nothing is known, from the values for which there are curves.

    >>> around(Range(-4, 4), [0.25, 0.75]), around(Range(-4, 4), [-2, 2])
    (Range(start=0.0, end=1.0, choices=(), known=False), Range(start=-4, end=4, choices=(), known=False))
    """
    if values.known or min(drawn) <= 0:
        return values
    return Range(0.0, 1.0 if max(drawn) < 1 else _REACH)


def _range(expr: Expr, symbol: Symbol, values: Set | None) -> Range:
    if isinstance(values, sympy.FiniteSet):
        choices = tuple(sorted(float(value) for value in values))
        return Range(choices[0], choices[-1], choices, known=True)
    if isinstance(values, sympy.Interval) and values != sympy.S.Reals:
        return _interval(values)
    if _is_share(expr, symbol):
        return Range(0.0, 1.0, known=True)
    return Range(-_REACH, _REACH)


def _interval(values: sympy.Interval) -> Range:
    start = float(values.start) if values.start.is_finite else float(values.end) - _REACH
    end = float(values.end) if values.end.is_finite else start + _REACH
    return Range(start, end, known=True)


def _is_share(expr: Expr, symbol: Symbol) -> bool:
    """Whether a formula has a symbol's complement to one as a weight: `y` in `y u + (1 - y) v`."""
    products = [product.args for product in expr.atoms(sympy.Mul)]
    weighted = [call.args[:1] for call in expr.atoms(sympy.Function) if len(call.args) == 2]
    return any(
        weight.is_Add and weight.free_symbols == {symbol} and sympy.expand(weight - 1 + symbol) == 0
        for weights in (*products, *weighted)
        for weight in weights
    )


def window_of(setting: Setting, function: Function, ranges: Sequence[Range]) -> Window | None:
    """How to draw a function of one or two inputs; None where it has no values nearby or is a line."""
    if len(function.inputs) > 2 or all(_is_constant(rate.program) for rate in function.rates):
        return None
    axis = _axis(function, ranges)
    tests = list(_tests(setting, function))
    for spread in _SPREAD:
        curves = _curves(ranges, axis, spread)
        found = _narrowed(tests, ranges[axis], axis, curves)
        if found is not None:
            return Window(axis, Range(*found, known=True), tuple(curves))
    return None


def _is_constant(program: Program) -> bool:
    return not any(word.startswith("$") for word in program.words)


def _axis(function: Function, ranges: Sequence[Range]) -> int:
    """The input by which the post differentiates, else the first that can take any value in a range."""
    named = [function.inputs.index(rate.variable) for rate in function.rates if rate.named]
    free = [index for index, each in enumerate(ranges) if not each.choices]
    return next((index for index in (*named, *free) if index in free), 0)


def _curves(ranges: Sequence[Range], axis: int, spread: tuple[float, ...]) -> list[tuple[float, ...]]:
    """The inputs' values of each curve."""
    if len(ranges) == 1:
        return [(0.0,)]
    values = _values(ranges[1 - axis], spread)
    return [(value, 0.0) if axis else (0.0, value) for value in values]


def _values(each: Range, spread: tuple[float, ...]) -> tuple[float, ...]:
    if each.choices:
        return each.choices if len(each.choices) <= 3 else (each.choices[0], each.choices[-1])
    return (each.start, (each.start + each.end) / 2, each.end) if each.known else spread


# -------------------------------- where there are values --------------------------------

_Test = Callable[[Sequence[Values]], Booleans]


def _tests(setting: Setting, function: Function) -> Iterator[_Test]:
    """What holds where the formula as its author writes it, and what the post builds on it, have values."""
    domain = setting.domain(function.expr, function.expr, leaves=False)
    literal = setting.definitions.expand_calls(function.plan.literal)
    for expr, bounded in (
        (literal, False),
        *((one, True) for one in (*domain.positive, *domain.nonnegative)),
    ):
        try:
            yield _test(program_of(expr, function.inputs), bounded=bounded)
        except NoProgram:
            continue


def _test(program: Program, *, bounded: bool) -> _Test:
    def holds(inputs: Sequence[Values]) -> Booleans:
        values = run(program, inputs)
        return values > 0 if bounded else ~np.isnan(values)

    return holds


def _narrowed(
    tests: Sequence[_Test], each: Range, axis: int, curves: Sequence[tuple[float, ...]]
) -> tuple[float, float] | None:
    """The longest stretch of a range on which every curve has values, its ends found by halving."""
    xs = np.linspace(each.start, each.end, _POINTS)

    def inside(xs: Values) -> Booleans:
        return np.logical_and.reduce([test(inputs_at(curve, axis, xs)) for curve in curves for test in tests])

    first, last = _longest_run(inside(xs))
    if last - first < _POINTS // 12:
        return None
    start = _edge(inside, xs[first - 1], xs[first]) if first > 1 else each.start
    end = _edge(inside, xs[last + 1], xs[last]) if last < _POINTS - 2 else each.end
    return float(start), float(end)


def inputs_at(curve: tuple[float, ...], axis: int, xs: Values) -> list[Values]:
    """The inputs of a program along a curve."""
    return [xs if index == axis else np.full_like(xs, value) for index, value in enumerate(curve)]


def _longest_run(inside: Booleans) -> tuple[int, int]:
    """The first and last index of the longest stretch of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    if not edges.size:
        return 0, 0
    starts, ends = edges[::2], edges[1::2]
    best = int(np.argmax(ends - starts))
    return int(starts[best]), int(ends[best]) - 1


def _edge(inside: Callable[[Values], Booleans], without: float, within: float) -> float:
    for _ in range(_HALVINGS):
        middle = (without + within) / 2
        if inside(np.array([middle]))[0]:
            within = middle
        else:
            without = middle
    return round(float(within), 4)
