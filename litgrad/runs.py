"""Lists in which the same text stands many times in a row, written as pairs."""

from collections.abc import Iterable, Sequence
from itertools import groupby


def write_runs(values: Iterable[str]) -> list[tuple[str, int]]:
    """Each value with how often it stands in a row.

    >>> write_runs(["k", "k", ""])
    [('k', 2), ('', 1)]
    """
    return [(value, sum(1 for _ in same)) for value, same in groupby(values)]


def read_runs(pairs: Iterable[Sequence[str | int]]) -> list[str]:
    """The inverse.

    >>> read_runs([("k", 2), ("", 1)])
    ['k', 'k', '']
    """
    return [str(value) for value, count in pairs for _ in range(int(count))]
