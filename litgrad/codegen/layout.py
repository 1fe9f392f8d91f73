"""Python text that is too long for a line, broken at brackets and signs as ruff breaks it."""

from collections.abc import Iterator
from itertools import pairwise

WIDTH = 100
_OPEN, _CLOSE = "([{", ")]}"

Break = tuple[int, int, str]
"""Replace the characters from a place up to another by a text."""


def breaks(text: str, indent: int, used: int, *, within: bool = False) -> Iterator[Break]:
    """The breaks that make an expression fit.

    Takes the expression on one line, the indent of its own lines, and the columns that stand
    before and behind it on its line, and whether it stands within brackets already. Gives nothing
    where it fits, or where nothing can be broken.
    """
    if used + len(text) > WIDTH:
        places = _signs(text)
        hugs = (
            not within and len(places) == 1 and text.endswith(tuple(_CLOSE)) and used + _opening(text) < WIDTH
        )
        if places and not hugs:
            yield from _in_parentheses(text, indent, places)
        else:
            yield from _in_last_bracket(text, indent)


def _in_parentheses(text: str, indent: int, places: list[int]) -> Iterator[Break]:
    """`(`, a line for all, or each operand on a line of its own behind its sign, `)`."""
    inner = indent + 4
    yield 0, 0, f"(\n{' ' * inner}"
    if inner + len(text) > WIDTH:
        yield from _operands(text, inner, places)
    yield len(text), len(text), f"\n{' ' * indent})"


def _operands(text: str, indent: int, places: list[int]) -> Iterator[Break]:
    edges = [0, *(place + 1 for place in places), len(text) + 1]
    for start, end in pairwise(edges):
        if start:
            yield start - 1, start, f"\n{' ' * indent}"
        operand = text[start : end - 1]
        if indent + len(operand) > WIDTH:
            yield from _shifted(_argument(operand, indent), start)


def _in_last_bracket(text: str, indent: int) -> Iterator[Break]:
    """The inside of the last bracket on lines of its own."""
    if not text.endswith(tuple(_CLOSE)):
        return
    start = _opening(text)
    inside, inner = text[start + 1 : -1], indent + 4
    if not inside:
        return
    yield start + 1, start + 1, f"\n{' ' * inner}"
    if inner + len(inside) > WIDTH:
        yield from _shifted(_inside(inside, inner), start + 1)
    yield len(text) - 1, len(text) - 1, f"\n{' ' * indent}"


def _inside(text: str, indent: int) -> Iterator[Break]:
    """Arguments one on a line, else operands one on a line, within a bracket that is open already."""
    commas = [place for place in _outside_brackets(text) if text[place] == ","]
    if not commas:
        yield from _operands(text, indent, _signs(text))
        return
    edges = [0, *(place + 2 for place in commas), len(text) + 2]
    for start, end in pairwise(edges):
        if start:
            yield start - 1, start, f"\n{' ' * indent}"
        argument = text[start : end - 2]
        if indent + len(argument) + 1 > WIDTH:
            yield from _shifted(_argument(argument, indent), start)
    yield len(text), len(text), ","


def _argument(text: str, indent: int) -> Iterator[Break]:
    places = _signs(text)
    yield from _operands(text, indent, places) if places else _in_last_bracket(text, indent)


def _shifted(found: Iterator[Break], by: int) -> Iterator[Break]:
    return ((start + by, end + by, text) for start, end, text in found)


def _signs(text: str) -> list[int]:
    """Where a line may begin: before a ` + ` or ` - ` outside all brackets, else before a product sign."""
    for signs in ((" + ", " - "), (" * ", " / ", " @ ")):
        places = [place for place in _outside_brackets(text) if text[place : place + 3] in signs]
        if places:
            return places
    return []


def _outside_brackets(text: str) -> Iterator[int]:
    depth, quoted = 0, False
    for place, character in enumerate(text):
        quoted ^= character == '"'
        if quoted:
            continue
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth == 0:
            yield place


def _opening(text: str) -> int:
    """Where the bracket opens that the text's last character closes."""
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] in _CLOSE) - (text[place] in _OPEN)
        if depth == 0:
            return place
    return 0
