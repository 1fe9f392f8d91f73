"""What the words beside a name say of its values: "positive $p$", "$n$ is a positive integer"."""

import re
from collections.abc import Iterable, Iterator

import sympy
from sympy import Set, Symbol, oo

from litgrad.meaning.forms import symbol
from litgrad.meaning.statements import Assumption
from litgrad.meaning.subscripts import Subscripted, subscripted
from litgrad.source import Source, Span

_REACH = 60
"""How many characters beside a formula are looked at."""
_KINDS = r"(?:numbers?|integers?|constants?|values?|scalars?|reals?|parameters?|variables?|quantit(?:y|ies))"
_ADJECTIVE = r"(?P<what>strictly positive|positive|non-?negative|nonnegative|negative|natural)"
_BEFORE = re.compile(
    rf"(?<!not )(?<!non-)(?<!is )\b{_ADJECTIVE}(?P<kind>(?:\s+(?:real|whole|integer|{_KINDS}))*)\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"\s+(?:is|are|be|being)\s+(?:(?:an?|all|any|some|always|both)\s+)*{_ADJECTIVE}"
    rf"(?P<kind>(?:\s+(?:real|whole|integer|{_KINDS}))*)(?=\s*[.,;:)]|\s+(?:and|with|but|so)\b|\s*$)",
    re.IGNORECASE,
)
_WHOLE = r"(?:(?:integers?|whole\s+numbers?|natural\s+numbers?)(?:\s+(?:values?|number|index|indices))?)"
_WHOLE_BEFORE = re.compile(rf"(?<!not )(?<!non-)(?<!is )(?<!an )\b{_WHOLE}(?:\s+with)?\s*$", re.IGNORECASE)
_WHOLE_AFTER = re.compile(
    rf"\s+(?:is|are|be|being)\s+(?:(?:an?|all|any|some|always|both|{_ADJECTIVE})\s+)*{_WHOLE}\b",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"\b(?:if|when|whenever|whether|unless|until|that|case|suppose|only|not|why|where?ever|once)\b[^.;:]*$",
    re.IGNORECASE,
)
_NO_NAME_OF_A_VALUE = re.compile(
    r"[- ](?:axis|axes|direction|half|semi|definite|class|label|part)", re.IGNORECASE
)


def said_values(source: Source, formula: Span) -> Set | None:
    """The values that the words around an inline name give it; None where they give none.

    >>> text = "for positive $p$"
    >>> said_values(Source("p.md", text), Span(13, 16))
    Interval.open(0, oo)
    """
    before, after = _around(source, formula)
    if _NO_NAME_OF_A_VALUE.match(after):
        return None
    found = _BEFORE.search(before)
    if found is None and not _DOUBTED.search(before):
        found = _AFTER.match(after)
    return None if found is None else _values(found["what"].lower(), found["kind"].lower())


def said_whole(source: Source, formula: Span) -> bool:
    """Whether the words around an inline formula call its names whole numbers.

    >>> text = "for all integers $n > 1$"
    >>> said_whole(Source("p.md", text), Span(17, len(text)))
    True
    """
    before, after = _around(source, formula)
    if _WHOLE_BEFORE.search(before):
        return True
    return not _DOUBTED.search(before) and _WHOLE_AFTER.match(after) is not None


def _around(source: Source, formula: Span) -> tuple[str, str]:
    """The words before a formula in its paragraph, and those behind it."""
    before = source.text[max(formula.start - _REACH, 0) : formula.start]
    before = " ".join(re.split(r"\n\s*\n|\$\$", before)[-1].rstrip("$(\\ ").split())
    return before, source.text[formula.end : formula.end + _REACH]


def _values(what: str, kind: str) -> Set | None:
    whole = "integer" in kind or "whole" in kind
    if what == "natural":
        return sympy.Interval(0, oo, False, True) if "number" in kind else None
    if what == "negative":
        return sympy.Interval.open(-oo, 0)
    if what.startswith("non"):
        return sympy.Interval(0, oo, False, True)
    return sympy.Interval(1, oo, False, True) if whole else sympy.Interval.open(0, oo)


def consistent(said: Iterable[Assumption], stated: Iterable[Assumption]) -> Iterator[Assumption]:
    """What words say of names of which the post says nothing that is outside of it, as of a case."""
    said, stated = list(said), list(stated)
    for one in said:
        others = [other.values for other in (*said, *stated) if other.expr == one.expr]
        if not any(one.values.is_disjoint(values) for values in others):
            yield one


def of_families(assumptions: Iterable[Assumption], names: Iterable[str]) -> Iterator[Assumption]:
    """What is said of `p_i`, for the `p_1` and `p_2` of the post as well."""
    numbered = [(name, parts) for name in sorted(names) if (parts := subscripted(name)) is not None]
    for one in assumptions:
        of = subscripted(one.expr.name) if isinstance(one.expr, Symbol) else None
        if of is not None and len(of.indices) == 1 and of.indices[0].isalpha():
            for name, parts in numbered:
                if _is_entry(parts, of):
                    yield Assumption(symbol(name), one.values, one.span)


def _is_entry(parts: Subscripted, of: Subscripted) -> bool:
    return parts.base == of.base and len(parts.indices) == 1 and parts.indices[0].isdigit()
