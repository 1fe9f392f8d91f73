"""Inputs of three kinds: ordinary ones, ones near 0 and 1, and extreme ones; seeded."""

import random
from collections.abc import Callable, Iterator

from mpmath import mpf
from sympy import Symbol

from litgrad.checking.points import Domain

Draw = Callable[[random.Random], float]

_LADDER = (
    0.0, -0.0, 5e-324, 1e-320, 2.3e-308, 1e-300, 1e-100, 1e-20, 1e-10, 0.25, 0.5, 0.75, 1.0, 2.0, 5.0, 20.0,
    36.7, 40.0, 100.0, 700.0, 709.5, 710.0, 740.0, 745.0, 750.0, 1e3, 1e5, 1e8, 1e15, 1e100,
    1 - 2**-53, 1 - 2**-52, 1 - 1e-10, 1 + 2**-52,
)  # fmt: skip


def _ordinary(generator: random.Random) -> float:
    kind = generator.random()
    if kind < 0.5:
        return generator.uniform(0.01, 0.99)
    return generator.gauss(0, 2) if kind < 0.8 else float(generator.randrange(2))


def _near(generator: random.Random) -> float:
    tiny = 10 ** generator.uniform(-18, -1)
    kinds = (tiny, 1 - tiny, -tiny, 1 + tiny, generator.uniform(-40, 40), float(generator.randrange(2)))
    return generator.choice(kinds)


def _extreme(generator: random.Random) -> float:
    if generator.random() < 0.4:
        return generator.uniform(-745, 745)
    return generator.choice((1, 1, -1)) * generator.choice(_LADDER)


KINDS: dict[str, Draw] = {"ordinary": _ordinary, "near 0 and 1": _near, "extreme": _extreme}


def points(kind: str, domain: Domain, count: int) -> Iterator[dict[Symbol, float]]:
    """Up to `count` points of a kind within a domain, none twice."""
    generator = random.Random(f"{kind} {domain.symbols}")  # noqa: S311 - points, no secrets
    seen: set[tuple[float, ...]] = set()
    for _ in range(40 * count):
        point = {symbol: KINDS[kind](generator) for symbol in domain.symbols}
        key = tuple(point.values())
        if key not in seen and domain.holds({symbol: mpf(number) for symbol, number in point.items()}):
            seen.add(key)
            yield point
        if len(seen) == count:
            return
