"""One size of a step: sums written out, indices and sizes as numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

import sympy
from sympy import Derivative, Expr, Integer, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef

from litgrad.checking.indexed.world import DELTA, World, free_letters, peeled, range_of
from litgrad.meaning.forms import add, function, multiply, name_of, substitute, symbol
from litgrad.meaning.subscripts import Subscripted, subscripted
from litgrad.records import dataclass

MOST_TERMS = 64
"""The longest sum that is written out."""


class TooLong(Exception):
    """A sum has more terms than are written out, or bounds that are no numbers."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Numbers for the sizes and for the free indices."""

    world: World
    sizes: Mapping[Symbol, int]
    indices: Mapping[str, int]

    def written_out(self, expr: Expr) -> Expr:
        """An expression with every sum and product written out; raises TooLong."""
        if isinstance(expr, (sympy.Sum, sympy.Product)):
            return self._terms(expr)
        if isinstance(expr, Symbol):
            return self._symbol(expr)
        if isinstance(expr, Derivative):
            inner = self.written_out(expr.expr)
            return Derivative(inner, *((self.written_out(v), count) for v, count in expr.variable_count))
        if isinstance(expr, AppliedUndef):
            return function(self.name(name_of(expr)))(*map(self.written_out, expr.args))
        if isinstance(expr, ExprWithLimits):
            raise TooLong
        if not expr.args:
            return expr
        table = {argument: self.written_out(argument) for argument in expr.args}
        return substitute(expr, {old: new for old, new in table.items() if old != new}) if table else expr

    def _terms(self, expr: ExprWithLimits) -> Expr:
        held, (index, first, last) = peeled(expr)
        start, stop = self.number(first), self.number(last)
        if stop - start >= MOST_TERMS:
            raise TooLong
        each = [
            replace(self, indices={**self.indices, index.name: value}).written_out(held)
            for value in range(start, stop + 1)
        ]
        if not each:
            return Integer(0 if isinstance(expr, sympy.Sum) else 1)
        return add(*each) if isinstance(expr, sympy.Sum) else multiply(*each)

    def number(self, expr: Expr) -> int:
        """The value of a bound; raises TooLong where it is no number."""
        value = self.written_out(expr).doit()
        if not isinstance(value, sympy.Integer):
            raise TooLong
        return int(value)

    def _symbol(self, free: Symbol) -> Expr:
        if free in self.sizes:
            return Integer(self.sizes[free])
        if free.name in self.indices:
            return Integer(self.indices[free.name])
        parts = subscripted(free.name)
        if parts is not None and parts.base == DELTA and len(parts.indices) == 2:
            values = [self.indices.get(index) for index in parts.indices]
            if None not in values:
                return Integer(values[0] == values[1])
        return symbol(self.name(free.name))

    def name(self, name: str) -> str:
        """A name with numbers for its index letters and sizes."""
        parts = subscripted(name)
        if parts is None:
            return name
        numbers = {size.name: value for size, value in self.sizes.items()} | dict(self.indices)
        if not any(index in numbers for index in parts.indices):
            return name
        return Subscripted(parts.base, tuple(str(numbers.get(one, one)) for one in parts.indices)).name()


def instances(world: World, exprs: tuple[Expr, ...], most: int) -> Iterator[Instance]:
    """Small sizes with all values of the free indices; sizes differ where there are several."""
    for base in range(1, most + 1):
        sizes = {size: world.fixed.get(size, base + place % 2) for place, size in enumerate(world.sizes)}
        plain = Instance(world, sizes, {})
        letters = free_letters(world, exprs)
        ranges = [range_of(world, letter, exprs) for letter in letters]
        spans = [range(plain.number(first), plain.number(last) + 1) for first, last in ranges]
        for values in product(*spans):
            yield Instance(world, sizes, dict(zip(letters, values, strict=True)))
        if set(world.sizes) <= set(world.fixed):
            return


def templates(name: str, world: World, instance: Instance) -> Iterator[Instance]:
    """The instances of a name's own index letters, for a definition such as `p_i = ...`."""
    parts = subscripted(name)
    letters = [index for index in (parts.indices if parts is not None else ()) if index in world.letters]
    spans = [
        range(instance.number(first), instance.number(last) + 1)
        for first, last in (range_of(world, letter, [symbol(name)]) for letter in letters)
    ]
    for values in product(*spans):
        yield replace(instance, indices=dict(zip(letters, values, strict=True)))
