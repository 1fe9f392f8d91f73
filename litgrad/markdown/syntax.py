"""The Markdown that posts are written in: CommonMark, tables, front matter and math; no raw HTML."""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from mdit_py_plugins.front_matter import front_matter_plugin

from litgrad.markdown.bars import hide_bars, show_bars
from litgrad.markdown.blocks import display_math, environment_math
from litgrad.markdown.comments import comment_block
from litgrad.markdown.containers import container
from litgrad.markdown.fences import unless_open_math
from litgrad.markdown.inlines import inline_math
from litgrad.markdown.interruptions import Rule, underlined_unless_in_math, unless_in_math
from litgrad.markdown.markup import import_block, markup, raw_block

_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_BLOCKS: dict[str, Rule] = {
    "container": container,
    "imports": import_block,
    "comment": comment_block,
    "raw": raw_block,
    "math_block": display_math,
    "math_environment": environment_math,
}
"""Rules that come before those of CommonMark, in this order."""
_INTERRUPTING = {
    "blockquote": "paragraph reference blockquote list",
    "hr": "paragraph reference blockquote list",
    "list": "paragraph reference blockquote",
    "heading": "paragraph reference blockquote",
    "table": "paragraph reference",
}
"""Rules of CommonMark that end the blocks named behind them, as markdown-it has it."""
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")
_SCHEMES = frozenset(["http:", "https:", "mailto:"])
_IGNORED_IN_URLS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff]+")


@cache
def parser() -> MarkdownIt:
    """The parser; it keeps nothing from one post to the next."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.use(front_matter_plugin)
    markdown.core.ruler.before("block", "hide_bars", hide_bars)
    markdown.core.ruler.after("block", "show_bars", show_bars)
    for name, rule in _BLOCKS.items():
        markdown.block.ruler.before("code", name, rule, _INTERRUPTS)
    _guard(markdown)
    markdown.inline.ruler.before("escape", "math", inline_math)
    markdown.inline.ruler.before("math", "markup", markup)
    markdown.validateLink = is_allowed_link  # type: ignore[method-assign]
    return markdown


def _guard(markdown: MarkdownIt) -> None:
    """Let no line of a formula end its paragraph."""
    rules: dict[str, Rule] = {rule.name: rule.fn for rule in markdown.block.ruler.__rules__}
    for name, alternatives in _INTERRUPTING.items():
        markdown.block.ruler.at(name, unless_in_math(rules[name]), {"alt": alternatives.split()})
    markdown.block.ruler.at("fence", unless_open_math(rules["fence"]), _INTERRUPTS)
    markdown.block.ruler.at("lheading", underlined_unless_in_math(rules["lheading"]))


def is_allowed_link(url: str) -> bool:
    """Whether a link goes to http, https, mailto, a relative address or a fragment.

    >>> is_allowed_link("JavaScript:alert(1)"), is_allowed_link("b.md#part")
    (False, True)
    """
    scheme = _SCHEME.match(_IGNORED_IN_URLS.sub("", url).lower())
    return scheme is None or scheme[0] in _SCHEMES
