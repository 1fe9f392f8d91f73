r"""Probabilities, expectations and totals: `P(A \mid B)`, `\mathbb{E}_{x \sim p}[f(x)]`, `\sum_x p(x, y)`."""

from typing import TYPE_CHECKING

import sympy
from sympy import Expr
from sympy.core.symbol import Str

from litgrad.latex.tree import (
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Operator,
    Product,
    Related,
    Scripted,
    Styled,
)
from litgrad.latex.unparse import unparse
from litgrad.meaning.forms import symbol
from litgrad.meaning.names import bracket_of, is_bracketed, items_of, name_of
from litgrad.meaning.terms import NoMeaning

if TYPE_CHECKING:
    from litgrad.meaning.interpret import Interpreter

EXPECTATION = "an expectation, which litgrad does not judge yet"
CONDITIONAL = "a conditional, which litgrad does not judge yet"
PROBABILITY = "a probability, which litgrad does not judge yet"
GRADIENT = "a gradient, which litgrad does not judge yet"
UNBOUNDED = "a sum over an index whose bounds are not `i = a` and `b`"
_BARS = frozenset(["|", r"\mid", r"\vert", r"\big|"])
_SAMPLED = frozenset([r"\sim", r"\in"])


class Mean(sympy.Function):
    """An expectation: of what, the variables and the law below it, what those are given, a condition."""

    nargs = 5


class Chance(sympy.Function):
    """A probability or density: the name of the law, its events, and what they are given."""

    nargs = 3


class Total(sympy.Function):
    """A sum over all values of a variable."""

    nargs = 2


class Slope(sympy.Function):
    r"""`\nabla_\theta` of something, by a name."""

    nargs = 2


class Meet(sympy.Function):
    r"""`A \cap B`."""

    nargs = 2


class Join(sympy.Function):
    r"""`A \cup B`."""

    nargs = 2


_SETS = {r"\cap": Meet, r"\cup": Join, r"\wedge": Meet, r"\vee": Join, r"\land": Meet, r"\lor": Join}


def is_bar(node: Node) -> bool:
    """Whether a bracket's content has a bar: `A | B`."""
    return isinstance(node, Listed) and any(sign.symbol in _BARS for sign in node.separators)


def is_event(node: Node) -> bool:
    """Whether something is no value but an event: `X = x`, `A \\cap B`."""
    if isinstance(node, Listed):
        return any(map(is_event, node.items))
    return isinstance(node, Related) or (
        isinstance(node, Product) and all(sign.symbol in _SETS for sign in node.signs)
    )


# -------------------------------- probabilities --------------------------------


def chance(reader: "Interpreter", head: Node, name: str, bracket: Grouped) -> Expr:
    """A probability by its name: `P(A | B)`."""
    conditional = is_bar(bracket.body)
    reason = CONDITIONAL if conditional else PROBABILITY
    reader.leave(head.span | bracket.span, reason, chance=True)
    events, given = _parted(bracket.body)
    return Chance(Str(name), _events(reader, events), _events(reader, given))


def _parted(body: Node) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """What stands before and behind a bar."""
    if not isinstance(body, Listed):
        return (body,), ()
    at = next((n for n, sign in enumerate(body.separators) if sign.symbol in _BARS), len(body.items) - 1)
    if any(sign.symbol in _BARS for sign in body.separators[at + 1 :]):
        raise NoMeaning(body.span, "two bars in one bracket")
    return body.items[: at + 1], body.items[at + 1 :]


def _events(reader: "Interpreter", nodes: tuple[Node, ...]) -> sympy.Tuple:
    return sympy.Tuple(*(_event(reader, node) for node in nodes))


def _event(reader: "Interpreter", node: Node) -> Expr:
    if isinstance(node, Related):
        return symbol(unparse(node))
    if is_event(node) and isinstance(node, Product):
        whole = _event(reader, node.factors[0])
        for sign, factor in zip(node.signs, node.factors[1:], strict=True):
            whole = _SETS[sign.symbol](whole, _event(reader, factor))
        return whole
    if isinstance(node, Grouped):
        return _event(reader, node.body)
    return reader.expr(node)


# -------------------------------- expectations --------------------------------


def mean(reader: "Interpreter", head: Node, argument: Node) -> Expr:
    """The expectation of what stands in its bracket, or of the one factor behind it."""
    reader.leave(head.span | argument.span, EXPECTATION, chance=True)
    body: Node = argument
    condition: tuple[Node, ...] = ()
    if is_bracketed(argument):
        body = bracket_of(argument).body
        if is_bar(body):
            before, condition = _parted(body)
            if len(before) != 1:
                raise NoMeaning(body.span, EXPECTATION)
            body = before[0]
    variables, law, given = _law(reader, head.sub if isinstance(head, Scripted) else None)
    if isinstance(head, Scripted) and head.sup is not None:
        law = Str(unparse(head.sup) + law.name)
    value = Mean(reader.expr(body), variables, law, given, _events(reader, condition))
    if isinstance(argument, Scripted) and is_bracketed(argument):
        if argument.sub is not None or argument.primes:
            raise NoMeaning(argument.span, EXPECTATION)
        value = value if argument.sup is None else reader.power_of(value, argument.sup)
    return value


