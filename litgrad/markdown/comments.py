"""Comments: they are kept out of the page, and those to litgrad are handed on."""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from litgrad.markdown.blocks import push_tail
from litgrad.markdown.closing import last, text_start
from litgrad.markdown.delimiters import Delimiter
from litgrad.records import dataclass

COMMENTS = (
    Delimiter("<!--", "-->"),
    Delimiter("{/*", "*/}"),
    Delimiter("{{/*", "*/}}"),
    Delimiter("{% comment %}", "{% endcomment %}"),
)
"""Marks of comments in HTML, MDX, Hugo and Liquid."""

_HINT = re.compile(r"[\s>]*litgrad\s*:\s*(.*?)(?:\n[ >]*)?\s*", re.DOTALL)
_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Comment:
    """Where in a text a comment's hint stands; an empty range for a comment to others."""

    start: int
    end: int


def _hint(text: str, start: int, end: int) -> Comment:
    match = _HINT.fullmatch(text, start, end)
    return Comment(*match.span(1)) if match else Comment(end, end)


def comment_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A comment that starts a line; it is kept out of the page, also over blank lines."""
    start = text_start(state, start_line)
    marks = next((row for row in COMMENTS if state.src.startswith(row.open, start)), None)
    if marks is None or state.is_code_block(start_line) or last(state, marks.close) < start:
        return False
    body = start + len(marks.open)
    close = state.src.find(marks.close, body)
    end = close + len(marks.close)
    line = line_of(state, start_line, end_line, end)
    if close < 0 or line is None or (line == start_line and state.src[end : state.eMarks[line]].strip()):
        return False
    if not silent:
        state.line = line + 1
        token = state.push("comment_block", "", 0)
        token.map = [start_line, line + 1]
        token.meta = {"comment": _hint(state.src, body, close)}
        push_tail(state, line, end)
    return True


def comment(state: StateInline, *, silent: bool) -> bool:
    """A comment in the flow of a sentence."""
    marks = next((row for row in COMMENTS if state.src.startswith(row.open, state.pos)), None)
    close = find_once(state, marks.close, state.pos) if marks else -1
    if marks is None or close < 0 or close + len(marks.close) > state.posMax:
        return False
    if not silent:
        token = state.push("comment", "", 0)
        token.meta = {"comment": _hint(state.src, state.pos + len(marks.open), close)}
    state.pos = close + len(marks.close)
    return True


# -------------------------------- looking ahead --------------------------------


def line_of(state: StateBlock, line: int, end_line: int, at: int) -> int | None:
    """The line that an offset stands in; None where the enclosing list or quote ends before it."""
    while line < end_line and state.eMarks[line] < at:
        line += 1
        if line < end_line and state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            return None
    return line if line < end_line else None


def find_once(state: StateInline, mark: str, start: int) -> int:
    """The place of a mark, or -1; that it does not come again is found out once per paragraph."""
    absent: dict[str, str] = state.env.setdefault(_ABSENT, {})
    if absent.get(mark) is state.src:
        return -1
    at = state.src.find(mark, start)
    if at < 0:
        absent[mark] = state.src
    return at
