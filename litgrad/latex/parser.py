"""`parse_math`: one math segment to a Formula of rows; always returns a tree."""

from litgrad.document import MathBlock
from litgrad.latex import commands
from litgrad.latex.atoms import skip_group
from litgrad.latex.cursor import Cursor
from litgrad.latex.expressions import Expressions
from litgrad.latex.lexer import Kind, Token, tokenize
from litgrad.latex.tree import Formula, Node, Row, Sign, Unreadable

_PUNCTUATION = (",", ".", ";")


def parse_math(block: MathBlock) -> Formula:
    """Read a math segment.

    Takes the segment with its place in the post; gives its rows, each a chain of sides and
    relation signs. What cannot be read stands as an Unreadable node with a diagnostic; the
    whole segment is always consumed.
    """
    cursor = Cursor(block, tokenize(block.latex))
    rows: list[Row] = []
    while cursor.token is not None:
        _read_rows(cursor, rows)
        _skip_stray(cursor)
    _report_lone_backslash(cursor)
    return Formula(block.span, block.display, block.latex, tuple(rows), tuple(cursor.diagnostics))


def _report_lone_backslash(cursor: Cursor) -> None:
    """A backslash with nothing behind it ends the formula."""
    text = cursor.block.latex.rstrip()
    if text.endswith("\\") and not text.endswith("\\\\"):
        span = cursor.span(len(text) - 1, len(text))
        cursor.report("missing-operand", "a command's name is missing after `\\`", span, help="remove it")


def _skip_stray(cursor: Cursor) -> None:
    """Report a closing that nothing opened, and go on behind it."""
    token = cursor.token
    if token is None:
        return
    cursor.take()
    name = rf"\end{{{token.text}}}" if token.kind is Kind.END else token.text
    span = cursor.span(token.start, token.end)
    cursor.report("unbalanced", f"`{name}` closes nothing", span, help="remove it or open it before")


def _read_rows(cursor: Cursor, rows: list[Row]) -> None:
    """Rows up to the end of the environment, of the segment, or a stray closing."""
    while (token := cursor.token) is not None:
        if token.kind in (Kind.NEW_ROW, Kind.ALIGN, Kind.WIDE_SPACE):
            cursor.take()
        elif token.kind is Kind.END or (token.kind is Kind.CLOSE) or token.text == r"\right":
            return
        elif token.kind is Kind.BEGIN and token.text in commands.ROW_ENVIRONMENTS:
            _environment(cursor, rows)
        else:
            rows.extend(_line(cursor))


def _environment(cursor: Cursor, rows: list[Row]) -> None:
    begin = cursor.take()
    if begin.text in commands.WITH_COLUMNS and cursor.next_is(Kind.OPEN, "{"):
        skip_group(cursor)
    _read_rows(cursor, rows)
    if cursor.next_is(Kind.END, begin.text):
        cursor.take()
        return
    span = cursor.span(begin.start, begin.end)
    message = f"environment `{begin.text}` is never closed"
    cursor.report("unbalanced", message, span, help=rf"close it with `\end{{{begin.text}}}`")


def _line(cursor: Cursor) -> list[Row]:
    """One printed line: usually one row, several where equations stand side by side."""
    start, end = cursor.at, _line_end(cursor)
    tag, kept = _without_tags(cursor, start, end)
    pieces = _equations(kept)
    rows = [_row(cursor, piece, tag, breaks_line=index == 0) for index, piece in enumerate(pieces)]
    cursor.at = end
    return [row for row in rows if row is not None]


def _line_end(cursor: Cursor) -> int:
    """Where the line ends: a row break, an environment's edge, or a closing of something outside."""
    depth = 0
    for index in range(cursor.at, cursor.end):
        token = cursor.tokens[index]
        rows_begin = token.kind is Kind.BEGIN and token.text in commands.ROW_ENVIRONMENTS
        if depth == 0 and (token.kind is Kind.NEW_ROW or rows_begin):
            return index
        depth += _nesting(token)
        if depth < 0:
            return max(index, cursor.at + 1) if index == cursor.at else index
    return cursor.end


