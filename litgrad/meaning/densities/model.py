"""A density as its definition writes it: its name, its arguments, and how many stand before the bar."""

from collections.abc import Mapping

from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of a density as its definition writes it."""

    name: str
    base: str
    squared: bool
    """Written as a square: the variance of a formula in the standard deviation."""
    event: str | None = None
    """The random variable in `X = k`."""
    is_data: bool = False
    """Observations that a likelihood only names: its formula says `x_i`, its head `x_1, \\dots, x_n`."""


@dataclass(frozen=True, slots=True)
class Density:
    """A function of what is written before and behind a bar."""

    name: str
    arguments: tuple[Argument, ...]
    before: int
    """How many arguments stand before the bar."""


Densities = Mapping[str, Density]
