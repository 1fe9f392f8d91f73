"""Lines indented below a footnote, an admonition or tab of MkDocs, a list: Markdown, not code."""

import re

from markdown_it.rules_block import StateBlock

from litgrad.markdown.closing import text_start

_HEAD = re.compile(r"\[\^[^\]\s]+\]:|(?:!!!|\?\?\?\+?)[ \t]+[\w\"-]|===[!+]?[ \t]+\"")
_LISTS = ("bullet_list_close", "ordered_list_close")
_INDENT = 4


def container(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The indented lines behind a paragraph that opens a container, read as the blocks they are."""
    if silent or not state.is_code_block(start_line) or not _is_below_head(state):
        return False
    state.blkIndent += _INDENT
    state.md.block.tokenize(state, start_line, end_line)
    state.blkIndent -= _INDENT
    return True


def _is_below_head(state: StateBlock) -> bool:
    """Whether the last block is a paragraph that starts with the mark of a container.

    A display that stands further left than the list that it belongs to leaves the list open, too.
    """
    if len(state.tokens) < 3:
        return False
    if state.tokens[-1].type == "math_block":
        return state.tokens[-2].type in _LISTS
    if state.tokens[-1].type != "paragraph_close":
        return False
    opening = state.tokens[-3]
    if opening.type != "paragraph_open" or opening.map is None or opening.level != state.level:
        return False
    return _HEAD.match(state.src, text_start(state, opening.map[0])) is not None
