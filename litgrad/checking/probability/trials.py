"""Small finite distributions in which the two sides of a step differ, worked out in exact fractions."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.probability.atoms import Joint, Moment
from litgrad.checking.probability.canonical import Reader
from litgrad.records import dataclass

_TABLES = 12
"""How many tables of probabilities are tried."""
_POINTS = ((0, 1), (1, 2), (-1, 2), (0, 2), (1, 3))
"""The two values of a random variable, each with probability 1/2."""
_CONSTANTS = (2, 3, -1)


@dataclass(frozen=True, slots=True)
class Trial:
    """A distribution in which the sides differ."""

    words: str
    at: tuple[tuple[str, Expr], ...]
    left: Expr
    right: Expr


def trial(reader: Reader, sides: tuple[Expr, Expr], *, together: bool = False) -> Trial | None:
    """A small distribution in which two sides in the common form differ.

    Random names are independent, so that a step that only lacks this premise is not refuted; or they go
    `together`, where the step is about their covariance.
    """
    free = sorted(sides[0].free_symbols | sides[1].free_symbols, key=str)
    if any(side.has(AppliedUndef, sympy.Sum) for side in sides):
        return None
    atoms = [reader.atoms[one] for one in free if one in reader.atoms]
    constants = [one for one in free if one not in reader.atoms]
    if atoms and all(isinstance(atom, Joint) for atom in atoms):
        return _in_tables(reader, sides, free) if not constants else None
    if atoms and all(isinstance(atom, Moment) and not (atom.law or atom.given) for atom in atoms):
        return _in_moments(reader, sides, free, constants, together=together)
    return None


def _difference(
    sides: tuple[Expr, Expr], table: Mapping[Symbol, Expr], words: str, at: tuple[tuple[str, Expr], ...] = ()
) -> Trial | None:
    left, right = (side.xreplace(dict(table)) for side in sides)
    known = left.is_Rational and right.is_Rational
    return Trial(words, at, left, right) if known and left != right else None


# -------------------------------- probabilities --------------------------------


def _in_tables(reader: Reader, sides: tuple[Expr, Expr], free: list[Symbol]) -> Trial | None:
    """A table of how often events happen together, in which the sides differ."""
    joints = {one: atom for one in free if isinstance(atom := reader.atoms[one], Joint)}
    names = sorted({name for atom in joints.values() for name in atom.events})
    if len({atom.law for atom in joints.values()}) != 1 or not 1 <= len(names) <= 3:
        return None
    for weights in _weights(len(names)):
        table = {one: _probability(weights, names, atom.events) for one, atom in joints.items()}
        shown = ", ".join(f"`{one.name}` = {number}" for one, number in table.items())
        found = _difference(sides, table, shown)
        if found is not None:
            return found
    return None


def _weights(count: int) -> Iterator[dict[tuple[int, ...], int]]:
    """How often each combination of events happens; all are possible."""
    rows = list(product((0, 1), repeat=count))
    for seed in range(_TABLES):
        yield {row: 1 + (seed * (place + 2) + place * place) % 5 for place, row in enumerate(rows)}


def _probability(weights: Mapping[tuple[int, ...], int], names: list[str], events: frozenset[str]) -> Expr:
    places = [names.index(name) for name in events]
    held = sum(weight for row, weight in weights.items() if all(row[place] for place in places))
    return sympy.Rational(held, sum(weights.values()))


# -------------------------------- moments --------------------------------


def _in_moments(
    reader: Reader,
    sides: tuple[Expr, Expr],
    free: list[Symbol],
    constants: list[Symbol],
    *,
    together: bool,
) -> Trial | None:
    """Coins with two values each, independent or falling alike, at which the sides differ."""
    moments = {one: atom for one in free if isinstance(atom := reader.atoms.get(one), Moment)}
    symbols = {each for atom in moments.values() for each in atom.of.free_symbols}
    names = sorted((each for each in symbols if each.name in reader.random), key=str)
    others = sorted((symbols | set(constants)) - set(names), key=str)
    if len(names) > 3 or len(others) > 3 or any(atom.of.has(AppliedUndef) for atom in moments.values()):
        return None
    alike = ", all of them falling alike" if together and len(names) > 1 else ""
    for chosen in product(_POINTS, repeat=len(names)):
        for numbers in product(_CONSTANTS, repeat=len(others)):
            at = dict(zip(others, map(sympy.Integer, numbers), strict=True))
            coins = dict(zip(names, chosen, strict=True))
            table = {
                one: _expectation(atom.of.xreplace(at), coins, together=together)
                for one, atom in moments.items()
            }
            words = ", ".join(f"`{name.name}` = {a} or {b}" for name, (a, b) in coins.items())
            shown = tuple((name.name, number) for name, number in at.items())
            found = _difference(sides, {**table, **at}, f"{words} with probability 1/2 each{alike}", shown)
            if found is not None:
                return found
    return None


def _expectation(of: Expr, coins: Mapping[Symbol, tuple[int, int]], *, together: bool) -> Expr:
    combined = zip(*coins.values(), strict=True) if together else product(*coins.values())
    rows = [tuple(map(sympy.Integer, row)) for row in combined]
    values = [of.xreplace(dict(zip(coins, row, strict=True))) for row in rows]
    if not all(value.is_Rational for value in values):
        return sympy.nan
    total = sum((Fraction(int(value.p), int(value.q)) for value in values), Fraction(0)) / len(values)
    return sympy.Rational(total.numerator, total.denominator)
