"""What in a post is neither prose nor math: tags, templates, scripts, and the imports of MDX."""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from litgrad.markdown.blocks import push_tail
from litgrad.markdown.closing import last, text_start
from litgrad.markdown.comments import comment, find_once, line_of
from litgrad.markdown.delimiters import Delimiter

TEMPLATES = (Delimiter("{{", "}}"), Delimiter("{%", "%}"))
"""Marks of what Liquid replaces before anyone reads Markdown; the shortcodes of Hugo may hold a caption."""

MDX = "mdx"
"""The key in markdown-it's environment that says whether `import` starts code."""

_ATTRIBUTE = (
    r"\s+(?:[A-Za-z_:@][\w:.@-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|\{[^{}]*\}|[^\s\"'=<>`{$]+))?|\{[^{}]*\})"
)
_TAG = re.compile(rf"<(?:([A-Za-z][\w.:-]*)(?:{_ATTRIBUTE})*\s*/?>|/([A-Za-z][\w.:-]*)\s*>)")
_SILENT = frozenset(
    "article aside center details div figcaption figure font footer header p section span summary".split()
)
"""Tags that only say where things stand; they are kept out of the page."""
_FORMATTING = frozenset("b del em i kbd mark s small strong sub sup u".split())
"""Tags that reach the page, without attributes, where they are closed in the same paragraph."""
_DEEPEST = 20
_RAW = frozenset(["script", "style", "pre", "code", "textarea"])
"""Elements whose content no renderer of math looks at."""
_RAW_BLOCK = re.compile(r"<(script|style|pre|textarea)(?=[\s>])", re.IGNORECASE)
_IMPORT = re.compile(r"(?:import|export)\s")
_VERBATIM = re.compile(r"\{%-?\s*(?:end)?(?:raw|katex|mathjax|math)\s*-?%\}")
"""Tags of Liquid that only protect what stands between them; they are kept out of the page."""
_LONGEST_TEMPLATE = 2_000


# -------------------------------- blocks --------------------------------


def raw_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A script, a style sheet or preformatted text: code, also over blank lines."""
    start = text_start(state, start_line)
    match = _RAW_BLOCK.match(state.src, start)
    if match is None or state.is_code_block(start_line):
        return False
    mark = f"</{match[1]}"
    close = state.src.find(mark, start) if last(state, mark) >= start else -1
    line = line_of(state, start_line, end_line, close)
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


# -------------------------------- inside a paragraph --------------------------------


def markup(state: StateInline, silent: bool) -> bool:
    """A comment, a tag, a raw element or a template tag in the flow of a sentence."""
    match state.src[state.pos]:
        case "<":
            return comment(state, silent=silent) or _element(state, silent=silent)
        case "{":
            return comment(state, silent=silent) or _template(state, silent=silent)
    return False


def _element(state: StateInline, *, silent: bool) -> bool:
    tag = _TAG.match(state.src, state.pos, state.posMax)
    if tag is None:
        return False
    name = (tag[1] or tag[2]).lower()
    is_raw = tag[1] and name in _RAW and not tag[0].endswith("/>")
    close = find_once(state, f"</{tag[1]}>", tag.end()) if is_raw else -1
    if close >= 0 and close + len(name) + 3 <= state.posMax:
        if not silent:
            state.push("code_inline", "code", 0).content = state.src[tag.end() : close]
        state.pos = close + len(name) + 3
        return True
    if tag[1] and name in _FORMATTING and state.level < _DEEPEST:
        return _formatted(state, tag, name, silent=silent) or _text(state, tag.end(), silent=silent)
    if name in _SILENT:
        state.pos = tag.end()
        return True
    if name == "br":
        if not silent:
            state.push("hardbreak", "br", 0)
        state.pos = tag.end()
        return True
    return _text(state, tag.end(), silent=silent)


def _formatted(state: StateInline, tag: re.Match[str], name: str, *, silent: bool) -> bool:
    """An element whose content is Markdown like the text around it."""
    close = find_once(state, f"</{tag[1]}>", tag.end())
    end = close + len(name) + 3
    if close < 0 or end > state.posMax:
        return False
    if not silent:
        outer = state.posMax
        state.pos, state.posMax = tag.end(), close
        state.push(f"{name}_open", name, 1)
        state.md.inline.tokenize(state)
        state.push(f"{name}_close", name, -1)
        state.posMax = outer
    state.pos = end
    return True


def _template(state: StateInline, *, silent: bool) -> bool:
    marks = next((row for row in TEMPLATES if state.src.startswith(row.open, state.pos)), None)
    if marks is None or state.src.startswith(("{{<", "{{%"), state.pos):
        return False
    limit = min(state.posMax, state.pos + _LONGEST_TEMPLATE)
    close = state.src.find(marks.close, state.pos + 2, limit)
    if close >= 0 and _VERBATIM.fullmatch(state.src, state.pos, close + 2):
        state.pos = close + 2
        return True
    return close >= 0 and _text(state, close + 2, silent=silent)


def _text(state: StateInline, end: int, *, silent: bool) -> bool:
    if not silent:
        token = state.push("text", "", 0)
        token.content = state.src[state.pos : end]
        token.meta = {"markup": True}
    state.pos = end
    return True
