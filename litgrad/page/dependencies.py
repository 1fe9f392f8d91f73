"""Which definitions lead to which: the names of a post in columns, each right of what it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litgrad.meaning.statements import Statements
from litgrad.page.glossary import Entry, arguments_of, definitions_of, names_of
from litgrad.page.linear import plain_name

_MOST = 30
"""Names; a picture of more would not be looked at."""
_LEAST = 3
_COLUMN, _ROW, _LETTER, _SMALL, _PAD = 150, 64, 15, 11, 26


@dataclass(frozen=True, slots=True)
class Node:
    """A name in the picture."""

    text: str
    below: str
    """Its subscript."""
    href: str
    x: int
    y: int
    width: int
    defined: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """The picture: names, and curves from what is used to what uses it."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    curves: tuple[str, ...]


def graph_of(statements: Statements, glossary: Mapping[str, Entry]) -> Graph | None:
    """The picture of a post's definitions; None for few or very many."""
    uses = _uses(statements, glossary)
    names = [name for name in glossary if uses.get(name) or any(name in used for used in uses.values())]
    if not _LEAST <= len(names) <= _MOST or len(uses) < 2:
        return None
    columns = _columns(names, uses)
    places = _places(columns, uses)
    tallest = max(map(len, columns))
    nodes = {name: _node(glossary[name], *places[name], tallest, defined=name in uses) for name in names}
    curves = [_curve(nodes[used], nodes[name]) for name in uses for used in uses[name] if name in nodes]
    last = max(nodes.values(), key=lambda node: node.x + node.width)
    return Graph(last.x + last.width + 2, tallest * _ROW, tuple(nodes.values()), tuple(curves))


def _uses(statements: Statements, glossary: Mapping[str, Entry]) -> dict[str, list[str]]:
    """For each defined name what stands in its formula, its own arguments left out."""
    found: dict[str, list[str]] = {}
    for definition in definitions_of(statements):
        used = names_of(definition) - {definition.name, *arguments_of(definition)}
        names = [name for name in glossary if name in used]
        if definition.name in glossary:
            found.setdefault(definition.name, names)
    return found


def _columns(names: Sequence[str], uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Names by the longest way of definitions that leads to them; what a circle adds is not followed.

    A name without a definition stands just before the first that uses it.
    """
    depths = dict.fromkeys(names, 0)
    for _ in names:
        for name in names:
            below = [depths[used] + 1 for used in uses.get(name, ()) if not _leads(used, name, uses)]
            depths[name] = max(below, default=0)
    for name in names:
        users = [depths[user] for user in names if name in uses.get(user, ())]
        if not uses.get(name) and users:
            depths[name] = max(0, min(users) - 1)
    return [[name for name in names if depths[name] == depth] for depth in sorted(set(depths.values()))]


def _leads(start: str, end: str, uses: Mapping[str, Sequence[str]]) -> bool:
    """Whether a name is made of another, through any number of definitions."""
    seen, waiting = {start}, [start]
    while waiting:
        new = [used for used in uses.get(waiting.pop(), ()) if used not in seen]
        seen |= set(new)
        waiting += new
    return end in seen


def _places(columns: Sequence[list[str]], uses: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, float]]:
    """Column, and row from the middle, of each name; a name stands near what it is made of."""
    rows: dict[str, float] = {}
    places: dict[str, tuple[int, float]] = {}
    for index, column in enumerate(columns):
        middles = {
            name: _mean([rows[used] for used in uses.get(name, ()) if used in rows]) for name in column
        }
        ordered = sorted(column, key=middles.__getitem__)
        for row, name in enumerate(ordered):
            rows[name] = row - (len(column) - 1) / 2
            places[name] = index, rows[name]
    return places


def _mean(rows: Sequence[float]) -> float:
    return sum(rows) / len(rows) if rows else 0.0


def _node(entry: Entry, column: int, row: float, tallest: int, *, defined: bool) -> Node:
    text, _, below = plain_name(entry.name).partition("_")
    width = len(text) * _LETTER + len(below) * _SMALL + _PAD
    x, y = column * _COLUMN + 2, round((row + tallest / 2) * _ROW)
    return Node(text, below, f"#{entry.id}", x, y, width, defined)


def _curve(start: Node, end: Node) -> str:
    x0, x1 = start.x + start.width, end.x
    bend = max(24, (x1 - x0) // 2)
    return f"M{x0} {start.y}C{x0 + bend} {start.y} {x1 - bend} {end.y} {x1} {end.y}"
