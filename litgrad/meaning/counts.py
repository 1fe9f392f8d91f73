"""Powers by a number that is called T: `\\gamma^T` beside `\\sum_{t=1}^T`, `(1 + y)^{-T}` beside `T + 1`."""

from collections.abc import Iterator
from dataclasses import fields, replace

from litgrad.latex.tree import (
    NODE_TYPES,
    Formula,
    Grouped,
    Letter,
    Node,
    Number,
    Operator,
    Scripted,
    Sign,
    Sum,
    walk,
)

_COUNTS = frozenset(["T", "H"])
"""The letters that mark a transpose as well."""


def with_powers_by_counts(formulas: list[Formula]) -> list[Formula]:
    """Formulas in which numbers to the power of a bound of the post's sums are powers.

    A number is one that is written as such: `2^T`, `(1 + r)^T`, `\\gamma^T` of a Greek letter. Of a T that
    bounds no sum, and is added to a number elsewhere, powers of numbers and of sums with a number are.
    """
    counts = frozenset(name for formula in formulas for name in _bounds_of(formula))
    numbers = frozenset(name for formula in formulas for name in _numbers_of(formula)) - counts
    if not counts and not numbers:
        return formulas
    return [_in_formula(formula, counts, numbers) for formula in formulas]


def _bounds_of(formula: Formula) -> Iterator[str]:
    for side in (side for row in formula.rows for side in row.sides if side is not None):
        for node in walk(side):
            if isinstance(node, Scripted) and isinstance(node.base, Operator) and node.sup is not None:
                yield from (
                    one.name for one in walk(node.sup) if isinstance(one, Letter) and one.name in _COUNTS
                )


def _numbers_of(formula: Formula) -> Iterator[str]:
    """The letters that are added to numbers: `T + 1`, `-T-1`."""
    for side in (side for row in formula.rows for side in row.sides if side is not None):
        for node in walk(side):
            if isinstance(node, Sum) and any(isinstance(term, Number) for term in node.terms):
                yield from (one.name for one in node.terms if isinstance(one, Letter) and one.name in _COUNTS)


def _in_formula(formula: Formula, counts: frozenset[str], numbers: frozenset[str]) -> Formula:
    rows = tuple(
        replace(row, sides=tuple(side and _read(side, counts, numbers) for side in row.sides))
        for row in formula.rows
    )
    return formula if rows == formula.rows else replace(formula, rows=rows)


def _read(node: Node, counts: frozenset[str], numbers: frozenset[str]) -> Node:
    values = {field.name: getattr(node, field.name) for field in fields(node)}
    changed = {name: _each(value, counts, numbers) for name, value in values.items()}
    below = node if changed == values else replace(node, **changed)
    if not isinstance(below, Scripted) or below.sup is None or not _is_number(below.base):
        return below
    name = _name_in(below.sup)
    meant = counts if isinstance(below.base, Letter) else counts | numbers
    return replace(below, sup=_braced(below.sup)) if name in meant else below


def _name_in(power: Node) -> str | None:
    """The letter of `T` and `-T`."""
    one = power.terms[0] if isinstance(power, Sum) and len(power.terms) == 1 else power
    return one.name if isinstance(one, Letter) else None


def _each(value: object, counts: frozenset[str], numbers: frozenset[str]) -> object:
    if isinstance(value, tuple):
        return tuple(_each(one, counts, numbers) for one in value)
    return _read(value, counts, numbers) if isinstance(value, NODE_TYPES) else value


def _is_number(base: Node) -> bool:
    if isinstance(base, Letter):
        return base.name == "e" or (base.name.startswith("\\") and base.name[1:2].islower())
    if isinstance(base, Grouped):
        inner = base.body
        return isinstance(inner, Sum) and any(isinstance(term, Number) for term in inner.terms)
    return isinstance(base, Number)


def _braced(node: Node) -> Grouped:
    return Grouped(node.span, Sign(node.span, "{"), Sign(node.span, "}"), node)
