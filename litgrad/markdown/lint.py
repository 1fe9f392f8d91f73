"""What a site engine eats of the math in a post, at its exact place, as warnings."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from litgrad.diagnostics import Diagnostic, Label
from litgrad.document import Document, MathBlock
from litgrad.markdown.engines import Engine
from litgrad.records import dataclass
from litgrad.source import Span

_CODE = "engine-eats"
_RUN = re.compile(r"\\+")
_MASKED = re.compile(r"\\[^A-Za-z0-9\s]|(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_PARAGRAPH = re.compile(r"(?:^|(?<=\n))[^\n]*\S[^\n]*(?:\n[^\n]*[^\s>][^\n]*)*")
_DASHES = re.compile(r"[ >]*\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*")
_BAR = re.compile(r"(?<!\\)\|")
_BLOCKS = (
    "address|article|aside|blockquote|center|dd|details|div|dl|dt|figcaption|figure|footer|form|header|iframe"
)
_MORE_BLOCKS = "|li|main|nav|ol|p|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
_HTML_BLOCK = re.compile(rf"[ >]*</?(?:{_BLOCKS}{_MORE_BLOCKS})(?![\w-])", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"<(/?)(?:{_BLOCKS}{_MORE_BLOCKS})(?![\w-])", re.IGNORECASE)
_MASK = "."


@dataclass(frozen=True, slots=True)
class _Piece:
    """A formula, its text in the post with its marks, and how its marks are called."""

    block: MathBlock
    start: int
    end: int
    mark: str
    raw: str


def lint(document: Document, engine: Engine) -> Iterator[Diagnostic]:
    """What an engine eats of each formula.

    Takes a document and a row of `ENGINES`. Gives a warning per escape, emphasis and bar that would not reach
    the page as the author wrote it; an escape that litgrad takes back itself was meant for the engine.
    """
    text = document.source.text
    pieces = [_piece(text, block) for block in document.math]
    for paragraph, inside in _paragraphs(text, [piece for piece in pieces if piece.mark], engine):
        for piece in inside:
            if piece.mark in engine.escapes and piece.start >= paragraph.start():
                yield from _escapes(piece, engine)
        yield from _emphasis(text, paragraph, inside, engine)
        yield from _bars(paragraph, inside, engine)


def _piece(text: str, block: MathBlock) -> _Piece:
    raw = text[block.span.start : block.span.end]
    marks = ("$`", "$$", "$", r"\\(", r"\\[", r"\(", r"\[", r"\begin")
    mark = next((mark for mark in marks if raw.startswith(mark)), "")
    known = {"$`": "", r"\\(": r"\(", r"\\[": r"\["}
    return _Piece(block, block.span.start, block.span.end, known.get(mark, mark), raw)


def _warning(message: str, start: int, end: int, help_: str, related: tuple[Label, ...] = ()) -> Diagnostic:
    return Diagnostic(_CODE, message, Span(start, end), related=related, help=help_)


# -------------------------------- backslashes --------------------------------


def _escapes(piece: _Piece, engine: Engine) -> Iterator[Diagnostic]:
    kept = _kept(piece.block)
    for match in _RUN.finditer(piece.raw):
        start, end = piece.start + match.start(), piece.start + match.end()
        after = piece.raw[match.end() : match.end() + 1]
        eaten = len(match[0]) // 2 + (len(match[0]) % 2 if after in engine.escapable and after else 0)
        is_mark = match.start() == 0 or end + 1 == piece.end
        undone = (
            len(match[0]) // 2
            if is_mark and piece.mark != r"\begin"
            else sum(at not in kept for at in range(start, end))
        )
        if eaten <= undone:
            continue
        shown = match[0] + (after if len(match[0]) % 2 else "")
        left = "\\" * (len(match[0]) - eaten) + (after if len(match[0]) % 2 else "")
        message = f"{engine.title} takes `{shown}` for `{left}` before the formula is drawn"
        yield _warning(message, start, start + len(shown), engine.advice)


def _kept(block: MathBlock) -> frozenset[int]:
    """The offsets in the post of the characters that the formula is made of."""
    bounds = [*block.origin[1:], (len(block.latex), 0)]
    ranges = (
        range(source, source + stop - at)
        for (at, source), (stop, _) in zip(block.origin, bounds, strict=True)
    )
    return frozenset(offset for one in ranges for offset in one)


# -------------------------------- emphasis and bars --------------------------------


def _paragraphs(
    text: str, pieces: Sequence[_Piece], engine: Engine
) -> Iterator[tuple[re.Match[str], Sequence[_Piece]]]:
    """The paragraphs that hold math, with it; not those in HTML, where the engine reads no Markdown."""
    index = depth = 0
    for paragraph in _PARAGRAPH.finditer(text):
        while index < len(pieces) and pieces[index].end <= paragraph.start():
            index += 1
        stop = index
        while stop < len(pieces) and pieces[stop].start < paragraph.end():
            stop += 1
        is_html = depth > 0 or _HTML_BLOCK.match(paragraph[0]) is not None
        if engine.html == "element" and is_html:
            tags = _BLOCK_TAG.findall(paragraph[0])
            depth = max(depth + sum(-1 if slash else 1 for slash in tags), 0)
        if stop > index and not is_html:
            yield paragraph, pieces[index:stop]


def _emphasis(
    text: str, paragraph: re.Match[str], pieces: Sequence[_Piece], engine: Engine
) -> Iterator[Diagnostic]:
    exposed = [piece for piece in pieces if piece.mark in engine.emphasised]
    if not any(character in piece.raw for piece in exposed for character in "_*"):
        return
    masked = _masked(text, paragraph, [piece for piece in pieces if piece.mark not in engine.emphasised])
    for match in engine.emphasis.finditer(masked):
        ends = (paragraph.start() + match.start(), paragraph.start() + match.end() - 1)
        hit = [at for at in ends if _is_within(exposed, at)]
        if hit:
            others = tuple(Label(Span(at, at + 1), "and this") for at in ends if at != hit[0])
            message = f"{engine.title} takes `{text[hit[0]]}` for emphasis before the formula is drawn"
            yield _warning(message, hit[0], hit[0] + 1, engine.advice, others)


def _is_within(pieces: Sequence[_Piece], at: int) -> bool:
    index = bisect_right(pieces, at, key=_start) - 1
    return index >= 0 and at < pieces[index].end


def _start(piece: _Piece) -> int:
    return piece.start


def _masked(text: str, paragraph: re.Match[str], hidden: Sequence[_Piece]) -> str:
    """A paragraph in which code, escaped characters and math that is safe are full stops."""
    pieces: list[str] = []
    at = paragraph.start()
    for piece in hidden:
        start, end = max(piece.start, at), min(piece.end, paragraph.end())
        pieces += [text[at:start], _MASK * max(end - start, 0)]
        at = max(end, at)
    pieces.append(text[at : paragraph.end()])
    return _MASKED.sub(lambda match: _MASK * len(match[0]), "".join(pieces))


def _bars(paragraph: re.Match[str], pieces: Sequence[_Piece], engine: Engine) -> Iterator[Diagnostic]:
    lines = paragraph[0].split("\n")
    if engine.bars == "lines":
        is_table = all(_BAR.search(line) for line in lines) and not lines[0].lstrip(" >").startswith("$$")
        is_table = is_table or any(map(_DASHES.fullmatch, lines[1:2]))
    else:
        is_table = len(lines) > 1 and "|" in lines[0] and _DASHES.fullmatch(lines[1]) is not None
    for piece in pieces if is_table else ():
        for match in _BAR.finditer(piece.raw):
            at = piece.start + match.start()
            message = f"{engine.title} ends a cell of a table at this `|`"
            yield _warning(message, at, at + 1, r"write `\vert` or `\mid` for it")
