"""The page body in order: markdown-it's tokens to prose in HTML and math with its place."""

import re
from collections.abc import Sequence
from dataclasses import field
from html import escape
from typing import Any, cast

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from litgrad.diagnostics import Diagnostic
from litgrad.document import Hint, MathBlock, Prose
from litgrad.markdown import headings, places, segments
from litgrad.markdown.bounds import excess
from litgrad.markdown.displays import is_display
from litgrad.markdown.fences import is_math
from litgrad.markdown.syntax import parser
from litgrad.options import Options
from litgrad.records import dataclass
from litgrad.source import Source, Span

_EMPTY_PARAGRAPH = re.compile(r"<p>\s*(?:<br />\s*)*</p>\n?")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_CELLS = ("th_open", "td_open")
_UNCLOSED_HELP = "close it on the line below the formula"


def printable(text: str) -> str:
    """Text with control and text-direction characters replaced, so that a page shows what it holds."""
    return _UNSAFE.sub("\ufffd", text)


@dataclass(slots=True)
class Flow:
    """Collects the pieces of a page body from tokens."""

    source: Source
    options: Options
    environment: dict[str, Any]
    pieces: list[Prose | MathBlock] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    heading_ids: dict[str, int] = field(default_factory=dict)
    first_heading: str = ""
    unclosed: set[int] = field(default_factory=set)
    cell_end: tuple[int, int] = (-1, 0)
    """The line of the last table cell and the offset in the post where it ended."""

    def add(self, tokens: Sequence[Token]) -> None:
        """Take in all tokens of a post."""
        for index, token in enumerate(tokens):
            match token.type:
                case "math_block":
                    self._math(segments.of_block(token))
                case "inline":
                    self._inline(token, tokens[index - 1])
                case "fence" if is_math(token):
                    self._math(segments.of_fence(self.source, token))
                case "comment_block":
                    self.hints += segments.hints(self.source, token, ((0, 0),))
                case "front_matter":
                    pass
                case _:
                    if token.type == "heading_open":
                        self._heading(token, tokens[index + 1])
                    self.html.append(self._render(tokens, index))
        self._flush()

    def _render(self, tokens: Sequence[Token], index: int) -> str:
        renderer = cast("RendererHTML", parser().renderer)
        rule = renderer.rules.get(tokens[index].type, renderer.renderToken)
        return rule(tokens, index, parser().options, self.environment)

    def _flush(self) -> None:
        html = _EMPTY_PARAGRAPH.sub("", printable("".join(self.html)))
        self.html.clear()
        if html:
            self.pieces.append(Prose(html))

    def _heading(self, opening: Token, inline: Token) -> None:
        text = headings.plain_text(inline.children or ())
        self.first_heading = self.first_heading or text
        opening.attrs["id"] = headings.heading_id(text, self.heading_ids)

    # -------------------------------- math --------------------------------

    def _math(self, block: MathBlock | None) -> None:
        if block is None:
            return
        found = excess(block.latex, self.options)
        if found is None:
            self._flush()
            self.pieces.append(block)
            return
        start, end, message = found
        self.diagnostics.append(Diagnostic("too-large", message, block.locate(start, end)))
        shown = escape(self.source.slice(block.span)[:200])
        self.html.append(f"<code>{shown}</code>")

    def _inline(self, token: Token, parent: Token) -> None:
        pairs = self._pairs(token, parent)
        in_paragraph = parent.type == "paragraph_open"
        children = token.children or []
        depth = 0
        for index, child in enumerate(children):
            depth += child.nesting
            if child.type == "math":
                display = in_paragraph and depth == 0 and is_display(token.content, child)
                block = segments.of_inline(child, pairs, display=display, in_table=parent.type in _CELLS)
                self._inline_math(block, breaks=display and not parent.hidden)
            elif child.type == "comment":
                self.hints += segments.hints(self.source, child, pairs)
            elif child.type == "math_unclosed":
                self._unclosed(child, pairs)
            else:
                self._point_to_heading(child)
                self.html.append(self._render(children, index))

    def _inline_math(self, block: MathBlock, *, breaks: bool) -> None:
        if breaks:
            self.html.append("</p>\n")
        self._math(block)
        if breaks:
            self.html.append("<p>")

    def _pairs(self, token: Token, parent: Token) -> places.Pairs:
        if "from" in token.meta:
            return ((0, token.meta["from"]),)
        line = token.map[0] + 1 if token.map else 1
        if parent.type not in _CELLS:
            return places.of_lines(self.source, line, token.content)
        after = self.cell_end[1] if self.cell_end[0] == line else self.source.line_start(line)
        pairs = places.of_cell(self.source, line, token.content, after)
        self.cell_end = (line, places.to_source(pairs, len(token.content)))
        return pairs

    def _unclosed(self, child: Token, pairs: places.Pairs) -> None:
        self.html.append(child.content)
        if child.meta["formula"]:
            self.report_unclosed(places.to_source(pairs, child.meta["at"]), "$$")

    def report_unclosed(self, at: int, mark: str) -> None:
        """Say that a mark opens math that nothing closes."""
        if at in self.unclosed:
            return
        self.unclosed.add(at)
        message = f"`{mark}` opens a formula that is never closed"
        self.diagnostics.append(
            Diagnostic("unclosed-math", message, Span(at, at + len(mark)), help=_UNCLOSED_HELP)
        )

    @staticmethod
    def _point_to_heading(token: Token) -> None:
        """Let a link to a heading follow the prefix of its id."""
        href = token.attrs.get("href")
        if token.type == "link_open" and isinstance(href, str) and len(href) > 1 and href[0] == "#":
            token.attrs["href"] = f"#{headings.PREFIX}{href[1:]}"
