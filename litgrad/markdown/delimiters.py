"""The marks that open and close math, as rows, and how to tell math from prices and prose."""

import re

from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Delimiter:
    """A pair of marks."""

    open: str
    close: str
    nests: bool = False
    """Whether another pair may stand inside, as with environments."""


DISPLAY = (Delimiter("$$", "$$"), Delimiter(r"\\[", r"\\]"), Delimiter(r"\[", r"\]"))
"""Marks of displays that start a line."""

INLINE = (
    Delimiter("$$", "$$"),
    Delimiter("$", "$"),
    Delimiter(r"\\(", r"\\)"),
    Delimiter(r"\\[", r"\\]"),
    Delimiter(r"\(", r"\)"),
    Delimiter(r"\[", r"\]"),
)
"""Marks inside a paragraph; a longer mark stands before its own beginning."""

FORCED_INLINE = r"\$$"
"""The opening of inline math at the start of a line, in kramdown; it is closed by `$$`."""

_NAMES = "equation|multline|gather|align|alignat|flalign|eqnarray|split|aligned|gathered|cases|array"
_MORE_NAMES = "math|displaymath|subequations|alignedat|multlined|dcases|rcases|drcases|dmath|IEEEeqnarray"
_MATRICES = "(?:small)?matrix|pmatrix|bmatrix|Bmatrix|vmatrix|Vmatrix"
ENVIRONMENT = re.compile(rf"\\begin\{{((?:{_NAMES}|{_MORE_NAMES}|{_MATRICES})\*?)\}}")
"""The opening of an environment that stands on its own, without dollar signs."""


def environment(match: re.Match[str]) -> Delimiter:
    """The marks of an environment, from a match of its opening."""
    return Delimiter(match[0], rf"\end{{{match[1]}}}", nests=True)


AFTER_DISPLAY = re.compile(r"\s*(?:[.,;:!?]|\([^()$]*\)|\{[^{}$]*\})?\s*")
"""What may follow the close of a display in its line: punctuation, a label, attributes."""

UPRIGHT = re.compile(r"\\(?:text\w*|math\w+|operatorname\*?|mbox|tag\*?|label)\s*\{[^{}]*\}")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_PROSE = re.compile(
    r"(?<![A-Za-z])[A-Za-z]{2,}[,;:]? +[A-Za-z]{2,}[,;:]? +[A-Za-z]{2,}"
    r"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4,}"
)
_BLOCK_START = re.compile(r"#{1,6}\s|```|~~~|</?[a-z]|<!--|!?\[[^\]]*\]\(")
_LIST_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")
_FORMULA_SIGN = re.compile(r"[=^_<>+]|\\[A-Za-z]")
_WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}")


def find_close(text: str, mark: str, start: int = 0) -> int:
    r"""The offset of the first unescaped mark, or -1.

    >>> find_close(r"5 \$ $", "$")
    5
    """
    at = text.find(mark, start)
    while at >= 0 and _is_escaped(text, at):
        at = text.find(mark, at + 1)
    return at


def _is_escaped(text: str, at: int) -> bool:
    before = at
    while before and text[before - 1] == "\\":
        before -= 1
    return (at - before) % 2 == 1


def is_prose(line: str) -> bool:
    r"""Three plain words in a row, outside of commands for upright text.

    >>> is_prose("so we can know"), is_prose(r"\text{so we can} + x y")
    (True, False)
    """
    return _PROSE.search(_COMMAND.sub(" ", UPRIGHT.sub(" ", line))) is not None


def has_sign(text: str) -> bool:
    """A sign that stands in formulas and not in prose: a relation, a script, a command.

    >>> has_sign("a^2"), has_sign("see below")
    (True, False)
    """
    return _FORMULA_SIGN.search(text) is not None


def has_words(text: str) -> bool:
    """Two plain words in a row.

    >>> has_words("not this"), has_words("x y")
    (True, False)
    """
    return _WORDS.search(text) is not None


def starts_block(line: str) -> bool:
    """A heading, a fence, a tag or a link: nothing that stands in a formula."""
    return _BLOCK_START.match(line) is not None


def starts_item(line: str) -> bool:
    """A list marker."""
    return _LIST_MARKER.match(line) is not None


def is_dollar_math(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]`, between two dollar signs, is a formula and not the space between two prices.

    >>> prices = "$5 and $10"
    >>> is_dollar_math(prices, 1, 7)
    False
    """
    content = text[start:end]
    after = text[end + 1 : end + 2]
    if not content.strip() or (is_prose(content) and not has_sign(content)):
        return False
    if content[-1].isspace() and (_is_plain(after) or after == "\\"):
        return False  # `$HOME and $PATH`: the second sign opens, too
    if content[0].isdigit() and (after.isdigit() or _WORDS.search(content)):
        return False  # `$5-$10`, `$5 or US$ 10`
    if content[0].isspace():
        before = text[max(start - 2, 0) : start - 1]
        return not (_is_plain(before) or is_prose(content))  # `US$ 5`
    return True


def _is_plain(character: str) -> bool:
    return character.isascii() and character.isalnum()
