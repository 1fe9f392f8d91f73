"""Pieces side by side: a product, or a function with its argument."""

from itertools import pairwise
from typing import TYPE_CHECKING

import sympy
from sympy import Expr

from litgrad.latex.tree import (
    Grouped,
    Juxtaposed,
    Letter,
    Node,
    Number,
    Operator,
    Product,
    Scripted,
    Styled,
    Sum,
    Text,
    walk,
)
from litgrad.latex.unparse import unparse
from litgrad.meaning import chances, derivatives, large, matrices
from litgrad.meaning.arguments import End, end_before, function_of
from litgrad.meaning.elementary import ELEMENTARY, EXTREMA, INVERSES, NOT_JUDGED, OF_WHOLE, READ_ONLY
from litgrad.meaning.forms import divide, multiply
from litgrad.meaning.names import (
    Scope,
    bracket_of,
    is_bracketed,
    is_leibniz,
    items_of,
    may_be_argument,
    name_of,
    primes_of,
    without_primes,
)
from litgrad.meaning.terms import NoMeaning
from litgrad.meaning.words import letter_runs
from litgrad.source import Span

if TYPE_CHECKING:
    from litgrad.meaning.interpret import Interpreter

_CONVOLVES = frozenset(["*", r"\ast", r"\star", r"\circ"])


def juxtaposed(reader: "Interpreter", factors: tuple[Node, ...]) -> Expr:
    """The product of the factors, calls and operators taken together first."""
    values: list[Expr] = []
    rest = factors
    _refuse_numbers(factors)
    _doubt_what_print_does_not_show(reader, factors)
    _doubt_what_follows(reader, factors)
    while rest:
        value, rest = _leading(reader, rest, values)
        values.append(value)
    return multiply(*values)


def _refuse_numbers(factors: tuple[Node, ...]) -> None:
    """`1.1.1` is no product."""
    for left, right in pairwise(factors):
        if isinstance(left, Number) and isinstance(right, Number):
            raise NoMeaning(left.span | right.span, "two numbers side by side")


def _doubt_what_print_does_not_show(reader: "Interpreter", factors: tuple[Node, ...]) -> None:
    """`x2` may be a name, and `\\log {a + b}` is printed as `\\log a + b`."""
    name = _capitals(factors)
    if name:
        reader.doubt(f"`{name}` may be one name")
    for left, right in pairwise(factors):
        if isinstance(right, Number) and not is_bracketed(left) and left.span.end == right.span.start:
            reader.doubt(f"`{unparse(left)}{right.text}` may be one name")
        braced = isinstance(right, Grouped) and right.open.symbol == "{"
        if braced and isinstance(right.body, Sum) and len(right.body.terms) > 1:
            reader.doubt("braces that are not printed hold a sum together")


def _capitals(factors: tuple[Node, ...]) -> str:
    """Three capital letters and more without a space between, as in `MPK`; else the empty word."""
    for run in letter_runs(factors):
        name = "".join(letter.name for letter in run)
        if len(name) > 2 and name.isupper():
            return name
    return ""


def flat(value: Expr) -> tuple[Expr, ...]:
    """A product's factors, so that a longer product stays one row."""
    return value.args if isinstance(value, sympy.Mul) else (value,)


def is_one_call(reader: "Interpreter", node: Juxtaposed) -> bool:
    """Whether all factors make one call, as in `f(x)` or `\\log x`."""
    head = node.factors[0]
    name = name_of(without_primes(head))
    if len(node.factors) != 2:
        return False
    applied = name is not None and reader.scope.is_function(name) and is_bracketed(node.factors[1])
    return applied or isinstance(head, Operator)


