"""The smallest pieces of a formula, one function per family of commands, and the table of them."""

from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from typing import Protocol

from litgrad.latex import commands
from litgrad.latex.cursor import Cursor
from litgrad.latex.lexer import Kind, Token
from litgrad.latex.tree import (
    Accented,
    Annotated,
    Array,
    Empty,
    Fraction,
    Grouped,
    Letter,
    Node,
    Number,
    Operator,
    Root,
    Styled,
    Text,
    Unreadable,
    word_of,
)


class Reader(Protocol):
    """What an atom needs of the expression reader."""

    cursor: Cursor

    def listed(self) -> Node:
        """What brackets may hold."""

    def within(self, close: Token, read: Callable[[], Node]) -> Node:
        """What stands before a closing token, which is stepped over."""

    def argument(self, command: Token) -> Node:
        """What a command applies to."""

    def rest(self) -> Node:
        """What is left of the group."""

    def atom(self) -> Node:
        """The smallest piece."""


def starts_atom(token: Token | None) -> bool:
    """Whether a token may begin an atom."""
    if token is None or token.kind not in ATOMS:
        return False
    return not (token.kind is Kind.COMMAND and token.text[1:] in commands.INFIX_FRACTIONS)


def letter(reader: Reader, token: Token) -> Node:
    """`x`, `\\sigma`."""
    return Letter(reader.cursor.span(token.start, token.end), token.text)


def number(reader: Reader, token: Token) -> Node:
    """`2`, `0.36`."""
    return Number(reader.cursor.span(token.start, token.end), token.text)


def operator(reader: Reader, token: Token) -> Node:
    """`\\log`, `\\sum`; the argument is found by the meaning stage."""
    return Operator(reader.cursor.span(token.start, token.end), token.text)


def text(reader: Reader, token: Token) -> Node:
    """Words; those that name a function are that function."""
    return worded(reader.cursor, token, token.words, token.start)


def worded(cursor: Cursor, token: Token, words: str, start: int) -> Node:
    """Words as an operator where they name one."""
    span = cursor.since(start)
    joins = "operatorname" in token.text or words.startswith("arg")
    plain = words.replace(r"\,", "").replace(" ", "") if joins else words.strip()
    if plain in commands.OPERATOR_WORDS:
        return Operator(span, rf"\{plain}")
    return Text(span, token.text, plain if "operatorname" in token.text else words)


def group(reader: Reader, token: Token) -> Node:
    """Between an opening delimiter and its partner."""
    cursor = reader.cursor
    if token.match is None:
        return unpaired(cursor, token)
    opening, closing = cursor.sign(token), cursor.sign(token.match)
    if opening.symbol == "{":
        body = reader.within(token.match, reader.rest)
        if isinstance(body, Operator):
            return body
    else:
        body = reader.within(token.match, reader.listed)
    return Grouped(cursor.since(token.start), opening, closing, body, token.stretchy)


def unpaired(cursor: Cursor, token: Token) -> Unreadable:
    """A bracket without a partner."""
    span = cursor.span(token.start, token.end)
    shown = _shown(token)
    if token.kind in (Kind.CLOSE, Kind.END):
        message, help = f"`{shown}` closes nothing", "remove it or open it before"
    elif token.kind is Kind.BEGIN:
        message, help = (
            f"environment `{token.text}` is never closed",
            rf"close it with `\end{{{token.text}}}`",
        )
    else:
        closing = r"\right" if token.stretchy else _partner(token)
        message, help = f"`{shown}` is never closed", f"close it with `{closing}`"
    hard = token.kind in (Kind.BEGIN, Kind.END) or token.stretchy or token.text in ("{", "}")
    return cursor.unreadable("unbalanced" if hard else "unmatched-bracket", message, span, help=help)


def _shown(token: Token) -> str:
    if token.kind is Kind.END:
        return rf"\end{{{token.text}}}"
    if token.stretchy:
        return r"\left" if token.kind is Kind.OPEN else r"\right"
    return token.text


def _partner(token: Token) -> str:
    if token.text in commands.OPENING:
        return commands.OPENING[token.text]
    closing = commands.OPENING.get(token.text.lstrip("\\"))
    return token.text if closing is None else rf"\{closing}"


def command(reader: Reader, token: Token) -> Node:
    """A command with arguments, else an unknown one."""
    read = _COMMANDS.get(token.text[1:], unknown)
    return read(reader, token)


