"""Diagnostics, verdicts and summaries as text: file:line:column, the line of the post, a caret below."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from litgrad.diagnostics import Diagnostic, Label, Severity
from litgrad.source import Source, Span
from litgrad.verdict import Verdict

if TYPE_CHECKING:  # a cached post is printed without SymPy
    from litgrad.checking.verdicts import CheckedStep
    from litgrad.compiler import CheckedPost

SYMBOLS = {
    Verdict.DEFINITION: "≔",
    Verdict.PROVED: "✓",
    Verdict.CONFIRMED: "≈",
    Verdict.CONDITIONAL: "✓*",
    Verdict.REFUTED: "✗",
    Verdict.UNCHECKED: "?",
}
_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;34"}
_BOLD = "1"
_FRAME = "1;34"
_TAB = "    "
_WIDTH = 100
"""Cells of a source line that are shown around a caret."""
_INVISIBLE = frozenset(["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"])
_MEMBER_WIDTH = 60

Paint = Callable[[str, str], str]
"""Takes a colour and a text."""


def _plain(_color: str, text: str) -> str:
    return text


def _painted(color: str, text: str) -> str:
    return f"\x1b[{color}m{text}\x1b[0m" if text.strip() else text


def visible(text: str) -> str:
    r"""Text on one line with nothing hidden: tabs as spaces, control and direction characters as code points.

    >>> visible("a\tb\u202ec")
    'a    b<U+202E>c'
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character == "\t":
        return _TAB
    if unicodedata.category(character) in _INVISIBLE:
        return f"<U+{ord(character):04X}>"
    return character


# -------------------------------- diagnostics --------------------------------


def render(source: Source, diagnostic: Diagnostic, *, color: bool = False) -> str:
    """A diagnostic with the lines that it is about.

    Takes the post and the diagnostic. Gives several lines of text without a final newline.
    """
    labels = sorted((Label(diagnostic.span, diagnostic.text), *diagnostic.related), key=_start)
    width = max(len(str(source.line_in_cell(source.line(label.span.start)))) for label in labels)
    pen = _Pen(width, _COLORS[diagnostic.severity], _painted if color else _plain)
    head = pen.paint(pen.color, f"{diagnostic.severity.value}[{diagnostic.code}]")
    arrow = " " * width + pen.paint(_FRAME, "-->")
    lines = [
        f"{head}: {pen.paint(_BOLD, visible(diagnostic.message))}",
        f"{arrow} {visible(source.place(diagnostic.span.start))}",
        pen.margin(""),
        *_snippets(source, labels, diagnostic.span, pen),
    ]
    if diagnostic.help:
        note = " " * width + pen.paint(_FRAME, " =")
        lines += [pen.margin(""), f"{note} help: {visible(diagnostic.help)}"]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Pen:
    """How a diagnostic is drawn."""

    width: int
    """Of the line numbers."""
    color: str
    paint: Paint

    def margin(self, number: str) -> str:
        """What stands left of the post's text."""
        return self.paint(_FRAME, f"{number:>{self.width}} |")


def _start(label: Label) -> int:
    return label.span.start


def _snippets(source: Source, labels: Iterable[Label], main: Span, pen: _Pen) -> Iterator[str]:
    """Each labelled line of the post once, its marks below it; dots where lines were left out."""
    before: tuple[int, str] | None = None
    for label in labels:
        number = source.line(label.span.start)
        text, lead, length = _window(source, label.span)
        if before is not None and number > before[0] + 1:
            yield "..."
        if before != (number, text):
            yield f"{pen.margin(str(source.line_in_cell(number)))} {text}".rstrip()
        mark, color = ("^", pen.color) if label.span == main else ("-", _FRAME)
        marks = f"{mark * length} {visible(label.text)}".rstrip()
        yield f"{pen.margin('')} {' ' * lead}{pen.paint(color, marks)}"
        before = (number, text)


def _window(source: Source, span: Span) -> tuple[str, int, int]:
    """The line of a span as it is shown, the cells before the span, and its cells on that line."""
    place = source.position(span.start)
    line = source.line_text(place.line)
    start = place.column - 1
    end = min(start + max(span.end - span.start, 0), len(line))
    first = 0 if len(line) <= _WIDTH else max(0, min(start - _WIDTH // 3, len(line) - _WIDTH))
    last = min(len(line), first + _WIDTH)
    dots = "…" if first else ""
    shown = dots + visible(line[first:last]) + ("…" if last < len(line) else "")
    lead = cell_len(dots + visible(line[first:start]))
    return shown, lead, max(cell_len(visible(line[start : min(end, last)])), 1)


# -------------------------------- verdicts --------------------------------


def summary(path: str, counts: Mapping[Verdict, int], functions: int = 0) -> str:
    """One line on a post: how many of its relation signs got which verdict.

    >>> summary("posts/adam.md", {Verdict.PROVED: 3, Verdict.REFUTED: 1})
    'posts/adam.md: ✓ 3 proved, ✗ 1 refuted'
    """
    words = [
        f"{SYMBOLS[verdict]} {counts[verdict]} {verdict.value}" for verdict in Verdict if counts.get(verdict)
    ]
    if functions:
        words.append(f"{functions} function{'s' if functions > 1 else ''}")
    return f"{visible(path)}: {', '.join(words) or 'no relation signs'}"


def listing(post: "CheckedPost") -> Iterator[str]:
    """Two lines per relation sign: its place, verdict and sides; the reason."""
    source = post.document.source
    for derivation in post.derivations:
        for step in derivation.steps:
            yield from _step_lines(source, step)


def _step_lines(source: Source, checked: "CheckedStep") -> Iterator[str]:
    step = checked.step
    place = source.place(step.sign.span.start).removeprefix(f"{source.path}:")
    left, right = (_shortened(source.slice(member.span)) for member in (step.left, step.right))
    verdict = f"{SYMBOLS[checked.verdict]} {checked.verdict.value}"
    yield f"  {place:>7}  {verdict:<13} {left} {step.sign.symbol} {right}"
    yield f"{' ' * 25}{visible(checked.judgement.reason)}"


def _shortened(latex: str) -> str:
    text = visible(" ".join(latex.split()))
    return text if len(text) <= _MEMBER_WIDTH else f"{text[: _MEMBER_WIDTH - 1]}…"
