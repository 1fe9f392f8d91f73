"""A program made for speed: its value and its derivatives, with nothing left of its names."""

from collections.abc import Sequence

from litgrad.gradients.tensors.lean.nodes import write
from litgrad.gradients.tensors.lean.writing import Writing
from litgrad.gradients.tensors.order import Pairing
from litgrad.gradients.tensors.program import Program
from litgrad.records import dataclass
from litgrad.tensors.expr import Einsum, Tensor, Variable, replaced, topological


@dataclass(frozen=True, slots=True)
class Lean:
    """What a program computes, with nothing left of its names."""

    value: Tensor
    rates: tuple[tuple[Variable, Tensor], ...]


def lean(program: Program) -> Lean:
    """The value and the derivatives of a program in a form that takes few passes over large arrays.

    The names of steps are written out, equal parts are one node, every contraction is of two at most.
    """
    roots = _written_out(program)
    writing = Writing(_of_matrices(roots))
    names = [write(writing, root) for root in roots]
    settled = _settled(writing)
    value, *rates = [replaced(name, settled) for name in names]
    return Lean(value, tuple(zip((leaf for leaf, _ in program.rates), rates, strict=True)))


def _written_out(program: Program) -> list[Tensor]:
    """The value and the derivatives without the names of steps."""
    table: dict[Tensor, Tensor] = {}
    for step in program.steps:
        table[step.variable] = replaced(step.body, table)
    return [replaced(one, table) for one in (program.value, *(rate for _, rate in program.rates))]


def _of_matrices(roots: Sequence[Tensor]) -> frozenset[Tensor]:
    """The factors of products of which no factor has every label."""
    found: set[Tensor] = set()
    for node in topological(*roots):
        if isinstance(node, Einsum) and all(set(labels) != set(node.sizes()) for labels in node.subscripts):
            found.update(node.factors)
    return frozenset(found)


def _settled(writing: Writing) -> dict[Tensor, Tensor]:
    """Every name as a graph of contractions of two at most."""
    pairing = Pairing()
    table: dict[Tensor, Tensor] = {}
    for name, body in writing.bodies.items():
        table[name] = replaced(pairing.paired(body), table)
    return table
