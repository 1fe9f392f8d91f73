"""Lines of the post that a sentence names, as links: `by the definition of line 14`."""

import re
from collections.abc import Mapping

from markupsafe import Markup

_LINES = re.compile(r"\blines? \d+(?:(?:, | and )\d+)*")
_NUMBER = re.compile(r"\d+")


def with_links(sentence: Markup, places: Mapping[int, str]) -> Markup:
    """A sentence in which the numbers of known lines lead to what stands there.

    >>> with_links(Markup("see lines 3 and 9"), {3: "#f0"})
    Markup('see lines <a href="#f0">3</a> and 9')
    """

    def linked(number: re.Match[str]) -> str:
        place = places.get(int(number[0]))
        return number[0] if place is None else Markup('<a href="{}">{}</a>').format(place, number[0])

    return Markup(_LINES.sub(lambda found: _NUMBER.sub(linked, found[0]), sentence))  # noqa: S704 - was markup
