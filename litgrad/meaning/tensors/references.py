"""A name in a formula: a whole vector or matrix, one entry of it, or one of a family."""

from typing import TYPE_CHECKING

from litgrad.latex.tree import Grouped, Node, Scripted
from litgrad.latex.unparse import unparse
from litgrad.meaning.tensors import powers
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import Reference, indices_of, letter_of
from litgrad.meaning.tensors.values import Value, order
from litgrad.meaning.terms import NoMeaning
from litgrad.tensors.build import einsum
from litgrad.tensors.expr import Identity, Ones, Shape, Tensor, Variable

if TYPE_CHECKING:
    from litgrad.meaning.tensors.read import Reader

DELTA = r"\delta"


def referenced(reader: "Reader", name: Reference, node: Node) -> Value:
    """The value of a name."""
    if name.base in reader.given and not name.indices:
        return reader.given[name.base]
    constant = reader.constant(name.base) if not name.indices else None
    if constant is not None:
        return constant
    if name.base in reader.world.sizes and not name.indices and name.base not in reader.world.forms:
        return Value(einsum([(Ones((name.base,)), (0,))], ()))
    if name.base in reader.world.letters and not name.indices:
        raise NoMeaning(node.span, f"the index `{name.base}` as a number")
    if name.base == DELTA and len(name.indices) == 2 and DELTA not in reader.world.bare:
        return _kronecker(reader, name)
    if name.base in reader.given:
        return picked(reader, reader.given[name.base], name.indices, node)
    if not name.indices:
        return _whole(reader, name)
    return _with_indices(reader, name, node)


def _whole(reader: "Reader", name: Reference) -> Value:
    world = reader.world
    if name.base in world.functions and not world.forms.get(name.base):
        if name.base in reader.inside:
            raise NoMeaning(reader.place, f"`{name.base}` is defined by itself")
        reader.inside.append(name.base)
        try:
            return reader.value(world.functions[name.base].value)
        finally:
            reader.inside.pop()
    form = world.form(name.base)
    if name.base in world.likely:
        reader.doubt(f"that `{name.base}` is a {form.value} is only usual")
    whole = variable(reader, name.base, world.shape(name, form))
    implied = world.implied.get(name.base)
    return Value(whole, form) if implied is None else _labelled(reader, whole, implied, form)


def _with_indices(reader: "Reader", name: Reference, node: Node) -> Value:
    """One entry of a vector or matrix of the post, else one of a family."""
    whole = whole_of(reader, name)
    member = _entry_of_member(reader, name) if whole != name.base else None
    if member is not None:
        return member
    if whole is not None:
        held = _whole(reader, Reference(whole, (), name.styled))
        return picked(reader, held, name.indices, node)
    form = reader.world.form(name.family)
    key = Reference(name.base, name.indices, name.styled)
    shape = reader.world.shape(key, form)
    called = name.base if name.base not in reader.world.bare else name.family
    held = Value(variable(reader, called, shape), form)
    return _labelled(reader, held.tensor, name.indices, form)


def _entry_of_member(reader: "Reader", name: Reference) -> Value | None:
    """`x_j^{(i)}` and `x_{ij}` where each `x^{(i)}`, or `\\mathbf{x}_i`, is a vector."""
    world = reader.world
    taken = name.family in world.forms or (name.base in world.bare and not name.above)
    if len(name.indices) != 2 or taken:
        return None
    bold = [rf"{style}{{{name.base}}}" for style in (r"\mathbf", r"\boldsymbol", r"\bm", r"\vec")]
    for base in (name.base, *bold):
        whole = Reference(base, name.indices[:1], name.styled)
        if world.forms.get(whole.family) is Form.COLUMN:
            shape = world.shape(whole, Form.COLUMN)
            called = base if base not in world.bare else whole.family
            return _labelled(reader, variable(reader, called, shape), name.indices, Form.SCALAR)
    return None


def whole_of(reader: "Reader", name: Reference) -> str | None:
    """The vector or matrix whose entries are written with these indices: x for `x_i`, W for `w_{ij}`."""
    world = reader.world
    if name.styled and order(world.forms.get(name.base, Form.SCALAR)) != len(name.indices):
        return None
    if name.above or name.family in world.used_as_vectors:
        return None
    names = [name.base, *_siblings(reader, name)]
    for one in names:
        form = world.forms.get(one)
        if form is not None and form is not Form.SCALAR and order(form) == len(name.indices):
            return one if one in world.bare else None
    return None


def _siblings(reader: "Reader", name: Reference) -> list[str]:
    """Bold names of the same letter, and the capital of a letter with two indices."""
    letter = letter_of(name.base)
    wanted = {letter, letter.upper()} if len(name.indices) == 2 else {letter}
    if letter == name.base:
        return sorted(
            one
            for one in reader.world.bare
            if one != name.base and letter_of(one) in wanted and _is_plain(one)
        )
    return [one for one in sorted(reader.world.bare) if one != name.base and _undressed(one) == name.base]


def _is_plain(name: str) -> bool:
    """A letter alone, bold or not."""
    return not any(mark in name for mark in "_^'") and (len(name) == 1 or _undressed(name) == letter_of(name))


def _undressed(name: str) -> str:
    r"""`x` of `\mathbf{x}`, `\hat{y}` of `\hat{\mathbf{y}}`."""
    for style in (r"\mathbf", r"\boldsymbol", r"\bm", r"\vec", r"\pmb", r"\bf"):
        start = name.find(style + "{")
        if start >= 0:
            end = name.find("}", start)
            return name[:start] + name[start + len(style) + 1 : end] + name[end + 1 :]
    return name


def picked(reader: "Reader", held: Value, indices: tuple[str, ...], node: Node) -> Value:
    """The entry of a value at some indices."""
    if len(indices) != order(held.form) or held.letters:
        raise NoMeaning(node.span, f"{len(indices)} indices on a {held.form.value}")
    return _labelled(reader, held.tensor, indices, Form.SCALAR)


def _labelled(reader: "Reader", tensor: Tensor, indices: tuple[str, ...], form: Form) -> Value:
    """A tensor whose first axes are told by letters; a letter that stands twice takes the diagonal."""
    for letter, length in zip(indices, tensor.shape, strict=False):
        reader.same(length, reader.length(letter))
    letters = tuple(sorted(set(indices)))
    own = tuple(range(len(letters), len(letters) + order(form)))
    labels = (*(letters.index(letter) for letter in indices), *own)
    output = (*range(len(letters)), *own)
    return Value(einsum([(tensor, labels)], output), form, letters)


def _kronecker(reader: "Reader", name: Reference) -> Value:
    first, second = name.indices
    reader.same(reader.length(first), reader.length(second))
    return _labelled(reader, Identity(reader.length(first)), name.indices, Form.SCALAR)


def variable(reader: "Reader", name: str, shape: Shape) -> Variable:
    """The variable of a name."""
    square = len(shape) == 2 and shape[0] == shape[1]
    return Variable(name, shape, square and name in reader.world.symmetric)


def entry(reader: "Reader", node: Scripted) -> Value:
    """`(W x)_i`, `\\frac{\\partial L}{\\partial x}_i`; a power of a name with indices."""
    plain = Scripted(node.span, node.base, node.sub, None)
    if node.sup is not None:
        return powers.power_of(reader, Scripted(node.span, plain, None, node.sup))
    indices = indices_of(node.sub, reader.world.letters)
    if not indices or not isinstance(node.base, Grouped):
        raise NoMeaning(node.span, f"the subscript in `{unparse(node)}`")
    return picked(reader, reader.value(node.base), indices, node)
