"""The rule of markdown-it for math inside a paragraph, with its offset in the paragraph."""

import re

from markdown_it.rules_inline import StateInline

from litgrad.markdown.delimiters import (
    DISPLAY,
    ENVIRONMENT,
    FORCED_INLINE,
    INLINE,
    Delimiter,
    environment,
    find_close,
    has_sign,
    has_words,
    is_dollar_math,
    is_prose,
)

_EXHAUSTED = "exhausted"
_FORMULA = re.compile(r"[\\=^_{}]")
_NEAR = 200
"""How far behind a `$$` that is never closed a sign of a formula is looked for."""
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()]*$")
_LONGEST_URL = 300


def inline_math(state: StateInline, silent: bool) -> bool:
    """Math between two marks; a `$$` that nothing closes becomes text with a note."""
    if state.src[state.pos] not in "$\\":
        return False
    if state.src.startswith(FORCED_INLINE, state.pos):
        return _forced(state, silent=silent)
    for marks in INLINE:
        if state.src.startswith(marks.open, state.pos):
            return _math(state, marks, silent=silent) or (marks.open == "$$" and _stray(state, silent=silent))
    match = ENVIRONMENT.match(state.src, state.pos)
    return match is not None and _environment(state, environment(match), silent=silent)


def _math(state: StateInline, marks: Delimiter, *, silent: bool) -> bool:
    start = state.pos + len(marks.open)
    end = _find(state, marks, start)
    if end < 0 or end + len(marks.close) > state.posMax or not _accepts(state.src, marks, start, end):
        return False
    if marks.open == "$" and _is_in_url(state):
        return False
    outer = (state.pos, end + len(marks.close))
    if end - start > 2 and state.src[start] == state.src[end - 1] == "`":
        start, end = start + 1, end - 1
    return _push(state, marks.open, outer, (start, end), silent=silent)


def _forced(state: StateInline, *, silent: bool) -> bool:
    """Math of kramdown that is inline also where it fills a line."""
    start = state.pos + len(FORCED_INLINE)
    end = _find(state, DISPLAY[0], start)
    if end < 0 or end + 2 > state.posMax or not state.src[start:end].strip():
        return False
    return _push(state, FORCED_INLINE, (state.pos + 1, end + 2), (start, end), silent=silent)


def _environment(state: StateInline, marks: Delimiter, *, silent: bool) -> bool:
    """An environment in the flow of a sentence; it is its own content."""
    end = _find(state, marks, state.pos)
    start = state.pos + len(marks.open)
    while end >= 0 and state.src.count(marks.open, start, end):
        start = state.src.rfind(marks.open, start, end) + len(marks.open)
        end = _find(state, marks, end + len(marks.close))
    if end < 0:
        return False
    outer = (state.pos, end + len(marks.close))
    return outer[1] <= state.posMax and _push(state, marks.open, outer, outer, silent=silent)


def _push(
    state: StateInline, mark: str, outer: tuple[int, int], inner: tuple[int, int], *, silent: bool
) -> bool:
    if not silent:
        token = state.push("math", "", 0)
        token.content = state.src[inner[0] : inner[1]]
        token.meta = {"outer": outer, "inner": inner}
        token.markup = mark
    state.pos = outer[1]
    return True


def _find(state: StateInline, marks: Delimiter, start: int) -> int:
    """The close, or -1; that a mark does not come again is found out once per paragraph."""
    exhausted: dict[str, str] = state.env.setdefault(_EXHAUSTED, {})
    if exhausted.get(marks.close) is state.src:
        return -1
    end = state.src.find(marks.close, start) if marks.nests else find_close(state.src, marks.close, start)
    if end < 0:
        exhausted[marks.close] = state.src
    return end


def _accepts(text: str, marks: Delimiter, start: int, end: int) -> bool:
    if marks.open == "$":
        return is_dollar_math(text, start, end)
    content = text[start:end]
    if not content.strip():
        return False
    if marks.open == "$$":
        return True
    if marks.open == r"\[" and (text[end + 2 : end + 3] == "(" or not has_sign(content)):
        return False
    return not is_prose(content) and (has_sign(content) or not has_words(content))


def _is_in_url(state: StateInline) -> bool:
    return _URL.search(state.src, max(state.pos - _LONGEST_URL, 0), state.pos) is not None


def _stray(state: StateInline, *, silent: bool) -> bool:
    """Take both dollar signs as text, so that the second does not open math on its own."""
    if not silent:
        token = state.push("math_unclosed", "", 0)
        token.content = "$$"
        formula = _FORMULA.search(state.src, state.pos, state.pos + _NEAR) is not None
        token.meta = {"at": state.pos, "formula": formula}
    state.pos += 2
    return True