def fraction(reader: Reader, token: Token) -> Node:
    """`\\frac{a}{b}`."""
    numerator = reader.argument(token)
    denominator = reader.argument(token)
    return Fraction(reader.cursor.since(token.start), token.text, numerator, denominator)


def root(reader: Reader, token: Token) -> Node:
    """`\\sqrt[n]{x}`."""
    degree = None
    if reader.cursor.next_is(Kind.OPEN, "["):
        bracket = reader.atom()
        degree = bracket.body if isinstance(bracket, Grouped) else bracket
    cursor = reader.cursor
    radicand = reader.argument(token)
    found = Root(cursor.since(token.start), degree, radicand)
    if degree is None and _is_late_degree(cursor):
        reader.atom()
        message, help = "the degree of a root stands before what is under it", r"write \sqrt[3]{x}"
        return cursor.unreadable("unreadable-math", message, cursor.since(token.start), help=help)
    return found


def _is_late_degree(cursor: Cursor) -> bool:
    """`\\sqrt{5}[3]`, without a space between."""
    token = cursor.token
    if token is None or token.text != "[" or token.stretchy or token.match is None:
        return False
    touches = token.start == cursor.tokens[cursor.at - 1].end
    return touches and token.match.at == token.at + 2 and cursor.tokens[token.at + 1].kind is Kind.NUMBER


def accent(reader: Reader, token: Token) -> Node:
    """`\\hat{y}`."""
    body = reader.argument(token)
    return Accented(reader.cursor.since(token.start), token.text, body)


def style(reader: Reader, token: Token) -> Node:
    """`\\mathbf{x}`, `{\\bf x}`; several upright letters make a word."""
    cursor = reader.cursor
    name = token.text[1:]
    switch = name in commands.STYLE_SWITCHES and not cursor.next_is(Kind.OPEN, "{")
    body = reader.rest() if switch else reader.argument(token)
    word = word_of(body) if name in commands.WORDY_STYLES else None
    if word is not None:
        return worded(cursor, token, word, token.start)
    return Styled(cursor.since(token.start), token.text, body)


def annotation(reader: Reader, token: Token) -> Node:
    """`\\underbrace{x}`, `\\boxed{x}`, `\\underset{n}{x}`."""
    cursor = reader.cursor
    if cursor.next_is(Kind.OPEN, "[") and token.text == r"\bbox":
        reader.atom()
    note = reader.argument(token) if token.text[1:] in commands.NOTED else None
    body = reader.argument(token)
    return Annotated(cursor.since(token.start), token.text, body, note)


def color(reader: Reader, token: Token) -> Node:
    """`\\color{red}{x}`, and `{\\color{red} x}` to the end of its group."""
    cursor = reader.cursor
    braced = cursor.next_is(Kind.OPEN, "{") or token.text != r"\color"
    body = reader.argument(token) if braced else reader.rest()
    return Annotated(cursor.since(token.start), token.text, body, words=token.words)


def substack(reader: Reader, token: Token) -> Node:
    """`\\substack{i = 1 \\\\ i \\ne j}`: lines one below the other."""
    opening = reader.cursor.token
    if opening is None or opening.text != "{" or opening.match is None:
        return reader.argument(token)
    reader.cursor.take()
    rows = _cells(reader, opening.match)
    reader.cursor.take()
    return Array(reader.cursor.since(token.start), "substack", rows)


def words_of_text(reader: Reader, token: Token) -> Node:
    """`\\text x`, and text whose braces the lexer could not pair."""
    cursor = reader.cursor
    opening = cursor.token
    if opening is None or opening.text != "{":
        body = reader.argument(token)
        return Text(cursor.since(token.start), token.text, body.name if isinstance(body, Letter) else "")
    cursor.take()
    if opening.match is None:
        return unpaired(cursor, opening)
    cursor.at = opening.match.at + 1
    return Text(cursor.since(token.start), token.text, cursor.block.latex[opening.end : opening.match.start])


def array(reader: Reader, token: Token) -> Node:
    """A matrix or cases environment: rows of cells up to its `\\end`."""
    cursor = reader.cursor
    if token.match is None:
        return unpaired(cursor, token)
    if token.text not in commands.ARRAY_ENVIRONMENTS | commands.ROW_ENVIRONMENTS:
        place = cursor.span(token.start, token.end)
        cursor.report("unknown-command", f"litgrad does not know the environment `{token.text}`", place)
    skip_columns(cursor, token)
    rows = _cells(reader, token.match)
    cursor.take()
    return Array(cursor.since(token.start), token.text, rows)


