"""What a relation says of a symbol's values: `0 < p < 1`, `x > 0`, `y \\in \\{0, 1\\}`."""

from collections.abc import Iterator

import sympy
from sympy import Expr, Interval, Set, oo

from litgrad.latex.tree import Grouped, Letter, Node, Scripted, Sign, Styled
from litgrad.latex.unparse import unparse
from litgrad.meaning.forms import symbol
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import Scope, items_of, name_of
from litgrad.meaning.terms import Term

_LESS = frozenset(["<", r"\lt", r"\le", r"\leq", r"\leqslant"])
_GREATER = frozenset([">", r"\gt", r"\ge", r"\geq", r"\geqslant"])
_STRICT = frozenset(["<", ">", r"\lt", r"\gt"])


_INFINITE = (oo, -oo)
Stated = tuple[Expr, Set]


def stated_domain(left: Node, sign: Sign, right: Node, scope: Scope, *, inline: bool) -> list[Stated]:
    """The expressions and the sets of their values, where a relation states nothing but that.

    `a, b \\ge 0` states two. An inequality between expressions states something when it stands in a
    sentence; on a line of its own it may be a claim.
    """
    if sign.symbol == r"\in":
        found = _set_of(right, scope)
        sets = _WHOLE.get(unparse(right), ()) if found is None else (found,)
        return [(symbol(name), values) for name in map(name_of, items_of(left)) if name for values in sets]
    if sign.symbol == "=":
        return _range(left, right, scope)
    if sign.symbol not in _LESS | _GREATER:
        return []
    strict, less = sign.symbol in _STRICT, sign.symbol in _LESS
    for names, bound, below in ((left, right, less), (right, left, not less)):
        number = _number(bound, scope)
        if number is not None and (inline or all(map(name_of, items_of(names)))):
            values = _ray(number, below=below, open_end=strict)
            return [(expr, values) for expr in _values(names, scope)]
    if not inline:
        return []
    sides = [_value(side, scope) for side in (left, right)]
    if sides[0] is None or sides[1] is None:
        return []
    return [(sides[0] - sides[1], _ray(sympy.Integer(0), below=less, open_end=strict))]


def _range(left: Node, right: Node, scope: Scope) -> list[Stated]:
    """`i = 1, \\dots, n` says where an index starts, and that it is a whole number."""
    name = name_of(left)
    items = items_of(right)
    dots = any(isinstance(item, Letter) and "dots" in item.name for item in items)
    first = _number(items[0], scope) if dots else None
    if name is None or first is None:
        return []
    whole = [(symbol(name), sympy.S.Integers)] if first.is_Integer else []
    return [(symbol(name), Interval(first, oo, False, True)), *whole]


def _values(node: Node, scope: Scope) -> Iterator[Expr]:
    for item in items_of(node):
        value = _value(item, scope)
        if value is not None and value.free_symbols:
            yield value


def _value(node: Node, scope: Scope) -> Expr | None:
    """A value that is judged, or an infinity, which only bounds."""
    term = interpret(node, scope)
    if not isinstance(term, Term):
        return None
    return term.expr if term.unjudged is None or _is_infinite(term.expr) else None


def _is_infinite(expr: Expr) -> bool:
    """Whether it is an infinity, or one with a minus in front."""
    bare = expr.args[1] if expr.is_Mul and len(expr.args) == 2 and expr.args[0] == -1 else expr
    return bare in _INFINITE


def _ray(bound: Expr, *, below: bool, open_end: bool) -> Set:
    return Interval(-oo, bound, True, open_end) if below else Interval(bound, oo, open_end, True)


def _number(node: Node, scope: Scope) -> Expr | None:
    value = _value(node, scope)
    real = value is not None and value.is_number and value.is_extended_real
    return value if real else None


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

_FROM_NOUGHT = (sympy.S.Integers, Interval(0, oo, False, True))
_FROM_ONE = (sympy.S.Integers, Interval(1, oo, False, True))
_WHOLE: dict[str, tuple[Set, ...]] = {
    r"\mathbb{Z}": (sympy.S.Integers,),
    r"\mathbb{N}": _FROM_NOUGHT,
    r"\mathbb{N}_{0}": _FROM_NOUGHT,
    r"\mathbb{Z}_{\ge 0}": _FROM_NOUGHT,
    r"\mathbb{N}^{+}": _FROM_ONE,
    r"\mathbb{N}_{+}": _FROM_ONE,
    r"\mathbb{N}^{*}": _FROM_ONE,
    r"\mathbb{Z}^{+}": _FROM_ONE,
    r"\mathbb{Z}_{+}": _FROM_ONE,
    r"\mathbb{Z}_{>0}": _FROM_ONE,
}
r"""Sets of whole numbers; of `\mathbb{N}` authors differ whether it holds 0."""
