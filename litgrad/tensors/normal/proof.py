"""Proofs that two tensors are equal for every size of every letter."""

from collections.abc import Collection, Mapping

from litgrad.tensors.expr import Determinant, Dim, Elementwise, Inverse, Sum, Tensor, Variable, topological
from litgrad.tensors.normal.atoms import BOUND, FIRST, Factor, Monomial, Poly, Table, Unproved
from litgrad.tensors.normal.chains import square_chain
from litgrad.tensors.normal.content import content
from litgrad.tensors.normal.labels import renamed
from litgrad.tensors.normal.monomials import opened, settle
from litgrad.tensors.normal.polynomials import multiplied, relabelled, subtracted
from litgrad.tensors.normal.reading import normal
from litgrad.tensors.normal.terms import Term, accumulate

ROUNDS = 6
APART = -(1 << 40)
"""Labels that were summed are named from here down once they are axes."""


def equal(left: Tensor, right: Tensor, positive: Collection[str] = ()) -> bool:
    """Whether two tensors are proved to be equal wherever both are defined, at all sizes.

    `positive` names variables whose entries are all more than 0. False says that no proof was found,
    not that they differ.

    >>> from litgrad.tensors.build import matmul, transpose
    >>> from litgrad.tensors.expr import Variable
    >>> a, b = Variable("A", ("m", "n")), Variable("B", ("n", "k"))
    >>> equal(transpose(matmul(a, b)), matmul(transpose(b), transpose(a)))
    True
    """
    if left == right:
        return True
    if left.shape != right.shape:
        return False
    ways = (True, False) if _has_products_inside(left, right) else (False,)
    return any(_proved(Table(frozenset(positive), as_written), left, right) for as_written in ways)


def _has_products_inside(*sides: Tensor) -> bool:
    """Whether an inverse or a determinant is taken of a product of sums."""
    matrices = (node.matrix for node in topological(*sides) if isinstance(node, (Inverse, Determinant)))
    chains = (square_chain(matrix) for matrix in matrices)
    return any(isinstance(link, Sum) for chain in chains if chain for link, _ in chain[1])


def _proved(table: Table, left: Tensor, right: Tensor) -> bool:
    try:
        first, second = normal(table, left, right)
        return vanishes(table, subtracted(first, second))
    except (Unproved, RecursionError):
        return False


def under_logarithms(*sides: Tensor) -> frozenset[str]:
    """The scalars whose logarithm is taken somewhere: they are positive wherever the sides are defined.

    >>> from litgrad.tensors.expr import Variable
    >>> sorted(under_logarithms(Elementwise("log", Variable("s"))))
    ['s']
    """
    arguments = (
        node.argument
        for node in topological(*sides)
        if isinstance(node, Elementwise) and node.function == "log"
    )
    return frozenset(one.name for one in arguments if isinstance(one, Variable) and not one.shape)


def differ_in_a_term(left: Tensor, right: Tensor) -> bool:
    """Whether some product stands in both sums, with two factors: the `x y` of `2 x y` and `-2 x y`.

    False says nothing where the sides have no normal form.
    """
    table = Table(frozenset())
    try:
        first, second = normal(table, left, right)
    except (Unproved, RecursionError):
        return False
    return any(value != second.get(monomial, value) for monomial, value in first.items())


def vanishes(table: Table, difference: Poly, *, look_inside: bool = True) -> bool:
    """Whether a sum is 0: denominators and inverses are multiplied out in turn."""
    for _ in range(ROUNDS):
        _, factors, rest = content(table, difference, whole=True)
        if not rest:
            return True
        cleared = _without_an_inverse(table, rest)
        if cleared is None and not factors:
            return look_inside and (_vanishes_inside(table, rest) or _vanishes_beside(table, rest))
        difference = rest if cleared is None else cleared
    return not difference


