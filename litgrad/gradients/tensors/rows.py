"""Formulas of one example as formulas of rows of examples: each vector gets a leading axis."""

from collections.abc import Iterable, Mapping

from litgrad.gradients.tensors.primitives import kind_of
from litgrad.tensors.build import einsum
from litgrad.tensors.expr import (
    Einsum,
    Elementwise,
    Ones,
    Power,
    Sum,
    Tensor,
    Unknown,
    Variable,
    operands,
    topological,
)

ROWS = "..."
"""The length of the leading axis, which stands for any number of axes."""


class NoRows(Exception):
    """A formula that is not taken row by row."""


def has_rows(node: Tensor) -> bool:
    """Whether a node has the leading axis."""
    return node.shape[:1] == (ROWS,)


def with_row(variable: Variable) -> Variable:
    """A name of a value that has the leading axis."""
    return Variable(variable.name, (ROWS, *variable.shape))


def lifted(root: Tensor, table: Mapping[Variable, Variable]) -> Tensor:
    """A formula for rows.

    Takes the names that have them, each with its own new name. Raises NoRows where something that
    has rows would have more than one axis beside them, or is no formula of entries and products.
    """
    new: dict[Tensor, Tensor] = {}
    for node in topological(root):
        made = [new[one] for one in operands(node)]
        new[node] = table.get(node, node) if isinstance(node, Variable) else _lifted(node, made)
        if len(new[node].shape) > 2 and has_rows(new[node]):
            raise NoRows
    return new[root]


def _lifted(node: Tensor, made: list[Tensor]) -> Tensor:
    if not any(has_rows(one) for one in made):
        return node
    match node:
        case Sum():
            return Sum(tuple(one if has_rows(one) else _repeated(one) for one in made))
        case Einsum():
            return _contraction(node, made)
        case Elementwise():
            return Elementwise(node.function, made[0], node.order)
        case Power() if not has_rows(made[1]):
            return Power(made[0], made[1])
        case Unknown() if kind_of(node) is not None and len(node.arguments[0].shape) == 1:
            return Unknown(node.name, (made[0],), (ROWS, *node.value_shape))
    raise NoRows


def _repeated(node: Tensor) -> Tensor:
    labels = tuple(range(1, len(node.shape) + 1))
    return einsum([(Ones((ROWS,)), (0,)), (node, labels)], (0, *labels))


def _contraction(node: Einsum, made: Iterable[Tensor]) -> Tensor:
    row = 1 + max((label for labels in node.subscripts for label in labels), default=0)
    pairs = [
        (one, (row, *labels) if has_rows(one) else labels)
        for one, labels in zip(made, node.subscripts, strict=True)
    ]
    return einsum(pairs, (row, *node.output))
