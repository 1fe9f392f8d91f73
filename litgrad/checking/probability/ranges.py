r"""Ranges of names as their parts: `x_{1:t}` as `x_{1:t-1}` with `x_t`, `x_{0:T}` as `x_0` with `x_{1:T}`."""

import re

_RANGE = re.compile(r"(?P<of>.+)_\{(?P<start>[^{}:]+) : (?P<end>[^{}:]+)\}")
_SINGLE = re.compile(r"(?P<of>.+)_\{(?P<at>[^{}:]+)\}")
_COUNTED = re.compile(r"(?P<letter>[A-Za-z]|)(?: ?(?P<sign>[+-]) )?(?P<number>\d*)")


def parts_of(name: str, names: frozenset[str]) -> tuple[str, ...]:
    """A range as the names among some that it is made of; empty where it is no range of them.

    >>> parts_of("x_{1 : t}", frozenset(["x_{1 : t - 1}", "x_{t}"]))
    ('x_{1 : t - 1}', 'x_{t}')
    >>> parts_of("x_{0 : T}", frozenset(["x_{1 : T}"]))
    ('x_{0}', 'x_{1 : T}')
    """
    match = _RANGE.fullmatch(name)
    if match is None:
        return ()
    of, start, end = match["of"], match["start"], match["end"]
    before, after = _moved(end, -1), _moved(start, 1)
    head, tail = f"{of}_{{{start} : {before}}}", f"{of}_{{{after} : {end}}}"
    if before is not None and head in names:
        return (*(parts_of(head, names) or (head,)), f"{of}_{{{end}}}")
    if after is not None and tail in names:
        return (f"{of}_{{{start}}}", *(parts_of(tail, names) or (tail,)))
    return ()


def may_overlap(first: str, second: str) -> bool:
    """Whether two names may have a part in common because one of them is a range of the other's family.

    >>> may_overlap("x_{1 : t}", "x_{2}"), may_overlap("x_{1 : t - 1}", "x_{t}"), may_overlap("x", "x_{2}")
    (True, False, False)
    """
    one, other = _span(first), _span(second)
    if one is None or other is None or one[0] != other[0] or one[1:] == other[1:]:
        return False
    if one[1] == one[2] and other[1] == other[2]:
        return False
    return not (_is_before(one, other) or _is_before(other, one))


def _span(name: str) -> tuple[str, str, str] | None:
    """The family of a name and where it begins and ends."""
    match = _RANGE.fullmatch(name)
    if match is not None:
        return match["of"], match["start"], match["end"]
    single = _SINGLE.fullmatch(name)
    return None if single is None else (single["of"], single["at"], single["at"])


def _is_before(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether a range ends just below where another begins, or at a smaller number."""
    end, start = one[2], other[1]
    return _moved(end, 1) == start or (end.isdigit() and start.isdigit() and int(end) < int(start))


def _moved(place: str, by: int) -> str | None:
    """A bound further by one: `t - 1` of `t`, `t` of `t + 1`, `1` of `0`."""
    match = _COUNTED.fullmatch(place)
    if match is None:
        return None
    letter = match["letter"]
    number = int(match["number"] or 0) * (-1 if match["sign"] == "-" else 1) + by
    if not letter:
        return str(number)
    return letter if number == 0 else f"{letter} {'+' if number > 0 else '-'} {abs(number)}"
