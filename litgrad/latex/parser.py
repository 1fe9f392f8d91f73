"""`parse_math`: one math segment to a Formula of rows; always returns a tree."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from litgrad.document import MathBlock
from litgrad.latex import commands
from litgrad.latex.atoms import skip_columns, unpaired
from litgrad.latex.cursor import Cursor
from litgrad.latex.expressions import Expressions
from litgrad.latex.lexer import Kind, Token, tokenize
from litgrad.latex.macros import USUAL, Fault, Macros, expand
from litgrad.latex.pairs import pair
from litgrad.latex.tidy import tidy
from litgrad.latex.tree import Formula, Node, Row, Sign

_PUNCTUATION = (",", ".", ";")
_BETWEEN_LINES = (Kind.NEW_ROW, Kind.ALIGN, Kind.WIDE_SPACE)


def parse_all(blocks: Iterable[MathBlock], macros: Macros = USUAL) -> Iterator[Formula]:
    """Read the math segments of a post in order; a macro holds from its definition on."""
    for block in blocks:
        formula = parse_math(block, macros)
        if formula.defines:
            macros = {**macros, **formula.defines}
        yield formula


def parse_math(block: MathBlock, macros: Macros = USUAL) -> Formula:
    """Read a math segment.

    Takes the segment with its place in the post, and the macros in force. Gives its rows, each a
    chain of sides and relation signs, and the macros that it defines. What cannot be read stands
    as an Unreadable node with a diagnostic; the whole segment is always consumed.
    """
    expansion = expand(tokenize(block.latex), macros)
    tokens = pair(tidy(expansion.tokens, expansion.faults))
    cursor = Cursor(block, tokens)
    _report(cursor, expansion.faults)
    rows: list[Row] = []
    while cursor.token is not None:
        _read_rows(cursor, rows)
        _skip_stray(cursor)
    _report_lone_backslash(cursor)
    _report_lone_sign(cursor, rows)
    found = tuple(cursor.diagnostics)
    return Formula(block.span, block.display, block.latex, tuple(rows), found, expansion.defines)


def _report(cursor: Cursor, faults: Iterable[Fault]) -> None:
    for fault in faults:
        cursor.report(fault.code, fault.message, cursor.span(fault.start, fault.end), help=fault.help)


def _report_lone_backslash(cursor: Cursor) -> None:
    """A backslash with nothing behind it ends the formula."""
    text = cursor.block.latex.rstrip()
    if text.endswith("\\") and not text.endswith("\\\\"):
        span = cursor.span(len(text) - 1, len(text))
        cursor.report("missing-operand", "a command's name is missing after `\\`", span, help="remove it")


def _report_lone_sign(cursor: Cursor, rows: list[Row]) -> None:
    """A display that is an equals sign and nothing else; in a sentence, `=` may be spoken of."""
    lone = len(rows) == 1 and not any(rows[0].sides) and rows[0].relations[0].symbol == "="
    if lone and cursor.block.display:
        cursor.report("missing-operand", "nothing stands beside `=`", rows[0].span)


def _skip_stray(cursor: Cursor) -> None:
    """Report a closing that nothing opened, and go on behind it."""
    if cursor.token is not None:
        unpaired(cursor, cursor.take())


# -------------------------------- rows and environments --------------------------------


def _read_rows(cursor: Cursor, rows: list[Row]) -> None:
    """Rows up to the end of the environment, of the segment, or a stray closing."""
    while (token := cursor.token) is not None:
        if token.kind in (Kind.NEW_ROW, Kind.ALIGN, Kind.WIDE_SPACE):
            cursor.take()
        elif token.kind is Kind.END:
            return
        elif _begins_rows(cursor, token):
            _environment(cursor, rows)
        else:
            rows.extend(_line(cursor))


def _begins_rows(cursor: Cursor, token: Token) -> bool:
    """An environment of equations; an array is one where it stands alone and its cells hold relations."""
    if token.kind is not Kind.BEGIN:
        return False
    if token.text in commands.ROW_ENVIRONMENTS:
        return True
    if token.text != "array" or token.match is None or not _ends_line(cursor, token.match.at + 1):
        return False
    inside = cursor.tokens[token.at + 1 : token.match.at]
    return _has_relation(inside)


def _ends_line(cursor: Cursor, at: int) -> bool:
    """Whether nothing but punctuation is left of the line."""
    for token in cursor.tokens[at : cursor.end]:
        if token.kind in (Kind.NEW_ROW, Kind.END):
            return True
        if token.kind not in (Kind.SEPARATOR, Kind.WIDE_SPACE, Kind.TAG):
            return False
    return True


def _environment(cursor: Cursor, rows: list[Row]) -> None:
    begin = cursor.take()
    skip_columns(cursor, begin)
    if begin.match is None:
        unpaired(cursor, begin)
    _read_rows(cursor, rows)
    if begin.match is not None and cursor.token is begin.match:
        cursor.take()


# -------------------------------- lines --------------------------------


def _line(cursor: Cursor) -> list[Row]:
    """One printed line: usually one row, several where equations stand side by side."""
    start, end = cursor.at, _line_end(cursor)
    line = cursor.tokens[start:end]
    tag = next((token.words for token in line if token.kind is Kind.TAG), None)
    columns = [] if _goes_on_below(cursor, end) else _columns(line)
    pieces = [piece for column in columns or [line] for piece in _equations(_without_marks(column))]
    rows = [_row(cursor, piece, tag, breaks_line=index == 0) for index, piece in enumerate(pieces)]
    cursor.at = end
    return [row for row in rows if row is not None]


def _line_end(cursor: Cursor) -> int:
    """Where the line ends: a row break or an environment's edge that no bracket holds."""
    at = cursor.at
    while at < cursor.end:
        token = cursor.tokens[at]
        if token.kind is Kind.NEW_ROW or (token.kind is Kind.BEGIN and _begins_rows(cursor, token)):
            break
        if token.kind is Kind.END:
            return max(at, cursor.at + (at == cursor.at))
        at = token.match.at + 1 if token.match is not None and token.match.at > at else at + 1
    return at