def _leading(
    reader: "Interpreter", factors: tuple[Node, ...], before: list[Expr]
) -> tuple[Expr, tuple[Node, ...]]:
    """The value of the first factor with all that it applies to, and the factors left."""
    head, rest = factors[0], factors[1:]
    if isinstance(head, Letter) and head.name == r"\%" and before:
        return divide(before.pop(), sympy.Integer(100)), rest
    if is_in_degrees(head):
        return _angle(reader, head, rest), rest
    if isinstance(head, Letter) and head.name == "!" and before:
        return sympy.factorial(before.pop(), evaluate=False), rest
    if rest and chances.is_expectation(head, rest[0]):
        return chances.mean(reader, head, rest[0]), rest[1:]
    if large.reaches(head):
        value = large.value(reader, head, rest)
        reader.note(head.span | rest[-1].span if rest else head.span, value)
        return value, ()
    if isinstance(_base(head), Operator):
        return _operator(reader, head, rest)
    if rest and chances.is_slope(head):
        count = chances.slope_reach(rest)
        operand, after = _leading(reader, rest[:count], [])
        after = (*after, *rest[count:])
        return chances.slope(reader, head, operand), after
    if is_leibniz(head) and derivatives.is_operator(head):
        return derivatives.applied(reader, head, rest)
    if isinstance(head, Letter) and head.name == "d" and rest and name_of(_base(rest[0])) is not None:
        reader.doubt("`d` may mark a differential")
    if derivatives.is_differential(head, rest):
        raise NoMeaning(head.span, "a differential on its own, which litgrad does not judge yet")
    if rest and is_bracketed(rest[0]) and _is_convolution(head):
        raise NoMeaning(head.span, "a convolution, which litgrad does not judge yet")
    if rest and is_bracketed(rest[0]) and _is_call(reader, head, rest[0]):
        return _call(reader, head, rest[0]), rest[1:]
    if rest and is_leibniz(head) and is_bracketed(rest[0]):
        reader.doubt("the bracket behind a derivative may be where it is taken")
    return reader.expr(head), rest


def is_in_degrees(node: Node) -> bool:
    """`45^\\circ`."""
    if not isinstance(node, Scripted) or not isinstance(node.base, Number) or node.sub or node.primes:
        return False
    sup = node.sup.body if isinstance(node.sup, Grouped) else node.sup
    return isinstance(sup, Letter) and sup.name in (r"\circ", r"\degree")


def _angle(reader: "Interpreter", node: Node, rest: tuple[Node, ...]) -> Expr:
    """An angle in degrees, as a number; `20^\\circ C` is a temperature."""
    assert isinstance(node, Scripted)
    if rest and isinstance(rest[0], (Letter, Text, Styled)):
        raise NoMeaning(node.span, "degrees that may be a temperature")
    return degrees(reader, node)


def degrees(reader: "Interpreter", node: Scripted) -> Expr:
    """The value of `45^\\circ`."""
    return divide(multiply(reader.expr(node.base), sympy.pi), sympy.Integer(180))


def _base(node: Node) -> Node:
    return node.base if isinstance(node, Scripted) else node


# -------------------------------- named functions --------------------------------


def _operator(reader: "Interpreter", head: Node, rest: tuple[Node, ...]) -> tuple[Expr, tuple[Node, ...]]:
    """`\\log x`, `\\sin^2 (x)`, `\\max(a, b)` with the argument that follows."""
    operator = _base(head)
    assert isinstance(operator, Operator)
    if operator.name in EXTREMA and rest and isinstance(head, Operator) and is_bracketed(rest[0]):
        return _extremum(reader, operator, rest)
    if operator.name in READ_ONLY and rest and is_bracketed(rest[0]) and isinstance(head, Operator):
        return _read_only(reader, operator, rest)
    if operator.name == r"\det" and rest and isinstance(head, Operator):
        return matrices.determinant(reader.expr(rest[0]), head), rest[1:]
    if operator.name == r"\Pr" and rest and isinstance(head, Operator) and is_bracketed(rest[0]):
        return _probability(reader, head, r"\Pr", rest[0]), rest[1:]
    if operator.name not in ELEMENTARY:
        raise NoMeaning(head.span, reason_for(operator.name))
    if rest and isinstance(_base(rest[0]), Operator) and not large.reaches(rest[0]):
        argument, after = _operator(reader, rest[0], rest[1:])
        return _apply(reader, head, operator, argument), after
    if rest and large.reaches(rest[0]):
        argument = large.value(reader, rest[0], rest[1:])
        return _apply(reader, head, operator, argument), ()
    if len(rest) > 1 and chances.is_expectation(rest[0], rest[1]):
        argument = chances.mean(reader, rest[0], rest[1])
        return _apply(reader, head, operator, argument), rest[2:]
    count = _argument_length(reader, rest)
    if count == 0:
        raise NoMeaning(head.span, f"`{operator.name}` without an argument")
    _doubt_the_end(reader, operator.name, rest, count)
    last = rest[count - 1]
    outer = last.sup if count == 1 and isinstance(last, Scripted) and is_bracketed(last) else None
    argument = _argument(reader, rest[:count], outer is not None)
    value = _apply(reader, head, operator, argument)
    reader.note(head.span | (bracket_of(last).span if outer else last.span), value)
    if outer is not None:
        reader.doubt(f"the power after `{operator.name}(..)` may belong to the argument")
        value = reader.power_of(value, outer)
        reader.note(head.span | last.span, value)
    return value, rest[count:]


