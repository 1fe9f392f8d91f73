"""The members of a chain in vectors and matrices, and the definitions among them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from litgrad.latex.tree import Formula, Node, children
from litgrad.latex.unparse import unparse
from litgrad.meaning.tensors.evidence import sides_of
from litgrad.meaning.tensors.model import Form, TensorDefinition, Tensors, TensorTerm
from litgrad.meaning.tensors.naming import reference
from litgrad.meaning.tensors.read import read
from litgrad.meaning.tensors.values import Value, order, widened
from litgrad.meaning.tensors.world import Layout, Undecided, World
from litgrad.source import Source
from litgrad.tensors.build import einsum
from litgrad.tensors.expr import Einsum, ShapeError, Tensor, Variable

if TYPE_CHECKING:
    from litgrad.meaning.statements import Member

_LAYOUTS = (
    Layout(),
    Layout(gradient_is_row=True),
    Layout(jacobian_is_transposed=True),
    Layout(gradient_is_row=True, jacobian_is_transposed=True),
)
"""What authors use, the most usual first."""


def read_chain(nodes: Sequence[Node | None], world: World) -> list[TensorTerm | None]:
    """The members of a chain in the layout in which most of them can be read and have one form."""
    best: list[TensorTerm | None] = []
    score = (-1, -1)
    for layout in _LAYOUTS:
        terms = [_read(node, world, layout) for node in nodes]
        found = [term for term in terms if term is not None]
        alike = sum(left.form is right.form for left, right in zip(found, found[1:], strict=False))
        if (len(found), alike) > score:
            best, score = terms, (len(found), alike)
        if score == (len(nodes), len(nodes) - 1):
            break
    return best


def _read(node: Node | None, world: World, layout: Layout) -> TensorTerm | None:
    if node is None:
        return None
    try:
        found = read(node, world, layout)
    except Undecided:
        return None
    return found if isinstance(found, TensorTerm) else None


# -------------------------------- definitions --------------------------------


def definition_of(left: "Member", right: "Member", source: Source) -> TensorDefinition | None:
    """What a step defines; None where one of its sides is not read, or has free indices of its own."""
    if left.tensor is None or right.tensor is None:
        return None
    head = _variable(left.tensor.tensor)
    if head is None or not set(right.tensor.letters) <= set(left.tensor.letters):
        return None
    variable, labels = head
    body = _fitted(right.tensor, left.tensor)
    if body is None:
        return None
    places = {label: axis for axis, label in enumerate(labels)}
    arranged = einsum([(body, tuple(range(len(labels))))], tuple(places[axis] for axis in range(len(labels))))
    line = source.line(left.span.start)
    try:
        return TensorDefinition(variable, arranged, left.tensor.form, right.tensor, left.span, line)
    except ShapeError:
        return None


def _variable(tensor: Tensor) -> tuple[Variable, tuple[int, ...]] | None:
    """A name alone, and where its axes stand in the term: those of `w_{ji}` are sorted by letter."""
    if isinstance(tensor, Variable):
        return tensor, tuple(range(len(tensor.shape)))
    if isinstance(tensor, Einsum) and len(tensor.factors) == 1 and isinstance(tensor.factors[0], Variable):
        labels = tensor.subscripts[0]
        if len(set(labels)) == len(labels) == len(tensor.output):
            return tensor.factors[0], tuple(tensor.output.index(label) for label in labels)
    return None


def _fitted(value: TensorTerm, head: TensorTerm) -> Tensor | None:
    """A value with the axes of the name that it is given to."""
    held = Value(value.tensor, value.form, value.letters)
    same_order = order(value.form) == order(head.form)
    if not same_order and not (value.form is Form.SCALAR and value.tensor_is_number):
        return None
    try:
        body = widened(held, head.letters, head.tensor.shape)
    except ShapeError:
        return None
    return body if body.shape == head.tensor.shape else None


def tensors_of(world: World | None, definitions: Sequence[TensorDefinition]) -> Tensors:
    """What is known of a post's vectors, for the later stages."""
    if world is None:
        return Tensors()
    shapes = {name: world.dims.shape(world.shapes.get(name, ())) for name in sorted(world.forms)}
    return Tensors(shapes, dict(sorted(world.forms.items())), tuple(definitions))


# -------------------------------- names --------------------------------


def names_of_vectors(world: World, formulas: Sequence[Formula]) -> frozenset[str]:
    """The names, as written with their indices, that stand for vectors or matrices."""
    return frozenset(name for side in sides_of(formulas) for name in _names(world, side))


def _names(world: World, node: Node) -> Iterator[str]:
    found = reference(node, world.letters)
    if found is None:
        for child in children(node):
            yield from _names(world, child)
    elif world.forms.get(found.family, Form.SCALAR) is not Form.SCALAR:
        yield unparse(node)
