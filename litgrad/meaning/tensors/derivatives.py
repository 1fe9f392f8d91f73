"""Derivatives of and by vectors, matrices and their entries: Leibniz's fractions and nablas."""

from dataclasses import replace
from typing import TYPE_CHECKING

from litgrad.latex.tree import Fraction, Grouped, Juxtaposed, Letter, Node, Number, Product, Scripted, walk
from litgrad.meaning.names import differential_sign, is_bracketed, is_transpose
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import letter_of, reference
from litgrad.meaning.tensors.references import referenced
from litgrad.meaning.tensors.values import Value, order
from litgrad.meaning.terms import NoMeaning
from litgrad.records import dataclass
from litgrad.tensors.build import einsum, number, reciprocal, scale
from litgrad.tensors.expr import Derivative, Tensor, Variable, variables

if TYPE_CHECKING:
    from litgrad.meaning.tensors.read import Reader

NABLA = r"\nabla"


@dataclass(frozen=True, slots=True)
class Wrt:
    """What a derivative is taken by."""

    variable: Variable
    form: Form
    indices: tuple[str, ...] = ()
    """The letters that pick its first axes."""


def leibniz(reader: "Reader", node: Node) -> Value:
    """`\\frac{\\partial L}{\\partial W}`, `\\frac{\\partial a_j}{\\partial z_i}`."""
    operand = _operand(_halves(node)[0])
    if operand is None:
        raise NoMeaning(node.span, "a derivative of nothing")
    return _taken(reader, operand, node)


def is_operator(node: Node) -> bool:
    """`\\frac{\\partial}{\\partial x}`, which applies to what follows."""
    return _operand(_halves(node)[0]) is None


