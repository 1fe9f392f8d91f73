"""Small pieces of Python text: docstrings that nothing can break out of, statements that fit a line."""

import unicodedata
from collections.abc import Iterable

from litgrad.codegen.printer import Piece

WIDTH = 100
_INDENT = "    "


def quoted(text: str) -> str:
    """A post's text on one line for a docstring: no control or direction characters, no triple quote."""
    text = " ".join(text.split())
    shown = "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co") else "?" for c in text)
    return shown.replace('"""', "'''")


def docstring(lines: Iterable[str]) -> str:
    """The lines as an indented docstring, raw where a backslash occurs.

    >>> print(docstring(["A line."]))
        \"\"\"A line.\"\"\"
    """
    lines = [line.rstrip() for line in lines]
    raw = "r" if any("\\" in line for line in lines) else ""
    lines = [f"{line} " if index == len(lines) - 1 and _unsafe_end(line) else line for index, line in enumerate(lines)]
    if len(lines) == 1:
        return f'{_INDENT}{raw}"""{lines[0]}"""'
    body = "\n".join(f"{_INDENT}{line}".rstrip() for line in lines[1:])
    return f'{_INDENT}{raw}"""{lines[0]}\n{body}\n{_INDENT}"""'


def _unsafe_end(line: str) -> bool:
    return line.endswith(("\\", '"'))


def statement(head: str, piece: Piece) -> Piece:
    """`head` with an expression, in parentheses over several lines where it is too long for one."""
    line = Piece.join(_INDENT, head, piece)
    if len(line.text) <= WIDTH:
        return line
    breaks = _top_level_signs(piece.text)
    if not breaks:
        return line
    parts: list[str | Piece] = [_INDENT, head, "(\n", _INDENT * 2]
    parts.extend(_broken(piece, breaks))
    return Piece.join(*parts, f"\n{_INDENT})")


def _top_level_signs(text: str) -> list[int]:
    """Where a new line may begin: before a ` + ` or ` - ` outside all brackets, else before ` * ` and ` / `."""
    for signs in ((" + ", " - "), (" * ", " / ")):
        depth, places = 0, []
        for index, character in enumerate(text):
            depth += (character in "([{") - (character in ")]}")
            if depth == 0 and text[index : index + 3] in signs:
                places.append(index)
        if places:
            return places
    return []


def _broken(piece: Piece, breaks: list[int]) -> Iterable[str | Piece]:
    """A piece cut into lines at the breaks; links that cross a break are dropped."""
    edges = [0, *(at + 1 for at in breaks), len(piece.text) + 1]
    for number, (start, end) in enumerate(zip(edges, edges[1:], strict=False)):
        text = piece.text[start : end - 1]
        links = tuple((a - start, b - start, e) for a, b, e in piece.links if start <= a and b <= end - 1)
        if number:
            yield f"\n{_INDENT * 2}"
        yield Piece(text, links)
