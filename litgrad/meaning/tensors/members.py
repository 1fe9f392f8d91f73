"""The members of a chain in vectors and matrices, and the definitions among them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from litgrad.diagnostics import Diagnostic, Label
from litgrad.faults import attempt
from litgrad.latex.tree import Formula, Node, children
from litgrad.latex.unparse import unparse
from litgrad.meaning.chains import Chain
from litgrad.meaning.tensors.evidence import sides_of
from litgrad.meaning.tensors.layers import shifted_chains
from litgrad.meaning.tensors.model import Form, TensorDefinition, Tensors, TensorTerm
from litgrad.meaning.tensors.naming import reference
from litgrad.meaning.tensors.read import read
from litgrad.meaning.tensors.values import Value, order, widened
from litgrad.meaning.tensors.world import Layout, Undecided, World
from litgrad.meaning.terms import NotRead
from litgrad.source import Source, Span
from litgrad.tensors.build import einsum
from litgrad.tensors.expr import Einsum, ShapeError, Tensor, Variable, variables

if TYPE_CHECKING:
    from litgrad.meaning.statements import Member

_OF_VECTORS = frozenset(
    f"a {thing}, which litgrad does not judge yet"
    for thing in ("vector or matrix", "transpose", "norm", "gradient")
)
"""Why a scalar reading ends at a piece that is read here."""
LAYOUTS = (
    Layout(),
    Layout(gradient_is_row=True),
    Layout(jacobian_is_transposed=True),
    Layout(gradient_is_row=True, jacobian_is_transposed=True),
)
"""What authors use, the most usual first."""


def read_chain(nodes: Sequence[Node | None], world: World) -> list[TensorTerm | NotRead]:
    """The members of a chain in the layout in which most of them can be read and have one form."""
    best: list[TensorTerm | NotRead] = []
    score = (-1, -1)
    for layout in LAYOUTS:
        terms = [_read(node, world, layout) for node in nodes]
        found = [term for term in terms if isinstance(term, TensorTerm)]
        alike = sum(left.form is right.form for left, right in pairwise(found))
        if (len(found), alike) > score:
            best, score = terms, (len(found), alike)
        if score == (len(nodes), len(nodes) - 1):
            break
    return best


def _read(node: Node | None, world: World, layout: Layout) -> TensorTerm | NotRead:
    if node is None:
        return NotRead(Span(0, 0), "nothing stands there")
    try:
        return attempt(partial(read, node, world, layout), partial(NotRead, node.span), (Undecided,))
    except Undecided as fault:
        return NotRead(node.span, f"whether `{fault.name}` is a scalar, a vector or a matrix is not told")


def with_tensor(member: "Member", read: TensorTerm | NotRead) -> "Member":
    """A member with its meaning in vectors and matrices, or why it has none where it has no other."""
    if isinstance(read, TensorTerm):
        return replace(member, tensor=read)
    if member.term is None and member.reason in _OF_VECTORS:
        return replace(member, reason=read.reason, fault=read.span)
    return member


# -------------------------------- definitions --------------------------------


def definition_of(
    left: TensorTerm | None, right: TensorTerm | None, span: Span, source: Source
) -> TensorDefinition | None:
    """A name and its value; None where one of them is not read, or the value has free indices of its own."""
    if left is None or right is None:
        return None
    head = _variable(left.tensor)
    if head is None or not set(right.letters) <= set(left.letters) or _names_clash(right.tensor):
        return None
    variable, labels = head
    body = _fitted(right, left)
    if body is None:
        return None
    places = {label: axis for axis, label in enumerate(labels)}
    arranged = einsum([(body, tuple(range(len(labels))))], tuple(places[axis] for axis in range(len(labels))))
    try:
        return TensorDefinition(variable, arranged, left.form, right, span, source.line(span.start))
    except ShapeError:
        return None


def function_of(name: str, left: "Member", right: "Member", source: Source) -> tuple[TensorDefinition, ...]:
    """What `J(w) = ...` defines where its value is one of vectors and not of numbers alone."""
    value = right.tensor
    if value is None or right.term is not None or value.letters or _names_clash(value.tensor):
        return ()
    variable, line = Variable(name, value.tensor.shape), source.line(left.span.start)
    return (TensorDefinition(variable, value.tensor, value.form, value, left.span, line),)


def definitions_of(
    left: "Member", right: "Member", source: Source, world: World
) -> Iterator[TensorDefinition]:
    """What a step defines: the name on its left, and the same name in the other layers of the post."""
    here = definition_of(left.tensor, right.tensor, left.span, source)
    if here is None or left.node is None or right.node is None:
        return
    yield here
    for other in shifted_chains(Chain((left.node, right.node), ()), world.layers):
        terms = [term if isinstance(term, TensorTerm) else None for term in read_chain(other.sides, world)]
        there = definition_of(*terms, left.span, source)
        if there is not None:
            yield replace(there, implied=True)


def _names_clash(tensor: Tensor) -> bool:
    """Whether one name stands for two things: the `\\sigma_{im}` and `\\sigma_m` of one formula."""
    found = variables(tensor)
    return len({one.name for one in found}) < len(found)


def head_of(term: TensorTerm) -> Variable | None:
    """The vector or matrix whose entries a side is, or the name that it is alone."""
    found = _variable(term.tensor)
    return found[0] if found is not None else None


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
    return Tensors(shapes, dict(sorted(world.forms.items())), tuple(definitions), world)


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


# -------------------------------- faults --------------------------------


def faults_of(read: Sequence[TensorTerm | NotRead], world: World, source: Source) -> Iterator[Diagnostic]:
    """Shapes that do not fit, with the places that declare them."""
    for one in read:
        if isinstance(one, NotRead) and one.clash:
            written = source.slice(one.span)
            related = tuple(
                Label(place, f"`{name}` is declared here")
                for name, place in world.declared.items()
                if name in written
            )
            help = "declare another shape, or write a product or a sum that fits"
            yield Diagnostic("shape-mismatch", one.reason, one.span, related=related, help=help)
