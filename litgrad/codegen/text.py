"""Small pieces of Python text: docstrings that nothing can break out of, statements that fit a line."""

import re
import textwrap
import unicodedata
from collections.abc import Iterable

from litgrad.codegen.layout import WIDTH, Break, breaks
from litgrad.codegen.pieces import Piece

_INDENT = "    "


def quoted(text: str) -> str:
    """A post's text on one line for a docstring: no control or direction characters, no triple quote."""
    text = " ".join(text.split())
    shown = "".join(
        c if unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co") else "?" for c in text
    )
    return shown.replace('"""', "'''")


def one_line(latex: str) -> str:
    """A formula without line ends and alignment marks.

    >>> one_line("a & = b\\n  + c")
    'a = b + c'
    """
    return " ".join(re.sub(r"(?<!\\)&", " ", latex).split())


def docstring(lines: Iterable[str]) -> str:
    """The lines as an indented docstring, raw where a backslash occurs.

    >>> print(docstring(["A line."]))
        \"\"\"A line.\"\"\"
    """
    lines = [line.rstrip() for line in lines]
    raw = "r" if any("\\" in line for line in lines) else ""
    lines = [
        f"{line} " if index == len(lines) - 1 and _unsafe_end(line) else line
        for index, line in enumerate(lines)
    ]
    if len(lines) == 1:
        return f'{_INDENT}{raw}"""{lines[0]}"""'
    body = "\n".join(f"{_INDENT}{line}".rstrip() for line in lines[1:])
    return f'{_INDENT}{raw}"""{lines[0]}\n{body}\n{_INDENT}"""'


def _unsafe_end(line: str) -> bool:
    return line.endswith(("\\", '"'))


def comment(line: str) -> str:
    """A comment inside a function.

    >>> comment("why")
    '    # why\\n'
    """
    return "".join(
        f"{part}\n"
        for part in textwrap.wrap(line, WIDTH, initial_indent="    # ", subsequent_indent="    # ")
    )


def signature(name: str, parameters: list[str]) -> str:
    """The `def` line of a function.

    >>> signature("L", ["y", "y_hat"])
    'def L(y, y_hat):\\n'
    """
    head = f"def {name}({', '.join(parameters)})"
    return f"{applied(Piece(head), breaks(head, 0, 1)).text}:\n"


def statement(head: str, piece: Piece, indent: int = 4) -> Piece:
    """`head` with an expression, over several lines where it is too long for one."""
    broken = applied(piece, breaks(piece.text, indent, indent + len(head)))
    return Piece.join(" " * indent, head, broken)


def entry(key: str, piece: Piece) -> Piece:
    """A row of the dict of gradients."""
    head = f'"{key}": '
    broken = applied(piece, breaks(piece.text, 8, 8 + len(head) + 1, within=True))
    return Piece.join(_INDENT * 2, head, broken, ",")


def applied(piece: Piece, found: Iterable[Break]) -> Piece:
    """A piece with texts for some of its parts; links that such a part falls into are dropped."""
    parts: list[str | Piece] = []
    at = 0
    for start, end, text in sorted(found, key=lambda each: each[:2]):
        parts += [_cut(piece, at, start), text]
        at = end
    return Piece.join(*parts, _cut(piece, at, len(piece.text)))


def _cut(piece: Piece, start: int, end: int) -> Piece:
    links = tuple((a - start, b - start, expr) for a, b, expr in piece.links if start <= a and b <= end)
    return Piece(piece.text[start:end], links)
