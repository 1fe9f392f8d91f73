"""The code pane: the generated module with colours, and a link for every value that the post has too."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from keyword import kwlist

from litgrad.codegen.generated import GeneratedModule
from litgrad.memory import remembered
from litgrad.page.identity import Identities
from litgrad.runs import read_runs, write_runs

_COLOURED = re.compile(
    rf"""
      (?P<c> \#[^\n]* )
    | (?P<s> (?<! \w ) [rbf]?(?: \"{{3}}.*?\"{{3}} | "(?: [^"\\\n] | \\. )*" ) )
    | (?<=\bdef\ ) (?P<nf> \w+ )
    | (?P<k> \b(?: {"|".join(kwlist)} )\b )
    | (?<! [\w.] ) (?P<n> (?: \d[\d_]* (?: \.\d* )? | \.\d+ ) (?: e[+-]?\d+ )? )
    """,
    re.VERBOSE | re.DOTALL,
)
"""What of generated Python has a colour, by the name of its class."""
_BLOCK = re.compile(r"(?=^def )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Back:
    """The way from a function back to its formula."""

    href: str
    """Where the formula stands on the page: `#s-r7`."""
    brief: str
    where: str
    """Its line in the post, as a number and in words."""
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of code as HTML, with the way back to the post where a function begins."""

    number: int
    html: str
    color: str = ""
    """The colour class of the whole line; empty where its parts have their own."""
    back: Back | None = None


@dataclass(frozen=True, slots=True)
class _Mark:
    """A stretch of code with an identity."""

    start: int
    end: int
    identity: str
    place: str
    """Where the post shows it."""
    reason: str = ""
    """Why it is computed in another form."""


def code_lines(module: GeneratedModule, identities: Identities, backs: Mapping[int, Back]) -> list[Line]:
    """The module line by line; `backs` gives the way back by line of the module."""
    classes = _classes(module.readable)
    marks = list(_marks(identities))
    starts = [mark.start for mark in marks]
    seen: set[str] = set()
    lines: list[Line] = []
    start = 0
    for number, text in enumerate(module.readable.split("\n")[:-1], start=1):
        within = marks[bisect_left(starts, start) : bisect_right(starts, start + len(text))]
        inside = [mark for mark in within if mark.end <= start + len(text)]
        own = set(classes[start + len(text) - len(text.lstrip()) : start + len(text)])
        color = own.pop() if len(own) == 1 and not inside else ""
        html = escape(text, quote=False) if color else "".join(_pieces(text, start, inside, classes, seen))
        lines.append(Line(number, html, color, backs.get(number)))
        start += len(text) + 1
    return lines


def _classes(text: str) -> list[str]:
    """The colour class of every character."""
    return [name for block in _BLOCK.split(text) for name in _classes_of_block(block)]


@remembered("colours", write_runs, read_runs)
def _classes_of_block(text: str) -> list[str]:
    """The same of a piece that ends before the `def` of a function."""
    classes = [""] * len(text)
    for found in _COLOURED.finditer(text):
        classes[found.start() : found.end()] = [str(found.lastgroup)] * len(found[0])
    return classes


def _marks(identities: Identities) -> Iterator[_Mark]:
    """The links that lead somewhere, outer ones first."""
    for link in identities.links:
        identity = identities.of(link.expr)
        place = identities.place(identity) if identity is not None else None
        if identity is not None and place is not None:
            reason = identities.reasons.get((link.start, link.end), "")
            yield _Mark(link.start, link.end, identity, place, reason)


def _pieces(text: str, offset: int, marks: list[_Mark], classes: list[str], seen: set[str]) -> Iterator[str]:
    """A line's text cut at colours and marks; the innermost mark is the link, outer ones are spans."""
    open_marks: list[_Mark] = []
    waiting = list(marks)
    at = 0
    while at <= len(text):
        while open_marks and open_marks[-1].end - offset == at:
            yield "</a>" if _is_innermost(open_marks.pop(), marks) else "</span>"
        while waiting and waiting[0].start - offset == at:
            mark = waiting.pop(0)
            open_marks.append(mark)
            yield _opening(mark, marks, seen)
        if at == len(text):
            return
        stop = _next_stop(text, at, offset, open_marks, waiting, classes)
        yield _colored(text[at:stop], classes[offset + at])
        at = stop


def _next_stop(
    text: str, at: int, offset: int, open_marks: list[_Mark], waiting: list[_Mark], classes: list[str]
) -> int:
    stop = at + 1
    edges = {mark.end - offset for mark in open_marks} | {mark.start - offset for mark in waiting}
    while stop < len(text) and stop not in edges and classes[offset + stop] == classes[offset + at]:
        stop += 1
    return stop


def _colored(text: str, name: str) -> str:
    shown = escape(text, quote=False)
    return f'<span class="{name}">{shown}</span>' if name and text.strip() else shown


def _is_innermost(mark: _Mark, marks: list[_Mark]) -> bool:
    return not any(other != mark and mark.start <= other.start and other.end <= mark.end for other in marks)


def _opening(mark: _Mark, marks: list[_Mark], seen: set[str]) -> str:
    place = "" if mark.identity in seen else f' id="c-{mark.identity}"'
    seen.add(mark.identity)
    why = f' title="{escape(mark.reason)}"' if mark.reason else ""
    if _is_innermost(mark, marks):
        return f'<a class="t" data-t="{mark.identity}"{place} href="#{mark.place}"{why}>'
    return f'<span class="t" data-t="{mark.identity}"{place}{why}>'
