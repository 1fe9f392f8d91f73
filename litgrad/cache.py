"""Results on disk under a digest of all that they depend on; a damaged or foreign entry counts as none."""

import hashlib
import json
import os
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

_MAGIC = b"litgrad-cache-1"
_BOUND = 1_000_000_000
_TEMPORARY = ".tmp"
_MARKER = "trimmed"
_AT_ONCE = 1_000_000
"""Bytes that are unpacked at once."""
_INTERVAL = 3600
"""Seconds between two trims of a cache that grows by a few entries at a time."""
_BODY_LIMIT = 200_000_000
"""Bytes of an entry's body when unpacked; more than this no post gives."""

_LEFT_BEHIND = 3600
"""Seconds after which nobody writes a temporary file any more."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of entries, each a short head and a body: the head tells what an unchanged build must know.

    An entry is one file: a line with its key and the digests of both parts, the head as a line of JSON, and
    the body as packed JSON. Nothing in it is ever run.
    """

    folder: Path
    stamp: str
    """What every entry depends on: litgrad itself and the options."""
    bound: int = _BOUND
    """Bytes on disk; what was used least lately goes first."""

    def key(self, *parts: str) -> str:
        """The key of what depends on the stamp and on these texts."""
        digest = hashlib.sha256()
        for part in (self.stamp, *parts):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(f"{len(data)}:".encode())
            digest.update(data)
        return digest.hexdigest()

    def head(self, key: str) -> Json | None:
        """The head of an entry; None if there is none that is sound."""
        with suppress(OSError, ValueError), _opened(self._place(key)) as file:
            head, _ = _read_head(file, key)
            os.utime(file.fileno())
            return head
        return None

    def body(self, key: str) -> Json | None:
        """The body of an entry; None if there is none that is sound."""
        with suppress(ValueError, zlib.error):
            data = json.loads(zlib.decompressobj().decompress(self._packed(key), _BODY_LIMIT))
            return data if isinstance(data, dict) else None
        return None

    def records(self, key: str) -> Iterator[Any]:
        """The records of an entry, unpacked one after the other; none if it is not sound."""
        with suppress(ValueError, zlib.error):
            yield from map(json.loads, _lines(self._packed(key)))

    def put(self, key: str, head: Json, body: Json) -> None:
        """Keep an entry; where the folder cannot be written, nothing is kept."""
        self._put(key, head, zlib.compress(json.dumps(body).encode(), 1))

    def put_records(self, key: str, records: Iterable[object]) -> None:
        """Keep an entry of records, packed one after the other, so that little of it is in memory at once."""
        packer = zlib.compressobj(1)
        packed = [packer.compress(json.dumps(record).encode() + b"\n") for record in records]
        self._put(key, {}, b"".join([*packed, packer.flush()]))

    def _packed(self, key: str) -> bytes:
        """The packed body of an entry; ValueError if there is none that is sound."""
        try:
            with _opened(self._place(key)) as file:
                _, digest = _read_head(file, key)
                packed = file.read()
        except OSError as fault:
            raise ValueError from fault
        if _digest(packed) != digest:
            raise ValueError
        return packed

    def _put(self, key: str, head: Json, packed: bytes) -> None:
        line = json.dumps(head).encode()
        first = b" ".join((_MAGIC, key.encode(), _digest(line), _digest(packed)))
        place = self._place(key)
        temporary = place.with_name(f"{place.name}.{os.getpid()}{_TEMPORARY}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary.write_bytes(b"\n".join((first, line, packed)))
            temporary.replace(place)
        except OSError:
            with suppress(OSError):
                temporary.unlink()

    def trim(self) -> None:
        """Remove what was used least lately until the bound holds, and what killed builds left behind."""
        entries = sorted(self._entries())
        size = sum(entry[1] for entry in entries)
        for used, bytes_, path in entries:
            left_behind = path.suffix == _TEMPORARY and used < time.time() - _LEFT_BEHIND
            if size <= self.bound and not left_behind:
                continue
            with suppress(OSError):
                path.unlink()
                size -= bytes_

    def is_due(self) -> bool:
        """Whether the last trim was an hour ago; says so once, since somebody trims now."""
        marker = self.folder / _MARKER
        with suppress(OSError):
            if time.time() - marker.stat().st_mtime < _INTERVAL:
                return False
        with suppress(OSError):
            marker.write_text("the cache was trimmed at this time\n", "utf-8")
        return True

    def measure(self) -> tuple[int, int]:
        """How many entries there are, and their bytes on disk."""
        sizes = [size for _, size, _ in self._entries()]
        return len(sizes), sum(sizes)

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """When each entry was used last, its size and its place."""
        with suppress(OSError):
            for shelf in self.folder.iterdir():
                for path in shelf.iterdir() if shelf.is_dir() else ():
                    with suppress(OSError):
                        found = path.stat()
                        yield found.st_mtime, found.st_size, path

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]


def default_folder() -> Path | None:
    """Where results are kept: $LITGRAD_CACHE, else in the user's cache folder; None if it is `off`."""
    named = os.environ.get("LITGRAD_CACHE")
    if named:
        return None if named == "off" else Path(named)
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        return (Path(home) if home else Path.home() / ".cache") / "litgrad"
    except RuntimeError:  # there is no home
        return None


def _opened(path: Path) -> BinaryIO:
    """An entry, without waiting where it is a pipe."""
    wanted = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    return os.fdopen(os.open(path, wanted), "rb")


def _read_head(file: BinaryIO, key: str) -> tuple[Json, bytes]:
    """The head of an open entry and the digest of its body; ValueError if it is not sound or not ours."""
    if hasattr(os, "getuid") and os.fstat(file.fileno()).st_uid != os.getuid():
        raise ValueError
    magic, name, head_digest, body_digest = file.readline(300).split()
    line = file.readline().removesuffix(b"\n")
    if (magic, name, head_digest) != (_MAGIC, key.encode(), _digest(line)):
        raise ValueError
    head = json.loads(line)
    if not isinstance(head, dict):
        raise ValueError  # noqa: TRY004 - unsound, like the others
    return head, body_digest


def _lines(packed: bytes) -> Iterator[bytes]:
    """The lines of a packed text; what follows the last line break is none."""
    unpacker, begun, size = zlib.decompressobj(), b"", 0
    while packed and size < _BODY_LIMIT:
        *lines, begun = (begun + unpacker.decompress(packed, _AT_ONCE)).split(b"\n")
        yield from lines
        packed = unpacker.unconsumed_tail
        size += _AT_ONCE


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
