"""Functions of one entry as atoms: their axes are those that the entry depends on, in a canonical order."""

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations

from litgrad.tensors.expr import Labels
from litgrad.tensors.normal.atoms import (
    FIRST,
    Atom,
    Exponent,
    Factor,
    Frozen,
    Kind,
    Poly,
    Table,
    Unproved,
    dim_of,
    free_labels,
    frozen,
    labels_of,
)
from litgrad.tensors.normal.monomials import is_nonnegative, settle, spread
from litgrad.tensors.normal.polynomials import relabelled
from litgrad.tensors.normal.terms import Term

MOST_AXES = 4
SQUARED: Exponent = (0, Fraction(2))


def placed(
    table: Table,
    kind: Kind,
    name: tuple,
    poly: Poly,
    exponent: Exponent = FIRST,
    *,
    nonnegative: bool = False,
) -> Factor:
    """A function of a sum as a factor: the same for every order in which the axes are given."""
    free = free_labels(poly)
    if len(free) > MOST_AXES:
        raise Unproved
    forms: dict[Labels, Frozen] = {}
    for order in permutations(range(len(free))):
        names = {label: order[place] for place, label in enumerate(free)}
        forms[order] = frozen(relabelled(table, poly, names))
    least = min(forms.values())
    best = [order for order, form in forms.items() if form == least]
    chosen = [best[0].index(axis) for axis in range(len(free))]
    dims = tuple(_dim(table, poly, free[place]) for place in chosen)
    atom = Atom(kind, (*name, least), dims, _symmetries(best), nonnegative)
    return (table.number(atom), tuple(free[place] for place in chosen), exponent)


def placed_function(table: Table, function: str, order: int, poly: Poly) -> Poly:
    """A function that is not taken apart as a sum."""
    return settle(table, Term((placed(table, "function", (function, order), poly),), {}))


def base_factor(table: Table, poly: Poly, exponent: Exponent = FIRST) -> Factor:
    """A power of a sum as a factor."""
    return placed(table, "base", (), poly, exponent, nonnegative=is_sum_nonnegative(table, poly))


def _symmetries(best: list[Labels]) -> tuple[Labels, ...]:
    """The orders of the chosen axes that lead to the same form: one order taken back, another one taken."""
    first = best[0]
    back = [first.index(axis) for axis in range(len(first))]
    return tuple(tuple(other[back[axis]] for axis in range(len(first))) for other in best[1:])


def _dim(table: Table, poly: Poly, label: int) -> int | str:
    return next(dim_of(table, monomial, label) for monomial in poly if label in labels_of(monomial))


def argument(table: Table, factor: Factor) -> Poly:
    """What a pointwise factor is a function of, with the factor's labels."""
    atom, labels, _ = factor
    poly = table.atoms[atom].payload[-1]
    return relabelled(table, dict(poly), dict(enumerate(labels)))


def made_again(table: Table, term: Term, place: int, make: Callable[[Poly], Poly]) -> Poly | None:
    """A pointwise factor with a label that stands twice is a function of fewer axes."""
    factor = term.factors[place]
    if len(set(factor[1])) == len(factor[1]):
        return None
    return spread(table, term.without(place), make(argument(table, factor)))


def is_sum_nonnegative(table: Table, poly: Poly) -> bool:
    """Whether every term of a sum is at least 0 wherever it is defined."""
    return all(value > 0 and is_nonnegative(table, monomial) for monomial, value in poly.items())
