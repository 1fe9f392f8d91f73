"""What would make a refuted step of vectors and matrices true: one small change of one side, proved."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from itertools import islice

from litgrad.checking.repair import Edit, Slips, edits
from litgrad.checking.tensors.points import AGREE, points
from litgrad.checking.verdicts import Repair
from litgrad.latex.tree import NODE_TYPES, Grouped, Juxtaposed, Letter, Node, Scripted, Sign, walk
from litgrad.latex.unparse import unparse
from litgrad.meaning.names import is_transpose
from litgrad.meaning.statements import Member, Statements, Step
from litgrad.meaning.tensors.definitions import Environment, NotSaid, TooLarge
from litgrad.meaning.tensors.model import TensorTerm
from litgrad.meaning.tensors.naming import tensor_name
from litgrad.meaning.tensors.read import read
from litgrad.meaning.tensors.world import Layout, Undecided, World
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.tensors.expr import Shape, Tensor
from litgrad.tensors.normal import equal

_MOST_EDITS = 300
_MOST_NAMES = 6
_FEW_POINTS = 3
_TOP = r"\top"


def find_repair(step: Step, statements: Statements, environment: Environment) -> Repair | None:
    """One small change of a side, the right one first, after which the step is proved."""
    world = statements.tensors.world
    if world is None:
        return None
    names = Slips(tuple(islice(_names(step), _MOST_NAMES)))
    for changed, other in ((step.right, step.left), (step.left, step.right)):
        trial = _Trial(world.copy(), environment, changed, other)
        edit = next((one for one in trial.candidates(names) if trial.holds(one.node)), None)
        if edit is not None:
            return Repair(edit.span, edit.replacement, f"{edit.words} the step is proved")
    return None


def _names(step: Step) -> Iterator[Node]:
    """The names of a step, each once."""
    seen: set[str] = set()
    for member in (step.right, step.left):
        for node in walk(member.node) if member.node is not None else ():
            name = tensor_name(node)
            if name is not None and name not in seen:
                seen.add(name)
                yield node


@dataclass(slots=True)
class _Trial:
    """Changes of one side, held against the other."""

    world: World
    environment: Environment
    changed: Member
    other: Member

    def candidates(self, slips: Slips) -> Iterator[Edit]:
        """Changes, those of matrices first."""
        assert self.changed.node is not None
        yield from _of_matrices(self.changed.node)
        yield from islice(edits(self.changed.node, slips), _MOST_EDITS)

    def holds(self, node: Node) -> bool:
        """Whether a changed side is proved equal to the other."""
        term, target = self._term(node), self.other.tensor
        if term is None or target is None or _shape(term) != _shape(target):
            return False
        try:
            sides = [self.environment.settled(one.tensor) for one in (term, target)]
        except (NotSaid, TooLarge):
            return False
        return term.tensor != target.tensor and _are_equal(*sides)

    def _term(self, node: Node) -> TensorTerm | None:
        """A changed side read; None too where it makes lengths equal that the post keeps apart."""
        world = self.world.copy()
        try:
            found = read(node, world, Layout())
        except Undecided:
            return None
        kept = all(map(self._keeps(world), self.world.shapes.values()))
        return found if isinstance(found, TensorTerm) and kept else None

    def _keeps(self, world: World) -> Callable[[Shape], bool]:
        return lambda shape: world.dims.shape(shape) == self.world.dims.shape(shape)


def _shape(term: TensorTerm) -> tuple[object, ...]:
    return (term.form, term.letters, term.tensor.shape)


def _are_equal(left: Tensor, right: Tensor) -> bool:
    found = list(islice(points(left, right), _FEW_POINTS))
    return bool(found) and all(point.difference < AGREE for point in found) and equal(left, right)


# -------------------------------- changes of matrices --------------------------------


def _of_matrices(node: Node) -> Iterator[Edit]:
    """A transpose more or less, two factors in the other order; at this node and below it."""
    yield from _transposes(node)
    if isinstance(node, Juxtaposed):
        yield from _swaps(node)
    for slot in fields(node):
        below = getattr(node, slot.name)
        for place, child in enumerate(below if isinstance(below, tuple) else (below,)):
            if isinstance(child, NODE_TYPES):
                for edit in _of_matrices(child):
                    yield replace(edit, node=replace(node, **{slot.name: _put(below, place, edit.node)}))


def _put(held: object, place: int, node: Node) -> object:
    return (*held[:place], node, *held[place + 1 :]) if isinstance(held, tuple) else node


def _transposes(node: Node) -> Iterator[Edit]:
    if isinstance(node, Scripted) and is_transpose(node):
        plain = node.base if node.sub is None else Scripted(node.span, node.base, node.sub, None)
        text = unparse(plain)
        yield Edit(plain, node.span, text, f"with `{text}` for `{unparse(node)}`", 1)
    elif tensor_name(node) is not None or (isinstance(node, Grouped) and node.open.symbol == "("):
        turned = _turned(node)
        text = unparse(turned)
        yield Edit(turned, node.span, text, f"with `{text}` for `{unparse(node)}`", 1)


def _turned(node: Node) -> Scripted:
    """A node transposed; one with a superscript of its own is put in brackets."""
    scripted = isinstance(node, Scripted) and node.sup is not None
    held = Grouped(node.span, Sign(node.span, "("), Sign(node.span, ")"), node) if scripted else node
    return Scripted(node.span, held, None, Letter(node.span, _TOP))


def _swaps(node: Juxtaposed) -> Iterator[Edit]:
    for place in range(len(node.factors) - 1):
        first, second = node.factors[place : place + 2]
        factors = (*node.factors[:place], second, first, *node.factors[place + 2 :])
        text = unparse(Juxtaposed(node.span, (second, first)))
        span = Span(first.span.start, second.span.end)
        yield Edit(replace(node, factors=factors), span, text, f"with `{text}` in this order", 2)
        if isinstance(second, Scripted) and is_transpose(second) and second.sub is None:
            yield _outer_swap(node, place)


def _outer_swap(node: Juxtaposed, place: int) -> Edit:
    """`v u^T` for `u v^T`."""
    first, second = node.factors[place : place + 2]
    assert isinstance(second, Scripted)
    inner = second.base.body if isinstance(second.base, Grouped) else second.base
    pair = (second.base if tensor_name(inner) is None else inner, _turned(first))
    text = unparse(Juxtaposed(node.span, pair))
    factors = (*node.factors[:place], *pair, *node.factors[place + 2 :])
    span = Span(first.span.start, second.span.end)
    return Edit(replace(node, factors=factors), span, text, f"with `{text}`", 2)
