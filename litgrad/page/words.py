"""Sentences about formulas, with the LaTeX between backticks drawn as math."""

import re
from functools import lru_cache
from html import escape

from markupsafe import Markup

from litgrad.document import MathBlock
from litgrad.latex import commands
from litgrad.latex.parser import parse_math
from litgrad.page.mathml import Drawing, sign_glyph
from litgrad.source import Source, Span

_PUNCTUATION = re.compile(r"[,.;:!?)]*")


def leading_punctuation(text: str) -> str:
    """The punctuation that may not begin a line on its own.

    >>> leading_punctuation("), and so on")
    '),'
    """
    match = _PUNCTUATION.match(text)
    return match[0] if match else ""


def drawn(text: str) -> Markup:
    """A sentence as HTML: what stands between backticks as math where it reads, else as code.

    >>> drawn("see `=`, line 3")
    Markup('see <code>=</code>, line 3')
    """
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return Markup(escape(text))  # noqa: S704 - escaped
    sentence = Markup(escape(pieces[0]))  # noqa: S704 - escaped
    for latex, words in zip(pieces[1::2], pieces[2::2], strict=True):
        sign = leading_punctuation(words)
        sentence += glued(math(latex), sign) + Markup(escape(words.removeprefix(sign)))  # noqa: S704 - escaped
    return sentence


def glued(shown: Markup, sign: str) -> Markup:
    """A drawn formula and the punctuation after it, which browsers would part at the end of a line."""
    atomic = sign and shown.startswith("<math")
    return Markup('<span class="glue">{}{}</span>').format(shown, sign) if atomic else shown + sign


@lru_cache(maxsize=2048)
def math(latex: str) -> Markup:
    """A short piece of LaTeX as inline math, or as code where it does not read or names an environment."""
    if latex in commands.ARRAY_ENVIRONMENTS | commands.ROW_ENVIRONMENTS:
        return Markup(f"<code>{escape(latex)}</code>")  # noqa: S704 - escaped
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
