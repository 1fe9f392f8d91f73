"""What a search on the index page looks through: the words of each post, gathered when the site is built."""

import re

_WORD = re.compile(r"[^\W\d_][\w-]+")
_MOST = 600


def words_of(text: str) -> str:
    """The different words of a post in lower case, in order; commands of LaTeX without their backslash.

    >>> words_of(r"The Sigmoid $\\sigma(x)$, the sigmoid of 3 cats")
    'the sigmoid sigma of cats'
    """
    words = dict.fromkeys(word.lower() for word in _WORD.findall(text) if len(word) <= 40)
    return " ".join(list(words)[:_MOST])
