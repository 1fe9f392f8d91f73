"""`build_site` and `check_posts`: many posts, each read, judged and compiled, and one index."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litgrad.names import Name, name_posts, slug_of
from litgrad.native import compile_all
from litgrad.options import Options
from litgrad.outcome import Outcome
from litgrad.output import open_folder
from litgrad.page import static_files
from litgrad.posts import find_posts, recorded, shown
from litgrad.site.files import left_of, sources_of, written
from litgrad.site.listed import listed
from litgrad.site.manner import Manner
from litgrad.site.pictures import copied
from litgrad.site.post import DEFAULTS, Post, output_paths
from litgrad.site.work import outcomes_of
from litgrad.version import version

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


def build_site(
    paths: Sequence[Path],
    out: Path,
    options: Options = DEFAULTS,
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
    posts = [Post(file, path, name) for file, (path, name) in zip(found.posts, names.items(), strict=True)]
    static = {f"static/{name}": data for name, data in static_files(options.theme.css).items()}
    planned = [path for post in posts for path in output_paths(post.name, options)]
    with open_folder(out) as folder:
        folder.claim([*static, "index.html", *planned])
        folder.write(static)
        manner.recall.load(manner.shelf, os.fspath(out.resolve()))
        outcomes = tuple(written(folder, posts, options, manner))
        compiled = compile_all(folder, sources_of(posts, outcomes, options))
        lists = listed(
            folder,
            [pair for pair in zip(posts, outcomes, strict=True) if pair[1].built],
            base_url,
            options,
            manner,
        )
        pairs = zip(posts, outcomes, strict=True)
        images, lost = copied(folder, pairs, {*static, *lists, *planned})
        kept = [
            path
            for post, one in zip(posts, outcomes, strict=True)
            for path in left_of(out, post, one, options)
        ]
        removed = folder.keep_only([*static, *lists, *images, *kept, *compiled.files])
        manner.recall.keep_only(post.file for post in posts)
        manner.recall.save(manner.shelf, os.fspath(out.resolve()))
    notices = (*found.notices, *_renamed(names), *compiled.notices, *lost)
    return BuildResult(outcomes, notices, folder.written, removed)


def check_posts(
    paths: Sequence[Path],
    options: Options = DEFAULTS,
    manner: Manner = _PLAIN,
    *,
    functions: bool = False,
) -> Iterator[Outcome]:
    """Check all posts at or below some paths, in order; with `functions` they are compiled, too.

    Raises FileNotFoundError for a path that does not exist.
    """
    found = find_posts(paths)
    names = name_posts(shown(path) for path in found.posts)
    posts = [Post(file, path, name) for file, (path, name) in zip(found.posts, names.items(), strict=True)]
    yield from outcomes_of(posts, options, manner, compiling=functions)


def report_of(outcomes: Iterable[Outcome]) -> Mapping[str, Any]:
    """The report of several posts."""
    return {"litgrad": version(), "posts": [outcome.report for outcome in outcomes]}


def _renamed(names: Mapping[str, Name]) -> Iterator[str]:
    """A line for each post that could not get the name that follows from its path."""
    for path, name in names.items():
        wanted = slug_of(path)
        if name.slug != wanted:
            yield f"{path}: another post is named `{wanted}`; this one is `{name.slug}`"
