"""Bars inside math in a row of a table, `$p(x|y)$`: hidden while the row is cut into cells."""

import re

from markdown_it.rules_core import StateCore

from litgrad.markdown.delimiters import is_dollar_math

_PLACEHOLDER = "bar-placeholder"
_PRIVATE = range(0xE000, 0xF8FF)
"""Code points without a meaning; the first that the post does not hold stands for a bar."""
_SEGMENT = re.compile(
    r"`+[^`\n]*`+|\\[\\$]|\$\$(?:[^$\\\n]|\\.)+\$\$|\$(?P<inline>(?:[^$\\`\n]|\\.)+)\$|\\\((?:[^\\\n]|\\[^)])+\\\)"
)


def hide_bars(state: StateCore) -> None:
    """Put a placeholder of the same length for each bar in math, so that no place moves."""
    if "|" not in state.src or ("$" not in state.src and "\\(" not in state.src):
        return
    placeholder = next((chr(code) for code in _PRIVATE if chr(code) not in state.src), None)
    if placeholder is None:
        return
    lines = state.src.split("\n")
    state.env[_PLACEHOLDER] = placeholder
    state.src = "\n".join(_hidden(line, placeholder) if "|" in line else line for line in lines)


def _hidden(line: str, placeholder: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        return match[0].replace("|", placeholder) if _is_math(line, match) else match[0]

    return _SEGMENT.sub(replaced, line)


def _is_math(line: str, match: re.Match[str]) -> bool:
    if match["inline"] is None:
        return match[0][0] != "`"
    content = match["inline"]
    return content.strip() == content and is_dollar_math(line, match.start() + 1, match.end() - 1)


def show_bars(state: StateCore) -> None:
    """Give the blocks their bars back before anything inside them is read."""
    placeholder = state.env.pop(_PLACEHOLDER, None)
    if placeholder is None:
        return
    state.src = state.src.replace(placeholder, "|")
    for token in state.tokens:
        token.content = token.content.replace(placeholder, "|")
        token.info = token.info.replace(placeholder, "|")
    for reference in state.env.get("references", {}).values():
        for key in ("href", "title"):
            reference[key] = reference[key].replace(placeholder, "|")