def _vanishes_inside(table: Table, poly: Poly) -> bool:
    """Whether a sum over labels is 0 because what is summed is: terms over the same labels together."""
    groups: dict[tuple, Poly] = {}
    free = _free_label(table, poly)
    for monomial, value in poly.items():
        factors, summed = unfolded(table, monomial)
        if not summed:
            return False
        lengths = sorted(summed, key=lambda label: (str(summed[label]), -label))
        names = {label: free - place for place, label in enumerate(lengths)}
        inside = Term(tuple(renamed(table, factors, names)), {})
        group = groups.setdefault(tuple(str(summed[label]) for label in lengths), {})
        accumulate(group, settle(table, inside), value)
    return all(vanishes(table, group, look_inside=False) for group in groups.values())


def _vanishes_beside(table: Table, poly: Poly) -> bool:
    """Whether a sum is 0 because all its terms are of one vector and what it is multiplied by is 0."""
    terms = [(*unfolded(table, monomial), value) for monomial, value in poly.items()]
    free = _free_label(table, poly)
    shared = [{f[0] for f in factors if _is_met(f, factors, summed)} for factors, summed, _ in terms]
    for number in sorted(set.intersection(*shared)) if shared else ():
        rest: Poly = {}
        for factors, summed, value in terms:
            vector = next(factor for factor in factors if factor[0] == number)
            label = vector[1][0]
            others = tuple(renamed(table, [f for f in factors if f is not vector], {label: free}))
            left = {one: dim for one, dim in summed.items() if one != label}
            accumulate(rest, settle(table, Term(others, left)), value)
        if vanishes(table, rest):
            return True
    return False


def _is_met(factor: Factor, factors: tuple[Factor, ...], summed: Mapping[int, Dim]) -> bool:
    """Whether a factor is a vector that stands once in a product and whose axis is summed over."""
    once = sum(other[0] == factor[0] for other in factors) == 1
    return once and factor[2] == FIRST and len(factor[1]) == 1 and factor[1][0] in summed


def _free_label(table: Table, poly: Poly) -> int:
    """A label for an axis, below which there is none in a sum."""
    used = (label for monomial in poly for factor in unfolded(table, monomial)[0] for label in factor[1])
    return min([APART, *(label - 1 for label in used)])


def unfolded(table: Table, monomial: Monomial) -> tuple[tuple[Factor, ...], dict[int, Dim]]:
    """The factors of a product with those of its closed parts, and the labels that are summed."""
    factors, summed = opened(table, monomial)
    result: list[Factor] = []
    for factor in factors:
        atom = table.atoms[factor[0]]
        if atom.kind != "closed" or factor[2] != FIRST:
            result.append(factor)
            continue
        inner, more = opened(table, atom.payload)
        result.extend(inner)
        summed |= more
    return tuple(result), summed


def _without_an_inverse(table: Table, poly: Poly) -> Poly | None:
    """A sum times a matrix whose inverse stands at one of its axes; None where none does."""
    inverses = {(f[0], f[1]) for m in poly for f in m if table.atoms[f[0]].kind == "inverse"}
    for number, labels in sorted(inverses, key=lambda one: (-_length(table, one[0]), one)):
        for axis in (0, 1):
            if labels[axis] < BOUND:
                return _times_matrix(table, poly, number, labels[axis], axis)
    return None


def _length(table: Table, number: int) -> int:
    """How many factors the matrix has that an atom is the inverse of."""
    return sum(len(monomial) for monomial in dict(table.atoms[number].payload))


def _times_matrix(table: Table, poly: Poly, number: int, label: int, axis: int) -> Poly:
    """A sum times the matrix that an atom is the inverse of, from the side of one axis."""
    matrix = dict(table.atoms[number].payload)
    middle = table.fresh()
    dim = table.atoms[number].dims[0]
    moved = relabelled(table, matrix, {axis: label, 1 - axis: middle})
    return multiplied(table, moved, poly, {label: middle}, {middle: dim})
