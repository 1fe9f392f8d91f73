"""Values while a formula is read: a tensor, how it stands in a matrix product, and its free indices."""

from litgrad.meaning.tensors.dims import Mismatch, is_unknown
from litgrad.meaning.tensors.model import Form
from litgrad.records import dataclass
from litgrad.tensors.build import add, einsum, transpose
from litgrad.tensors.expr import Dim, Ones, Shape, Tensor

_ORDER = {Form.SCALAR: 0, Form.COLUMN: 1, Form.ROW: 1, Form.MATRIX: 2}


@dataclass(frozen=True, slots=True)
class Value:
    """What a piece of a formula is."""

    tensor: Tensor
    """Its axes: one for each letter, then those of its form."""
    form: Form = Form.SCALAR
    letters: tuple[str, ...] = ()
    """The free indices, sorted."""
    spread: bool = False
    """A number that fits every shape: the 1 of `1 - a` with a vector a."""

    @property
    def shape(self) -> Shape:
        """The lengths of its form's axes."""
        return self.tensor.shape[len(self.letters) :]

    def length(self, letter: str) -> Dim:
        """How far a free index goes."""
        return self.tensor.shape[self.letters.index(letter)]


def shown(value: Value) -> str:
    """The shape of a value in words: `m × n`."""
    sizes = [str(size) if not is_unknown(size) else "?" for size in value.shape]
    return " × ".join(sizes) or "a number"


def order(form: Form) -> int:
    """How many axes a form has."""
    return _ORDER[form]


def axes(value: Value, letters: tuple[str, ...], own: tuple[int, ...]) -> tuple[int, ...]:
    """The labels of a value: the places of its letters among all letters, then its own."""
    return (*(letters.index(letter) for letter in value.letters), *own)


def all_letters(*values: Value) -> tuple[str, ...]:
    """The free indices of several values, sorted."""
    return tuple(sorted({letter for value in values for letter in value.letters}))


def product(left: Value, right: Value) -> Value:
    """The matrix product, or a multiple where one is a scalar.

    Raises Mismatch where the forms do not fit. Lengths must have been made equal before.
    """
    if left.form is Form.SCALAR or right.form is Form.SCALAR:
        return _scaled(left, right)
    rule = _RULES.get((left.form, right.form))
    if rule is None:
        raise Mismatch(f"a product of {_WORDS[left.form]} and {_WORDS[right.form]}")
    first, second, out, form = rule
    return contracted(left, first, right, second, out, form)


def _scaled(left: Value, right: Value) -> Value:
    form = right.form if left.form is Form.SCALAR else left.form
    own = tuple(range(order(form)))
    first = own if left.form is form and form is not Form.SCALAR else ()
    second = own if right.form is form and form is not Form.SCALAR else ()
    return contracted(left, first, right, second, own, form)


def contracted(
    left: Value,
    first: tuple[int, ...],
    right: Value,
    second: tuple[int, ...],
    out: tuple[int, ...],
    form: Form,
) -> Value:
    """A contraction of two values by the labels of their own axes; equal letters go together."""
    letters = all_letters(left, right)
    shift = len(letters)
    factors = [
        (left.tensor, axes(left, letters, tuple(shift + label for label in first))),
        (right.tensor, axes(right, letters, tuple(shift + label for label in second))),
    ]
    output = (*range(shift), *(shift + label for label in out))
    return Value(einsum(factors, output), form, letters)


_RULES = {
    (Form.ROW, Form.COLUMN): ((0,), (0,), (), Form.SCALAR),
    (Form.COLUMN, Form.ROW): ((0,), (1,), (0, 1), Form.MATRIX),
    (Form.MATRIX, Form.COLUMN): ((0, 1), (1,), (0,), Form.COLUMN),
    (Form.ROW, Form.MATRIX): ((0,), (0, 1), (1,), Form.ROW),
    (Form.MATRIX, Form.MATRIX): ((0, 1), (1, 2), (0, 2), Form.MATRIX),
}
"""Which axes of the factors are contracted and which stay."""
JOINED = {
    (Form.ROW, Form.COLUMN): (0, 0),
    (Form.MATRIX, Form.COLUMN): (1, 0),
    (Form.ROW, Form.MATRIX): (0, 0),
    (Form.MATRIX, Form.MATRIX): (1, 0),
}
"""Which axes of two factors must be of one length."""
_WORDS = {Form.SCALAR: "a scalar", Form.COLUMN: "a column", Form.ROW: "a row", Form.MATRIX: "a matrix"}


def entrywise(left: Value, right: Value) -> Value:
    """The product entry by entry of two values of one form."""
    own = tuple(range(order(left.form)))
    return contracted(left, own, right, own, own, left.form)


def summed(*values: Value) -> Value:
    """The sum; a value without one of the letters, or a number beside vectors, fits every entry."""
    letters = all_letters(*values)
    form = next((value.form for value in values if value.form is not Form.SCALAR), Form.SCALAR)
    model = next(value for value in values if value.form is form)
    lengths = {letter: value.length(letter) for value in values for letter in value.letters}
    whole = (*(lengths[letter] for letter in letters), *model.shape)
    terms = [widened(value, letters, whole) for value in values]
    return Value(add(*terms), form, letters)


def widened(value: Value, letters: tuple[str, ...], shape: Shape) -> Tensor:
    """A value with all letters and axes of a shape."""
    own = tuple(range(len(letters), len(letters) + len(value.shape)))
    every = tuple(range(len(shape)))
    if axes(value, letters, own) == every:
        return value.tensor
    return einsum([(value.tensor, axes(value, letters, own)), (Ones(shape), every)], every)


def transposed(value: Value) -> Value:
    """A column as a row, a matrix with its axes swapped."""
    if value.form is Form.MATRIX:
        shift = len(value.letters)
        every = tuple(range(shift + 2))
        swapped = einsum([(value.tensor, every)], (*every[:shift], shift + 1, shift))
        return Value(swapped if shift else transpose(value.tensor), Form.MATRIX, value.letters)
    turned = {Form.COLUMN: Form.ROW, Form.ROW: Form.COLUMN}.get(value.form, value.form)
    return Value(value.tensor, turned, value.letters)


def summed_over(value: Value, letter: str, length: Dim) -> Value:
    """The sum over an index, which need not stand in the value."""
    kept = tuple(one for one in value.letters if one != letter)
    every = tuple(range(len(value.tensor.shape)))
    if letter not in value.letters:
        return Value(
            einsum([(value.tensor, every), (Ones((length,)), (len(every),))], every), value.form, kept
        )
    gone = value.letters.index(letter)
    return Value(einsum([(value.tensor, every)], every[:gone] + every[gone + 1 :]), value.form, kept)
