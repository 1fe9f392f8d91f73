"""A post's text and places in it: the one coordinate system from Markdown to HTML."""

import dataclasses
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


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


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a notebook, as a range of character offsets into `Source.text`."""

    number: int
    """Counted from 1, cells of all kinds."""
    start: int
    end: int
    language: str = ""
    """Of the code in it; empty for Markdown."""


@dataclasses.dataclass(frozen=True)  # it has no slots, for what is worked out once
class Source:
    """One post: where it came from and its text, line ends normalised to newline characters."""

    path: str
    text: str
    cells: tuple[Cell, ...] = ()
    """For a notebook, whose text is that of its cells one below the other."""

    @cached_property
    def _line_starts(self) -> list[int]:
        return list(accumulate((len(line) + 1 for line in self.text.split("\n")[:-1]), initial=0))

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

    def has_line(self, line: int) -> bool:
        """Whether the text has so many lines."""
        return 0 < line <= len(self._line_starts)

    def line_start(self, line: int) -> int:
        """The offset of the first character of a 1-based line."""
        return self._line_starts[line - 1]

    def line_text(self, line: int) -> str:
        """The text of a 1-based line without its line end."""
        start = self._line_starts[line - 1]
        end = self._line_starts[line] - 1 if line < len(self._line_starts) else len(self.text)
        return self.text[start:end]

    def cell(self, offset: int) -> Cell | None:
        """The cell of a notebook that an offset stands in; None in a post that is no notebook."""
        at = bisect_right(self.cells, offset, key=_start)
        return self.cells[max(at - 1, 0)] if self.cells else None

    def place(self, offset: int) -> str:
        """Path, line and column of an offset, and for a notebook the cell that the line is counted in.

        >>> Source("n.ipynb", "ab\\ncd", (Cell(1, 0, 2), Cell(2, 3, 5))).place(4)
        'n.ipynb:cell 2:1:2'
        """
        position, cell = self.position(offset), self.cell(offset)
        if cell is None:
            return f"{self.path}:{position.line}:{position.column}"
        return f"{self.path}:cell {cell.number}:{self.line_in_cell(position.line)}:{position.column}"

    def where(self, offset: int) -> str:
        """The line of an offset in words, in a notebook with its cell.

        >>> Source("n.ipynb", "ab\\ncd", (Cell(1, 0, 2), Cell(2, 3, 5))).where(4)
        'cell 2, line 1'
        """
        line, cell = self.line(offset), self.cell(offset)
        return f"line {line}" if cell is None else f"cell {cell.number}, line {self.line_in_cell(line)}"

    def line_in_cell(self, line: int) -> int:
        """A line of the text as it is counted in its cell; in a post that is no notebook, the line itself."""
        cell = self.cell(self.line_start(line))
        return line if cell is None else line - self.line(cell.start) + 1

    def slice(self, span: Span) -> str:
        """The text that a span covers."""
        return self.text[span.start : span.end]


def _start(cell: Cell) -> int:
    return cell.start
