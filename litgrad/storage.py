"""Posts and sites behind URLs: whatever fsspec knows, such as file://, s3:// and memory://."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from litgrad.posts import SUFFIXES
from litgrad.records import dataclass

_TEMPORARY = ".litgrad-tmp"


class StorageError(Exception):
    """A URL cannot be read or written; the message is one line for the author."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A folder behind a URL."""

    url: str

    def posts(self) -> Iterator[tuple[str, str]]:
        """The posts at or below the URL, sorted: their place below it, and their own URL."""
        system, root = _opened(self.url)
        if system.isfile(root):
            yield PurePosixPath(root).name, self.url
            return
        for path in sorted(system.find(root)):
            below = path[len(root) :].lstrip("/")
            parts = PurePosixPath(below).parts
            if PurePosixPath(below).suffix.lower() in SUFFIXES and not any(part[0] == "." for part in parts):
                yield below, f"{self.url.rstrip('/')}/{below}"

    def names(self, folder: str) -> list[str]:
        """The names of the files in a folder below the URL; none if there is no such folder."""
        system, root = _opened(self.url)
        try:
            return sorted(path.rsplit("/", 1)[-1] for path in system.ls(f"{root}/{folder}", detail=False))
        except FileNotFoundError:
            return []

    def read(self, path: str, limit: int | None = None) -> bytes:
        """What a file holds, or its first bytes; FileNotFoundError if there is none."""
        system, root = _opened(self.url)
        place = f"{root}/{path}" if path else root
        return system.cat_file(place) if limit is None else system.cat_file(place, start=0, end=limit)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Put files in place, each whole or not at all, in this order."""
        system, root = _opened(self.url)
        for path, data in files.items():
            place = f"{root}/{path}"
            if "file" not in system.protocol:
                system.pipe_file(place, data)
                continue
            folder, name = place.rsplit("/", 1)
            system.makedirs(folder, exist_ok=True)
            system.pipe_file(f"{folder}/.{name}{_TEMPORARY}", data)
            system.mv(f"{folder}/.{name}{_TEMPORARY}", place)

    def remove(self, path: str) -> bool:
        """Remove a file; whether there was one."""
        system, root = _opened(self.url)
        try:
            system.rm_file(f"{root}/{path}")
        except FileNotFoundError:
            return False
        return True


@cache
def _opened(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise StorageError("URLs need fsspec: pip install 'litgrad[distributed]'") from None
    try:
        system, path = url_to_fs(url)
    except (ImportError, ValueError) as fault:
        raise StorageError(f"cannot open {url}: {fault}") from None
    return system, path.rstrip("/")
