"""What brackets mean: grouping, absolute value, floor, norm, and a value between two bounds."""

from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol

from litgrad.latex.tree import Empty, Grouped, Listed, Node, Related, Scripted
from litgrad.meaning.forms import add, negate
from litgrad.meaning.names import name_of
from litgrad.meaning.terms import NoMeaning

if TYPE_CHECKING:
    from litgrad.meaning.interpret import Interpreter

_PLAIN = frozenset(["(", "[", "{", r"\{", r"\lbrace", r"\lbrack", r"\lparen", "."])
_BARS = frozenset(["|", r"\vert", r"\lvert"])
_NORMS = frozenset([r"\|", r"\lVert", r"\Vert"])
_ROUNDED = {r"\lfloor": sympy.floor, r"\lceil": sympy.ceiling}
_CLOSING_BARS = frozenset(["|", r"\vert", r"\rvert", "]"])


def grouped(reader: "Interpreter", node: Grouped) -> Expr:
    """The value of a bracketed piece."""
    if isinstance(node.body, (Listed, Related, Empty)):
        raise NoMeaning(node.span, "a list, not a single value")
    if node.open.symbol in _BARS:
        inner = reader.expr(node.body)
        if getattr(inner, "is_Matrix", False):
            return sympy.Determinant(inner)
        return sympy.Abs(inner, evaluate=False)
    if node.open.symbol in _NORMS:
        reader.leave(node.span, "a norm, which litgrad does not judge yet")
        return sympy.Abs(reader.expr(node.body), evaluate=False)
    if node.open.symbol in _ROUNDED:
        inner = reader.expr(node.body)
        if inner.free_symbols:
            reader.leave(node.span, "a rounded value, which litgrad does not judge yet")
        return _ROUNDED[node.open.symbol](inner, evaluate=False)
    if node.open.symbol in _PLAIN:
        return reader.expr(node.body)
    raise NoMeaning(node.span, f"the brackets `{node.open.symbol}`, which litgrad does not judge yet")


def is_evaluation(node: Scripted) -> bool:
    """`f \\Big|_{x=0}`, `\\left. f \\right|_a^b`, `[F]_a^b`."""
    base = node.base
    if not isinstance(base, Grouped) or node.primes or base.close.symbol not in _CLOSING_BARS:
        return False
    if base.open.symbol == ".":
        return True
    return base.open.symbol == "[" and node.sub is not None and node.sup is not None


def evaluated(reader: "Interpreter", node: Scripted) -> Expr:
    """The value at the point below, or the difference between the one above and the one below."""
    assert isinstance(node.base, Grouped)
    inner = reader.expr(node.base.body)
    named = _named(reader, node.sub) or _named(reader, node.sup)
    variable = named or _only_variable(inner) or _integrated(reader, inner)
    if variable is None:
        raise NoMeaning(node.span, "an evaluation that does not say of which variable")
    ends = [_value(reader, part) for part in (node.sup, node.sub) if part is not None]
    if named is None and any(variable in end.free_symbols for end in ends):
        raise NoMeaning(node.span, "an evaluation that does not say of which variable")
    if any(map(_is_infinite, ends)):
        reader.leave(node.span, "a value at infinity, which litgrad does not judge yet", calculus=True)
    values = [_at(inner, variable, end) for end in ends]
    return values[0] if len(values) == 1 else add(values[0], negate(values[1]))


def _named(reader: "Interpreter", node: Node | None) -> Expr | None:
    if not isinstance(node, Related) or len(node.sides) != 2 or node.signs[0].symbol != "=":
        return None
    name = name_of(node.sides[0])
    return None if name is None else reader.symbol(name)


def _only_variable(expr: Expr) -> Symbol | None:
    free = sorted(expr.free_symbols, key=str)
    return free[0] if len(free) == 1 and isinstance(free[0], Symbol) else None


def _integrated(reader: "Interpreter", expr: Expr) -> Symbol | None:
    """The variable of the integral that stands before the bracket."""
    return reader.variable if reader.variable in expr.free_symbols else None


def _value(reader: "Interpreter", node: Node) -> Expr:
    return reader.expr(node.sides[1] if isinstance(node, Related) else node)


def _is_infinite(end: Expr) -> bool:
    return end in (sympy.oo, -sympy.oo)


def _at(inner: Expr, variable: Expr, end: Expr) -> Expr:
    """The value at an end; at an infinite one, where it goes: `t e^{-t}` has no value there."""
    return sympy.Limit(inner, variable, end, "-") if _is_infinite(end) else sympy.Subs(inner, variable, end)
