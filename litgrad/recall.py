"""What the last build of a site knew of each post, as long as neither it nor its outputs are touched."""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
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


@dataclass(frozen=True, slots=True)
class _Recalled:
    post: Stamp
    outputs: Stamps
    outcome: Outcome | Mapping[str, Any]
    """As the cache keeps it, until it is asked for."""


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
        place = os.fspath(post)
        known = self._posts.get(place)
        if known is None or read != known.post or _stamps(outputs) != known.outputs:
            return None
        if isinstance(known.outcome, Outcome):
            return known.outcome
        with suppress(TypeError, ValueError, KeyError, AttributeError):
            outcome = from_head(Source(str(known.outcome["path"]), ""), known.outcome)
            self._posts[place] = _Recalled(known.post, known.outputs, outcome)
            return outcome
        return None

    def is_changed(self, post: Path, read: Stamp | None) -> bool:
        """Whether a post is not as it was when something came of it; its outputs are not looked at."""
        known = self._posts.get(os.fspath(post))
        return bool(self._posts) and (known is None or known.post != read)

    def keep(self, post: Path, read: Stamp | None, outputs: Iterable[str], outcome: Outcome) -> None:
        """Keep an outcome with the stamp that the post had before it was read, unless that was just made."""
        place = os.fspath(post)
        if self._posts.pop(place, None) is not None:
            self._since.add(place)
            self.changed = True
        if self.enabled and read is not None and outcome.built and outcome.complete and _has_settled(read):
            self._posts[place] = _Recalled(read, _stamps(outputs), outcome)
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
        few = self._base and len(self._since) <= max(_FEW, len(self._posts) // _FEW)
        if not few:
            self._base, self._since = f"{time.time_ns()}-{os.getpid()}", set()
        places = sorted(self._since) if few else self._posts
        records = map(self._record, places)
        shelf.keep_recalled(chain([(self._base, self._lists)], records), site, _SINCE if few else _BASE)
        self.changed = False

    def _record(self, place: str) -> object:
        """A post as JSON data; its place alone where nothing is recalled of it."""
        known = self._posts.get(place)
        return (place, known.post, known.outputs, _head(known.outcome)) if known else (place,)

    def load(self, shelf: Shelf, site: str) -> None:
        """The inverse, where nothing is recalled yet; what is not as it should be is not recalled."""
        if self._posts or not self.enabled:
            return
        with suppress(TypeError, ValueError, KeyError, AttributeError, StopIteration):
            base = shelf.recalled(site, _BASE)
            name, lists = next(base)
            for record in base:
                self._take(record)
            self._base, self._lists = str(name), _read_lists(*lists)
            since = shelf.recalled(site, _SINCE)
            of, lists = next(since)
            if of == name:
                self._lists = _read_lists(*lists)
                self._since.update(map(self._take, since))

    def _take(self, record: Sequence[Any]) -> str:
        """Recall a post as it was kept; gives its place."""
        place, *known = record
        self._posts.pop(place, None)
        if known:
            post, outputs, head = known
            self._posts[place] = _Recalled(tuple(post), _read(outputs), head)
        return str(place)


def _head(outcome: Outcome | Mapping[str, Any]) -> Mapping[str, Any]:
    """An outcome as the cache keeps it."""
    if not isinstance(outcome, Outcome):
        return outcome
    return {**head_of(outcome, outcome.source), "path": outcome.source.path}


def _read_lists(key: object, outputs: Sequence[Any]) -> tuple[str, Stamps]:
    return str(key), _read(outputs)


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
