"""`read_markdown`: a Source to a Document. The only file that knows markdown-it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from litgrad.diagnostics import Diagnostic
from litgrad.document import Document, MathBlock, Prose
from litgrad.source import Source, Span

_MATH_TOKENS = frozenset(
    ["math_inline", "math_inline_double", "math_block", "math_block_label", "amsmath"]
)
_MARK = re.compile("\0(\\d+)\0")
"""Stands for a math segment in the rendered HTML; NUL cannot come from a post."""
_VEIL = "\ue000"
"""Stands for a dollar sign that opens nothing, so that a second reading passes over it."""
_SWALLOWED = re.compile(r"\n[ \t]*\n[ \t]*(#{1,6} |<div|```|[-*] \w|[A-Z][a-z]+ [a-z]+ [a-z]+)")
"""Prose inside a math block: a blank line, then a heading, a list or a sentence."""
_REREADINGS = 50


def read_markdown(source: Source) -> Document:
    """Split a post into prose, rendered to HTML, and math with its exact place.

    Raw HTML of the post is shown as text. An opening `$$` that is never closed is reported and read
    as text, so that it does not swallow what follows.
    """
    diagnostics: list[Diagnostic] = []
    text = source.text.replace(_VEIL, "\ufffd")
    for _ in range(_REREADINGS):
        reading = _read(Source(source.path, text))
        opening = _unclosed(reading)
        if opening is None:
            break
        diagnostics.append(_unclosed_diagnostic(opening))
        text = text[:opening] + _VEIL * 2 + text[opening + 2 :]
    front_matter, faults = _front_matter(source, reading.tokens)
    title = _title(front_matter, reading.tokens, source)
    return Document(source, title, front_matter, tuple(reading.flow()), (*faults, *diagnostics))


@dataclass(slots=True)
class _Reading:
    """One pass over the text: tokens, the math in order, the rendered HTML."""

    source: Source
    tokens: list[Token]
    html: str
    math: list[MathBlock] = field(default_factory=list)

    def flow(self) -> Iterator[Prose | MathBlock]:
        """Prose and math in order; prose without content is left out."""
        pieces = _MARK.split(_without_empty_paragraphs(self.html).replace(_VEIL, "$"))
        for index, piece in enumerate(pieces):
            if index % 2:
                yield self.math[int(piece)]
            elif piece:
                yield Prose(piece)


def _without_empty_paragraphs(html: str) -> str:
    return re.sub(r"<p>\s*</p>\n?", "", html)


def _read(source: Source) -> _Reading:
    parser = _parser()
    tokens = parser.parse(source.text)
    math: list[MathBlock] = []
    _give_heading_ids(tokens)
    _locate_all(source, tokens, math)
    return _Reading(source, tokens, parser.renderer.render(tokens, parser.options, {}), math)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.use(front_matter_plugin)
    parser.use(dollarmath_plugin, double_inline=True, allow_digits=False)
    parser.use(amsmath_plugin)
    for name in _MATH_TOKENS:
        parser.add_render_rule(name, _render_mark)
    return parser


def _render_mark(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    """A math token as its mark; display math inside a paragraph ends it and starts another."""
    token = tokens[index]
    mark = f"\0{token.meta['math']}\0"
    return f"</p>{mark}<p>" if token.meta.get("splits") else mark


# -------------------------------- places --------------------------------


def _locate_all(source: Source, tokens: list[Token], math: list[MathBlock]) -> None:
    """Give every math token its number and collect its block, in reading order."""
    line_use: dict[int, int] = {}
    tight = False
    for token in tokens:
        if token.type == "paragraph_open":
            tight = token.hidden
        if token.type in _MATH_TOKENS:
            _number(token, _block(source, token), math)
        elif token.type == "inline" and token.map is not None:
            _locate_inline(source, token, line_use, math, splits=not tight)


def _number(token: Token, block: MathBlock, math: list[MathBlock]) -> None:
    token.meta = {**token.meta, "math": len(math)}
    math.append(block)


def _block(source: Source, token: Token) -> MathBlock:
    """A display on lines of its own."""
    assert token.map is not None
    delimiter = "" if token.type == "amsmath" else "$$"
    pieces = token.content.split("\n")
    first = source.line_start(token.map[0] + 1)
    line = source.line_text(token.map[0] + 1)
    opening = line.find("$$") if delimiter else line.find(pieces[0])
    origin = [(0, first + max(opening, 0) + len(delimiter))]
    at = len(pieces[0]) + 1
    last = source.line(len(source.text))
    for number, piece in enumerate(pieces[1:], start=token.map[0] + 2):
        number = min(number, last)
        origin.append((at, source.line_start(number) + max(source.line_text(number).rfind(piece), 0)))
        at += len(piece) + 1
    block = MathBlock(Span(0, 0), token.content, _merged(origin), display=True)
    inner = block.locate(0, max(len(token.content), 1))
    end = inner.end if token.content else origin[0][1]
    closing = source.text.find("$$", end) + 2 if delimiter else end
    return MathBlock(Span(origin[0][1] - len(delimiter), max(closing, end)), block.latex, block.origin, display=True)


def _merged(pairs: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Pairs without those that follow from the one before."""
    kept = [pairs[0]]
    for at, place in pairs[1:]:
        if place - at != kept[-1][1] - kept[-1][0]:
            kept.append((at, place))
    return tuple(kept)


