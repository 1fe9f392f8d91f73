"""Equations that follow from one above them: rows being solved, conclusions behind an arrow."""

import re
from collections.abc import Iterator
from fractions import Fraction

import sympy

from litgrad.checking.equations import follows, is_in_a_row, row_above
from litgrad.checking.setting import Setting
from litgrad.checking.unread.judge import reader_of
from litgrad.checking.unread.values import NoValue, Value, follows_from
from litgrad.latex.tree import Letter, Node, walk
from litgrad.latex.unparse import unparse
from litgrad.meaning.statements import Derivation, Statements, Step
from litgrad.meaning.tensors.model import TensorTerm
from litgrad.tensors.build import add, is_zero, negate, number, scale, transpose, zeros
from litgrad.tensors.expr import (
    Inverse,
    Power,
    ShapeError,
    Tensor,
    Variable,
    replaced,
    topological,
    variables,
)
from litgrad.tensors.normal import equal

ARROWS = frozenset(r"\implies \Rightarrow \Longrightarrow \iff \Leftrightarrow \Longleftrightarrow".split())
"""Signs between two equations."""
BOTH_WAYS = frozenset([r"\iff", r"\Leftrightarrow", r"\Longleftrightarrow"])
_EQUAL = frozenset(["=", r"\equiv"])
_REACH = 8
"""How many derivations above a step are looked at."""
_HEADING = re.compile(r"^(?:#{1,6}\s|<h[1-6])", re.MULTILINE)
_TIMES = (1, -1, 2, -2, sympy.Rational(1, 2), -sympy.Rational(1, 2))


def premise_of(step: Step, derivation: Derivation, statements: Statements) -> Step | None:
    """The equation above, or before the last arrow, that an equation follows from."""
    if step.sign.symbol not in _EQUAL or step.left.node is None or step.right.node is None:
        return None
    near = row_above(derivation, statements)
    for premise in [*([near] if near is not None else []), *_before(step, derivation, statements)]:
        if _may_follow(step, premise) and concludes(step, premise, statements):
            return premise
    return None


def concludes(step: Step, premise: Step, statements: Statements) -> bool:
    """Whether an equation holds wherever another one does."""
    if _is_written_alike(step, premise):
        return False
    if all(side.term is not None for one in (step, premise) for side in (one.left, one.right)):
        return follows(step, premise, Setting.of(statements, step))
    return _in_tensors(step, premise) or _unread(step, premise, statements)


# -------------------------------- what stands above --------------------------------


def _before(step: Step, derivation: Derivation, statements: Statements) -> Iterator[Step]:
    at = next(index for index, other in enumerate(derivation.steps) if other.id == step.id)
    if at >= 2 and derivation.steps[at - 1].sign.symbol in ARROWS:
        yield derivation.steps[at - 2]
    text = statements.source.text
    if not is_in_a_row(derivation.steps[0], text):
        return
    for above in reversed(statements.derivations[max(derivation.index - _REACH, 0) : derivation.index]):
        if _HEADING.search(text, above.steps[-1].right.span.end, step.left.span.start):
            return
        if is_in_a_row(above.steps[0], text):
            yield above.steps[-1]


def _may_follow(step: Step, premise: Step) -> bool:
    """Whether two equations have most of their letters in common."""
    if premise.sign.symbol not in _EQUAL or premise.left.node is None or premise.right.node is None:
        return False
    ours, theirs = _letters(step), _letters(premise)
    return bool(ours & theirs) and len(ours - theirs) <= 1


def _letters(step: Step) -> set[str]:
    nodes: list[Node] = [side.node for side in (step.left, step.right) if side.node is not None]
    return {inner.name for node in nodes for inner in walk(node) if isinstance(inner, Letter)}


def _is_written_alike(step: Step, premise: Step) -> bool:
    ours, theirs = ({_written(one.left.node), _written(one.right.node)} for one in (step, premise))
    return ours == theirs


def _written(node: Node | None) -> str:
    return "" if node is None else unparse(node)


# -------------------------------- vectors and matrices --------------------------------


def _in_tensors(step: Step, premise: Step) -> bool:
    """Whether the difference of one's sides is a multiple of the other's, or a value solves it."""
    sides = [side.tensor for one in (step, premise) for side in (one.left, one.right)]
    if any(side is None for side in sides):
        return False
    try:
        ours, theirs = (_difference(one.left.tensor, one.right.tensor) for one in (step, premise))
        if ours is None or theirs is None or _vanishes(theirs):
            return False
        return _is_multiple(ours, theirs) or _solves(step, theirs)
    except (ShapeError, ValueError, TypeError, ArithmeticError, LookupError):
        return False


def _difference(left: TensorTerm | None, right: TensorTerm | None) -> Tensor | None:
    if left is None or right is None:
        return None
    if is_zero(right.tensor):
        return left.tensor
    if is_zero(left.tensor):
        return right.tensor
    if left.letters != right.letters or left.tensor.shape != right.tensor.shape:
        return None
    return add(left.tensor, negate(right.tensor))


def _is_multiple(ours: Tensor, theirs: Tensor) -> bool:
    turned = [theirs, transpose(theirs)] if len(theirs.shape) == 2 else [theirs]
    return any(
        one.shape == ours.shape and equal(ours, scale(number(_fraction(factor)), one))
        for one in turned
        for factor in _TIMES
    )


def _fraction(factor: object) -> Fraction:
    return Fraction(int(sympy.Rational(factor).p), int(sympy.Rational(factor).q))


def _solves(step: Step, theirs: Tensor) -> bool:
    """Whether `x = ...` makes the other equation true and nothing else does: it divides by what was at x."""
    assert step.left.tensor is not None
    assert step.right.tensor is not None
    name, value = step.left.tensor.tensor, step.right.tensor.tensor
    if not isinstance(name, Variable) or name in variables(value) or name not in variables(theirs):
        return False
    if not name.shape == value.shape == theirs.shape or not any(map(_divides, topological(value))):
        return False
    return _is_affine(theirs, name) and _vanishes(replaced(theirs, {name: value}))


def _divides(node: Tensor) -> bool:
    return isinstance(node, Inverse) or (isinstance(node, Power) and node.exponent == number(Fraction(-1)))


def _is_affine(tensor: Tensor, name: Variable) -> bool:
    """Whether a tensor has no power of a name but the first: f(2x) + f(0) = 2 f(x)."""
    twice = replaced(tensor, {name: scale(number(Fraction(2)), name)})
    without = replaced(tensor, {name: zeros(name.shape)})
    return equal(add(twice, without), scale(number(Fraction(2)), tensor))


def _vanishes(tensor: Tensor) -> bool:
    return equal(tensor, zeros(tensor.shape))


# -------------------------------- pieces that are not read --------------------------------


def _unread(step: Step, premise: Step, statements: Statements) -> bool:
    nodes = tuple(side.node for one in (step, premise) for side in (one.left, one.right) if side.node)
    reader = reader_of(nodes, statements)
    try:
        left, right, first, second = (reader.value(node) for node in nodes)
        minus = Value.of(sympy.Integer(-1))
        return follows_from(left + right * minus, first + second * minus, reader.pieces.positive)
    except (NoValue, RecursionError, ValueError, TypeError, ArithmeticError, AttributeError):
        return False
