"""Tokens of markdown-it to segments of math and to hints, each with its place in the post."""

from collections.abc import Iterator

from markdown_it.token import Token

from litgrad.document import Hint, MathBlock
from litgrad.markdown import places
from litgrad.markdown.escapes import without_escapes
from litgrad.source import Source, Span


def of_block(token: Token) -> MathBlock:
    """The display of a token `math_block`."""
    latex, origin = without_escapes(token.content, token.meta["pairs"])
    return MathBlock(Span(*token.meta["span"]), latex, origin, display=True)


def of_inline(token: Token, pairs: places.Pairs, *, display: bool, in_table: bool) -> MathBlock:
    """The segment of a token `math` in a paragraph, whose places the pairs tell."""
    origin = places.cut(pairs, *token.meta["inner"])
    latex, origin = without_escapes(token.content, origin, in_table=in_table)
    return MathBlock(_span(pairs, *token.meta["outer"]), latex, origin, display)


def of_fence(source: Source, token: Token) -> MathBlock | None:
    """The display in a block of code; None where it is empty."""
    assert token.map is not None
    if not token.content.strip():
        return None
    first, end = token.map
    content = token.content[:-1]
    origin = tuple(places.of_lines(source, first + 2, content))
    start = source.line_start(first + 1) + source.line_text(first + 1).index(token.markup)
    stop = source.line_start(end) + len(source.line_text(end).rstrip())
    return MathBlock(Span(start, stop), content, origin, display=True)


def hints(source: Source, token: Token, pairs: places.Pairs) -> Iterator[Hint]:
    """What a comment says to litgrad, if it speaks to it."""
    comment = token.meta["comment"]
    if comment.start < comment.end:
        span = _span(pairs, comment.start, comment.end)
        yield Hint(span, source.slice(span))


def _span(pairs: places.Pairs, start: int, end: int) -> Span:
    return Span(places.to_source(pairs, start), places.to_source(pairs, end - 1) + 1)
