"""Names with subscripts: `w_{ij}` as the base `w` and the indices i and j."""

import re
from functools import lru_cache

from litgrad.records import dataclass

_NAME = re.compile(r"(?P<base>[^_^]+|.*\})_\{(?P<inner>[^{}]*)\}(?P<rest>\^\{.*\})?")
_PART = re.compile(r"[A-Za-z]|\d+")


@dataclass(frozen=True, slots=True)
class Subscripted:
    """A name with the letters and numbers of its subscript."""

    base: str
    """The name without its subscript, a superscript behind it included."""
    indices: tuple[str, ...]

    def name(self) -> str:
        """The canonical LaTeX name: `w_{1 , 2}` of numbers, `w_{ij}` of letters.

        >>> Subscripted("w", ("1", "2")).name(), Subscripted("w", ("i",)).name()
        ('w_{1 , 2}', 'w_{i}')
        """
        numbers = any(index.isdigit() for index in self.indices)
        joined = " , ".join(self.indices) if numbers and len(self.indices) > 1 else "".join(self.indices)
        return f"{self.base}_{{{joined}}}"


@lru_cache(maxsize=4096)
def subscripted(name: str) -> Subscripted | None:
    """A name taken apart; None where it has no subscript of single letters and numbers.

    >>> subscripted("w_{ij}")
    Subscripted(base='w', indices=('i', 'j'))
    >>> subscripted("x_{max}"), subscripted("x")
    (Subscripted(base='x', indices=('m', 'a', 'x')), None)
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    inner = match["inner"].replace(",", " ")
    parts = _PART.findall(inner)
    if not parts or "".join(parts) != inner.replace(" ", ""):
        return None
    return Subscripted(match["base"] + (match["rest"] or ""), tuple(parts))
