"""Newton's dots: `\\dot{x}` as the derivative of an x that the post gives as a function of one variable."""

from collections.abc import Mapping
from dataclasses import replace

from litgrad.latex.tree import (
    Accented,
    Formula,
    Grouped,
    Juxtaposed,
    Letter,
    Node,
    Number,
    Row,
    Scripted,
    Sign,
    with_children,
)
from litgrad.meaning.names import name_of

_ORDERS = {r"\dot": 1, r"\ddot": 2, r"\dddot": 3, r"\ddddot": 4}
Variables = Mapping[str, str]
"""The variable of each function of one variable."""


def with_primes_for_dots(formulas: list[Formula], variables: Variables) -> list[Formula]:
    """Formulas in which `\\dot{x}` and `\\dot{x}(t)` are `x'(t)` for the given functions of one variable."""
    return [_in_formula(formula, variables) for formula in formulas] if variables else formulas


def _in_formula(formula: Formula, variables: Variables) -> Formula:
    rows = tuple(_in_row(row, variables) for row in formula.rows)
    return formula if rows == formula.rows else replace(formula, rows=rows)


def _in_row(row: Row, variables: Variables) -> Row:
    return replace(row, sides=tuple(side and _read(side, variables) for side in row.sides))


def _read(node: Node, variables: Variables) -> Node:
    if isinstance(node, Juxtaposed):
        return _side_by_side(node, variables)
    name = _dotted(node)
    if name in variables:
        return _call(node, variables[name])
    return with_children(node, lambda below: _read(below, variables))


def _side_by_side(node: Juxtaposed, variables: Variables) -> Node:
    """Pieces side by side; a bracket with a moment in it, as in `\\dot{x}(0)`, stays the argument."""
    found: list[Node] = []
    for piece, behind in zip(node.factors, (*node.factors[1:], None), strict=True):
        name = _dotted(piece)
        if name in variables and _is_moment(behind, variables[name]):
            found.append(_primed(piece))
            continue
        found.append(_read(piece, variables))
    return node if tuple(found) == node.factors else replace(node, factors=tuple(found))


def _is_moment(node: Node | None, variable: str) -> bool:
    if not isinstance(node, Grouped) or node.open.symbol != "(":
        return False
    return isinstance(node.body, Number) or name_of(node.body) == variable


def _accented(node: Node) -> Accented | None:
    """`\\dot{x}`, also with a power."""
    inner = node.base if isinstance(node, Scripted) else node
    return inner if isinstance(inner, Accented) and inner.accent in _ORDERS else None


def _dotted(node: Node) -> str:
    """The name under dots; the empty word where there are none."""
    accented = _accented(node) if not isinstance(node, Scripted) or node.sub is None else None
    return "" if accented is None else name_of(accented.body) or ""


def _primed(node: Node) -> Node:
    """`\\dot{x}` as `x'`, a power kept."""
    accented = _accented(node)
    assert accented is not None
    body, order = accented.body, _ORDERS[accented.accent]
    sup = node.sup if isinstance(node, Scripted) else None
    if isinstance(body, Scripted):
        return replace(body, span=node.span, sup=sup, primes=body.primes + order)
    return Scripted(node.span, body, None, sup, order)


def _call(node: Node, variable: str) -> Node:
    """`\\dot{x}^2` as `x'(t)^2`."""
    accented = _accented(node)
    assert accented is not None
    span = accented.span
    argument = Grouped(span, Sign(span, "("), Sign(span, ")"), Letter(span, variable))
    if isinstance(node, Scripted):
        argument = replace(node, base=argument)
    return Juxtaposed(node.span, (_primed(accented), argument))
