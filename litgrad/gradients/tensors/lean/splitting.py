"""A sum of products with a sum as the sum of those with its terms, where no digits are lost."""

from litgrad.gradients.tensors.lean.writing import Writing
from litgrad.gradients.tensors.tidy import Pair
from litgrad.tensors.expr import Einsum, Labels, Ones, Sum, Tensor


def split(writing: Writing, pairs: list[Pair]) -> list[list[Pair]] | None:
    """The factors of a contraction with each term of the first sum among them; None where it stays one.

    No digits are lost where the large term is rounded already, as a multiple is: its rounding errors are
    as large as those of the products.
    """
    largest = max((set(labels) for _, labels in pairs), key=len)
    if any(not set(labels) <= largest for _, labels in pairs):
        return None
    for at, (factor, labels) in enumerate(pairs):
        terms = _terms(writing, factor)
        if terms is not None and len(set(labels)) == len(labels):
            rest = [*pairs[:at], *pairs[at + 1 :]]
            return [[*_along(term, labels), *rest] for term in terms]
    return None


def _along(term: list[Pair], labels: Labels) -> list[Pair]:
    """The factors of a term with the labels of the sum that it is of."""
    return [(f, tuple(labels[axis] for axis in n)) for f, n in term]


def _terms(writing: Writing, node: Tensor) -> list[list[Pair]] | None:
    """The terms of a sum that may be taken one by one."""
    body = writing.body_of(node)
    if not isinstance(body, Sum) or len(body.shape) < 2:
        return None
    order = len(body.shape)
    terms = [_factors(one, order) for one in body.terms]
    cores = [[f for f, n in term if len(n) == order and not isinstance(f, Ones)] for term in terms]
    full = [term for term, core in zip(terms, cores, strict=True) if core]
    if len(full) != 1 or any(len(core) > 1 for core in cores):
        return None
    rounded = any(0 < len(n) < order for f, n in full[0] if not isinstance(f, Ones))
    return terms if rounded or node in writing.splittable else None


def _factors(term: Tensor, order: int) -> list[Pair]:
    if isinstance(term, Einsum):
        return list(zip(term.factors, term.subscripts, strict=True))
    return [(term, tuple(range(order)))]
