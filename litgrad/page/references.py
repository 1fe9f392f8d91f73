"""References to equations, `\\eqref{loss}` and `equation (7)`, as links to the formula they mean."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from litgrad.document import MathBlock
from litgrad.latex.tree import Formula

_LABEL = re.compile(r"\\label\s*\{([^{}]{1,100})\}")
_TAG = re.compile(r"<[^>]*>")
_REFERENCE = re.compile(
    r"\\(?P<command>eqref|ref)\s*\{(?P<label>[^{}]{1,100})\}"
    r"|(?P<word>\b(?:[Ee]quations?|[Ee]qs?\.)(?:\s|&nbsp;)*)\((?P<tag>[^()<>\s]{1,20})\)"
)
_VERBATIM = re.compile(r"</?(code|pre|a)\b")


class References:
    """The labels and tags of a post's formulas, by which prose refers to them."""

    def __init__(self, blocks: Iterable[MathBlock], formulas: Iterable[Formula]) -> None:
        self._labels: dict[str, tuple[int, str]] = {}
        self._tags: dict[str, int] = {}
        for index, (block, formula) in enumerate(zip(blocks, formulas, strict=True)):
            tags = [row.tag for row in formula.rows if row.tag]
            for tag in tags:
                self._tags.setdefault(tag, index)
            for label in _LABEL.findall(block.latex):
                self._labels.setdefault(label.strip(), (index, tags[0] if len(tags) == 1 else ""))

    def linked(self, html: str, lines: Mapping[int, int]) -> str:
        """Rendered prose with its references as links; `lines` gives the line of each formula.

        Text in code and in other links stays as it is.
        """
        if not self._labels and not self._tags:
            return html
        return "".join(self._pieces(html, lines))

    def _pieces(self, html: str, lines: Mapping[int, int]) -> Iterator[str]:
        verbatim, at = 0, 0
        for match in (*_TAG.finditer(html), None):
            text = html[at : match.start() if match else len(html)]
            yield text if verbatim else _REFERENCE.sub(lambda found: self._link(found, lines), text)
            if match:
                verbatim += _depth(match[0])
                at = match.end()
                yield match[0]

    def _link(self, found: re.Match[str], lines: Mapping[int, int]) -> str:
        if found["tag"] is not None:
            index = self._tags.get(found["tag"])
            return found[0] if index is None else f"{found['word']}{_anchor(index, found['tag'])}"
        target = self._labels.get(found["label"].strip())
        if target is None:
            return found[0]
        index, tag = target
        return _anchor(index, tag or f"line {lines[index]}")


def _depth(tag: str) -> int:
    """Whether a tag opens (1) or closes (-1) text that is left alone."""
    if not _VERBATIM.match(tag):
        return 0
    return -1 if tag.startswith("</") else 1


def _anchor(index: int, words: str) -> str:
    shown = words if words.startswith("&") else escape(words, quote=False)
    return f'<a class="eqref" href="#f{index}">({shown})</a>'
