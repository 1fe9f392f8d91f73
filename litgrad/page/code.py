"""The code pane: the generated module with colours, and a link for every value that the post has too."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from html import escape
from itertools import groupby

from litgrad.codegen.generated import GeneratedModule
from litgrad.page.colors import colored_parts
from litgrad.page.identity import Identities
from litgrad.records import dataclass

_TAGS = {"k": "b", "n": "i"}
"""The commonest colours have elements of their own."""
_HANDS_OVER = re.compile(r" *(?:<b>if</b> \(found := _fast_| +<b>return</b> found$)")
_QUOTES = '"""'


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
class Block:
    """One line of code as HTML, or several in a row."""

    html: str
    color: str = ""
    """The colour class of all of it; empty where its parts have their own."""
    number: int = 0
    """The line in the module where a function begins, else 0."""
    back: Back | None = None
    """The way back to the post where a function begins."""
    folded: str = ""
    """The rest of a docstring, of which `html` is the first line."""
    hidden: str = ""
    """Lines behind the docstring that hand over to a faster form, folded with it."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A stretch of code with an identity."""

    start: int
    end: int
    identity: str
    """Empty for a part of what has one."""
    place: str
    """Where the post shows it."""
    reason: str = ""
    """Why it is computed in another form, or what a part is there for."""


def code_blocks(
    module: GeneratedModule, identities: Identities, backs: Mapping[int, Back], head: int
) -> tuple[list[Block], list[Block]]:
    """The module's first lines, which nothing leads to, and all others.

    Takes the way back by line of the module and how many lines come before the first function.
    """
    classes = _classes(module.readable)
    marks = sorted((*_marks(identities), *_parts(identities)), key=lambda mark: (mark.start, -mark.end))
    starts = [mark.start for mark in marks]
    seen: set[str] = set()
    blocks: list[Block] = []
    start = 0
    for number, text in enumerate(module.readable.split("\n")[:-1], start=1):
        end = start + len(text)
        within = marks[bisect_left(starts, start) : bisect_right(starts, end)] if number > head else []
        inside = [mark for mark in within if mark.end <= end]
        own = set(classes[end - len(text.lstrip()) : end])
        color = own.pop() if len(own) == 1 and not inside else ""
        html = escape(text, quote=False) if color else "".join(_pieces(text, start, inside, classes, seen))
        back = backs.get(number)
        blocks.append(Block(html, color, number if back else 0, back))
        start = end + 1
    return list(_joined(_folded(blocks[:head]))), _handed_over(list(_folded(blocks[head:])))


def _folded(lines: Iterable[Block]) -> Iterator[Block]:
    """Lines with each docstring of several made one block."""
    held: list[Block] = []
    for line in lines:
        ends = line.color == "s" and line.html.count(_QUOTES) == 1
        if held:
            held.append(line)
            if ends:
                yield replace(held[0], folded="\n".join(one.html for one in held[1:]))
                held = []
        elif ends and line.html.lstrip(" r").startswith(_QUOTES):
            held.append(line)
        else:
            yield line
    yield from held


def _handed_over(blocks: list[Block]) -> list[Block]:
    """Blocks in which a docstring has taken in the two lines that hand over to a faster form."""
    found: list[Block] = []
    for block in blocks:
        before = found[-1] if found else None
        if before is not None and before.folded and _HANDS_OVER.match(block.html):
            found[-1] = replace(before, hidden=f"{before.hidden}\n{block.html}".removeprefix("\n"))
        else:
            found.append(block)
    return found


def _joined(lines: Iterable[Block]) -> Iterator[Block]:
    """Lines of one colour made one block."""
    for (folded, color), group in groupby(lines, key=lambda line: (bool(line.folded), line.color)):
        if folded:
            yield from group
        else:
            yield Block("\n".join(line.html for line in group), color)


def _classes(text: str) -> list[str]:
    """The colour class of every character."""
    classes = [""] * len(text)
    for start, end, name in colored_parts(text):
        classes[start:end] = [name] * (end - start)
    return classes


def _marks(identities: Identities) -> Iterator[_Mark]:
    """The links that lead somewhere, outer ones first."""
    for link in identities.links:
        identity = identities.of(link.expr)
        place = identities.place(identity) if identity is not None else None
        if identity is not None and place is not None:
            at = link.start, link.end
            reason = identities.reasons.get(at) or identities.whys.get(at, "")
            yield _Mark(*at, identity, place, reason)


def _parts(identities: Identities) -> Iterator[_Mark]:
    """Parts of what is linked that lead nowhere themselves."""
    linked = {(link.start, link.end) for link in identities.links}
    for at, why in identities.whys.items():
        if at not in linked:
            yield _Mark(*at, "", "", why)


def _pieces(text: str, offset: int, marks: list[_Mark], classes: list[str], seen: set[str]) -> Iterator[str]:
    """A line's text cut at colours and marks; the innermost mark is the link, outer ones are spans."""
    open_marks: list[_Mark] = []
    waiting = list(marks)
    at = 0
    while at <= len(text):
        while open_marks and open_marks[-1].end - offset == at:
            yield f"</{_tag(open_marks.pop(), marks)}>"
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
    if not name or not text.strip():
        return shown
    tag = _TAGS.get(name, "span")
    return f"<{tag}>{shown}</{tag}>" if name in _TAGS else f'<{tag} class="{name}">{shown}</{tag}>'


def _tag(mark: _Mark, marks: list[_Mark]) -> str:
    """The innermost linked stretch is the link."""
    inside = (other for other in marks if other.identity and other != mark)
    outer = any(mark.start <= other.start and other.end <= mark.end for other in inside)
    return "span" if outer or not mark.identity else "a"


def _opening(mark: _Mark, marks: list[_Mark], seen: set[str]) -> str:
    why = f' title="{escape(mark.reason)}"' if mark.reason else ""
    if not mark.identity:
        return f"<span{why}>"
    name = f'data-t="{mark.identity}"' if mark.identity in seen else f'id="{mark.identity}"'
    seen.add(mark.identity)
    tag = _tag(mark, marks)
    href = f' href="#{mark.place}"' if tag == "a" else ""
    return f"<{tag} {name}{href}{why}>"
