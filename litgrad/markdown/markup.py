"""What in a post is neither prose nor math: comments, tags, templates, scripts, and the imports of MDX."""

import re
from dataclasses import dataclass

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from litgrad.markdown.blocks import push_tail
from litgrad.markdown.closing import last, text_start
from litgrad.markdown.delimiters import Delimiter

COMMENTS = (
    Delimiter("<!--", "-->"),
    Delimiter("{/*", "*/}"),
    Delimiter("{{/*", "*/}}"),
    Delimiter("{% comment %}", "{% endcomment %}"),
)
"""Marks of comments in HTML, MDX, Hugo and Liquid."""

TEMPLATES = (Delimiter("{{", "}}"), Delimiter("{%", "%}"))
"""Marks of what Liquid replaces before anyone reads Markdown; the shortcodes of Hugo may hold a caption."""

MDX = "mdx"
"""The key in markdown-it's environment that says whether `import` starts code."""

_HINT = re.compile(r"[\s>]*litgrad\s*:\s*(.*?)(?:\n[ >]*)?\s*", re.DOTALL)
_ATTRIBUTE = (
    r"\s+(?:[A-Za-z_:@][\w:.@-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|\{[^{}]*\}|[^\s\"'=<>`{$]+))?|\{[^{}]*\})"
)
_TAG = re.compile(rf"<(?:([A-Za-z][\w.:-]*)(?:{_ATTRIBUTE})*\s*/?>|/[A-Za-z][\w.:-]*\s*>)")
_RAW = frozenset(["script", "style", "pre", "code", "textarea"])
"""Elements whose content no renderer of math looks at."""
_RAW_BLOCK = re.compile(r"<(script|style|pre|textarea)(?=[\s>])", re.IGNORECASE)
_IMPORT = re.compile(r"(?:import|export)\s")
_LONGEST_TEMPLATE = 2_000
_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Comment:
    """Where in a text a comment's hint stands; an empty range for a comment to others."""

    start: int
    end: int


def _hint(text: str, start: int, end: int) -> Comment:
    match = _HINT.fullmatch(text, start, end)
    return Comment(*match.span(1)) if match else Comment(end, end)


# -------------------------------- blocks --------------------------------


def comment_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A comment that starts a line; it is kept out of the page, also over blank lines."""
    start = text_start(state, start_line)
    marks = next((row for row in COMMENTS if state.src.startswith(row.open, start)), None)
    if marks is None or state.is_code_block(start_line) or last(state, marks.close) < start:
        return False
    body = start + len(marks.open)
    close = state.src.find(marks.close, body)
    end = close + len(marks.close)
    line = _line_of(state, start_line, end_line, end)
    if close < 0 or line is None or (line == start_line and state.src[end : state.eMarks[line]].strip()):
        return False
    if not silent:
        state.line = line + 1
        token = state.push("comment_block", "", 0)
        token.map = [start_line, line + 1]
        token.meta = {"comment": _hint(state.src, body, close)}
        push_tail(state, line, end)
    return True


def raw_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A script, a style sheet or preformatted text: code, also over blank lines."""
    start = text_start(state, start_line)
    match = _RAW_BLOCK.match(state.src, start)
    if match is None or state.is_code_block(start_line):
        return False
    mark = f"</{match[1]}"
    close = state.src.find(mark, start) if last(state, mark) >= start else -1
    line = _line_of(state, start_line, end_line, close)
    if close < 0 or line is None:
        return False
    if not silent:
        state.line = line + 1
        end = state.src.find(">", close, state.eMarks[line]) + 1 or state.eMarks[line]
        token = state.push("code_block", "code", 0)
        token.map = [start_line, line + 1]
        token.content = state.src[start:end] + "\n"
        push_tail(state, line, end)
    return True


def import_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The imports and exports of MDX, up to a blank line; they are code and kept out of the page."""
    if not state.env.get(MDX) or silent or state.level:
        return False
    if not _IMPORT.match(state.src, state.bMarks[start_line]):
        return False
    line = start_line
    while line < end_line and not state.isEmpty(line):
        line += 1
    state.line = line
    return True


def _line_of(state: StateBlock, line: int, end_line: int, at: int) -> int | None:
    """The line that an offset stands in; None where the enclosing list or quote ends before it."""
    while line < end_line and state.eMarks[line] < at:
        line += 1
        if line < end_line and state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            return None
    return line if line < end_line else None


# -------------------------------- inside a paragraph --------------------------------


def markup(state: StateInline, silent: bool) -> bool:
    """A comment, a tag, a raw element or a template tag in the flow of a sentence."""
    match state.src[state.pos]:
        case "<":
            return _comment(state, silent=silent) or _element(state, silent=silent)
        case "{":
            return _comment(state, silent=silent) or _template(state, silent=silent)
    return False


def _comment(state: StateInline, *, silent: bool) -> bool:
    marks = next((row for row in COMMENTS if state.src.startswith(row.open, state.pos)), None)
    close = _find(state, marks.close, state.pos) if marks else -1
    if marks is None or close < 0 or close + len(marks.close) > state.posMax:
        return False
    if not silent:
        token = state.push("comment", "", 0)
        token.meta = {"comment": _hint(state.src, state.pos + len(marks.open), close)}
    state.pos = close + len(marks.close)
    return True


def _element(state: StateInline, *, silent: bool) -> bool:
    tag = _TAG.match(state.src, state.pos, state.posMax)
    if tag is None:
        return False
    name = (tag[1] or "").lower()
    close = _find(state, f"</{tag[1]}>", tag.end()) if name in _RAW and tag[0][-2] != "/" else -1
    if close >= 0 and close + len(name) + 3 <= state.posMax:
        if not silent:
            state.push("code_inline", "code", 0).content = state.src[tag.end() : close]
        state.pos = close + len(name) + 3
        return True
    return _text(state, tag.end(), silent=silent)


def _template(state: StateInline, *, silent: bool) -> bool:
    marks = next((row for row in TEMPLATES if state.src.startswith(row.open, state.pos)), None)
    if marks is None or state.src.startswith(("{{<", "{{%"), state.pos):
        return False
    limit = min(state.posMax, state.pos + _LONGEST_TEMPLATE)
    close = state.src.find(marks.close, state.pos + 2, limit)
    return close >= 0 and _text(state, close + 2, silent=silent)


def _text(state: StateInline, end: int, *, silent: bool) -> bool:
    if not silent:
        token = state.push("text", "", 0)
        token.content = state.src[state.pos : end]
        token.meta = {"markup": True}
    state.pos = end
    return True


def _find(state: StateInline, mark: str, start: int) -> int:
    """The place of a mark, or -1; that it does not come again is found out once per paragraph."""
    absent: dict[str, str] = state.env.setdefault(_ABSENT, {})
    if absent.get(mark) is state.src:
        return -1
    at = state.src.find(mark, start)
    if at < 0:
        absent[mark] = state.src
    return at
