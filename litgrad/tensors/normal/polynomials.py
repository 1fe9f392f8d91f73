"""Sums of monomials: added, multiplied, contracted, with other axes."""

from collections.abc import Mapping
from fractions import Fraction

from litgrad.tensors.expr import Dim, Labels
from litgrad.tensors.normal.atoms import (
    BOUND,
    FIRST,
    Atom,
    Exponent,
    Monomial,
    Poly,
    Table,
    Unproved,
    frozen,
    labels_of,
)
from litgrad.tensors.normal.monomials import opened, settle
from litgrad.tensors.normal.terms import Term, accumulate

ONE: Poly = {(): Fraction(1)}
LARGEST_POWER = 12
"""Sums to higher powers are not multiplied out."""


def constant(value: Fraction | int) -> Poly:
    """A number as a sum."""
    return {(): Fraction(value)} if value else {}


def single(table: Table, atom: Atom, labels: Labels = (), exponent: Exponent = FIRST) -> Poly:
    """An atom as a sum."""
    return settle(table, Term(((table.number(atom), labels, exponent),), {}))


def added(*polys: Poly) -> Poly:
    """The sum of sums."""
    total: Poly = {}
    for poly in polys:
        accumulate(total, poly)
    return total


def scaled(poly: Poly, factor: Fraction | int) -> Poly:
    """A sum times a number."""
    return {monomial: value * factor for monomial, value in poly.items()} if factor else {}


def subtracted(left: Poly, right: Poly) -> Poly:
    """The difference of two sums."""
    return added(left, scaled(right, -1))


def multiplied(
    table: Table,
    left: Poly,
    right: Poly,
    names: Mapping[int, int] | None = None,
    summed: Mapping[int, Dim] | None = None,
) -> Poly:
    """The product of two sums, the axes of the right one renamed, then summed over some labels."""
    total: Poly = {}
    table.spend(len(left) * len(right))
    lefts = [(*opened(table, monomial), value) for monomial, value in left.items()]
    rights = [(*opened(table, monomial, names), value) for monomial, value in right.items()]
    for factors, bound, value in lefts:
        for more, others, times in rights:
            term = Term(tuple(factors) + tuple(more), {**bound, **others, **(summed or {})})
            accumulate(total, settle(table, term), value * times)
    return total


def relabelled(table: Table, poly: Poly, names: Mapping[int, int]) -> Poly:
    """A sum with other names for its axes."""
    if all(old == new for old, new in names.items()):
        return poly
    total: Poly = {}
    for monomial, value in poly.items():
        factors, summed = opened(table, monomial, names)
        accumulate(total, settle(table, Term(tuple(factors), summed)), value)
    return total


def contracted(table: Table, poly: Poly, summed: Mapping[int, Dim]) -> Poly:
    """A sum, summed over some of its axes."""
    return multiplied(table, poly, ONE, summed=summed) if summed else poly


def whole_power(table: Table, poly: Poly, exponent: int) -> Poly:
    """A sum to a power that is a natural number, multiplied out; raises Unproved where that is too long."""
    if exponent > LARGEST_POWER and len(poly) > 1:
        raise Unproved
    total = ONE
    for _ in range(exponent):
        total = multiplied(table, total, poly)
    return total


def is_simple(monomial: Monomial) -> bool:
    """Whether nothing is summed in a product: then a power of it is a product of powers."""
    return all(label < BOUND for label in labels_of(monomial))


def exponent_of(table: Table, poly: Poly) -> Exponent:
    """A sum without axes as an exponent."""
    rest = {monomial: value for monomial, value in poly.items() if monomial}
    return (table.symbolic(frozen(rest)), poly.get((), Fraction(0)))


def as_poly(table: Table, exponent: Exponent) -> Poly:
    """An exponent as a sum."""
    return added(dict(table.exponents[exponent[0]]), constant(exponent[1]))


def product(table: Table, left: Exponent, right: Exponent) -> Exponent:
    """The product of two exponents."""
    if not left[0] and not right[0]:
        return (0, left[1] * right[1])
    if FIRST in {left, right}:
        return right if left == FIRST else left
    return exponent_of(table, multiplied(table, as_poly(table, left), as_poly(table, right)))


def is_whole(table: Table, exponent: Exponent) -> bool:
    """Whether an exponent is a whole number at all sizes."""
    if exponent[1].denominator != 1:
        return False
    return all(
        value.denominator == 1
        and all(
            table.atoms[atom].kind == "size" and not e[0] and e[1].denominator == 1 and e[1] > 0
            for atom, _, e in monomial
        )
        for monomial, value in table.exponents[exponent[0]]
    )
