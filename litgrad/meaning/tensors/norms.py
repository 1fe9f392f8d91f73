"""Brackets, bars and norms."""

from fractions import Fraction
from typing import TYPE_CHECKING

from litgrad.latex.tree import Empty, Grouped, Listed, Node, Number, Related, Scripted, Text
from litgrad.latex.unparse import unparse
from litgrad.meaning.names import items_of
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.values import Value, order
from litgrad.meaning.terms import NoMeaning
from litgrad.tensors.build import einsum, hadamard, number, power
from litgrad.tensors.expr import Determinant, Elementwise

if TYPE_CHECKING:
    from litgrad.meaning.tensors.read import Reader

_NORMS = frozenset([r"\|", r"\lVert", r"\Vert"])
_BARS = frozenset(["|", r"\vert", r"\lvert"])
_PLAIN = frozenset(["(", "[", "{", r"\{", r"\lbrace", r"\lbrack", r"\lparen", "."])
_ANGLES = frozenset([r"\langle"])


def is_norm(node: Scripted) -> bool:
    """`\\|x\\|_2^2`: a norm with scripts."""
    return isinstance(node.base, Grouped) and node.base.open.symbol in _NORMS


def norm(reader: "Reader", node: Scripted) -> Value:
    """A norm, its kind below and its power above."""
    assert isinstance(node.base, Grouped)
    inner = reader.value(node.base.body)
    if node.primes:
        raise NoMeaning(node.span, "a prime on a norm")
    if isinstance(node.sup, Number) and node.sup.text == "2" and _is_euclidean(node.sub, inner):
        return _squares(inner)
    plain = _norm(reader, inner, node.sub, node)
    if node.sup is None:
        return plain
    exponent = reader.scalar(node.sup)
    return Value(power(plain.tensor, exponent.tensor), Form.SCALAR, plain.letters)


def _norm(reader: "Reader", inner: Value, kind: Node | None, node: Node) -> Value:
    if inner.form is Form.SCALAR:
        return Value(Elementwise("abs", inner.tensor), Form.SCALAR, inner.letters)
    if _is_euclidean(kind, inner):
        if kind is None and inner.form is Form.MATRIX:
            reader.doubt("the norm of a matrix is taken to be the Frobenius norm")
        squares = _squares(inner)
        return Value(power(squares.tensor, number(Fraction(1, 2))), Form.SCALAR, inner.letters)
    if kind is not None and unparse(kind) == "1" and inner.form is not Form.MATRIX:
        return total(Value(Elementwise("abs", inner.tensor), inner.form, inner.letters))
    raise NoMeaning(node.span, f"the norm `{unparse(node)}`, which litgrad does not judge yet")


def _is_euclidean(kind: Node | None, inner: Value) -> bool:
    """The norm of squares: no kind, 2 of a vector, F of a matrix."""
    if kind is None:
        return True
    written = kind.text if isinstance(kind, Text) else unparse(kind).replace(r"\mathrm{F}", "F")
    return written == "F" or (written == "2" and inner.form is not Form.MATRIX)


def _squares(value: Value) -> Value:
    return total(Value(hadamard(value.tensor, value.tensor), value.form, value.letters))


def total(value: Value) -> Value:
    """The sum of all entries, for each index."""
    every = tuple(range(len(value.tensor.shape)))
    kept = every[: len(every) - order(value.form)]
    return Value(einsum([(value.tensor, every)], kept), Form.SCALAR, value.letters)


def grouped(reader: "Reader", node: Grouped) -> Value:
    """The value of a bracketed piece."""
    symbol = node.open.symbol
    if symbol in _ANGLES:
        return _inner_product(reader, node)
    if isinstance(node.body, (Listed, Related, Empty)):
        raise NoMeaning(node.span, "a list, not a single value")
    if symbol in _NORMS:
        return norm(reader, Scripted(node.span, node, None, None))
    inner = reader.value(node.body)
    if symbol in _BARS:
        return bars(reader, inner, node)
    if symbol in _PLAIN:
        return inner
    raise NoMeaning(node.span, f"the brackets `{symbol}`, which litgrad does not judge with vectors")


def bars(reader: "Reader", inner: Value, node: Node) -> Value:
    """The absolute value of a number, the determinant of a matrix."""
    if inner.form is Form.SCALAR:
        return Value(Elementwise("abs", inner.tensor), Form.SCALAR, inner.letters)
    if inner.form is Form.MATRIX:
        reader.decide(node.span, "the bars hold a determinant", "a matrix stands between them")
        return determinant(reader, inner, node)
    return _norm(reader, inner, None, node)


def determinant(reader: "Reader", inner: Value, node: Node) -> Value:
    """The determinant of a square matrix."""
    if inner.form is not Form.MATRIX or inner.letters:
        raise NoMeaning(node.span, "a determinant of something that is no square matrix")
    reader.same(*inner.shape)
    return Value(Determinant(inner.tensor))


def _inner_product(reader: "Reader", node: Grouped) -> Value:
    items = items_of(node.body)
    if len(items) != 2:
        raise NoMeaning(node.span, "a list, not a single value")
    left, right = map(reader.value, items)
    if left.form is not right.form or left.form is not Form.COLUMN:
        raise NoMeaning(node.span, "a product of two values that are no vectors")
    return reader.inner(left, right, node.span)
