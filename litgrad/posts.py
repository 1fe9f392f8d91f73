"""Finding posts on disk and reading their text; what cannot be read becomes a Diagnostic with its line."""

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from litgrad.diagnostics import Diagnostic
from litgrad.options import Options
from litgrad.source import Source, Span

SUFFIXES = frozenset([".md", ".markdown", ".mdx", ".ipynb"])
"""The endings of posts: Markdown, and notebooks with Markdown in their cells."""
_BINARY = "the file is not text: it holds a NUL character"


@dataclass(frozen=True, slots=True)
class Found:
    """The posts below some paths, and why a file was left out."""

    posts: tuple[Path, ...]
    notices: tuple[str, ...]


def find_posts(paths: Iterable[Path], skipped: Path | None = None) -> Found:
    """All posts at or below the paths, sorted and each once.

    Takes files and folders, and a folder to leave out. Hidden files are left out, and links that lead out of
    the folder they stand in. A path that does not exist raises FileNotFoundError.
    """
    found: dict[Path, None] = {}
    notices: list[str] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(path)
        if path.is_dir():
            found.update(dict.fromkeys(_below(path, skipped, notices)))
        else:
            found[path] = None
    return Found(tuple(sorted(found, key=lambda path: path.parts)), tuple(notices))


def _below(root: Path, skipped: Path | None, notices: list[str]) -> Iterator[Path]:
    home = root.resolve()
    left_out = skipped.resolve() if skipped is not None else None
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(
            name for name in folders if name[0] != "." and (here / name).resolve() != left_out
        )
        for name in sorted(files):
            if name[0] == "." or os.path.splitext(name)[1].lower() not in SUFFIXES:  # noqa: PTH122 - as below
                continue
            path = here / name
            reason = _left_out(path, home)
            if reason is None:
                yield path
            else:
                notices.append(f"{shown(path)}: left out: {reason}")


def _left_out(path: Path, home: Path) -> str | None:
    if stat.S_ISREG(os.lstat(path).st_mode):  # thousands of files are looked at in every build
        return None
    if not path.exists():
        return "a link to a file that does not exist"
    if path.is_symlink() and home not in path.resolve().parents:
        return "a link to a file outside of the folder"
    return None if stat.S_ISREG(path.stat().st_mode) else "not a regular file"


def shown(path: Path) -> str:
    """A path as text that can be printed whatever bytes it holds, with forward slashes."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def recorded(posts: Sequence[Path], given: Iterable[Path]) -> tuple[str, ...]:
    """The posts' paths as outputs record them: the same wherever the posts lie, each once.

    Takes the posts and the paths they were found by. Below an absolute path, places count from there.

    >>> recorded([Path("posts/a.md"), Path("/srv/posts/b/c.md")], [Path("posts"), Path("/srv/posts")])
    ('posts/a.md', 'b/c.md')
    """
    roots = [root for root in given if root.is_absolute()]
    short = [shown(_below_root(path, roots)) for path in posts]
    taken = Counter(short)
    return tuple(name if taken[name] == 1 else shown(path) for name, path in zip(short, posts, strict=True))


def _below_root(path: Path, roots: Iterable[Path]) -> Path:
    for root in roots:
        if path.is_relative_to(root):
            return path.relative_to(root) if path != root else Path(path.name)
    return path


def read_post(path: Path, options: Options) -> tuple[Source, Diagnostic | None]:
    """The text of a post.

    Takes a path and the bounds. Gives the post, line ends normalised, and a diagnostic if it is too large,
    is no UTF-8 or cannot be opened; then its text is what could be read.
    """
    name = shown(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return _unreadable(name, "", 0, "the file is not a regular file")
        with path.open("rb") as file:
            data = file.read(options.file_bytes + 1)
    except OSError as fault:
        return _unreadable(name, "", 0, f"the file cannot be opened: {fault.strerror}")
    return decoded(name, data, options)


def decoded(name: str, data: bytes, options: Options) -> tuple[Source, Diagnostic | None]:
    """A post from the first bytes of its file, one more of them than its bound allows."""
    if len(data) > options.file_bytes:
        message = f"the file is above the bound of {options.file_bytes} bytes"
        return Source(name, ""), Diagnostic(
            "too-large", message, Span(0, 0), help="split it into several posts"
        )
    return _decoded(name, data)


def _decoded(name: str, data: bytes) -> tuple[Source, Diagnostic | None]:
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        before = _normalised(data[: fault.start].decode("utf-8", "replace"))
        message = f"the file is not UTF-8: byte {data[fault.start]:#04x} {fault.reason}"
        return _unreadable(name, _normalised(data.decode("utf-8", "replace")), len(before), message)
    text = _normalised(text)
    if "\0" in text:
        return _unreadable(name, text, text.index("\0"), _BINARY)
    return Source(name, text), None


def unopened(name: str, reason: str) -> tuple[Source, Diagnostic]:
    """A post whose file could not be opened, with the reason as a clause."""
    return _unreadable(name, "", 0, reason)


def _normalised(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unreadable(name: str, text: str, at: int, message: str) -> tuple[Source, Diagnostic]:
    span = Span(at, min(at + 1, len(text)))
    return Source(name, text), Diagnostic("unreadable-file", message, span, help="save it as UTF-8 text")
