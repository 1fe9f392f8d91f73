"""What readers' and search engines' programs ask of a site: an Atom feed and a sitemap."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from litgrad.page.controls import visible
from litgrad.page.environment import template
from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A post as a feed tells it."""

    title: str
    href: str
    """Its page below the site's root."""
    summary: str
    day: date | None
    """From the front matter; a post without one is in the sitemap and not in the feed."""


def day_of(front_matter: Mapping[str, object]) -> date | None:
    """The day that a post's front matter gives as its `date`.

    >>> day_of({"date": "2026-03-01"}), day_of({"date": "soon"})
    (datetime.date(2026, 3, 1), None)
    """
    found = front_matter.get("date")
    if isinstance(found, datetime):
        return found.date()
    if isinstance(found, date):
        return found
    try:
        return date.fromisoformat(str(found)[:10])
    except ValueError:
        return None


def atom(base: str, title: str, posts: Sequence[Published]) -> str | None:
    """The feed of the posts that have a date, the newest first; None if none has.

    `base` is the address of the site's root, with a slash at its end.
    """
    dated = [(post.day, post) for post in posts if post.day is not None]
    if not dated:
        return None
    newest = sorted(dated, key=lambda pair: (pair[0], pair[1].href), reverse=True)
    return _printable(template("feed.xml").render(base=base, title=title, posts=[post for _, post in newest]))


def sitemap(base: str, posts: Sequence[Published]) -> str:
    """The addresses of all pages."""
    return _printable(template("sitemap.xml").render(base=base, posts=posts))


def _printable(xml: str) -> str:
    """Without the characters that XML cannot hold."""
    return visible("".join(one for one in xml if one >= " " or one in "\t\n\r"))
