"""A matrix next to its inverse is the identity; the leading product of a sum is that less the rest."""

from fractions import Fraction

from litgrad.tensors.normal.atoms import FIRST, Monomial, Poly, Table, delta_atom
from litgrad.tensors.normal.matching import leading_matrix, taken_out
from litgrad.tensors.normal.monomials import settle, spread
from litgrad.tensors.normal.polynomials import relabelled, scaled
from litgrad.tensors.normal.terms import Term, accumulate


def cancelled(table: Table, term: Term, place: int) -> Poly | None:
    """A matrix next to its inverse is the identity; so the leading product of a sum is that less the rest."""
    atom, labels, exponent = term.factors[place]
    if exponent != FIRST or labels[0] == labels[1]:
        return None
    poly = dict(table.atoms[atom].payload)
    lead = leading_matrix(table, poly)
    if lead is None:
        return None
    for axis in (0, 1):
        if labels[axis] not in term.summed:
            continue
        for sides in ((0, 1), (1, 0)) if table.atoms[atom].symmetries else ((0, 1),):
            found = _cancelled_at(table, term, place, (poly, lead, poly[lead]), sides, axis)
            if found is not None:
                return found
    return None


def _cancelled_at(
    table: Table,
    term: Term,
    place: int,
    what: tuple[Poly, Monomial, Fraction],
    sides: tuple,
    axis: int,
) -> Poly | None:
    """The matrix m and its inverse v: v[a, b] m[b, c] for axis 1, m[c, a] v[a, b] for axis 0."""
    poly, monomial, coefficient = what
    atom, labels, _ = factor = term.factors[place]
    middle, other = labels[axis], labels[1 - axis]
    side = sides[1 - axis]
    found = taken_out(table, term, monomial, {side: middle}, place)
    if found is None:
        return None
    rest, names = found
    without = Term(tuple(f for f in rest.factors if f != factor), rest.summed)
    if any(middle in f[1] for f in without.factors) or 1 - side not in names:
        return None
    end = names[1 - side]
    if end == middle:
        return None
    dim = table.atoms[atom].dims[0]
    delta = (table.number(delta_atom(dim)), (end, other), FIRST)
    summed = {label: length for label, length in rest.summed.items() if label != middle}
    total = scaled(settle(table, Term((*without.factors, delta), summed)), 1 / coefficient)
    others = {m: -value / coefficient for m, value in poly.items() if m != monomial}
    if others:
        accumulate(total, spread(table, rest, relabelled(table, others, {side: middle, 1 - side: end})))
    return total
