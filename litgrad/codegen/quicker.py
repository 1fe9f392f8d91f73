"""The form of a value that a kernel computes: one with less work, where a kernel sees that it fails."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sympy import Expr, Symbol

from litgrad.codegen.accuracy import Sample
from litgrad.codegen.floats import evaluate_quietly
from litgrad.codegen.measures import Measures
from litgrad.codegen.plan import Plan
from litgrad.codegen.schedule import Schedule, Unfusable
from litgrad.codegen.search import variants
from litgrad.codegen.shortcuts import shortcut
from litgrad.codegen.special import Choose

_WORK: dict[str, float] = {
    "divide": 2, "sqrt": 3, "exp": 4, "log": 4, "expm1": 5, "log1p": 5, "tanh": 5, "sin": 5, "cos": 5,
    "tan": 8, "sinh": 8, "cosh": 8, "arctan": 8, "arcsin": 8, "arccos": 8, "arcsinh": 8, "arccosh": 8,
    "arctanh": 8, "hypot": 8, "power": 16, "choose": 8,
}  # fmt: skip
"""Time of a step for an element in cache, over that of an addition."""
_GAIN = 0.9
_SEEDS = (1, 2)
_RAISED = 0.5
"""A form that fails at a larger part of the points is no way for most inputs."""
_ENOUGH = 4.0
"""Units of the last place over 1 + condition number."""


def work(outputs: Sequence[Expr], inputs: Mapping[Symbol, str]) -> float:
    """What the kernel of some values takes for an element, in additions; raises Unfusable."""
    return _work(shortcut(outputs, inputs).schedule)


def _work(schedule: Schedule) -> float:
    return sum(_WORK.get(step.ufunc, 1) for step in schedule.steps)


def quicker(plan: Plan, measures: Measures, inputs: Mapping[Symbol, str]) -> Expr:
    """The form with the least work among the one computed and the post's own, where none is less accurate.

    At a point where a form raises, as a kernel does for overflow and for 0 / 0, the form above takes over.
    """
    usual = measures.inlined(plan.expr)
    try:
        least, found = _GAIN * work([usual], inputs), usual
        for other in _others(plan, measures):
            each = work([other], inputs)
            if each < least and all(_holds(other, usual, sample) for sample in _samples(plan, measures)):
                least, found = each, other
    except Unfusable:
        return usual
    return found


def _others(plan: Plan, measures: Measures) -> Iterator[Expr]:
    """The post's forms, stable and as they stand, and the sides of a choice, in the same symbols."""
    written = [plan.literal, *(form.expr for form in plan.forms)]
    found = [measures.inlined(measures.prepared(expr)[0]) for expr in written]
    found += [measures.definitions.expand_calls(form.expr) for form in plan.forms]
    if isinstance(plan.expr, Choose):
        sides = [measures.inlined(side) for side in plan.expr.args[1:]]
        found += [*sides, *(expr for side in sides for expr, _ in variants(side))]
    return (expr for expr in dict.fromkeys(found) if expr.free_symbols == plan.expr.free_symbols)


def _samples(plan: Plan, measures: Measures) -> Iterable[Sample]:
    exact = measures.definitions.expand_calls(plan.expr)
    return (measures.sample((exact,), seed) for seed in _SEEDS)


def _holds(other: Expr, usual: Expr, sample: Sample) -> bool:
    """Whether a form is as accurate as the usual one, or accurate enough, wherever it does not raise."""
    got = [evaluate_quietly(other, point) for point in sample.points]
    raised = list(map(math.isnan, got))
    if sum(raised) > _RAISED * len(raised):
        return False
    errors, bounds = sample.errors(other), sample.errors(usual)
    return all(
        fell or error <= max(_ENOUGH, bound)
        for fell, error, bound in zip(raised, errors, bounds, strict=True)
    )
