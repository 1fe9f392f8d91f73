"""The site engines by name: what each takes for Markdown inside math before the math is drawn, as rows.

Every row follows the engine's own documentation or source, named in `docs/engines.md`.
"""

import re

from litgrad.records import dataclass

DOLLARS = frozenset(["$", "$$"])
BRACKETS = frozenset([r"\(", r"\["])
ENVIRONMENTS = frozenset([r"\begin"])
EVERY = DOLLARS | BRACKETS | ENVIRONMENTS

_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_KRAMDOWN = frozenset("\\.*_+`<>()[]{}#!:|\"'$=-")
_PYTHON = frozenset("\\`*_{}[]()>#+-.!")

_WORD = r"[^\W_]"
_COMMONMARK_EMPHASIS = (
    rf"(?<!{_WORD})_(?![\s_])(?:[^_]|{_WORD}_{_WORD})+?(?<!\s)_(?!{_WORD})"
    rf"|(?:(?<!{_WORD})(?<!\*)\*(?![\s*])|(?<!\*)\*(?={_WORD}))[^*]+?"
    rf"(?:(?<!\s)\*(?!{_WORD}|\*)|(?<={_WORD})\*(?={_WORD}))"
)
_KRAMDOWN_EMPHASIS = (
    rf"(?:(?<!{_WORD})_(?![\s_])|_(?![\s_]|{_WORD}))[^_]*?(?:{_WORD}_{_WORD}[^_]*?)*(?<![\s_])_(?!_|{_WORD})"
    r"|(?<!\*)\*(?![\s*])[^*]+(?<!\s)\*(?!\*)"
)
_PYTHON_EMPHASIS = r"(?<!\w)_(?![\s_]).{1,400}?(?<![\s_])_(?!\w)|(?<!\*)\*(?![\s*])[^*]+(?<!\s)\*(?!\*)"


@dataclass(frozen=True, slots=True)
class Engine:
    """A row: where an engine reads Markdown inside math, and how its authors write instead."""

    name: str
    title: str
    escapes: frozenset[str]
    """The marks of math in which a backslash before punctuation is an escape."""
    escapable: frozenset[str]
    """The characters before which it is one."""
    emphasised: frozenset[str]
    """The marks of math in which `_` and `*` are emphasis."""
    emphasis: re.Pattern[str]
    bars: str
    """Where `|` in math starts a cell: in a `table` with a row of dashes, or in a block of `lines`."""
    html: str
    """How far HTML goes, in which no Markdown is read: to a blank `line` or the end of its `element`."""
    advice: str
    """How to write a formula so that it arrives whole."""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.DOTALL)


ENGINES: dict[str, Engine] = {
    row.name: row
    for row in (
        Engine(
            "kramdown",
            "kramdown",
            EVERY - {"$$"},
            _KRAMDOWN,
            EVERY - {"$$"},
            _pattern(_KRAMDOWN_EMPHASIS),
            "lines",
            "element",
            "write the formula between `$$` and `$$`, in a sentence, too",
        ),
        Engine(
            "goldmark",
            "Goldmark without its passthrough extension",
            EVERY,
            _PUNCTUATION,
            EVERY,
            _pattern(_COMMONMARK_EMPHASIS),
            "table",
            "line",
            "enable the passthrough extension for these marks, or write a backslash before it",
        ),
        Engine(
            "github",
            "GitHub",
            EVERY - {"$$"},
            _PUNCTUATION,
            EVERY - DOLLARS,
            _pattern(_COMMONMARK_EMPHASIS),
            "table",
            "line",
            "write the formula between $` and `$, or in a block of code named `math`",
        ),
        Engine(
            "mkdocs",
            "MkDocs without pymdownx.arithmatex",
            EVERY,
            _PYTHON,
            EVERY,
            _pattern(_PYTHON_EMPHASIS),
            "table",
            "element",
            "enable `pymdownx.arithmatex`, or write a backslash before it",
        ),
        Engine(
            "obsidian",
            "Obsidian",
            EVERY - DOLLARS,
            _PUNCTUATION,
            EVERY - DOLLARS,
            _pattern(_COMMONMARK_EMPHASIS),
            "table",
            "line",
            "write the formula between `$` and `$`",
        ),
        Engine(
            "jupyter",
            "Jupyter",
            BRACKETS,
            _PUNCTUATION,
            BRACKETS,
            _pattern(_COMMONMARK_EMPHASIS),
            "table",
            "line",
            "write the formula between `$` and `$`",
        ),
    )
}
"""The engines that `--engine` names."""
