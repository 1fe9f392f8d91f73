"""Products of factors in canonical form: deltas contracted, powers joined, closed parts named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from litgrad.tensors.expr import Dim
from litgrad.tensors.normal.atoms import (
    BOUND,
    FIRST,
    NONE,
    Atom,
    Exponent,
    Factor,
    Monomial,
    Poly,
    Table,
    Unproved,
    dim_of,
    frozen,
    is_integer,
    labels_of,
)
from litgrad.tensors.normal.labels import least, numbered, renamed


@dataclass(frozen=True, slots=True)
class Term:
    """A product that is not yet in canonical form."""

    factors: tuple[Factor, ...]
    summed: Mapping[int, Dim]

    def without(self, *places: int) -> "Term":
        """The product without some factors; what is summed stays."""
        kept = tuple(factor for place, factor in enumerate(self.factors) if place not in places)
        return Term(kept, self.summed)

    def times(self, *factors: Factor) -> "Term":
        """The product with more factors."""
        return Term(self.factors + factors, self.summed)


Rule = Callable[[Table, Term, int], Poly | None]
RULES: dict[str, Rule] = {}
"""What is done to a factor by the kind of its atom; filled by the files that make these atoms.

A rule gives a sum that equals the term wherever the term is defined, or None where it has nothing to do.
"""


def settle(table: Table, term: Term) -> Poly:
    """The canonical form of a product, which may be a sum."""
    table.spend()
    term = _joined(table, _without_deltas(table, term))
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


def accumulate(total: Poly, more: Poly, coefficient: Fraction = FIRST[1]) -> None:
    """Add a multiple of a sum to a sum."""
    for monomial, value in more.items():
        new = total.get(monomial, 0) + coefficient * value
        if new:
            total[monomial] = new
        else:
            total.pop(monomial, None)


def opened(table: Table, monomial: Monomial, names: Mapping[int, int] | None = None) -> tuple:
    """The factors of a monomial with fresh summed labels and renamed others; the lengths of the summed."""
    table_of = dict(names or {})
    summed: dict[int, Dim] = {}
    for label in labels_of(monomial):
        if label >= BOUND:
            table_of[label] = table.fresh()
            summed[table_of[label]] = dim_of(table, monomial, label)
    if not table_of:
        return monomial, summed
    return tuple(renamed(table, monomial, table_of)), summed


def plus(table: Table, left: Exponent, right: Exponent) -> Exponent:
    """The sum of two exponents."""
    if not left[0] or not right[0]:
        return (left[0] or right[0], left[1] + right[1])
    total = dict(table.exponents[left[0]])
    accumulate(total, dict(table.exponents[right[0]]))
    return (table.symbolic(frozen(total)), left[1] + right[1])


def _without_deltas(table: Table, term: Term) -> Term:
    """A delta renames a summed label; between two axes it stays, and the larger is named as the smaller."""
    pairs = []
    rest = []
    for factor in term.factors:
        if table.atoms[factor[0]].kind != "delta":
            rest.append(factor)
            continue
        if not is_integer(factor[2]) or factor[2][1] <= 0:
            raise Unproved
        pairs.append(factor)
    if not pairs:
        return term
    names: dict[int, int] = {}
    kept: dict[tuple[int, int], Factor] = {}
    for _, labels, _ in pairs:
        _identify(names, labels, term.summed)
    for atom, labels, _ in pairs:
        for label in labels:
            root = _root(names, label)
            if label != root and label not in term.summed:
                kept[root, label] = (atom, (root, label), FIRST)
    table_of = {label: _root(names, label) for label in names}
    summed = {label: dim for label, dim in term.summed.items() if label not in table_of}
    return Term((*renamed(table, rest, table_of), *kept.values()), summed)


def _identify(names: dict[int, int], labels: Sequence[int], summed: Mapping[int, Dim]) -> None:
    """Give two labels one name: an axis before a summed one, a smaller axis before a larger."""
    first, second = sorted((_root(names, label) for label in labels), key=lambda x: (x in summed, x))
    if first != second:
        names[second] = first


def _root(names: dict[int, int], label: int) -> int:
    while label in names:
        label = names[label]
    return label


def _joined(table: Table, term: Term) -> Term:
    """Powers of the same entry as one."""
    found: dict[tuple, Exponent] = {}
    for atom, labels, exponent in term.factors:
        key = (atom, least(table, atom, labels))
        found[key] = plus(table, found[key], exponent) if key in found else exponent
    factors = tuple((atom, labels, e) for (atom, labels), e in found.items() if e != NONE)
    return Term(factors, term.summed)


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
    return {tuple(sorted(_joined(table, Term(tuple(factors), {})).factors)): coefficient}


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
        joined = (own.union(*(g[0] for g in touching)), [*(f for g in touching for f in g[1]), factor])
        groups = [*rest, joined]
    return [tuple(factors) for _, factors in groups]


def is_nonnegative(table: Table, monomial: Monomial) -> bool:
    """Whether a product is at least 0 wherever it is defined."""
    return all(_factor_is_nonnegative(table, factor) for factor in monomial)


def _factor_is_nonnegative(table: Table, factor: Factor) -> bool:
    atom, _, (symbolic, rational) = factor
    if table.atoms[atom].nonnegative:
        return True
    return symbolic == 0 and (rational.denominator != 1 or rational % 2 == 0)
