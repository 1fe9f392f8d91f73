"""Equations that follow from one above them: rows being solved, conclusions behind an arrow."""

from collections.abc import Iterator
from fractions import Fraction

import sympy

from litgrad.checking.equations import HEADING, follows, is_in_a_row, row_above
from litgrad.checking.indexed.estimators import estimates
from litgrad.checking.letters import Letters, letters_of
from litgrad.checking.setting import Setting
from litgrad.checking.stated import defines, stated
from litgrad.checking.unread.judge import FAULTS, reader_of
from litgrad.checking.unread.reading import Reader
from litgrad.checking.unread.values import Value, follows_from, same
from litgrad.latex.tree import Accented, Juxtaposed, Letter, Node, Scripted, Styled, Text
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
_GIVES = _EQUAL | frozenset([":=", r"\triangleq", r"\coloneqq", r"\doteq"])
_FAR = 30
"""How many derivations above a step are looked at for definitions."""
_LONE = (Letter, Scripted, Accented, Styled, Juxtaposed, Text)
"""What a name or a call is written as."""
_REACH = 5
"""How many derivations above a step are looked at."""
_TIMES = (1, -1, 2, -2, sympy.Rational(1, 2), -sympy.Rational(1, 2))


def premise_of(step: Step, derivation: Derivation, statements: Statements) -> Step | None:
    """The equation above, or before the last arrow, that an equation follows from."""
    if step.sign.symbol not in _EQUAL or step.left.node is None or step.right.node is None:
        return None
    near = row_above(derivation, statements)
    for premise in [*([near] if near is not None else []), *_before(step, derivation, statements)]:
        if _may_follow(step, premise, letters_of(statements)) and concludes(step, premise, statements):
            return premise
    return None


def concludes(step: Step, premise: Step, statements: Statements) -> bool:
    """Whether an equation holds wherever another one does."""
    if _is_written_alike(step, premise, letters_of(statements)):
        return False
    if estimates(step, premise, statements):
        return True
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
        if HEADING.search(text, above.steps[-1].right.span.end, step.left.span.start):
            return
        if is_in_a_row(above.steps[0], text):
            yield above.steps[-1]


def _may_follow(step: Step, premise: Step, letters: Letters) -> bool:
    """Whether two equations have most of their letters in common, and none may be the imaginary unit."""
    doubts = [doubt for side in (premise.left, premise.right) if side.term for doubt in side.term.doubts]
    if any("imaginary unit" in doubt for doubt in doubts):
        return False
    if premise.sign.symbol not in _EQUAL or premise.left.node is None or premise.right.node is None:
        return False
    ours, theirs = letters.of_step(step), letters.of_step(premise)
    return bool(ours & theirs) and len(ours - theirs) <= 1


def _is_written_alike(step: Step, premise: Step, letters: Letters) -> bool:
    ours, theirs = ({letters.spelled(one.left), letters.spelled(one.right)} for one in (step, premise))
    return ours == theirs


# -------------------------------- values of pieces --------------------------------


def by_values_above(step: Step, statements: Statements) -> tuple[Step, ...]:
    """The equations above that give pieces of a step the values with which it holds; empty where none do.

    Takes a step with pieces that are not read.
    """
    left, right = step.left.node, step.right.node
    known = list(_values_above(step, statements))
    letters = letters_of(statements)
    if (
        left is None
        or right is None
        or not any(letters.of(one.left) <= letters.of_step(step) for one in known)
    ):
        return ()
    reader = reader_of((left, right), statements)
    try:
        gap = reader.value(left) + reader.value(right) * Value.of(sympy.Integer(-1))
        return tuple(_putting_in(gap, reader, known))
    except FAULTS:
        return ()


def _putting_in(gap: Value, reader: Reader, given: list[Step]) -> list[Step]:
    """The equations put in one after the other, the last first, until nothing is left of a gap."""
    known = [(_key_of(other.left.node, reader), other) for other in given]
    used: list[Step] = []
    while True:
        pieces = gap.used()
        key, other = next((pair for pair in known if pair[0] in pieces and pair[1] not in used), (None, None))
        if key is None or other is None or other.right.node is None:
            return []
        value = reader.value(other.right.node)
        if key in value.used():
            return []
        gap = gap.put_in(key, value)
        used.append(other)
        if same(gap, Value({}), reader.pieces.positive):
            return used


def _values_above(step: Step, statements: Statements) -> Iterator[Step]:
    """The definitions above a step, and the equations in rows of their own of its section, last first."""
    text, letters = statements.source.text, letters_of(statements)
    last = max(
        (one.index for one in statements.derivations if one.steps[0].sign.span.start < step.sign.span.start),
        default=0,
    )

    def gives(derivation: Derivation, first: Step) -> bool:
        if first is not derivation.steps[0] or step in derivation.steps or derivation.index <= last - _FAR:
            return False
        if first.sign.symbol not in _GIVES or not isinstance(first.left.node, _LONE):
            return False
        if not letters.of(first.left) or _is_written_alike(step, first, letters):
            return False
        return defines(first) or (derivation.index > last - _REACH and is_in_a_row(first, text))

    return stated(step, statements, gives)


def _key_of(node: Node | None, reader: Reader) -> str | None:
    """The key of a name or a call."""
    value = None if node is None else _value_of(node, reader)
    return None if value is None else value.lone()


def _value_of(node: Node, reader: Reader) -> Value | None:
    try:
        return reader.value(node)
    except FAULTS:
        return None


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
    except (ShapeError, RecursionError, ArithmeticError):
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
    except FAULTS:
        return False
