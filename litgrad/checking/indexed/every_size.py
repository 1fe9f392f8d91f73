"""Proofs for every size: sums in a normal form, and each way in which free indices may coincide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import permutations
from itertools import product as combinations

import sympy
from sympy import Derivative, Dummy, Expr, Indexed, IndexedBase, KroneckerDelta, Subs, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef

from litgrad.checking.indexed.logarithms import Positive, expanded_log, multiplied
from litgrad.checking.indexed.world import DELTA, Range, Unbounded, World, free_letters, peeled, range_of
from litgrad.checking.normal_form import equal
from litgrad.meaning.forms import name_of, symbol
from litgrad.meaning.statements import Definition
from litgrad.meaning.subscripts import subscripted
from litgrad.records import dataclass

_MOST_LETTERS = 4
"""How many free indices are taken; each may coincide with each other."""


_RATE = sympy.Function("rate")
"""Holds a derivative until definitions are put in."""


class Beyond(Exception):
    """The step has something that this proof does not cover."""


def proves_every_size(
    world: World,
    definitions: Sequence[Definition],
    sides: tuple[Expr, Expr],
    positive: Sequence[Expr] = (),
) -> bool:
    """Whether two sides are equal for every size, by an exact proof.

    Takes the post's indices, the definitions in force, the sides and what is above zero. Sums are split
    into their terms, constants taken out and Kronecker deltas carried out; what is left of a sum is an
    atom. Free indices are taken as different and as equal, each way they may coincide; all must agree.
    """
    letters = free_letters(world, sides)
    if len(letters) > _MOST_LETTERS:
        return False
    try:
        ranges = {letter: range_of(world, letter, sides) for letter in letters}
        if len(set(ranges.values())) > 1:
            return False
        reader = _Reader(world, {one.name: one for one in definitions}, ranges)
        reader.positive.append(Positive(tuple(map(reader.indexed, positive))))
        values = [reader.value(reader.indexed(side)) for side in sides]
        return all(_equal_where(reader, values, table) for table in _coincidences(letters))
    except (Beyond, Unbounded, RecursionError):
        return False


def in_normal_form(world: World, exprs: Sequence[Expr]) -> list[Expr] | None:
    """Expressions with their sums in the normal form, no definitions put in; None beyond it."""
    if free_letters(world, exprs):
        return None
    reader = _Reader(world, {}, {})
    reader.positive.append(Positive())
    try:
        return [reader.normal(reader.value(reader.indexed(expr))) for expr in exprs]
    except (Beyond, Unbounded, RecursionError):
        return None


def _coincidences(letters: tuple[str, ...]) -> Iterator[dict[Symbol, Symbol]]:
    """Every way in which letters may stand for the same number: a letter by the first of its class."""
    choices = [letters[: place + 1] for place in range(len(letters))]
    for chosen in combinations(*choices):
        table = dict(zip(letters, chosen, strict=True))
        if all(table[first] == first for first in chosen):
            yield {Symbol(letter): Symbol(first) for letter, first in table.items()}


def _equal_where(reader: "_Reader", values: Sequence[Expr], table: Mapping[Symbol, Symbol]) -> bool:
    left, right = (_without_deltas(reader.normal(value.xreplace(dict(table)))) for value in values)
    if _equal_term_by_term(left - right, reader.positive[0]):
        return True
    pieces = sorted(left.atoms(Indexed, ExprWithLimits) | right.atoms(Indexed, ExprWithLimits), key=str)
    outer = sorted(pieces, key=_sums_in, reverse=True)
    names = {piece: Symbol(f"p{place}", real=True) for place, piece in enumerate(pieces)}
    for piece in outer:
        left, right = (side.xreplace({piece: names[piece]}) for side in (left, right))
    if left.has(Derivative, Subs) or right.has(Derivative, Subs):
        raise Beyond
    known = [_real(one) for one in reader.positive[0].exprs if not one.has(Indexed, ExprWithLimits)]
    return equal(_real(left), _real(right), known)


def _equal_term_by_term(gap: Expr, positive: Positive) -> bool:
    """Whether the sums of a difference, all over one range, cancel in each of their terms."""
    gap = sympy.expand(gap)
    sums = gap.atoms(sympy.Sum)
    if len({one.limits for one in sums}) != 1 or any(one.function.has(ExprWithLimits) for one in sums):
        return False
    ((index, first, last),) = limits = next(iter(sums)).limits
    masks = {one: Dummy(real=True) for one in sums}
    masked = gap.xreplace(masks)
    rates = {one: sympy.diff(masked, mask) for one, mask in masks.items()}
    rest = masked.xreplace(dict.fromkeys(masks.values(), sympy.Integer(0)))
    if len(limits) != 1 or any(rate.atoms(Dummy) or index in rate.free_symbols for rate in rates.values()):
        return False
    body = sympy.Add(*(rate * one.function for one, rate in rates.items())) + rest / (last - first + 1)
    if body.has(KroneckerDelta, Derivative, Subs, ExprWithLimits):
        return False
    entries = {
        one: Symbol(f"e{at}", real=True) for at, one in enumerate(sorted(body.atoms(Indexed), key=str))
    }
    known = [_real(one) for one in positive.exprs if not one.has(Indexed, ExprWithLimits)]
    return equal(_real(body.xreplace(entries)), sympy.Integer(0), known)


def _sums_in(expr: Expr) -> int:
    return len(expr.atoms(ExprWithLimits))


def _without_deltas(expr: Expr) -> Expr:
    """Deltas between two free letters, which stand for different numbers here, are 0."""
    deltas = expr.atoms(KroneckerDelta)
    if any(not isinstance(index, Symbol) for delta in deltas for index in delta.args):
        raise Beyond
    return expr.xreplace({delta: sympy.Integer(0) for delta in deltas})


def _real(expr: Expr) -> Expr:
    """Index letters and sizes as real numbers, which the normal form takes."""
    return expr.xreplace({free: symbol(free.name) for free in expr.free_symbols if not free.is_real})


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns sides into indexed expressions and works them out."""

    world: World
    definitions: Mapping[str, Definition]
    ranges: Mapping[str, Range]
    """How far free letters go."""
    bound: dict[Symbol, Range] = field(default_factory=dict)
    """How far the indices of the sums around go."""
    positive: list[Positive] = field(default_factory=list)
    """What is above zero, once it is read."""

    # -------------------------------- names to indexed values --------------------------------

    def indexed(self, expr: Expr) -> Expr:
        """`z_{k}` as an entry of `z`, `\\delta_{ij}` as a Kronecker delta."""
        if isinstance(expr, Dummy):
            return expr  # the parameter of a function, for its argument
        if isinstance(expr, Symbol):
            return self._entry(expr.name) if expr.name not in self.world.letters else Symbol(expr.name)
        if isinstance(expr, Derivative):
            inner, variables = self.indexed(expr.expr), [self.indexed(one) for one in expr.variables]
            self._refuse_unstated(expr, variables)
            return _RATE(inner, *variables)  # worked out by `value`
        if isinstance(expr, AppliedUndef):
            known = self.definitions.get(name_of(expr))
            if known is not None and known.parameters is not None:
                return self._called(known, expr)
            called = self._entry(name_of(expr))
            if isinstance(called, Indexed) or called in self._values():
                return called
            return expr.func(*map(self.indexed, expr.args))
        if isinstance(expr, ExprWithLimits):
            held, (index, first, last) = peeled(expr)
            return expr.func(
                self.indexed(held), (Symbol(index.name), self.indexed(first), self.indexed(last))
            )
        if isinstance(expr, Subs) or not isinstance(expr, Expr):
            raise Beyond
        return expr.func(*map(self.indexed, expr.args)) if expr.args else expr

    def _called(self, known: Definition, call: AppliedUndef) -> Expr:
        """A call of a function that the post defines, with its body put in."""
        parameters = known.parameters or ()
        if len(parameters) != len(call.args) or any(self.world.is_indexed(one.name) for one in parameters):
            raise Beyond
        slots = {parameter: Dummy(parameter.name, real=True) for parameter in parameters}
        body = _with_own_indices(self.indexed(known.body.expr.xreplace(slots)))
        arguments = map(self.indexed, call.args)
        return body.xreplace(dict(zip(slots.values(), arguments, strict=True)))

    def _refuse_unstated(self, expr: Derivative, variables: list[Expr]) -> None:
        """A derivative of a name of which the post does not say how it depends on the variable."""
        bases = {str(one.base) for one in variables if isinstance(one, Indexed)}
        defined = {parts.base for parts in map(subscripted, self.definitions) if parts is not None}
        for call in expr.atoms(AppliedUndef):
            parts = subscripted(name_of(call))
            base = parts.base if parts is not None else None
            if name_of(call) not in self.definitions and base not in bases | defined:
                raise Beyond

    def _values(self) -> set[Expr]:
        return {symbol(name) for name in self.definitions}

    def _entry(self, name: str) -> Expr:
        parts = subscripted(name)
        if parts is None or not set(parts.indices) & self.world.letters:
            return symbol(name)
        indices = [sympy.Integer(one) if one.isdigit() else Symbol(one) for one in parts.indices]
        if parts.base == DELTA and len(indices) == 2:
            return KroneckerDelta(*indices)
        return IndexedBase(parts.base)[tuple(indices)]

    # -------------------------------- definitions put in --------------------------------

    def value(self, expr: Expr) -> Expr:
        """All definitions put in, and derivatives carried out."""
        if isinstance(expr, _RATE):
            inner = self.with_logs(self.value(expr.args[0]))
            for variable in expr.args[1:]:
                inner = self.derivative(inner, variable)
            return inner
        if isinstance(expr, Indexed):
            return self._defined_entry(expr)
        if isinstance(expr, Symbol):
            known = None if isinstance(expr, Dummy) else self.definitions.get(expr.name)
            return expr if known is None else self.value(self.indexed(known.body.expr))
        if isinstance(expr, ExprWithLimits):
            held, (index, first, last) = peeled(expr)
            fresh = Dummy(index.name)
            inner = self.value(held.xreplace({index: fresh}))
            return expr.func(inner, (fresh, self.value(first), self.value(last)))
        if isinstance(expr, (KroneckerDelta, IndexedBase)) or not expr.args:
            return expr
        return expr.func(*map(self.value, expr.args))

    def _defined_entry(self, entry: Indexed) -> Expr:
        for definition in self.definitions.values():
            parts = subscripted(definition.name)
            if parts is None or parts.base != str(entry.base) or len(parts.indices) != len(entry.indices):
                continue
            if not set(parts.indices) <= self.world.letters or len(set(parts.indices)) != len(parts.indices):
                raise Beyond
            body = self.value(self.indexed(definition.body.expr))
            return body.xreplace(dict(zip(map(Symbol, parts.indices), entry.indices, strict=True)))
        return entry

    def with_logs(self, expr: Expr) -> Expr:
        """Logarithms of products as sums, as far as it is known that they may be taken apart."""
        if isinstance(expr, (Indexed, IndexedBase, KroneckerDelta)) or not expr.has(sympy.log):
            return expr
        if isinstance(expr, ExprWithLimits):
            return expr.func(self.with_logs(expr.function), *expr.limits)
        inner = expr.func(*map(self.with_logs, expr.args))
        return expanded_log(inner.args[0], self.positive[0]) if isinstance(inner, sympy.log) else inner

    # -------------------------------- derivatives --------------------------------

    def derivative(self, expr: Expr, variable: Expr) -> Expr:
        """The derivative by an entry or a plain symbol."""
        if isinstance(expr, sympy.Sum):
            return sympy.Sum(self.derivative(expr.function, variable), *expr.limits)
        if not isinstance(variable, (Indexed, Symbol)):
            raise Beyond
        if isinstance(expr, sympy.Product):
            rate = self.derivative(expr.function, variable) / expr.function
            return expr * sympy.Sum(rate, *expr.limits)
        pieces = _pieces(expr)
        masks = {piece: Dummy(real=True) for piece in pieces}
        masked = expr.xreplace(masks)
        if masked.has(AppliedUndef) or variable in self._values():
            raise Beyond
        rates = [sympy.diff(masked, mask) * self._rate(piece, variable) for piece, mask in masks.items()]
        unmasked = {mask: piece for piece, mask in masks.items()}
        return sympy.Add(*(rate.xreplace(unmasked) for rate in rates))

    def _rate(self, piece: Expr, variable: Expr) -> Expr:
        if isinstance(piece, ExprWithLimits):
            return self.derivative(piece, variable)
        if isinstance(piece, Symbol):
            return sympy.Integer(piece == variable)
        if not isinstance(variable, Indexed) or piece.base != variable.base:
            return sympy.Integer(0)
        if len(piece.indices) != len(variable.indices):
            raise Beyond
        return sympy.Mul(*map(KroneckerDelta, piece.indices, variable.indices))

    # -------------------------------- the normal form of sums --------------------------------

    def normal(self, expr: Expr) -> Expr:
        """Sums split, constants taken out, deltas carried out; bound indices named by depth."""
        if isinstance(expr, sympy.Sum):
            return self._normal_sum(expr)
        if isinstance(expr, sympy.Product):
            return self._normal_product(expr)
        if isinstance(expr, (Indexed, KroneckerDelta)) or not expr.args:
            return expr
        if isinstance(expr, sympy.log):
            apart = expanded_log(self.normal(expr.args[0]), self.positive[0])
            return apart.func(*map(self.normal, apart.args)) if apart.has(ExprWithLimits) else apart
        return expr.func(*map(self.normal, expr.args))

    def _normal_product(self, expr: sympy.Product) -> Expr:
        held, limit = peeled(expr)
        apart = multiplied(sympy.Product(self.normal(held), limit))
        kept = {one: Dummy(real=True) for one in apart.atoms(sympy.Product) if one.limits[0] == limit}
        named = {name: _named([one.function], [limit], sympy.Product) for one, name in kept.items()}
        return self.normal(apart.xreplace(kept)).xreplace(named)

    def _normal_sum(self, expr: sympy.Sum) -> Expr:
        held, (index, first, last) = peeled(expr)
        self.bound[index] = (first, last)
        inner = sympy.expand(self.normal(held))
        terms = [self._summed(term, index, first, last) for term in sympy.Add.make_args(inner)]
        return sympy.expand(sympy.Add(*terms))

    def _summed(self, term: Expr, index: Symbol, first: Expr, last: Expr) -> Expr:
        factors = sympy.Mul.make_args(term)
        outside = [factor for factor in factors if index not in factor.free_symbols]
        inside = [factor for factor in factors if index in factor.free_symbols]
        delta = next((factor for factor in inside if isinstance(factor, KroneckerDelta)), None)
        if delta is not None:
            other = next(iter(set(delta.args) - {index}))
            if (self.bound.get(other) or self.ranges.get(str(other))) != (first, last):
                raise Beyond  # the other index may lie outside of the sum
            rest = [factor for factor in inside if factor is not delta]
            return self.normal(sympy.Mul(*outside, *rest).xreplace({index: other}))
        if not inside:
            return sympy.Mul(*outside) * (last - first + 1)
        return sympy.Mul(*outside) * _factored(*_flattened(inside, (index, first, last)))


