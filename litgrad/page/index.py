"""`render_index`: the page that lists a site's posts."""

from collections import Counter
from collections.abc import Mapping, Sequence

from litgrad.page.controls import visible
from litgrad.page.counts import counted
from litgrad.page.environment import template
from litgrad.records import dataclass
from litgrad.verdict import Verdict


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


def render_index(entries: Sequence[IndexEntry], *, feed: bool = False) -> str:
    """The index of a site: each post with its counts, and their sum; `feed` where the site has one."""
    total: Counter[Verdict] = Counter()
    for entry in entries:
        total.update(entry.counts)
    rows = [(entry, counted(entry.counts)) for entry in entries]
    functions = sum(entry.functions for entry in entries)
    return visible(
        template("index.html").render(
            rows=rows, total=counted(total), functions=functions, feed=feed, root="", title=TITLE
        )
    )


TITLE = "Posts compiled by litgrad"
"""The name of a site."""
