"""Tags that an author wrote into the Markdown: harmless ones take effect, all others are shown."""

import re

_CODE = re.compile(r"(<(?:code|pre)\b.*?</(?:code|pre)>)", re.DOTALL)
_REST = r"(?:(?!&gt;)[^<])*?"
"""Attributes, as they stand in escaped text."""
_IMAGE = re.compile(rf"&lt;img\b({_REST})/?&gt;", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(src|alt)=(?:&quot;|')((?:(?!&quot;|')[^<>\"])*)(?:&quot;|')", re.IGNORECASE)
_BREAK = re.compile(r"&lt;br\s*/?&gt;", re.IGNORECASE)
_PLAIN = "b|i|em|strong|sub|sup|u|s|small|mark|kbd|q"
_PAIR = re.compile(rf"&lt;({_PLAIN})&gt;((?:(?!&lt;)[^<])*)&lt;/\1&gt;", re.IGNORECASE)
_BOX = re.compile(
    rf"&lt;/?(?:center|div|span|font|figure|p|section|article)(?:\s{_REST})?&gt;", re.IGNORECASE
)
_SHORTCODE = re.compile(rf"\{{\{{(?:&lt;|%)\s*(figure\b)?({_REST})\s*(?:&gt;|%)\}}\}}")
"""What a site generator fills in: `{{< figure src="a.png" >}}`."""
_LIQUID = re.compile(r"\{%-?\s*(\w+)((?:(?!%\}|&lt;).)*)-?%\}")
"""What Jekyll fills in: `{% include figure.html path="a.png" %}`."""
_FILE = re.compile(r"(?:path|src|file)=(?:&quot;|')([\w./-]+)")
_CITE = re.compile(rf"&lt;d-cite({_REST})/?&gt;(?:&lt;/d-cite&gt;)?", re.IGNORECASE)
_KEY = re.compile(r"key=(?:&quot;|')([\w:.,/ +-]+)")
_NOTE = re.compile(r"\s*&lt;d-footnote&gt;|&lt;/d-footnote&gt;", re.IGNORECASE)
_EMPTY = re.compile(r"<p>\s*</p>\n?")


def with_tags(html: str) -> str:
    """Rendered prose in which tags stand as escaped text, with those that do no more than mark words up.

    Takes HTML in which nothing of the author's is a tag. Images come back as `<img>` with address and
    words alone; boxes are left out, their text stays; in code everything stays as it was.

    >>> with_tags("H&lt;sub&gt;2&lt;/sub&gt;O&lt;br/&gt; &lt;script&gt; <code>&lt;br&gt;</code>")
    'H<sub>2</sub>O<br> &lt;script&gt; <code>&lt;br&gt;</code>'
    >>> with_tags("&lt;img src=&quot;a.png&quot; onload=&quot;f()&quot; width=9/&gt;")
    '<img src="a.png" alt="" />'
    >>> with_tags("A &lt;d-cite key=&quot;b2017&quot;/&gt;&lt;d-footnote&gt;C.&lt;/d-footnote&gt;")
    'A <small>[b2017]</small> (C.)'
    >>> with_tags("{% include figure.html path=&quot;img/a.png&quot; %}")
    '<span class="away">include: a.png</span>'
    >>> with_tags("{{% note %}} N {{% /note %}}")
    '<span class="away">note</span> N <span class="away">/note</span>'
    """
    if "&lt;" not in html and "{%" not in html:
        return html
    parts = _CODE.split(html)
    parts[::2] = map(_marked_up, parts[::2])
    return _EMPTY.sub("", "".join(parts))


def _marked_up(text: str) -> str:
    text = _LIQUID.sub(_liquid, _SHORTCODE.sub(_shortcode, text))
    text = _NOTE.sub(lambda found: ")" if "/" in found[0] else " (", _CITE.sub(_cite, text))
    text = _BREAK.sub("<br>", _BOX.sub("", _IMAGE.sub(_image, text)))
    return _PAIR.sub(lambda found: f"<{found[1].lower()}>{found[2]}</{found[1].lower()}>", text)


def _shortcode(found: re.Match[str]) -> str:
    given = {name.lower(): value for name, value in _ATTRIBUTE.findall(found[2])}
    if found[1] and given.get("src"):
        return f'<img src="{given["src"]}" alt="{given.get("alt", "")}" />'
    return f'<span class="away">{found[1] or ""}{found[2].strip()}</span>'


def _liquid(found: re.Match[str]) -> str:
    if found[1] in ("raw", "endraw"):
        return ""
    file = _FILE.search(found[2])
    words = f": {file[1].rsplit('/', 1)[-1]}" if file else ""
    return f'<span class="away">{found[1]}{words}</span>'


def _cite(found: re.Match[str]) -> str:
    key = _KEY.search(found[1])
    return f"<small>[{key[1]}]</small>" if key else ""


def _image(found: re.Match[str]) -> str:
    given = {name.lower(): value for name, value in _ATTRIBUTE.findall(found[1])}
    if not given.get("src"):
        return found[0]
    return f'<img src="{given["src"]}" alt="{given.get("alt", "")}" />'