def _doubt_the_end(reader: "Interpreter", function: str, rest: tuple[Node, ...], count: int) -> None:
    """An argument that may end before one of its factors."""
    for at in range(1, count):
        if end_before(function, rest[:at], rest[at], rest[at].span.start in reader.apart) is End.PERHAPS_NOT:
            reader.doubt(f"the argument of `{function}` may end before `{unparse(rest[at])}`")


def _doubt_what_follows(reader: "Interpreter", factors: tuple[Node, ...]) -> None:
    """An argument that is taken to end before a factor, and may go on."""
    for call, factor in pairwise(factors):
        function = function_of(call)
        if function is None or not isinstance(call, Juxtaposed):
            continue
        if end_before(function, call.factors[1:], factor, factor.span.start in reader.apart) is End.PERHAPS:
            reader.doubt(f"the argument of `{function}` may go on with `{unparse(factor)}`")


def with_signed_arguments(node: Sum) -> Sum:
    """A sum in which `\\log -x` is one term."""
    terms, signs = list(node.terms), list(node.signs)
    for at in range(len(terms) - 2, -1, -1):
        term = terms[at]
        factors = term.factors if isinstance(term, Juxtaposed) else (term,)
        last = _base(factors[-1])
        sign = signs[at + 1]
        if not (isinstance(last, Operator) and last.name in ELEMENTARY and sign is not None):
            continue
        argument = Sum(sign.span | terms[at + 1].span, (terms[at + 1],), (sign,))
        terms[at : at + 2] = [Juxtaposed(factors[0].span | argument.span, (*factors, argument))]
        del signs[at + 1]
    return node if len(terms) == len(node.terms) else Sum(node.span, tuple(terms), tuple(signs))


def _argument_length(reader: "Interpreter", rest: tuple[Node, ...]) -> int:
    """How many factors a named function takes: one bracket, or all up to a bracket or another function."""
    if rest and is_bracketed(rest[0]):
        return 1
    count = 0
    for index, factor in enumerate(rest):
        head = _base(factor)
        if isinstance(head, Operator) or (
            count and is_bracketed(factor) and not _is_name_call(reader, rest, index)
        ):
            break
        count += 1
    return count


def _is_name_call(reader: "Interpreter", rest: tuple[Node, ...], index: int) -> bool:
    """In `\\log \\sigma(x)` the bracket belongs to sigma."""
    name = name_of(rest[index - 1])
    if name is None or index != 1:
        return False
    return may_be_argument(bracket_of(rest[index])) or reader.scope.is_function(name)


def _argument(reader: "Interpreter", factors: tuple[Node, ...], bare: bool) -> Expr:
    if bare:
        return reader.expr(bracket_of(factors[0]))
    return reader.expr(factors[0]) if len(factors) == 1 else juxtaposed(reader, factors)


def _apply(reader: "Interpreter", head: Node, operator: Operator, argument: Expr) -> Expr:
    if isinstance(head, Operator):
        return ELEMENTARY[operator.name](argument, evaluate=False)
    assert isinstance(head, Scripted)
    if head.sub is not None and operator.name == r"\log" and not head.primes:
        base = sympy.log(reader.expr(head.sub), evaluate=False)
        value = divide(sympy.log(argument, evaluate=False), base)
        return value if head.sup is None else reader.power_of(value, head.sup)
    if head.primes and head.sub is None and head.sup is None:
        return derivatives.prime_of_known(ELEMENTARY[operator.name], argument, head.primes)
    if head.sub is not None or head.primes:
        raise NoMeaning(head.span, script_reason(head))
    assert head.sup is not None
    if unparse(head.sup) == "-1":
        if operator.name not in INVERSES:
            raise NoMeaning(head.span, f"the inverse of `{operator.name}`")
        return INVERSES[operator.name](argument, evaluate=False)
    return reader.power_of(ELEMENTARY[operator.name](argument, evaluate=False), head.sup)


