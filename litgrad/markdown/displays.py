"""Whether math that was found inside a paragraph is a display."""

import re

from markdown_it.token import Token

from litgrad.markdown.delimiters import AFTER_DISPLAY

_FAR = 1_000
"""How much of a line is looked at on either side."""
_TAGS = re.compile(r"<[^<>]*>|\{%[^{}%]*%\}|\{\{[^{}]*\}\}")


def is_display(content: str, math: Token) -> bool:
    """Whether math fills lines of its own in a paragraph, but for tags, or is a display wherever it stands.

    Takes the text of the paragraph and a token of math in it. An environment and `\\[` are displays anywhere.
    """
    if math.markup.startswith("\\begin") or math.markup.endswith("["):
        return True
    if math.markup != "$$":
        return False
    if "\n" in math.content:
        return True
    start, end = math.meta["outer"]
    before = content[max(start - _FAR, 0) : start].rpartition("\n")[2]
    after = content[end : end + _FAR].partition("\n")[0]
    if len(before) == _FAR or len(after) == _FAR or _TAGS.sub("", before).strip():
        return False
    return AFTER_DISPLAY.fullmatch(_TAGS.sub("", after)) is not None
