"""Proofs that two tensors are equal for every size of every letter."""

from collections.abc import Collection

from litgrad.tensors.expr import Tensor
from litgrad.tensors.normal.atoms import Poly, Table, Unproved
from litgrad.tensors.normal.polynomials import scaled, subtracted
from litgrad.tensors.normal.powers import content
from litgrad.tensors.normal.reading import normal

ROUNDS = 6


def equal(left: Tensor, right: Tensor, positive: Collection[str] = ()) -> bool:
    """Whether two tensors are proved to be equal wherever both are defined, at all sizes.

    `positive` names variables whose entries are all more than 0. False says that no proof was found,
    not that they differ.

    >>> from litgrad.tensors.build import matmul, transpose
    >>> from litgrad.tensors.expr import Variable
    >>> a, b = Variable("A", ("m", "n")), Variable("B", ("n", "k"))
    >>> equal(transpose(matmul(a, b)), matmul(transpose(b), transpose(a)))
    True
    """
    if left.shape != right.shape:
        return False
    table = Table(frozenset(positive))
    try:
        first, second = normal(table, left, right)
        return _vanishes(table, subtracted(first, second))
    except (Unproved, RecursionError):
        return False


def _vanishes(table: Table, difference: Poly) -> bool:
    """Whether a sum is 0, denominators multiplied out."""
    for _ in range(ROUNDS):
        if not difference:
            return True
        _, factors, rest = content(table, difference, whole=True)
        if not factors:
            return False
        difference = scaled(rest, 1)
    return not difference
