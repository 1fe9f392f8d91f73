"""Names of outputs: a post's path to a folder name and a module name that are safe everywhere."""

import hashlib
import keyword
import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}-")
_LENGTH = 60
_FOLDERS = frozenset(["static", "python", "con", "prn", "aux", "nul"])
"""Folders of the site itself, and names that some systems keep for devices."""
_MODULES = frozenset(sys.stdlib_module_names) | {
    *("numpy", "scipy", "sympy", "litgrad", "pytest", "hypothesis", "conftest", "tests", "mpmath", "flint"),
}
_INDEX = frozenset(["index", "_index", "readme"])


@dataclass(frozen=True, slots=True)
class Name:
    """What the outputs of a post are called."""

    slug: str
    """The folder of its page: letters a to z, digits and hyphens."""
    module: str
    """Its Python module."""


def name_posts(paths: Iterable[str]) -> dict[str, Name]:
    """Give each post its name.

    Takes the posts' paths in order. Of two posts with one name the first keeps it, the other gets a suffix
    that depends on its path alone.

    >>> name_posts(["posts/2020-01-31-Back Propagation.md"])
    {'posts/2020-01-31-Back Propagation.md': Name(slug='back-propagation', module='back_propagation')}
    """
    taken: set[str] = set()
    names: dict[str, Name] = {}
    for path in paths:
        slug = slug_of(path)
        name = Name(slug, module_name(slug))
        while taken & {name.slug, name.module}:
            slug = f"{slug}-{_digest(path)}"
            name = Name(slug, module_name(slug))
        taken |= {name.slug, name.module}
        names[path] = name
    return names


@cache
def slug_of(path: str) -> str:
    """The folder name of a post: its file name without date, or its folder's when the file is an index.

    >>> slug_of("posts/2020-01-31-Été.md"), slug_of("posts/adam/index.md")
    ('ete', 'adam')
    """
    stem = _stem(path)
    if stem.lower() in _INDEX and (folder := PurePosixPath(path).parent.name) not in ("", ".", ".."):
        stem = folder
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", _DATE.sub("", plain) or plain).strip("-")[:_LENGTH].strip("-")
    if not slug:
        return f"post-{_digest(path)}"
    return f"{slug}-post" if slug in _FOLDERS else slug


def _stem(path: str) -> str:
    """What `PurePosixPath.stem` gives, of thousands of paths in every build."""
    name = path.rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    return stem if stem and suffix else name


@cache
def module_name(slug: str) -> str:
    """A Python module's name that hides no module of Python or of the numeric libraries.

    >>> module_name("3-layers"), module_name("random"), module_name("class")
    ('post_3_layers', 'random_post', 'class_post')
    """
    name = slug.replace("-", "_")
    if name[0].isdigit():
        return f"post_{name}"
    taken = keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in _MODULES
    return f"{name}_post" if taken or name.startswith("test_") else name


def _digest(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:6]
