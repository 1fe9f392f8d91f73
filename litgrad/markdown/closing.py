"""Where a display that opens on a line of its own ends, and whether it ends at all."""

from markdown_it.rules_block import StateBlock

from litgrad.markdown.delimiters import (
    AFTER_DISPLAY,
    Delimiter,
    find_close,
    is_prose,
    starts_block,
    starts_item,
)
from litgrad.records import dataclass

_LAST_CLOSE = "last-close"
_DEEPEST = 50
"""Environments of one name inside each other, beyond which none of them is taken to be closed."""


@dataclass(frozen=True, slots=True)
class Close:
    """The end of a display: the line and the offsets in the post of its content's end and of its own."""

    line: int
    content_end: int
    end: int


NEVER = Close(-1, -1, -1)
"""The end of a display that is opened and not closed."""


def text_start(state: StateBlock, line: int) -> int:
    """The offset of a line's first character behind its indentation and prefixes."""
    return state.bMarks[line] + state.tShift[line]


def close_of(state: StateBlock, line: int, end_line: int, body: int, marks: Delimiter) -> Close | None:
    """The close of a display, which may be never; None where the mark stands in the flow of a sentence."""
    first = state.src[body : state.eMarks[line]]
    at = find_close(first, marks.close)
    if at >= 0:
        rest = first[at + len(marks.close) :]
        return _closed(line, body + at, marks) if AFTER_DISPLAY.fullmatch(rest) else None
    if is_prose(first):
        return None
    close = scan(state, line, end_line, body, marks)
    if close is NEVER or marks.open == "$$":
        return close
    rest = state.src[close.end : state.eMarks[close.line]]
    return close if AFTER_DISPLAY.fullmatch(rest) else None


def scan(state: StateBlock, line: int, end_line: int, body: int, marks: Delimiter) -> Close:
    """Go down the lines to the close, and stop at the first that cannot be inside a formula.

    An environment may hold others of its name; with each of them the close moves on.
    """
    blank, depth = False, 0
    text = state.src[body : state.eMarks[line]]
    base = body
    while last(state, marks.close) >= body:
        at, depth = _close_in(text, marks, depth)
        if at >= 0 and not (blank and _opens_anew(text, at, marks)):
            return _closed(line, base + at, marks)
        line += 1
        if at >= 0 or line >= end_line or depth > _DEEPEST:
            break
        base = text_start(state, line)
        text = state.src[base : state.eMarks[line]]
        if _is_outside(text, blank=blank, outdented=state.sCount[line] < state.blkIndent):
            break
        blank = blank or not text.strip()
    return NEVER


def _close_in(text: str, marks: Delimiter, depth: int) -> tuple[int, int]:
    """The offset of the close in a line or -1, and how many further environments are open behind it."""
    if marks.open == "$$":
        return find_close(text, marks.close), 0
    at = text.find(marks.close)
    opened = text.count(marks.open, 0, at if at >= 0 else len(text)) if marks.nests else 0
    depth += opened
    while at >= 0 and depth:
        after = text.find(marks.close, at + 1)
        depth += text.count(marks.open, at, after if after >= 0 else len(text)) - 1
        at = after
    return at, depth


def _closed(line: int, at: int, marks: Delimiter) -> Close:
    return Close(line, at, at + len(marks.close))


def _opens_anew(text: str, at: int, marks: Delimiter) -> bool:
    """Behind a blank line, a mark at the start of a line with text after it opens the next display."""
    return marks.open == marks.close and at == 0 and not AFTER_DISPLAY.fullmatch(text[len(marks.close) :])


def _is_outside(text: str, *, blank: bool, outdented: bool) -> bool:
    if starts_block(text) or (outdented and starts_item(text)):
        return True
    return blank and is_prose(text)


def last(state: StateBlock, mark: str) -> int:
    """The last place of a mark in the post, looked up once: a thousand openings stay linear."""
    known: dict[str, int] = state.env.setdefault(_LAST_CLOSE, {})
    if mark not in known:
        known[mark] = state.src.rfind(mark)
    return known[mark]
