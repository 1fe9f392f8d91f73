"""Lines inside a formula that look like a list, a heading or a quote: they do not end its paragraph."""

import re
from collections.abc import Callable
from typing import TypeAlias

from markdown_it.rules_block import StateBlock

from litgrad.markdown.delimiters import INLINE, find_close, is_dollar_math, is_prose
from litgrad.records import dataclass

Rule: TypeAlias = Callable[[StateBlock, int, int, bool], bool]

_OPENED = "opened"
_MARK = re.compile(r"\\?\\[\[\]()]|\\.|`[^`\n]*`|\$\$|\$", re.DOTALL)
_CLOSES = {marks.open: marks.close for marks in INLINE}
_BLANK = re.compile(r"\n[ \t>]*\n")
_FAR = 4_000
"""The length of the longest formula that is looked at."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """How far a paragraph was looked through, and the mark that is open there."""

    line: int
    """The first of the paragraph."""
    at: int
    mark: str
    """Empty where none is open."""
    start: int
    """Where it stands in the post."""


def unless_in_math(rule: Rule) -> Rule:
    """A rule that does not end a paragraph where the line belongs to a formula of that paragraph."""

    def guarded(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        found = rule(state, start_line, end_line, silent)
        interrupts = found and silent and state.parentType == "paragraph"
        return found and not (interrupts and _is_inside_math(state, state.line, start_line))

    return guarded


def underlined_unless_in_math(rule: Rule) -> Rule:
    """The rule of headings that are underlined, taken back where the line is a sign of a formula."""

    def guarded(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        count = len(state.tokens)
        found = rule(state, start_line, end_line, silent)
        if not found or silent or not _is_inside_math(state, start_line, state.line - 1):
            return found
        del state.tokens[count:]
        state.line = start_line
        return False

    return guarded


def is_inside_display(state: StateBlock, at: int) -> bool:
    """Whether `$$` is open in the paragraph that a line, with its text at an offset, would end."""
    return state.parentType == "paragraph" and _opened(state, state.line, at).mark == "$$"


def _is_inside_math(state: StateBlock, paragraph: int, line: int) -> bool:
    opened = _opened(state, paragraph, state.bMarks[line])
    if not opened.mark or state.bMarks[line] - opened.start > _FAR:
        return False
    body = opened.start + len(opened.mark)
    stop = min(body + _FAR, len(state.src))
    blank = _BLANK.search(state.src, body, stop)
    text = state.src[body : blank.start() if blank else stop]
    close = find_close(text, _CLOSES[opened.mark])
    if close < 0 or is_prose(text[:close]):
        return False
    return opened.mark != "$" or is_dollar_math(state.src, body, body + close)


def _opened(state: StateBlock, paragraph: int, at: int) -> _Opened:
    """The mark that is open at an offset of a paragraph; each of its lines is looked through once."""
    known: _Opened | None = state.env.get(_OPENED)
    if known is None or known.line != paragraph or known.at > at:
        known = _Opened(paragraph, state.bMarks[paragraph], "", 0)
    mark, start = known.mark, known.start
    for match in _MARK.finditer(state.src, known.at, at):
        if mark and match[0] == _CLOSES[mark]:
            mark = ""
        elif match[0] == "$$" or (match[0] in _CLOSES and not mark):
            mark, start = match[0], match.start()
    state.env[_OPENED] = found = _Opened(paragraph, at, mark, start)
    return found
