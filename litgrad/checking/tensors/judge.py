"""`judge_tensors`: a step of vectors, matrices and indices to a judgement on its sign."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import sympy

from litgrad.checking.tensors.claims import why_no_error
from litgrad.checking.tensors.hypotheses import follows
from litgrad.checking.tensors.layouts import readings
from litgrad.checking.tensors.points import (
    AGREE,
    DIFFER,
    MANY_DIGITS,
    Point,
    agree_to_many_digits,
    differ_in_many_digits,
    points,
    small_point,
)
from litgrad.checking.tensors.premises import under_premise
from litgrad.checking.tensors.repair import find_repair
from litgrad.checking.verdicts import Counterexample, Judgement, Repair, Verdict
from litgrad.deadline import OutOfTimeError, interrupted, time_left
from litgrad.meaning.statements import Derivation, Statements, Step
from litgrad.meaning.tensors.definitions import (
    Environment,
    NotSaid,
    TooLarge,
    assumed_dependences,
    in_force,
)
from litgrad.meaning.tensors.dims import is_unknown
from litgrad.meaning.tensors.model import Form, TensorTerm
from litgrad.meaning.tensors.values import Value, all_letters, widened
from litgrad.records import dataclass
from litgrad.tensors.build import transpose
from litgrad.tensors.expr import (
    Derivative,
    Elementwise,
    Shape,
    Tensor,
    Unknown,
    Variable,
    topological,
    variables,
)
from litgrad.tensors.normal import equal

_REPAIR_SECONDS = 2.0
"""How long a repair is looked for."""
_FEW_POINTS = 4
_LEAST_POINTS = 6
"""At how many points the sides must have values for their agreement to count."""


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both sides with every definition put in, and what was assumed for it."""

    left: Tensor
    right: Tensor
    letters: tuple[str, ...]
    """The free indices, which tell the first axes."""
    environment: Environment


def judge_tensors(step: Step, derivation: Derivation, statements: Statements) -> Judgement | None:
    """Judge a step in vectors, matrices and indices.

    Takes the step, its derivation and all statements of its post. Gives None where one side has no
    meaning in them.
    """
    left, right = step.left.tensor, step.right.tensor
    if left is None or right is None or not _has_axes(left, right):
        return None
    read = list(readings(step, statements, lambda one: _agree(one, statements)))
    held = (_agreeing(one, statements) for one in read)
    judged = next((one for one in held if one is not None), None)
    judged = judged or _differing(read[0], derivation, statements)
    escaping = _on_one_side_only(left, right)
    if escaping is not None and judged.verdict not in (Verdict.PROVED, Verdict.CONDITIONAL):
        return Judgement(Verdict.UNCHECKED, f"the index `{escaping}` is free on one side only")
    return judged


def _agree(step: Step, statements: Statements) -> bool:
    """Whether the sides of a step agree at a few points."""
    sides = None if step.left.tensor is None or step.right.tensor is None else _sides(step, statements)
    if sides is None or isinstance(sides, str):
        return False
    found = list(islice(points(sides.left, sides.right), _FEW_POINTS))
    return bool(found) and all(point.difference < AGREE for point in found)


def _agreeing(step: Step, statements: Statements) -> Judgement | None:
    """The judgement on sides that agree; None where they do not, or cannot be compared."""
    sides = _sides(step, statements)
    if isinstance(sides, str):
        return None
    found = list(points(sides.left, sides.right))
    if len(found) < _LEAST_POINTS or any(point.difference >= AGREE for point in found):
        return None
    return _held(step, sides)


def _sides(step: Step, statements: Statements) -> _Sides | str:
    """Both sides ready for a comparison, or why there is none, in a clause."""
    left, right = step.left.tensor, step.right.tensor
    assert left is not None
    assert right is not None
    shapes = _one_shape(left, right)
    if isinstance(shapes, str):
        return shapes
    try:
        return _settled(*shapes, statements, step)
    except NotSaid as fault:
        return str(fault)
    except TooLarge:
        return "the step is too large with every definition put in"


def _on_one_side_only(left: TensorTerm, right: TensorTerm) -> str | None:
    """An index that is free on one side only; of a number that is no fault."""
    if left.tensor_is_number or right.tensor_is_number:
        return None
    return next(iter(sorted({*left.letters} ^ {*right.letters})), None)


