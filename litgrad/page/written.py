"""What the author wrote that trees leave out: spaces between terms, sizes of brackets, notes below signs."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TypeAlias

from litgrad.page.elements import Element
from litgrad.source import Source, Span

_SPACES = {
    r"\,": 0.1667, r"\thinspace": 0.1667, r"\:": 0.2222, r"\>": 0.2222, r"\;": 0.2778, r"\ ": 0.25, "~": 0.25,
    r"\enspace": 0.5, r"\quad": 1.0, r"\qquad": 2.0,
}  # fmt: skip
"""Spaces by their command, in em."""
_COMMAND = r"\\(?:[,:>; ]|thinspace|enspace|qquad|quad)|~"
_PHANTOM = r"\\[hv]?phantom\s*\{(?:[^{}]|\{[^{}]*\})*\}"
_GAP = re.compile(rf"[\s{{}}]*(?:(?:{_COMMAND}|{_PHANTOM})[\s{{}}]*)+")
_UNSEEN = re.compile(r"\\(h|v)?phantom\s*\{(.*)\}", re.DOTALL)
_LONGEST = 60
_SIZE = re.compile(r"\\(big|Big|bigg|Bigg)[lrm]?\s*$")
_SIZES = {"big": "1.2em", "Big": "1.8em", "bigg": "2.4em", "Bigg": "3em"}


Draw: TypeAlias = Callable[[str], Element | None]
"""A piece of LaTeX drawn by itself; None where it does not read."""


def with_spaces(atoms: list[Element], source: Source, draw: Draw) -> list[Element]:
    """Atoms with the spaces that stand between them in the post, also those that phantoms make.

    Spaces that take something away are left out, as browsers do not draw them.
    """
    placed = [index for index, atom in enumerate(atoms) if atom.span is not None]
    found = dict(_gaps(atoms, placed, source, draw))
    return [one for index, atom in enumerate(atoms) for one in (*found.get(index, ()), atom)]


def _gaps(
    atoms: list[Element], placed: list[int], source: Source, draw: Draw
) -> Iterator[tuple[int, tuple[Element, ...]]]:
    for left, right in pairwise(placed):
        before, after = atoms[left].span, atoms[right].span
        if before is None or after is None or not 0 < after.start - before.end <= _LONGEST:
            continue
        text = source.slice(Span(before.end, after.start))
        if _GAP.fullmatch(text):
            width = sum(_SPACES[command] for command in re.findall(_COMMAND, re.sub(_PHANTOM, "", text)))
            space = (Element("mspace", attributes={"width": f"{width:.4g}em"}),) if width else ()
            yield right, (*space, *_phantoms(text, draw))


def _phantoms(text: str, draw: Draw) -> Iterator[Element]:
    """What takes room and is not seen."""
    for one in re.findall(_PHANTOM, text):
        found = _UNSEEN.match(one)
        inner = draw(found[2]) if found is not None else None
        if found is not None and inner is not None:
            flat = {"width": "0"} if found[1] == "v" else {}
            yield Element("mpadded", children=[inner], attributes={"class": "phantom"} | flat)


_LOWER = re.compile(r"\\x\w+\s*\[((?:[^\[\]{}]|\{[^{}]*\})+)\]")


def lower_note(source: Source, sign: Span) -> str:
    """What an arrow has below it, as in `\\xleftarrow[g]{h}`; empty where there is nothing."""
    found = _LOWER.match(source.slice(sign))
    return found[1] if found else ""


def bracket_size(source: Source, sign: Span) -> str:
    """The size that a bracket is given in the post, as by `\\Big`; empty where it has its own."""
    found = _SIZE.search(source.text, max(sign.start - 12, 0), sign.start)
    return _SIZES[found[1]] if found else ""


def is_below(source: Source, sign: Span) -> bool:
    """Whether a relation sign's note stands below it."""
    return source.slice(sign).startswith(r"\underset")


def is_plain_equals(source: Source, sign: Span) -> bool:
    """Whether a defining sign is an equals sign with a note, as in `\\overset{def}{=}`."""
    return not re.search(r":|coloneq|\\defeq|\\eqdef", source.slice(sign))


_COLUMNS = re.compile(r"\\begin\{d?array\}\s*(?:\[\w\])?\s*\{([^{}]*)\}")
_SIDES = {"l": "to-left", "r": "to-right", "c": ""}


def columns(source: Source, array: Span) -> list[str]:
    """The classes of an array's columns: where their text stands, and a rule before or behind them.

    >>> text = r"\\begin{array}{l|c|} a & b \\end{array}"
    >>> columns(Source("p.md", text), Span(0, len(text)))
    ['to-left', 'ruled ended']
    """
    found = _COLUMNS.match(source.slice(array))
    marks = re.findall(r"[lcr]|\|", found[1]) if found else []
    classes: list[str] = []
    ruled = False
    for mark in marks:
        if mark == "|":
            ruled = True
        else:
            classes.append(f"{_SIDES[mark]}{' ruled' if ruled else ''}".strip())
            ruled = False
    if ruled and classes:
        classes[-1] = f"{classes[-1]} ended".strip()
    return classes


def has_line_above(source: Source, start: int, end: int) -> bool:
    """Whether a line is drawn between two rows of an array."""
    return r"\hline" in source.text[start:end]
