"""Rows of the parsers' suites whose answer is a convention that litgrad does not share, and says so."""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Convention:
    """What one kind of row expects, and why litgrad reads it otherwise."""

    name: str
    why: str
    holds: Callable[[str, str], bool]
    """Whether a row, given by its LaTeX and the text of its answer, is of this kind."""


def _latex(pattern: str, answer: str = "") -> Callable[[str, str], bool]:
    """Rows by patterns: one that the LaTeX contains, one that the answer contains."""
    return lambda latex, expected: bool(re.search(pattern, latex) and re.search(answer, expected))


CONVENTIONS = (
    Convention(
        "log to the base 10",
        r"`\log` is the natural logarithm",
        _latex(r"\\log(?![a-zA-Z_ ]*_)", r"log\(Integer\(10\)\)|, Integer\(10\)\)"),
    ),
    Convention(
        "one token of a script is one digit",
        "TeX takes one digit without braces: `x^123` is shown as x to the 1, times 23",
        _latex(r"\^\d\d"),
    ),
    Convention(
        "two letters are a name of SymPy",
        "`oo` is the letter twice, and only `\\infty` is infinite",
        _latex(r"\boo\b"),
    ),
    Convention(
        "a place without a variable",
        r"`a|^{5*2}` does not say which variable gets the value",
        _latex(r"\|\^\{[^=}]*\}|\|_\{[^=}]*\}"),
    ),
    Convention(
        "the gcd and lcm of letters",
        "letters are no polynomials here: their gcd is not 1, their lcm is not their product",
        _latex(r"gcd|lcm", "UnevaluatedExpr|Symbol"),
    ),
)


def convention_of(latex: str, expected: str) -> Convention | None:
    r"""The convention that a row follows, if it is one of those.

    >>> convention_of("x^123", "Pow(Symbol('x'), Integer(123))").name
    'one token of a script is one digit'
    >>> convention_of("x^2", "Pow(Symbol('x'), Integer(2))") is None
    True
    """
    return next((row for row in CONVENTIONS if row.holds(latex, expected)), None)
