"""A post of a build, and the files that are made of it."""

from dataclasses import dataclass
from pathlib import Path

from litgrad.names import Name
from litgrad.options import Options

DEFAULTS = Options()
ROLES = ("page", "report", "module", "module", "tests")
"""What the files of a post hold, in the order of `output_paths`."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post of this build."""

    file: Path
    path: str
    """As outputs record it: the same wherever the folder of posts lies."""
    name: Name


def output_paths(name: Name, options: Options = DEFAULTS) -> tuple[str, ...]:
    """The files of a post, below the site."""
    paths = (
        f"{name.slug}/index.html",
        f"{name.slug}/report.json",
        f"{name.slug}/{name.module}.py",
        f"python/{name.module}.py",
        f"python/tests/test_{name.module}.py",
    )
    return (*paths, f"python/{name.module}.c") if options.native else paths


def roles_of(options: Options) -> tuple[str, ...]:
    """What they hold."""
    return (*ROLES, "native") if options.native else ROLES
