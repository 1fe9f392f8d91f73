"""Many posts to a site: a page, a report, a module and tests for each, and one index."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from litgrad.checking.verdicts import Verdict
from litgrad.diagnostics import Severity
from litgrad.markdown import read_markdown
from litgrad.names import Name, name_posts
from litgrad.options import Options
from litgrad.outcome import Outcome, checked, compiled, failed, unread
from litgrad.output import Folder, open_folder
from litgrad.page import static_files
from litgrad.page.feed import Published, atom, day_of, sitemap
from litgrad.page.index import TITLE, IndexEntry, render_index
from litgrad.page.search import words_of
from litgrad.posts import find_posts, read_post, shown
from litgrad.report import report
from litgrad.source import Source
from litgrad.terminal import summary
from litgrad.version import VERSION
from litgrad.workers import Job, run

Track = Callable[[Iterable[Outcome], int], Iterable[Outcome]]
"""Takes the outcomes as they come and how many there will be; gives them on. A progress bar is one."""

_DEFAULTS = Options()
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did."""

    outcomes: tuple[Outcome, ...]
    """One per post, in order of path."""
    notices: tuple[str, ...]
    """Files that were left out and names that were changed, a line each."""
    written: int
    removed: int


def version() -> str:
    """The version that outputs carry; the environment can give another, to try an upgrade."""
    return os.environ.get("LITGRAD_FAKE_VERSION") or VERSION


def _untracked(outcomes: Iterable[Outcome], _total: int) -> Iterable[Outcome]:
    return outcomes


def build_site(
    paths: Sequence[Path],
    out: Path,
    options: Options = _DEFAULTS,
    track: Track = _untracked,
    base_url: str | None = None,
) -> BuildResult:
    """Build all posts at or below some paths into a folder.

    With the address of the site to be, a sitemap is written, and a feed of the posts that have a date.

    A post that cannot be read or on which litgrad fails keeps what an earlier build made of it. Raises
    FileNotFoundError for a path that does not exist, and OutputError, with one line, if the folder cannot be
    written.
    """
    found = find_posts(paths, skipped=out)
    names = name_posts(shown(path) for path in found.posts)
    static = {f"static/{name}": data for name, data in static_files().items()}
    planned = [path for name in names.values() for path in _paths(name)]
    with open_folder(out) as folder:
        folder.claim([*static, "index.html", *planned])
        for path, data in static.items():
            folder.write(path, data)
        outcomes = []
        for name, outcome in zip(
            names.values(), track(_outcomes(found.posts, names, options), len(names)), strict=True
        ):
            outcomes.append(outcome)
            if outcome.built:
                _write_post(folder, name, outcome)
        feeds = _feeds(base_url, list(zip(names.values(), outcomes, strict=True))) if base_url else {}
        folder.claim(feeds)
        for path, text in feeds.items():
            folder.write(path, text.encode("utf-8", "replace"))
        index = _index(names.values(), outcomes, feed="feed.xml" in feeds)
        folder.write("index.html", index.encode("utf-8", "replace"))
        kept = [path for path in planned if (out / path).is_file()]
        removed = folder.keep_only([*static, *feeds, "index.html", *kept])
    return BuildResult(tuple(outcomes), (*found.notices, *_renamed(names)), folder.written, removed)


def check_posts(
    paths: Sequence[Path], options: Options = _DEFAULTS, *, functions: bool = False
) -> Iterator[Outcome]:
    """Check all posts at or below some paths, in order; with `functions` they are compiled, too.

    Raises FileNotFoundError for a path that does not exist.
    """
    found = find_posts(paths)
    names = name_posts(shown(path) for path in found.posts)
    return _outcomes(found.posts, names, options, compiling=functions)


def _outcomes(
    posts: Sequence[Path], names: Mapping[str, Name], options: Options, *, compiling: bool = True
) -> Iterator[Outcome]:
    jobs = [_job(path, names[shown(path)].module if compiling else None, options) for path in posts]
    at_once = max(1, min(os.cpu_count() or 1, len(jobs), _AT_ONCE))
    return run(jobs, at_once=at_once, seconds=options.seconds, memory_bytes=options.memory_bytes)


def _job(path: Path, module: str | None, options: Options) -> Job[Outcome]:
    return Job(partial(_outcome, path, module, options), partial(failed, Source(shown(path), "")))


def _outcome(path: Path, module: str | None, options: Options) -> Outcome:
    source, fault = read_post(path, options)
    if fault is not None:
        return unread(source, fault)
    return checked(source, options) if module is None else compiled(source, options, module)


# -------------------------------- files --------------------------------


def _paths(name: Name) -> tuple[str, ...]:
    return (
        f"{name.slug}/index.html",
        f"{name.slug}/report.json",
        f"{name.slug}/{name.module}.py",
        f"python/{name.module}.py",
        f"python/tests/test_{name.module}.py",
    )


def _write_post(folder: Folder, name: Name, outcome: Outcome) -> None:
    """All outputs of a post, one right after the other."""
    data = as_json(report([outcome.report], version()))
    texts = (outcome.page, data, outcome.module, outcome.module, outcome.tests)
    for path, text in zip(_paths(name), texts, strict=True):
        folder.write(path, text.encode("utf-8", "replace"))


def as_json(data: Mapping[str, Any]) -> str:
    """A report as text that is the same for the same data."""
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _index(names: Iterable[Name], outcomes: Iterable[Outcome], *, feed: bool) -> str:
    pairs = zip(names, outcomes, strict=True)
    return render_index([_entry(name, outcome) for name, outcome in pairs if outcome.built], feed=feed)


def _feeds(base_url: str, pairs: Sequence[tuple[Name, Outcome]]) -> Mapping[str, str]:
    """The sitemap and the feed of a site that will stand at an address."""
    base, posts = f"{base_url.rstrip('/')}/", _published(pairs)
    feed = atom(base, TITLE, posts)
    return {"sitemap.xml": sitemap(base, posts)} | ({"feed.xml": feed} if feed is not None else {})


def _entry(name: Name, outcome: Outcome) -> IndexEntry:
    counts = {verdict: outcome.counts.get(verdict, 0) for verdict in Verdict}
    errors = sum(found.severity is Severity.ERROR for found in outcome.diagnostics)
    return IndexEntry(
        outcome.title, f"{name.slug}/index.html", outcome.source.path, counts, outcome.functions, errors,
        _links(name, outcome), words_of(outcome.source.text),
    )  # fmt: skip


def _links(name: Name, outcome: Outcome) -> tuple[tuple[str, str], ...]:
    """A post's functions, each with its line on the page."""
    functions = outcome.report["functions"]
    return tuple((row["name"], f"{name.slug}/index.html#L{row['module_line']}") for row in functions)


def _published(pairs: Iterable[tuple[Name, Outcome]]) -> list[Published]:
    """The posts that have a page, as feeds tell them."""
    return [
        Published(
            outcome.title,
            quote(f"{name.slug}/index.html"),
            summary(outcome.source.path, outcome.counts, outcome.functions),
            day_of(read_markdown(outcome.source).front_matter),
        )
        for name, outcome in pairs
        if outcome.built
    ]


def _renamed(names: Mapping[str, Name]) -> Iterator[str]:
    """A line for each post that could not get the name that follows from its path."""
    for path, name in names.items():
        wanted = name_posts([path])[path]
        if name != wanted:
            yield f"{path}: another post is named `{wanted.slug}`; this one is `{name.slug}`"
