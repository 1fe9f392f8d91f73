"""The output folder: files are written whole or not at all, and what litgrad did not write is not touched."""

import hashlib
import json
import os
import stat
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

try:
    import fcntl
except ImportError:  # a system without it has no lock between two builds
    fcntl = None  # type: ignore[assignment]

MANIFEST = ".litgrad.json"
_TEMPORARY = ".litgrad-tmp"
_UNFINISHED = ".litgrad-unfinished"
"""Stands in the folder from the first change of a build to its end."""

_NOT_THROUGH_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class OutputError(Exception):
    """The output folder cannot be written as it should; the message is one line for the author."""


@dataclass(slots=True)
class Folder:
    """An output folder and what of it is litgrad's own."""

    root: Path
    owned: dict[str, str] = field(default_factory=dict)
    """Digests by path below the root, forward slashes, of what litgrad wrote here."""
    written: int = 0
    saved: dict[str, str] = field(default_factory=dict)
    """What the manifest says."""
    begun: bool = False
    """Whether anything was changed."""

    def claim(self, paths: Iterable[str]) -> None:
        """Note in the manifest that these files will be litgrad's; refuse if one is already there and is not.

        Being noted first, files of a build that was cut short belong to litgrad in the next one.
        """
        wanted = list(paths)
        self._refuse_links(_folders_of(wanted))
        for path in wanted:
            place = self._place(path)
            if path not in self.owned and os.path.lexists(place):
                message = f"{place} was not written by litgrad; remove it or build into another folder"
                raise OutputError(message)
            self.owned.setdefault(path, "")
        self.save()

    def holds(self, path: str, digest: str) -> bool:
        """Whether a file is in place with the content that has this SHA-256."""
        try:
            with os.fdopen(_opened(self._place(path)), "rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == digest
        except OSError:
            return False
        if same:
            self.owned[path] = digest
        return same

    def write(self, files: Mapping[str, bytes]) -> None:
        """Put files in place, those that differ from what is there, one right after the other."""
        digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
        new = [path for path, digest in digests.items() if not self.holds(path, digest)]
        self.owned |= digests
        self._replace({self.root / path: files[path] for path in new})
        self.written += len(new)

    def keep_only(self, paths: Iterable[str]) -> int:
        """Remove what litgrad wrote in an earlier build and is not among the paths; gives how many files."""
        removed = 0
        for path in sorted(set(self.owned) - set(paths)):
            if _is_file(self._place(path)):
                (self.root / path).unlink()
                removed += 1
            del self.owned[path]
            self._remove_empty(PurePosixPath(path).parent)
        self.save()
        return removed

    def save(self) -> None:
        """Write the manifest."""
        if self.owned != self.saved:
            files = dict(sorted(self.owned.items()))
            data = json.dumps({"files": files}, separators=(",\n", ": ")) + "\n"
            self._replace({self.root / MANIFEST: data.encode()})
            self.saved = dict(self.owned)

    def _replace(self, files: Mapping[Path, bytes]) -> None:
        if files and not self.begun:
            self.begun = True
            with suppress(OSError):
                os.close(os.open(self._place(_UNFINISHED), os.O_CREAT | os.O_WRONLY | _NOT_THROUGH_LINKS))
        _replace(files)

    def end(self) -> None:
        """Note that nothing is half written."""
        if self.begun:
            with suppress(OSError):
                os.unlink(self._place(_UNFINISHED))

    def sweep(self) -> None:
        """Remove what a build that was killed left half written."""
        if not os.path.lexists(self._place(_UNFINISHED)):
            return
        self.begun = True
        for folder in _folders_of(self.owned) | {""}:
            with suppress(FileNotFoundError, NotADirectoryError):
                for name in os.listdir(self._place(folder)):
                    place = self.root / folder / name
                    if name.startswith(".") and name.endswith(_TEMPORARY) and _is_file(place):
                        place.unlink(missing_ok=True)

    def _place(self, path: str) -> str:
        """Text, since thousands of files are looked at in a build in which nothing changed."""
        return f"{self.root}{os.sep}{path}"

    def _refuse_links(self, folders: Iterable[str]) -> None:
        for folder in sorted({parent for path in folders for parent in _with_parents(path)}):
            if os.path.islink(self._place(folder)):
                message = f"{self._place(folder)} is a link; remove it or build into another folder"
                raise OutputError(message)

    def _remove_empty(self, folder: PurePosixPath) -> None:
        while folder != PurePosixPath("."):
            try:
                (self.root / folder).rmdir()
            except OSError:
                return
            folder = folder.parent


@contextmanager
def open_folder(root: Path) -> Generator[Folder]:
    """The output folder for one build; a second build of it waits until the first is through.

    Faults of the disk become an OutputError with one line.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _locked(root):
            saved = _saved(root)
            folder = Folder(root, _inside(root, saved), saved=saved)
            folder.sweep()
            try:
                yield folder
            finally:
                folder.end()
    except OSError as fault:
        named = fault.filename2 or fault.filename
        place = named if isinstance(named, str) else str(root)
        message = f"cannot write {place}: {fault.strerror or fault}"
        raise OutputError(message) from fault


@contextmanager
def _locked(root: Path) -> Generator[None]:
    if fcntl is None:
        yield
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _saved(root: Path) -> dict[str, str]:
    """The manifest's files; none where it is damaged."""
    try:
        files = json.loads(_text_of(root / MANIFEST))["files"]
        return {str(path): str(digest) for path, digest in files.items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _inside(root: Path, files: Mapping[str, str]) -> dict[str, str]:
    """The files without any whose path leads out of the folder."""
    linked = {folder for folder in _folders_of(files) if _is_behind_link(root, folder)}
    return {
        path: digest
        for path, digest in files.items()
        if _is_inside(path) and path.rpartition("/")[0] not in linked
    }


def _text_of(manifest: Path) -> str:
    """The manifest, where it is a file; none where it is a link, a pipe or the like."""
    if not stat.S_ISREG(manifest.lstat().st_mode):
        raise FileNotFoundError(manifest)
    return manifest.read_text("utf-8")


def _is_inside(path: str) -> bool:
    return "\0" not in path and not {"", ".", ".."} & set(path.split("/"))


def _is_file(place: str | Path) -> bool:
    """Whether something is there that is no folder, be it a link to one."""
    return os.path.islink(place) or (os.path.lexists(place) and not os.path.isdir(place))


def _folders_of(paths: Iterable[str]) -> set[str]:
    return {path.rpartition("/")[0] for path in paths}


def _is_behind_link(root: Path, folder: str) -> bool:
    return any(os.path.islink(f"{root}{os.sep}{parent}") for parent in _with_parents(folder))


def _with_parents(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _opened(path: str) -> int:
    """A file, but neither through a link nor waiting for another program to feed it."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | _NOT_THROUGH_LINKS)


def _replace(files: Mapping[Path, bytes]) -> None:
    """Write beside the targets, flush to the disk, and rename: a reader sees an old file or a new one."""
    temporaries = {target: target.parent / f".{target.name}.{os.getpid()}{_TEMPORARY}" for target in files}
    try:
        for target, data in files.items():
            _write(temporaries[target], data)
        for target, temporary in temporaries.items():
            temporary.replace(target)
    except BaseException:
        for temporary in temporaries.values():
            with suppress(OSError):
                temporary.unlink()
        raise


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
