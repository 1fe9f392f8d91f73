"""Functions, sums, integrals, means and derivatives of pieces without a meaning."""

import re
from typing import TYPE_CHECKING

import sympy

from litgrad.checking.unread.linear import Averaged, Linear, logarithm, product_over
from litgrad.checking.unread.spelling import (
    bound_letters,
    is_density,
    is_functional,
    letters_in,
    spelled,
)
from litgrad.checking.unread.values import NoValue, Value
from litgrad.latex.tree import (
    Empty,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Operator,
    Related,
    Scripted,
    Text,
)
from litgrad.meaning import calls, derivatives, large
from litgrad.meaning.elementary import ELEMENTARY
from litgrad.meaning.names import (
    bracket_of,
    differential_sign,
    is_bracketed,
    items_of,
    without_primes,
)
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import tensor_name

if TYPE_CHECKING:
    from litgrad.checking.unread.reading import Reader

_LETTER = re.compile(r"\\[A-Za-z]+|[A-Za-z]")


def named_function(
    reader: "Reader", head: Node, operator: Operator, rest: tuple[Node, ...]
) -> tuple[Value, tuple[Node, ...]]:
    """What a named function makes of its argument, and the factors left."""
    if not rest or operator.name not in ELEMENTARY or not isinstance(head, Operator):
        if rest and is_bracketed(rest[0]):
            return call(reader, head, rest[0]), rest[1:]
        raise NoValue
    count = _argument_length(reader, rest)
    argument = reader.side_by_side(rest[:count])
    return _applied(reader, operator.name, argument), rest[count:]


def _argument_length(reader: "Reader", rest: tuple[Node, ...]) -> int:
    if large.reaches(rest[0]):
        return len(rest)
    if is_bracketed(rest[0]):
        return 1
    for at in range(1, len(rest)):
        factor = rest[at]
        base = factor.base if isinstance(factor, Scripted) else factor
        applies = is_bracketed(rest[at]) and is_call(reader, rest[at - 1], bracket_of(rest[at]))
        if isinstance(base, Operator) or (is_bracketed(rest[at]) and not applies):
            return at
    return len(rest)


def _applied(reader: "Reader", name: str, argument: Value) -> Value:
    number = argument.scalar
    if number is None:
        letters = frozenset[str]().union(
            *(reader.pieces.letters_of(one, word) for word, one in argument.terms.items())
        )
        return reader.pieces.word(f"{name}({argument.key()})", letters)
    if ELEMENTARY[name] is sympy.log:
        return logarithm(number, reader.pieces)
    return Value.of(ELEMENTARY[name](number))


def is_call(reader: "Reader", head: Node, bracket: Grouped) -> bool:
    """Whether a bracket holds arguments: several, a condition, or those of a known function."""
    if isinstance(head, Text):
        return True
    base = head.base if isinstance(head, Scripted) and head.sup is not None else head
    if is_functional(base, bracket):
        return True
    name = tensor_name(without_primes(head)) or tensor_name(base)
    return name is not None and (
        isinstance(bracket.body, (Listed, Related))
        or reader.scope.is_function(name)
        or calls.is_a_place(bracket.body)
    )


def call(reader: "Reader", head: Node, argument: Node) -> Value:
    """A function of arguments, as it stands; a power behind it is one of its value."""
    if isinstance(argument, Scripted):
        inner = Juxtaposed(head.span | argument.base.span, (head, argument.base))
        outer = Grouped(inner.span, bracket_of(argument).open, bracket_of(argument).close, inner)
        return reader.value(Scripted(argument.span, outer, argument.sub, argument.sup, argument.primes))
    assert isinstance(argument, Grouped)
    separators = argument.body.separators if isinstance(argument.body, Listed) else ()
    arguments = [_argument(reader, item) for item in _all_items(argument)]
    marks = "".join(spelled(sign) for sign in separators)
    key = f"{spelled(head)}({marks}:{'; '.join(arguments)})"
    node = Juxtaposed(head.span | argument.span, (head, argument))
    reader.pieces.kept[key] = spelled(node)
    density = is_density(head, argument) and not _is_matrix(reader, head)
    if density or reader.forms is None:
        return Value.of(reader.pieces.scalar(key, letters_in(node), positive=density))
    return reader.pieces.word(key, letters_in(node))


