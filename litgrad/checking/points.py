"""Points of the domain: small numbers first, then random ones."""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice, product

import sympy
from mpmath import mpf
from sympy import Expr, FiniteSet, Set, Symbol

from litgrad.checking.numeric import value
from litgrad.records import dataclass

_SMALL = tuple(
    sympy.Rational(text)
    for text in "1 0 2 1/2 -1 3 1/4 3/4 1/3 2/3 -2 -1/2 3/2 1/5 2/5 1/10 9/10 5 -3 10".split()
)
"""The numbers tried first, in the order in which readers like them."""

_SMALL_WHOLE = tuple(map(sympy.Integer, (1, 2, 3, 4, 5, -1, -2, 7, -3, 6)))
"""Of whole numbers; whether 0 is meant is often not said."""
_FEW_WHOLE = sympy.FiniteSet(*_SMALL_WHOLE, 8, 9, 12, -4, -7)
_SIZES = (1, 1, 1, 3, 3, 30, 3_000, 1_000_000)
"""How far from zero random points reach; a function may differ only far out."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a step's free symbols may lie."""

    symbols: tuple[Symbol, ...]
    positive: tuple[Expr, ...]
    """Expressions that must be above zero: arguments of logarithms in definitions."""
    nonnegative: tuple[Expr, ...]
    """Expressions that must not be below zero: radicands."""
    sets: tuple[tuple[Expr, Set], ...]
    """Expressions and the sets that the post says they lie in."""

    @property
    def whole(self) -> frozenset[Expr]:
        """The symbols that are whole numbers."""
        return frozenset(expr for expr, values in self.sets if values is sympy.S.Integers)

    def holds(self, point: dict[Symbol, mpf]) -> bool:
        """Whether a point lies in the domain."""
        for expr in self.positive:
            number = value(expr, point, 20)
            if number is None or number <= 0:
                return False
        for expr in self.nonnegative:
            number = value(expr, point, 20)
            if number is None or number < 0:
                return False
        return all(_lies_in(value(expr, point, 20), values) for expr, values in self.sets)


def _lies_in(number: mpf | None, values: Set) -> bool:
    if number is None:
        return False
    if values is sympy.S.Integers:
        return number == int(number)
    if isinstance(values, sympy.FiniteSet):
        return any(abs(float(number) - float(member)) < 1e-12 for member in values)
    if isinstance(values, sympy.Interval):
        start, end = _number(values.start), _number(values.end)
        above = number > start if values.left_open else number >= start
        below = number < end if values.right_open else number <= end
        return bool(above and below)
    return True


def _number(bound: Expr) -> mpf:
    if bound.is_Rational:
        return mpf(int(bound.p)) / int(bound.q)
    if bound.is_infinite:
        return mpf("inf") if bound > 0 else mpf("-inf")
    return mpf(str(sympy.N(bound, 20)))


def small_points(domain: Domain, limit: int = 3_000) -> Iterator[dict[Symbol, mpf]]:
    """Points of small numbers, the simplest together first; at most `limit` are looked at."""
    count = len(domain.symbols)
    width = max(2, min(len(_SMALL), int(limit ** (1 / max(count, 1)))))
    choices = sorted(product(range(width), repeat=count), key=lambda choice: (sum(choice), choice))
    tried = [_SMALL_WHOLE if symbol in domain.whole else _SMALL for symbol in domain.symbols]
    for choice in islice(choices, limit):
        numbers = (some[index % len(some)] for some, index in zip(tried, choice, strict=True))
        point = dict(zip(domain.symbols, map(_number, numbers), strict=True))
        if domain.holds(point):
            yield point


def random_points(domain: Domain, seed: int = 1, tries: int = 2_000) -> Iterator[dict[Symbol, mpf]]:
    """Points at random, the same on every run, of both signs and several sizes."""
    return (
        point for point in _drawn(domain, seed, tries, partial(_random_number, _SIZES)) if domain.holds(point)
    )


def near_points(domain: Domain, seed: int = 1, tries: int = 200) -> Iterator[dict[Symbol, mpf]]:
    """Points of short numbers at random, each followed by the one with all its numbers above zero."""
    for point in _drawn(domain, seed, tries, _short_number):
        turned = {symbol: abs(number) for symbol, number in point.items()}
        yield from (one for one in (point, turned) if domain.holds(one))


def _drawn(
    domain: Domain, seed: int, tries: int, number: Callable[[random.Random], mpf]
) -> Iterator[dict[Symbol, mpf]]:
    generator = random.Random(seed)
    fixed = {expr: values for expr, values in domain.sets if isinstance(values, sympy.FiniteSet)}
    fixed |= dict.fromkeys(domain.whole - set(fixed), _FEW_WHOLE)
    for _ in range(tries):
        yield {
            symbol: _chosen(generator, fixed[symbol]) if symbol in fixed else number(generator)
            for symbol in domain.symbols
        }


def _chosen(generator: random.Random, choices: FiniteSet) -> mpf:
    return _number(generator.choice(sorted(choices, key=float)))


def _short_number(generator: random.Random) -> mpf:
    return mpf(generator.randint(-97, 97)) / 32


def _random_number(sizes: Sequence[int], generator: random.Random) -> mpf:
    size = generator.choice(sizes)
    return mpf(generator.randint(-997 * size, 997 * size)) / 997


def in_order(symbols: set[Symbol], appearance: Sequence[Symbol]) -> tuple[Symbol, ...]:
    """Symbols in the order in which a formula shows them, the others by name behind."""
    first = [symbol for symbol in dict.fromkeys(appearance) if symbol in symbols]
    return (*first, *sorted(symbols - set(first), key=lambda symbol: symbol.name))
