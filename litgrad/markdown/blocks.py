r"""Rules of markdown-it for displays: `$$`, `\[` and bare environments, also right under a line of text."""

from dataclasses import replace

from markdown_it.rules_block import StateBlock

from litgrad.markdown.closing import NEVER, Close, close_of, scan, text_start
from litgrad.markdown.delimiters import DISPLAY, ENVIRONMENT, environment
from litgrad.markdown.interruptions import is_inside_display

UNCLOSED = "unclosed"
"""The key in markdown-it's environment: offsets in the post of marks that nothing closes, with the marks."""


def display_math(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A block between two marks, the first at the start of its line.

    Where the line is indented so far that it would be code, the display must be all of that line's text.
    """
    start = text_start(state, start_line)
    marks = next((row for row in DISPLAY if state.src.startswith(row.open, start)), None)
    if marks is None or state.src.startswith("$$$", start):
        return False
    if silent and marks.open == "$$" and is_inside_display(state, start):
        return False
    body = start + len(marks.open)
    close = close_of(state, start_line, end_line, body, marks)
    is_code = state.is_code_block(start_line)
    if close is NEVER and marks.open == "$$" and not silent and not is_code:
        note_unclosed(state, start, marks.open)
    if close is None or close is NEVER or not state.src[body : close.content_end].strip():
        return False
    if is_code and not state.is_code_block(close.line):
        return False
    if not silent:
        _push(state, start_line, start, body, close)
    return True


def environment_math(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """An environment without dollar signs; it is its own content."""
    start = text_start(state, start_line)
    match = ENVIRONMENT.match(state.src, start, state.eMarks[start_line])
    if match is None or (silent and is_inside_display(state, start)):
        return False
    close = scan(state, start_line, end_line, match.end(), environment(match))
    if close is NEVER:
        if not state.is_code_block(start_line):
            note_unclosed(state, start, match[0])
        return False
    if not silent:
        _push(state, start_line, start, start, replace(close, content_end=close.end))
    return True


def note_unclosed(state: StateBlock, start: int, mark: str) -> None:
    """Remember that a mark opens math that nothing closes."""
    state.env.setdefault(UNCLOSED, {})[start] = mark


# -------------------------------- tokens --------------------------------


def _push(state: StateBlock, line: int, start: int, body: int, close: Close) -> None:
    """The display, whose content starts at `body`, and a paragraph for what follows its close in the line."""
    content, pairs = _cut(state, line, body, close)
    state.line = close.line + 1
    token = state.push("math_block", "", 0)
    token.block = True
    token.map = [line, state.line]
    token.content = content
    token.meta = {"span": (start, close.end), "pairs": pairs}
    push_tail(state, close.line, close.end)


def _cut(state: StateBlock, line: int, start: int, close: Close) -> tuple[str, tuple[tuple[int, int], ...]]:
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


def push_tail(state: StateBlock, line: int, start: int) -> None:
    """A paragraph for the rest of a line from an offset on, if there is any text."""
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
