"""Superscripts: transposes, inverses, powers of numbers, of entries and of matrices."""

from typing import TYPE_CHECKING

from litgrad.latex.tree import Grouped, Juxtaposed, Letter, Node, Scripted, Sum
from litgrad.meaning.names import is_transpose
from litgrad.meaning.tensors import values
from litgrad.meaning.tensors.dims import Mismatch
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.values import Value
from litgrad.meaning.terms import NoMeaning
from litgrad.tensors.build import power
from litgrad.tensors.expr import Elementwise, Inverse, Tensor
from litgrad.tensors.expr import Number as Exact

if TYPE_CHECKING:
    from litgrad.meaning.tensors.read import Reader

_MOST_FACTORS = 6
"""The largest power of a matrix that is written out."""


def as_printed(node: Scripted) -> Node:
    """`{X (Y)}^T` is printed as `X (Y)^T`: braces that are not printed hold nothing together."""
    match node.base:
        case Grouped(open=sign, body=Juxtaposed(factors=(*first, last))) if sign.symbol == "{":
            held = Scripted(last.span | node.span, last, node.sub, node.sup, node.primes)
            return Juxtaposed(node.span, (*first, held))
    return node


def transposed(reader: "Reader", node: Scripted) -> Value:
    """`x^T`, `A^{-T}`, `w_i^T`."""
    base = node.base if node.sub is None else Scripted(node.span, node.base, node.sub, None)
    value = values.transposed(reader.value(base))
    if value.form is Form.SCALAR:
        reader.doubt("a scalar is transposed")
    return inverted(reader, value) if isinstance(node.sup, Sum) else value


def inverted(reader: "Reader", value: Value) -> Value:
    """The inverse of a square matrix."""
    if value.form is not Form.MATRIX:
        raise Mismatch("an inverse of something that is no matrix")
    if value.letters:
        raise Mismatch("the inverse of one of a family of matrices")
    reader.same(*value.shape)
    return Value(Inverse(value.tensor), Form.MATRIX)


def power_of(reader: "Reader", node: Scripted) -> Value:
    """A base to the power of its superscript."""
    assert node.sup is not None
    split = _label_and_mark(node)
    if split is not None:
        return reader.value(split)
    if isinstance(node.base, Letter) and node.base.name == "e" and "e" not in reader.world.scope.defined:
        exponent = reader.value(node.sup)
        if exponent.form is Form.MATRIX and not reader.lifted:
            raise NoMeaning(node.span, "an exponential of a matrix, which litgrad does not judge yet")
        return Value(Elementwise("exp", exponent.tensor), exponent.form, exponent.letters)
    value = reader.value(node.base)
    exponent = reader.value(node.sup)
    if exponent.form is not Form.SCALAR or exponent.letters:
        raise NoMeaning(node.sup.span, "an exponent that is a vector")
    return raised(reader, value, exponent.tensor, node)


def raised(reader: "Reader", value: Value, exponent: Tensor, node: Node) -> Value:
    """A value to a power without axes."""
    if value.form is Form.MATRIX:
        return _matrix_power(reader, value, exponent, node)
    if value.form is not Form.SCALAR:
        reader.doubt("a power of a vector is taken entry by entry")
        reader.decide(node.span, "the power is taken entry by entry", "it is of a vector")
    return Value(power(value.tensor, exponent), value.form, value.letters)


def _matrix_power(reader: "Reader", value: Value, exponent: Tensor, node: Node) -> Value:
    if not isinstance(exponent, Exact) or exponent.value.denominator != 1 or exponent.value == 0:
        raise NoMeaning(node.span, "a power of a matrix that is no whole number")
    base = inverted(reader, value) if exponent.value < 0 else value
    count = abs(int(exponent.value))
    if count > _MOST_FACTORS:
        raise NoMeaning(node.span, f"a power of a matrix beyond {_MOST_FACTORS}")
    result = base
    for _ in range(count - 1):
        result = reader.times(result, base)
    return result


def _label_and_mark(node: Scripted) -> Scripted | None:
    """`W^{(1)T}` and `W^{(l)-1}` as a mark on the name `W^{(1)}`."""
    match node.sup:
        case Juxtaposed(factors=(Grouped() as label, Letter() as mark)):
            outer = Scripted(node.span, Scripted(node.span, node.base, node.sub, label), None, mark)
            return outer if is_transpose(outer) else None
    return None
