"""Sizes and points at which two tensors are compared."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Any

import numpy as np
from mpmath import mpf
from numpy.typing import NDArray

from litgrad.records import dataclass
from litgrad.tensors.evaluate import evaluate, shape_of
from litgrad.tensors.exact import evaluate_exact
from litgrad.tensors.expr import Identity, Ones, Tensor, Unknown, Variable, topological, variables

_SIZES = ((2, 3, 4, 5), (3, 2, 5, 4), (1, 1, 1, 1), (2, 2, 2, 2), (1, 3, 2, 4), (3, 1, 4, 2), (3, 3, 3, 3))
"""Lengths for the letters in order, gone round."""
AGREE = 1e-8
DIFFER = 1e-4
"""Relative differences of sides that agree, and of sides that differ."""
_LARGEST = 1e9
"""Values beyond it come of matrices that are all but singular."""

MANY_DIGITS = 30
"""To how many digits sides must agree that are not proved equal."""
_CONFIRMING = 4

Values = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Point:
    """Sizes, values, and what both sides are there."""

    sizes: Mapping[str, int]
    values: Values
    left: NDArray[Any]
    right: NDArray[Any]

    @property
    def difference(self) -> float:
        """The largest difference of two entries in relation to the largest entry."""
        if self.left.shape != self.right.shape:
            return float("inf")
        scale = max(
            float(np.max(np.abs(self.left), initial=0)), float(np.max(np.abs(self.right), initial=0)), 1e-3
        )
        return float(np.max(np.abs(self.left - self.right), initial=0)) / scale

    @property
    def finite(self) -> bool:
        """Whether both sides have values there that are not all but infinite."""
        return all(bool((np.abs(side) < _LARGEST).all()) for side in (self.left, self.right))


def letters_of(*tensors: Tensor) -> tuple[str, ...]:
    """The letters among the lengths of all axes, sorted."""
    found = {
        dim
        for node in topological(*tensors)
        if isinstance(node, (Variable, Ones, Identity, Unknown))
        for dim in node.shape
        if isinstance(dim, str)
    }
    return tuple(sorted(found))


def points(left: Tensor, right: Tensor, *, symmetric: bool = False) -> Iterator[Point]:
    """Both sides at several sizes and points, where they have values.

    Takes whether square matrices are to be symmetric.
    """
    names = variables(left, right)
    letters = letters_of(left, right)
    if len({name.name for name in names}) < len(names):
        return  # one name with two shapes has no values
    for round_, sizes in enumerate(_sizes(letters)):
        for kind in range(3):
            rng = np.random.default_rng(1000 * round_ + kind)
            values = {name.name: value_of(name, sizes, rng, kind, symmetric=symmetric) for name in names}
            sides = evaluate([left, right], values, sizes)
            point = Point(sizes, values, *sides)
            if point.finite:
                yield point


def _sizes(letters: Sequence[str]) -> Iterator[dict[str, int]]:
    rows = _SIZES if letters else _SIZES[:3]
    for row in rows:
        yield dict(zip(letters, islice(cycle(row), len(letters)), strict=True))


def value_of(
    name: Variable, sizes: Mapping[str, int], rng: np.random.Generator, kind: int, *, symmetric: bool = False
) -> NDArray[Any]:
    """Entries of both signs, of positive ones, or a positive definite matrix where it is square."""
    shape = shape_of(name.shape, sizes)
    drawn = rng.uniform(0.2, 1.8, shape) if kind else rng.uniform(-1.5, 1.5, shape)
    if len(shape) != 2 or shape[0] != shape[1]:
        return drawn
    if kind == 2:
        drawn = (
            drawn @ drawn.T + np.eye(shape[0])
            if symmetric or name.symmetric
            else drawn + 3 * np.eye(shape[0])
        )
    elif symmetric or name.symmetric:
        drawn = (drawn + drawn.T) / 2
    return drawn


def agree_to_many_digits(left: Tensor, right: Tensor) -> bool:
    """Whether the sides agree to many digits at several points; their values must be there."""
    found = list(islice(points(left, right), _CONFIRMING))
    return len(found) == _CONFIRMING and all(_agrees(left, right, point) for point in found)


def differ_in_many_digits(left: Tensor, right: Tensor, point: Point) -> bool:
    """Whether the difference at a point is none of rounding."""
    return _exact_difference(left, right, point) > mpf(DIFFER) / 100


def _agrees(left: Tensor, right: Tensor, point: Point) -> bool:
    return _exact_difference(left, right, point) <= mpf(10) ** -MANY_DIGITS


def _exact_difference(left: Tensor, right: Tensor, point: Point) -> mpf:
    """The largest difference of two entries in relation to the largest entry, in many digits."""
    one, two = evaluate_exact([left, right], point.values, point.sizes)
    scale = max((abs(value) for value in (*one.flat, *two.flat)), default=mpf(0)) or mpf(1)
    return max((abs(a - b) / scale for a, b in zip(one.flat, two.flat, strict=True)), default=mpf(0))


def differ_for_ones(left: Tensor, right: Tensor) -> bool:
    """Whether the sides differ where every length, number and entry is 1.

    There every matrix is symmetric, orthogonal and a projection, and all of them commute.
    """
    sizes = dict.fromkeys(letters_of(left, right), 1)
    values = {name.name: np.ones(shape_of(name.shape, sizes)) for name in variables(left, right)}
    point = Point(sizes, values, *evaluate([left, right], values, sizes))
    return point.finite and point.difference > DIFFER


def small_point(left: Tensor, right: Tensor) -> Point | None:
    """A point in small whole numbers, all lengths 1, where the sides differ; None if there is none."""
    names = variables(left, right)
    sizes = dict.fromkeys(letters_of(left, right), 1)
    for seed in range(12):
        rng = np.random.default_rng(seed)
        values = {name.name: rng.integers(1, 4, shape_of(name.shape, sizes)).astype(float) for name in names}
        point = Point(sizes, values, *evaluate([left, right], values, sizes))
        if point.finite and point.difference > DIFFER:
            return point
    return None