def _extremum(
    reader: "Interpreter", operator: Operator, rest: tuple[Node, ...]
) -> tuple[Expr, tuple[Node, ...]]:
    arguments = [reader.expr(item) for item in items_of(bracket_of(rest[0]).body)]
    if len(arguments) < 2:
        raise NoMeaning(operator.span, f"`{operator.name}` of a set")
    value = EXTREMA[operator.name](*arguments, evaluate=False)
    if isinstance(rest[0], Scripted):
        value = _scripts_of_bracket(reader, rest[0], value)
    return value, rest[1:]


def _probability(reader: "Interpreter", head: Node, name: str, bracket: Node) -> Expr:
    """`\\Pr(A)`, also to a power."""
    value = chances.chance(reader, head, name, bracket_of(bracket))
    return _scripts_of_bracket(reader, bracket, value) if isinstance(bracket, Scripted) else value


def _read_only(
    reader: "Interpreter", operator: Operator, rest: tuple[Node, ...]
) -> tuple[Expr, tuple[Node, ...]]:
    """`\\gcd(a, b)`: it has a value that is not judged."""
    if isinstance(rest[0], Scripted):
        raise NoMeaning(operator.span, reason_for(operator.name))
    numbers = [reader.expr(item) for item in items_of(bracket_of(rest[0]).body)]
    if operator.name in OF_WHOLE and numbers and all(one.is_Integer for one in numbers):
        return OF_WHOLE[operator.name](numbers), rest[1:]
    reader.leave(operator.span, f"`{operator.name}`, which litgrad does not judge yet")
    arguments = [reader.expr(item) for item in items_of(bracket_of(rest[0]).body)]
    return READ_ONLY[operator.name](*arguments, evaluate=False), rest[1:]


def reason_for(operator: str) -> str:
    """Why an operator has no value here."""
    if operator in NOT_JUDGED:
        return f"{NOT_JUDGED[operator]}, which litgrad does not judge yet"
    if operator in ELEMENTARY:
        return f"`{operator}` without an argument"
    return f"`{operator}`, which litgrad does not judge yet"


def script_reason(node: Scripted) -> str:
    """Why a script has no meaning."""
    if isinstance(node.base, Operator):
        return reason_for(node.base.name)
    return "a subscript on something that is not a name"


# -------------------------------- calls by name --------------------------------


def _is_call(reader: "Interpreter", head: Node, bracket: Node) -> bool:
    """Whether a bracket after a name holds its argument; the reader's table of the whole post decides."""
    name = _function_name(head)
    if name is None:
        return False
    written = f"`{unparse(head)}` with the bracket behind it"
    if reader.scope.is_function(name) and _stands_bare_in(name, bracket_of(bracket)):
        reader.decide(head.span | bracket.span, f"{written} is a product", f"`{name}` stands in the bracket")
        return False
    if reader.scope.is_function(name):
        reader.decide(head.span | bracket.span, f"{written} is a call", *_as_function(reader.scope, name))
        if name in reader.scope.bare and not may_be_argument(bracket_of(bracket)) and len(name) == 1:
            reader.doubt(f"{written} may be a product")
        return True
    if name in reader.scope.bare or name in reader.scope.defined:
        reader.decide(head.span | bracket.span, f"{written} is a product", *_as_value(reader.scope, name))
        if is_a_place(bracket_of(bracket).body):
            reader.doubt(f"{written} may be a call")
        return False
    if name not in ELEMENTARY:
        reader.doubt(f"`{name}(..)` may be a call or a product")
    return name in ELEMENTARY


def _is_convolution(head: Node) -> bool:
    """`(f * g)` before an argument."""
    body = head.body if isinstance(head, Grouped) and head.open.symbol == "(" else None
    if not isinstance(body, Product) or not all(name_of(factor) for factor in body.factors):
        return False
    return all(sign.symbol in _CONVOLVES for sign in body.signs)


def _stands_bare_in(name: str, bracket: Grouped) -> bool:
    """Whether a function's name stands as its value in the sum in brackets behind it: `P (1 - P/K)`."""
    if may_be_argument(bracket):
        return False
    called = {
        first
        for inner in walk(bracket.body)
        if isinstance(inner, Juxtaposed)
        for first, second in pairwise(inner.factors)
        if is_bracketed(second)
    }
    return any(name_of(inner) == name and inner not in called for inner in walk(bracket.body))


