"""What the notation of a post tells of its names: bold letters, transposes, spaces, norms, indices."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from litgrad.latex.tree import (
    Array,
    Formula,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Operator,
    Product,
    Related,
    Row,
    Scripted,
    Styled,
    Sum,
    Text,
    children,
    walk,
)
from litgrad.latex.unparse import unparse
from litgrad.meaning.names import is_transpose, items_of, primes_of, without_dots, without_primes
from litgrad.meaning.shapes import brackets_of_calls, functions_given, is_space
from litgrad.meaning.tensors.derivatives import is_nabla
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import (
    Reference,
    indices_of,
    is_capital,
    reference,
    tensor_name,
)
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.tensors.expr import Dim, Shape

_NORMS = frozenset([r"\|", r"\lVert", r"\Vert"])
_ENTRYWISE = frozenset([r"\odot", r"\circ", r"\ast"])
_USUAL_INDICES = frozenset("ijk")
_OF_MATRICES = frozenset(["tr", "trace", "det"])
_WORDS = frozenset(["in", "to", "is", "on", "of", "no"])
"""Subscripts that are words."""
_SUMMING = frozenset([r"\sum", r"\prod"])


@dataclass(frozen=True, slots=True)
class Told:
    """One name that the notation tells of."""

    name: str
    form: Form
    shape: Shape | None = None
    sure: bool = True
    indices: int = 0
    """How many indices the name has, whose axes come before the shape."""
    span: Span | None = None
    """Where the shape is declared."""


def sides_of(formulas: Iterable[Formula]) -> Iterator[Node]:
    """Every side of every row."""
    for formula in formulas:
        for row in formula.rows:
            yield from (side for side in row.sides if side is not None)


# -------------------------------- indices --------------------------------


def index_letters(formulas: Iterable[Formula]) -> frozenset[str]:
    """Letters that a sum goes through, and those that stand in the same places of the same names."""
    nodes = [node for side in sides_of(formulas) for node in walk(side)]
    letters = {letter for node in nodes for letter in _bound(node)}
    subscripts = [found for found in map(subscript, nodes) if found is not None]
    letters |= {letter for _, row in subscripts for letter in row if letter in _USUAL_INDICES}
    sizes = {name for node in nodes for name in bounds(node)}
    grown = True
    while grown:
        bases = {base for base, row in subscripts if letters & set(row)}
        more = {letter for base, row in subscripts if base in bases for letter in row} - sizes - letters
        letters |= more
        grown = bool(more)
    return frozenset(letters)


def bound_letters(formulas: Iterable[Formula]) -> set[str]:
    """The letters that some sum or product goes through."""
    return {letter for side in sides_of(formulas) for node in walk(side) for letter in _bound(node)}


def _bound(node: Node) -> Iterator[str]:
    if (
        not isinstance(node, Scripted)
        or not isinstance(node.base, Operator)
        or node.base.name not in _SUMMING
    ):
        return
    sub = node.sub.sides[0] if isinstance(node.sub, Related) else node.sub
    pieces = sub.items if isinstance(sub, Listed) else sub.factors if isinstance(sub, Juxtaposed) else (sub,)
    yield from (piece.name for piece in pieces if isinstance(piece, Letter))


def subscript(node: Node) -> tuple[str, tuple[str, ...]] | None:
    """A name and the letters of its subscript, where nothing but letters stands there."""
    if not isinstance(node, Scripted) or node.sub is None:
        return None
    base = tensor_name(node.base)
    sub = node.sub
    pieces = sub.items if isinstance(sub, Listed) else sub.factors if isinstance(sub, Juxtaposed) else (sub,)
    names = [piece.name for piece in pieces if isinstance(piece, Letter)]
    plain = len(names) == len(pieces) and all(len(name) == 1 and name.islower() for name in names)
    return (base, tuple(names)) if base is not None and plain and "".join(names) not in _WORDS else None


def bounds(node: Node) -> Iterator[str]:
    """The names at the upper ends of sums."""
    if isinstance(node, Scripted) and isinstance(node.base, Operator) and node.base.name in _SUMMING:
        for part in walk(node.sup) if node.sup is not None else ():
            if isinstance(part, (Letter, Scripted)):
                yield unparse(part)


# -------------------------------- forms --------------------------------


def told(formulas: Iterable[Formula], letters: frozenset[str]) -> Iterator[Told]:
    """All that the notation tells, in source order; the first on a name counts."""
    for formula in formulas:
        for row in formula.rows:
            yield from _declared(row, letters)
    heads = functions_given(sides_of(formulas))
    for side in sides_of(formulas):
        arguments = brackets_of_calls(side, heads)
        for node in walk(side):
            if id(node) not in arguments:
                yield from _by_node(node, letters)


def _declared(row: Row, letters: frozenset[str]) -> Iterator[Told]:
    for left, sign, right in zip(row.sides, row.relations, row.sides[1:], strict=False):
        if sign.symbol != r"\in" or left is None or right is None:
            continue
        if unparse(right) == r"\mathbb{R}":
            yield from (Told(name, Form.SCALAR) for item in items_of(left) if (name := tensor_name(item)))
        elif is_space(right):
            shape = _space(right)
            if shape is not None:
                yield from _declared_names(left, right, shape, letters)


def _declared_names(left: Node, space: Node, shape: Shape, letters: frozenset[str]) -> Iterator[Told]:
    """The names before a space; `x_1, \\dots, x_n` are those of a family."""
    items = items_of(left)
    listed = _listed(items)
    if listed is not None:
        family = Reference(listed, ("i",), styled=False).family
        yield Told(family, _form(shape), _without_ones(shape), indices=1)
    for item in items:
        name = reference(item, letters)
        if name is not None:
            count, place = len(name.indices), item.span | space.span
            yield Told(name.family, _form(shape), _without_ones(shape), indices=count, span=place)


def _listed(items: tuple[Node, ...]) -> str | None:
    """The name in `x_1, \\dots, x_n`; None where a list is no such one."""
    named = without_dots(items)
    if len(named) == len(items) or len(named) < 2:
        return None
    first, last = named[0], named[-1]
    if not isinstance(first, Scripted) or not isinstance(last, Scripted):
        return None
    counted = isinstance(first.sub, Number) and first.sup is None and last.sup is None
    base = tensor_name(first.base)
    return base if counted and base is not None and base == tensor_name(last.base) else None


def _space(node: Node) -> Shape | None:
    """`\\mathbb{R}^{m \\times n}` as (m, n)."""
    assert isinstance(node, Scripted)
    sup = node.sup
    pieces = sup.factors if isinstance(sup, Product) else (sup,)
    if isinstance(sup, Product) and any(sign.symbol != r"\times" for sign in sup.signs):
        return None
    sizes = [size for piece in pieces if piece is not None and (size := _size(piece)) is not None]
    return tuple(sizes) if len(sizes) == len(pieces) and 1 <= len(sizes) <= 2 else None


def _size(node: Node) -> Dim | None:
    if isinstance(node, Number):
        return int(node.text) if node.text.isdigit() and int(node.text) > 0 else None
    if isinstance(node, Styled):
        return _size(node.body)
    return unparse(node) if isinstance(node, (Letter, Scripted)) else None


def _form(shape: Shape) -> Form:
    if len(shape) == 1:
        return Form.COLUMN
    if shape[1] == 1:
        return Form.COLUMN
    return Form.ROW if shape[0] == 1 else Form.MATRIX


def _without_ones(shape: Shape) -> Shape:
    return shape if _form(shape) is Form.MATRIX or len(shape) == 1 else tuple(n for n in shape if n != 1)


def _by_node(node: Node, letters: frozenset[str]) -> Iterator[Told]:
    yield from _by_use(node, letters)
    found = reference(node, letters)
    if found is not None and found.styled:
        yield Told(found.family, _usual(found.base))


def _by_use(node: Node, letters: frozenset[str]) -> Iterator[Told]:
    match node:
        case Scripted() if is_transpose(node):
            yield from _vectors(_untransposed(node), letters)
        case Scripted(base=Grouped(body=body), sub=sub) if len(indices_of(sub, letters)) == 2:
            yield from _capitals(body, letters)
        case Scripted() if is_nabla(node) and node.sub is not None:
            yield from _vectors(node.sub, letters)
        case Grouped(open=sign, body=body) if sign.symbol in _NORMS:
            yield from _vectors(body, letters)
        case Product(factors=factors, signs=signs):
            if any(sign.symbol in _ENTRYWISE for sign in signs):
                yield from (one for factor in factors for one in _vectors(factor, letters, unsure=True))
        case Juxtaposed(factors=factors):
            yield from _in_row(factors, letters)


def entrywise_functions(formulas: Iterable[Formula]) -> Iterator[str]:
    """Functions whose values are multiplied entry by entry: the f of `\\delta \\odot f'(z)`."""
    for side in sides_of(formulas):
        for node in walk(side):
            if isinstance(node, Product) and any(sign.symbol in _ENTRYWISE for sign in node.signs):
                for factor in node.factors:
                    head = factor.factors[0] if isinstance(factor, Juxtaposed) else factor
                    name = tensor_name(without_primes(head))
                    if name is not None and isinstance(factor, Juxtaposed):
                        yield name


def _in_row(factors: tuple[Node, ...], letters: frozenset[str]) -> Iterator[Told]:
    """`w^T x`: what stands behind a transpose is a vector or matrix, too; `\\tr A` is of a matrix."""
    for left, right in pairwise(factors):
        if isinstance(left, Scripted) and is_transpose(left):
            yield from _vectors(right, letters)
        word = (
            left.text.lower()
            if isinstance(left, Text)
            else left.name[1:]
            if isinstance(left, Operator)
            else ""
        )
        if word in _OF_MATRICES:
            inner = right.body if isinstance(right, Grouped) else right
            name = reference(inner, letters)
            if name is not None:
                yield Told(name.family, Form.MATRIX)
            else:
                yield from _capitals(inner, letters)


def _capitals(node: Node, letters: frozenset[str]) -> Iterator[Told]:
    """The capitals that are multiplied or added: matrices in `\\operatorname{tr}(ABC)`, `(AB)_{ij}`."""
    match node:
        case Juxtaposed(factors=parts) | Sum(terms=parts) | Product(factors=parts):
            for part in parts:
                yield from _capitals(part, letters)
        case Grouped(body=body):
            yield from _capitals(body, letters)
        case Scripted(base=base) if reference(node, letters) is None:
            yield from _capitals(base, letters)
        case _:
            name = reference(node, letters)
            if name is not None and is_capital(name.base) and name.base != "I":
                yield Told(name.family, Form.MATRIX, sure=False)


def _vectors(node: Node, letters: frozenset[str], *, unsure: bool = False) -> Iterator[Told]:
    """The names that are added in a node, or the name that it is."""
    found = reference(without_primes(node), letters)
    if found is not None and not primes_of(node):
        yield Told(found.family, _usual(found.base), sure=not unsure)
        return
    match node:
        case Grouped(body=body):
            yield from _vectors(body, letters, unsure=unsure)
        case Sum(terms=terms):
            for term in terms:
                if not isinstance(term, Number):
                    yield from _vectors(term, letters, unsure=unsure)
        case Scripted() if is_transpose(node):
            yield from _vectors(_untransposed(node), letters, unsure=unsure)
        case Scripted(base=base, sub=None, sup=Sum(terms=(Number(text="1"),))):
            yield from (one for one in _vectors(base, letters, unsure=unsure) if one.form is Form.MATRIX)


def _untransposed(node: Scripted) -> Node:
    """`w_i` of `w_i^T`."""
    return node.base if node.sub is None else Scripted(node.span, node.base, node.sub, None, node.primes)


def _usual(name: str) -> Form:
    """Capitals are matrices, small letters are vectors."""
    return Form.MATRIX if is_capital(name) else Form.COLUMN


def symmetric(row: Row, letters: frozenset[str]) -> Iterator[str]:
    """The names of `A^T = A`."""
    for left, sign, right in zip(row.sides, row.relations, row.sides[1:], strict=False):
        for one, other in ((left, right), (right, left)):
            if sign.symbol == "=" and isinstance(one, Scripted) and is_transpose(one) and other is not None:
                first, second = reference(_untransposed(one), letters), reference(other, letters)
                if first is not None and first == second and isinstance(one.sup, Letter | Styled):
                    yield first.base


def matrices_written(row: Row) -> Iterator[str]:
    """Names that are given a matrix written out, whose form is not read."""
    for left, right in zip(row.sides, row.sides[1:], strict=False):
        if left is not None and isinstance(_inner(right), Array):
            name = tensor_name(left)
            if name is not None:
                yield name


def _inner(node: Node | None) -> Node | None:
    return node.body if isinstance(node, Grouped) else node


def indexed_vectors(formulas: Iterable[Formula], letters: frozenset[str]) -> Iterator[str]:
    """The names, families among them, that are used as vectors: `x_i^T`, `w^T x_i`, `\\|x_i\\|`."""
    for side in sides_of(formulas):
        for node in walk(side):
            yield from (one.name for one in _by_use(node, letters) if one.sure and one.form is Form.COLUMN)


def references(formulas: Iterable[Formula], letters: frozenset[str]) -> Iterator[Reference]:
    """Every name in the formulas with its indices, the outermost at each place."""
    for side in sides_of(formulas):
        yield from _references(side, letters)


def _references(node: Node, letters: frozenset[str]) -> Iterator[Reference]:
    found = reference(node, letters)
    if found is not None:
        yield found
        return
    if isinstance(node, Scripted) and node.sub is not None and node.sup is not None:
        below = Scripted(node.span, node.base, node.sub, None, node.primes)
        if reference(below, letters) is not None:
            yield from _references(below, letters)
            yield from _references(node.sup, letters)
            return
    for child in children(node):
        yield from _references(child, letters)
