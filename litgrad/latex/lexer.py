"""LaTeX text to tokens; spacing, comments and sizing are dropped here."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from litgrad.latex import commands


class Kind(Enum):
    """What a token is to the parser."""

    LETTER = auto()
    NUMBER = auto()
    OPERATOR = auto()
    COMMAND = auto()
    """A command with arguments, or an unknown one."""
    SUM_SIGN = auto()
    PRODUCT_SIGN = auto()
    RELATION = auto()
    OPEN = auto()
    CLOSE = auto()
    BAR = auto()
    SEPARATOR = auto()
    SUB = auto()
    SUP = auto()
    PRIME = auto()
    ALIGN = auto()
    NEW_ROW = auto()
    WIDE_SPACE = auto()
    BEGIN = auto()
    END = auto()
    POSTFIX = auto()
    """`!`"""
    OTHER = auto()
    """A character with no meaning in mathematics here."""


@dataclass(slots=True)
class Token:
    """A token and its offsets in the LaTeX text, half-open."""

    kind: Kind
    text: str
    """Canonical: a command with its backslash, an environment's name for BEGIN and END."""
    start: int
    end: int


_TOKEN = re.compile(
    r"""
    (?P<space> \s+ | % [^\n]* (?:\n|$) | ~ )
  | (?P<begin> \\begin \s* \{ \s* (?P<opened> [A-Za-z]+ \*? ) \s* \} )
  | (?P<end> \\end \s* \{ \s* (?P<closed> [A-Za-z]+ \*? ) \s* \} )
  | (?P<row> \\\\ \*? (?: \s* \[ \s* -? [\d.]+ \s* (?:pt|em|ex|cm|mm|in|mu) \s* \] )? )
  | (?P<command> \\ (?: [A-Za-z]+ | . | $ ) )
  | (?P<number> \d+ (?: \. \d+ )? | \. \d+ )
  | (?P<define> : =  )
  | (?P<bars> \|\| )
  | (?P<char> . )
    """,
    re.VERBOSE | re.DOTALL,
)

_CHARACTERS = {
    "_": Kind.SUB, "^": Kind.SUP, "'": Kind.PRIME, "&": Kind.ALIGN, "!": Kind.POSTFIX,
    ",": Kind.SEPARATOR, ";": Kind.SEPARATOR, ":": Kind.SEPARATOR, ".": Kind.SEPARATOR,
    "(": Kind.OPEN, "[": Kind.OPEN, "{": Kind.OPEN, ")": Kind.CLOSE, "]": Kind.CLOSE, "}": Kind.CLOSE,
    "|": Kind.BAR,
}  # fmt: skip


def tokenize(latex: str) -> list[Token]:
    """The tokens of a formula in order; every other character of it is space, comment or sizing.

    >>> [token.text for token in tokenize(r"-y \\, \\log x % sign?")]
    ['-', 'y', '\\\\log', 'x']
    """
    tokens = (_token(match) for match in _TOKEN.finditer(latex))
    return [token for token in tokens if token is not None]


def _token(match: re.Match[str]) -> Token | None:
    start, end = match.span()
    match match.lastgroup, match.group():
        case "space", _:
            return None
        case "begin" | "opened", _:
            return Token(Kind.BEGIN, match["opened"], start, end)
        case "end" | "closed", _:
            return Token(Kind.END, match["closed"], start, end)
        case "row", _:
            return Token(Kind.NEW_ROW, r"\\", start, end)
        case "command", text:
            return _command(text[1:], start, end)
        case "number", text:
            return Token(Kind.NUMBER, text, start, end)
        case "define", text:
            return Token(Kind.RELATION, text, start, end)
        case "bars", text:
            return Token(Kind.BAR, text, start, end)
        case _, text:
            return _character(text, start, end)


def _character(text: str, start: int, end: int) -> Token | None:
    text = commands.UNICODE.get(text, text)
    if text.startswith("\\"):
        return _command(text[1:], start, end)
    if text in _CHARACTERS:
        return Token(_CHARACTERS[text], text, start, end)
    if text in commands.SUM_SIGNS:
        return Token(Kind.SUM_SIGN, text, start, end)
    if text in commands.PRODUCT_SIGNS:
        return Token(Kind.PRODUCT_SIGN, text, start, end)
    if text in commands.RELATIONS:
        return Token(Kind.RELATION, text, start, end)
    if text.isalpha():
        return Token(Kind.LETTER, text, start, end)
    return Token(Kind.OTHER, text, start, end)


def _command(name: str, start: int, end: int) -> Token | None:
    """A command's token; the tables decide, in this order."""
    if name in commands.WIDE_SPACES:
        return Token(Kind.WIDE_SPACE, rf"\{name}", start, end)
    if name in commands.SPACES or name in commands.IGNORED:
        return None
    for kind, table in _FAMILIES:
        if name in table:
            return Token(kind, _canonical(kind, name), start, end)
    return Token(Kind.COMMAND, rf"\{name}", start, end)


def _canonical(kind: Kind, name: str) -> str:
    match kind:
        case Kind.SUM_SIGN:
            return commands.SUM_SIGNS[name]
        case Kind.PRODUCT_SIGN:
            return commands.PRODUCT_SIGNS[name]
        case Kind.PRIME:
            return "'"
        case _:
            return rf"\{name}"


_FAMILIES: tuple[tuple[Kind, frozenset[str] | set[str] | dict[str, str]], ...] = (
    (Kind.PRIME, {"prime"}),
    (Kind.NEW_ROW, {"cr", "newline"}),
    (Kind.LETTER, commands.LETTERS),
    (Kind.OPERATOR, commands.OPERATORS),
    (Kind.OPEN, {"{", *commands.OPENING} - {"(", "["}),
    (Kind.CLOSE, {"}", *commands.CLOSING} - {")", "]"}),
    (Kind.BAR, {"|", "vert", "Vert", "mid"}),
    (Kind.SUM_SIGN, commands.SUM_SIGNS),
    (Kind.PRODUCT_SIGN, commands.PRODUCT_SIGNS),
    (Kind.RELATION, commands.RELATIONS),
)
