"""The smallest pieces of a formula, one function per family of commands, and the table of them."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Protocol

from litgrad.latex import commands
from litgrad.latex.cursor import Cursor
from litgrad.latex.lexer import Kind, Token
from litgrad.latex.tree import (
    Accented,
    Array,
    Empty,
    Fraction,
    Grouped,
    Letter,
    Node,
    Number,
    Operator,
    Root,
    Sign,
    Styled,
    Text,
    Unreadable,
)


class Reader(Protocol):
    """What an atom needs of the expression reader."""

    cursor: Cursor
    bars: list[str]

    def listed(self) -> Node:
        """What brackets may hold."""

    def argument(self, command: Token) -> Node:
        """What a command applies to."""

    def atom(self) -> Node:
        """The smallest piece."""


def starts_atom(token: Token | None) -> bool:
    """Whether a token may begin an atom."""
    if token is None or token.kind not in ATOMS:
        return False
    if token.kind is Kind.COMMAND and token.text in (r"\right", r"\tag"):
        return False
    return token.kind is not Kind.BAR


def bars_open_here(cursor: Cursor) -> bool:
    """Whether the bar ahead opens a pair: an even number of its like is left in these brackets."""
    bar = cursor.token
    assert bar is not None
    depth = count = 0
    for token in cursor.tokens[cursor.at : cursor.end]:
        if token.kind is Kind.OPEN or token.text == r"\left":
            depth += 1
        elif token.kind is Kind.CLOSE or token.text == r"\right":
            depth -= 1
        elif token.kind in (Kind.NEW_ROW, Kind.ALIGN, Kind.RELATION) and depth == 0:
            break
        elif token.kind is Kind.BAR and token.text == bar.text and depth == 0:
            count += 1
        if depth < 0:
            break
    return count % 2 == 0


def letter(reader: Reader, token: Token) -> Node:
    """`x`, `\\sigma`."""
    return Letter(reader.cursor.span(token.start, token.end), token.text)


def number(reader: Reader, token: Token) -> Node:
    """`2`, `0.36`."""
    return Number(reader.cursor.span(token.start, token.end), token.text)


def operator(reader: Reader, token: Token) -> Node:
    """`\\log`, `\\sum`; the argument is found by the meaning stage."""
    return Operator(reader.cursor.span(token.start, token.end), token.text)


def group(reader: Reader, token: Token) -> Node:
    """Between an opening delimiter and its partner."""
    cursor = reader.cursor
    opening = cursor.sign(token)
    bars, reader.bars = reader.bars, []
    body = Empty(cursor.here()) if cursor.next_is(Kind.CLOSE) else reader.listed()
    reader.bars = bars
    if cursor.next_is(Kind.CLOSE) and _closes(token.text, cursor.tokens[cursor.at].text):
        closing = cursor.sign(cursor.take())
        return Grouped(cursor.since(token.start), opening, closing, body)
    return _unclosed(cursor, token)


def _closes(opening: str, closing: str) -> bool:
    """Braces pair with braces; other brackets may be mixed, as in `[0, 1)`."""
    if opening == "{" or closing == "}":
        return (opening, closing) == ("{", "}")
    return True


def _unclosed(cursor: Cursor, token: Token) -> Unreadable:
    span = cursor.span(token.start, token.end)
    expected = commands.OPENING.get(token.text.lstrip("\\"), "}")
    found = cursor.token
    message = (
        f"`{token.text}` is never closed"
        if found is None
        else f"`{token.text}` meets `{found.text}` before its end"
    )
    return cursor.unreadable("unbalanced", message, span, help=f"close it with `{expected}`")


def bars(reader: Reader, token: Token) -> Node:
    """`|x|`, `\\|x\\|`: up to the next bar of the same kind."""
    cursor = reader.cursor
    reader.bars = [*reader.bars, token.text]
    body = reader.listed()
    reader.bars = reader.bars[:-1]
    if cursor.next_is(Kind.BAR, token.text):
        closing = cursor.sign(cursor.take())
        return Grouped(cursor.since(token.start), cursor.sign(token), closing, body)
    return _unclosed(cursor, token)


def command(reader: Reader, token: Token) -> Node:
    """A command with arguments, else an unknown one."""
    name = token.text[1:]
    for table, read in _COMMANDS:
        if name in table:
            return read(reader, token)
    return unknown(reader, token)


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
    radicand = reader.argument(token)
    return Root(reader.cursor.since(token.start), degree, radicand)


def accent(reader: Reader, token: Token) -> Node:
    """`\\hat{y}`."""
    body = reader.argument(token)
    return Accented(reader.cursor.since(token.start), token.text, body)


def style(reader: Reader, token: Token) -> Node:
    """`\\mathbf{x}`."""
    body = reader.argument(token)
    return Styled(reader.cursor.since(token.start), token.text, body)


def text(reader: Reader, token: Token) -> Node:
    """Words, taken as they stand between the braces."""
    cursor = reader.cursor
    if not cursor.next_is(Kind.OPEN, "{"):
        return Text(cursor.since(token.start), token.text, _words(reader.argument(token), cursor))
    start = cursor.take().end
    depth = 1
    while cursor.token is not None and depth:
        inner = cursor.take()
        depth += (inner.text == "{") - (inner.text == "}")
    if depth:
        return _unclosed(cursor, token)
    words = cursor.block.latex[start : cursor.tokens[cursor.at - 1].start]
    return Text(cursor.since(token.start), token.text, words)


def _words(node: Node, cursor: Cursor) -> str:
    return node.name if isinstance(node, Letter) else ""


def stretchy(reader: Reader, token: Token) -> Node:
    """`\\left( .. \\right)`."""
    cursor = reader.cursor
    opening = _delimiter(cursor, token)
    held, reader.bars = reader.bars, []
    body = Empty(cursor.here()) if cursor.next_is(Kind.COMMAND, r"\right") else reader.listed()
    reader.bars = held
    if not cursor.next_is(Kind.COMMAND, r"\right"):
        return _unclosed(cursor, token)
    closing = _delimiter(cursor, cursor.take())
    return Grouped(cursor.since(token.start), opening, closing, body, stretchy=True)


def _delimiter(cursor: Cursor, token: Token) -> Sign:
    """The delimiter after `\\left` or `\\right`; the span covers both."""
    if cursor.token is None:
        cursor.report(
            "missing-operand", f"no delimiter follows `{token.text}`", cursor.span(token.start, token.end)
        )
        return Sign(cursor.span(token.start, token.end), ".")
    delimiter = cursor.take()
    return Sign(cursor.span(token.start, delimiter.end), delimiter.text)


def array(reader: Reader, token: Token) -> Node:
    """A matrix or cases environment: rows of cells up to its `\\end`."""
    cursor = reader.cursor
    if token.text not in commands.ARRAY_ENVIRONMENTS | commands.ROW_ENVIRONMENTS:
        place = cursor.span(token.start, token.end)
        cursor.report("unknown-command", f"litgrad does not know the environment `{token.text}`", place)
    if token.text in commands.WITH_COLUMNS and cursor.next_is(Kind.OPEN, "{"):
        skip_group(cursor)
    rows: list[list[Node]] = [[]]
    while cursor.token is not None and not cursor.next_is(Kind.END):
        if cursor.next_is(Kind.NEW_ROW):
            cursor.take()
            rows.append([])
        elif cursor.next_is(Kind.ALIGN):
            cursor.take()
        else:
            before = cursor.at
            rows[-1].append(reader.listed())
            if cursor.at == before:
                cursor.take()
    if not cursor.next_is(Kind.END, token.text):
        span = cursor.span(token.start, token.end)
        help = rf"close it with `\end{{{token.text}}}`"
        return cursor.unreadable("unbalanced", f"environment `{token.text}` is never closed", span, help=help)
    cursor.take()
    cells = tuple(tuple(row) for row in rows if row)
    return Array(cursor.since(token.start), token.text, cells)


def skip_group(cursor: Cursor) -> None:
    """Step over a braced group."""
    depth = 0
    while cursor.token is not None:
        taken = cursor.take()
        depth += (taken.text == "{") - (taken.text == "}")
        if depth <= 0:
            return


def ignored(reader: Reader, token: Token) -> Node:
    """A command that prints nothing that counts, with its argument."""
    if reader.cursor.next_is(Kind.OPEN, "{"):
        skip_group(reader.cursor)
    return Empty(reader.cursor.since(token.start))


def unknown(reader: Reader, token: Token) -> Node:
    """An unknown command is a diagnostic, never a factor."""
    cursor = reader.cursor
    if token.text == "\\begin":
        message, code = "`\\begin` without an environment's name", "unbalanced"
        return cursor.unreadable(code, message, cursor.span(token.start, token.end))
    close = get_close_matches(token.text[1:], sorted(commands.KNOWN), n=1, cutoff=0.75)
    help = rf"did you mean `\{close[0]}`?" if close else None
    span = cursor.span(token.start, token.end)
    return cursor.unreadable("unknown-command", f"litgrad does not know `{token.text}`", span, help=help)


def other(reader: Reader, token: Token) -> Node:
    """A character without a meaning in a formula."""
    span = reader.cursor.span(token.start, token.end)
    return reader.cursor.unreadable(
        "unreadable-math", f"`{token.text}` has no meaning in a formula here", span
    )


_COMMANDS: tuple[tuple[frozenset[str], Callable[[Reader, Token], Node]], ...] = (
    (commands.FRACTIONS, fraction),
    (frozenset(["sqrt"]), root),
    (commands.ACCENTS, accent),
    (commands.STYLES, style),
    (commands.TEXTS, text),
    (frozenset(["left"]), stretchy),
    (commands.WITH_IGNORED_ARGUMENT, ignored),
)

ATOMS: dict[Kind, Callable[[Reader, Token], Node]] = {
    Kind.LETTER: letter,
    Kind.NUMBER: number,
    Kind.OPERATOR: operator,
    Kind.OPEN: group,
    Kind.BAR: bars,
    Kind.COMMAND: command,
    Kind.BEGIN: array,
    Kind.OTHER: other,
}
