"""Matrices pushed through inverses: (c + u v)^-1 u is u (c + v u)^-1, v (c + u v)^-1 is (c + v u)^-1 v."""

from litgrad.records import dataclass
from litgrad.tensors.expr import Dim, Labels
from litgrad.tensors.normal.atoms import FIRST, Monomial, Poly, Table, delta_atom, dim_of
from litgrad.tensors.normal.matching import taken_out
from litgrad.tensors.normal.matrices import as_matrix, first_cut, inverse
from litgrad.tensors.normal.monomials import settle, spread
from litgrad.tensors.normal.polynomials import added, multiplied, relabelled, scaled
from litgrad.tensors.normal.terms import Term


@dataclass(frozen=True, slots=True)
class Partner:
    """What is known of an inverse (c + u v)^-1."""

    left: Monomial
    right: Monomial
    """u and v with axes 0 and 1."""
    number: int
    """The atom (c + v u)^-1."""
    labels: Labels
    dim: Dim


def pushed(table: Table, term: Term, place: int) -> Poly | None:
    """An inverse next to a factor of its matrix, where the other inverse came up before it."""
    number, labels, exponent = term.factors[place]
    if exponent != FIRST or labels[0] == labels[1] or not any(label in term.summed for label in labels):
        return None
    if number not in table.partners:
        table.partners[number] = None  # while it is found out, which meets the same inverse again
        table.partners[number] = _partner(table, number)
    partner = table.partners[number]
    if partner is None or partner.number >= number:
        return None
    orders = (labels, labels[::-1]) if table.atoms[number].symmetries else (labels,)
    for order in orders:
        for axis in (0, 1):
            found = _pushed_at(table, term, place, partner, order, axis)
            if found is not None:
                return found
    return None


def _pushed_at(
    table: Table, term: Term, place: int, partner: Partner, order: Labels, axis: int
) -> Poly | None:
    """The inverse w[a, b] pushed past u[b, c] for axis 1, past v[c, a] for axis 0."""
    middle, other = order[axis], order[1 - axis]
    pattern = partner.left if axis else partner.right
    if middle not in term.summed:
        return None
    found = taken_out(table, term, pattern, {1 - axis: middle}, place)
    if found is None or axis not in found[1]:
        return None
    rest = Term(tuple(f for f in found[0].factors if f != term.factors[place]), found[0].summed)
    end = found[1][axis]
    if end == middle or any(middle in labels for _, labels, _ in rest.factors):
        return None
    new = table.fresh()
    moved = relabelled(table, {pattern: FIRST[1]}, {1 - axis: other, axis: new})
    ends = (new, end) if axis else (end, new)
    factor = (partner.number, tuple(ends[label] for label in partner.labels), FIRST)
    summed = {label: dim for label, dim in rest.summed.items() if label != middle} | {new: partner.dim}
    return spread(table, Term((*rest.factors, factor), summed), moved)


def _partner(table: Table, number: int) -> Partner | None:
    poly: Poly = dict(table.atoms[number].payload)
    if not all(_is_multiple_of_identity(table, m) for m in poly if _has_delta(table, m)):
        return None
    identities = {m: value for m, value in poly.items() if _has_delta(table, m)}
    products = [m for m in poly if m not in identities]
    if not identities or len(products) != 1:
        return None
    return _of_parts(table, number, identities, products[0], poly)


def _of_parts(table: Table, number: int, identities: Poly, monomial: Monomial, poly: Poly) -> Partner | None:
    """The partner of the inverse of a multiple of the identity and a product."""
    dim = table.atoms[number].dims[0]
    chain = [factor for factor in monomial if factor[1]]
    cut = first_cut(table, chain, 0, None)
    if cut is None:
        return None
    part, middle = cut
    length = dim_of(table, monomial, middle)
    left = as_matrix(table, part, 0, middle)
    right = as_matrix(table, [factor for factor in chain if factor not in part], middle, 1)
    if len(left) != 1 or len(right) != 1:
        return None
    label = table.fresh()
    turned = multiplied(table, relabelled(table, right, {1: label}), left, {0: label}, {label: dim})
    alone = Term(tuple(factor for factor in monomial if not factor[1]), {})
    other = added(scaled(spread(table, alone, turned), poly[monomial]), _resized(table, identities, length))
    return _found(table, inverse(table, other, length), next(iter(left)), next(iter(right)), length)


def _found(table: Table, result: Poly, left: Monomial, right: Monomial, dim: Dim) -> Partner | None:
    ((monomial, value), *others) = result.items()
    if others or value != 1 or len(monomial) != 1:
        return None
    number, labels, exponent = monomial[0]
    if table.atoms[number].kind != "inverse" or exponent != FIRST:
        return None
    return Partner(left, right, number, labels, dim)


def _resized(table: Table, identities: Poly, dim: Dim) -> Poly:
    """The multiple of the identity, of another size."""
    delta = (table.number(delta_atom(dim)), (0, 1), FIRST)
    total: Poly = {}
    for monomial, value in identities.items():
        alone = tuple(factor for factor in monomial if not factor[1])
        total = added(total, scaled(settle(table, Term((*alone, delta), {})), value))
    return total


def _has_delta(table: Table, monomial: Monomial) -> bool:
    return any(table.atoms[atom].kind == "delta" for atom, _, _ in monomial)


def _is_multiple_of_identity(table: Table, monomial: Monomial) -> bool:
    return all(not labels or table.atoms[atom].kind == "delta" for atom, labels, _ in monomial)