def _locate_inline(
    source: Source, token: Token, line_use: dict[int, int], math: list[MathBlock], *, splits: bool
) -> None:
    """The math among a paragraph's, heading's or cell's children."""
    assert token.map is not None
    origin = _content_origin(source, token, line_use)
    at = 0
    for child in token.children or []:
        if child.type == "code_inline":
            at = max(token.content.find(child.content, at), at) + len(child.content)
        elif child.type in _MATH_TOKENS:
            delimiter = child.markup or "$"
            start = token.content.find(delimiter + child.content + delimiter, at)
            start = start if start >= 0 else token.content.find(child.content, at) - len(delimiter)
            at = start + len(child.content) + 2 * len(delimiter)
            alone = _stands_alone(token.content, start, at, delimiter)
            block = _inline_block(token, child, origin, start, delimiter, display=alone)
            child.meta = {**child.meta, "splits": alone and splits}
            _number(child, block, math)


def _content_origin(source: Source, token: Token, line_use: dict[int, int]) -> list[tuple[int, int]]:
    """Where each line of an inline token's content stands in the post; cells of a row one after another."""
    assert token.map is not None
    origin, at = [], 0
    for number, piece in enumerate(token.content.split("\n"), start=token.map[0] + 1):
        text = source.line_text(min(number, token.map[1]))
        column = text.find(piece, line_use.get(number, 0))
        column = column if column >= 0 else max(text.find(piece), 0)
        line_use[number] = column + len(piece)
        origin.append((at, source.line_start(min(number, token.map[1])) + column))
        at += len(piece) + 1
    return origin


def _stands_alone(content: str, start: int, end: int, delimiter: str) -> bool:
    """A double-dollar segment that has its lines to itself, or spans several, is a display."""
    if delimiter != "$$":
        return False
    before = content[:start].rpartition("\n")[2]
    after = content[end:].partition("\n")[0]
    return not before.strip() and after.strip() in ("", ".", ",", ";")


def _inline_block(
    token: Token, child: Token, origin: list[tuple[int, int]], start: int, delimiter: str, *, display: bool
) -> MathBlock:
    whole = MathBlock(Span(0, 0), token.content, tuple(origin), display)
    first = start + len(delimiter)
    inner = [(0, whole.locate(first, first + 1).start)]
    for at, place in origin:
        if first < at < first + len(child.content):
            inner.append((at - first, place))
    span = whole.locate(start, first + len(child.content) + len(delimiter))
    return MathBlock(span, child.content, _merged(inner), display)


# -------------------------------- unclosed displays --------------------------------


def _unclosed(reading: _Reading) -> int | None:
    """The place of a `$$` whose block swallows prose, or that opens a paragraph and is never closed."""
    for block in reading.math:
        if block.display and _SWALLOWED.search(block.latex):
            return block.span.start
    for token in reading.tokens:
        if token.type == "inline" and token.map is not None:
            for child in token.children or []:
                if child.type == "text" and "$$" in child.content and "\\$" not in token.content:
                    start = reading.source.line_start(token.map[0] + 1)
                    return reading.source.text.find("$$", start)
    return None


def _unclosed_diagnostic(opening: int) -> Diagnostic:
    message = "this `$$` is never closed; what follows is read as text"
    return Diagnostic("unclosed-math", message, Span(opening, opening + 2), help="close it with `$$`")


# -------------------------------- headings and front matter --------------------------------


def _give_heading_ids(tokens: list[Token]) -> None:
    """Every heading gets an id of its own, made of its words."""
    used: set[str] = set()
    for token, inline in zip(tokens, tokens[1:], strict=False):
        if token.type == "heading_open":
            token.attrSet("id", _unique(_slug(inline.content), used))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "section"


def _unique(slug: str, used: set[str]) -> str:
    candidate, number = slug, 2
    while candidate in used:
        candidate, number = f"{slug}-{number}", number + 1
    used.add(candidate)
    return candidate


def _front_matter(source: Source, tokens: list[Token]) -> tuple[dict[str, object], tuple[Diagnostic, ...]]:
    token = next((token for token in tokens if token.type == "front_matter"), None)
    if token is None:
        return {}, ()
    try:
        loaded = yaml.safe_load(token.content)
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        return {}, (_bad_front_matter(source, _yaml_line(fault), "the front matter is no valid YAML"),)
    if loaded is None:
        return {}, ()
    if not isinstance(loaded, dict):
        return {}, (_bad_front_matter(source, 0, "the front matter is no mapping of names to values"),)
    return {str(key): value for key, value in loaded.items()}, ()


def _yaml_line(fault: Exception) -> int:
    mark = getattr(fault, "problem_mark", None)
    return int(mark.line) if mark is not None else 0


def _bad_front_matter(source: Source, line: int, message: str) -> Diagnostic:
    start = source.text.find("---")
    number = min(source.line(start) + 1 + line, source.line(len(source.text)))
    at = source.line_start(number)
    span = Span(at, at + len(source.line_text(number)))
    return Diagnostic("bad-front-matter", message, span, help="write `name: value` lines")


def _title(front_matter: dict[str, object], tokens: list[Token], source: Source) -> str:
    title = front_matter.get("title")
    if isinstance(title, (str, int, float)) and str(title).strip():
        return str(title).strip()
    for token, inline in zip(tokens, tokens[1:], strict=False):
        if token.type == "heading_open":
            return inline.content.replace(_VEIL, "$")
    return PurePath(source.path).stem or source.path
