"""LaTeX text to tokens; spacing, comments and sizing are dropped here."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import field, replace
from enum import Enum, auto

from litgrad.latex import commands
from litgrad.records import dataclass


class Kind(Enum):
    """What a token is to the parser."""

    LETTER = auto()
    NUMBER = auto()
    OPERATOR = auto()
    TEXT = auto()
    """Upright words with their braces: `\\text{..}`, `\\operatorname{..}`."""
    COMMAND = auto()
    """A command with arguments, or an unknown one."""
    SUM_SIGN = auto()
    PRODUCT_SIGN = auto()
    RELATION = auto()
    OPEN = auto()
    CLOSE = auto()
    BAR = auto()
    """A bar whose part is not decided yet; none is left after `pair`."""
    EVALUATION = auto()
    """The bar of `f \\Big|_{x=0}`."""
    SEPARATOR = auto()
    SUB = auto()
    SUP = auto()
    PRIME = auto()
    ALIGN = auto()
    NEW_ROW = auto()
    WIDE_SPACE = auto()
    TAG = auto()
    """`\\tag{..}` with its words."""
    BEGIN = auto()
    END = auto()
    POSTFIX = auto()
    """`!`"""
    PARAMETER = auto()
    """`#1` in the body of a macro."""
    OTHER = auto()
    """A character with no meaning in mathematics here."""


@dataclass(slots=True, eq=False)
class Token:
    """A token and its offsets in the LaTeX text, half-open."""

    kind: Kind
    text: str
    """Canonical: a command with its backslash, an environment's name for BEGIN and END."""
    start: int
    end: int
    words: str = ""
    """The words of a TEXT or TAG, the color of a colored piece."""
    note: "tuple[Token, ...]" = ()
    """What stands above a relation."""
    stretchy: bool = False
    """A delimiter written with `\\left` or `\\right`."""
    match: "Token | None" = field(default=None, repr=False)
    """The partner of an opening or closing token, once they are paired."""
    apart: bool = False
    """Whether a space is written before it, as `\\,`."""
    at: int = 0
    """The index in the list that a cursor reads."""


_BRACED = r"\{ (?P<%s> [^{}]* (?: \{ [^{}]* (?: \{[^{}]*\} [^{}]* )* \} [^{}]* )* ) \}"
_TEXT_NAMES = "|".join(sorted(commands.TEXTS, key=len, reverse=True))
_INVISIBLE = r"\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f"
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"

_TOKEN = re.compile(
    rf"""
    (?P<space> \s+ | (?<!\\)% [^\n]* (?:\n|$) | ~ | [{_INVISIBLE}]+ )
  | \\begin \s* \{{ \s* (?P<begin> [A-Za-z]+ \*? ) \s* \}}
  | \\end \s* \{{ \s* (?P<end> [A-Za-z]+ \*? ) \s* \}}
  | (?P<row> \\\\ \*? (?: \s* \[ \s* -? [\d.]+ \s* (?:pt|em|ex|cm|mm|in|mu) \s* \] )? )
  | \\ (?P<text> {_TEXT_NAMES} ) (?![A-Za-z]) \*? \s* {_BRACED % "words"}
  | \\ tag \*? \s* {_BRACED % "tag"}
  | (?P<dots> \.\.\.+ | \\cdot (?: \s* \\cdot (?![A-Za-z]) )+ )
  | (?P<command> \\ (?: [A-Za-z]+ | . | $ ) )
  | (?P<number> \d+ (?: \\, \d{{3}} (?!\d) )+ | \d+ (?: \{{,\}} \d{{3}} )+ | \d+ (?: \. \d+ )? | \. \d+ )
  | (?P<define> : \s* = | = : | [<>=]= | => | -> )
  | (?P<cjk> [{_CJK}]+ )
  | (?P<raised> [{"".join(commands.SUPERSCRIPTS)}]+ )
  | (?P<lowered> [{"".join(commands.SUBSCRIPTS)}]+ )
  | (?P<accented> [^\W\d_] [{"".join(commands.COMBINING)}] )
  | \# (?P<parameter> [1-9] )
  | (?P<char> . )
    """,
    re.VERBOSE | re.DOTALL,
)

