r"""Markdown escapes inside math, `\_`, `\\\\`, `\left\[`: taken back formula by formula."""

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from litgrad.markdown.delimiters import UPRIGHT
from litgrad.records import dataclass

Origin: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a formula and what Markdown makes of it."""

    start: int
    end: int
    text: str


_TOKEN = re.compile(
    rf"(?P<upright>{UPRIGHT.pattern})|(?P<command>\\[A-Za-z]+)|(?P<escape>\\+)(?P<mark>[^\\A-Za-z]?)"
    r"|(?P<entity>&(?:lt|gt|amp|#39|quot);)",
    re.DOTALL,
)
_SIZED = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?)\s*$")
_PUNCTUATION = frozenset("_*[]()^+-=<~`'")
"""Marks that Markdown escapes and that have no meaning behind a backslash in math."""
_SPACES = frozenset(",;!:")
r"""`\,` is a space in LaTeX; no row starts with such a mark, so `\\,` is one, escaped."""
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&#39;": "'", "&quot;": '"'}
_DOUBLE_BRACE = re.compile(r"(?<!\\)\\\\([{}])")
_DOUBLE_BAR = re.compile(r"(?<!\\)\\\|\\\|")
_BEFORE_OPERAND = re.compile(r"(?:^|[-+=<>,;:&({\[/*^_|]|\\[A-Za-z]+|\\[,;!:\\ ]|\\[{|])\s*$")


def without_escapes(latex: str, origin: Origin, *, in_table: bool = False) -> tuple[str, Origin]:
    r"""A formula as it reaches a page whose Markdown takes `\_` for `_`.

    Takes the text between the delimiters, its places as in `MathBlock`, and whether it stands in a cell of a
    table, where `\|` may be a bar that does not end the cell. Gives both without escapes. Upright text keeps
    its `\_`, norms keep their `\|`, and `\\` stays the end of a row.

    >>> without_escapes(r"x\_1 \text{a\_b}", ((0, 7),))
    ('x_1 \\text{a\\_b}', ((0, 7), (1, 9)))
    >>> without_escapes(r"a \\\\ b \\ \left\[ c \right\]", ((0, 0),))[0]
    'a \\\\ b \\\\ \\left[ c \\right]'
    """
    if "\\" not in latex and "&" not in latex:
        return latex, origin
    edits = sorted((*_escapes(latex), *_bars(latex, in_table=in_table)), key=_start)
    return _edited(latex, origin, edits) if edits else (latex, origin)


def _start(edit: Edit) -> int:
    return edit.start


# -------------------------------- what is an escape --------------------------------


def _escapes(latex: str) -> Iterator[Edit]:
    braces = _has_escaped_braces(latex)
    sized = -1
    for match in _TOKEN.finditer(latex):
        start = match.start()
        if match["command"]:
            sized = match.end() if _SIZED.fullmatch(match[0]) else -1
        elif match["entity"]:
            yield Edit(start, match.end(), _ENTITIES[match[0]])
        elif match["escape"]:
            is_sized = 0 <= sized <= start and not latex[sized:start].strip()
            yield from _of_run(start, len(match["escape"]), match["mark"], braces=braces or is_sized)


def _of_run(start: int, length: int, mark: str, *, braces: bool) -> Iterator[Edit]:
    r"""The edit of a run of backslashes before a mark: four are one end of a row, `\\{` may be `\{`."""
    kept = 2 * (length // 4) + length % 4 if length >= 4 else length
    if length == 1 and mark and mark in _PUNCTUATION:
        kept = 0
    elif length == 2 and mark and (mark in _SPACES or (braces and mark in "{}")):
        kept = 1
    if kept < length:
        yield Edit(start, start + length - kept, "")


def _has_escaped_braces(latex: str) -> bool:
    r"""Whether `\\{` and `\\}` stand for `\{` and `\}`: they come in pairs, the first opening."""
    marks = "".join(_DOUBLE_BRACE.findall(latex))
    return bool(marks) and marks.count("{") == marks.count("}") and marks[0] == "{"


def _bars(latex: str, *, in_table: bool) -> Iterator[Edit]:
    r"""`\|\|` is `||`; in a cell, a `\|` that does not open or close a norm is `|`."""
    doubles = [match.start() for match in _DOUBLE_BAR.finditer(latex)]
    for at in doubles:
        yield Edit(at, at + 1, "")
        yield Edit(at + 2, at + 3, "")
    if in_table and not doubles:
        yield from (Edit(at, at + 1, "") for at in _single_bars(latex))


def _single_bars(latex: str) -> Iterator[int]:
    open_norm = False
    for match in re.finditer(r"(?<!\\)\\\|", latex):
        if open_norm:
            open_norm = False
        elif _BEFORE_OPERAND.search(latex, max(match.start() - 40, 0), match.start()):
            open_norm = True
        else:
            yield match.start()


# -------------------------------- the text without them --------------------------------


def _edited(latex: str, origin: Origin, edits: Sequence[Edit]) -> tuple[str, Origin]:
    """A text with edits carried out, and the pairs that lead from it to the post."""
    pieces: list[str] = []
    pairs: list[tuple[int, int]] = []
    index = length = start = 0
    for edit in (*edits, Edit(len(latex), len(latex), "")):
        index = _copy(origin, index, (start, edit.start), length, pairs)
        pieces.append(latex[start : edit.start])
        length += edit.start - start
        if edit.text:
            index = _copy(origin, index, (edit.start, edit.start + 1), length, pairs)
            pieces.append(edit.text)
            length += len(edit.text)
        start = edit.end
    return "".join(pieces), tuple(pairs)


def _copy(
    origin: Origin, index: int, kept: tuple[int, int], length: int, pairs: list[tuple[int, int]]
) -> int:
    """Append the pairs of a kept piece that lands at `length`; gives the pair that is current at its end."""
    start, end = kept
    while index + 1 < len(origin) and origin[index + 1][0] <= start:
        index += 1
    at, source = origin[index]
    if pairs and pairs[-1][0] == length:
        pairs.pop()
    pairs.append((length, source + start - at))
    while index + 1 < len(origin) and origin[index + 1][0] < end:
        index += 1
        pairs.append((length + origin[index][0] - start, origin[index][1]))
    return index
