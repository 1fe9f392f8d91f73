"""Headings: their plain text, and an id for each that is unique and cannot clash with a name of the page."""

import re
from collections.abc import Iterable

from markdown_it.token import Token

PREFIX = "section-"
_NOT_WORD = re.compile(r"[^\w]+")


def plain_text(children: Iterable[Token]) -> str:
    """The text of an inline token's children, math as LaTeX."""
    pieces = (" " if child.type in ("softbreak", "hardbreak") else child.content for child in children)
    return "".join(pieces).strip()


def slug(text: str) -> str:
    """A heading's text as it stands in a fragment.

    >>> slug("The Derivative of Sigmoid")
    'the-derivative-of-sigmoid'
    """
    return _NOT_WORD.sub("-", text.lower()).strip("-")[:80] or "part"


def heading_id(text: str, taken: dict[str, int]) -> str:
    """The id of the next heading; `taken` counts what was given before.

    >>> taken = {}
    >>> heading_id("Sigmoid", taken), heading_id("Sigmoid", taken)
    ('section-sigmoid', 'section-sigmoid-2')
    """
    base = name = slug(text)
    while name in taken:
        taken[base] += 1
        name = f"{base}-{taken[base]}"
    taken[name] = 1
    return PREFIX + name
