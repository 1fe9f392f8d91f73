"""What a relation says of a symbol's values: `0 < p < 1`, `x > 0`, `y \\in \\{0, 1\\}`."""

from collections.abc import Iterator

import sympy
from sympy import Expr, Interval, Set, Symbol, oo

from litgrad.latex.tree import Grouped, Node, Scripted, Sign, Styled
from litgrad.latex.unparse import unparse
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import Scope, items_of, name_of
from litgrad.meaning.forms import symbol
from litgrad.meaning.terms import Term

_LESS = frozenset(["<", r"\lt", r"\le", r"\leq", r"\leqslant"])
_GREATER = frozenset([">", r"\gt", r"\ge", r"\geq", r"\geqslant"])
_STRICT = frozenset(["<", ">", r"\lt", r"\gt"])


def stated_domain(left: Node, sign: Sign, right: Node, scope: Scope) -> tuple[Symbol, Set] | None:
    """The symbol and the set of its values, where a relation states nothing but that."""
    if sign.symbol == r"\in":
        values = _set_of(right, scope)
        name = name_of(left)
        return (symbol(name), values) if name and values is not None else None
    if sign.symbol not in _LESS | _GREATER:
        return None
    upper = sign.symbol in _LESS
    for name_side, number_side, below in ((left, right, upper), (right, left, not upper)):
        name, bound = name_of(name_side), _number(number_side, scope)
        if name and bound is not None:
            return symbol(name), _ray(bound, below=below, open_end=sign.symbol in _STRICT)
    return None


def _ray(bound: Expr, *, below: bool, open_end: bool) -> Set:
    return Interval(-oo, bound, True, open_end) if below else Interval(bound, oo, open_end, True)


def _number(node: Node, scope: Scope) -> Expr | None:
    term = interpret(node, scope)
    return term.expr if isinstance(term, Term) and not term.expr.free_symbols and term.expr.is_number else None


def _set_of(node: Node, scope: Scope) -> Set | None:
    if isinstance(node, Grouped):
        numbers = list(_numbers(node, scope))
        if node.open.symbol in (r"\{", r"\lbrace") and numbers:
            return sympy.FiniteSet(*numbers)
        if len(numbers) == 2 and numbers[0] < numbers[1]:
            return Interval(*numbers, node.open.symbol != "[", node.close.symbol != "]")
    return _REALS.get(unparse(node)) if isinstance(node, (Styled, Scripted)) else None


def _numbers(node: Grouped, scope: Scope) -> Iterator[Expr]:
    for item in items_of(node.body):
        number = _number(item, scope)
        if number is not None:
            yield number


_REALS = {
    r"\mathbb{R}": sympy.S.Reals,
    r"\mathbb{R}^{+}": Interval.open(0, oo),
    r"\mathbb{R}_{+}": Interval(0, oo),
    r"\mathbb{R}_{>0}": Interval.open(0, oo),
}
