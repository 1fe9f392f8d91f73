"""Blocks of code that say they are math: one that is never closed does not swallow the rest of the post."""

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from litgrad.markdown.blocks import note_unclosed
from litgrad.markdown.closing import text_start
from litgrad.markdown.interruptions import Rule

_NEVER_CLOSED = "never-closed"


def is_math(token: Token) -> bool:
    """Whether a block of code is named `math`."""
    return token.info.split(maxsplit=1)[:1] == ["math"]


def unless_open_math(rule: Rule) -> Rule:
    """The rule of code between marks, taken back where it is math without an end."""

    def guarded(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        start = text_start(state, start_line)
        if state.src[start : start + 3] == state.env.get(_NEVER_CLOSED) and "math" in _line(
            state, start_line
        ):
            return False
        if not rule(state, start_line, end_line, silent):
            return False
        token = state.tokens[-1] if state.tokens else None
        if silent or token is None or not is_math(token) or _is_closed(state, token):
            return True
        state.tokens.pop()
        if state.line >= state.lineMax and not state.blkIndent:
            state.env[_NEVER_CLOSED] = token.markup[:3]
        state.line = start_line
        note_unclosed(state, start, token.markup)
        return False

    return guarded


def _line(state: StateBlock, line: int) -> str:
    return state.src[text_start(state, line) : state.eMarks[line]]


def _is_closed(state: StateBlock, token: Token) -> bool:
    assert token.map is not None
    last = _line(state, token.map[1] - 1).strip()
    is_mark = last.startswith(token.markup) and not last.strip(token.markup[0])
    return token.map[1] - token.map[0] > 1 and is_mark
