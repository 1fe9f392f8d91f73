"""Clauses in words behind a formula: `f(k) = p^k \\text{ for } k \\in \\{0, 1\\}` is two rows."""

import re
from collections.abc import Iterator
from dataclasses import replace

from litgrad.latex.tree import Juxtaposed, Node, Product, Row, Sum, Text
from litgrad.source import Span

_OPENS = re.compile(
    r"\s*,?\s*(?:and\s+)?(?:for|where|if|when|whenever|with|since|because|provided|given|as)\b", re.IGNORECASE
)


def by_clauses(row: Row) -> Iterator[Row]:
    """A row, and what stands behind words such as `for` in it as a row of its own.

    A clause without a relation, as in `\\text{for all } x`, says nothing that is read and is left out.
    """
    for at, side in enumerate(row.sides):
        parts = None if side is None or at == 0 else _apart(side)
        if parts is None:
            continue
        before, after = parts
        yield replace(row, sides=(*row.sides[:at], before), relations=row.relations[:at])
        if row.relations[at:]:
            sides, relations = (after, *row.sides[at + 1 :]), row.relations[at:]
            yield from by_clauses(replace(row, sides=sides, relations=relations, breaks_line=False))
        return
    yield row


def _apart(side: Node) -> tuple[Node, Node] | None:
    """What stands before and behind words in a side; None where no words stand inside."""
    if isinstance(side, Juxtaposed):
        for at, factor in enumerate(side.factors[1:-1], 1):
            if (
                isinstance(factor, Text)
                and _OPENS.match(factor.text)
                and "operatorname" not in factor.command
            ):
                return _together(side.factors[:at]), _together(side.factors[at + 1 :])
        return None
    if isinstance(side, (Sum, Product)):
        parts = side.terms if isinstance(side, Sum) else side.factors
        found = _apart(parts[-1])
        if found is None:
            return None
        last, after = found
        span = Span(side.span.start, last.span.end)
        if isinstance(side, Sum):
            return replace(side, span=span, terms=(*parts[:-1], last)), after
        return replace(side, span=span, factors=(*parts[:-1], last)), after
    return None


def _together(factors: tuple[Node, ...]) -> Node:
    return factors[0] if len(factors) == 1 else Juxtaposed(factors[0].span | factors[-1].span, factors)
