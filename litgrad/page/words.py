"""Sentences about formulas, with the LaTeX between backticks drawn as math."""

from html import escape

from markupsafe import Markup

from litgrad.document import MathBlock
from litgrad.latex.parser import parse_math
from litgrad.page.mathml import Drawing, sign_glyph
from litgrad.source import Source, Span


def drawn(text: str) -> Markup:
    """A sentence as HTML: what stands between backticks as math where it reads, else as code.

    >>> drawn("see `=`, line 3")
    Markup('see <code>=</code>, line 3')
    """
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return Markup(escape(text))  # noqa: S704 - escaped
    parts = (math(piece) if index % 2 else Markup(escape(piece)) for index, piece in enumerate(pieces))  # noqa: S704
    return Markup("").join(parts)


def math(latex: str) -> Markup:
    """A short piece of LaTeX as inline math, or as code where it does not read."""
    block = MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False)
    formula = parse_math(block)
    drawing = Drawing(Source("", latex), {})
    sides = formula.rows[0].sides if len(formula.rows) == 1 else ()
    if formula.diagnostics or not sides or any(side is None for side in sides):
        return Markup(f"<code>{escape(latex)}</code>")  # noqa: S704 - escaped
    signs = [f"<mo>{escape(sign_glyph(sign.symbol))}</mo>" for sign in formula.rows[0].relations]
    rows = [drawing.row(side).html() for side in sides if side is not None]
    inner = rows[0] + "".join(sign + row for sign, row in zip(signs, rows[1:], strict=True))
    return Markup(f"<math>{inner}</math>")  # noqa: S704 - every text in it is escaped
