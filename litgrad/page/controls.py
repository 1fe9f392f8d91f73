"""Characters that would change how a page reads without being seen."""

_HIDDEN = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff"
_TABLE = {ord(character): "\ufffd" for character in _HIDDEN}


def visible(html: str) -> str:
    """A page with direction controls replaced, so that what is shown is what is written.

    >>> visible("a\\u202eb") == "a\\ufffdb"
    True
    """
    return html.translate(_TABLE)
