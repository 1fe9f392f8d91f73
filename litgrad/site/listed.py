"""What lists all posts of a site: the index and, at an address, the feed and the sitemap."""

import json
from collections.abc import Sequence

from litgrad.memory import digest
from litgrad.names import Name
from litgrad.options import Options
from litgrad.outcome import Entry, Outcome
from litgrad.output import Folder
from litgrad.site.manner import Manner
from litgrad.site.post import Post
from litgrad.verdict import Verdict

_LISTS = ("feed.xml", "index.html", "sitemap.xml")


def listed(
    folder: Folder,
    pairs: Sequence[tuple[Post, Outcome]],
    base_url: str | None,
    options: Options,
    manner: Manner,
) -> Sequence[str]:
    """What lists all posts, now in the site: the index and, at an address, the feed and the sitemap."""
    told = [(post.path, post.name.slug, outcome.mark) for post, outcome in pairs]
    key = digest(json.dumps([base_url, *told]))
    known = [path for path in _LISTS if path in folder.owned]
    if manner.recall.has_lists(key, (f"{folder.root}/{path}" for path in known)):
        return known
    from litgrad.lists import render_lists

    entries = [entry_of(post.path, post.name, outcome) for post, outcome in pairs]
    texts = render_lists(entries, base_url, options.theme)
    folder.claim(texts)
    folder.write(texts)
    manner.recall.keep_lists(key, (f"{folder.root}/{path}" for path in _LISTS if path in texts))
    return list(texts)


def entry_of(path: str, name: Name, outcome: Outcome) -> Entry:
    """A post as the lists of a site tell of it."""
    return Entry(
        path,
        f"{name.slug}/index.html",
        outcome.title,
        tuple((verdict, outcome.counts.get(verdict, 0)) for verdict in Verdict),
        outcome.functions,
        outcome.errors,
        outcome.listed,
    )
