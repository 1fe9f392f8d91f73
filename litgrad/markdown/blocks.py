r"""Rules of markdown-it for displays: `$$`, `\[` and bare environments, also right under a line of text."""

from dataclasses import dataclass, replace

from markdown_it.rules_block import StateBlock

from litgrad.markdown.delimiters import (
    AFTER_DISPLAY,
    DISPLAY,
    ENVIRONMENT,
    Delimiter,
    find_close,
    is_prose,
    starts_block,
    starts_item,
)

UNCLOSED = "unclosed"
"""The key in markdown-it's environment: offsets in the post of marks that nothing closes, with the marks."""
_LAST_CLOSE = "last-close"
_OPEN_MARKS = "open-marks"


@dataclass(frozen=True, slots=True)
class _Close:
    """The end of a display: the line and the offsets in the post of its content's end and of its own."""

    line: int
    content_end: int
    end: int


_NEVER = _Close(-1, -1, -1)
"""The end of a display that is opened and not closed."""


def display_math(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A block between two marks, the first at the start of its line."""
    if state.is_code_block(start_line):
        return False
    start = _text_start(state, start_line)
    marks = next((row for row in DISPLAY if state.src.startswith(row.open, start)), None)
    if marks is None or state.src.startswith("$$$", start):
        return False
    if silent and marks.open == "$$" and _is_inside_math(state, start):
        return False
    body = start + len(marks.open)
    close = _close_of(state, start_line, end_line, body, marks)
    if close is _NEVER and marks.open == "$$" and not silent:
        _note_unclosed(state, start, marks.open)
    if close is None or close is _NEVER or not state.src[body : close.content_end].strip():
        return False
    if not silent:
        _push(state, start_line, start, body, close)
    return True


def environment_math(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """An environment without dollar signs; it is its own content."""
    if state.is_code_block(start_line):
        return False
    start = _text_start(state, start_line)
    match = ENVIRONMENT.match(state.src, start, state.eMarks[start_line])
    if match is None:
        return False
    mark = rf"\end{{{match[1]}}}"
    close = _scan(state, start_line, end_line, match.end(), Delimiter(match[0], mark))
    if close is _NEVER:
        _note_unclosed(state, start, match[0])
        return False
    if not silent:
        _push(state, start_line, start, start, replace(close, content_end=close.end))
    return True


# -------------------------------- finding the close --------------------------------


def _close_of(state: StateBlock, line: int, end_line: int, body: int, marks: Delimiter) -> _Close | None:
    """The close of a display, which may be never; None where the mark stands in the flow of a sentence."""
    first = state.src[body : state.eMarks[line]]
    at = find_close(first, marks.close)
    if at >= 0:
        rest = first[at + len(marks.close) :]
        return _closed(line, body + at, marks) if AFTER_DISPLAY.fullmatch(rest) else None
    if is_prose(first):
        return None
    close = _scan(state, line, end_line, body, marks)
    if close is _NEVER or marks.open == "$$":
        return close
    rest = state.src[close.end : state.eMarks[close.line]]
    return close if AFTER_DISPLAY.fullmatch(rest) else None


def _scan(state: StateBlock, line: int, end_line: int, body: int, marks: Delimiter) -> _Close:
    """Go down the lines to the close, and stop at the first that cannot be inside a formula."""
    blank = False
    text = state.src[body : state.eMarks[line]]
    base = body
    while _last(state, marks.close) >= body:
        at = find_close(text, marks.close) if marks.open == "$$" else text.find(marks.close)
        if at >= 0 and not (blank and _opens_anew(text, at, marks)):
            return _closed(line, base + at, marks)
        line += 1
        if at >= 0 or line >= end_line:
            break
        base = _text_start(state, line)
        text = state.src[base : state.eMarks[line]]
        if _is_outside(text, blank=blank, outdented=state.sCount[line] < state.blkIndent):
            break
        blank = blank or not text.strip()
    return _NEVER


def _closed(line: int, at: int, marks: Delimiter) -> _Close:
    return _Close(line, at, at + len(marks.close))


def _opens_anew(text: str, at: int, marks: Delimiter) -> bool:
    """Behind a blank line, a mark at the start of a line with text after it opens the next display."""
    return marks.open == marks.close and at == 0 and not AFTER_DISPLAY.fullmatch(text[len(marks.close) :])


def _is_outside(text: str, *, blank: bool, outdented: bool) -> bool:
    if starts_block(text) or (outdented and starts_item(text)):
        return True
    return blank and is_prose(text)


def _last(state: StateBlock, mark: str) -> int:
    """The last place of a mark in the post, looked up once: a thousand openings stay linear."""
    known: dict[str, int] = state.env.setdefault(_LAST_CLOSE, {})
    if mark not in known:
        known[mark] = state.src.rfind(mark)
    return known[mark]


def _is_inside_math(state: StateBlock, at: int) -> bool:
    """Whether a paragraph that this line would end has an open `$$`; each of its lines is counted once."""
    if state.parentType != "paragraph":
        return False
    line, counted, marks = state.env.get(_OPEN_MARKS, (-1, 0, 0))
    if line != state.line or counted > at:
        line, counted, marks = state.line, state.bMarks[state.line], 0
    marks += state.src.count("$$", counted, at)
    state.env[_OPEN_MARKS] = (line, at, marks)
    return marks % 2 == 1


def _note_unclosed(state: StateBlock, start: int, mark: str) -> None:
    state.env.setdefault(UNCLOSED, {})[start] = mark


# -------------------------------- tokens --------------------------------


def _text_start(state: StateBlock, line: int) -> int:
    return state.bMarks[line] + state.tShift[line]


def _push(state: StateBlock, line: int, start: int, body: int, close: _Close) -> None:
    """The display, whose content starts at `body`, and a paragraph for what follows its close in the line."""
    content, pairs = _cut(state, line, body, close)
    state.line = close.line + 1
    token = state.push("math_block", "", 0)
    token.block = True
    token.map = [line, state.line]
    token.content = content
    token.meta = {"span": (start, close.end), "pairs": pairs}
    _push_tail(state, close.line, close.end)


def _cut(state: StateBlock, line: int, start: int, close: _Close) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text up to a close without the prefixes of blockquotes, and where its lines came from."""
    pieces: list[str] = []
    pairs: list[tuple[int, int]] = []
    length = 0
    for number in range(line, close.line + 1):
        begin = start if number == line else state.bMarks[number]
        stop = close.content_end if number == close.line else state.eMarks[number] + 1
        pairs.append((length, begin))
        pieces.append(state.src[begin:stop])
        length += stop - begin
    return "".join(pieces), tuple(pairs)


def _push_tail(state: StateBlock, line: int, start: int) -> None:
    text = state.src[start : state.eMarks[line]]
    if not text.strip():
        return
    state.push("paragraph_open", "p", 1).map = [line, line + 1]
    token = state.push("inline", "", 0)
    token.content = text.strip()
    token.map = [line, line + 1]
    token.meta = {"from": start + len(text) - len(text.lstrip())}
    token.children = []
    state.push("paragraph_close", "p", -1)