_CHARACTERS = {
    "_": Kind.SUB, "^": Kind.SUP, "'": Kind.PRIME, "&": Kind.ALIGN, "!": Kind.POSTFIX,
    "?": Kind.LETTER, ",": Kind.SEPARATOR, ";": Kind.SEPARATOR, ":": Kind.SEPARATOR, ".": Kind.SEPARATOR,
    "(": Kind.OPEN, "[": Kind.OPEN, "{": Kind.OPEN, ")": Kind.CLOSE, "]": Kind.CLOSE, "}": Kind.CLOSE,
    "|": Kind.BAR,
}  # fmt: skip


def tokenize(latex: str) -> list[Token]:
    """The tokens of a formula in order; every other character of it is space, comment or sizing.

    >>> [token.text for token in tokenize(r"-y \\, \\log x % sign?")]
    ['-', 'y', '\\\\log', 'x']
    """
    tokens: list[Token] = []
    space = -1
    for match in _TOKEN.finditer(latex):
        group = match.lastgroup
        if group == "command" and match.group()[1:] in commands.POSITIVE_SPACES:
            space = len(tokens)
        if group == "char":
            _add_character(match.group(), match.start(), match.end(), tokens)
        elif group == "command":
            _add_command(match.group()[1:], match.start(), match.end(), tokens)
        elif group != "space":
            tokens.extend(_READ[group or ""](match, match.start(), match.end()))
        if 0 <= space < len(tokens):
            tokens[space] = replace(tokens[space], apart=True)
            space = -1
    return tokens


def _add_character(text: str, start: int, end: int, tokens: list[Token]) -> None:
    row = _CHARACTER_TABLE.get(text)
    if row is not None:
        tokens.append(Token(row[0], row[1], start, end))
    else:
        tokens.extend(_unusual(text, start, end))


def _add_command(name: str, start: int, end: int, tokens: list[Token]) -> None:
    row = _COMMAND_TABLE.get(name, _UNKNOWN)
    if row is _UNKNOWN:
        tokens.append(Token(Kind.COMMAND, rf"\{name}", start, end))
    elif row is not None:
        tokens.append(Token(row[0], row[1], start, end))


def _unusual(text: str, start: int, end: int) -> Iterator[Token]:
    """A letter of another alphabet, one with an accent, or something that is no mathematics."""
    plain = unicodedata.normalize("NFKD", text)
    if len(plain) == 2 and plain[1] in commands.COMBINING and plain[0].isalpha():
        yield Token(Kind.COMMAND, commands.COMBINING[plain[1]], start, end)
        yield Token(Kind.LETTER, plain[0], start, end)
    elif "\U0001d400" <= text <= "\U0001d7ff" and len(plain) == 1:
        if "BOLD" in unicodedata.name(text, ""):
            yield Token(Kind.COMMAND, r"\mathbf", start, end)
        found: list[Token] = []
        _add_character(plain, start, end, found)
        yield from found
    elif text.isalpha():
        yield Token(Kind.LETTER, text, start, end)
    else:
        yield Token(Kind.OTHER, text, start, end)


# -------------------------------- the rarer kinds --------------------------------


