"""Quotes, dashes and dots of prose as printers set them, as most site generators do."""

import re

_KEPT = re.compile(
    r"(<(code|pre|kbd)\b.*?</\2>|<[^>]*>|&lt;[/!]?[a-zA-Z](?:(?!&gt;).){0,400}&gt;)", re.DOTALL
)
"""Code, tags, and tags that are shown as their author typed them."""
_BLOCK = re.compile(r"</?(?:p|li|h\d|td|th|blockquote|br|ul|ol|tr|div)\b")
_QUOTE = re.compile(r"&quot;|'")
_OPENERS = frozenset(" \n\t([{—–\u00a0")
_DASHES = (
    (re.compile(r"(?<=[\w\s.,)])---(?=[\w\s(])"), "—"),
    (re.compile(r"(?<=\s)--(?=\s)|(?<=\w)--(?=\w)"), "–"),
    (re.compile(r"(?<!\.)\.\.\.(?!\.)"), "…"),
)


def typeset(html: str, *, after_formula: bool = False) -> str:
    """Rendered prose with its straight quotes bent; code and tags stay as they are.

    Takes whether a formula stands before it in the same paragraph.

    >>> typeset("<p>&quot;It's so,&quot; he said -- <code>a--b</code>...</p>")
    '<p>“It’s so,” he said – <code>a--b</code>…</p>'
    >>> typeset("&quot; is read", after_formula=True), typeset("x'&lt;b&gt;")
    ('” is read', 'x’&lt;b&gt;')
    >>> typeset("&lt;img alt=&quot;A&quot;&gt;")
    '&lt;img alt=&quot;A&quot;&gt;'
    """
    if not re.search(r"&quot;|'|--|\.\.\.", html):
        return html
    before = "x" if after_formula else " "
    out: list[str] = []
    at = 0
    for found in _KEPT.finditer(html):
        text = _set(html[at : found.start()], before)
        out += (text, found[0])
        before = " " if _BLOCK.match(found[0]) else "x" if found[2] else text[-1:] or before
        at = found.end()
    return "".join((*out, _set(html[at:], before)))


def _set(text: str, before: str) -> str:
    for pattern, sign in _DASHES:
        text = pattern.sub(sign, text)
    return _QUOTE.sub(lambda found: _bent(found, before), text)


def _bent(found: re.Match[str], before: str) -> str:
    previous = found.string[found.start() - 1] if found.start() else before
    opens = previous in _OPENERS
    return ("“" if opens else "”") if found[0] == "&quot;" else ("‘" if opens else "’")
