"""The files of each post in the folder of the site: written, found as they should be, or left."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from litgrad.options import Options
from litgrad.outcome import Outcome, encoded
from litgrad.output import Folder
from litgrad.posts import read_post
from litgrad.recall import Stamp, stamp
from litgrad.site.manner import Manner
from litgrad.site.post import Post, output_paths, roles_of
from litgrad.site.work import outcomes_of


def written(folder: Folder, posts: Sequence[Post], options: Options, manner: Manner) -> Iterator[Outcome]:
    """The outcomes of all posts, the files of each written by the time it is given."""
    read: dict[Path, Stamp | None] = {}
    """The stamps of the posts that are not recalled."""

    def recalled(post: Post) -> Outcome | None:
        now = stamp(post.file)
        found = manner.recall.find(post.file, now, _files(folder, post, options))
        if found is None:
            read[post.file] = now
            return None
        places = zip(output_paths(post.name, options), roles_of(options), strict=True)
        folder.owned.update((path, found.digests.get(role, "")) for path, role in places)
        return replace(found, source=read_post(post.file, options)[0]) if found.diagnostics else found

    def changed(post: Post) -> bool:
        return manner.recall.is_changed(post.file, stamp(post.file))

    there = partial(_is_there, folder, options)
    found = outcomes_of(posts, options, manner, there=there, recalled=recalled, changed=changed)
    for post, outcome in zip(posts, found, strict=True):
        if outcome.built and outcome.texts:
            texts = [encoded(outcome.texts[role]) for role in roles_of(options)]
            folder.write(dict(zip(output_paths(post.name, options), texts, strict=True)))
        manner.watcher.ends(outcome)
        brief = outcome.brief() if outcome.texts or outcome.source.text else outcome
        if post.file in read:
            manner.recall.keep(post.file, read.pop(post.file), _files(folder, post, options), brief)
        yield brief


def _files(folder: Folder, post: Post, options: Options) -> Iterator[str]:
    return (f"{folder.root}/{path}" for path in output_paths(post.name, options))


def left_of(out: Path, post: Post, outcome: Outcome, options: Options) -> Iterator[str]:
    """The files of a post that are in the folder now, maybe from an earlier build."""
    return (path for path in output_paths(post.name, options) if outcome.built or (out / path).is_file())


def _is_there(folder: Folder, options: Options, post: Post, outcome: Outcome) -> bool:
    """Whether all files of a post are what they should be."""
    files = zip(output_paths(post.name, options), roles_of(options), strict=True)
    return all(folder.holds(path, outcome.digests.get(role, "")) for path, role in files)


def sources_of(posts: Sequence[Post], outcomes: Sequence[Outcome], options: Options) -> Iterator[str]:
    """The C files of this build, below the site."""
    for post, outcome in zip(posts, outcomes, strict=True):
        if options.native and outcome.built:
            yield output_paths(post.name, options)[-1]
