"""What a list of posts tells of one: its first sentences, without markup."""

import re
from collections.abc import Iterator
from html import unescape

from litgrad.document import Document, MathBlock
from litgrad.page.linear import plain_name

_LONGEST = 190
_PARAGRAPH = re.compile(r"<p>(.*?)(?:</p>|$)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NAME = re.compile(r"\\?[A-Za-z]+(?:_(?:\w|\{\w+\}))?")


def lead_of(document: Document) -> str:
    """The first paragraph of a post up to its first formula that is more than a name, and not much of it.

    >>> from litgrad.document import Prose
    >>> from litgrad.source import Source
    >>> prose = Prose("<h1>P</h1><p>All <em>of</em> it.</p><p>More.</p>")
    >>> lead_of(Document(Source("p.md", ""), "P", {}, (prose,)))
    'All of it.'
    """
    text = " ".join(unescape("".join(_pieces(document))).split())
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST].rsplit(' ', 1)[0]}…"
    return re.sub(r"[\s,;:]*[,;:…]$", "…", text)


def _pieces(document: Document) -> Iterator[str]:
    begun = False
    for piece in document.flow:
        if isinstance(piece, MathBlock):
            if begun and (piece.display or not _NAME.fullmatch(piece.latex.strip())):
                yield "…"
                return
            yield plain_name(piece.latex.strip()) if begun else ""
            continue
        html = piece.html
        if not begun:
            found = _PARAGRAPH.search(html)
            if found is None:
                continue
            begun, html = True, html[found.start(1) :]
        yield _TAG.sub("", html.partition("</p>")[0])
        if "</p>" in html:
            return