def _nesting(token: Token) -> int:
    if token.kind in (Kind.OPEN, Kind.BEGIN) or token.text == r"\left":
        return 1
    if token.kind in (Kind.CLOSE, Kind.END) or token.text == r"\right":
        return -1
    return 0


def _without_tags(cursor: Cursor, start: int, end: int) -> tuple[str | None, list[Token]]:
    """The line's tokens without alignment marks, labels and tags; the tag's text."""
    tag = None
    kept: list[Token] = []
    cursor.at = start
    while cursor.at < end:
        token = cursor.take()
        if token.text in (r"\tag", r"\label"):
            begin = cursor.at
            skip_group(cursor)
            words = cursor.block.latex[cursor.tokens[begin].end : cursor.tokens[cursor.at - 1].start]
            tag = words if token.text == r"\tag" else tag
        elif token.kind is not Kind.ALIGN or _inside(kept):
            kept.append(token)
    return tag, kept


def _inside(tokens: list[Token]) -> bool:
    return sum(_nesting(token) for token in tokens) > 0


def _equations(tokens: list[Token]) -> list[list[Token]]:
    """A line's equations: split at `\\quad` and commas where both sides hold a relation of their own."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += _nesting(token)
        if depth == 0 and (token.kind is Kind.WIDE_SPACE or token.text in (",", ";")):
            pieces.append([token])
        else:
            pieces[-1].append(token)
    return _joined(pieces)


def _joined(pieces: list[list[Token]]) -> list[list[Token]]:
    """Pieces without a relation of their own go with the one before."""
    joined = [pieces[0]]
    for piece in pieces[1:]:
        if _has_relation(piece) and _has_relation(joined[-1]):
            joined[-1].extend(piece[:1] if piece[0].text in _PUNCTUATION else [])
            joined.append(piece[1:])
        else:
            joined[-1].extend(piece)
    return joined


def _has_relation(tokens: list[Token]) -> bool:
    depth = 0
    for token in tokens:
        depth += _nesting(token)
        if depth == 0 and token.kind is Kind.RELATION:
            return True
    return False


def _row(cursor: Cursor, tokens: list[Token], tag: str | None, *, breaks_line: bool) -> Row | None:
    tokens, punctuation = _without_punctuation(tokens)
    if not tokens:
        return None
    part = Cursor(cursor.block, tokens, diagnostics=cursor.diagnostics)
    sides: list[Node | None] = [None if part.next_is(Kind.RELATION) else Expressions(part).side()]
    relations: list[Sign] = []
    while part.token is not None:
        if not part.next_is(Kind.RELATION):
            sides[-1] = _leftover(part)
            break
        relations.append(part.sign(part.take()))
        sides.append(None if part.token is None else Expressions(part).side())
    span = cursor.span(tokens[0].start, tokens[-1].end)
    if not any(sides):
        cursor.report("missing-operand", f"nothing stands beside `{relations[0].symbol}`", span)
    return Row(span, tuple(sides), tuple(relations), tag, punctuation, breaks_line)


def _without_punctuation(tokens: list[Token]) -> tuple[list[Token], str]:
    end = len(tokens)
    while end and (tokens[end - 1].text in _PUNCTUATION or tokens[end - 1].kind is Kind.WIDE_SPACE):
        end -= 1
    return tokens[:end], "".join(token.text for token in tokens[end:] if token.text in _PUNCTUATION)[:1]


def _leftover(part: Cursor) -> Unreadable:
    """A token that no side can take, such as a closing bracket that nothing opened."""
    token = part.take()
    part.at = part.end
    span = part.span(token.start, token.end)
    return part.unreadable(
        "unbalanced", f"`{token.text}` closes nothing", span, help="remove it or open it before"
    )