def _law(reader: "Interpreter", sub: Node | None) -> tuple[sympy.Tuple, Str, sympy.Tuple]:
    r"""The variables, the law and what they are given in `x \sim p(x | y)`, `q(z | x)`, `p`."""
    none = sympy.Tuple()
    if sub is None:
        return none, Str(""), none
    drawn = _drawn(sub)
    if drawn is not None:
        variables = tuple(map(name_of, items_of(drawn[0])))
        if None not in variables:
            _, law, given = _law(reader, drawn[1])
            return sympy.Tuple(*(symbol(name) for name in variables if name)), law, given
    called = _called(sub)
    if called is not None:
        name, bracket = called
        events, given = _parted(bracket.body)
        if all(map(name_of, events)):
            return _events(reader, events), Str(name), _events(reader, given)
    return none, Str(unparse(sub)), none


def _drawn(sub: Node) -> tuple[Node, Node] | None:
    if isinstance(sub, Related) and len(sub.signs) == 1 and sub.signs[0].symbol in _SAMPLED:
        return sub.sides[0], sub.sides[1]
    return None


def _called(node: Node) -> tuple[str, Grouped] | None:
    match node:
        case Juxtaposed(factors=(head, bracket)) if is_bracketed(bracket) and name_of(head):
            return name_of(head) or "", bracket_of(bracket)
    return None


# -------------------------------- totals --------------------------------


def totalled(head: Node) -> str | None:
    """The variable of `\\sum_{x}`, which goes through all its values."""
    if not isinstance(head, Scripted) or head.sup is not None or head.sub is None:
        return None
    sub = _drawn(head.sub)
    if sub is None:
        return name_of(head.sub)
    name = name_of(sub[0])
    return name if name is not None and _is_every_value(sub[1], name) else None


def _is_every_value(node: Node, name: str) -> bool:
    r"""Whether a set holds all values of a variable: `\mathcal{X}`, `\chi`, `\Omega`, the X of an x."""
    if isinstance(node, Styled):
        return node.style in (r"\mathcal", r"\mathscr", r"\mathbb")
    return isinstance(node, Letter) and (node.name in (r"\chi", r"\Omega") or node.name == name.upper())


def total(reader: "Interpreter", head: Node, name: str, body: Node) -> Expr:
    """A sum over all values of a variable."""
    reader.leave(head.span, UNBOUNDED, chance=True)
    with reader.binding(name):
        return Total(reader.expr(body), reader.symbol(name))


def is_slope(head: Node) -> bool:
    r"""`\nabla_\theta`, by one name."""
    if not isinstance(head, Scripted) or head.sup is not None or head.primes or head.sub is None:
        return False
    return head.base == Letter(head.base.span, r"\nabla") and name_of(head.sub) is not None


def slope_reach(rest: tuple[Node, ...]) -> int:
    r"""How many factors may belong to a nabla: of `\nabla_\theta \log p(x) f(x)` the `\log p(x)`."""
    function = isinstance(rest[0], Operator) and rest[0].name in (r"\log", r"\ln", r"\exp")
    return 3 if function and len(rest) > 3 and name_of(rest[1]) and is_bracketed(rest[2]) else len(rest)


def slope(reader: "Interpreter", head: Node, operand: Expr) -> Expr:
    """The gradient of what follows by the name below the nabla."""
    assert isinstance(head, Scripted)
    assert head.sub is not None
    reader.leave(head.span, GRADIENT, chance=True)
    return Slope(operand, symbol(name_of(head.sub) or ""))


def is_expectation(head: Node, bracket: Node) -> bool:
    r"""`E[X]`, `E_{x \sim p}(X)`, `\mathbb{E} X`."""
    base = head.base if isinstance(head, Scripted) else head
    letter = getattr(base, "body", base)
    if not isinstance(letter, Letter) or letter.name != "E":
        return False
    if getattr(base, "style", "") in (r"\mathbb", r"\mathds"):
        return not isinstance(bracket, Operator)
    sampled = isinstance(head, Scripted) and isinstance(head.sub, Related)
    square = is_bracketed(bracket) and bracket_of(bracket).open.symbol == "["
    return square or (sampled and is_bracketed(bracket))
