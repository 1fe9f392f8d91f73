"""What the last build of a site knew of each post, as long as neither it nor its outputs are touched."""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from litgrad.outcome import Outcome
from litgrad.shelf import Shelf, from_head, head_of
from litgrad.source import Source

Stamp = tuple[int, int, int, int]
"""When a file was written and when it was changed in any way, its size, its number on the disk."""
Stamps = tuple[Stamp | None, ...]

_BASE, _SINCE = "base", "since"
_FEW = 20
"""So many posts, or this part of all, are few."""
_SETTLED = 2_000_000_000
"""Nanoseconds after which another change of a file has another time on every file system."""


@dataclass(slots=True)
class _Recalled:
    post: Stamp
    outputs: Stamps
    head: Mapping[str, Any]
    """As the cache keeps it."""
    outcome: Outcome | None = None


@dataclass(slots=True, eq=False)
class Recall:
    """Outcomes by post; one that litgrad failed on is not recalled, so that it is tried again.

    It is kept as a base and what changed since, which after an edit is little.
    """

    enabled: bool = False
    changed: bool = False
    """Whether it holds more, or other things, than what was loaded."""
    _posts: dict[str, _Recalled] = field(default_factory=dict)
    _lists: tuple[str, Stamps] = ("", ())
    _base: str = ""
    """The name of the base; no two are named alike."""
    _since: set[str] = field(default_factory=set)
    """The posts that are not as the base has them."""

    def find(self, post: Path, read: Stamp | None, outputs: Iterable[str]) -> Outcome | None:
        """What came of a post, if neither its file, which has a stamp now, nor its outputs changed since."""
        known = self._posts.get(os.fspath(post))
        if known is None or read != known.post or _stamps(outputs) != known.outputs:
            return None
        if known.outcome is None:
            with suppress(TypeError, ValueError, KeyError, AttributeError):
                known.outcome = from_head(Source(str(known.head["path"]), ""), known.head)
        return known.outcome

    def keep(self, post: Path, read: Stamp | None, outputs: Iterable[str], outcome: Outcome) -> None:
        """Keep an outcome with the stamp that the post had before it was read, unless that was just made."""
        place = os.fspath(post)
        if self._posts.pop(place, None) is not None:
            self._since.add(place)
            self.changed = True
        if self.enabled and read is not None and outcome.built and outcome.complete and _has_settled(read):
            source = outcome.source
            head = {**head_of(outcome, source), "path": source.path}
            self._posts[place] = _Recalled(read, _stamps(outputs), head, outcome)
            self._since.add(place)
            self.changed = True

    def keep_only(self, posts: Iterable[Path]) -> None:
        """Forget the posts that are no more."""
        gone = self._posts.keys() - set(map(os.fspath, posts))
        for place in gone:
            del self._posts[place]
        self._since |= gone
        self.changed |= bool(gone)

    def has_lists(self, key: str, outputs: Iterable[str]) -> bool:
        """Whether the lists of the posts are in place as they were written under a key."""
        return bool(key) and self._lists == (key, _stamps(outputs))

    def keep_lists(self, key: str, outputs: Iterable[str]) -> None:
        """Keep the stamps of the lists with their key."""
        if self.enabled:
            now = key, _stamps(outputs)
            self.changed |= now != self._lists
            self._lists = now

    def save(self, shelf: Shelf, site: str) -> None:
        """Keep it for the next build of a site: what changed alone where it is little, else all."""
        if not self.changed:
            return
        if self._base and len(self._since) <= max(_FEW, len(self._posts) // _FEW):
            shelf.keep_recalled({"base": self._base, **self._plain(self._since)}, site, _SINCE)
        else:
            self._base, self._since = f"{time.time_ns()}-{os.getpid()}", set()
            shelf.keep_recalled({"base": self._base, **self._plain(self._posts)}, site, _BASE)
        self.changed = False

    def _plain(self, places: Iterable[str]) -> Mapping[str, Any]:
        """Some posts, None for one of which nothing is recalled, and the lists."""
        found = ((place, self._posts.get(place)) for place in places)
        posts = {place: [one.post, one.outputs, one.head] if one else None for place, one in found}
        return {"posts": posts, "lists": self._lists}

    def load(self, shelf: Shelf, site: str) -> None:
        """The inverse, where nothing is recalled yet; what is not as it should be is not recalled."""
        if self._posts or not self.enabled:
            return
        base, since = shelf.recalled(site, _BASE), shelf.recalled(site, _SINCE)
        with suppress(TypeError, ValueError, KeyError, AttributeError):
            self._take(base)
            self._base = str(base["base"])
            if since.get("base") == self._base:
                self._take(since)
                self._since = set(since["posts"])

    def _take(self, plain: Mapping[str, Any]) -> None:
        key, outputs = plain["lists"]
        self._lists = str(key), _read(outputs)
        for place, known in plain["posts"].items():
            if known is None:
                self._posts.pop(place, None)
            else:
                post, made, head = known
                self._posts[place] = _Recalled(tuple(post), _read(made), head)


def _read(plain: Sequence[Any]) -> Stamps:
    return tuple(None if one is None else tuple(one) for one in plain)


def _stamps(files: Iterable[str]) -> Stamps:
    return tuple(map(stamp, files))


def _has_settled(read: Stamp) -> bool:
    """Whether a change from now on would show in the stamp, however coarse the times of the file system."""
    return time.time_ns() - max(read[:2]) > _SETTLED


def stamp(path: Path | str) -> Stamp | None:
    """What tells whether a file was changed; None if there is none."""
    try:
        found = os.stat(path, follow_symlinks=False)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
