"""Variances: `\\sigma^2 = \\frac1n \\sum_i (x_i - \\mu)^2` gives `\\sigma` a value, which is not negative."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from litgrad.latex.tree import Accented, Formula, Letter, Node, Number, Operator, Root, Row, Scripted, walk
from litgrad.meaning.declarations import called_in
from litgrad.meaning.names import name_of

_DEVIATIONS = frozenset([r"\sigma", "s"])
"""Letters that stand for a standard deviation where their squares are given."""
_GIVES = frozenset(["=", ":=", r"\equiv", r"\triangleq", r"\coloneqq"])


def with_deviations(formulas: Sequence[Formula]) -> list[Formula]:
    """Formulas in which the first `\\sigma^2 = v` of a name says `\\sigma = \\sqrt{v}`.

    The name stands nowhere above, not in its own value, and nowhere before a bracket.
    """
    sides = (side for formula in formulas for row in formula.rows for side in row.sides if side is not None)
    seen = {name for side in sides for name in called_in(side)}
    return [_in_formula(formula, seen) for formula in formulas]


def _in_formula(formula: Formula, seen: set[str]) -> Formula:
    pairs = zip_longest(formula.rows, formula.rows[1:])
    rows = tuple(_in_row(row, below, seen) for row, below in pairs)
    return formula if rows == formula.rows else replace(formula, rows=rows)


def _in_row(row: Row, below: Row | None, seen: set[str]) -> Row:
    goes_on = below is not None and below.sides[0] is None
    name = None if goes_on else _deviation(row)
    here = {found for side in row.sides if side is not None for found in _deviations_in(side)}
    given = name is not None and name not in seen
    seen |= here
    if not given:
        return row
    head, value = row.sides[0], row.sides[1]
    assert isinstance(head, Scripted)
    assert value is not None
    left = replace(head, sup=None) if head.sub is not None else replace(head.base, span=head.span)
    return replace(row, sides=(left, Root(value.span, None, value), *row.sides[2:]))


def _deviation(row: Row) -> str | None:
    """The name whose square a row gives a value; two sides only."""
    if len(row.sides) != 2 or row.relations[0].symbol not in _GIVES:
        return None
    head, value = row.sides
    if not (isinstance(head, Scripted) and isinstance(head.sup, Number) and head.sup.text == "2"):
        return None
    name = _name(head)
    if name is None or value is None or name in _deviations_in(value) or not _is_summed(value):
        return None
    return name


def _is_summed(value: Node) -> bool:
    """A variance of numbers that are there; one of a distribution is no value."""
    return any(isinstance(inner, Operator) and inner.name == r"\sum" for inner in walk(value))


def _name(head: Scripted) -> str | None:
    base = head.base.body if isinstance(head.base, Accented) else head.base
    if not isinstance(base, Letter) or base.name not in _DEVIATIONS or head.primes:
        return None
    return name_of(replace(head, sup=None) if head.sub is not None else head.base)


def _deviations_in(node: Node) -> list[str]:
    found = []
    for inner in walk(node):
        bare = replace(inner, sup=None) if isinstance(inner, Scripted) and inner.sub is not None else inner
        name = name_of(bare)
        if name is not None:
            found.append(name)
    return found
