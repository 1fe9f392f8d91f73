"""`render_index`: the page that lists a site's posts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader

from litgrad.checking.verdicts import Verdict
from litgrad.page.controls import visible
from litgrad.page.steps import counted

_ENVIRONMENT = Environment(
    loader=PackageLoader("litgrad.page"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A post in the list."""

    title: str
    href: str
    path: str
    counts: Mapping[Verdict, int]
    functions: int
    errors: int


def render_index(entries: Sequence[IndexEntry]) -> str:
    """The index of a site: each post with its counts, and their sum."""
    total: Counter[Verdict] = Counter()
    for entry in entries:
        total.update(entry.counts)
    rows = [(entry, counted(entry.counts)) for entry in entries]
    return visible(_ENVIRONMENT.get_template("index.html").render(rows=rows, total=counted(total), root=""))
