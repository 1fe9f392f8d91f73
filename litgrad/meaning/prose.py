"""Cue words around the math: what the sentence says that the formula is."""

import re
from enum import Enum

from litgrad.source import Source, Span

_REACH = 60
"""How many characters before a formula may hold its cue."""


_WORDS = r"(?:symmetric|positive[ -](?:semi-?)?definite|covariance)\b"
"""What a matrix is called that equals its transpose."""
_SAID_BEFORE = re.compile(r"(?<!not )(?<!is )(?<!be )(?<!are )\b" + _WORDS + r"[^.,;:$]*$", re.IGNORECASE)
_SAID_AFTER = re.compile(r"\s+(?:is|be|are)\s+(?:(?:an?|the|always|also)\s+)?" + _WORDS, re.IGNORECASE)


class Cue(Enum):
    """What the words before a formula make of it."""

    DEFINES = "defines"
    SUPPOSES = "supposes"


_SUPPOSES = re.compile(
    r"\b(if|when|whenever|for|at|until|unless|only|suppose|assume|assuming|case|once|provided|subject to"
    r"|such that|given)\b[^.,;:$\w]*$",
    re.IGNORECASE,
)


def cue_before(source: Source, formula: Span) -> Cue | None:
    """The cue in the words just before a formula, in its own sentence.

    >>> text = "If $x = 0$"
    >>> cue_before(Source("p.md", text), Span(3, 10))
    <Cue.SUPPOSES: 'supposes'>
    """
    before = source.text[max(formula.start - _REACH, 0) : formula.start].rstrip()
    sentence = re.split(r"[.!?]\s|\n\s*\n", before)[-1]
    if _SUPPOSES.search(sentence):
        return Cue.SUPPOSES
    return (
        Cue.DEFINES
        if re.search(r"\b(let|define|denote|where|set|put|introduce)", sentence, re.IGNORECASE)
        else None
    )


_EXPLAINS = re.compile(r"\b(?:where|with|here)\b[^.!?]*$", re.IGNORECASE)


def explains(source: Source, formula: Span) -> bool:
    """Whether a formula explains the one above it, as in `where $a = 2$`.

    >>> explains(Source("p.md", "where $a = 2$"), Span(6, 13))
    True
    """
    before = source.text[max(formula.start - _REACH, 0) : formula.start]
    return _EXPLAINS.search(re.split(r"\n\s*#|\$\$", before)[-1]) is not None


def is_called_symmetric(source: Source, formula: Span) -> bool:
    """Whether the words beside an inline formula say that the matrix in it is symmetric.

    >>> text = "with a symmetric $A$"
    >>> is_called_symmetric(Source("p.md", text), Span(17, 20))
    True
    """
    before = " ".join(source.text[max(formula.start - _REACH, 0) : formula.start].split())
    after = source.text[formula.end : formula.end + _REACH]
    return bool(_SAID_BEFORE.search(before) or _SAID_AFTER.match(after))


_WORDS = r"\\(?:text|textrm|textnormal|mbox|mathrm)\s*\{{[^{{}}]*\b(?:{})\b[^{{}}]*\}}"
_SPACES = r"(?:[\s~&{]|\\[ ,;:!]|\\q?quad|\\left)*$"
_CLAUSE = re.compile(_WORDS.format("for|where|with") + _SPACES, re.IGNORECASE)
_CASE = re.compile(_WORDS.format("if|when|whenever|provided|unless|otherwise") + _SPACES, re.IGNORECASE)
_BACK = 60
"""How far before a place its words may begin."""


def is_in_a_clause(source: Source, start: int) -> bool:
    r"""Whether words such as `for` stand just before a place inside a formula.

    >>> text = r"1 + x \text{ for } x > 0"
    >>> is_in_a_clause(Source("p.md", text), text.index("x > 0"))
    True
    """
    return _CLAUSE.search(source.text, max(start - _BACK, 0), start) is not None


def is_in_a_case(source: Source, start: int) -> bool:
    """Whether words such as `if` stand there: what follows holds in one case."""
    return _CASE.search(source.text, max(start - _BACK, 0), start) is not None
