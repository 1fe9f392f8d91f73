"""Whether a value and its derivatives are sums over examples, which can be added up some rows at a time."""

from collections.abc import Mapping
from enum import Enum

from litgrad.gradients.tensors import primitives
from litgrad.gradients.tensors.program import Program
from litgrad.tensors.expr import (
    Constant,
    Einsum,
    Elementwise,
    Number,
    Ones,
    Power,
    Sum,
    Tensor,
    Unknown,
    Variable,
    operands,
)


class _Way(Enum):
    """How a value depends on the rows of the examples."""

    FREE = "not at all"
    EACH = "row by row: its first axis has one entry for each"
    TOTAL = "as a sum of what each row gives"


class _Mixed(Exception):
    """It depends on several rows at once in another way."""


def rows_of(program: Program, value: Tensor, rates: list[tuple[Variable, Tensor]],
            bodies: Mapping[Variable, Tensor]) -> str | None:  # fmt: skip
    """The letter of the length over which all results are sums, or have a row for each; None without one.

    It is the length of the first axis of some parameters and of no other axis. Other matrices are worth
    products of all rows at once.
    """
    if program.rows or not program.is_scalar:
        return None
    letters = {leaf.shape[0] for leaf in program.leaves if len(leaf.shape) == 2}
    for letter in sorted(each for each in letters if isinstance(each, str)):
        if any(letter in leaf.shape[1:] or _is_weight(leaf, letter) for leaf in program.leaves):
            continue
        ways = _Ways(letter, bodies)
        try:
            found = [ways.of(value), *(ways.of(rate) for _, rate in rates)]
        except _Mixed:
            continue
        wanted = [_Way.EACH if letter in leaf.shape else _Way.TOTAL for leaf, _ in rates]
        if found == [_Way.TOTAL, *wanted]:
            return letter
    return None


def _is_weight(leaf: Variable, letter: str) -> bool:
    return len(leaf.shape) > 1 and letter not in leaf.shape


class _Ways:
    def __init__(self, letter: str, bodies: Mapping[Variable, Tensor]) -> None:
        self.letter = letter
        self.bodies = bodies
        self.known: dict[Tensor, _Way] = {}

    def of(self, node: Tensor) -> _Way:
        """The way of a node; raises _Mixed."""
        if node not in self.known:
            self.known[node] = self._found(node)
        return self.known[node]

    def _found(self, node: Tensor) -> _Way:
        match node:
            case Variable():
                return self.of(self.bodies[node]) if node in self.bodies else self._shaped(node)
            case Number() | Constant() | Ones():
                return self._shaped(node)
            case Sum(terms=terms):
                return self._one([self.of(term) for term in terms])
            case Elementwise(argument=inner):
                return self._entrywise([inner])
            case Power(base=base, exponent=exponent):
                return self._entrywise([base, exponent])
            case Einsum():
                return self._contracted(node)
            case Unknown(arguments=(inner,)) if primitives.kind_of(node) not in (None, primitives.LOG_DET):
                along_rows = primitives.axis_of(node) == len(inner.shape)
                return _refuse() if along_rows and self.of(inner) is not _Way.FREE else self.of(inner)
        return self._entrywise(list(operands(node))) if self.letter not in node.shape else _refuse()

    def _shaped(self, node: Tensor) -> _Way:
        if self.letter in node.shape[1:]:
            return _refuse()
        return _Way.EACH if self.letter in node.shape else _Way.FREE

    def _one(self, ways: list[_Way]) -> _Way:
        return ways[0] if len(set(ways)) == 1 else _refuse()

    def _entrywise(self, parts: list[Tensor]) -> _Way:
        """Of a sum over rows nothing but a multiple is one."""
        ways = {self.of(part) for part in parts} - {_Way.FREE}
        return ways.pop() if ways == {_Way.EACH} else _Way.FREE if not ways else _refuse()

    def _contracted(self, node: Einsum) -> _Way:
        ways = [self.of(factor) for factor in node.factors]
        first = {labels[0] for labels, way in zip(node.subscripts, ways, strict=True) if way is _Way.EACH}
        if _Way.TOTAL in ways:
            return _Way.TOTAL if not first and ways.count(_Way.TOTAL) == 1 else _refuse()
        if not first:
            return _Way.FREE
        if len(first) > 1:
            return _refuse()
        return self._placed(node.output, first.pop())

    def _placed(self, output: tuple[int, ...], label: int) -> _Way:
        if label not in output:
            return _Way.TOTAL
        return _Way.EACH if output[0] == label else _refuse()


def _refuse() -> _Way:
    raise _Mixed
