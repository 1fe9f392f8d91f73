"""Formulas in which densities are called with commas alone."""

from dataclasses import fields, replace

from litgrad.latex.tree import (
    NODE_TYPES,
    Formula,
    Grouped,
    Juxtaposed,
    Listed,
    Node,
    Number,
    Related,
    Root,
    Row,
    Scripted,
    Sign,
)
from litgrad.meaning.densities.calls import bracket_behind, without_primes
from litgrad.meaning.densities.heads import arguments_in, is_square, without_square
from litgrad.meaning.densities.model import Argument, Densities, Density
from litgrad.meaning.names import name_of


def with_densities(formulas: list[Formula], found: Densities) -> list[Formula]:
    """Formulas in which densities that the post gives by formulas are called with commas alone.

    A name that is also applied to other arguments, as the `p` of Bayes' rule, stays as it is.
    """
    return [_in_formula(one, found) for one in formulas] if found else formulas


def _in_formula(formula: Formula, known: Densities) -> Formula:
    rows = tuple(_in_row(row, known) for row in formula.rows)
    return formula if rows == formula.rows else replace(formula, rows=rows)


def _in_row(row: Row, known: Densities) -> Row:
    sides: list[Node | None] = []
    for sign, side in zip((None, *row.relations), row.sides, strict=True):
        drawn = sign is not None and sign.symbol == r"\sim"
        sides.append(side if side is None or drawn else _read(side, known))
    return replace(row, sides=tuple(sides))


def _read(node: Node, known: Densities) -> Node:
    if isinstance(node, Juxtaposed):
        factors = list(map(_read, node.factors, [known] * len(node.factors)))
        for at, head in enumerate(node.factors[:-1]):
            density = known.get(name_of(without_primes(head)) or "")
            if density is not None and bracket_behind(factors[at + 1]) is not None:
                factors[at + 1] = _with_commas(factors[at + 1], density)
        return node if tuple(factors) == node.factors else replace(node, factors=tuple(factors))
    values = {field.name: getattr(node, field.name) for field in fields(node)}
    held = {"sub"} if isinstance(node, Scripted) else set()
    changed = {name: value if name in held else _each(value, known) for name, value in values.items()}
    return node if changed == values else replace(node, **changed)


def _each(value: object, known: Densities) -> object:
    if isinstance(value, tuple):
        return tuple(_each(one, known) for one in value)
    return _read(value, known) if isinstance(value, NODE_TYPES) else value


def _with_commas(bracket: Node, density: Density) -> Node:
    if isinstance(bracket, Scripted):
        return replace(bracket, base=_with_commas(bracket.base, density))
    assert isinstance(bracket, Grouped)
    items, _ = arguments_in(bracket.body)
    kept = [(one, item) for one, item in zip(density.arguments, items, strict=True) if not one.is_data]
    read = tuple(_as_read(one, item) for one, item in kept)
    body = bracket.body
    if not isinstance(body, Listed) or len(read) == 1:
        return replace(bracket, body=read[0])
    commas = tuple(Sign(sign.span, ",") for sign in body.separators[: len(read) - 1])
    return replace(bracket, body=replace(body, items=read, separators=commas))


def _as_read(argument: Argument, item: Node) -> Node:
    """`X = k` as `k`; where the parameter is a variance, its root."""
    if argument.event is not None:
        assert isinstance(item, Related)
        return item.sides[1]
    if not argument.squared or (isinstance(item, Number) and item.text in ("0", "1")):
        return item
    if is_square(item) and name_of(without_square(item)) is not None:
        return without_square(item)
    return Root(item.span, None, item)
