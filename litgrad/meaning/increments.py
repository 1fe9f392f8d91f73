r"""Increments: `\Delta t` is one name, where `\Delta` is never one of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from litgrad.latex.tree import (
    Accented,
    Formula,
    Fraction,
    Juxtaposed,
    Letter,
    Node,
    Row,
    Scripted,
    Styled,
    children,
    walk,
    with_children,
)

_MARKS = frozenset([r"\Delta", r"\delta"])


def with_increments(formulas: Sequence[Formula]) -> list[Formula]:
    r"""Formulas in which `\Delta x` is a name; `\Delta x^2` is its square, `\Delta x_i` one of several.

    A post that writes `\Delta` on its own, as in `\Delta = b^2 - 4ac`, has a quantity of that name; before a
    bracket it is an operator. Fractions such as `\delta L / \delta w` are left to those who read derivatives.
    """
    sides = [side for formula in formulas for row in formula.rows for side in row.sides if side is not None]
    marks = {node.name for side in sides for node in walk(side) if isinstance(node, Letter)} & _MARKS
    marks -= {name for side in sides for name in _alone(side)}
    return [_in_formula(formula, frozenset(marks)) for formula in formulas] if marks else list(formulas)


def _alone(node: Node) -> Iterator[str]:
    """The marks in a tree that no quantity follows, or that stand in a fraction of two."""
    match node:
        case Letter(name=name):
            yield name
        case Fraction(numerator=above, denominator=below) if _begins(above) and _begins(below) == r"\delta":
            yield r"\delta"
        case Juxtaposed(factors=factors):
            for factor, behind in zip(factors, (*factors[1:], None), strict=True):
                if not (_is_mark(factor) and _of_quantity(behind)):
                    yield from _alone(factor)
        case _:
            for child in children(node):
                yield from _alone(child)


def _begins(node: Node) -> str | None:
    """The mark that a half of a fraction begins with."""
    first = node.factors[0] if isinstance(node, Juxtaposed) else node
    return first.name if isinstance(first, Letter) and first.name in _MARKS else None


def _is_mark(node: Node) -> bool:
    return isinstance(node, Letter) and node.name in _MARKS


def _of_quantity(node: Node | None) -> bool:
    """Whether a node is a letter, with an accent, a style or scripts, and no mark itself."""
    base = node.base if isinstance(node, Scripted) else node
    while isinstance(base, Accented | Styled):
        base = base.body
    return isinstance(base, Letter) and base.name.lstrip("\\").isalpha() and not _is_mark(base)


def _in_formula(formula: Formula, marks: frozenset[str]) -> Formula:
    rows = tuple(_in_row(row, marks) for row in formula.rows)
    return formula if rows == formula.rows else replace(formula, rows=rows)


def _in_row(row: Row, marks: frozenset[str]) -> Row:
    return replace(row, sides=tuple(side and _read(side, marks) for side in row.sides))


def _read(node: Node, marks: frozenset[str]) -> Node:
    if isinstance(node, Juxtaposed):
        node = _side_by_side(node, marks)
    return with_children(node, lambda below: _read(below, marks))


def _side_by_side(node: Juxtaposed, marks: frozenset[str]) -> Node:
    found: list[Node] = []
    mark: Letter | None = None
    for factor in node.factors:
        if mark is not None:
            found.append(_increment(mark, factor))
            mark = None
        elif isinstance(factor, Letter) and factor.name in marks:
            mark = factor
        else:
            found.append(factor)
    if len(found) == len(node.factors):
        return node
    return found[0] if len(found) == 1 else replace(node, factors=tuple(found))


def _increment(mark: Letter, node: Node) -> Node:
    """The node of a quantity, with the mark in front of its letter."""
    span = mark.span | node.span
    match node:
        case Letter(name=name):
            return Letter(span, f"{mark.name} {name}")
        case Scripted(base=base):
            return replace(node, base=_increment(mark, base), span=span)
        case Accented(body=body) | Styled(body=body):
            return replace(node, body=_increment(mark, body), span=span)
    raise AssertionError(node)
