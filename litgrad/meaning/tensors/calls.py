"""Pieces side by side: products, and functions with their arguments."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from litgrad.latex.tree import Letter, Listed, Node, Number, Operator, Scripted, Styled, Text
from litgrad.latex.unparse import unparse
from litgrad.meaning.names import (
    bracket_of,
    differential_sign,
    is_bracketed,
    is_leibniz,
    is_transpose,
    items_of,
    primes_of,
    without_primes,
)
from litgrad.meaning.tensors import derivatives, norms, powers, sums, values
from litgrad.meaning.tensors.dims import Again
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import is_capital, reference, tensor_name
from litgrad.meaning.tensors.references import indices_of, picked
from litgrad.meaning.tensors.values import Value
from litgrad.meaning.tensors.world import Undecided
from litgrad.meaning.terms import NoMeaning
from litgrad.tensors.build import einsum, power, reciprocal
from litgrad.tensors.differentiate import derivative
from litgrad.tensors.expr import Elementwise, Identity, Tensor, Unknown, Variable, replaced

if TYPE_CHECKING:
    from litgrad.meaning.tensors.read import Reader

_DEPTH = 8
"""How deep functions of the post may call each other."""
_OPERATORS = {
    r"\exp": "exp", r"\log": "log", r"\ln": "log", r"\sin": "sin", r"\cos": "cos", r"\tan": "tan",
    r"\sinh": "sinh", r"\cosh": "cosh", r"\tanh": "tanh", r"\arctan": "arctan",
}  # fmt: skip
_WORDS = {
    "exp": "exp", "log": "log", "ln": "log", "tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu",
    "sign": "sign", "sgn": "sign", "abs": "abs", "sin": "sin", "cos": "cos",
}  # fmt: skip
MATRIX_FUNCTIONS = frozenset(["exp", "log", "sin", "cos", "sinh", "cosh"])
"""Functions of numbers that are functions of square matrices, too, and not entry by entry."""
_USUALLY_ENTRYWISE = frozenset([r"\sigma", r"\phi", r"\varphi", r"\psi", "f", "g", "h", "a", r"\rho"])
_USUALLY_SCALAR = frozenset(
    ["L", "J", "E", "C", r"\ell", r"\mathcal{L}", r"\mathcal{J}", r"\mathcal{E}", "R", "F"]
)


def juxtaposed(reader: "Reader", factors: tuple[Node, ...]) -> Value:
    """The product of the factors, calls and operators taken together first."""
    result: Value | None = None
    rest = factors
    while rest:
        value, after = _leading(reader, rest)
        taken = rest[: len(rest) - len(after)]
        reader.parts.append((taken[0].span | taken[-1].span, value))
        before = factors[: len(factors) - len(rest)]
        result = value if result is None else reader.multiplied(result, value, before, taken)
        reader.parts.append((factors[0].span | taken[-1].span, result))
        rest = after
    assert result is not None
    return result


def _leading(reader: "Reader", factors: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
    """The value of the first factor with all that it applies to, and the factors left."""
    head, rest = factors[0], factors[1:]
    if sums.is_sum(head):
        return sums.over_index(reader, head, rest), ()
    if derivatives.is_nabla(head):
        return derivatives.nabla(reader, head, rest)
    if is_leibniz(head) and derivatives.is_operator(head):
        return derivatives.applied(reader, head, rest)
    if isinstance(_base(head), Operator):
        return _operator(reader, head, rest)
    if rest and (_is_free_differential(head)):
        raise NoMeaning(head.span, "a differential on its own, which litgrad does not judge yet")
    if rest and _is_expectation(head):
        raise NoMeaning(head.span | rest[0].span, "an expectation, which litgrad does not judge yet")
    word = _word(head)
    if (
        word is not None
        and rest
        and reference(head, reader.world.letters) is not None
        and word.lower() in _NAMED
    ):
        return _named(reader, word, head, rest)
    if rest and is_bracketed(rest[0]) and _is_call(reader, head, rest[0]):
        return _call(reader, head, rest[0]), rest[1:]
    return reader.value(head), rest


def _base(node: Node) -> Node:
    return node.base if isinstance(node, Scripted) else node


def _is_free_differential(head: Node) -> bool:
    upright = isinstance(head, Styled) and differential_sign(head) == "d"
    return upright or (isinstance(head, Letter) and head.name == r"\partial")


def _is_expectation(node: Node) -> bool:
    """`E[..]`, `\\mathbf{E}(..)`, `\\mathbb{E}_{x}`: an E in an alphabet of its own."""
    base = _base(node)
    if isinstance(base, Styled):
        return isinstance(base.body, Letter) and base.body.name == "E"
    return False


def _word(node: Node) -> str | None:
    return node.text if isinstance(node, Text) else None


# -------------------------------- named functions --------------------------------


def _operator(reader: "Reader", head: Node, rest: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
    """`\\log x`, `\\exp(x)`, `\\det A`, `\\max(0, z)` with the argument that follows."""
    operator = _base(head)
    assert isinstance(operator, Operator)
    if operator.name in (r"\det", r"\tr") and rest:
        return _named(reader, operator.name[1:], head, rest)
    if operator.name == r"\max" and rest and is_bracketed(rest[0]) and isinstance(head, Operator):
        return _rectified(reader, rest[0]), rest[1:]
    if operator.name not in _OPERATORS or not rest:
        raise NoMeaning(head.span, f"`{operator.name}`, which litgrad does not judge with vectors")
    argument, after = _argument(reader, rest)
    value = _of_scalars(reader, _OPERATORS[operator.name], argument, head)
    if isinstance(head, Scripted):
        if head.sub is not None or head.sup is None or head.primes:
            raise NoMeaning(head.span, f"the scripts of `{operator.name}`")
        exponent = reader.scalar(head.sup)
        value = Value(power(value.tensor, exponent.tensor), value.form, value.letters)
    return scripted(reader, value, rest[0]), after


def _of_scalars(reader: "Reader", function: str, value: Value, node: Node) -> Value:
    """A function that has another meaning for matrices: `\\exp A` is no exponential of entries."""
    if value.form is Form.MATRIX and not reader.lifted and function in MATRIX_FUNCTIONS:
        raise NoMeaning(node.span, "a function of a matrix, which litgrad does not judge yet")
    return entries(function, value)


def entries(function: str, value: Value) -> Value:
    """A function of every entry."""
    return Value(Elementwise(function, value.tensor), value.form, value.letters)


def _argument(reader: "Reader", rest: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
    """One bracket, a nested function, a sum, or all factors up to a bracket or another function."""
    if is_bracketed(rest[0]):
        return reader.value(bracket_of(rest[0])), rest[1:]
    if isinstance(_base(rest[0]), Operator) or sums.is_sum(rest[0]) or _word(rest[0]) is not None:
        return _leading(reader, rest)
    if len(rest) > 1 and is_bracketed(rest[1]) and _is_call(reader, rest[0], rest[1]):
        return _leading(reader, rest)
    count = 1
    while (
        count < len(rest) and not isinstance(_base(rest[count]), Operator) and not is_bracketed(rest[count])
    ):
        count += 1
    return juxtaposed(reader, rest[:count]), rest[count:]


def scripted(reader: "Reader", value: Value, bracket: Node) -> Value:
    """What the scripts of a bracket do to the call that it ends: `softmax(z)_i`, `f(x)^T`."""
    if not isinstance(bracket, Scripted) or not is_bracketed(bracket):
        return value
    if bracket.primes:
        raise NoMeaning(bracket.span, "a prime behind a bracket")
    if bracket.sub is not None:
        indices = indices_of(bracket.sub, reader.world.letters)
        if not indices:
            raise NoMeaning(bracket.span, "the subscript of a bracket")
        value = picked(reader, value, indices, bracket)
    if bracket.sup is None:
        return value
    if is_transpose(bracket):
        return values.transposed(value)
    exponent = reader.scalar(bracket.sup)
    return powers.raised(reader, value, exponent.tensor, bracket)


def _rectified(reader: "Reader", bracket: Node) -> Value:
    """`\\max(0, z)` of every entry."""
    items = items_of(bracket_of(bracket).body)
    zero = [item for item in items if isinstance(item, Number) and item.text == "0"]
    others = [item for item in items if item not in zero]
    if len(zero) != 1 or len(others) != 1:
        raise NoMeaning(
            bracket.span, "a maximum of several values, which litgrad does not judge with vectors"
        )
    return entries("relu", reader.value(others[0]))


def _named(reader: "Reader", word: str, head: Node, rest: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
    """`\\operatorname{tr}(A)`, `\\mathrm{diag}(v)`, `\\text{softmax}(z)`."""
    argument, after = _argument(reader, rest)
    return scripted(reader, _NAMED[word.lower()](reader, argument, head), rest[0]), after


def _trace(reader: "Reader", value: Value, node: Node) -> Value:
    if value.form is Form.SCALAR:
        return value
    if value.form is not Form.MATRIX:
        raise NoMeaning(node.span, "a trace of a vector")
    reader.same(*value.shape)
    labels = (*range(len(value.letters)), *[len(value.letters)] * 2)
    return Value(einsum([(value.tensor, labels)], labels[:-2]), Form.SCALAR, value.letters)


def _diag(reader: "Reader", value: Value, node: Node) -> Value:
    """A vector on a diagonal, or the diagonal of a matrix."""
    if value.form is Form.SCALAR:
        raise NoMeaning(node.span, "`diag` of a scalar")
    if value.form is Form.MATRIX:
        reader.same(*value.shape)
        return sums.diagonal_of(value)
    n = len(value.letters)
    factors = [(value.tensor, tuple(range(n + 1))), (Identity(value.shape[0]), (n, n + 1))]
    return Value(einsum(factors, tuple(range(n + 2))), Form.MATRIX, value.letters)


def _softmax(reader: "Reader", value: Value, node: Node) -> Value:
    if value.form not in (Form.COLUMN, Form.ROW):
        raise NoMeaning(node.span, "a softmax of something that is no vector")
    top = entries("exp", value)
    total = norms.total(top)
    return values.product(Value(reciprocal(total.tensor), Form.SCALAR, total.letters), top)


def _of_entries(function: str) -> Callable[["Reader", Value, Node], Value]:
    return lambda reader, value, node: _of_scalars(reader, function, value, node)


_NAMED: dict[str, Callable[["Reader", Value, Node], Value]] = {
    "tr": _trace,
    "trace": _trace,
    "det": norms.determinant,
    "diag": _diag,
    "softmax": _softmax,
    **{word: _of_entries(function) for word, function in _WORDS.items()},
}


# -------------------------------- functions of the post --------------------------------


def _is_call(reader: "Reader", head: Node, bracket: Node) -> bool:
    name = tensor_name(without_primes(head))
    if name is None:
        return False
    world = reader.world
    if name in world.functions or (primes_of(head) and name not in world.forms):
        return True
    return world.scope.is_function(name) and bracket_of(bracket).open.symbol == "("


def _call(reader: "Reader", head: Node, bracket: Node) -> Value:
    """`f(x)`, `\\sigma'(z)`, `L(w, b)`."""
    name = tensor_name(without_primes(head))
    assert name is not None
    held = bracket_of(bracket)
    if isinstance(held.body, Listed) and any(sign.symbol in ("|", r"\mid") for sign in held.body.separators):
        raise NoMeaning(head.span | bracket.span, "a conditional, which litgrad does not judge with vectors")
    items = items_of(held.body)
    value = _applied(reader, name, items, primes_of(head), head)
    reader.parts.append((head.span | held.span, value))
    return scripted(reader, value, bracket)


def _applied(reader: "Reader", name: str, items: tuple[Node, ...], primes: int, node: Node) -> Value:
    body = reader.world.functions.get(name)
    if body is not None and len(body.parameters) == len(items):
        arguments = [_argument_of(reader, *pair) for pair in zip(items, body.parameters, strict=True)]
        return (
            _rate(reader, name, arguments, primes, node)
            if primes
            else _inlined(reader, name, arguments, node)
        )
    if not primes and _is_value(reader, name, items):
        return reader.value(without_primes(node))
    if body is not None:
        raise NoMeaning(node.span, f"`{name}` with another number of arguments")
    return _unknown(reader, name, [reader.value(item) for item in items], primes, node)


def _argument_of(reader: "Reader", item: Node, parameter: str) -> Value:
    """An argument; a name of which nothing is known has the form of the parameter."""
    try:
        return reader.value(item)
    except Undecided as fault:
        name, form = reference(item, reader.world.letters), reader.world.forms.get(parameter)
        if name is None or name.family != fault.name or form is None:
            raise
        reader.world.decide(fault.name, form, likely=parameter in reader.world.likely)
        raise Again from None


def _is_value(reader: "Reader", name: str, items: tuple[Node, ...]) -> bool:
    """`L(w, b)` of an L that the post gives a value is that value."""
    plain = all(reference(item, reader.world.letters) is not None for item in items)
    return plain and name in reader.world.scope.defined


def _inlined(reader: "Reader", name: str, arguments: list[Value], node: Node) -> Value:
    """The body of a function with its arguments put in."""
    body = reader.world.functions[name]
    if name in reader.world.ambiguous:
        raise NoMeaning(node.span, f"`{name}`, which the post defines twice")
    if reader.depth >= _DEPTH:
        raise NoMeaning(node.span, f"`{name}` calls itself")
    outer = reader.given, reader.parts, reader.lifted, reader.decisions
    reader.given = {**reader.given, **dict(zip(body.parameters, arguments, strict=True))}
    reader.parts, reader.decisions = [], []
    reader.lifted = any(map(partial(_is_lifted, reader), body.parameters, arguments))
    reader.depth += 1
    value = reader.value(body.value)
    reader.depth -= 1
    reader.given, reader.parts, reader.lifted, reader.decisions = outer
    return value


def _is_lifted(reader: "Reader", parameter: str, argument: Value) -> bool:
    """Whether a function of numbers is given a matrix, and is taken of its entries."""
    own = reader.world.forms.get(parameter, Form.MATRIX if is_capital(parameter) else Form.SCALAR)
    return argument.form is Form.MATRIX and own is not Form.MATRIX


def _rate(reader: "Reader", name: str, arguments: list[Value], primes: int, node: Node) -> Value:
    """`f'(z)` of a function of one number, taken of every entry."""
    if len(arguments) != 1:
        raise NoMeaning(node.span, "a prime on a function of several variables")
    (argument,) = arguments
    slot = Variable(f"{name}()", argument.tensor.shape)
    value = _inlined(reader, name, [Value(slot, argument.form, argument.letters)], node)
    if value.form is not argument.form or value.letters != argument.letters:
        raise NoMeaning(node.span, "a prime on a function that is not taken entry by entry")
    tensor = value.tensor
    for _ in range(primes):
        tensor = _by_entries(tensor, slot)
    return Value(replaced(tensor, {slot: argument.tensor}), argument.form, argument.letters)


def _by_entries(tensor: Tensor, slot: Variable) -> Tensor:
    """The derivative of each entry by the entry of the variable at its place."""
    count = len(slot.shape)
    every = tuple(range(2 * count))
    return einsum([(derivative(tensor, slot), every)], every[:count])


def _unknown(reader: "Reader", name: str, arguments: list[Value], primes: int, node: Node) -> Value:
    """A function that the post does not give."""
    world = reader.world
    single = arguments[0] if len(arguments) == 1 else None
    if single is not None and (
        single.form is Form.SCALAR or name in world.entrywise or name in _USUALLY_ENTRYWISE
    ):
        if single.form is not Form.SCALAR and name in world.scalar_valued:
            return _scalar_valued(name, arguments, node)
        if single.form is not Form.SCALAR:
            reader.decide(node.span, f"`{name}` is taken of every entry", "the post does not define it")
            if name not in world.entrywise:
                reader.doubt(f"`{name}` may not be taken entry by entry")
        return Value(Elementwise(name, single.tensor, primes), single.form, single.letters)
    if primes:
        raise NoMeaning(node.span, "a prime on a function of several variables")
    if name in world.scalar_valued or name in _USUALLY_SCALAR:
        return _scalar_valued(name, arguments, node)
    raise NoMeaning(node.span, f"`{name}` of a vector, which the post does not define")


def _scalar_valued(name: str, arguments: list[Value], node: Node) -> Value:
    if any(argument.letters for argument in arguments):
        raise NoMeaning(node.span, f"`{unparse(node)}` of one of a family of vectors")
    return Value(Unknown(name, tuple(argument.tensor for argument in arguments)))
