"""Steps read with the axes of their derivatives where the post puts them: one layout for all of a post."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from litgrad.meaning.statements import Statements, Step
from litgrad.meaning.tensors.members import LAYOUTS
from litgrad.meaning.tensors.model import TensorTerm
from litgrad.meaning.tensors.read import read
from litgrad.meaning.tensors.world import Layout, Undecided
from litgrad.tensors.expr import Derivative, topological

Agrees = Callable[[Step], bool]


def readings(step: Step, statements: Statements, agrees: Agrees) -> Iterator[Step]:
    """The step as it was read, and as the post's layout reads it, where that is something else.

    Takes what tells whether the sides of a step agree at points: the layout of a post is the one in which
    most of its derivatives do.
    """
    if not _has_derivative(step):
        yield step
        return
    usual = _layouts_of(statements, agrees)
    found = [again for layout in usual if (again := in_layout(step, statements, layout)) is not None]
    if not found or any(_tensors(again) == _tensors(step) for again in found):
        yield step
    told = {_tensors(step)}
    for again in found:
        if _tensors(again) not in told:
            told.add(_tensors(again))
            yield again


def _layouts_of(statements: Statements, agrees: Agrees) -> tuple[Layout, ...]:
    """The layouts of a post, found once for all its steps."""
    if not _LAST or _LAST[0][0] is not statements:
        _LAST[:] = [(statements, _fitting(statements, agrees))]
    return _LAST[0][1]


_LAST: list[tuple[Statements, tuple[Layout, ...]]] = []


def _fitting(statements: Statements, agrees: Agrees) -> tuple[Layout, ...]:
    """The layouts in which the most steps agree; of several, those of the first step that tells."""
    steps = (step for derivation in statements.derivations for step in derivation.steps)
    told = [
        fitting
        for step in steps
        if step.introduces is None and _has_derivative(step)
        if (fitting := _agreeing_in(step, statements, agrees))
    ]
    score = Counter(layout for fitting in told for layout in fitting)
    kept = [layout for layout in LAYOUTS if score[layout] == max(score.values(), default=0)]
    for fitting in told:
        kept = [layout for layout in kept if layout in fitting] or kept
    return tuple(kept)


def _agreeing_in(step: Step, statements: Statements, agrees: Agrees) -> list[Layout]:
    read_in = {layout: in_layout(step, statements, layout) for layout in LAYOUTS}
    told = {_tensors(one) for one in read_in.values() if one is not None}
    if len(told) < 2 and None not in read_in.values():
        return []
    known = {tensors: agrees(one) for one in read_in.values() if one for tensors in [_tensors(one)]}
    fitting = {layout: one for layout, one in read_in.items() if one is not None and known[_tensors(one)]}
    alike = [layout for layout, one in fitting.items() if _has_one_form(one)]
    return alike or list(fitting)


def _has_one_form(step: Step) -> bool:
    """Whether both sides stand alike: a gradient that is a row does not speak for a column's layout."""
    left, right = step.left.tensor, step.right.tensor
    return left is not None and right is not None and left.form is right.form


def _has_derivative(step: Step) -> bool:
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    return any(isinstance(node, Derivative) for term in terms for node in topological(term.tensor))


def _tensors(step: Step) -> tuple[object, ...]:
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    return tuple((term.tensor, term.form) for term in terms)


def in_layout(step: Step, statements: Statements, layout: Layout) -> Step | None:
    """The step in a layout; None where a side has no meaning in it."""
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
