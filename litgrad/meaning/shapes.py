"""Names that stand for vectors or matrices, by what the post does with them."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from litgrad.latex.tree import (
    Array,
    Formula,
    Grouped,
    Juxtaposed,
    Letter,
    Node,
    Number,
    Operator,
    Product,
    Row,
    Scripted,
    Styled,
    Sum,
    walk,
)
from litgrad.meaning.names import function_head, is_transpose, items_of, name_of

_NORMS = frozenset([r"\|", r"\lVert", r"\Vert"])
_OF_MATRICES = frozenset([r"\det", r"\tr", r"\ker"])


def nonscalars(formulas: Iterable[Formula]) -> frozenset[str]:
    """The names of a post that are no scalars.

    A name is none where it is transposed, inverted and transposed, said to be in a space of several
    dimensions, put between the bars of a norm, under a determinant, or equal to a matrix written out.
    """
    formulas = list(formulas)
    heads = functions_given(side for one in formulas for row in one.rows for side in row.sides if side)
    return frozenset(name for formula in formulas for row in formula.rows for name in _in_row(row, heads))


def functions_given(sides: Iterable[Node]) -> frozenset[str]:
    """The names that stand before their parameters: R of `R(\\theta) = ...`."""
    return frozenset(head[0] for side in sides if (head := function_head(side)) is not None)


def brackets_of_calls(side: Node, heads: frozenset[str]) -> set[int]:
    """The scripted brackets behind some functions: in `R(\\theta)^T` the value is transposed, not theta.

    Gives their identities.
    """
    return {
        id(behind)
        for node in walk(side)
        if isinstance(node, Juxtaposed)
        for head, behind in pairwise(node.factors)
        if isinstance(behind, Scripted) and name_of(head) in heads
    }


def _in_row(row: Row, heads: frozenset[str]) -> Iterator[str]:
    for left, sign, right in zip(row.sides, row.relations, row.sides[1:], strict=False):
        if left is not None and right is not None:
            yield from _related(left, sign.symbol, right)
    for side in row.sides:
        if side is not None:
            skipped = brackets_of_calls(side, heads)
            yield from (name for node in walk(side) if id(node) not in skipped for name in _told_by(node))


def _related(left: Node, sign: str, right: Node) -> Iterator[str]:
    if sign == r"\in" and is_space(right):
        yield from filter(None, map(name_of, items_of(left)))
    elif sign in ("=", ":=") and _is_matrix(right):
        yield from filter(None, [name_of(left)])


def is_space(node: Node) -> bool:
    """`\\mathbb{R}^n`, `\\mathbb{R}^{m \\times n}`; not `\\mathbb{R}^+` and `\\mathbb{R}^1`."""
    if not isinstance(node, Scripted) or node.sup is None or not isinstance(node.base, Styled):
        return False
    if isinstance(node.sup, Letter) and node.sup.name in ("+", "-", "*"):
        return False
    return not (isinstance(node.sup, Number) and node.sup.text == "1")


def _is_matrix(node: Node) -> bool:
    inner = node.body if isinstance(node, Grouped) else node
    return isinstance(inner, Array) and ("matrix" in inner.environment or inner.environment == "array")


def _told_by(node: Node) -> Iterator[str]:
    match node:
        case Scripted() if is_transpose(node):
            yield from _terms(node.base)
        case Grouped(open=sign, body=body) if sign.symbol in _NORMS:
            yield from _terms(body)
        case Juxtaposed(factors=(Operator(name=name), first, *_)) if name in _OF_MATRICES:
            yield from _terms(first)


def _terms(node: Node) -> Iterator[str]:
    """The names that are added or multiplied in a node, itself if it is one."""
    name = name_of(node)
    if name is not None:
        yield name
    match node:
        case Grouped(body=body):
            yield from _terms(body)
        case Juxtaposed(factors=(Letter(name=number), Letter(name="I"))) if not number[-1].isupper():
            yield "I"  # the lambda of `A - \\lambda I` is a number
        case Sum(terms=parts) | Juxtaposed(factors=parts) | Product(factors=parts) if name is None:
            yield from (found for part in parts if not isinstance(part, Number) for found in _terms(part))
