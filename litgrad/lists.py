"""`render_lists`: what lists the posts of a site: its index and, where its address is known, its feed."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from litgrad.options import Theme
from litgrad.outcome import Entry, Listed, encoded
from litgrad.page.environment import themed
from litgrad.page.feed import Published, atom, day_of, sitemap
from litgrad.page.index import TITLE, IndexEntry, Made, render_index
from litgrad.terminal import summary

_PLAIN = Theme()


def render_lists(
    entries: Sequence[Entry], base_url: str | None, theme: Theme = _PLAIN
) -> Mapping[str, bytes]:
    """The files by their path below the site's root."""
    with themed(theme):
        return _rendered(entries, base_url)


def _rendered(entries: Sequence[Entry], base_url: str | None) -> Mapping[str, bytes]:
    feeds = _feeds(entries, f"{base_url.rstrip('/')}/") if base_url else {}
    index = render_index(Made(entries, _row), feed="feed.xml" in feeds)
    return {"index.html": index, **{path: encoded(text) for path, text in feeds.items()}}


def _row(entry: Entry) -> IndexEntry:
    listed = Listed.unpacked(entry.listed)
    links = tuple((name, f"{entry.href}#L{line}") for name, line in listed.functions)
    return IndexEntry(
        entry.title, entry.href, entry.path, dict(entry.counts), entry.functions, entry.errors,
        links, listed.words, listed.lead, listed.day,
    )  # fmt: skip


def _feeds(entries: Sequence[Entry], base: str) -> Mapping[str, str]:
    """The sitemap and the feed of a site that will stand at an address."""
    posts = [_published(entry) for entry in entries]
    feed = atom(base, TITLE, posts)
    return {"sitemap.xml": sitemap(base, posts)} | ({"feed.xml": feed} if feed is not None else {})


def _published(entry: Entry) -> Published:
    line = summary(entry.path, dict(entry.counts), entry.functions)
    return Published(
        entry.title, quote(entry.href), line, day_of({"date": Listed.unpacked(entry.listed).day})
    )
