"""Formulas of short vectors as programs for a stack: a line for each number that is worked out on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from functools import reduce
from itertools import product
from math import pi, prod

import numpy as np

from litgrad.gradients.tensors.primitives import (
    LOG_DET,
    LOG_SOFTMAX,
    LOGSUMEXP,
    SOFTMAX,
    axis_of,
    kind_of,
)
from litgrad.gradients.tensors.rows import ROWS
from litgrad.page.program import NoProgram, Program, run
from litgrad.records import dataclass
from litgrad.tensors.evaluate import shape_of, size_of
from litgrad.tensors.expr import (
    Constant,
    Determinant,
    Einsum,
    Elementwise,
    Identity,
    Inverse,
    Number,
    Ones,
    Power,
    Sum,
    Tensor,
    Unknown,
    Variable,
    topological,
)

Words = tuple[str, ...]
Grid = dict[tuple[int, ...], Words]
"""The words of each entry of a tensor."""

_MOST_WORDS = 700
_LONGEST_INLINE = 1
_CONSTANTS = {"pi": pi, "e": float(np.e)}
_FUNCTIONS: Mapping[str, Words] = {
    "exp": ("exp",), "log": ("log",), "sin": ("sin",), "cos": ("cos",), "tan": ("tan",), "sinh": ("sinh",),
    "cosh": ("cosh",), "tanh": ("tanh",), "sigmoid": ("sigmoid",), "abs": ("abs",), "sign": ("sign",),
    "arctan": ("atan",), "softplus": ("softplus",), "relu": ("0", "max"), "step": ("sign", "0", "max"),
}  # fmt: skip
_NOUGHT, _ONE = ("0",), ("1",)


@dataclass(slots=True)
class Lines:
    """A program under way: inputs first, then the lines, each by its place as `$7`."""

    sizes: Mapping[str, int]
    inputs: int
    made: list[Words] = field(default_factory=list)
    grids: dict[Tensor, Grid] = field(default_factory=dict)
    _known: dict[Words, Words] = field(default_factory=dict)

    def grid(self, tensor: Tensor) -> Grid:
        """The entries of a tensor, as places or numbers; raises NoProgram."""
        for node in topological(tensor):
            if node not in self.grids:
                self.grids[node] = {at: self._kept(words) for at, words in self._entries(node).items()}
        return self.grids[tensor]

    def place(self, words: Words) -> int:
        """Where an entry stands among inputs and lines."""
        if len(words) == 1 and words[0].startswith("$"):
            return int(words[0][1:])
        return int(self._line(words)[0][1:])

    @property
    def text(self) -> str:
        """The lines for the script."""
        return ";".join(" ".join(words) for words in self.made)

    def values(self, inputs: Sequence[float]) -> list[float]:
        """Inputs and lines as numbers."""
        known = list(inputs)
        for words in self.made:
            known.append(float(run(Program(words), [np.asarray(one, dtype=np.float64) for one in known])))
        return known

    def _kept(self, words: Words) -> Words:
        return words if len(words) <= _LONGEST_INLINE else self._line(words)

    def _line(self, words: Words) -> Words:
        if words not in self._known:
            self._known[words] = (f"${self.inputs + len(self.made)}",)
            self.made.append(words)
            if sum(map(len, self.made)) > _MOST_WORDS:
                raise NoProgram
        return self._known[words]

    def _entries(self, node: Tensor) -> Grid:
        places = list(product(*map(range, shape_of(node.shape, self.sizes))))
        match node:
            case Number(value=value):
                return {(): (_number(value),)}
            case Constant(name=name):
                return {(): (repr(_CONSTANTS[name]),)}
            case Ones():
                return dict.fromkeys(places, _ONE)
            case Identity():
                return {(i, j): _ONE if i == j else _NOUGHT for i, j in places}
            case Sum(terms=terms):
                return {at: _sum([self.grids[term][at] for term in terms]) for at in places}
            case Einsum():
                return {at: self._contracted(node, at) for at in places}
            case Elementwise(function=name, argument=argument) if name in _FUNCTIONS and not node.order:
                return {at: (*self.grids[argument][at], *_FUNCTIONS[name]) for at in places}
            case Power(base=base, exponent=exponent):
                return {at: (*self.grids[base][at], *self.grids[exponent][()], "^") for at in places}
            case Inverse(matrix=matrix):
                return _inverse(self.grids[matrix])
            case Determinant(matrix=matrix):
                return {(): _determinant(self.grids[matrix])}
            case Unknown(arguments=(argument,), by=()) if (kind := kind_of(node)) == LOG_DET:
                return {(): (*_determinant(self.grids[argument]), "log")}
            case Unknown(arguments=(argument,), by=()) if kind is not None:
                return self._along(node, kind, argument, places)
        raise NoProgram

    def _along(self, node: Unknown, kind: str, argument: Tensor, places: Sequence[tuple[int, ...]]) -> Grid:
        """A function of whole vectors; no exponential is taken of more than nought, as it might overflow."""
        axis, grid = len(argument.shape) - axis_of(node), self.grids[argument]
        length = size_of(argument.shape[axis], self.sizes)
        found: Grid = {}
        for at in places:
            rest = at if kind == LOGSUMEXP else at[:axis] + at[axis + 1 :]
            row = [grid[(*rest[:axis], place, *rest[axis:])] for place in range(length)]
            top = self._kept(_chained(row, "max"))
            powers = [self._line((*entry, *top, "-", "exp")) for entry in row]
            total = self._kept(_sum(powers))
            if kind == SOFTMAX:
                found[at] = (*powers[at[axis]], *total, "/")
            elif kind == LOG_SOFTMAX:
                found[at] = (*grid[at], *top, "-", *total, "log", "-")
            else:
                found[at] = (*top, *total, "log", "+")
        return found

    def _contracted(self, node: Einsum, at: tuple[int, ...]) -> Words:
        """One entry of a contraction: a sum of products."""
        fixed: dict[int, int] = {}
        for label, place in zip(node.output, at, strict=True):
            if fixed.setdefault(label, place) != place:
                return _NOUGHT
        lengths = {label: size_of(dim, self.sizes) for label, dim in node.sizes().items()}
        summed = [label for label in lengths if label not in fixed]
        terms: list[Words] = []
        for places in product(*(range(lengths[label]) for label in summed)):
            here = fixed | dict(zip(summed, places, strict=True))
            terms.append(_product([
                self.grids[factor][tuple(here[label] for label in labels)]
                for factor, labels in zip(node.factors, node.subscripts, strict=True)
            ]))  # fmt: skip
        return _sum(terms)


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


def _chained(words: Sequence[Words], sign: str) -> Words:
    return reduce(lambda before, after: (*before, *after, sign), words)


def _sum(terms: Sequence[Words]) -> Words:
    left = [term for term in terms if term != _NOUGHT]
    return _chained(left, "+") if left else _NOUGHT


def _product(factors: Sequence[Words]) -> Words:
    if _NOUGHT in factors:
        return _NOUGHT
    left = [factor for factor in factors if factor != _ONE]
    return _chained(left, "*") if left else _ONE


def _determinant(grid: Grid) -> Words:
    match len(grid):
        case 1:
            return grid[0, 0]
        case 4:
            return (*grid[0, 0], *grid[1, 1], "*", *grid[0, 1], *grid[1, 0], "*", "-")
    raise NoProgram


def _inverse(grid: Grid) -> Grid:
    whole = _determinant(grid)
    if len(grid) == 1:
        return {(0, 0): ("1", *whole, "/")}
    return {
        (0, 0): (*grid[1, 1], *whole, "/"),
        (0, 1): (*grid[0, 1], "neg", *whole, "/"),
        (1, 0): (*grid[1, 0], "neg", *whole, "/"),
        (1, 1): (*grid[0, 0], *whole, "/"),
    }


def inputs_of(leaves: Sequence[Variable], sizes: Mapping[str, int]) -> dict[Variable, Grid]:
    """The places of the entries of all inputs, in order."""
    at = 0
    found: dict[Variable, Grid] = {}
    for leaf in leaves:
        shape = shape_of(leaf.shape, sizes)
        places = product(*map(range, shape))
        found[leaf] = {place: (f"${at + number}",) for number, place in enumerate(places)}
        at += prod(shape)
    return found


def one_row(grid: Grid) -> Grid:
    """The entries of one example, as those of rows of which there is one."""
    return {(0, *at): words for at, words in grid.items()}


def without_rows(grid: Grid, tensor: Tensor) -> Grid:
    """The entries of the one example."""
    return {at[1:]: words for at, words in grid.items()} if tensor.shape[:1] == (ROWS,) else grid
