"""A step read again with the axes of its derivatives elsewhere, as other authors put them."""

from collections.abc import Iterator
from dataclasses import replace

from litgrad.meaning.statements import Statements, Step
from litgrad.meaning.tensors.members import LAYOUTS
from litgrad.meaning.tensors.model import TensorTerm
from litgrad.meaning.tensors.read import read
from litgrad.meaning.tensors.world import Layout, Undecided
from litgrad.tensors.expr import Derivative, topological


def other_readings(step: Step, statements: Statements) -> Iterator[Step]:
    """The step in each layout in which it means something else; none where nothing is differentiated."""
    read_so_far = {_tensors(step)}
    if not _has_derivative(step):
        return
    for layout in LAYOUTS:
        again = _read(step, statements, layout)
        if again is not None and _tensors(again) not in read_so_far:
            read_so_far.add(_tensors(again))
            yield again


def _has_derivative(step: Step) -> bool:
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    return any(isinstance(node, Derivative) for term in terms for node in topological(term.tensor))


def _tensors(step: Step) -> tuple[object, ...]:
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    return tuple((term.tensor, term.form) for term in terms)


def _read(step: Step, statements: Statements, layout: Layout) -> Step | None:
    known, first, second = statements.tensors.world, step.left.node, step.right.node
    if known is None or first is None or second is None:
        return None
    world = known.copy()
    try:
        left, right = read(first, world, layout), read(second, world, layout)
    except Undecided:
        return None
    if not isinstance(left, TensorTerm) or not isinstance(right, TensorTerm):
        return None
    if any(world.dims.shape(shape) != known.dims.shape(shape) for shape in known.shapes.values()):
        return None
    return replace(step, left=replace(step.left, tensor=left), right=replace(step.right, tensor=right))
