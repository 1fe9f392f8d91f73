"""What a caller can set: the bounds within which a post is read, and for which site engine it is written."""

from litgrad.records import dataclass

ENGINES = ("kramdown", "goldmark", "github", "mkdocs", "obsidian", "jupyter")
"""Site engines, each a row of `litgrad.markdown.engines`."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What a site's pages look like where it is not litgrad's way."""

    templates: tuple[tuple[str, str], ...] = ()
    """jinja2 templates by name, instead of litgrad's of the same name."""
    css: str = ""
    """A style sheet behind litgrad's own."""


@dataclass(frozen=True, slots=True)
class Options:
    """The bounds of the compiler; what goes beyond one is reported with its place."""

    file_bytes: int = 2_000_000
    """The size of a post on disk."""
    formula_characters: int = 20_000
    """The length of one formula."""
    depth: int = 200
    """How deep brackets, braces and environments nest in one formula."""
    integer_digits: int = 1_000
    """The digits of one number."""
    integer_exponent: int = 10_000
    """The value of a literal exponent."""
    derivatives: int = 1
    """2 for second derivatives of what the definitions compose to."""
    fast: bool = False
    """Whether functions take arrays of other libraries."""
    native: bool = False
    """Whether modules look for a library of their functions, and a C file is written for it."""
    seconds: float = 15.0
    """The time that one post may take in a build."""
    memory_bytes: int = 4_000_000_000
    """The address space that one post may take in a build."""
    macros: str = ""
    """LaTeX that defines macros for every post."""
    theme: Theme = Theme()
    engine: str | None = None
    """The site engine whose eating of math is warned of: one of `ENGINES`."""
