"""Colour classes of generated Python: words, strings, numbers, comments and the names that `def` gives."""

import re
from collections.abc import Iterator

_WORDS = (
    "and", "as", "assert", "class", "def", "del", "elif", "else", "except", "False", "for", "from", "if",
    "import", "in", "is", "lambda", "None", "not", "or", "pass", "raise", "return", "True", "try", "while",
    "with", "yield",
)  # fmt: skip

_TOKENS = re.compile(
    rf'''
      (?P<s>[rfb]*(?:"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'))
    | (?P<c>\#[^\n]*)
    | (?<=def\ )(?P<nf>\w+)
    | \b(?P<k>{"|".join(_WORDS)})\b
    | (?<![\w.])(?P<n>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?!\w)
    ''',
    re.VERBOSE | re.DOTALL,
)


def colored_parts(text: str) -> Iterator[tuple[int, int, str]]:
    """The stretches of a module that have a colour: start, end and class, in order.

    >>> list(colored_parts("def f(x): return 1.5"))
    [(0, 3, 'k'), (4, 5, 'nf'), (10, 16, 'k'), (17, 20, 'n')]
    """
    for match in _TOKENS.finditer(text):
        if match.lastgroup is not None:
            yield match.start(), match.end(), match.lastgroup
