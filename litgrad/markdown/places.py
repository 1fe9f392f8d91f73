"""Where a text that markdown-it cut out stands in the post: pairs of offsets, as in `MathBlock.origin`."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import TypeAlias

from litgrad.source import Source

Pairs: TypeAlias = Sequence[tuple[int, int]]
"""(offset in the cut text, offset in the post), ascending: between two pairs both advance together."""


def to_source(pairs: Pairs, offset: int) -> int:
    """The offset in the post of an offset in the cut text.

    >>> to_source([(0, 10), (4, 20)], 5)
    21
    """
    at, source = pairs[bisect_right(pairs, offset, key=_first) - 1]
    return source + offset - at


def cut(pairs: Pairs, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The pairs of the piece from `start` to `end` of the cut text, counted from its start.

    >>> cut([(0, 10), (4, 20), (9, 30)], 2, 6)
    ((0, 12), (2, 20))
    """
    begin = bisect_right(pairs, start, key=_first)
    stop = bisect_right(pairs, end - 1, key=_first)
    inner = [(at - start, source) for at, source in pairs[begin:stop]]
    return ((0, to_source(pairs, start)), *inner)


def _first(pair: tuple[int, int]) -> int:
    return pair[0]


def of_lines(source: Source, first_line: int, content: str) -> list[tuple[int, int]]:
    """The pairs of an inline content whose lines are the ends of consecutive lines of the post.

    Blockquote and list prefixes were cut from the start of each line, spaces from its end.
    """
    pairs: list[tuple[int, int]] = []
    at = 0
    for number, line in enumerate(content.split("\n"), start=first_line):
        raw = source.line_text(number)
        if raw.endswith(line):
            pairs.append((at, source.line_start(number) + len(raw) - len(line)))
            at += len(line) + 1
            continue
        text = raw.rstrip()
        body = line.strip()
        found = len(text) - len(body) if text.endswith(body) else max(text.find(body), 0)
        lead = len(line) - len(line.lstrip())
        start = source.line_start(number) + found
        pairs.append((at + lead, start) if pairs else (0, start - lead))
        at += len(line) + 1
    return pairs


def of_cell(source: Source, line: int, content: str, after: int) -> list[tuple[int, int]]:
    r"""The pairs of a table cell, found at or after an offset of the post; a `|` may be `\|` there."""
    end = source.line_start(line) + len(source.line_text(line))
    pieces = content.split("|")
    start = source.text.find(pieces[0], after, end)
    while start >= 0:
        pairs = _through_bars(source.text, start, pieces)
        if pairs is not None:
            return pairs
        start = source.text.find(pieces[0], start + 1, end)
    return [(0, after)]


def _through_bars(text: str, start: int, pieces: Sequence[str]) -> list[tuple[int, int]] | None:
    """The pairs of pieces that bars join, if they stand there; an escaped bar is counted without its mark."""
    pairs = [(0, start)]
    length, at = len(pieces[0]), start + len(pieces[0])
    for piece in pieces[1:]:
        if text[at : at + 2] == r"\|":
            at += 1
            pairs.append((length, at))
        if not text.startswith(f"|{piece}", at):
            return None
        length += len(piece) + 1
        at += len(piece) + 1
    return pairs
