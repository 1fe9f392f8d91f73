"""What a list of posts tells of one: its first sentences, without markup."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

from litgrad.document import Document, MathBlock
from litgrad.page.linear import plain_name
from litgrad.page.tags import with_tags

_LONGEST = 190
_TRIED = 12
_LEAST_WORDS = 6
"""A paragraph of fewer words tells little."""
_EDGE = re.compile(r"(</?p>)")
_AWAY = re.compile(r'<span class="away">.*?</span>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NAME = re.compile(r"\\?[A-Za-z]+(?:_(?:\w|\{\w+\}))?")


def lead_of(document: Document) -> str:
    """The first telling paragraph of a post, up to its first formula that is more than a name, shortened.

    >>> from litgrad.document import Prose
    >>> from litgrad.source import Source
    >>> prose = Prose("<h1>P</h1><p>Let</p><p>All <em>of</em> it is told here in short.</p><p>More.</p>")
    >>> lead_of(Document(Source("p.md", ""), "P", {}, (prose,)))
    'All of it is told here in short.'
    """
    paragraphs = [" ".join(text.split()) for text in islice(_paragraphs(document), _TRIED)]
    telling = (text for text in paragraphs if len(text.split()) >= _LEAST_WORDS)
    text = next(telling, next(filter(None, paragraphs), ""))
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST].rsplit(' ', 1)[0]}…"
    return re.sub(r"[\s,;:]*[,;:…]$", "…", text)


def _paragraphs(document: Document) -> Iterator[str]:
    """The words of each paragraph up to its first formula that is more than a name."""
    words: list[str] | None = None
    cut = False
    for piece in document.flow:
        if isinstance(piece, MathBlock):
            if words is not None and not cut:
                cut = piece.display or not _NAME.fullmatch(piece.latex.strip())
                words.append("…" if cut else plain_name(piece.latex.strip()))
            continue
        for part in _EDGE.split(_AWAY.sub("", with_tags(piece.html))):
            if part == "<p>":
                words, cut = [], False
            elif part == "</p>" and words is not None:
                yield "".join(words)
                words = None
            elif words is not None and not cut:
                words.append(unescape(_TAG.sub("", part)))
    yield "".join(words or ())