Limit = tuple[Symbol, Expr, Expr]


def _flattened(factors: Sequence[Expr], limit: Limit) -> tuple[list[Expr], list[Limit]]:
    """Factors under a sum, with the sums among them taken apart: one set of factors, all limits."""
    plain: list[Expr] = []
    limits = [limit]
    for factor in factors:
        if not isinstance(factor, sympy.Sum):
            plain.append(factor)
            continue
        fresh = {one[0]: Dummy(str(one[0])) for one in factor.limits}
        plain += sympy.Mul.make_args(factor.function.xreplace(fresh))
        limits += [(fresh[name], start, stop) for name, start, stop in factor.limits]
    return plain, limits


def _factored(factors: Sequence[Expr], limits: Sequence[Limit]) -> Expr:
    """A sum over several indices as the product of the sums that share none."""
    indices = {limit[0] for limit in limits}
    if any(end.free_symbols & indices for limit in limits for end in limit[1:]):
        raise Beyond  # one index bounds another
    groups: list[tuple[set[Symbol], list[Expr]]] = []
    for factor in factors:
        joined, held = factor.free_symbols & indices, [factor]
        for group in [group for group in groups if group[0] & joined]:
            groups.remove(group)
            joined, held = joined | group[0], [*group[1], *held]
        groups.append((joined, held))
    used = set().union(*(group[0] for group in groups))
    empty = [stop - start + 1 for name, start, stop in limits if name not in used]
    sums = (_named(held, [one for one in limits if one[0] in own]) for own, held in groups)
    return sympy.Mul(*empty, *sums)


