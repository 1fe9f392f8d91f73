"""What a step of probability needs beyond the axioms: independence, exclusion, one law for two names."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

import sympy
from sympy import Expr, Symbol

from litgrad.checking.normal_form import equal
from litgrad.checking.probability.atoms import Atom, Beyond, Joint, Moment, Rate, Whole
from litgrad.checking.probability.canonical import Reader
from litgrad.checking.reasons import joined
from litgrad.records import dataclass

Sides = tuple[Expr, Expr]
_MOST = 4
"""How many names are taken for independent in pairs."""
_BASE = re.compile(r"(?P<base>[^_^]+)[_^].*")


@dataclass(frozen=True, slots=True)
class Needed:
    """A premise in words, and the sides under it."""

    words: str
    independent: frozenset[str] = frozenset()
    """The names that it takes for independent."""


def agree(reader: Reader, sides: Sides) -> bool:
    """Whether two sides in the common form are equal wherever both are defined."""
    left, right = (sympy.expand_log(side) for side in sides)
    positive = tuple(one for one, atom in reader.atoms.items() if isinstance(atom, Joint))
    return equal(left, right, positive)


def premises(reader: Reader, sides: Sides, *, conditioned: bool = False) -> Iterator[Needed]:
    """The premises under which the sides agree, the weakest first.

    Of `conditioned` sides, which hold `P(A | B)`, independence of all names says nothing.
    """
    atoms = list(_used(reader, sides))
    if any(isinstance(atom, Rate) for atom in atoms):
        return
    names = sorted(set(_random_in(reader, sides)))
    pairs = list(combinations(names, 2)) if len(names) <= _MOST else []
    if any(isinstance(atom, Whole) for atom in atoms):
        yield from _one_law(reader, sides)
        yield from _independent(reader, sides, pairs)
        return
    yield from _independent(reader, sides, pairs)
    for given in names:
        for group in combinations([name for name in names if name != given], 2):
            if agree(reader, _apart_given(reader, sides, frozenset(group), given)):
                yield Needed(f"{_listed(group)} are independent given `{given}`", frozenset(group))
    if len(names) > 2 and not conditioned:
        yield from _independent(reader, sides, [tuple(names)])
    yield from _one_law(reader, sides)


def _independent(reader: Reader, sides: Sides, groups: Iterable[tuple[str, ...]]) -> Iterator[Needed]:
    for group in groups:
        if agree(reader, apart(reader, sides, frozenset(group))):
            yield Needed(f"{_listed(group)} are independent", frozenset(group))


def exclusive(reader: Reader, sides: Sides) -> Needed | None:
    """Two events that exclude each other: what `P(A \\cup B) = P(A) + P(B)` needs."""
    for pair in combinations(sorted(set(_random_in(reader, sides))), 2):
        table = {
            free: sympy.Integer(0)
            for free, atom in reader.atoms.items()
            if isinstance(atom, Joint) and set(pair) <= atom.events
        }
        if agree(reader, (sides[0].xreplace(table), sides[1].xreplace(table))):
            return Needed(f"{_listed(pair)} exclude each other")
    return None


def _listed(names: tuple[str, ...]) -> str:
    return joined(f"`{name}`" for name in names)


def _used(reader: Reader, sides: Sides) -> Iterator[Atom]:
    for free in sides[0].free_symbols | sides[1].free_symbols:
        if free in reader.atoms:
            yield reader.atoms[free]


def _random_in(reader: Reader, sides: Sides) -> Iterator[str]:
    """The events and the random names that the sides' atoms are about."""
    for atom in _used(reader, sides):
        if isinstance(atom, Joint):
            yield from atom.events
        elif isinstance(atom, Whole):
            inner = [reader.atoms[free] for free in atom.of.free_symbols if free in reader.atoms]
            yield from (name for one in inner if isinstance(one, Joint) for name in one.events)
        elif isinstance(atom, Moment):
            yield from (free.name for free in atom.of.free_symbols if free.name in reader.random)
            yield from atom.given


def apart(reader: Reader, sides: Sides, names: frozenset[str]) -> Sides:
    """The sides where some names are independent of each other."""
    table = {free: _parted(reader, atom, names) for free, atom in list(reader.atoms.items())}
    return sides[0].xreplace(table), sides[1].xreplace(table)


def _parted(reader: Reader, atom: Atom, names: frozenset[str]) -> Expr:
    if isinstance(atom, Joint):
        inner, rest = atom.events & names, atom.events - names
        if len(inner) < 2 or rest:
            return reader.joint(atom.law, atom.events)
        return sympy.Mul(*(reader.joint(atom.law, frozenset([name])) for name in sorted(inner)))
    if isinstance(atom, Moment):
        return sympy.Mul(*_moments(reader, atom, names))
    if isinstance(atom, Rate):
        raise Beyond
    inner = atom.of.xreplace(
        {
            free: _parted(reader, reader.atoms[free], names)
            for free in atom.of.free_symbols & reader.atoms.keys()
        }
    )
    for name in sorted(atom.over):
        inner = reader.total(name, inner)
    return inner


def _moments(reader: Reader, atom: Moment, names: frozenset[str]) -> Iterator[Expr]:
    """The expectations of the factors that share no independent name."""
    inside = {free.name for free in atom.of.free_symbols if free.name in reader.random}
    if atom.given and inside | atom.given <= names and not inside & atom.given:
        yield reader.moment_symbol(atom.of, atom.law, frozenset())
        return
    rest: list[Expr] = []
    by_name: dict[str, list[Expr]] = {}
    for factor in sympy.Mul.make_args(atom.of):
        held = {free.name for free in factor.free_symbols if free.name in reader.random}
        if len(held) == 1 and held <= names:
            by_name.setdefault(next(iter(held)), []).append(factor)
        else:
            rest.append(factor)
    if rest:  # what is left may depend on any of them
        yield reader.moment_symbol(atom.of, atom.law, atom.given)
        return
    for factors in by_name.values():
        yield reader.moment_symbol(sympy.Mul(*factors), atom.law, atom.given)


def _apart_given(reader: Reader, sides: Sides, names: frozenset[str], given: str) -> Sides:
    """The sides where two names are independent given a third: `P(A, B, C) P(C) = P(A, C) P(B, C)`."""
    table: dict[Symbol, Expr] = {}
    for free, atom in list(reader.atoms.items()):
        if isinstance(atom, Joint) and names | {given} == atom.events:
            each = [reader.joint(atom.law, frozenset([name, given])) for name in sorted(names)]
            table[free] = sympy.Mul(*each) / reader.joint(atom.law, frozenset([given])) ** (len(each) - 1)
    return sides[0].xreplace(table), sides[1].xreplace(table)


def _one_law(reader: Reader, sides: Sides) -> Iterator[Needed]:
    """`p_\\theta` and `p` taken for one distribution."""
    laws = sorted({atom.law for atom in reader.atoms.values() if isinstance(atom, Joint)})
    for first, second in combinations(laws, 2):
        bases = {match["base"] if (match := _BASE.fullmatch(law)) else law for law in (first, second)}
        if len(bases) == 1 and agree(reader, _renamed(reader, sides, first, second)):
            yield Needed(f"`{first}` and `{second}` are one distribution")


def _renamed(reader: Reader, sides: Sides, first: str, second: str) -> Sides:
    table = {
        free: reader.joint(first, atom.events)
        for free, atom in list(reader.atoms.items())
        if isinstance(atom, Joint) and atom.law == second
    }
    return sides[0].xreplace(table), sides[1].xreplace(table)