def is_a_place(node: Node) -> bool:
    """A name or a number alone, which nobody puts in brackets to multiply by it."""
    signed = isinstance(node, Sum) and len(node.terms) == 1
    inner = node.terms[0] if signed else node
    return isinstance(inner, Number) or name_of(node) is not None


def _as_function(scope: Scope, name: str) -> tuple[str, Span | None]:
    """Why a name is a function, and where the post says so."""
    if name in scope.parameters:
        return f"`{name}` is defined as a function", scope.places.get(name)
    return f"`{name}` is applied to arguments and not used bare", scope.called.get(name)


def _as_value(scope: Scope, name: str) -> tuple[str, Span | None]:
    if name in scope.defined:
        return f"`{name}` is defined as a value", scope.places.get(name)
    return f"`{name}` is used as a value", scope.places.get(name)


def _function_name(head: Node) -> str | None:
    """The function in `f`, `f'`, `f^2` before a bracket."""
    bare = without_primes(head)
    name = name_of(bare)
    if name is None and isinstance(bare, Scripted) and bare.sub is None:
        return name_of(bare.base)
    return name


def _call(reader: "Interpreter", head: Node, bracket: Node) -> Expr:
    """`f(x)`, `f'(x)`, `f^2(x)`, and any of them to a power or primed: `f(x)^{-2}`, `f(x)'`."""
    name = _function_name(head)
    assert name is not None
    call = _applied(reader, name, bracket_of(bracket), head)
    value = _scripts_of_head(reader, head, call)
    whole = head.span | bracket_of(bracket).span
    reader.note(whole, value)
    if isinstance(bracket, Scripted):
        value = _scripts_of_bracket(reader, bracket, value)
        reader.note(head.span | bracket.span, value)
    return value


def _applied(reader: "Interpreter", name: str, bracket: Grouped, head: Node) -> Expr:
    if name in READ_ONLY and not reader.scope.parameters.get(name):
        reader.leave(head.span, f"`{unparse(head)}`, which litgrad does not judge yet")
        return READ_ONLY[name](reader.expr(bracket.body), evaluate=False)
    if name in ELEMENTARY and not reader.scope.parameters.get(name):
        return ELEMENTARY[name](reader.expr(bracket.body), evaluate=False)
    if chances.is_bar(bracket.body) or chances.is_event(bracket.body):
        return chances.chance(reader, head, name, bracket)
    return reader.function(name)(*(_argument_value(reader, item) for item in items_of(bracket.body)))


def _argument_value(reader: "Interpreter", item: Node) -> Expr:
    """In `H(P)` the function P itself is the argument, not its value."""
    name = name_of(item)
    if name is not None and name in reader.scope.parameters and name not in reader.scope.defined:
        reader.note(item.span, reader.symbol(name))
        return reader.symbol(name)
    return reader.expr(item)


def _scripts_of_head(reader: "Interpreter", head: Node, call: Expr) -> Expr:
    primes = primes_of(head)
    if primes:
        call = derivatives.prime_of_call(reader, call, primes, head.span)
    if isinstance(head, Scripted) and name_of(without_primes(head)) is None and head.sup is not None:
        if unparse(head.sup) == "-1":
            raise NoMeaning(head.span, "an inverse function, which litgrad does not judge yet")
        if not isinstance(head.sup, Number):
            reader.doubt(f"`{unparse(head)}(..)` may be another function")
        return reader.power_of(call, head.sup)
    return call


def _scripts_of_bracket(reader: "Interpreter", bracket: Scripted, value: Expr) -> Expr:
    if bracket.sub is not None:
        raise NoMeaning(bracket.span, "a subscript on something that is not a name")
    if bracket.primes:
        value = derivatives.prime(reader, value, bracket.primes, bracket.span)
    return value if bracket.sup is None else reader.power_of(value, bracket.sup)


def usual_call(reader: "Interpreter", name: str) -> Expr:
    """A function's bare name stands for its call on the parameters it was defined with."""
    parameters = reader.scope.parameters.get(name)
    if parameters is None:
        return reader.symbol(name)
    return reader.function(name)(*map(reader.symbol, parameters))
