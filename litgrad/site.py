"""Many posts to a site: a page, a report, a module and tests for each, and one index."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from litgrad.diagnostics import Diagnostic, Severity
from litgrad.images import NoImage, local_image, read_image
from litgrad.memory import digest, remembering
from litgrad.names import Name, name_posts
from litgrad.native import compile_all
from litgrad.options import Options, Theme
from litgrad.outcome import Entry, Outcome, encoded
from litgrad.output import Folder, open_folder
from litgrad.page import static_files
from litgrad.posts import find_posts, read_post, recorded, shown
from litgrad.recall import Recall, Stamp, stamp
from litgrad.shelf import Shelf
from litgrad.source import Source
from litgrad.verdict import Verdict
from litgrad.version import version
from litgrad.workers import Job, Known, Limits, Pool

_DEFAULTS = Options()
_AT_ONCE = 64
_LISTS = ("feed.xml", "index.html", "sitemap.xml")
ROLES = ("page", "report", "module", "module", "tests")
"""What the files of a post hold, in the order of `output_paths`."""
_MANY = 4
"""From so many posts on, it pays to warm up before the first."""


class Watcher:
    """Told how a build goes; this one does nothing."""

    def begins(self, total: int) -> None:
        """There are so many posts."""

    def starts(self, path: str) -> None:
        """The work on a post begins."""

    def ends(self, outcome: Outcome) -> None:
        """A post is through and its files are written; posts come in order."""


_UNWATCHED = Watcher()
_EMPTY = Shelf(None)
_FORGETFUL = Recall()


@dataclass(frozen=True, slots=True)
class Manner:
    """How a build goes about its work; what comes out does not depend on it."""

    jobs: int = 0
    """Workers at once; 0 for one per processor."""
    shelf: Shelf = _EMPTY
    """Where results are kept for the next build."""
    watcher: Watcher = _UNWATCHED
    whole: bool = False
    """Whether the watcher wants the listing and texts of posts that did not change, too."""
    traced: bool = False
    """Whether outcomes shall tell where the time went."""
    recall: Recall = _FORGETFUL
    """What a process that builds again and again recalls."""


_PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did."""

    outcomes: tuple[Outcome, ...]
    """One per post, in order of path, without its texts: they are in the folder."""
    notices: tuple[str, ...]
    """Files that were left out and names that were changed, a line each."""
    written: int
    removed: int


@dataclass(frozen=True, slots=True)
class _Post:
    """A post of this build."""

    file: Path
    path: str
    """As outputs record it: the same wherever the folder of posts lies."""
    name: Name


def build_site(
    paths: Sequence[Path],
    out: Path,
    options: Options = _DEFAULTS,
    manner: Manner = _PLAIN,
    *,
    base_url: str | None = None,
) -> BuildResult:
    """Build all posts at or below some paths into a folder.

    With the address of the site to be, a sitemap is written, and a feed of the posts that have a date.

    A post that cannot be read or on which litgrad fails keeps what an earlier build made of it; where there
    is no post at all, the folder stays as it is: it is rather the posts' that is missing. Raises
    FileNotFoundError for a path that does not exist, and OutputError, with one line, if the folder cannot be
    written.
    """
    found = find_posts(paths, skipped=out)
    if not found.posts:
        return BuildResult((), found.notices, 0, 0)
    names = name_posts(recorded(found.posts, paths))
    posts = [_Post(file, path, name) for file, (path, name) in zip(found.posts, names.items(), strict=True)]
    static = {f"static/{name}": data for name, data in static_files(options.theme.css).items()}
    planned = [path for post in posts for path in output_paths(post.name, options)]
    with open_folder(out) as folder:
        folder.claim([*static, "index.html", *planned])
        folder.write(static)
        manner.recall.load(manner.shelf.recalled(os.fspath(out.resolve())))
        outcomes = tuple(_written(folder, posts, options, manner))
        compiled = compile_all(folder, _sources(posts, outcomes, options))
        lists = _listed(
            folder,
            [pair for pair in zip(posts, outcomes, strict=True) if pair[1].built],
            base_url,
            options,
            manner,
        )
        pairs = zip(posts, outcomes, strict=True)
        images, lost = _copied(folder, pairs, {*static, *lists, *planned})
        kept = [
            path for post, one in zip(posts, outcomes, strict=True) for path in _left(out, post, one, options)
        ]
        removed = folder.keep_only([*static, *lists, *images, *kept, *compiled.files])
        manner.recall.keep_only(post.file for post in posts)
        if manner.recall.changed:
            manner.shelf.keep_recalled(manner.recall.plain(), os.fspath(out.resolve()))
            manner.recall.changed = False
    notices = (*found.notices, *_renamed(names), *compiled.notices, *lost)
    return BuildResult(outcomes, notices, folder.written, removed)