def _goes_on_below(cursor: Cursor, end: int) -> bool:
    """Whether the next line opens with a relation."""
    after = (token for token in cursor.tokens[end : cursor.end] if token.kind not in _BETWEEN_LINES)
    token = next(after, None)
    return token is not None and token.kind is Kind.RELATION


def _columns(line: list[Token]) -> list[list[Token]]:
    """The equations side by side in `a &= b & c &= d`: every second mark ends one, if another follows."""
    columns: list[list[Token]] = [[]]
    depth = marks = 0
    for token, after in pairwise([*line, None]):
        assert token is not None
        depth += _nesting(token)
        marks += depth == 0 and token.kind is Kind.ALIGN
        opens = after is not None and after.kind is not Kind.RELATION
        if depth == 0 and token.kind is Kind.ALIGN and marks % 2 == 0 and opens:
            columns.append([])
        columns[-1].append(token)
    return columns if len(columns) > 1 and all(map(_is_equation, columns)) else []


def _is_equation(tokens: list[Token]) -> bool:
    """Whether a relation stands between two sides."""
    held = _without_marks(tokens)
    places = [at for at, token in enumerate(held) if token.kind is Kind.RELATION]
    return bool(places) and places[0] > 0 and places[-1] < len(held) - 1


def _without_marks(line: list[Token]) -> list[Token]:
    """A line without its tags and the alignment marks that no environment in it holds."""
    if not any(token.kind is Kind.TAG or token.kind is Kind.ALIGN for token in line):
        return line
    kept: list[Token] = []
    inside = 0
    for token in line:
        inside += _nesting(token)
        if token.kind is not Kind.TAG and (inside or token.kind is not Kind.ALIGN):
            kept.append(token)
    return kept


def _nesting(token: Token) -> int:
    """What a paired token does to the depth."""
    if token.match is None:
        return 0
    return 1 if token.kind in (Kind.OPEN, Kind.BEGIN) else -1


def _equations(tokens: list[Token]) -> list[list[Token]]:
    """A line's equations: split at `\\quad` and commas where both sides hold a relation of their own."""
    if not any(token.kind is Kind.WIDE_SPACE or token.text in (",", ";") for token in tokens):
        return [tokens]
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
    reader = Expressions(part)
    sides: list[Node | None] = [None if part.next_is(Kind.RELATION) else reader.side()]
    relations: list[Sign] = []
    while part.token is not None:
        if not part.next_is(Kind.RELATION):
            sides[-1] = reader.leftover()
            break
        relations.append(reader.relation())
        over = part.token is None or part.next_is(Kind.RELATION)
        sides.append(None if over else reader.side())
    span = cursor.span(tokens[0].start, tokens[-1].end)
    return Row(span, tuple(sides), tuple(relations), tag, punctuation, breaks_line)


def _without_punctuation(tokens: list[Token]) -> tuple[list[Token], str]:
    end = len(tokens)
    while end and _is_punctuation(tokens[end - 1]):
        end -= 1
    start = 0
    while start < end and tokens[start].kind is Kind.WIDE_SPACE:
        start += 1
    marks = "".join(token.text for token in tokens[end:] if token.kind is Kind.SEPARATOR)
    return tokens[start:end], marks[:1]


def _is_punctuation(token: Token) -> bool:
    """What may end a line; `\\right.` is none."""
    return token.kind is Kind.WIDE_SPACE or (token.kind is Kind.SEPARATOR and token.text in _PUNCTUATION)
