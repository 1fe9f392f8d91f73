"""The bounds on one formula, counted here and nowhere else."""

import re

from litgrad.options import Options

_NUMBER = re.compile(r"\d+")
_EXPONENT = re.compile(
    r"(?P<space>\\mathbb\s*\{?\s*[A-Z]\s*\}?|\\[A-Z](?![A-Za-z]))?\s*\^\s*\{?\s*[-+]?\s*(?P<value>\d+)"
)
"""A power; the dimension of a space of numbers is none."""
_BRACKET = re.compile(r"\\begin\b|\\end\b|\\left\b|\\right\b|\\[\\{}]|[\[({})\]]")
_OPENS = frozenset([r"\begin", "{", "(", "["])
_CLOSES = frozenset([r"\end", "}", ")", "]"])


def excess(latex: str, options: Options) -> tuple[int, int, str] | None:
    r"""Where and how a formula goes beyond the bounds.

    Takes the text between the delimiters. Gives the offsets of the excess and a message, or None.

    >>> excess("x^{99999}", Options())
    (3, 8, 'an exponent of 5 digits is above the bound of 10000')
    >>> excess(r"x^{2} \in \mathbb{R}^{99999}", Options()) is None
    True
    """
    if len(latex) > options.formula_characters:
        length, bound = len(latex), options.formula_characters
        return 0, min(length, 80), f"a formula of {length} characters is above the bound of {bound}"
    return _deep(latex, options.depth) or _long_number(latex, options) or _high_power(latex, options)


def _deep(latex: str, bound: int) -> tuple[int, int, str] | None:
    depth = 0
    for match in _BRACKET.finditer(latex):
        depth += (match[0] in _OPENS) - (match[0] in _CLOSES)
        if depth > bound:
            return match.start(), match.end(), f"brackets nest deeper than the bound of {bound} levels"
    return None


def _long_number(latex: str, options: Options) -> tuple[int, int, str] | None:
    for match in _NUMBER.finditer(latex):
        digits = len(match[0])
        if digits > options.integer_digits:
            message = f"a number of {digits} digits is above the bound of {options.integer_digits}"
            return match.start(), match.end(), message
    return None


def _high_power(latex: str, options: Options) -> tuple[int, int, str] | None:
    for match in _EXPONENT.finditer(latex):
        value = match["value"]
        if not match["space"] and int(value) > options.integer_exponent:
            message = f"an exponent of {len(value)} digits is above the bound of {options.integer_exponent}"
            return match.start("value"), match.end("value"), message
    return None