def check_posts(
    paths: Sequence[Path],
    options: Options = _DEFAULTS,
    manner: Manner = _PLAIN,
    *,
    functions: bool = False,
) -> Iterator[Outcome]:
    """Check all posts at or below some paths, in order; with `functions` they are compiled, too.

    Raises FileNotFoundError for a path that does not exist.
    """
    found = find_posts(paths)
    names = name_posts(shown(path) for path in found.posts)
    posts = [_Post(file, path, name) for file, (path, name) in zip(found.posts, names.items(), strict=True)]
    yield from _outcomes(posts, options, manner, compiling=functions)


def report_of(outcomes: Iterable[Outcome]) -> Mapping[str, Any]:
    """The report of several posts."""
    return {"litgrad": version(), "posts": [outcome.report for outcome in outcomes]}


# -------------------------------- posts --------------------------------


def _everywhere(_post: _Post, _outcome: Outcome) -> bool:
    return True


def _nothing(_post: _Post) -> Outcome | None:
    return None


def _outcomes(
    posts: Sequence[_Post],
    options: Options,
    manner: Manner,
    *,
    compiling: bool = True,
    there: Callable[[_Post, Outcome], bool] = _everywhere,
    recalled: Callable[[_Post], Outcome | None] = _nothing,
) -> Iterator[Outcome]:
    """What comes of each post, kept for the next build; `there` tells whether its files are.

    `recalled` gives what this process knows of a post without looking at its text.
    """
    manner.watcher.begins(len(posts))
    pool: Pool[Outcome] = Pool(
        max(1, min(manner.jobs or _processors(), len(posts))),
        Limits(options.seconds, options.memory_bytes),
        partial(_load, options.theme, many=len(posts) >= _MANY),
        lambda index: manner.watcher.starts(shown(posts[index].file)),
    )
    jobs = (
        Known(known) if (known := recalled(post)) else _job(post, options, manner, there, compiling=compiling)
        for post in posts
    )
    for post, outcome in zip(posts, pool.run(jobs), strict=True):
        path = shown(post.file)
        same = outcome.source.path == path
        yield outcome if same else replace(outcome, source=replace(outcome.source, path=path))
    if pool.is_warm:
        manner.shelf.trim(added=pool.count)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), _AT_ONCE)
    return min(os.cpu_count() or 1, _AT_ONCE)


def _load(theme: Theme, *, many: bool) -> None:
    """Load what workers need before the first is forked."""
    from litgrad.tasks import warm_up

    if many:
        warm_up(theme)


def _job(
    post: _Post,
    options: Options,
    manner: Manner,
    there: Callable[[_Post, Outcome], bool],
    *,
    compiling: bool,
) -> Job[Outcome] | Known[Outcome]:
    read, fault = read_post(post.file, options)
    source = Source(post.path, read.text)
    if fault is not None:
        return Known(_unread(source, fault))
    module = post.name.module if compiling else None
    known = manner.shelf.find(source, module, whole=False)
    if known is not None and (manner.whole or not there(post, known)):
        known = manner.shelf.find(source, module, whole=True)
    if known is not None:
        return Known(known)
    return Job(partial(_work, source, module, options, manner), partial(_stopped, source))


def _work(source: Source, module: str | None, options: Options, manner: Manner, seconds: float) -> Outcome:
    from litgrad.tasks import checked, compiled, traced

    if module is None:
        task = partial(checked, source, options, seconds)
    else:
        task = partial(compiled, source, options, module, seconds)
    known = manner.shelf.notes(source.path, module)
    with remembering(known) as notes:
        outcome = traced(task, source.path) if manner.traced else task()
    manner.shelf.keep(outcome, source, module)
    if outcome.built and outcome.complete and notes.new != known:
        manner.shelf.keep_notes(notes.new, source.path, module)
    return outcome


def _unread(source: Source, fault: Diagnostic) -> Outcome:
    from litgrad.tasks import unread

    return unread(source, fault)


def _stopped(source: Source, reason: str) -> Outcome:
    from litgrad.tasks import failed

    return failed(source, reason)


# -------------------------------- files --------------------------------


def output_paths(name: Name, options: Options = _DEFAULTS) -> tuple[str, ...]:
    """The files of a post, below the site."""
    paths = (
        f"{name.slug}/index.html",
        f"{name.slug}/report.json",
        f"{name.slug}/{name.module}.py",
        f"python/{name.module}.py",
        f"python/tests/test_{name.module}.py",
    )
    return (*paths, f"python/{name.module}.c") if options.native else paths


def _roles(options: Options) -> tuple[str, ...]:
    return (*ROLES, "native") if options.native else ROLES


def _sources(posts: Sequence[_Post], outcomes: Sequence[Outcome], options: Options) -> Iterator[str]:
    """The C files of this build, below the site."""
    for post, outcome in zip(posts, outcomes, strict=True):
        if options.native and outcome.built:
            yield output_paths(post.name, options)[-1]


