"""Derivatives from a value down to its leaves through the names between, each name's kept as a step."""

from collections.abc import Mapping, Sequence

from litgrad.gradients.tensors.primitives import settled
from litgrad.gradients.tensors.rows import has_rows
from litgrad.gradients.tensors.stable import uncancelled
from litgrad.gradients.tensors.tidy import tidy, total
from litgrad.gradients.tensors.vanishing import vanishes
from litgrad.records import dataclass
from litgrad.tensors.build import einsum, is_zero, zeros
from litgrad.tensors.build import total as summed
from litgrad.tensors.differentiate import derivatives
from litgrad.tensors.expr import Einsum, Number, Ones, Tensor, Variable, replaced, variables


@dataclass(frozen=True, slots=True)
class Step:
    """A local value: what the post defines, or the derivative of the result by that."""

    variable: Variable
    body: Tensor
    of: Variable | None = None
    """What the result is differentiated by; None for a value."""


def reverse(
    own: Variable, value: Tensor, steps: Sequence[Step], targets: Sequence[Variable]
) -> tuple[tuple[Step, ...], list[Tensor]]:
    """The steps with those of the derivatives behind them, and the derivatives by the targets.

    A value with rows is summed over them.
    """
    shape = () if has_rows(own) else own.shape
    pulled: dict[Variable, list[Tensor]] = {}
    made = list(steps)
    _pull(summed(value) if has_rows(value) else value, steps, targets, pulled, {})
    for step in reversed(steps):
        adjoint = total(pulled.pop(step.variable, [])) if step.variable in pulled else None
        if adjoint is None or is_zero(adjoint):
            continue
        local = Variable(f" d {step.variable.name}", adjoint.shape)
        light = _is_light(adjoint)
        if not light:
            made.append(Step(local, _named(tidy(adjoint), steps), step.variable))
        labels = tuple(range(len(adjoint.shape)))
        behind = einsum([(local, labels), (step.body, labels[len(shape) :])], labels[: len(shape)])
        _pull(behind, steps, targets, pulled, {local: adjoint} if light else {})
    rates = [
        _named(tidy(total(pulled[one])), steps) if one in pulled else zeros((*shape, *one.shape))
        for one in targets
    ]
    return tuple(made), rates


def _pull(
    value: Tensor,
    steps: Sequence[Step],
    targets: Sequence[Variable],
    pulled: dict[Variable, list[Tensor]],
    light: Mapping[Tensor, Tensor],
) -> None:
    """Add the derivatives of a value by the names and leaves in it; `light` are put in afterwards."""
    wanted = {*(step.variable for step in steps), *targets}
    by = [one for one in variables(value) if one in wanted]
    values = {step.variable: step.body for step in steps if step.of is None}
    for one, rate in zip(by, derivatives(value, by), strict=True):
        found = tidy(replaced(uncancelled(settled(rate)), dict(light)))
        # Over all rows the differences from their mean add up to 0: the mean passes nothing on through them.
        if not is_zero(found) and not vanishes(found, values):
            pulled.setdefault(one, []).append(found)


def _is_light(adjoint: Tensor) -> bool:
    """Whether a derivative is no work: a name, its transpose, a number in every entry."""
    if isinstance(adjoint, Einsum):
        tensors = [factor for factor in adjoint.factors if not isinstance(factor, Number | Ones)]
        return not tensors or (len(adjoint.factors) == 1 and _turned(adjoint))
    return isinstance(adjoint, Variable | Number | Ones)


def _turned(node: Einsum) -> bool:
    """Whether it is a name with its axes in another order."""
    return isinstance(node.factors[0], Variable) and sorted(node.subscripts[0]) == sorted(node.output)


def _named(root: Tensor, steps: Sequence[Step]) -> Tensor:
    """A formula with the values that have names under these names."""
    table: dict[Tensor, Tensor] = {
        step.body: step.variable for step in reversed(steps) if not isinstance(step.body, Variable | Number)
    }
    return replaced(root, table)
