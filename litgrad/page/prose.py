"""Rendered prose made fit for a page that runs no style of others and fetches nothing."""

import re

from litgrad.images import local_image
from litgrad.page.tags import with_tags

_ALIGNED = re.compile(r'(<t[dh]) style="text-align:(left|right|center)"')
_IMAGE = re.compile(r'<img src="([^"]*)" alt="([^"]*)"[^>]*>')
_ELSEWHERE = re.compile(r"(?:https?:)?//")


def fit(html: str) -> str:
    """Prose with the alignment of cells as classes, and images that lie not beside the post as words.

    >>> fit('<td style="text-align:right">1</td>')
    '<td class="to-right">1</td>'
    >>> fit('<img src="https://x.org/a.png" alt="A cat" />')
    '<span class="away">image: <a href="https://x.org/a.png" rel="noreferrer">A cat</a></span>'
    >>> fit('<img src="cat.png" alt="A cat" />'), fit('<img src="/cat.png" alt="A cat" />')
    ('<img src="cat.png" alt="A cat" />', '<span class="away">image: A cat</span>')
    """
    html = with_tags(html)
    html = _ALIGNED.sub(r'\1 class="to-\2"', html)
    return _IMAGE.sub(_named, html)


def _named(found: re.Match[str]) -> str:
    if found[1].startswith("data:image/") or local_image(found[1]) is not None:
        return found[0]
    if not _ELSEWHERE.match(found[1]) or _is_in_link(found.string, found.start()):
        return f'<span class="away">image: {found[2] or "without words"}</span>'
    words = found[2] or found[1].rsplit("/", 1)[-1] or found[1]
    return f'<span class="away">image: <a href="{found[1]}" rel="noreferrer">{words}</a></span>'


def _is_in_link(html: str, at: int) -> bool:
    return html.rfind("<a ", 0, at) > html.rfind("</a>", 0, at)
