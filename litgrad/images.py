"""Pictures that stand beside a post: which may be copied into the site, and their content."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

_SUFFIXES = frozenset([".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"])
"""Pixels alone: an SVG image that is opened by itself can run scripts."""
_LONGEST = 200
_LARGEST = 32_000_000
_SHOWN = re.compile(r'<img src="([^"]*)"')
_ODD = re.compile(r"[\x00-\x1f\x7f\\:?#]")


class NoImage(Exception):
    """A picture cannot be copied; the message is a clause about it."""


def local_image(address: str) -> str | None:
    """The path below the post's folder that an image's address in HTML means; None for any other address.

    >>> local_image("img/a%20cat.png"), local_image("../cat.png"), local_image("cat.svg")
    ('img/a cat.png', None, None)
    """
    from html import unescape

    path = unquote(unescape(address)).removeprefix("./")
    parts = path.split("/")
    fine = all(part and not part.startswith(".") for part in parts) and len(path) <= _LONGEST
    known = PurePosixPath(path).suffix.lower() in _SUFFIXES
    return path if fine and known and not _ODD.search(path) else None


def images_in(page: str) -> Iterator[str]:
    """The pictures that a page shows from the post's folder, each once, in order."""
    found = (local_image(address) for address in _SHOWN.findall(page))
    return iter(dict.fromkeys(path for path in found if path is not None))


def read_image(post: Path, name: str) -> bytes:
    """A picture below a post's folder.

    Raises NoImage for what is not there, leads out of that folder, also by a link, is no plain file, or is
    larger than 32 MB.
    """
    folder = os.path.realpath(post.parent)
    real = os.path.realpath(post.parent / name)
    if os.path.commonpath([folder, real]) != folder:
        raise NoImage("lies outside of the post's folder")
    try:
        handle = os.open(real, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        raise NoImage("is not there or cannot be read") from None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise NoImage("is no file")
        if found.st_size > _LARGEST:
            raise NoImage("is larger than 32 MB")
        return file.read(_LARGEST)
