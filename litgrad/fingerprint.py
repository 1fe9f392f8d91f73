"""`fingerprint`: what litgrad is made of here, in one digest, so that no result outlives a change of it."""

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from litgrad.version import version

_ROOT = Path(__file__).parent
_LIBRARIES = (
    *("jinja2", "markdown_it_py", "markupsafe", "mdit_py_plugins", "mpmath", "numpy"),
    *("python_flint", "pyyaml", "sympy"),
)
"""Distributions whose next version may change what comes out, as their metadata folders are named."""


def fingerprint() -> str:
    """A digest of litgrad's version, its installed files, Python's version and those of the libraries."""
    return _digest(version())


@cache
def _digest(stamp: str) -> str:
    digest = hashlib.sha256(f"{stamp}\n{sys.version_info[:3]}\n".encode())
    for name in _libraries():
        digest.update(name.encode() + b"\n")
    for file in _files():
        path = Path(file)
        digest.update(f"{path.relative_to(_ROOT).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files() -> Iterator[str]:
    """The files of litgrad, as texts: they are looked at before each command that is handed over."""
    for folder, folders, names in os.walk(_ROOT):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (f"{folder}{os.sep}{name}" for name in sorted(names))


def sources() -> Iterator[str]:
    """The files of litgrad, and what tells the versions of the libraries: their folders of metadata."""
    yield from _files()
    yield from (f"{folder}{os.sep}{name}" for folder, name in _metadata())


def _libraries() -> Iterator[str]:
    """The libraries with their versions, as far as folders of metadata tell them."""
    return (name.lower() for _, name in _metadata())


def _metadata() -> Iterator[tuple[str, str]]:
    for folder in sys.path:
        try:
            names = sorted(os.listdir(folder or "."))  # noqa: PTH208 - as texts, too
        except OSError:
            continue
        for name in names:
            if name.endswith(".dist-info") and name.partition("-")[0].lower() in _LIBRARIES:
                yield folder, name
