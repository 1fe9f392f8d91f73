"""`render_index`: the page that lists a site's posts."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

from litgrad.outcome import encoded
from litgrad.page.controls import visible
from litgrad.page.counts import counted
from litgrad.page.environment import template
from litgrad.verdict import Verdict

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A post in the list."""

    title: str
    href: str
    path: str
    counts: Mapping[Verdict, int]
    functions: int
    errors: int
    links: tuple[tuple[str, str], ...] = ()
    """Its functions: names and links."""
    words: str = ""
    """What a search looks through, besides the title and the functions."""
    lead: str = ""
    """Its first sentences."""
    day: str = ""
    """Its date, as in 2026-03-01."""


@dataclass(frozen=True, slots=True)
class Made(Sequence[Row]):
    """What is made of each of some things, when it is asked for, so that it is not all in memory at once."""

    things: Sequence[Any]
    make: Callable[[Any], Row]

    def __len__(self) -> int:
        return len(self.things)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - of one, or of a slice
        found = self.things[index]
        return Made(found, self.make) if isinstance(index, slice) else self.make(found)


def render_index(entries: Sequence[IndexEntry], *, feed: bool = False) -> bytes:
    """The index of a site: each post with its counts, and their sum; `feed` where the site has one.

    It is written piece by piece, since that of ten thousand posts is as large as all else in memory.
    """
    total: Counter[Verdict] = Counter()
    functions = 0
    for entry in entries:
        total.update(entry.counts)
        functions += entry.functions
    rows = Made(entries, lambda entry: (entry, counted(entry.counts)))
    pieces = template("index.html").stream(
        rows=rows, total=counted(total), functions=functions, feed=feed, root="", title=TITLE
    )
    pieces.enable_buffering(_AT_ONCE)
    page = BytesIO()
    for piece in pieces:
        page.write(encoded(visible(piece)))
    return page.getvalue()


_AT_ONCE = 200
"""Pieces of the template that are written together."""


TITLE = "Posts compiled by litgrad"
"""The name of a site."""
