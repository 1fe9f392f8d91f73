"""What comes of each post: known from an earlier build, or worked out by a worker."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from litgrad.diagnostics import Diagnostic
from litgrad.memory import remembering
from litgrad.options import Options, Theme
from litgrad.outcome import Outcome
from litgrad.posts import read_post, shown
from litgrad.site.manner import Manner
from litgrad.site.post import Post
from litgrad.source import Source
from litgrad.workers import Job, Known, Limits, Pool

_AT_ONCE = 64
_MANY = 4
"""From so many posts on, it pays to warm up before the first."""


def _everywhere(_post: Post, _outcome: Outcome) -> bool:
    return True


def _nothing(_post: Post) -> Outcome | None:
    return None


def _unchanged(_post: Post) -> bool:
    return False


def outcomes_of(
    posts: Sequence[Post],
    options: Options,
    manner: Manner,
    *,
    compiling: bool = True,
    there: Callable[[Post, Outcome], bool] = _everywhere,
    recalled: Callable[[Post], Outcome | None] = _nothing,
    changed: Callable[[Post], bool] = _unchanged,
) -> Iterator[Outcome]:
    """What comes of each post, kept for the next build; `there` tells whether its files are.

    `recalled` gives what this process knows of a post without looking at its text; `changed` tells of a
    post, before any other is looked at, that there will be work on it.
    """
    manner.watcher.begins(len(posts))
    pool: Pool[Outcome] = Pool(
        max(1, min(manner.jobs or _processors(), len(posts))),
        Limits(options.seconds, options.memory_bytes),
        partial(_load, options.theme, many=len(posts) >= _MANY),
        lambda index: manner.watcher.starts(shown(posts[index].file)),
    )
    jobs = (
        (
            index,
            Known(known, light=not known.source.text)
            if (known := recalled(posts[index]))
            else _job(posts[index], options, manner, there, compiling=compiling),
        )
        for index in _in_turn(posts, changed, pool.at_once)
    )
    for post, outcome in zip(posts, pool.run_numbered(jobs), strict=True):
        path = shown(post.file)
        same = outcome.source.path == path
        yield outcome if same else replace(outcome, source=replace(outcome.source, path=path))
    if pool.is_warm:
        manner.shelf.trim(added=pool.count)


def _in_turn(posts: Sequence[Post], changed: Callable[[Post], bool], at_once: int) -> Iterator[int]:
    """The posts by number: first those to work on, as many as are worked on at once, then the others."""
    first = list(islice((index for index, post in enumerate(posts) if changed(post)), at_once))
    yield from first
    yield from (index for index in range(len(posts)) if index not in first)


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
    post: Post,
    options: Options,
    manner: Manner,
    there: Callable[[Post, Outcome], bool],
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
