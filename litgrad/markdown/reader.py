"""`read_markdown`: a post's text to its prose and its math, each with its place."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import PurePath
from typing import Any

from litgrad.diagnostics import Diagnostic
from litgrad.document import Document, Hint, MathBlock, Prose
from litgrad.markdown.blocks import UNCLOSED
from litgrad.markdown.engines import ENGINES
from litgrad.markdown.flow import Flow, printable
from litgrad.markdown.front_matter import read_front_matter
from litgrad.markdown.lint import lint
from litgrad.markdown.markup import MDX
from litgrad.markdown.notebook import is_notebook, open_notebook
from litgrad.markdown.shifting import shifted
from litgrad.markdown.syntax import parser
from litgrad.options import Options
from litgrad.records import dataclass
from litgrad.source import Cell, Source, Span

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}-")


@dataclass(slots=True)
class _Body:
    """What was read so far."""

    pieces: list[Prose | MathBlock]
    diagnostics: list[Diagnostic]
    hints: list[Hint]
    heading_ids: dict[str, int]
    first_heading: str = ""
    front_matter_span: Span | None = None


def read_markdown(source: Source, options: Options = Options()) -> Document:  # noqa: B008 - frozen
    """Split a post into prose and math.

    Takes the post, Markdown or the JSON of a notebook, and the bounds. Gives the page body in order, prose
    already rendered to HTML, each math segment with its exact place; what is wrong with the Markdown stands
    in the document's diagnostics. The document of a notebook has the text of its cells as its source.

    >>> read_markdown(Source("p.md", "Let $x = 1$.")).math[0].latex
    'x = 1'
    """
    fault = None
    if is_notebook(source):
        source, fault = open_notebook(source)
    body = _Body([], [] if fault is None else [fault], [], {})
    if fault is None:
        for cell in source.cells or (Cell(1, 0, len(source.text)),):
            _read_cell(source, cell, options, body)
    front_matter: Mapping[str, object] = {}
    if body.front_matter_span is not None:
        front_matter, faults = read_front_matter(source, body.front_matter_span)
        body.diagnostics += faults
    document = Document(
        source,
        _title(front_matter, body.first_heading, source.path),
        front_matter,
        tuple(body.pieces),
        hints=tuple(body.hints),
        front_matter_span=body.front_matter_span,
    )
    eaten = lint(document, ENGINES[options.engine]) if options.engine else ()
    return replace(document, diagnostics=tuple(sorted((*body.diagnostics, *eaten), key=_place)))


def _place(diagnostic: Diagnostic) -> Span:
    return diagnostic.span


def _read_cell(source: Source, cell: Cell, options: Options, body: _Body) -> None:
    """Read the whole of a post, or one cell of a notebook: nothing that a cell opens reaches the next."""
    text = source.text[cell.start : cell.end].replace("\0", "\ufffd")  # as markdown-it does
    if cell.language:
        code = escape(printable(text))
        body.pieces.append(Prose(f'<pre><code class="language-{cell.language}">{code}\n</code></pre>\n'))
        return
    part = Source(source.path, text)
    environment: dict[str, Any] = {MDX: source.path.lower().endswith(".mdx")}
    tokens = parser().parse(text, environment)
    flow = Flow(part, options, environment, heading_ids=body.heading_ids)
    if tokens and tokens[0].type == "front_matter" and cell is (source.cells or (cell,))[0]:
        start = cell.start + part.line_start(2)
        body.front_matter_span = Span(start, start + len(tokens[0].content))
    flow.add(tokens)
    for at, mark in environment.get(UNCLOSED, {}).items():
        flow.report_unclosed(at, mark)
    body.pieces += [shifted(piece, cell.start) for piece in flow.pieces]
    body.diagnostics += [shifted(found, cell.start) for found in flow.diagnostics]
    body.hints += [shifted(hint, cell.start) for hint in flow.hints]
    body.first_heading = body.first_heading or flow.first_heading


def _title(front_matter: Mapping[str, object], heading: str, path: str) -> str:
    """The title from the front matter, else the first heading, else the file's name without its date."""
    title = front_matter.get("title")
    if isinstance(title, str | int | float | date) and str(title).strip():
        return printable(" ".join(str(title).split()))
    name = _DATED.sub("", PurePath(path).stem).replace("-", " ").replace("_", " ").strip()
    return printable(heading or name or "Untitled")
