"""Means: in `\\frac1n \\sum_i x_i` the sum has n terms, though its bounds are not written."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

from litgrad.latex.tree import (
    NODE_TYPES,
    Formula,
    Fraction,
    Grouped,
    Juxtaposed,
    Letter,
    Node,
    Number,
    Operator,
    Product,
    Related,
    Row,
    Scripted,
    Sign,
    children,
    walk,
)
from litgrad.meaning.names import is_leibniz

_COUNTS = frozenset(["n", "N"])
"""Letters that mostly are a number of things."""
_PERHAPS = frozenset(["m", "M", "d", "D", "B", "K"])
"""Letters that are one where they stand below a line, as a bound or as an index, and nowhere else."""


def with_means_bounded(formulas: Sequence[Formula]) -> list[Formula]:
    """Formulas in which a sum that is divided by a number of things goes from one to it."""
    counts = _counts(formulas)
    return [_in_formula(formula, counts) for formula in formulas] if counts else list(formulas)


def open_means(node: Node) -> Iterator[tuple[str, str]]:
    """The index and the divisor of sums without bounds; the divisor is a letter, which may be the length."""
    for inner in walk(node):
        if isinstance(inner, (Juxtaposed, Product)):
            for at, factor in enumerate(inner.factors):
                if isinstance(factor, Fraction) and not is_leibniz(factor):
                    yield from _pairs(factor.denominator, inner.factors[at + 1 :])
        elif isinstance(inner, Fraction):
            yield from _pairs(inner.denominator, (inner.numerator,))


def _pairs(below: Node, factors: tuple[Node, ...]) -> Iterator[tuple[str, str]]:
    letters = [one for one in _factors_of(below) if isinstance(one, Letter) and one.name.isalpha()]
    for factor in factors:
        first = factor.factors[0] if isinstance(factor, Juxtaposed) else factor
        if isinstance(first, Scripted) and _is_open_sum(first) and len(letters) == 1:
            assert isinstance(first.sub, Letter)
            yield first.sub.name, letters[0].name


def _factors_of(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Juxtaposed) else (node,)


def _is_open_sum(node: Scripted) -> bool:
    named = isinstance(node.base, Operator) and node.base.name == r"\sum"
    return named and isinstance(node.sub, Letter) and node.sup is None


def _counts(formulas: Sequence[Formula]) -> frozenset[str]:
    sides = [side for formula in formulas for row in formula.rows for side in row.sides if side is not None]
    indices = {letter for side in sides for node in walk(side) for letter in _summed(node)}
    varied = {letter for side in sides for node in walk(side) for letter in _differentiated(node)}
    elsewhere = {letter for side in sides for letter in _as_factors(side)}
    return (_COUNTS | (_PERHAPS - elsewhere)) - indices - varied


def _summed(node: Node) -> Iterator[str]:
    """The letters below a sign of a sum that are its index."""
    if isinstance(node, Scripted) and isinstance(node.base, Operator) and node.sub is not None:
        start = node.sub.sides[0] if isinstance(node.sub, Related) else node.sub
        yield from (one.name for one in walk(start) if isinstance(one, Letter))


def _differentiated(node: Node) -> Iterator[str]:
    if isinstance(node, Fraction) and is_leibniz(node):
        yield from (one.name for one in walk(node.denominator) if isinstance(one, Letter))


def _as_factors(node: Node) -> Iterator[str]:
    """The letters that stand neither below a line nor in a script."""
    if isinstance(node, Letter):
        yield node.name
    elif isinstance(node, Fraction):
        yield from _as_factors(node.numerator)
    elif isinstance(node, Scripted):
        yield from _as_factors(node.base)
    else:
        for child in children(node):
            yield from _as_factors(child)


# -------------------------------- trees --------------------------------


def _in_formula(formula: Formula, counts: frozenset[str]) -> Formula:
    rows = tuple(_in_row(row, counts) for row in formula.rows)
    return formula if rows == formula.rows else replace(formula, rows=rows)


def _in_row(row: Row, counts: frozenset[str]) -> Row:
    return replace(row, sides=tuple(side and _read(side, counts) for side in row.sides))


def _read(node: Node, counts: frozenset[str]) -> Node:
    values = {field.name: getattr(node, field.name) for field in fields(node)}
    changed = {name: _each(value, counts) for name, value in values.items()}
    read = node if changed == values else replace(node, **changed)
    if isinstance(read, Fraction):
        return _divided(read, counts)
    return _multiplied(read, counts) if isinstance(read, (Juxtaposed, Product)) else read


def _each(value: object, counts: frozenset[str]) -> object:
    if isinstance(value, tuple):
        return tuple(_each(one, counts) for one in value)
    return _read(value, counts) if isinstance(value, NODE_TYPES) else value


def _divided(node: Fraction, counts: frozenset[str]) -> Fraction:
    """`\\frac{\\sum_i x_i}{n}`."""
    count = _count_in(node.denominator, counts)
    above = node.numerator
    if count is None or not isinstance(above, (Juxtaposed, Scripted)):
        return node
    return replace(node, numerator=_with_bounds(above, count))


def _multiplied(node: Juxtaposed | Product, counts: frozenset[str]) -> Node:
    """`\\frac1n \\sum_i x_i`."""
    factors, count = list(node.factors), None
    for at, factor in enumerate(factors):
        if isinstance(factor, Fraction) and not is_leibniz(factor):
            count = _count_in(factor.denominator, counts) or count
        elif count is not None and at:
            factors[at] = _with_bounds(factor, count)
    return node if tuple(factors) == node.factors else replace(node, factors=tuple(factors))


def _count_in(below: Node, counts: frozenset[str]) -> Letter | None:
    """The number of things below a line, alone or among factors; of `n - 1` the n."""
    if isinstance(below, Grouped):
        below = below.body
    found = [one for one in walk(below) if isinstance(one, Letter) and one.name in counts]
    return found[0] if len(found) == 1 else None


def _with_bounds(node: Node, count: Letter) -> Node:
    """The sum that a factor is, or begins with."""
    if isinstance(node, Juxtaposed):
        first = _with_bounds(node.factors[0], count)
        return node if first is node.factors[0] else replace(node, factors=(first, *node.factors[1:]))
    if not isinstance(node, Scripted) or not _is_open_sum(node) or not isinstance(node.sub, Letter):
        return node
    if node.sub.name == count.name:
        return node
    span = node.sub.span
    start = Related(span, (node.sub, Number(span, "1")), (Sign(span, "="),))
    return replace(node, sub=start, sup=Letter(span, count.name))
