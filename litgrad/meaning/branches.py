"""`\\begin{cases}` blocks to values by cases."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import sympy
from sympy import Expr
from sympy.logic.boolalg import Boolean

from litgrad.latex.tree import Array, Empty, Grouped, Juxtaposed, Listed, Node, Related, Sum, Text
from litgrad.meaning.cases import Cases
from litgrad.meaning.terms import NoMeaning

if TYPE_CHECKING:
    from litgrad.meaning.interpret import Interpreter

ENVIRONMENTS = frozenset(["cases", "cases*", "dcases", "dcases*"])
_IF = re.compile(r"\s*(if|for|when|whenever|where|wenn|falls|für|si|pour|se|quando)\s*", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"\s*(otherwise|else|elsewhere|in all other cases|sonst|sinon|altrimenti)[\s.,;]*", re.IGNORECASE
)
_RELATIONS = {
    "<": sympy.Lt, r"\lt": sympy.Lt, ">": sympy.Gt, r"\gt": sympy.Gt, r"\le": sympy.Le, r"\leq": sympy.Le,
    r"\leqslant": sympy.Le, r"\ge": sympy.Ge, r"\geq": sympy.Ge, r"\geqslant": sympy.Ge, "=": sympy.Eq,
    r"\ne": sympy.Ne, r"\neq": sympy.Ne,
}  # fmt: skip
_WIDE = frozenset([r"\quad", r"\qquad", ",", ";"])
_NO_CONDITION = "a case without a condition that is a comparison"


def is_by_cases(node: Node) -> bool:
    """Whether a block tells its values apart by conditions, and is no system of equations."""
    if isinstance(node, Grouped):
        inside = node.open.symbol in (r"\{", r"\lbrace") and node.close.symbol == "."
        return inside and isinstance(node.body, Array) and all(len(row) == 2 for row in node.body.rows)
    return isinstance(node, Array) and node.environment in ENVIRONMENTS


def by_cases(reader: "Interpreter", node: Array) -> Expr:
    """The value of a block; raises NoMeaning."""
    if not node.rows:
        raise NoMeaning(node.span, "a block without cases")
    pairs = [_case(reader, row, node) for row in node.rows]
    return Cases.of(pairs)


def _case(reader: "Interpreter", row: Sequence[Node], node: Node) -> tuple[Expr, Boolean]:
    value, condition = _halves([_trimmed(cell) for cell in row], node)
    return reader.expr(value), _condition(reader, condition)


def _halves(cells: Sequence[Node], node: Node) -> tuple[Node, Node]:
    """The value and the condition of a row: two cells, or one with a wide space or a comma between."""
    if len(cells) == 2 and not isinstance(cells[0], (Related, Empty)):
        return cells[0], cells[1]
    if len(cells) == 1 and isinstance(cells[0], Listed) and len(cells[0].items) == 2:
        first, second = cells[0].items
        if cells[0].separators[0].symbol in _WIDE and not isinstance(first, Related):
            return first, second
    raise NoMeaning(node.span, "a block whose rows are no values with their conditions")


def _trimmed(cell: Node) -> Node:
    """A cell without the comma that ends it."""
    if isinstance(cell, Listed) and isinstance(cell.items[-1], Empty):
        if len(cell.items) == 2:
            return cell.items[0]
        return Listed(cell.span, cell.items[:-1], cell.separators[:-1])
    return cell


def _condition(reader: "Interpreter", node: Node) -> Boolean:
    """`x > 0`, `\\text{if } 0 \\le x < 1`, `(x > 0)`, `\\text{otherwise}`; raises NoMeaning."""
    match node:
        case Text(text=text) if _OTHERWISE.fullmatch(text):
            return sympy.true
        case Grouped(body=body):
            return _condition(reader, body)
        case Related(sides=sides, signs=signs):
            first = _without_if(sides[0])
            exprs = [reader.expr(side) for side in (first, *sides[1:])]
            pairs = zip(signs, exprs, exprs[1:], strict=False)
            return _all([_compared(sign.symbol, left, right, node) for sign, left, right in pairs])
        case Listed(items=items):
            return _all([_condition(reader, item) for item in items])
        case Juxtaposed(factors=(Text(text=text), rest)) if _IF.fullmatch(text):
            return _condition(reader, rest)
    raise NoMeaning(node.span, _NO_CONDITION)


def _without_if(node: Node) -> Node:
    """What follows "if", which the reader takes for a factor, or for the first term before a minus."""
    if isinstance(node, Sum) and node.signs[0] is None and _is_if(node.terms[0]):
        return Sum(node.span, node.terms[1:], node.signs[1:])
    if not isinstance(node, Juxtaposed) or not isinstance(node.factors[0], Text):
        return node
    if not _is_if(node.factors[0]):
        raise NoMeaning(node.span, _NO_CONDITION)
    rest = node.factors[1:]
    return rest[0] if len(rest) == 1 else Juxtaposed(rest[0].span | rest[-1].span, rest)


def _is_if(node: Node) -> bool:
    return isinstance(node, Text) and _IF.fullmatch(node.text) is not None


def _compared(sign: str, left: Expr, right: Expr, node: Node) -> Boolean:
    relation = _RELATIONS.get(sign)
    if relation is None:
        raise NoMeaning(node.span, _NO_CONDITION)
    return relation(left, right, evaluate=False)


def _all(conditions: list[Boolean]) -> Boolean:
    return conditions[0] if len(conditions) == 1 else sympy.And(*conditions, evaluate=False)
