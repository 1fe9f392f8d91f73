r"""Markdown escapes inside math, `\_` and `\*`: taken back before the formula is read."""

import re

from litgrad.markdown.delimiters import UPRIGHT

_TOKEN = re.compile(rf"{UPRIGHT.pattern}|\\(?:[A-Za-z]+|.)", re.DOTALL)
_ESCAPED = frozenset([r"\_", r"\*"])

Origin = tuple[tuple[int, int], ...]


def without_escapes(latex: str, origin: Origin) -> tuple[str, Origin]:
    r"""A formula as it reaches a page whose Markdown takes `\_` for `_`.

    Takes the text between the delimiters and its places, as in `MathBlock`. Gives both without them.
    Upright text keeps its `\_`.

    >>> without_escapes(r"x\_1 \text{a\_b}", ((0, 7),))
    ('x_1 \\text{a\\_b}', ((0, 7), (1, 9)))
    """
    removed = [match.start() for match in _TOKEN.finditer(latex) if match[0] in _ESCAPED]
    if not removed:
        return latex, origin
    starts = [0, *(at + 1 for at in removed)]
    ends = [*removed, len(latex)]
    pieces: list[str] = []
    pairs: list[tuple[int, int]] = []
    index, length = 0, 0
    for start, end in zip(starts, ends, strict=True):
        while index + 1 < len(origin) and origin[index + 1][0] <= start:
            index += 1
        at, source = origin[index]
        pairs.append((length, source + start - at))
        while index + 1 < len(origin) and origin[index + 1][0] < end:
            index += 1
            pairs.append((length + origin[index][0] - start, origin[index][1]))
        pieces.append(latex[start:end])
        length += end - start
    return "".join(pieces), tuple(pairs)