def _begin(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    yield Token(Kind.BEGIN, match["begin"], start, end)


def _end(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    yield Token(Kind.END, match["end"], start, end)


def _row(_match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    yield Token(Kind.NEW_ROW, r"\\", start, end)


def _text(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    yield Token(Kind.TEXT, rf"\{match['text']}", start, end, match["words"])


def _tag(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    yield Token(Kind.TAG, r"\tag", start, end, match["tag"])


def _number(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    yield Token(Kind.NUMBER, match.group().replace(r"\,", "").replace("{,}", ""), start, end)


_ASCII = {"=:": "=:", ">=": r"\ge", "<=": r"\le", "==": "=", "=>": r"\Rightarrow", "->": r"\to"}
"""Relations as keyboards have them."""


def _define(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    text = _ASCII.get(match.group(), ":=")
    yield Token(Kind.RELATION, text, start, end)


def _dots(_match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    yield Token(Kind.LETTER, r"\dots", start, end)


def _cjk(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    yield Token(Kind.TEXT, r"\text", start, end, match.group())


def _parameter(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    yield Token(Kind.PARAMETER, match["parameter"], start, end)


def _accented(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    letter, accent = match.group()
    yield Token(Kind.COMMAND, commands.COMBINING[accent], start, end)
    found: list[Token] = []
    _add_character(letter, start, end, found)
    yield from found


def _raised(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    return _script(Kind.SUP, "^", [commands.SUPERSCRIPTS[char] for char in match.group()], start, end)


def _lowered(match: re.Match[str], start: int, end: int) -> Iterator[Token]:
    return _script(Kind.SUB, "_", [commands.SUBSCRIPTS[char] for char in match.group()], start, end)


def _script(kind: Kind, sign: str, characters: list[str], start: int, end: int) -> Iterator[Token]:
    """A script with the braces that LaTeX would want."""
    yield Token(kind, sign, start, end)
    yield Token(Kind.OPEN, "{", start, end)
    for token in tokenize("".join(characters)):
        yield replace(token, start=start, end=end)
    yield Token(Kind.CLOSE, "}", start, end)


_READ = {
    "begin": _begin, "end": _end, "row": _row, "words": _text, "text": _text, "tag": _tag, "number": _number,
    "define": _define, "dots": _dots, "cjk": _cjk, "raised": _raised, "lowered": _lowered,
    "accented": _accented, "parameter": _parameter,
}  # fmt: skip


# -------------------------------- tables --------------------------------

_Row = tuple[Kind, str] | None
"""The kind and the canonical text; None for what is dropped."""
_UNKNOWN: _Row = (Kind.COMMAND, "")


def _command_table() -> dict[str, _Row]:
    """What every command is; later rows win."""
    table: dict[str, _Row] = {}
    for kind, names in (
        (Kind.LETTER, commands.LETTERS),
        (Kind.OPERATOR, commands.OPERATORS),
        (Kind.OPEN, set(commands.OPENING) - {"(", "["}),
        (Kind.CLOSE, commands.CLOSING - {")", "]"}),
        (Kind.WIDE_SPACE, commands.WIDE_SPACES),
    ):
        table.update({name: (kind, rf"\{name}") for name in names})
    for kind, canonical in (
        (Kind.SUM_SIGN, commands.SUM_SIGNS),
        (Kind.PRODUCT_SIGN, commands.PRODUCT_SIGNS),
        (Kind.RELATION, commands.RELATIONS),
        (Kind.BAR, commands.BARS),
    ):
        table.update({name: (kind, text) for name, text in canonical.items() if name.isalpha()})
    table.update(dict.fromkeys(commands.SPACES | commands.IGNORED))
    return table | {
        "prime": (Kind.PRIME, "'"),
        "cr": (Kind.NEW_ROW, r"\\"),
        "newline": (Kind.NEW_ROW, r"\\"),
        "tabularnewline": (Kind.NEW_ROW, r"\\"),
        "colon": (Kind.SEPARATOR, ":"),
        "pmod": (Kind.PRODUCT_SIGN, r"\pmod"),
        "mod": (Kind.PRODUCT_SIGN, r"\bmod"),
        "|": (Kind.BAR, r"\|"),
        "{": (Kind.OPEN, r"\{"),
        "}": (Kind.CLOSE, r"\}"),
    }


def _character_table() -> dict[str, tuple[Kind, str]]:
    """What a single character is."""
    table = {text: (kind, text) for text, kind in _CHARACTERS.items()}
    table.update({text: (Kind.LETTER, text) for text in map(chr, range(128)) if text.isalpha()})
    for kind, canonical in (
        (Kind.SUM_SIGN, commands.SUM_SIGNS),
        (Kind.PRODUCT_SIGN, commands.PRODUCT_SIGNS),
        (Kind.RELATION, commands.RELATIONS),
    ):
        table.update({text: (kind, text) for text in canonical if len(text) == 1 and not text.isalpha()})
    for character, meaning in commands.UNICODE.items():
        known = _COMMAND_TABLE.get(meaning[1:]) if meaning.startswith("\\") else None
        table[character] = known or table.get(meaning) or (Kind.RELATION, meaning)
    return table


_COMMAND_TABLE = _command_table()
_CHARACTER_TABLE = _character_table()