def _named(factors: Sequence[Expr], limits: Sequence[Limit], kind: type[ExprWithLimits] = sympy.Sum) -> Expr:
    """A sum or product whose indices are named so that it reads the same however it was written."""
    body = sympy.Mul(*factors)
    if not limits:
        return body
    depth = max((_depth(one) for one in body.atoms(ExprWithLimits)), default=0)
    orders = permutations(limits) if len(limits) <= _MOST_LETTERS else [tuple(limits)]
    found = [_with_names(body, order, depth, kind) for order in orders]
    return min(found, key=str)


def _with_names(body: Expr, limits: Sequence[Limit], depth: int, kind: type[ExprWithLimits]) -> Expr:
    names = [Symbol(f"§{depth + place}") for place in range(1, len(limits) + 1)]
    table = {limit[0]: name for limit, name in zip(limits, names, strict=True)}
    held = [(name, start, stop) for name, (_, start, stop) in zip(names, limits, strict=True)]
    return kind(body.xreplace(table), *held)


def _with_own_indices(expr: Expr) -> Expr:
    """A body whose sums have indices that no argument can hold."""
    if not isinstance(expr, Expr) or not expr.has(ExprWithLimits):
        return expr
    if isinstance(expr, ExprWithLimits):
        held, (index, first, last) = peeled(expr)
        fresh = Dummy(index.name)
        return expr.func(_with_own_indices(held).xreplace({index: fresh}), (fresh, first, last))
    return expr.func(*map(_with_own_indices, expr.args))


def _depth(expr: ExprWithLimits) -> int:
    """How deep sums are nested, told by the names of their indices."""
    names = [str(limit[0]) for limit in expr.limits]
    return max((int(name[1:]) for name in names if name.startswith("§")), default=1)


def _pieces(expr: Expr) -> list[Expr]:
    """The entries, sums and symbols of an expression, those inside a sum left out."""
    if isinstance(expr, (Indexed, ExprWithLimits)):
        return [expr]
    if isinstance(expr, Symbol):
        return [expr]
    if isinstance(expr, (KroneckerDelta, IndexedBase)):
        return []
    found: list[Expr] = []
    for argument in expr.args:
        found += [piece for piece in _pieces(argument) if piece not in found]
    return found
