"""The order of a contraction: products of two at a time, those first that cost least."""

from collections.abc import Hashable, Sequence
from dataclasses import field
from fractions import Fraction
from functools import cache
from itertools import combinations

from litgrad.gradients.tensors.rows import ROWS
from litgrad.gradients.tensors.tidy import Pair, key_of, pairs_of
from litgrad.records import dataclass
from litgrad.tensors.build import number, power
from litgrad.tensors.expr import (
    Dim,
    Einsum,
    Labels,
    Number,
    Ones,
    Power,
    Tensor,
    Variable,
    operands,
    topological,
    with_operands,
)

_LETTER, _ROWS, _MANY = 64, 256, 8
"""Lengths that letters stand for where costs are compared; above so many factors the order is greedy."""


@dataclass(slots=True)
class Pairing:
    """Graphs in which every contraction is of one or two tensors, equal ones made one."""

    known: dict[Hashable, Tensor] = field(default_factory=dict)
    done: dict[Tensor, Tensor] = field(default_factory=dict)

    def paired(self, root: Tensor) -> Tensor:
        """A graph with its contractions taken apart."""
        for node in topological(root):
            if node not in self.done:
                made = tuple(self.done[one] for one in operands(node))
                self.done[node] = self._one(with_operands(node, made) if made else node)
        return self.done[root]

    def _one(self, node: Tensor) -> Tensor:
        if isinstance(node, Einsum) and len(set(node.output)) == len(node.output):
            return self._contracted(node)
        if isinstance(node, Power) and isinstance(node.exponent, Number) and node.exponent.value < 0:
            return self._divided(node.base, node.exponent.value)
        return node

    def _divided(self, base: Tensor, exponent: Fraction) -> Tensor:
        """A negative power as 1 over a positive one."""
        below = power(base, number(-exponent))
        return Power(self.known.setdefault(key_of(below), below), number(-1))

    def _contracted(self, node: Einsum) -> Tensor:
        pairs, output = pairs_of(node)
        sizes = node.sizes()
        scalars, rest = _apart(pairs, output, sizes)
        has = {label for _, labels in rest for label in labels}
        kept = tuple(label for label in output if label in has)
        if scalars and len(rest) > 1:
            rest, scalars = self._on_smaller(scalars, rest, kept, sizes)
        core = self._chain(rest, kept, sizes) if rest else None
        spread = [(Ones((sizes[label],)), (label,)) for label in output if label not in has]
        parts = [*scalars, *([(core, kept)] if core is not None else []), *spread]
        if len(parts) == 1 and core is not None:
            return core
        return self._known(parts, output)

    def _on_smaller(
        self, scalars: list[Pair], rest: list[Pair], output: Labels, sizes: dict[int, Dim]
    ) -> tuple[list[Pair], list[Pair]]:
        """Numbers multiply what is smaller than the product, where entries are multiplied with entries."""
        least = min(range(len(rest)), key=lambda at: _cost(frozenset(rest[at][1]), sizes))
        factor, labels = rest[least]
        larger = _cost(frozenset(labels), sizes) < _cost(frozenset(output), sizes)
        entries = all(set(names) <= set(output) and len(set(names)) == len(names) for _, names in rest)
        if not entries or not larger or all(f == number(-1) for f, _ in scalars):
            return rest, scalars
        made = self._known([*scalars, (factor, labels)], labels)
        return [(made, labels), *rest[:least], *rest[least + 1 :]], []

    def _chain(self, factors: list[Pair], output: Labels, sizes: dict[int, Dim]) -> Tensor:
        """All factors in pairs."""
        alone = [self._alone(at, factors, output) for at in range(len(factors))]
        waiting = list(alone)
        for first, second in _path(waiting, output, sizes):
            left, right = waiting[first], waiting[second]
            waiting = [pair for at, pair in enumerate(waiting) if at not in {first, second}]
            needed = {*output, *(label for _, labels in waiting for label in labels)}
            kept = output if not waiting else _kept(left[1], right[1], needed, sizes)
            waiting.append((self._known([left, right], kept), kept))
        ((last, labels),) = waiting
        return last if labels == output else self._known([(last, labels)], output)

    def _alone(self, at: int, factors: list[Pair], output: Labels) -> Pair:
        """A factor with its diagonal taken, and summed over what nothing else has."""
        factor, labels = factors[at]
        needed = {*output, *(n for other, pair in enumerate(factors) if other != at for n in pair[1])}
        kept = tuple(label for label in dict.fromkeys(labels) if label in needed)
        return (factor, labels) if kept == labels else (self._known([(factor, labels)], kept), kept)

    def _known(self, pairs: list[Pair], output: Labels) -> Tensor:
        node = numbered(pairs, output)
        return self.known.setdefault(key_of(node), node)


