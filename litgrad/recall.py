"""What a process that builds again and again recalls of posts whose files were not touched in between."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from litgrad.outcome import Outcome

Stamp = tuple[int, int, int]
"""When a file was changed, its size, its number on the disk."""


@dataclass(frozen=True, slots=True)
class _Recalled:
    post: Stamp
    outputs: tuple[Stamp | None, ...]
    outcome: Outcome


@dataclass(slots=True, eq=False)
class Recall:
    """Outcomes by post; one that litgrad failed on is not recalled, so that it is tried again."""

    enabled: bool = False
    _posts: dict[Path, _Recalled] = field(default_factory=dict)

    def find(self, post: Path, outputs: Iterable[str]) -> Outcome | None:
        """What came of a post, if neither its file nor what was made of it changed since."""
        known = self._posts.get(post)
        if known is None or stamp(post) != known.post:
            return None
        return known.outcome if tuple(map(stamp, outputs)) == known.outputs else None

    def keep(self, post: Path, read: Stamp | None, outputs: Iterable[str], outcome: Outcome) -> None:
        """Keep an outcome with the stamp that the post had before it was read."""
        known = self._posts.get(post)
        if known is not None and known.outcome is outcome:
            return
        if self.enabled and read is not None and outcome.built and outcome.complete:
            self._posts[post] = _Recalled(read, tuple(map(stamp, outputs)), outcome)


def stamp(path: Path | str) -> Stamp | None:
    """What tells whether a file was changed; None if there is none."""
    try:
        found = os.stat(path, follow_symlinks=False)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
