"""What a step of vectors needs where it is not true of all: indices, symmetry, a sum of 1, a mean."""

from collections.abc import Iterator
from itertools import islice, permutations

import numpy as np

from litgrad.checking.tensors.cases import holding_case
from litgrad.checking.tensors.points import AGREE, points
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.diagnostics import Label
from litgrad.meaning.statements import Statements
from litgrad.meaning.tensors.dims import is_unknown
from litgrad.meaning.tensors.naming import is_capital, letter_of
from litgrad.source import Span
from litgrad.tensors.build import ONE, einsum, reciprocal, scale, total, transpose
from litgrad.tensors.expr import Identity, Ones, Sum, Tensor, Variable, replaced, topological, variables
from litgrad.tensors.normal import equal

_MOST_PAIRS = 12
"""How many pairs of names are tried as a mean and what it is of."""


def under_premise(
    left: Tensor, right: Tensor, letters: tuple[str, ...], statements: Statements
) -> Judgement | None:
    """The judgement on sides that are equal under one premise, which is proved; None where there is none.

    Takes both sides with every definition put in, and the free indices, which tell their first axes.
    """
    return (
        _for_some_indices(left, right, letters)
        or _when_symmetric(left, right)
        or _when_summing_to_one(left, right, statements)
        or _when_mean(left, right)
        or _when_stacked(left, right)
    )


def _for_some_indices(left: Tensor, right: Tensor, letters: tuple[str, ...]) -> Judgement | None:
    if not any(isinstance(node, Identity) for node in topological(left, right)):
        return None
    condition = holding_case(left, right, letters)
    if condition is None:
        return None
    return Judgement(Verdict.CONDITIONAL, f"holds for `{condition}`", conditions=(condition,))


def _when_symmetric(left: Tensor, right: Tensor) -> Judgement | None:
    """The step where one of its square matrices is symmetric."""
    for name in variables(left, right):
        if len(name.shape) != 2 or name.shape[0] != name.shape[1] or name.symmetric:
            continue
        condition = rf"{name.name}^T = {name.name}"
        if isinstance(left, Variable) or isinstance(right, Variable):
            continue
        if _holds(left, right, name, Variable(name.name, name.shape, symmetric=True)):
            reason = f"holds if `{name.name}` is symmetric"
            return Judgement(Verdict.CONDITIONAL, reason, conditions=(condition,))
    return None


def _when_summing_to_one(left: Tensor, right: Tensor, statements: Statements) -> Judgement | None:
    """The step where the entries of a vector sum to 1, as those of a distribution do."""
    for name in variables(left, right):
        if len(name.shape) != 1 or ONE in (left, right):
            continue
        if _holds(left, right, name, scale(reciprocal(total(name)), name)):
            condition = rf"\sum_{{i}} {name.name.partition('_')[0]}_{{i}} = 1"
            said = next(_saying(name, statements), None)
            if said is None:
                return Judgement(Verdict.CONDITIONAL, f"holds if `{condition}`", conditions=(condition,))
            reason = f"holds for `{condition}`, which line {statements.source.line(said.start)} says"
            related = (Label(said, "it is said here"),)
            return Judgement(Verdict.CONDITIONAL, reason, conditions=(condition,), related=related)
    return None


def _when_mean(left: Tensor, right: Tensor) -> Judgement | None:
    """The step where a name without a value is the mean of others: the `\\mu` of `x_i - \\mu`."""
    if isinstance(left, Variable) or isinstance(right, Variable):
        return None
    names = variables(left, right)
    pairs = ((name, of) for name in names for of in names if of.shape and of.shape[1:] == name.shape)
    for name, of in islice(pairs, _MOST_PAIRS):
        axes = tuple(range(len(of.shape)))
        mean = scale(reciprocal(total(Ones(of.shape[:1]))), einsum([(of, axes)], axes[1:]))
        terms = [
            term for side in (left, right) for term in (side.terms if isinstance(side, Sum) else (side,))
        ]
        if any(name in variables(term) and _vanishes(term, name, mean) for term in (left, right, *terms)):
            continue
        if name != of and _holds(left, right, name, mean):
            written = of.name.partition("_")[0]
            count = "n" if is_unknown(of.shape[0]) else of.shape[0]
            condition = rf"{name.name} = \frac{{1}}{{{count}}} \sum_{{i=1}}^{{{count}}} {written}_{{i}}"
            return Judgement(Verdict.CONDITIONAL, f"holds if `{condition}`", conditions=(condition,))
    return None


def _when_stacked(left: Tensor, right: Tensor) -> Judgement | None:
    """The step where a matrix holds the vectors of a family: X with the rows `x_i^T`, or these columns."""
    names = [name for name in variables(left, right) if len(name.shape) == 2]
    for matrix, each in permutations(names, 2):
        base = each.name.partition("_")[0]
        if (
            not is_capital(matrix.name)
            or is_capital(base)
            or letter_of(matrix.name) != letter_of(base).upper()
        ):
            continue
        for value, words, entry in ((each, "rows", r"({0}_i)_j"), (transpose(each), "columns", r"({0}_j)_i")):
            if value.shape == matrix.shape and _holds(left, right, matrix, value):
                reason = f"holds if the {words} of `{matrix.name}` are the `{base}_{{i}}`"
                condition = rf"{matrix.name}_{{ij}} = {entry.format(base)}"
                return Judgement(Verdict.CONDITIONAL, reason, conditions=(condition,))
    return None


def _saying(name: Variable, statements: Statements) -> Iterator[Span]:
    """Where the post says that the entries of a vector sum to 1."""
    for derivation in statements.derivations:
        for step in derivation.steps:
            left, right = step.left.tensor, step.right.tensor
            if left is not None and right is not None and left.tensor == total(name) and right.tensor == ONE:
                yield step.left.span | step.right.span


def _vanishes(side: Tensor, name: Variable, value: Tensor) -> bool:
    """Whether a side is 0 with a value put in for a name."""
    put = replaced(side, {name: value})
    return all(np.max(np.abs(point.left), initial=0) < AGREE for point in points(put, put))


def _holds(left: Tensor, right: Tensor, name: Variable, value: Tensor) -> bool:
    """Whether the sides are equal with a value put in for a name."""
    one, two = (replaced(side, {name: value}) for side in (left, right))
    found = list(points(one, two))
    return bool(found) and all(point.difference < AGREE for point in found) and equal(one, two)
