"""Proofs that rest on equations that are given: one product stands for a sum wherever it occurs."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from litgrad.records import dataclass
from litgrad.tensors.expr import Tensor
from litgrad.tensors.normal.atoms import BOUND, Monomial, Poly, Table, Unproved
from litgrad.tensors.normal.labels import renamed
from litgrad.tensors.normal.matching import taken_out
from litgrad.tensors.normal.monomials import spread
from litgrad.tensors.normal.polynomials import relabelled, scaled, subtracted
from litgrad.tensors.normal.proof import unfolded, vanishes
from litgrad.tensors.normal.reading import normal
from litgrad.tensors.normal.terms import Term, accumulate

_STEPS = 8
"""How many products are replaced in one proof."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A product and the sum that it equals."""

    product: Monomial
    value: Poly


def equal_given(left: Tensor, right: Tensor, given: Sequence[tuple[Tensor, Tensor]]) -> bool:
    """Whether two tensors are proved to be equal, at all sizes, wherever the given pairs are equal.

    >>> from litgrad.tensors.build import matmul, transpose
    >>> from litgrad.tensors.expr import Identity, Variable
    >>> u, d = Variable("U", ("n", "n")), Variable("d", ("n",))
    >>> orthogonal = (matmul(transpose(u), u), Identity("n"))
    >>> equal_given(matmul(transpose(u), matmul(u, d)), d, [orthogonal])
    True
    """
    if left.shape != right.shape:
        return False
    table = Table()
    try:
        first, second, *sides = normal(table, left, right, *(side for pair in given for side in pair))
        gaps = [subtracted(one, other) for one, other in zip(sides[::2], sides[1::2], strict=True)]
        rules = [rule for gap in gaps for rule in _rules(table, gap)]
        return _vanishes_under(table, subtracted(first, second), rules)
    except (Unproved, RecursionError):
        return False


def _rules(table: Table, gap: Poly) -> Iterator[_Rule]:
    """An equation `gap = 0` solved for the product with the most factors."""
    for product in sorted(gap, key=lambda one: _weight(table, one), reverse=True)[:1]:
        factors, summed = unfolded(table, product)
        if not factors or any(table.atoms[atom].kind == "delta" for atom, _, _ in factors):
            continue
        rest = {monomial: value for monomial, value in gap.items() if monomial != product}
        names = {label: BOUND + place for place, label in enumerate(sorted(summed))}
        yield _Rule(tuple(renamed(table, factors, names)), scaled(rest, -1 / gap[product]))


def _weight(table: Table, monomial: Monomial) -> tuple[Fraction, int, Monomial]:
    """How much of a product has axes, then how much it has in all."""
    factors, _ = unfolded(table, monomial)
    degree = sum((exponent[1] for _, labels, exponent in factors if labels), Fraction(0))
    return degree, len(factors), monomial


def _vanishes_under(table: Table, difference: Poly, rules: Sequence[_Rule]) -> bool:
    for _ in range(_STEPS):
        replaced = next((one for rule in rules for one in _replaced(table, difference, rule)), None)
        if replaced is None:
            return False
        difference = replaced
        if vanishes(table, difference):
            return True
    return False


def _replaced(table: Table, poly: Poly, rule: _Rule) -> Iterator[Poly]:
    """A sum with the product of a rule replaced in one of its terms."""
    for monomial, coefficient in poly.items():
        factors, summed = unfolded(table, monomial)
        found = taken_out(table, Term(factors, summed), rule.product, {}, -1)
        if found is None:
            continue
        term, names = found
        outer = {old: new for old, new in names.items() if old < BOUND}
        total = {one: value for one, value in poly.items() if one != monomial}
        accumulate(total, spread(table, term, relabelled(table, rule.value, outer)), coefficient)
        yield total
