"""Square roots of sums that are squares."""

from fractions import Fraction
from math import isqrt

from litgrad.tensors.normal.atoms import NONE, Factor, Monomial, Poly, Table, is_integer
from litgrad.tensors.normal.matching import leading
from litgrad.tensors.normal.polynomials import is_simple, multiplied, subtracted
from litgrad.tensors.normal.terms import accumulate

LONGEST = 15
"""Sums of more terms than this many are not tried."""


def root_of(table: Table, poly: Poly) -> Poly | None:
    """A sum whose square is the given one, found term by term from the largest on; or None."""
    if not 2 < len(poly) <= LONGEST or not all(_is_plain(monomial) for monomial in poly):
        return None
    first = leading(poly)
    start = _monomial_root(first, poly[first])
    if start is None:
        return None
    (monomial, value) = start
    root: Poly = {monomial: value}
    for _ in range(len(poly)):
        rest = subtracted(poly, multiplied(table, root, root))
        if not rest:
            return root
        largest = leading(rest)
        quotient = _divided(largest, monomial)
        if quotient is None or quotient in root:
            return None
        accumulate(root, {quotient: rest[largest] / (2 * value)})
    return None


def _is_plain(monomial: Monomial) -> bool:
    return is_simple(monomial) and all(is_integer(exponent) for _, _, exponent in monomial)


def _monomial_root(monomial: Monomial, value: Fraction) -> tuple[Monomial, Fraction] | None:
    if value < 0 or any(exponent[1] % 2 for _, _, exponent in monomial):
        return None
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    if above**2 != value.numerator or below**2 != value.denominator:
        return None
    halved = tuple((atom, labels, (0, exponent[1] / 2)) for atom, labels, exponent in monomial)
    return halved, Fraction(above, below)


def _divided(above: Monomial, below: Monomial) -> Monomial | None:
    """A product divided by another; None where it is not divisible."""
    left: dict[tuple, Fraction] = {(atom, labels): exponent[1] for atom, labels, exponent in above}
    for atom, labels, exponent in below:
        left[atom, labels] = left.get((atom, labels), NONE[1]) - exponent[1]
    if any(value < 0 for value in left.values()):
        return None
    factors: list[Factor] = [(*key, (0, value)) for key, value in left.items() if value]
    return tuple(sorted(factors))
