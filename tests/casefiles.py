"""Tests as data: Markdown files of headings, each with a post and what is expected of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INPUTS = ("markdown", "post", "notebook", "bytes")
"""Info strings of a post; in `bytes`, escapes such as `\\xff` stand for the bytes of the file."""
_HEADING = re.compile(r"(#{1,6}) (.+)")
_FENCE = re.compile(r"(`{3,})(\w+)\s*")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block of a case file."""

    name: str
    """Its info string: `markdown`, `verdicts`."""
    line: int
    """The 1-based line of the opening backticks."""
    ticks: str
    text: str
    """The lines between the backticks, with the final newline."""


@dataclass(frozen=True, slots=True)
class Case:
    """A heading, the post below it, and what each stage is to make of that post."""

    path: Path
    line: int
    title: str
    """The headings that lead here, joined."""
    fences: tuple[Fence, ...]

    @property
    def post(self) -> str:
        """The text of the input fence; bytes that are no UTF-8 are escaped as `os.fsdecode` does."""
        fence = next(fence for fence in self.fences if fence.name in INPUTS)
        if fence.name != "bytes":
            return fence.text
        return (
            fence.text.encode("ascii")
            .decode("unicode_escape")
            .encode("latin-1")
            .decode("utf-8", "surrogateescape")
        )

    @property
    def expected(self) -> tuple[Fence, ...]:
        """The fences that hold an expected output."""
        return tuple(fence for fence in self.fences if fence.name not in INPUTS)


def read_cases(path: Path) -> list[Case]:
    """The cases of a file in order.

    Raises ValueError, with the place, where a heading has outputs and no input, or an input and no output.
    """
    return [case for case in _sections(path) if _is_case(case)]


def _is_case(case: Case) -> bool:
    inputs = len(case.fences) - len(case.expected)
    if not case.fences:
        return False
    if inputs != 1 or not case.expected:
        message = f"{case.path}:{case.line}: a case has one post and at least one expected output"
        raise ValueError(message)
    return True


def _sections(path: Path) -> Iterator[Case]:
    headings: list[str] = []
    line, fences = 1, []
    for piece in _pieces(path.read_text(encoding="utf-8").splitlines(keepends=True)):
        if isinstance(piece, Fence):
            fences.append(piece)
            continue
        yield Case(path, line, " > ".join(headings), tuple(fences))
        line, depth, words = piece
        headings = [*headings[: depth - 1], words]
        fences = []
    yield Case(path, line, " > ".join(headings), tuple(fences))


def _pieces(lines: list[str]) -> Iterator[Fence | tuple[int, int, str]]:
    """Fences and headings (line, depth, words) in order."""
    at = 0
    while at < len(lines):
        if fence := _FENCE.fullmatch(lines[at]):
            ticks, name = fence.groups()
            end = lines.index(ticks + "\n", at + 1)
            yield Fence(name, at + 1, ticks, "".join(lines[at + 1 : end]))
            at = end
        elif heading := _HEADING.match(lines[at]):
            yield at + 1, len(heading[1]), heading[2].strip()
        at += 1


def rewrite(case: Case, name: str, text: str) -> None:
    """Put another expected output into the file, in place."""
    fence = next(
        fence
        for found in read_cases(case.path)
        if found.title == case.title
        for fence in found.fences
        if fence.name == name
    )
    lines = case.path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[fence.line : fence.line + fence.text.count("\n")] = [text]
    case.path.write_text("".join(lines), encoding="utf-8")
