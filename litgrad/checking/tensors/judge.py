"""`judge_tensors`: a step of vectors, matrices and indices to a judgement on its sign."""

from dataclasses import dataclass

import numpy as np
import sympy

from litgrad.checking.tensors.definitions import (
    Environment,
    NotSaid,
    TooLarge,
    assumed_dependences,
    in_force,
)
from litgrad.checking.tensors.points import AGREE, DIFFER, Point, points, small_point
from litgrad.checking.verdicts import Counterexample, Judgement, Verdict
from litgrad.meaning.statements import Statements, Step
from litgrad.meaning.tensors.model import Form, TensorTerm
from litgrad.meaning.tensors.values import Value, all_letters, widened
from litgrad.tensors.expr import Derivative, Elementwise, Number, Shape, Tensor, Unknown, Variable, topological, variables
from litgrad.tensors.normal_form import equal

_LEAST_POINTS = 6
"""At how many points the sides must have values for their agreement to count."""
_KNOWN_SHAPE = "their lengths"


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both sides with every definition put in, and what was assumed for it."""

    left: Tensor
    right: Tensor
    environment: Environment


def judge_tensors(step: Step, statements: Statements) -> Judgement | None:
    """Judge a step in vectors, matrices and indices.

    Takes the step and all statements of its post. Gives None where one side has no meaning in them.
    """
    left, right = step.left.tensor, step.right.tensor
    if left is None or right is None or not _has_axes(left, right):
        return None
    shapes = _one_shape(left, right)
    if isinstance(shapes, str):
        return Judgement(Verdict.UNCHECKED, shapes)
    try:
        sides = _settled(*shapes, statements, step)
    except NotSaid as fault:
        return Judgement(Verdict.UNCHECKED, str(fault))
    except TooLarge:
        return Judgement(Verdict.UNCHECKED, "the step is too large with every definition put in")
    return _compared(step, statements, sides)


def _has_axes(left: TensorTerm, right: TensorTerm) -> bool:
    """Whether anything in the step is no scalar: numbers alone are judged elsewhere."""
    return any(node.shape for term in (left, right) for node in topological(term.tensor))


def _one_shape(left: TensorTerm, right: TensorTerm) -> tuple[Tensor, Tensor] | str:
    """Both sides with the same axes, or why they cannot be compared, in a clause."""
    letters = all_letters(_value(left), _value(right))
    extra = [letter for letter in letters if (letter in left.letters) != (letter in right.letters)]
    if Form.SCALAR in (left.form, right.form) and left.form is not right.form:
        if not (left.tensor_is_number or right.tensor_is_number):
            return f"the left side is a {left.form.value}, the right side a {right.form.value}"
    elif {left.form, right.form} in ({Form.MATRIX, Form.COLUMN}, {Form.MATRIX, Form.ROW}):
        return f"the left side is a {left.form.value}, the right side a {right.form.value}"
    if extra and not _is_constant(left, right):
        return f"the index `{extra[0]}` is free on one side only"
    model = left if left.form is not Form.SCALAR else right
    lengths = _lengths(left) | _lengths(right)
    own = model.tensor.shape[len(model.letters) :]
    shape: Shape = (*(lengths[letter] for letter in letters), *own)
    sides = widened(_value(left), letters, shape), widened(_value(right), letters, shape)
    if sides[0].shape != sides[1].shape:
        return f"the left side has the shape {_shown(sides[0].shape)}, the right side {_shown(sides[1].shape)}"
    return sides


def _is_constant(left: TensorTerm, right: TensorTerm) -> bool:
    return left.tensor_is_number or right.tensor_is_number


def _value(term: TensorTerm) -> Value:
    return Value(term.tensor, term.form, term.letters)


def _lengths(term: TensorTerm) -> dict[str, str | int]:
    return dict(zip(term.letters, term.tensor.shape, strict=False))


def _shown(shape: Shape) -> str:
    return " × ".join(f"`{size}`" if not str(size).startswith("?") else "?" for size in shape) or "of a number"


def _settled(left: Tensor, right: Tensor, statements: Statements, step: Step) -> _Sides:
    bodies = in_force(statements.tensors.definitions, step.left.span)
    environment = assumed_dependences((left, right), bodies)
    return _Sides(environment.settled(left), environment.settled(right), environment)


# -------------------------------- comparison --------------------------------


def _compared(step: Step, statements: Statements, sides: _Sides) -> Judgement | None:
    found = list(points(sides.left, sides.right))
    worst = max(found, key=lambda point: point.difference, default=None)
    if worst is None or len(found) < _LEAST_POINTS:
        return Judgement(Verdict.UNCHECKED, "too few points at which both sides have values")
    if worst.difference < AGREE:
        return _agreeing(step, sides)
    symmetric = _when_symmetric(sides)
    if symmetric is not None:
        return symmetric
    if worst.difference < DIFFER:
        return Judgement(Verdict.UNCHECKED, "the sides are too close to tell whether they differ")
    return _differing(step, statements, sides, worst)


def _agreeing(step: Step, sides: _Sides) -> Judgement:
    about = _about(sides)
    if equal(sides.left, sides.right):
        return Judgement(Verdict.PROVED, f"equal for every size{about}", rule=_rule(step))
    return Judgement(
        Verdict.CONFIRMED,
        f"no proof found; the sides agree at many points of several sizes{about}",
        rule=_rule(step),
    )


def _about(sides: _Sides) -> str:
    """What was taken as a function of what, in a clause."""
    unknown = [
        f"any function `{name.name}` of {', '.join(f'`{one.name}`' for one in by)}"
        for name, by in sorted(sides.environment.unknown.items(), key=lambda pair: pair[0].name)
        if any(isinstance(node, Unknown) and node.name == name.name for node in topological(sides.left, sides.right))
    ]
    return f" and {', '.join(unknown)}" if unknown else ""


def _rule(step: Step) -> str:
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    if any(isinstance(node, Derivative) for term in terms for node in topological(term.tensor)):
        return "matrix calculus"
    return "matrix algebra"


def _when_symmetric(sides: _Sides) -> Judgement | None:
    """The step where square matrices are symmetric."""
    square = [
        name
        for name in variables(sides.left, sides.right)
        if len(name.shape) == 2 and name.shape[0] == name.shape[1] and not name.symmetric
    ]
    for name in square:
        turned = Variable(name.name, name.shape, symmetric=True)
        left, right = (_with(side, name, turned) for side in (sides.left, sides.right))
        found = list(points(left, right))
        if len(found) >= _LEAST_POINTS and all(point.difference < AGREE for point in found) and equal(left, right):
            reason = f"holds if `{name.name}` is symmetric"
            return Judgement(Verdict.CONDITIONAL, reason, conditions=(rf"{name.name}^T = {name.name}",))
    return None


def _with(tensor: Tensor, old: Variable, new: Variable) -> Tensor:
    from litgrad.tensors.expr import replaced

    return replaced(tensor, {old: new})


# -------------------------------- refutation --------------------------------


def _differing(step: Step, statements: Statements, sides: _Sides, worst: Point) -> Judgement:
    doubt = _doubt(step, sides, statements)
    if doubt is not None:
        return Judgement(Verdict.UNCHECKED, doubt)
    small = small_point(sides.left, sides.right)
    if small is not None and not _has_unknown(sides):
        return _at_small(small)
    where = np.unravel_index(int(np.argmax(np.abs(worst.left - worst.right))), worst.left.shape)
    sizes = ", ".join(f"`{_letter(name)} = {size}`" for name, size in worst.sizes.items() if not name.startswith("?"))
    entry = f"entry ({', '.join(str(place + 1) for place in where)}) is " if where else ""
    left, right = worst.left[where], worst.right[where]
    reason = f"the sides differ{' for ' + sizes if sizes else ''}: {entry}{left:.3g} on the left, {right:.3g} on the right at a point"
    return Judgement(Verdict.REFUTED, reason)


def _letter(name: str) -> str:
    return name


def _has_unknown(sides: _Sides) -> bool:
    return any(isinstance(node, Unknown) for node in topological(sides.left, sides.right)) or any(
        isinstance(node, Elementwise) and node.order for node in topological(sides.left, sides.right)
    )


def _at_small(point: Point) -> Judgement:
    """A counterexample in plain numbers: every vector and matrix has one entry."""
    at = tuple((name, sympy.Integer(int(value.item()))) for name, value in point.values.items())
    left, right = (sympy.Float(float(side.item()), 6) for side in (point.left, point.right))
    exact = tuple(sympy.Integer(int(one)) if one == int(one) else one for one in (left, right))
    counterexample = Counterexample(at, *exact)
    shown = ", ".join(f"`{name} = {value}`" for name, value in at)
    reason = f"the sides differ already for numbers, at {shown}: {exact[0]} vs {exact[1]}"
    return Judgement(Verdict.REFUTED, reason, counterexample=counterexample)


def _doubt(step: Step, sides: _Sides, statements: Statements) -> str | None:
    """Why sides that differ as read are no error of the author, in a clause."""
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    doubts = [doubt for term in terms for doubt in term.doubts]
    if doubts:
        return f"the sides differ as read, but {doubts[0]}"
    if any(isinstance(term.tensor, Number) and term.tensor.value == 0 for term in terms):
        return "a condition (`= 0`), not an identity"
    if any(_is_zero(term.tensor) for term in terms):
        return "a condition (`= 0`), not an identity"
    names = set(variables(sides.left)), set(variables(sides.right))
    derived = any(isinstance(node, Derivative) for term in terms for node in topological(term.tensor))
    if names[0] != names[1] and not derived:
        return "an equation between its symbols, not an identity"
    if _redefined(step, statements, terms):
        return "the sides differ as read, but the post gives one of its names more than one value"
    if any(isinstance(node, Elementwise) and node.order == 0 and _is_unknown(node) for node in topological(sides.left, sides.right)):
        return "the sides differ for some functions that the post does not give"
    return None


def _is_unknown(node: Elementwise) -> bool:
    from litgrad.tensors.functions import FUNCTIONS

    return node.function not in FUNCTIONS


def _is_zero(tensor: Tensor) -> bool:
    from litgrad.tensors.build import is_zero

    return is_zero(tensor)


def _redefined(step: Step, statements: Statements, terms: list[TensorTerm]) -> bool:
    names = {name for term in terms for name in variables(term.tensor)}
    counts: dict[Variable, int] = {}
    for one in statements.tensors.definitions:
        counts[one.variable] = counts.get(one.variable, 0) + 1
    head = step.left.tensor
    return any(counts.get(name, 0) > 1 for name in names) or (
        head is not None and isinstance(head.tensor, Variable) and head.tensor in counts
    )
