"""The leading product of a sum found among the factors of a term, so that the sum can stand in its place."""

from collections.abc import Iterator
from fractions import Fraction

from litgrad.tensors.expr import Labels
from litgrad.tensors.normal.atoms import BOUND, NONE, UNIT, Exponent, Factor, Monomial, Poly, Table, labels_of
from litgrad.tensors.normal.terms import Term

Names = dict[int, int]


def leading(poly: Poly) -> Monomial:
    """The largest monomial: of the highest degree, and of these the first in the order of the atoms."""
    return max(poly, key=_order)


def _order(monomial: Monomial) -> tuple:
    """An order that multiplication keeps."""
    degree = sum(exponent[1] for _, _, exponent in monomial)
    return degree, tuple((-atom, tuple(-label for label in labels), e) for atom, labels, e in monomial)


def leading_matrix(table: Table, poly: Poly) -> Monomial | None:
    """The monomial with the most factors that have axes; None where it holds a delta."""
    best = max(poly, key=lambda monomial: (_with_axes(monomial), _order(monomial)))
    return None if any(table.atoms[atom].kind == "delta" for atom, _, _ in best) else best


def _with_axes(monomial: Monomial) -> tuple[Fraction, int]:
    degree = sum((e[1] for _, labels, e in monomial if labels), Fraction(0))
    return degree, -sum(not labels for _, labels, _ in monomial)


def taken_out(
    table: Table, term: Term, pattern: Monomial, names: Names, keep: int
) -> tuple[Term, Names] | None:
    """A term without a product that it contains, and what the product's labels are called in it.

    `names` says what is known of the labels; the factor at `keep` is no part of the match. Summed labels
    of the product must be summed in the term and stand nowhere else.
    """
    atoms = {atom for atom, _, _ in term.factors}
    if any(atom not in atoms for atom, _, _ in pattern):
        return None
    for rest, found in _matches(table, pattern, dict(enumerate(term.factors)), names, keep):
        inner = {new for old, new in found.items() if old >= BOUND}
        outside = labels_of(tuple(rest.values()))
        if inner <= set(term.summed) and not inner & outside:
            summed = {label: dim for label, dim in term.summed.items() if label not in inner}
            return Term(tuple(rest.values()), summed), found
    return None


def _matches(
    table: Table, pattern: Monomial, factors: dict[int, Factor], names: Names, keep: int
) -> Iterator[tuple[dict[int, Factor], Names]]:
    """The ways to find a product among factors, the factors with the most known labels first."""
    table.spend()
    if not pattern:
        yield factors, names
        return
    next_one = max(pattern, key=lambda factor: sum(label in names for label in factor[1]))
    atom, labels, exponent = next_one
    others = tuple(factor for factor in pattern if factor is not next_one)
    for place, (other, theirs, power) in factors.items():
        if other != atom or place == keep:
            continue
        left = _left(power, exponent)
        if left is None:
            continue
        for order in (None, *table.atoms[atom].symmetries):
            found = _unified(names, labels, tuple([theirs[axis] for axis in order]) if order else theirs)
            if found is None:
                continue
            rest = {p: factor for p, factor in factors.items() if p != place}
            if left != NONE:
                rest[place] = (atom, theirs, left)
            yield from _matches(table, others, rest, found, keep)


def _left(power: Exponent, taken: Exponent) -> Exponent | None:
    """The exponent that is left of a power when another one is taken out; None where it is not in it."""
    if power == taken:
        return NONE
    left = (power[0] - taken[0], power[1] - taken[1])
    return None if left[0] or left[1] * taken[1] < 0 else left


def _unified(names: Names, pattern: Labels, labels: Labels) -> Names | None:
    found = dict(names)
    for old, new in zip(pattern, labels, strict=True):
        if UNIT in {old, new}:
            if old != new:
                return None
            continue
        if found.get(old, new) != new:
            return None
        if old not in found and new in found.values():
            return None
        found[old] = new
    return found
