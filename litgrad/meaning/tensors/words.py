"""What a value is, in words: `matrix m × n`, `vector of length d`, `number for each i`."""

from litgrad.meaning.tensors.dims import is_unknown
from litgrad.meaning.tensors.model import Form, Tensors, TensorTerm
from litgrad.meaning.tensors.values import order
from litgrad.tensors.expr import Dim, Shape

_ONE = {Form.SCALAR: "number", Form.COLUMN: "vector", Form.ROW: "row", Form.MATRIX: "matrix"}
_MANY = {Form.SCALAR: "numbers", Form.COLUMN: "vectors", Form.ROW: "rows", Form.MATRIX: "matrices"}


def kind_of(name: str, tensors: Tensors) -> str | None:
    """What a name of the post stands for; None where nothing is known of it.

    A name that has indices and a form of its own is one of many: `n vectors of length d`.
    """
    families = (f"{name}_{{{'ijkl'[:count]}}}" for count in range(1, 5))
    found = next((one for one in (name, *families) if one in tensors.forms), None)
    return None if found is None else described(tensors.forms[found], tensors.shapes.get(found, ()))


def described(form: Form, shape: Shape) -> str:
    """A form with the lengths of its axes; axes in front of them are those of indices.

    >>> described(Form.MATRIX, ("m", "n")), described(Form.COLUMN, ("n", "d"))
    ('matrix m × n', 'n vectors of length d')
    """
    own = order(form)
    before, lengths = shape[: len(shape) - own], shape[len(shape) - own :]
    if any(map(is_unknown, before)):
        return f"many {_MANY[form]}{_sized(form, lengths)}"
    word = f"{' × '.join(map(str, before))} {_MANY[form]}" if before else _ONE[form]
    return f"{word}{_sized(form, lengths)}"


def described_term(term: TensorTerm) -> str:
    """What one side of a formula is, for each value of its free indices."""
    own = term.tensor.shape[len(term.letters) :]
    each = f" for each {' and '.join(term.letters)}" if term.letters else ""
    return f"{described(term.form, own)}{each}"


def _sized(form: Form, lengths: Shape) -> str:
    if not lengths or all(map(is_unknown, lengths)):
        return ""
    return f" {' × '.join(map(_size, lengths))}" if form is Form.MATRIX else f" of length {lengths[0]}"


def _size(dim: Dim) -> str:
    return "?" if is_unknown(dim) else str(dim)
