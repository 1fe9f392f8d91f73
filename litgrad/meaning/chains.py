"""Rows to chains: continuation rows take their left side from above."""

from collections.abc import Iterator
from dataclasses import replace

from litgrad.latex.tree import Formula, Node, Row, Sign, Sum, Unreadable
from litgrad.records import dataclass
from litgrad.source import Span


@dataclass(frozen=True, slots=True)
class Chain:
    """Sides with the signs between them, rows joined; one sign fewer than sides."""

    sides: tuple[Node | None, ...]
    """The first is None where the chain goes on from an earlier formula."""
    signs: tuple[Sign, ...]


def chains_of(formula: Formula) -> Iterator[Chain]:
    """The chains of a formula, and its lone sides as chains without a sign."""
    sides: list[Node | None] = []
    signs: list[Sign] = []
    for row in formula.rows:
        if _goes_on(row, sides, signs):
            sides, signs = _joined(row, sides, signs)
            continue
        if sides:
            yield Chain(tuple(sides), tuple(signs))
        sides, signs = list(row.sides), list(row.relations)
    if sides:
        yield Chain(tuple(sides), tuple(signs))


def _goes_on(row: Row, sides: list[Node | None], signs: list[Sign]) -> bool:
    """Whether a row continues the chain above it."""
    if not sides:
        return False
    opens_with_sign = row.sides[0] is None
    ends_with_sign = sides[-1] is None
    return row.breaks_line and (opens_with_sign or ends_with_sign or (not row.relations and bool(signs)))


def _joined(row: Row, sides: list[Node | None], signs: list[Sign]) -> tuple[list[Node | None], list[Sign]]:
    if row.sides[0] is None:
        return [*sides, *row.sides[1:]], [*signs, *row.relations]
    if sides[-1] is None:
        return [*sides[:-1], *row.sides], [*signs, *row.relations]
    return [*sides[:-1], _longer(sides[-1], row.sides[0])], signs


def _longer(above: Node, below: Node) -> Node:
    """A side that goes on in the next row: more terms of its sum, or something litgrad does not join."""
    span = Span(above.span.start, below.span.end)
    if isinstance(below, Sum) and below.signs[0] is not None:
        terms, signs = (above.terms, above.signs) if isinstance(above, Sum) else ((above,), (None,))
        return Sum(span, (*terms, *below.terms), (*signs, *below.signs))
    return Unreadable(span, "it goes on in the next row")


def without_tail(chain: Chain) -> Chain:
    """A chain whose last sign has nothing after it, cut before that sign."""
    if chain.sides and chain.sides[-1] is None and chain.signs:
        return replace(chain, sides=chain.sides[:-1], signs=chain.signs[:-1])
    return chain
