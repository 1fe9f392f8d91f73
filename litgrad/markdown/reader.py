"""`read_markdown`: a post's text to its prose and its math, each with its place."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import Any

from markdown_it.token import Token

from litgrad.diagnostics import Diagnostic
from litgrad.document import Document
from litgrad.markdown.blocks import UNCLOSED
from litgrad.markdown.flow import Flow, printable
from litgrad.markdown.front_matter import read_front_matter
from litgrad.markdown.syntax import parser
from litgrad.options import Options
from litgrad.source import Source, Span

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}-")


def read_markdown(source: Source, options: Options = Options()) -> Document:  # noqa: B008 - frozen
    """Split a post into prose and math.

    Takes the post and the bounds. Gives the page body in order, prose already rendered to HTML, each math
    segment with its exact place; what is wrong with the Markdown stands in the document's diagnostics.

    >>> read_markdown(Source("p.md", "Let $x = 1$.")).math[0].latex
    'x = 1'
    """
    environment: dict[str, Any] = {}
    tokens = parser().parse(source.text, environment)
    front_matter, faults = _front_matter(source, tokens)
    flow = Flow(source, options, environment)
    flow.add(tokens)
    for at, mark in environment.get(UNCLOSED, {}).items():
        flow.report_unclosed(at, mark)
    title = _title(front_matter, flow.first_heading, source.path)
    diagnostics = sorted((*faults, *flow.diagnostics), key=_place)
    return Document(source, title, front_matter, tuple(flow.pieces), tuple(diagnostics))


def _place(diagnostic: Diagnostic) -> Span:
    return diagnostic.span


def _front_matter(
    source: Source, tokens: Sequence[Token]
) -> tuple[Mapping[str, object], tuple[Diagnostic, ...]]:
    if not tokens or tokens[0].type != "front_matter":
        return {}, ()
    start = source.line_start(2)
    return read_front_matter(source, Span(start, start + len(tokens[0].content)))


def _title(front_matter: Mapping[str, object], heading: str, path: str) -> str:
    """The title from the front matter, else the first heading, else the file's name without its date."""
    title = front_matter.get("title")
    if isinstance(title, str | int | float | date) and str(title).strip():
        return printable(" ".join(str(title).split()))
    name = _DATED.sub("", PurePath(path).stem).replace("-", " ").replace("_", " ").strip()
    return printable(heading or name or "Untitled")
