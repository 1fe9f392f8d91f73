"""The Markdown that posts are written in: CommonMark, tables, front matter and math; no raw HTML."""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from mdit_py_plugins.front_matter import front_matter_plugin

from litgrad.markdown.blocks import display_math, environment_math
from litgrad.markdown.inlines import inline_math

_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")
_SCHEMES = frozenset(["http:", "https:", "mailto:"])
_IGNORED_IN_URLS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff]+")


@cache
def parser() -> MarkdownIt:
    """The parser; it keeps nothing from one post to the next."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.use(front_matter_plugin)
    markdown.block.ruler.before("fence", "math_block", display_math, _INTERRUPTS)
    markdown.block.ruler.before("fence", "math_environment", environment_math, _INTERRUPTS)
    markdown.inline.ruler.before("escape", "math", inline_math)
    markdown.validateLink = is_allowed_link  # type: ignore[method-assign]
    return markdown


def is_allowed_link(url: str) -> bool:
    """Whether a link goes to http, https, mailto, a relative address or a fragment.

    >>> is_allowed_link("JavaScript:alert(1)"), is_allowed_link("b.md#part")
    (False, True)
    """
    scheme = _SCHEME.match(_IGNORED_IN_URLS.sub("", url).lower())
    return scheme is None or scheme[0] in _SCHEMES