def numbered(pairs: Sequence[Pair], output: Labels) -> Einsum:
    """A contraction with the labels 0, 1, 2, ..., those of the output first."""
    table: dict[int, int] = {}
    for label in (*output, *(label for _, labels in pairs for label in labels)):
        table.setdefault(label, len(table))
    subscripts = tuple(tuple(table[label] for label in labels) for _, labels in pairs)
    return Einsum(tuple(one for one, _ in pairs), subscripts, tuple(table[label] for label in output))


def _apart(pairs: list[Pair], output: Labels, sizes: dict[int, Dim]) -> tuple[list[Pair], list[Pair]]:
    """Numbers, lengths of summed ones among them, and tensors."""
    rest: list[Pair] = [(f, n) for f, n in pairs if n and not isinstance(f, Ones)]
    has = {label for _, labels in rest for label in labels}
    lost = dict.fromkeys(n for _, labels in pairs for n in labels if n not in has and n not in output)
    scalars = [(f, n) for f, n in pairs if not n and not isinstance(f, Ones)]
    return [*scalars, *((Variable(f" size {sizes[label]}"), ()) for label in lost)], rest


def _kept(left: Labels, right: Labels, needed: set[int], sizes: dict[int, Dim]) -> Labels:
    """The labels of a product, the rows first."""
    both = [label for label in dict.fromkeys((*left, *right)) if label in needed]
    return tuple(sorted(both, key=lambda label: sizes[label] != ROWS))


def _path(factors: list[Pair], output: Labels, sizes: dict[int, Dim]) -> list[tuple[int, int]]:
    """Which two of the factors that are left are multiplied next, each time."""
    labels = [frozenset(n) for _, n in factors]
    out = frozenset(output)
    if len(labels) <= _MANY:
        return _best(tuple(labels), out, tuple(sorted(sizes.items())))
    path: list[tuple[int, int]] = []
    while len(labels) > 1:
        first, second = min(
            combinations(range(len(labels)), 2),
            key=lambda pair: _cost(labels[pair[0]] | labels[pair[1]], sizes),
        )
        path.append((first, second))
        joined = labels[first] | labels[second]
        labels = [one for at, one in enumerate(labels) if at not in {first, second}]
        labels.append(joined & out.union(*labels))
    return path


def _cost(labels: frozenset[int], sizes: dict[int, Dim]) -> int:
    cost = 1
    for label in labels:
        size = sizes[label]
        cost *= size if isinstance(size, int) else _ROWS if size == ROWS else _LETTER
    return cost


def _best(
    labels: tuple[frozenset[int], ...], output: frozenset[int], lengths: tuple[tuple[int, Dim], ...]
) -> list[tuple[int, int]]:
    """The cheapest order by trying every one; of equal ones that which goes from left to right."""
    sizes = dict(lengths)
    count = len(labels)
    everything = (1 << count) - 1

    @cache
    def shown(subset: int) -> frozenset[int]:
        inside = [labels[at] for at in range(count) if subset >> at & 1]
        outside = [labels[at] for at in range(count) if not subset >> at & 1]
        return frozenset().union(*inside) & output.union(*outside)

    @cache
    def plan(subset: int) -> tuple[int, tuple[tuple[int, int], ...]]:
        if subset & (subset - 1) == 0:
            return 0, ()
        best: tuple[int, tuple[tuple[int, int], ...]] | None = None
        part = (subset - 1) & subset
        while part:
            other = subset ^ part
            if part & (subset & -subset):
                ours, theirs = plan(part), plan(other)
                here = _cost(shown(part) | shown(other), sizes) + _cost(shown(subset), sizes)
                cost = ours[0] + theirs[0] + here
                if best is None or cost <= best[0]:
                    best = (cost, (*ours[1], *theirs[1], (part, other)))
            part = (part - 1) & subset
        assert best is not None
        return best

    return _places(plan(everything)[1], count)


def _places(merges: Sequence[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """Products of sets of factors as places in the list of what is left."""
    left = [1 << at for at in range(count)]
    path: list[tuple[int, int]] = []
    for first, second in merges:
        path.append((left.index(first), left.index(second)))
        left = [one for one in left if one not in {first, second}]
        left.append(first | second)
    return path