def applied(reader: "Reader", node: Node, rest: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
    """`\\frac{\\partial}{\\partial x}` with its operand: a bracket, else all that follows in the product."""
    operand, after = _reach(reader, node, rest)
    return _taken(reader, operand, node), after


def _reach(reader: "Reader", node: Node, rest: tuple[Node, ...]) -> tuple[Node, tuple[Node, ...]]:
    if not rest:
        raise NoMeaning(node.span, "a derivative of nothing")
    count = 1 if is_bracketed(rest[0]) else len(rest)
    if count < len(rest):
        reader.doubt("the derivative may reach beyond the bracket")
    operand = rest[0] if count == 1 else Juxtaposed(rest[0].span | rest[-1].span, rest[:count])
    return operand, rest[count:]


def _halves(node: Node) -> tuple[Node, Node]:
    if isinstance(node, Fraction):
        return node.numerator, node.denominator
    assert isinstance(node, Product)
    return node.factors[0], node.factors[1]


def _operand(above: Node) -> Node | None:
    if not isinstance(above, Juxtaposed):
        return None
    rest = above.factors[1:]
    return rest[0] if len(rest) == 1 else Juxtaposed(rest[0].span | rest[-1].span, rest)


def _taken(reader: "Reader", operand: Node, node: Node) -> Value:
    above, below = _halves(node)
    by = _variables(reader, below)
    if _order(above) == 1 and len(by) == 2 and by[0] == by[1] and not by[0].variable.shape:
        return _by_square(reader, operand, by[0], node)
    if _order(above) != len(by):
        raise NoMeaning(node.span, "a derivative whose orders above and below differ")
    value = reader.value(operand)
    for place, one in enumerate(by):
        value = derivative(reader, value, one, node, second=place > 0)
    return value


def _by_square(reader: "Reader", operand: Node, one: Wrt, node: Node) -> Value:
    """`\\frac{\\partial \\ell}{\\partial \\sigma^2}`: the derivative by the number over `2 \\sigma`."""
    if one.variable.name not in reader.world.scope.variances:
        reader.doubt(f"the derivative by `{one.variable.name}^2` may be meant as a second one")
    value = derivative(reader, reader.value(operand), one, node)
    return replace(value, tensor=scale(reciprocal(scale(number(2), one.variable)), value.tensor))


def _order(above: Node) -> int:
    head = above.factors[0] if isinstance(above, Juxtaposed) else above
    sup = head.sup if isinstance(head, Scripted) else None
    return int(sup.text) if isinstance(sup, Number) and sup.text in ("1", "2") else 1


def _variables(reader: "Reader", below: Node) -> list[Wrt]:
    """`\\partial W`, `\\partial x \\partial x^T`, `\\partial x^2`."""
    if not isinstance(below, Juxtaposed):
        raise NoMeaning(below.span, "a derivative by nothing")
    found: list[Wrt] = []
    names = [factor for factor in below.factors if differential_sign(factor) is None]
    if len(names) * 2 != len(below.factors):
        raise NoMeaning(below.span, "a derivative by something that is not a single name")
    for name in names:
        squared = isinstance(name, Scripted) and isinstance(name.sup, Number) and name.sup.text == "2"
        plain = _without_power(name) if squared else name
        found += [by(reader, plain)] * (2 if squared else 1)
    return found


def _without_power(node: Node) -> Node:
    assert isinstance(node, Scripted)
    return node.base if node.sub is None else Scripted(node.span, node.base, node.sub, None)


def by(reader: "Reader", node: Node) -> Wrt:
    """The variable of a derivative; raises NoMeaning where it is no name."""
    if isinstance(node, Grouped):
        return by(reader, node.body)
    if isinstance(node, Scripted) and is_transpose(node):
        inner = by(reader, node.base if node.sub is None else Scripted(node.span, node.base, node.sub, None))
        turned = {Form.COLUMN: Form.ROW, Form.ROW: Form.COLUMN}.get(inner.form)
        if turned is None or inner.indices:
            raise NoMeaning(node.span, "a derivative by a transpose")
        return Wrt(inner.variable, turned)
    name = reference(node, reader.world.letters)
    if name is None or (name.base in reader.world.letters and not name.indices):
        raise NoMeaning(node.span, "a derivative by something that is not a single name")
    value = referenced(reader, name, node)
    found = variables(value.tensor)
    if len(found) != 1 or len(set(name.indices)) != len(name.indices):
        raise NoMeaning(node.span, "a derivative by something that is not a single name")
    reader.parts.append((node.span, value))
    return Wrt(found[0], value.form, name.indices)


def derivative(reader: "Reader", value: Value, by: Wrt, node: Node, *, second: bool = False) -> Value:
    """The derivative of a value, its axes where the layout puts them."""
    letters = tuple(sorted({*value.letters, *by.indices}))
    shift = len(letters)
    own = tuple(range(shift, shift + order(value.form)))
    new = tuple(range(shift + len(own), shift + len(own) + order(by.form)))
    for letter, length in zip(by.indices, by.variable.shape, strict=False):
        reader.same(length, reader.length(letter))
    for letter in value.letters:
        reader.same(value.length(letter), reader.length(letter))
    labels = (*(letters.index(one) for one in value.letters), *own)
    labels += (*(letters.index(one) for one in by.indices), *new)
    output, form = _arranged(reader, value.form, by.form, own, new, node, second=second)
    tensor: Tensor = Derivative(value.tensor, by.variable)
    return Value(einsum([(tensor, labels)], (*range(shift), *output)), form, letters)


def _arranged(
    reader: "Reader",
    value: Form,
    by: Form,
    own: tuple[int, ...],
    new: tuple[int, ...],
    node: Node,
    *,
    second: bool,
) -> tuple[tuple[int, ...], Form]:
    """The order of the axes, and the form they make."""
    row, turned = reader.layout.gradient_is_row, reader.layout.jacobian_is_transposed
    match value, by:
        case Form.SCALAR, Form.SCALAR:
            return (), Form.SCALAR
        case Form.SCALAR, Form.COLUMN | Form.ROW:
            as_row = (by is Form.ROW) != row
            return new, Form.ROW if as_row else Form.COLUMN
        case Form.SCALAR, Form.MATRIX:
            return (new[::-1] if row else new), Form.MATRIX
        case Form.COLUMN | Form.ROW, Form.SCALAR:
            as_row = (value is Form.ROW) != turned
            return own, Form.ROW if as_row else Form.COLUMN
        case Form.MATRIX, Form.SCALAR:
            return own, Form.MATRIX
        case Form.COLUMN, Form.COLUMN | Form.ROW:
            swapped = turned and by is Form.COLUMN and not second
            return ((*new, *own) if swapped else (*own, *new)), Form.MATRIX
        case Form.ROW, Form.COLUMN:
            return (*new, *own), Form.MATRIX
    raise NoMeaning(node.span, "a derivative with more than two axes")


# -------------------------------- nablas --------------------------------


def is_nabla(node: Node) -> bool:
    """`\\nabla`, `\\nabla_x`, `\\nabla^2`, `\\nabla_x^2`."""
    base = node.base if isinstance(node, Scripted) else node
    return isinstance(base, Letter) and base.name == NABLA


def nabla(reader: "Reader", head: Node, rest: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
    """The gradient, or the Hessian, of what follows."""
    operand, after = _nabla_reach(reader, head, rest)
    value = reader.value(operand)
    if value.form is not Form.SCALAR:
        raise NoMeaning(head.span, "a nabla on something that is no scalar")
    variable = _nabla_variable(reader, head, operand)
    result = _gradient(reader, value, variable)
    if isinstance(head, Scripted) and head.sup is not None:
        if not (isinstance(head.sup, Number) and head.sup.text == "2") or result.form is not Form.COLUMN:
            raise NoMeaning(head.span, "a nabla with this superscript")
        result = derivative(reader, result, variable, head, second=True)
    return result, after


def _gradient(reader: "Reader", value: Value, variable: Wrt) -> Value:
    """The derivative by a variable, in the form of the variable in any layout."""
    letters = tuple(sorted({*value.letters, *variable.indices}))
    own = tuple(range(len(letters), len(letters) + order(variable.form)))
    labels = (*(letters.index(one) for one in (*value.letters, *variable.indices)), *own)
    for letter, length in zip(variable.indices, variable.variable.shape, strict=False):
        reader.same(length, reader.length(letter))
    tensor = einsum([(Derivative(value.tensor, variable.variable), labels)], (*range(len(letters)), *own))
    return Value(tensor, variable.form, letters)


def _nabla_reach(reader: "Reader", head: Node, rest: tuple[Node, ...]) -> tuple[Node, tuple[Node, ...]]:
    """`\\nabla f(x)` takes the call, `\\nabla (..)` the bracket, else all that follows."""
    if len(rest) >= 2 and is_bracketed(rest[1]) and reference(rest[0], reader.world.letters) is not None:
        whole = Juxtaposed(rest[0].span | rest[1].span, rest[:2])
        return whole, rest[2:]
    return _reach(reader, head, rest)


def _nabla_variable(reader: "Reader", head: Node, operand: Node) -> Wrt:
    """The subscript; without one, the only argument of the function behind the nabla."""
    if isinstance(head, Scripted) and head.sub is not None:
        return by(reader, head.sub)
    match operand:
        case Juxtaposed(factors=(_, Grouped(body=argument))):
            return by(reader, argument)
    name = reference(operand, reader.world.letters)
    body = reader.world.functions.get(name.base) if name is not None else None
    if body is not None and len(body.parameters) == 1:
        form = reader.world.form(body.parameters[0])
        held = reference(Letter(operand.span, body.parameters[0]), frozenset())
        assert held is not None
        shape = reader.world.shape(held, form)
        return Wrt(Variable(body.parameters[0], shape), form)
    usual = sorted({one.name for one in variables(_tried(reader, operand)) if letter_of(one.name) in _VARIED})
    if len(usual) == 1:
        held = by(reader, _named(operand, usual[0]))
        if held.form is Form.COLUMN:
            reader.doubt(f"that the nabla is by `{usual[0]}` is only usual")
            return held
    raise NoMeaning(head.span, "a nabla that does not say by which variable")


_VARIED = frozenset(["x", "w", r"\theta", r"\beta"])
"""What a gradient is by, where nothing tells."""


def _tried(reader: "Reader", operand: Node) -> Tensor:
    return reader.value(operand).tensor


def _named(operand: Node, name: str) -> Node:
    """The place in a formula where a name stands."""
    found = (node for node in walk(operand) if (held := reference(node, frozenset())) and held.base == name)
    return next(found, operand)
