"""The statements of a function: what is used more than once, and what the post names, under its name."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from itertools import pairwise

from litgrad.codegen.pieces import Piece
from litgrad.codegen.tensors.printer import TensorPrinter, is_x_log
from litgrad.codegen.text import statement
from litgrad.gradients.tensors.primitives import SOFTMAX, kind_of, twin_of
from litgrad.gradients.tensors.tidy import pairs_of
from litgrad.records import dataclass
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
    needed: frozenset[Tensor] = frozenset()
    """All that is computed."""
    known: Mapping[Tensor, str] = field(default_factory=dict)
    """What to call a value that has a name."""
    done: set[Tensor] = field(default_factory=set)

    @property
    def called(self) -> dict[Tensor, str]:
        """The names that the post has for values, whether they are computed yet or not."""
        return {body: self.printer.name(one.name) for one, body in reversed(list(self.bodies.items()))}

    def of(self, root: Tensor) -> Iterator[Piece]:
        """The statements that must stand before a value is written."""
        if root in self.done:
            return
        self.done.add(root)
        if isinstance(root, Variable):
            if root in self.bodies:
                yield from self.of(self.bodies[root])
                name, body = self.printer.name(root.name), self.bodies[root]
                if self.local.get(body) != name:
                    yield statement(f"{name} = ", self.printer.full(body))
                    self.local.setdefault(body, name)
            return
        for below in operands(root):
            yield from self.of(below)
        twin = twin_of(root)
        if twin in self.needed and root not in self.local:
            yield self._both(root, twin)
        elif root in self.shared and root not in self.local:
            piece = self.printer.piece(root)
            name = self.names(self.known.get(root) or self._described(root))
            yield statement(f"{name} = ", piece)
            self.local[root] = name

    def _both(self, root: Tensor, twin: Tensor) -> Piece:
        """A softmax and its logarithm, which share their exponentials."""
        share, log = (root, twin) if kind_of(root) == SOFTMAX else (twin, root)
        first = self.called.get(share) or self.names(self.known.get(share) or self._described(share))
        second = self.called.get(log) or self.names(f"log_{first}")
        piece = self.printer.both(share)
        self.local.update({share: first, log: second})
        return statement(f"{first}, {second} = ", piece)

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


def shared_nodes(
    roots: list[Tensor], bodies: Mapping[Variable, Tensor]
) -> tuple[frozenset[Tensor], frozenset[Tensor]]:
    """The values that are used more than once and are work, and all values.

    Names of the post lead to what they are.
    """
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
    return frozenset(node for node, count in counted.items() if count > 1 and _is_work(node)), frozenset(seen)


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
