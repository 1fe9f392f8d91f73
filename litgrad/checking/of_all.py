"""Steps of which the words say that they hold for all values of their symbols."""

import re

from sympy import Symbol

from litgrad.checking.sides import sides_of
from litgrad.meaning.statements import Statements, Step

_WORDS = 120
"""How many characters around a step may say so."""
_NAMES = r"(?P<names>\$[^$]{1,40}\$(?:(?:\s*,|\s+and|\s+or)+\s*\$[^$]{1,20}\$)*)"
_ALL = rf"for (?:all|any|every)(?:\s+(?:real|positive|complex|numbers|values of))*\s+{_NAMES}"
_BEFORE = re.compile(
    rf"\b{_ALL}\s*[,:]?\s*(?:(?:we have|one has|it holds(?: that)?|the identity)\s*[,:]?)?\s*\$*\s*$",
    re.IGNORECASE,
)
_BEHIND = re.compile(rf"\s*[.,]?\s*\$+\s*,?\s*(?:(?:which|is|holds|true|valid)\s+)*{_ALL}", re.IGNORECASE)
_IDENTITY = re.compile(r"\bthe (?:\w+ )?identity\s*:?\s*\$*\s*$", re.IGNORECASE)
_NAME = re.compile(r"\\?[A-Za-z]+")


def is_said_of_all(step: Step, statements: Statements) -> bool:
    """Whether a post calls a step an identity, or says it of all values of each symbol in it."""
    text = statements.source.text
    before = text[max(step.left.span.start - _WORDS, 0) : step.left.span.start].rpartition(". ")[2]
    if _IDENTITY.search(before):
        return True
    after = text[step.right.span.end : step.right.span.end + _WORDS]
    free = {free.name for side in sides_of(step) for free in side.free_symbols if isinstance(free, Symbol)}
    found = (_BEFORE.search(before), _BEHIND.match(after))
    return any(one is not None and free <= set(_NAME.findall(one["names"])) for one in found)
