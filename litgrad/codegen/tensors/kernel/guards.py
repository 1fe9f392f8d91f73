"""Lines under conditions: what is computed for the derivatives that are wanted alone."""

import re
from collections.abc import Sequence

from litgrad.codegen.pieces import Piece
from litgrad.codegen.tensors.storage import Guard
from litgrad.codegen.text import statement

Line = tuple[Guard, str]
ALWAYS: Guard = frozenset()
"""The guard of what is needed for nothing in particular."""
_HEAD = re.compile(r'[\w\[\]"]+ \+?= |return ')


def condition(guard: Guard) -> str:
    """The head of a block for some derivatives."""
    names = sorted(guard)
    if len(names) == 1:
        return f'if "{names[0]}" in wanted:'
    return f"if wanted & {{{', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)}}}:"


def grouped(lines: Sequence[Line], but: Guard = ALWAYS) -> list[str]:
    """Lines under the conditions for which they are needed, those of one condition together."""
    found: list[str] = []
    before = ALWAYS
    for guard, text in lines:
        here = ALWAYS if guard == but else guard
        if here and here != before:
            found.append(f"    {condition(here)}")
        before = here
        found.append(_placed(text, indent=8 if here else 4))
    return found


def _placed(text: str, indent: int) -> str:
    """A statement, broken where it is too long."""
    head = _HEAD.match(text)
    start = head[0] if head is not None else ""
    return statement(start, Piece(text[len(start) :]), indent=indent).text


def indented(text: str) -> str:
    """Lines one level deeper."""
    return "\n".join(f"    {line}" for line in text.split("\n"))
