"""Products that are not yet in canonical form: deltas contracted, powers of the same entry joined."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from litgrad.records import dataclass
from litgrad.tensors.expr import Dim
from litgrad.tensors.normal.atoms import (
    FIRST,
    NONE,
    Exponent,
    Factor,
    Poly,
    Table,
    Unproved,
    frozen,
)
from litgrad.tensors.normal.labels import least, renamed


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


def accumulate(total: Poly, more: Poly, coefficient: Fraction = FIRST[1]) -> None:
    """Add a multiple of a sum to a sum."""
    for monomial, value in more.items():
        new = total.get(monomial, 0) + coefficient * value
        if new:
            total[monomial] = new
        else:
            total.pop(monomial, None)


def plus(table: Table, left: Exponent, right: Exponent) -> Exponent:
    """The sum of two exponents."""
    if not left[0] or not right[0]:
        return (left[0] or right[0], left[1] + right[1])
    total = dict(table.exponents[left[0]])
    accumulate(total, dict(table.exponents[right[0]]))
    return (table.symbolic(frozen(total)), left[1] + right[1])


def without_deltas(table: Table, term: Term) -> Term:
    """A delta renames a summed label; between two axes it stays, and the larger is named as the smaller."""
    pairs = []
    rest = []
    for factor in term.factors:
        if table.atoms[factor[0]].kind != "delta":
            rest.append(factor)
            continue
        if factor[2][0] or factor[2][1] <= 0:
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


def joined(table: Table, term: Term) -> Term:
    """Powers of the same entry as one."""
    found: dict[tuple, Exponent] = {}
    for atom, labels, exponent in term.factors:
        key = (atom, least(table, atom, labels))
        found[key] = plus(table, found[key], exponent) if key in found else exponent
    factors = tuple((atom, labels, e) for (atom, labels), e in found.items() if e != NONE)
    return Term(factors, term.summed)
