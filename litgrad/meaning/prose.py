"""Cue words around the math: what the sentence says that the formula is."""

import re
from enum import Enum

from litgrad.source import Source, Span

_REACH = 60
"""How many characters before a formula may hold its cue."""


class Cue(Enum):
    """What the words before a formula make of it."""

    DEFINES = "defines"
    SUPPOSES = "supposes"


_SUPPOSES = re.compile(
    r"\b(if|when|whenever|for|at|until|unless|suppose|assume|assuming|case|once|provided|subject to|such that"
    r"|given)\b[^.,;:$\w]*$",
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