def _written(folder: Folder, posts: Sequence[_Post], options: Options, manner: Manner) -> Iterator[Outcome]:
    """The outcomes of all posts, the files of each written by the time it is given."""
    read: dict[Path, Stamp | None] = {}
    """The stamps of the posts that are not recalled."""

    def recalled(post: _Post) -> Outcome | None:
        now = stamp(post.file)
        found = manner.recall.find(post.file, now, _files(folder, post, options))
        if found is None:
            read[post.file] = now
            return None
        places = zip(output_paths(post.name, options), _roles(options), strict=True)
        folder.owned.update((path, found.digests.get(role, "")) for path, role in places)
        return replace(found, source=read_post(post.file, options)[0]) if found.diagnostics else found

    there = partial(_is_there, folder, options)
    found = _outcomes(posts, options, manner, there=there, recalled=recalled)
    for post, outcome in zip(posts, found, strict=True):
        if outcome.built and outcome.texts:
            texts = [encoded(outcome.texts[role]) for role in _roles(options)]
            folder.write(dict(zip(output_paths(post.name, options), texts, strict=True)))
        manner.watcher.ends(outcome)
        brief = outcome.brief() if outcome.texts or outcome.source.text else outcome
        if post.file in read:
            manner.recall.keep(post.file, read.pop(post.file), _files(folder, post, options), brief)
        yield brief


def _copied(
    folder: Folder, pairs: Iterable[tuple[_Post, Outcome]], taken: set[str]
) -> tuple[list[str], list[str]]:
    """The places of the pictures that stand beside posts, now in the site, and a line for each left out.

    What an earlier build copied for a post that failed now stays.
    """
    wanted: dict[str, tuple[_Post, str]] = {}
    kept: list[str] = []
    lost: list[str] = []
    for post, outcome in pairs:
        kept += [] if outcome.built else _pictures_of(folder, post)
        for name in outcome.images:
            place = f"{post.name.slug}/{name}"
            if place in taken or place in wanted:
                lost.append(f"{shown(post.file)}: the image {name} is left out: another post has `{place}`")
            else:
                wanted[place] = post, name
    if wanted:
        folder.claim(wanted)
    for place, (post, name) in wanted.items():
        try:
            folder.write({place: read_image(post.file, name)})
            kept.append(place)
        except NoImage as fault:
            lost.append(f"{shown(post.file)}: the image {name} {fault}")
    return kept, lost


def _pictures_of(folder: Folder, post: _Post) -> Iterator[str]:
    below = f"{post.name.slug}/"
    return (path for path in folder.owned if path.startswith(below) and local_image(path) is not None)


def _files(folder: Folder, post: _Post, options: Options) -> Iterator[str]:
    return (f"{folder.root}/{path}" for path in output_paths(post.name, options))


def _left(out: Path, post: _Post, outcome: Outcome, options: Options) -> Iterator[str]:
    """The files of a post that are in the folder now, maybe from an earlier build."""
    return (path for path in output_paths(post.name, options) if outcome.built or (out / path).is_file())


def _is_there(folder: Folder, options: Options, post: _Post, outcome: Outcome) -> bool:
    """Whether all files of a post are what they should be."""
    files = zip(output_paths(post.name, options), _roles(options), strict=True)
    return all(folder.holds(path, outcome.digests.get(role, "")) for path, role in files)


def _listed(
    folder: Folder,
    pairs: Sequence[tuple[_Post, Outcome]],
    base_url: str | None,
    options: Options,
    manner: Manner,
) -> Sequence[str]:
    """What lists all posts, now in the site: the index and, at an address, the feed and the sitemap."""
    entries = [entry_of(post.path, post.name, outcome) for post, outcome in pairs]
    key = digest(json.dumps([base_url, *map(_told, entries)]))
    known = [path for path in _LISTS if path in folder.owned]
    if manner.recall.has_lists(key, (f"{folder.root}/{path}" for path in known)):
        return known
    from litgrad.lists import render_lists

    texts = render_lists(entries, base_url, options.theme)
    folder.claim(texts)
    folder.write({path: encoded(text) for path, text in texts.items()})
    manner.recall.keep_lists(key, (f"{folder.root}/{path}" for path in _LISTS if path in texts))
    return list(texts)


def _told(entry: Entry) -> object:
    """All that the lists tell of a post, as JSON data."""
    counts = [(verdict.value, count) for verdict, count in entry.counts]
    one = entry.listed
    return (
        *(entry.path, entry.href, entry.title, counts, entry.functions, entry.errors),
        *(one.functions, one.words, one.day, one.lead),
    )


def entry_of(path: str, name: Name, outcome: Outcome) -> Entry:
    """A post as the lists of a site tell of it."""
    return Entry(
        path,
        f"{name.slug}/index.html",
        outcome.title,
        tuple((verdict, outcome.counts.get(verdict, 0)) for verdict in Verdict),
        outcome.functions,
        sum(found.severity is Severity.ERROR for found in outcome.diagnostics),
        outcome.listed,
    )


def _renamed(names: Mapping[str, Name]) -> Iterator[str]:
    """A line for each post that could not get the name that follows from its path."""
    for path, name in names.items():
        wanted = name_posts([path])[path]
        if name != wanted:
            yield f"{path}: another post is named `{wanted.slug}`; this one is `{name.slug}`"