def skip_columns(cursor: Cursor, begin: Token) -> None:
    """Step over what tells the columns of an environment: `{c|c}`, `[t]`, `*{3}{c}`."""
    if begin.text in ("array", "aligned", "gathered", "split", "matrix*", "bmatrix*", "pmatrix*"):
        _skip_if(cursor, "[")
    if begin.text in commands.WITH_COLUMNS:
        _skip_if(cursor, "{")


def _skip_if(cursor: Cursor, opening: str) -> None:
    token = cursor.token
    if token is not None and token.text == opening and token.match is not None:
        cursor.at = token.match.at + 1


def _cells(reader: Reader, close: Token) -> tuple[tuple[Node, ...], ...]:
    """The rows of cells before a closing token; a last row without content is none."""
    cursor = reader.cursor
    rows: list[list[Node]] = [[]]
    while True:
        rows[-1].append(_cell(reader, close))
        token = cursor.token
        if token is None or token is close:
            break
        cursor.take()
        if token.kind is Kind.NEW_ROW:
            rows.append([])
    if all(isinstance(cell, Empty) for cell in rows[-1]):
        rows.pop()
    return tuple(map(tuple, rows))


def _cell(reader: Reader, close: Token) -> Node:
    cursor = reader.cursor
    stop = _cell_end(cursor, close)
    if stop == cursor.at:
        return Empty(cursor.here())
    limit, cursor.end = cursor.end, stop
    try:
        return reader.rest()
    finally:
        cursor.at, cursor.end = stop, limit


def _cell_end(cursor: Cursor, close: Token) -> int:
    """The next alignment mark or row end that no bracket holds."""
    at = cursor.at
    while at < close.at and cursor.tokens[at].kind not in (Kind.ALIGN, Kind.NEW_ROW):
        match = cursor.tokens[at].match
        at = match.at + 1 if match is not None and match.at > at else at + 1
    return at


def unknown(reader: Reader, token: Token) -> Node:
    """An unknown command is a diagnostic, never a factor."""
    cursor = reader.cursor
    span = cursor.span(token.start, token.end)
    if token.text in (r"\begin", r"\end"):
        message = f"`{token.text}` without an environment's name"
        return cursor.unreadable("unbalanced", message, span)
    close = _close_to(token.text[1:])
    help = rf"did you mean `\{close}`?" if close else None
    return cursor.unreadable("unknown-command", f"litgrad does not know `{token.text}`", span, help=help)


_KNOWN = sorted(commands.KNOWN)


@lru_cache(maxsize=256)
def _close_to(name: str) -> str | None:
    """The known command that a name is almost; looking it up once per name keeps long formulas fast."""
    return next(iter(get_close_matches(name, _KNOWN, n=1, cutoff=0.75)), None)


def other(reader: Reader, token: Token) -> Node:
    """A character without a meaning in a formula."""
    span = reader.cursor.span(token.start, token.end)
    message = f"`{token.text}` has no meaning in a formula here"
    return reader.cursor.unreadable("unreadable-math", message, span)


def closing(reader: Reader, token: Token) -> Node:
    """A closing bracket that nothing opened."""
    return unpaired(reader.cursor, token)


_COMMANDS: dict[str, Callable[[Reader, Token], Node]] = {
    name: read
    for names, read in (
        (commands.FRACTIONS, fraction),
        (("sqrt",), root),
        (commands.ACCENTS, accent),
        (commands.STYLES, style),
        (commands.TEXTS, words_of_text),
        (commands.NOTED | commands.BRACES | commands.FRAMED, annotation),
        (commands.COLORED, color),
        (("substack",), substack),
    )
    for name in names
}

ATOMS: dict[Kind, Callable[[Reader, Token], Node]] = {
    Kind.LETTER: letter,
    Kind.NUMBER: number,
    Kind.OPERATOR: operator,
    Kind.TEXT: text,
    Kind.OPEN: group,
    Kind.COMMAND: command,
    Kind.BEGIN: array,
    Kind.POSTFIX: letter,
    Kind.OTHER: other,
    Kind.PARAMETER: other,
    Kind.CLOSE: closing,
    Kind.END: closing,
}
