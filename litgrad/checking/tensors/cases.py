"""Steps that hold for some values of their indices: `i \\ne j`, `i = j`."""

from itertools import combinations

from litgrad.checking.tensors.points import AGREE, points
from litgrad.tensors.build import add, einsum, negate
from litgrad.tensors.expr import Identity, Ones, Tensor
from litgrad.tensors.normal import equal


def holding_case(left: Tensor, right: Tensor, letters: tuple[str, ...]) -> str | None:
    """The relation between two of the first axes' letters under which the sides are equal, proved."""
    for first, second in combinations(range(len(letters)), 2):
        size = left.shape[first]
        if size != left.shape[second]:
            continue
        same: Tensor = Identity(size)
        other = add(Ones((size, size)), negate(same))
        for mask, sign in ((other, r"\neq"), (same, "=")):
            one, two = (_masked(side, mask, first, second) for side in (left, right))
            found = list(points(one, two))
            if found and all(point.difference < AGREE for point in found) and equal(one, two):
                return f"{letters[first]} {sign} {letters[second]}"
    return None


def _masked(tensor: Tensor, mask: Tensor, first: int, second: int) -> Tensor:
    every = tuple(range(len(tensor.shape)))
    return einsum([(tensor, every), (mask, (first, second))], every)
