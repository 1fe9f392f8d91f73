"""Waiting for posts to change: polling, since it works on every file system and costs little."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from litgrad.posts import find_posts

_PAUSE = 0.05
"""Seconds between two looks, more where a look takes long."""
_SHARE = 5
"""How many times as long as a look the pause is at least."""
_SETTLED = 0.02
"""Seconds in which nothing may change before a build: editors write a file in several steps."""

Seen = Mapping[Path, tuple[int, int, int]]
"""Of each post: when it was changed, its size, its number on the disk."""


def changes(paths: Sequence[Path], out: Path, wait: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Give once at the beginning, and then each time when posts were changed, added or removed.

    Takes the posts or their folders, the folder that the site is written to, and what passes the time.
    """
    seen = _look(paths, out)
    while True:
        yield
        seen = _next(seen, paths, out, wait)


def _next(seen: Seen, paths: Sequence[Path], out: Path, wait: Callable[[float], None]) -> Seen:
    """What is there after the next change, once it has settled."""
    now, pause = seen, _PAUSE
    while now == seen:
        wait(pause)
        start = time.monotonic()
        now = _look(paths, out)
        pause = max(_PAUSE, _SHARE * (time.monotonic() - start))
    while True:
        wait(_SETTLED)
        later = _look(paths, out)
        if later == now:
            return now
        now = later


def _look(paths: Sequence[Path], out: Path) -> Seen:
    seen: dict[Path, tuple[int, int, int]] = {}
    for path in find_posts([path for path in paths if path.exists()], skipped=out).posts:
        try:
            found = path.stat()
        except FileNotFoundError:  # it went away between the two looks
            continue
        seen[path] = (found.st_mtime_ns, found.st_size, found.st_ino)
    return seen
