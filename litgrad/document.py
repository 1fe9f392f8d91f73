"""The post as data: prose already rendered to HTML, and the math between it, each with its place."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import field

from litgrad.diagnostics import Diagnostic
from litgrad.records import dataclass
from litgrad.source import Source, Span


@dataclass(frozen=True, slots=True)
class MathBlock:
    """One math segment as the author wrote it, delimiters and Markdown prefixes removed."""

    span: Span
    """The segment in the post, delimiters included."""
    latex: str
    """What stands between the delimiters; for a bare environment, the environment itself."""
    origin: tuple[tuple[int, int], ...]
    """Pairs (offset in `latex`, offset in the post), ascending: between two pairs both advance together."""
    display: bool
    """Set on lines of its own, not in the flow of a sentence."""

    def locate(self, start: int, end: int) -> Span:
        """The place in the post of `latex[start:end]`, also through blockquote and list prefixes."""
        if len(self.origin) == 1:
            shift = self.origin[0][1] - self.origin[0][0]
            return Span(start + shift, end + shift)
        return Span(self._to_source(start), self._to_source(max(end - 1, start)) + min(end - start, 1))

    def _to_source(self, offset: int) -> int:
        at, source = self.origin[bisect_right(self.origin, offset, key=_first) - 1]
        return source + offset - at


def _first(pair: tuple[int, int]) -> int:
    return pair[0]


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of rendered HTML; it may open tags that a later run closes."""

    html: str


@dataclass(frozen=True, slots=True)
class Hint:
    """What a comment `<!-- litgrad: ... -->` says to litgrad; it is no part of the page."""

    span: Span
    """The text behind `litgrad:`, without the spaces around it."""
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A post, split into prose and math in reading order."""

    source: Source
    title: str
    """From the front matter, else the first heading, else the file name."""
    front_matter: Mapping[str, object]
    flow: tuple[Prose | MathBlock, ...]
    """The whole page body in order: joining the prose with the drawn math gives the page."""
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    hints: tuple[Hint, ...] = ()
    """What comments say to litgrad, in source order."""
    front_matter_span: Span | None = None
    """The text between the two `---`; None for a post without front matter."""

    @property
    def math(self) -> tuple[MathBlock, ...]:
        """The math segments in source order."""
        return tuple(piece for piece in self.flow if isinstance(piece, MathBlock))
