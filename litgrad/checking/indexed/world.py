"""What the post indexes: which names carry indices, which letters are indices, and how far they go."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import sympy
from sympy import Expr, Integer, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef

from litgrad.meaning.forms import atoms_of, name_of
from litgrad.meaning.statements import Member, Statements
from litgrad.meaning.subscripts import subscripted
from litgrad.meaning.terms import Term
from litgrad.records import dataclass

DELTA = r"\delta"
"""The base of a Kronecker delta."""

Range = tuple[Expr, Expr]
"""The first and the last value of an index."""


@dataclass(frozen=True, slots=True)
class World:
    """The indices of a post."""

    letters: frozenset[str]
    """Letters that stand for an index."""
    ranges: dict[tuple[str, int], Range]
    """How far the index at a place of a name goes: by base and place."""
    sizes: tuple[Symbol, ...]
    """Symbols that bound an index, which are given small numbers."""
    fixed: dict[Symbol, int]
    """Those of them that the post gives a number."""

    def is_indexed(self, name: str) -> bool:
        """Whether a name carries an index letter."""
        parts = subscripted(name)
        return parts is not None and any(index in self.letters for index in parts.indices)


def world_of(statements: Statements) -> World:
    """The indices that the sums and products of a post bind, and those beside them on the same names."""
    exprs = [term.expr for term in _terms(statements)]
    ranges: dict[tuple[str, int], Range] = {}
    bound: set[str] = set()
    for expr in exprs:
        for sum_ in atoms_of(expr, ExprWithLimits):
            _note(sum_, ranges, bound)
    sums = [sum_ for expr in exprs for sum_ in atoms_of(expr, ExprWithLimits)]
    ends = [end for sum_ in sums for limit in sum_.limits for end in limit[1:]]
    sizes = {free for end in ends for free in end.free_symbols if free.name not in bound}
    names = {free.name for expr in exprs for free in _symbols(expr)} | set(_called(exprs))
    letters = _closed(bound, names, {size.name for size in sizes})
    fixed = {size: number for size, number in _numbers(statements) if size in sizes}
    return World(frozenset(letters), ranges, tuple(sorted(sizes, key=str)), fixed)


def world_at(world: World, sides: Iterable[Expr]) -> World:
    """The same for one step: a letter that bounds its sums is a size there, though others bind it."""
    sums = [sum_ for side in sides for sum_ in atoms_of(side, ExprWithLimits)]
    bound = {limit[0] for sum_ in sums for limit in sum_.limits}
    ends = {free for sum_ in sums for limit in sum_.limits for end in limit[1:] for free in end.free_symbols}
    sizes = {end for end in ends - bound if isinstance(end, Symbol)} - set(world.sizes)
    if not sizes:
        return world
    letters = world.letters - {size.name for size in sizes}
    return replace(world, letters=letters, sizes=tuple(sorted({*world.sizes, *sizes}, key=str)))


def _numbers(statements: Statements) -> Iterator[tuple[Symbol, int]]:
    """The names that the post gives a whole number."""
    for definition in statements.definitions:
        if isinstance(definition.body.expr, Integer):
            yield definition.symbol, int(definition.body.expr)
    for condition in statements.conditions:
        if isinstance(condition.value, Integer):
            yield condition.symbol, int(condition.value)


def known_world(statements: Statements) -> World:
    """The same, found once for the derivations of one post, which are checked one after the other."""
    if not _LAST or _LAST[0][0] is not statements:
        _LAST[:] = [(statements, world_of(statements))]
    return _LAST[0][1]


_LAST: list[tuple[Statements, World]] = []


def _terms(statements: Statements) -> Iterator[Term]:
    for derivation in statements.derivations:
        yield from filter(None, map(term_of, derivation.members))


def term_of(member: Member) -> Term | None:
    """What a member means, judged as it stands or size by size."""
    return member.term or member.indexed


def _note(expr: ExprWithLimits, ranges: dict[tuple[str, int], Range], bound: set[str]) -> None:
    for limit in expr.limits:
        if len(limit) != 3:
            continue
        index, first, last = limit
        bound.add(index.name)
        if (first.free_symbols | last.free_symbols) & {one[0] for one in expr.limits}:
            continue  # one index bounds another: how far a free one goes does not follow
        for free in _symbols(expr.function):
            parts = subscripted(free.name)
            for place, letter in enumerate(parts.indices if parts is not None else ()):
                if letter == index.name and parts is not None:
                    ranges.setdefault((parts.base, place), (first, last))


def _closed(bound: set[str], names: Iterable[str], sizes: set[str]) -> set[str]:
    """Index letters, and those that stand in the same places of the same names."""
    parts = [found for found in map(subscripted, sorted(names)) if found is not None]
    letters = set(bound)
    bases = {one.base for one in parts if letters & set(one.indices)}
    grown = True
    while grown:
        more = {i for one in parts if one.base in bases for i in one.indices if i.isalpha()} - sizes
        wider = {one.base for one in parts if more & set(one.indices)}
        grown = not (more <= letters and wider <= bases)
        letters |= more
        bases |= wider
    return letters


def _symbols(expr: Expr) -> Iterator[Symbol]:
    return (free for free in expr.atoms(Symbol) if isinstance(free, Symbol))


def _called(exprs: Iterable[Expr]) -> Iterator[str]:
    return (name_of(call) for expr in exprs for call in expr.atoms(AppliedUndef))


def peeled(expr: ExprWithLimits) -> tuple[Expr, tuple[Symbol, Expr, Expr]]:
    """What an outermost sum or product adds up, and its limits; SymPy holds nested ones as one."""
    *inner, outer = expr.limits
    if len(outer) != 3:
        raise Unbounded
    held = expr.func(expr.function, *inner) if inner else expr.function
    return held, (outer[0], outer[1], outer[2])


class Unbounded(Exception):
    """A sum without two bounds."""


def free_letters(world: World, exprs: Iterable[Expr]) -> tuple[str, ...]:
    """The index letters that no sum of the expressions binds, sorted."""
    found: set[str] = set()
    for expr in exprs:
        found |= _free(world, expr, frozenset())
    return tuple(sorted(found))


def _free(world: World, expr: Expr, bound: frozenset[str]) -> set[str]:
    if isinstance(expr, ExprWithLimits):
        inner = bound | {limit[0].name for limit in expr.limits}
        ends = [end for limit in expr.limits for end in limit[1:]]
        return _free(world, expr.function, inner).union(*(_free(world, end, inner) for end in ends))
    name = expr.name if isinstance(expr, Symbol) else name_of(expr) if isinstance(expr, AppliedUndef) else ""
    parts = subscripted(name)
    letters = {name} if name in world.letters else set(parts.indices if parts is not None else ())
    found = {letter for letter in letters if letter in world.letters and letter not in bound}
    return found.union(*(_free(world, argument, bound) for argument in expr.args))


def range_of(world: World, letter: str, exprs: Iterable[Expr]) -> Range:
    """How far a free letter goes: as the indices at its places do, else as any index of the post."""
    known = known_range(world, letter, exprs)
    if known is not None:
        return known
    usual = sorted(set(world.ranges.values()), key=str)
    return usual[0] if usual else (sympy.Integer(1), Integer(2))


def known_range(world: World, letter: str, exprs: Iterable[Expr]) -> Range | None:
    """How far the indices at the places of a letter go, where some sum of the post says so."""
    for expr in exprs:
        for name in sorted({free.name for free in _symbols(expr)} | set(_called([expr]))):
            parts = subscripted(name)
            for place, index in enumerate(parts.indices if parts is not None else ()):
                if index == letter and parts is not None and (parts.base, place) in world.ranges:
                    return world.ranges[parts.base, place]
    return None


def counts_with_indices(world: World, expr: Expr) -> bool:
    """Whether an index or a size is used as a number, and not only as a subscript or a bound."""
    if isinstance(expr, ExprWithLimits):
        return counts_with_indices(world, expr.function)
    if isinstance(expr, Symbol):
        return expr.name in world.letters or expr in world.sizes
    return any(counts_with_indices(world, argument) for argument in expr.args)
