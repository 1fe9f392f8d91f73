"""Round numbers along an axis."""

import math

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def ticks(start: float, end: float, most: int = 5) -> list[float]:
    """At most so many round numbers from start to end, evenly spaced.

    >>> ticks(-4, 4), ticks(0, 1), ticks(0.013, 0.047, 4)
    ([-4.0, -2.0, 0.0, 2.0, 4.0], [0.0, 0.25, 0.5, 0.75, 1.0], [0.02, 0.03, 0.04])
    """
    size = end - start
    if not (math.isfinite(size) and size > 0):
        return []
    power = 10.0 ** math.floor(math.log10(size / most))
    found = next(found for step in _STEPS if len(found := _multiples(start, end, step * power)) <= most)
    return [round(each, 12) + 0.0 for each in found]


def _multiples(start: float, end: float, step: float) -> list[float]:
    slack = step * 1e-9
    first, last = math.ceil((start - slack) / step), math.floor((end + slack) / step)
    return [index * step for index in range(first, last + 1)]