def _has_axes(left: TensorTerm, right: TensorTerm) -> bool:
    """Whether anything in the step is no scalar: numbers alone are judged elsewhere."""
    return any(node.shape for term in (left, right) for node in topological(term.tensor))


def _one_shape(left: TensorTerm, right: TensorTerm) -> tuple[Tensor, Tensor] | str:
    """Both sides with the same axes, or why they cannot be compared, in a clause."""
    letters = all_letters(_value(left), _value(right))
    if Form.SCALAR in (left.form, right.form) and left.form is not right.form:
        if not (left.tensor_is_number or right.tensor_is_number):
            return f"the left side is a {left.form.value}, the right side a {right.form.value}"
    elif {left.form, right.form} in ({Form.MATRIX, Form.COLUMN}, {Form.MATRIX, Form.ROW}):
        return f"the left side is a {left.form.value}, the right side a {right.form.value}"
    model = left if left.form is not Form.SCALAR else right
    lengths = _lengths(left) | _lengths(right)
    own = model.tensor.shape[len(model.letters) :]
    shape: Shape = (*(lengths[letter] for letter in letters), *own)
    sides = widened(_value(left), letters, shape), widened(_value(right), letters, shape)
    if sides[0].shape != sides[1].shape:
        return (
            f"the left side has the shape {_shown(sides[0].shape)}, the right side {_shown(sides[1].shape)}"
        )
    return sides


def _value(term: TensorTerm) -> Value:
    return Value(term.tensor, term.form, term.letters)


def _lengths(term: TensorTerm) -> dict[str, str | int]:
    return dict(zip(term.letters, term.tensor.shape, strict=False))


def _shown(shape: Shape) -> str:
    return (
        " × ".join(f"`{size}`" if not str(size).startswith("?") else "?" for size in shape) or "of a number"
    )


def _settled(left: Tensor, right: Tensor, statements: Statements, step: Step) -> _Sides:
    bodies = in_force(statements.tensors.definitions, step.left.span)
    environment = assumed_dependences((left, right), bodies)
    settled = [environment.settled(side) for side in (left, right)]
    letters = all_letters(*(_value(one.tensor) for one in (step.left, step.right) if one.tensor is not None))
    return _Sides(*settled, letters, environment)


# -------------------------------- comparison --------------------------------


def _differing(step: Step, derivation: Derivation, statements: Statements) -> Judgement:
    """The judgement on sides that are not equal as they stand."""
    sides = _sides(step, statements)
    if isinstance(sides, str):
        return Judgement(Verdict.UNCHECKED, sides)
    found = list(points(sides.left, sides.right))
    worst = max(found, key=lambda point: point.difference, default=None)
    if worst is None or len(found) < _LEAST_POINTS:
        return Judgement(Verdict.UNCHECKED, "too few points at which both sides have values")
    if _is_nought(worst) and equal(sides.left, sides.right):
        return _held(step, sides)
    given = follows(step, (sides.left, sides.right), statements, lambda one: _read(one, statements))
    if given is not None:
        return given
    conditional = under_premise(sides.left, sides.right, sides.letters, statements)
    if conditional is not None:
        return conditional
    if worst.difference < DIFFER or not differ_in_many_digits(sides.left, sides.right, worst):
        if equal(sides.left, sides.right):
            return _held(step, sides)
        return Judgement(Verdict.UNCHECKED, "the sides are too close to tell whether they differ")
    harmless = why_no_error(step, derivation, statements, (sides.left, sides.right), sides.environment)
    if harmless is not None:
        return Judgement(Verdict.UNCHECKED, harmless)
    refuted = refutation(sides.left, sides.right, worst)
    repair = _repair(step, statements, sides.environment)
    return refuted if repair is None else replace(refuted, repair=repair, blame=repair.span)


def _is_nought(point: Point) -> bool:
    """Whether both sides are 0 but for rounding, which makes their difference look large."""
    return all(float(np.max(np.abs(side), initial=0)) < AGREE for side in (point.left, point.right))


def _read(step: Step, statements: Statements) -> tuple[Tensor, Tensor] | None:
    sides = _sides(step, statements)
    return None if isinstance(sides, str) else (sides.left, sides.right)


def _repair(step: Step, statements: Statements, environment: Environment) -> Repair | None:
    """A repair, if it is found in time."""
    try:
        with interrupted(min(_REPAIR_SECONDS, time_left() / 4)):
            return find_repair(step, statements, environment)
    except OutOfTimeError:
        return None


