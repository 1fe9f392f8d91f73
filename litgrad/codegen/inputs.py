"""Points on which forms of a formula are compared: ordinary ones, near 0 and 1, far out, and at the edges."""

import math
import random
from collections.abc import Callable, Iterator

import numpy as np
import sympy
from sympy import Expr, Set, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.points import Domain
from litgrad.checking.setting import Setting
from litgrad.codegen.floats import columns_of, evaluate_all

Point = dict[Symbol, float]

_COUNT = 24
"""Points of each kind."""
_TRIES = 30
_FAR = (
    0.0, 5e-324, 1e-300, 1e-100, 1e-20, 1e-10, 0.5, 1.0, 2.0, 20.0, 36.7, 40.0, 100.0, 700.0, 709.5, 710.0,
    740.0, 750.0, 1e3, 1e5, 1e8, 1e15, 1e100, 1 - 2**-53, 1 + 2**-52,
)  # fmt: skip

_TURNS = (math.pi / 2, math.pi, 2 * math.pi)
"""Where sines and cosines vanish."""


def _ordinary(generator: random.Random) -> float:
    if generator.random() < 0.7:
        return generator.uniform(-0.01, 1) if generator.random() < 0.6 else generator.gauss(0, 2)
    return generator.uniform(-30, 30) if generator.random() < 0.6 else float(generator.randrange(2))


def _near(generator: random.Random) -> float:
    tiny = 10 ** generator.uniform(-18, -1)
    edge = float(generator.randrange(2))
    return generator.choice((tiny, 1 - tiny, -tiny, 1 + tiny, edge, generator.uniform(-40, 40)))


def _far(generator: random.Random) -> float:
    if generator.random() < 0.3:
        return generator.uniform(-745, 745)
    return generator.choice((1, 1, -1)) * generator.choice(_FAR)


_KINDS: tuple[Callable[[random.Random], float], ...] = (_ordinary, _near, _far)


def inputs(symbols: tuple[Symbol, ...], expr: Expr, setting: Setting, seed: int = 1) -> list[Point]:
    """Seeded points for the symbols, where the definitions that a formula leads to have values.

    Bounds belong to it: `p` of `log p` may be 0.
    """
    domain = _domain(symbols, expr, setting)
    generator = random.Random(seed)  # noqa: S311 - points, no secrets
    drawn = [point for draw in _KINDS for point in _drawn(generator, draw, domain)]
    return [*drawn, *_edges(symbols, domain)]


def _edges(symbols: tuple[Symbol, ...], domain: Domain) -> Iterator[Point]:
    """All that is far out, for a formula in one symbol."""
    if len(symbols) != 1 or domain.sets:
        return
    points = [{symbols[0]: sign * number} for number in (*_FAR, *_TURNS) for sign in (1, -1)]
    yield from (point for point, holds in zip(points, _hold(domain, points), strict=True) if holds)


def _domain(symbols: tuple[Symbol, ...], expr: Expr, setting: Setting) -> Domain:
    """The domain in the formula's own symbols, where the setting knows two names for one."""
    aliases = {symbol: setting.aliases[symbol] for symbol in symbols if symbol in setting.aliases}
    named = {target: symbol for symbol, target in aliases.items() if target not in symbols}
    known = sympy.Add(*symbols, evaluate=False).xreplace(aliases) if symbols else expr
    found = setting.domain(known, expr.xreplace(aliases), leaves=False)
    inside = (*found.positive, *found.nonnegative)
    sets = tuple((each.xreplace(named), values) for each, values in found.sets if _has_value(each))
    return Domain(symbols, (), tuple(each.xreplace(named) for each in inside if _has_value(each)), sets)


def _has_value(expr: Expr) -> bool:
    """Whether nothing is left to be done in what the post states of a domain."""
    return not expr.has(sympy.Derivative, sympy.Subs, sympy.Integral, sympy.Sum, AppliedUndef)


def _drawn(
    generator: random.Random, draw: Callable[[random.Random], float], domain: Domain
) -> Iterator[Point]:
    found = 0
    for _ in range(_TRIES if domain.symbols else 1):
        points = [_point(generator, draw, domain) for _ in range(_COUNT if domain.symbols else 1)]
        inside = [point for point, holds in zip(points, _hold(domain, points), strict=True) if holds]
        yield from inside[: _COUNT - found]
        found += len(inside)
        if found >= _COUNT:
            return


def _point(generator: random.Random, draw: Callable[[random.Random], float], domain: Domain) -> Point:
    return {symbol: _member(draw(generator), symbol, domain, generator) for symbol in domain.symbols}


def _member(number: float, symbol: Symbol, domain: Domain, generator: random.Random) -> float:
    """One of a finite set that the post states; else the number."""
    for expr, values in domain.sets:
        if expr == symbol and isinstance(values, sympy.FiniteSet):
            return float(generator.choice(sorted(values, key=float)))
    return number


def _hold(domain: Domain, points: list[Point]) -> np.ndarray:
    """At which points the domain's conditions hold."""
    count = len(points)
    inside = np.ones(count, bool)
    if domain.nonnegative or domain.sets:
        columns = columns_of(points)
        for expr in domain.nonnegative:
            inside &= evaluate_all(expr, columns, count) >= 0
        for expr, values in domain.sets:
            inside &= _lie_in(evaluate_all(expr, columns, count), values)
    return inside


def _lie_in(numbers: np.ndarray, values: Set) -> np.ndarray:
    if isinstance(values, sympy.Interval):
        above = np.greater if values.left_open else np.greater_equal
        below = np.less if values.right_open else np.less_equal
        return above(numbers, float(values.start)) & below(numbers, float(values.end))
    if isinstance(values, sympy.FiniteSet):
        return np.any([np.abs(numbers - float(member)) < 1e-12 for member in values], axis=0)
    return np.ones(len(numbers), bool)
