"""The statements of a function: what is used more than once, and what the post names, under its name."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from litgrad.codegen.pieces import Piece
from litgrad.codegen.tensors.printer import TensorPrinter, is_x_log
from litgrad.codegen.text import statement
from litgrad.gradients.tensors.primitives import kind_of
from litgrad.gradients.tensors.tidy import pairs_of
from litgrad.tensors.build import number
from litgrad.tensors.expr import (
    Constant,
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
    operands,
)

_MINUS_ONE = number(-1)


@dataclass(slots=True)
class Lines:
    """Statements written one after another, each value before it is used."""

    printer: TensorPrinter
    local: dict[Tensor, str]
    """What has been computed; the printer's own."""
    bodies: Mapping[Variable, Tensor]
    """What the named local values are."""
    names: Callable[[str], str]
    """A wanted local name as one that is free."""
    shared: frozenset[Tensor] = frozenset()
    known: Mapping[Tensor, str] = field(default_factory=dict)
    """What to call a value that has a name."""
    done: set[Tensor] = field(default_factory=set)

    def of(self, root: Tensor) -> Iterator[Piece]:
        """The statements that must stand before a value is written."""
        if root in self.done:
            return
        self.done.add(root)
        if isinstance(root, Variable):
            if root in self.bodies:
                yield from self.of(self.bodies[root])
                yield statement(f"{self.printer.name(root.name)} = ", self.printer.piece(self.bodies[root]))
                self.local.setdefault(self.bodies[root], self.printer.name(root.name))
            return
        for below in operands(root):
            yield from self.of(below)
        if root in self.shared and root not in self.local:
            piece = self.printer.piece(root)
            name = self.names(self.known.get(root) or self._described(root))
            yield statement(f"{name} = ", piece)
            self.local[root] = name

    def _described(self, node: Tensor) -> str:
        """A short name that says what a value is."""
        match node:
            case Elementwise(function=word, argument=one):
                return f"{word}_{self._called(one)}".rstrip("_")
            case Unknown(arguments=(one, *_)) if (kind := kind_of(node)) is not None:
                return f"{kind.strip()}_{self._called(one)}".rstrip("_")
            case Inverse(matrix=one):
                return f"{self._called(one) or 'matrix'}_inv"
            case Power():
                return "root" if isinstance(node.exponent, Number) and node.exponent.value == 0.5 else "power"
            case Sum(terms=terms):
                return "difference" if any(_is_negative(term) for term in terms) else "total"
            case Einsum() if len([n for n in node.subscripts if n]) > 1:
                return "product"
        return "total"

    def _called(self, node: Tensor) -> str:
        if isinstance(node, Variable) and not node.name.startswith(" "):
            return self.printer.name(node.name)
        return self.local.get(node, "")


def _is_negative(term: Tensor) -> bool:
    numbers = [f.value for f, _ in pairs_of(term)[0] if isinstance(f, Number)]
    return any(value < 0 for value in numbers)


def shared_nodes(roots: list[Tensor], bodies: Mapping[Variable, Tensor]) -> frozenset[Tensor]:
    """The values that are used more than once and are work; names of the post lead to what they are."""
    counted: Counter[Tensor] = Counter(map(_seen_through, roots))
    seen: set[Tensor] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        below = [bodies[node]] if isinstance(node, Variable) and node in bodies else []
        below += list(operands(node))
        waiting += below
        if not isinstance(node, Variable) and _seen_through(node) is node:
            counted.update(_seen_through(one) for one in below if not _is_solved(node, one))
    return frozenset(node for node, count in counted.items() if count > 1 and _is_work(node))


def _seen_through(node: Tensor) -> Tensor:
    """What is used where a transpose, a negative or a quotient is written in its place."""
    while True:
        if isinstance(node, Power) and node.exponent == _MINUS_ONE:
            node = node.base
            continue
        inner = _turned(node) if isinstance(node, Einsum) else None
        if inner is None:
            return node
        node = inner


def _turned(node: Einsum) -> Tensor | None:
    """The one tensor of which a contraction is a multiple, or has the axes in another order."""
    rest = [(f, n) for f, n in pairs_of(node)[0] if not isinstance(f, Number)]
    if len(rest) != 1 or sorted(rest[0][1]) != sorted(node.output):
        return None
    return rest[0][0]


def _is_solved(node: Tensor, below: Tensor) -> bool:
    """Whether an inverse stands in a product that is written as the solution of equations."""
    if not isinstance(below, Inverse) or not isinstance(node, Einsum):
        return False
    found = [labels for factor, labels in pairs_of(node)[0] if factor == below]
    return len(node.factors) == 2 and all(not set(labels) <= set(node.output) for labels in found)


def _is_work(node: Tensor) -> bool:
    return not isinstance(node, Variable | Number | Constant | Ones | Identity)


def x_logs(roots: list[Tensor]) -> frozenset[tuple[Tensor, Tensor]]:
    """Pairs x, u for which x log u stands in some formulas."""
    found: set[tuple[Tensor, Tensor]] = set()
    seen: set[Tensor] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        waiting += operands(node)
        pairs = [pair for pair in pairs_of(node)[0] if pair[1]] if isinstance(node, Einsum) else []
        for (x, labels), (log, names) in pairwise(pairs):
            for one, other in ((x, log), (log, x)):
                if labels == names and is_x_log(one, other) and isinstance(other, Elementwise):
                    found.add((one, other.argument))
    return frozenset(found)
