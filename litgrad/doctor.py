"""What is installed and what is missing: the lines that `litgrad doctor` prints."""

import multiprocessing
import os
import platform
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from litgrad.cache import Cache, default_folder
from litgrad.handover import place
from litgrad.native import CompilerError, compiler
from litgrad.version import VERSION


@dataclass(frozen=True, slots=True)
class Library:
    """A distribution that litgrad uses."""

    name: str
    purpose: str
    required: bool = True


LIBRARIES = (
    Library("click", "the command line"),
    Library("jinja2", "pages"),
    Library("markdown-it-py", "reading Markdown"),
    Library("mdit-py-plugins", "front matter and other parts of Markdown"),
    Library("mpmath", "values to eighty digits"),
    Library("numpy", "what the generated modules run on"),
    Library("python-flint", "exact polynomials"),
    Library("pyyaml", "front matter"),
    Library("rich", "widths of characters in a terminal"),
    Library("sympy", "algebra"),
    Library("distributed", "building on a Dask cluster", required=False),
    Library("fsspec", "posts and sites behind URLs", required=False),
    Library("gmpy2", "faster arithmetic", required=False),
    Library("pytest", "running the generated tests", required=False),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A line: whether it is as it should be, what it is about, and what was found."""

    fine: bool | None
    """None where it does not matter."""
    subject: str
    found: str


def examine() -> Iterator[Finding]:
    """All that can be said about this installation; a finding that is not fine makes the exit status 1."""
    yield Finding(True, "litgrad", f"{VERSION}, {Path(__file__).parent}")
    fine = sys.version_info >= (3, 11)
    yield Finding(fine, "Python", f"{platform.python_version()}, {sys.executable}")
    yield from (_library(library) for library in LIBRARIES)
    forks = "fork" in multiprocessing.get_all_start_methods()
    yield Finding(
        forks or None, "workers", _workers() if forks else "posts are built one by one, without a deadline"
    )
    yield _cache(default_folder())
    yield _standby()
    yield _compiler()
    written = sys.flags.dont_write_bytecode
    yield Finding(
        None if written else True,
        "bytecode",
        "PYTHONDONTWRITEBYTECODE is set: starting may take seconds" if written else "kept",
    )


def _library(library: Library) -> Finding:
    try:
        return Finding(True, library.name, version(library.name))
    except PackageNotFoundError:
        missing = f"not installed: {library.purpose}"
        return Finding(False if library.required else None, library.name, missing)


def _compiler() -> Finding:
    try:
        command = shlex.join(compiler())
    except CompilerError:
        return Finding(None, "C compiler", "not found: `litgrad build --native` has nothing to compile with")
    return Finding(True, "C compiler", f"{command}, for `litgrad build --native`")


def _standby() -> Finding:
    at = place()
    if at is None:
        return Finding(None, "standby", "this system has no sockets between processes of one user")
    if Path(at).exists():
        return Finding(True, "standby", "a process stands by, so that builds start at once")
    return Finding(None, "standby", "no process stands by; with `litgrad standby` builds start at once")


def _workers() -> str:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return f"{usable} at a time"


def _cache(folder: Path | None) -> Finding:
    if folder is None:
        return Finding(None, "cache", "off: every build judges every post anew")
    first = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not first.is_dir() or not os.access(first, os.W_OK):
        return Finding(None, "cache", f"{folder} cannot be written: every build judges every post anew")
    count, size = Cache(folder, "").measure()
    return Finding(True, "cache", f"{folder}, {count} results, {size / 1e6:.1f} MB")


def printed(findings: Iterable[Finding]) -> Iterator[str]:
    """The findings as lines.

    >>> list(printed([Finding(False, "sympy", "not installed: algebra")]))
    ['✗ sympy            not installed: algebra']
    """
    marks = {True: "✓", False: "✗", None: "-"}
    return (f"{marks[one.fine]} {one.subject:<16} {one.found}" for one in findings)