def _held(step: Step, sides: _Sides) -> Judgement:
    for name, other in ((sides.left, sides.right), (sides.right, sides.left)):
        if isinstance(name, Variable) and name.symmetric and other == transpose(name):
            return Judgement(Verdict.UNCHECKED, f"it says that `{name.name}` is symmetric")
    about = _about(sides)
    past = next(_past(sides), None)
    if past is not None and equal(sides.left, sides.right):
        return Judgement(Verdict.CONDITIONAL, f"holds if {past}")
    if past is not None:
        return Judgement(Verdict.UNCHECKED, f"the post does not say whether {past}")
    if equal(sides.left, sides.right):
        return Judgement(Verdict.PROVED, f"equal for every size{about}", rule=_rule(step))
    if not agree_to_many_digits(sides.left, sides.right):
        return Judgement(Verdict.UNCHECKED, "no proof found, and the sides agree to few digits only")
    reason = f"no proof found; the sides agree to {MANY_DIGITS} digits at points of several sizes{about}"
    return Judgement(Verdict.CONFIRMED, reason, rule=_rule(step))


def _past(sides: _Sides) -> Iterator[str]:
    """What the post leaves open about a function that it does not give, in a clause."""
    used = {node.name for node in topological(sides.left, sides.right) if isinstance(node, Unknown)}
    for name, ways in sides.environment.past.items():
        if name.name in used:
            through = ", ".join(f"`{one.name}`" for one in sides.environment.unknown[name])
            yield f"`{name.name}` depends on `{ways[0].name}` through {through} only"


def _about(sides: _Sides) -> str:
    """What was taken as a function of what, in a clause."""
    used = {node.name for node in topological(sides.left, sides.right) if isinstance(node, Unknown)}
    unknown = [
        f"any function `{name.name}` of {', '.join(f'`{one.name}`' for one in by)}"
        for name, by in sorted(sides.environment.unknown.items(), key=lambda pair: pair[0].name)
        if name.name in used
    ]
    symmetric = [f"`{name.name}` symmetric" for name in variables(sides.left, sides.right) if name.symmetric]
    given = f", with {' and '.join(symmetric)}" if symmetric else ""
    return (f" and {', '.join(unknown)}" if unknown else "") + given


def _rule(step: Step) -> str:
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    if all(term.form is Form.SCALAR and not _has_matrices(term) for term in terms):
        return "sums and indices"
    if any(isinstance(node, Derivative) for term in terms for node in topological(term.tensor)):
        return "matrix calculus"
    return "matrix algebra"


def _has_matrices(term: TensorTerm) -> bool:
    """Whether a vector or matrix stands in a term as a whole, and not only its entries."""
    return any(form is not Form.SCALAR for form in term.forms)


# -------------------------------- refutation --------------------------------


def refutation(left: Tensor, right: Tensor, worst: Point) -> Judgement:
    """Where the sides differ: at plain numbers if they do, else at an entry of small matrices."""
    small = small_point(left, right)
    if small is not None and not any(
        isinstance(node, (Unknown, Elementwise)) for node in topological(left, right)
    ):
        return _at_small(small)
    where = np.unravel_index(int(np.argmax(np.abs(worst.left - worst.right))), worst.left.shape)
    given = [f"`{name} = {size}`" for name, size in worst.sizes.items() if not is_unknown(name)]
    entry = f"entry ({', '.join(str(place + 1) for place in where)}) is " if where else ""
    values = f"{worst.left[where]:.3g} on the left, {worst.right[where]:.3g} on the right"
    sizes = f" for {', '.join(given)}" if given else ""
    return Judgement(Verdict.REFUTED, f"the sides differ{sizes}: at a random point {entry}{values}")


def _at_small(point: Point) -> Judgement:
    """A counterexample in plain numbers: every vector and matrix has one entry."""
    at = tuple((name, sympy.Integer(int(value.item()))) for name, value in point.values.items())
    left, right = (_number(float(side.item())) for side in (point.left, point.right))
    shown = ", ".join(f"`{name} = {value}`" for name, value in at)
    reason = f"the sides differ already for plain numbers, at {shown}: {left} vs {right}"
    return Judgement(Verdict.REFUTED, reason, counterexample=Counterexample(at, left, right))


def _number(value: float) -> sympy.Expr:
    return (
        sympy.Integer(int(value))
        if value == int(value)
        else sympy.nsimplify(value, rational=True, tolerance=1e-12)
    )
