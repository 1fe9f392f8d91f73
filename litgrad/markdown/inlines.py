"""The rule of markdown-it for math inside a paragraph, with its offset in the paragraph."""

import re

from markdown_it.rules_inline import StateInline

from litgrad.markdown.delimiters import INLINE, Delimiter, find_close, is_dollar_math, is_prose

_EXHAUSTED = "exhausted"
_FORMULA = re.compile(r"[\\=^_{}]")
_NEAR = 200
"""How far behind a `$$` that is never closed a sign of a formula is looked for."""


def inline_math(state: StateInline, silent: bool) -> bool:
    """Math between two marks; a `$$` that nothing closes becomes text with a note."""
    if state.src[state.pos] not in "$\\":
        return False
    for marks in INLINE:
        if state.src.startswith(marks.open, state.pos):
            return _math(state, marks, silent=silent) or (marks.open == "$$" and _stray(state, silent=silent))
    return False


def _math(state: StateInline, marks: Delimiter, *, silent: bool) -> bool:
    start = state.pos + len(marks.open)
    end = _find(state, marks, start)
    if end < 0 or end + len(marks.close) > state.posMax or not _accepts(state.src, marks, start, end):
        return False
    if not silent:
        token = state.push("math", "", 0)
        token.content = state.src[start:end]
        token.meta = {"outer": (state.pos, end + len(marks.close)), "inner": (start, end)}
        token.markup = marks.open
    state.pos = end + len(marks.close)
    return True


def _find(state: StateInline, marks: Delimiter, start: int) -> int:
    """The close, or -1; that a mark does not come again is found out once per paragraph."""
    exhausted: dict[str, str] = state.env.setdefault(_EXHAUSTED, {})
    if exhausted.get(marks.close) is state.src:
        return -1
    end = find_close(state.src, marks.close, start)
    if end < 0:
        exhausted[marks.close] = state.src
    return end


def _accepts(text: str, marks: Delimiter, start: int, end: int) -> bool:
    if marks.open == "$":
        return is_dollar_math(text, start, end)
    content = text[start:end]
    return bool(content.strip()) and (marks.open == "$$" or not is_prose(content))


def _stray(state: StateInline, *, silent: bool) -> bool:
    """Take both dollar signs as text, so that the second does not open math on its own."""
    if not silent:
        token = state.push("math_unclosed", "", 0)
        token.content = "$$"
        formula = _FORMULA.search(state.src, state.pos, state.pos + _NEAR) is not None
        token.meta = {"at": state.pos, "formula": formula}
    state.pos += 2
    return True
