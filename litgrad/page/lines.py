"""Lines of the post that a sentence names, as links: `by the definition of line 14`."""

import re
from collections.abc import Mapping

from markupsafe import Markup

from litgrad.source import Source

_LINES = re.compile(r"\blines? (?P<all>\d+(?:(?:, | and )\d+)*)")
_NUMBER = re.compile(r"\d+")


def with_links(sentence: Markup, places: Mapping[int, str], source: Source) -> Markup:
    """A sentence in which the numbers of known lines lead to what stands there; in a notebook with cells.

    >>> with_links(Markup("see lines 3 and 9"), {3: "#f0"}, Source("p.md", ""))
    Markup('see lines <a href="#f0">3</a> and 9')
    """

    def linked(number: re.Match[str]) -> str:
        place = places.get(int(number[0]))
        words = where(source, int(number[0])) if source.cells else number[0]
        return words if place is None else Markup('<a href="{}">{}</a>').format(place, words)

    def told(found: re.Match[str]) -> str:
        return _NUMBER.sub(linked, found["all"] if source.cells else found[0])

    return Markup(_LINES.sub(told, sentence))  # noqa: S704 - was markup


def where(source: Source, line: int) -> str:
    """A line in words: `line 14`, in a notebook `cell 3, line 2`."""
    return source.where(source.line_start(line)) if source.has_line(line) else f"line {line}"


def brief(source: Source, line: int) -> str:
    """A line as a number, in a notebook behind that of its cell: `14`, `3:2`."""
    cell = source.cell(source.line_start(line)) if source.cells and source.has_line(line) else None
    return f"{line}" if cell is None else f"{cell.number}:{source.line_in_cell(line)}"
