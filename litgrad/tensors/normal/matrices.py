"""Inverses and determinants: of products factor by factor, of scalars and diagonals."""

from fractions import Fraction

from litgrad.tensors.expr import Dim
from litgrad.tensors.normal.atoms import (
    BOUND,
    FIRST,
    Atom,
    Exponent,
    Factor,
    Monomial,
    Poly,
    Table,
    Unproved,
    delta_atom,
    dim_of,
    frozen,
)
from litgrad.tensors.normal.content import content
from litgrad.tensors.normal.monomials import opened, settle, spread
from litgrad.tensors.normal.polynomials import constant, exponent_of, multiplied, relabelled, single
from litgrad.tensors.normal.powers import power
from litgrad.tensors.normal.terms import Term, accumulate

SWAP = {0: 1, 1: 0}
INVERSE: Exponent = (0, Fraction(-1))


def inverse(table: Table, poly: Poly, dim: Dim) -> Poly:
    """The inverse of a matrix with axes 0 and 1."""
    if not poly:
        raise Unproved
    if dim == 1:
        return power(table, poly, INVERSE)
    diagonal = _diagonal(table, poly)
    if diagonal is not None:
        return _on_diagonal(table, dim, power(table, diagonal, INVERSE))
    scalar, links = _links(table, poly, dim)
    result = power(table, scalar, INVERSE)
    chain = None
    for link in reversed(links):
        one = _inverse_link(table, link, dim)
        chain = one if chain is None else product(table, chain, one, dim)
    assert chain is not None
    return multiplied(table, result, chain)


def product(table: Table, left: Poly, right: Poly, dim: Dim) -> Poly:
    """The product of two matrices of one size."""
    middle = table.fresh()
    return multiplied(table, relabelled(table, left, {1: middle}), right, {0: middle}, {middle: dim})


def determinant(table: Table, poly: Poly, dim: Dim) -> Poly:
    """The determinant of a matrix with axes 0 and 1."""
    if dim == 1:
        return poly
    if not poly:
        return {}
    scalar, links = _links(table, poly, dim)
    size = constant(dim) if isinstance(dim, int) else single(table, Atom("size", dim, nonnegative=True))
    result = power(table, scalar, exponent_of(table, size))
    for link in links:
        result = multiplied(table, result, _determinant_link(table, link, dim))
    return result


def _diagonal(table: Table, poly: Poly) -> Poly | None:
    """What stands on the diagonal of a matrix that is 0 elsewhere, as it is written."""
    found: Poly = {}
    for monomial, value in poly.items():
        deltas = [place for place, factor in enumerate(monomial) if table.atoms[factor[0]].kind == "delta"]
        if len(deltas) != 1:
            return None
        accumulate(found, {monomial[: deltas[0]] + monomial[deltas[0] + 1 :]: value})
    return found


def _on_diagonal(table: Table, dim: Dim, poly: Poly) -> Poly:
    delta = (table.number(delta_atom(dim)), (0, 1), FIRST)
    return spread(table, Term((delta,), {}), poly)


def _links(table: Table, poly: Poly, dim: Dim) -> tuple[Poly, list[Poly]]:
    """A matrix as a scalar times a product of square matrices."""
    number, factors, rest = content(table, poly, whole=True)
    scalars = [factor for factor in factors if not factor[1]]
    bound = [factor for factor in factors if factor[1]]
    scalar: Poly = {tuple(sorted(scalars)): number}
    if bound:
        rest = spread(table, Term(tuple(bound), {}), rest)
    if len(rest) > 1:
        return scalar, [rest]
    ((monomial, value),) = rest.items()
    alone = tuple(factor for factor in monomial if not factor[1])
    chain = tuple(factor for factor in monomial if factor[1])
    return multiplied(table, scalar, {alone: value}), _chain(table, chain, dim)


def _chain(table: Table, monomial: Monomial, dim: Dim) -> list[Poly]:
    """A product cut at the summed labels, where each of the parts is square."""
    links: list[Poly] = []
    left = list(monomial)
    start = 0
    while True:
        cut = first_cut(table, left, start, dim)
        if cut is None:
            break
        part, middle = cut
        left = [factor for factor in left if factor not in part]
        links.append(as_matrix(table, part, start, middle))
        start = middle
    return [*links, as_matrix(table, left, start, 1)]


def first_cut(
    table: Table, factors: list[Factor], start: int, dim: Dim | None
) -> tuple[list[Factor], int] | None:
    """The smallest group of factors from a label on that one summed label, of a length, ties to others."""
    group: list[Factor] = []
    edge = {start}
    while True:
        more = [f for f in factors if f not in group and edge & set(f[1])]
        group += more
        if not more or any(1 in f[1] for f in group):
            return None
        rest = [f for f in factors if f not in group]
        inside = {label for f in group for label in f[1] if label >= BOUND and label != start}
        edge = {label for label in inside if any(label in f[1] for f in rest)}
        if len(edge) == 1:
            (label,) = edge
            if dim is None or dim_of(table, tuple(group), label) == dim:
                return group, label


def as_matrix(table: Table, part: list[Factor], start: int, end: int) -> Poly:
    """Factors between two labels, which become the axes 0 and 1; the other summed labels stay summed."""
    names = {start: -2 * BOUND, end: -2 * BOUND - 1}
    if start == 0:
        names[0] = -2 * BOUND
    renamed = tuple((atom, tuple(names.get(label, label) for label in labels), e) for atom, labels, e in part)
    factors, summed = opened(table, renamed, {-2 * BOUND: 0, -2 * BOUND - 1: 1})
    return settle(table, Term(tuple(factors), summed))


def _inverse_link(table: Table, link: Poly, dim: Dim) -> Poly:
    factor = _only_factor(link)
    if factor is not None and table.atoms[factor[0]].kind == "inverse" and set(factor[1]) == {0, 1}:
        inner = dict(table.atoms[factor[0]].payload)
        return inner if factor[1] == (0, 1) else relabelled(table, inner, SWAP)
    diagonal = _diagonal(table, link)
    if diagonal is not None:
        return _on_diagonal(table, dim, power(table, diagonal, INVERSE))
    payload, labels, symmetric = _oriented(table, link)
    atom = Atom("inverse", payload, (dim, dim), ((1, 0),) if symmetric else ())
    return single(table, atom, labels)


def _determinant_link(table: Table, link: Poly, dim: Dim) -> Poly:
    factor = _only_factor(link)
    if factor is not None and table.atoms[factor[0]].kind == "inverse" and set(factor[1]) == {0, 1}:
        inner = dict(table.atoms[factor[0]].payload)
        return power(table, determinant(table, inner, dim), INVERSE)
    diagonal = _diagonal(table, link)
    if diagonal is not None and all(not labels for m in diagonal for _, labels, _ in m):
        size = constant(dim) if isinstance(dim, int) else single(table, Atom("size", dim, nonnegative=True))
        return power(table, diagonal, exponent_of(table, size))
    return single(table, Atom("determinant", (dim, _oriented(table, link)[0])))


def _only_factor(poly: Poly) -> Factor | None:
    if len(poly) != 1:
        return None
    ((monomial, value),) = poly.items()
    return monomial[0] if len(monomial) == 1 and value == 1 and monomial[0][2] == FIRST else None


def _oriented(table: Table, poly: Poly) -> tuple:
    """The smaller of a matrix and its transpose, the axes in its order, and whether they are the same."""
    here, there = frozen(poly), frozen(relabelled(table, poly, SWAP))
    return (here, (0, 1), here == there) if here <= there else (there, (1, 0), False)
