"""Products of factors in canonical form: deltas contracted, powers joined, closed parts named."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from litgrad.tensors.expr import Dim
from litgrad.tensors.normal.atoms import (
    BOUND,
    FIRST,
    Atom,
    Factor,
    Monomial,
    Poly,
    Table,
    dim_of,
    labels_of,
)
from litgrad.tensors.normal.labels import numbered, renamed
from litgrad.tensors.normal.terms import Term, accumulate, joined, without_deltas

Rule = Callable[[Table, Term, int], Poly | None]
RULES: dict[str, Rule] = {}
"""What is done to a factor by the kind of its atom; filled by the files that make these atoms.

A rule gives a sum that equals the term wherever the term is defined, or None where it has nothing to do.
"""


def settle(table: Table, term: Term) -> Poly:
    """The canonical form of a product, which may be a sum."""
    table.spend(1 + len(term.factors) // 8)
    term = joined(table, without_deltas(table, term))
    for place, (atom, _, _) in enumerate(term.factors):
        rule = RULES.get(table.atoms[atom].kind)
        found = rule(table, term, place) if rule else None
        if found is not None:
            return found
    return _closed(table, term)


def spread(table: Table, term: Term, poly: Poly) -> Poly:
    """A product times a sum."""
    total: Poly = {}
    for monomial, coefficient in poly.items():
        more, summed = opened(table, monomial)
        accumulate(total, settle(table, Term((*term.factors, *more), {**term.summed, **summed})), coefficient)
    return total


def opened(table: Table, monomial: Monomial, names: Mapping[int, int] | None = None) -> tuple:
    """The factors of a monomial with fresh summed labels and renamed others; the lengths of the summed."""
    table_of = dict(names or {})
    summed: dict[int, Dim] = {}
    for label in sorted(labels_of(monomial)):
        if label >= BOUND:
            table_of[label] = table.fresh()
            summed[table_of[label]] = dim_of(table, monomial, label)
    if not table_of:
        return monomial, summed
    return tuple(renamed(table, monomial, table_of)), summed


def _closed(table: Table, term: Term) -> Poly:
    """Parts without an axis become atoms of their own; labels that nothing has are counted."""
    coefficient = Fraction(1)
    factors: list[Factor] = []
    used = labels_of(term.factors)
    for label, dim in term.summed.items():
        if label in used:
            continue
        if isinstance(dim, int):
            coefficient *= dim
        else:
            factors.append((table.number(Atom("size", dim, nonnegative=True)), (), FIRST))
    forms: list[Monomial] = []
    for part in _parts(term):
        bound = [label for label in labels_of(part) if label in term.summed]
        form = numbered(table, part, sorted(bound))
        if bound and all(label >= BOUND for label in labels_of(form)):
            nonnegative = is_nonnegative(table, form)
            factors.append((table.number(Atom("closed", form, nonnegative=nonnegative)), (), FIRST))
        else:
            forms.append(form)
    factors.extend(_side_by_side(forms))
    return {tuple(sorted(joined(table, Term(tuple(factors), {})).factors)): coefficient}


def _side_by_side(forms: list[Monomial]) -> list[Factor]:
    """Parts that have no summed label in common, in canonical order, their labels numbered on."""
    factors: list[Factor] = []
    shift = 0
    for form in sorted(forms):
        for atom, labels, exponent in form:
            names = tuple([label + shift if label >= BOUND else label for label in labels])
            factors.append((atom, names, exponent))
        shift += len({label for label in labels_of(form) if label >= BOUND})
    return factors


def _parts(term: Term) -> list[Monomial]:
    """The factors in groups that summed labels hold together, in an order that labels have no part in."""
    groups: list[tuple[set[int], list[Factor]]] = []
    for factor in term.factors:
        own = {label for label in factor[1] if label in term.summed}
        touching = [group for group in groups if group[0] & own]
        rest = [group for group in groups if not group[0] & own]
        merged = (own.union(*(g[0] for g in touching)), [*(f for g in touching for f in g[1]), factor])
        groups = [*rest, merged]
    return [tuple(factors) for _, factors in groups]


def is_nonnegative(table: Table, monomial: Monomial) -> bool:
    """Whether a product is at least 0 wherever it is defined."""
    return all(_factor_is_nonnegative(table, factor) for factor in monomial)


def _factor_is_nonnegative(table: Table, factor: Factor) -> bool:
    atom, _, (symbolic, rational) = factor
    if table.atoms[atom].nonnegative:
        return True
    return symbolic == 0 and (rational.denominator != 1 or rational % 2 == 0)
