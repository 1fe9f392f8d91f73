"""A post's text and places in it: the one coordinate system from Markdown to HTML."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of character offsets into `Source.text`."""

    start: int
    end: int

    def __or__(self, other: "Span") -> "Span":
        """The smallest span that covers both.

        >>> Span(3, 5) | Span(8, 9)
        Span(start=3, end=9)
        """
        return Span(min(self.start, other.start), max(self.end, other.end))

    def __contains__(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A 1-based line and column, as editors count them."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """One post: where it came from and its text, line ends normalised to newline characters."""

    path: str
    text: str

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        for offset, character in enumerate(self.text):
            if character == "\n":
                starts.append(offset + 1)
        return starts

    def position(self, offset: int) -> Position:
        """The line and column of a character offset.

        >>> Source("p.md", "ab\\ncd").position(4)
        Position(line=2, column=2)
        """
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def line(self, offset: int) -> int:
        """The 1-based line of a character offset."""
        return self.position(offset).line

    def line_start(self, line: int) -> int:
        """The offset of the first character of a 1-based line."""
        return self._line_starts[line - 1]

    def line_text(self, line: int) -> str:
        """The text of a 1-based line without its line end."""
        start = self._line_starts[line - 1]
        end = self._line_starts[line] - 1 if line < len(self._line_starts) else len(self.text)
        return self.text[start:end]

    def slice(self, span: Span) -> str:
        """The text that a span covers."""
        return self.text[span.start : span.end]