def _is_matrix(reader: "Reader", head: Node) -> bool:
    form = (reader.forms or {}).get(tensor_name(head) or "")
    return form not in (None, Form.SCALAR)


def _argument(reader: "Reader", item: Node) -> str:
    try:
        return reader.value(item).key()
    except NoValue:
        return spelled(item)


def reaching(reader: "Reader", head: Node, rest: tuple[Node, ...]) -> Value:
    """A sum, a product or an integral over all that follows."""
    operator = large.operator_of(head)
    if operator is None or not rest or operator.name == r"\lim":
        raise NoValue
    name, bound = spelled(head), bound_letters(head)
    if operator.name in large.INTEGRALS:
        found = large.integrand(rest, large.INTEGRALS[operator.name])
        if found is None or found.body is None:
            raise NoValue
        letters = frozenset(_LETTER.findall(" ".join(found.variables)))
        linear = Linear(f"{name}d{','.join(found.variables)}", letters)
        return linear.over(reader.value(found.body), reader.pieces)
    body = reader.side_by_side(rest)
    if operator.name == r"\sum":
        return Linear(name, bound).over(body, reader.pieces)
    summed = Linear(name.replace(r"\prod", r"\sum"), bound)
    return product_over(
        name,
        body,
        reader.pieces,
        lambda one: summed.over(logarithm(sympy.expand_log(one), reader.pieces), reader.pieces),
    )


def expectation(reader: "Reader", head: Node, argument: Node) -> Value:
    """A mean, which takes sums apart and constants out, where the post says what is random."""
    if not isinstance(argument, Grouped) or isinstance(argument.body, (Listed, Related, Empty)):
        raise NoValue
    body = reader.value(argument.body)
    if reader.random is not None and not isinstance(head, Scripted):
        return Averaged(spelled(head), reader.random).over(body, reader.pieces)
    return Linear(spelled(head), None).over(body, reader.pieces)


def nabla(reader: "Reader", head: Node, rest: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
    """A gradient, which takes sums apart, and the factors left."""
    if not rest or not (head == Letter(head.span, r"\nabla") or isinstance(head, Scripted)):
        raise NoValue
    if isinstance(head, Scripted) and (head.sup is not None or head.primes):
        raise NoValue
    count = 1 if is_bracketed(rest[0]) else len(rest)
    return Linear(spelled(head), None).over(reader.side_by_side(rest[:count]), reader.pieces), rest[count:]


def leibniz(reader: "Reader", node: Node) -> Value:
    """`\\frac{\\partial f}{\\partial x}`, which takes sums apart."""
    above, below = derivatives.halves(node)
    if not isinstance(above, Juxtaposed) or isinstance(above.factors[0], Scripted):
        return reader.as_it_stands(node)
    name = f"{differential_sign(above)}/{spelled(below)}"
    return Linear(name, None).over(reader.side_by_side(above.factors[1:]), reader.pieces)


def differentiated(reader: "Reader", head: Node, rest: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
    """A derivative's operator before what it differentiates, and the factors left."""
    above, below = derivatives.halves(head)
    if not rest or isinstance(above, Scripted):
        raise NoValue
    count = 1 if is_bracketed(rest[0]) else len(rest)
    linear = Linear(f"{differential_sign(above)}/{spelled(below)}", None)
    return linear.over(reader.side_by_side(rest[:count]), reader.pieces), rest[count:]


def _all_items(argument: Grouped) -> tuple[Node, ...]:
    return argument.body.items if isinstance(argument.body, Listed) else items_of(argument.body)
