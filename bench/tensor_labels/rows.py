"""What a labelled step is, and the numbers that its label is checked with."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Numbers = Callable[[Any], Any]
"""Takes the values of a post's names as attributes and gives the value of a side."""
_SIZES = {"m": 2, "n": 5, "d": 3, "k": 4, "p": 6, "q": 7, "one": 1}
_STEP = 1e-6


@dataclass(frozen=True, slots=True)
class Side:
    """What a post writes on the right, whether that is true, and the same in NumPy."""

    latex: str
    true: bool
    numbers: Numbers
    slip: str = ""
    """What was changed to make it false."""


@dataclass(frozen=True, slots=True)
class Row:
    """One left side under one beginning of a post, with several right sides."""

    kind: str
    setup: str
    names: str
    """The names and their sizes: `X:n,d w:d s:`; behind the sizes `+` makes a matrix positive definite,
    `~` invertible, and `%` entries positive."""
    latex: str
    numbers: Numbers
    sides: tuple[Side, ...]
    layouts: bool = False
    """Whether the transpose of the left side is meant as well."""

    def post(self, side: Side) -> str:
        """The post with one step in it."""
        return f"{self.setup}\n\n$$\n{self.latex} = {side.latex}\n$$\n"


def true(latex: str, numbers: Numbers) -> Side:
    """A right side that is equal."""
    return Side(latex, True, numbers)


def false(slip: str, latex: str, numbers: Numbers) -> Side:
    """A right side with a slip."""
    return Side(latex, False, numbers, slip)


def values(names: str, seed: int) -> SimpleNamespace:
    """Random values of the names, positive where they are scalars."""
    rng = np.random.default_rng(seed)
    made = SimpleNamespace()
    for one in names.split():
        name, _, sizes = one.partition(":")
        shape = tuple(_SIZES[size] for size in sizes.rstrip("+%~").split(",") if size)
        drawn = rng.uniform(0.3, 1.7, shape) if not shape or sizes.endswith("%") else rng.normal(size=shape)
        if sizes.endswith("+"):
            drawn = drawn @ drawn.T + 2 * np.eye(shape[0])
        elif sizes.endswith("~"):
            drawn = drawn / 2 + 4 * np.eye(shape[0])
        setattr(made, name, drawn)
    return made


def grad(name: str, value: Numbers) -> Numbers:
    """Central differences of a value by every entry of a name; the axes of the value come first."""

    def taken(at: Any) -> Array:
        base = np.array(getattr(at, name), dtype=float)
        rates = []
        for place in np.ndindex(*base.shape) if base.shape else [()]:
            ends = []
            for sign in (1, -1):
                moved = base.copy()
                moved[place] += sign * _STEP
                ends.append(np.asarray(value(SimpleNamespace(**{**vars(at), name: moved})), dtype=float))
            rates.append((ends[0] - ends[1]) / (2 * _STEP))
        own = rates[0].shape
        return np.moveaxis(
            np.array(rates).reshape((*base.shape, *own)), range(base.ndim), range(-base.ndim, 0)
        )

    return taken


def is_true(row: Row, side: Side) -> bool:
    """Whether the numbers say that a step is true."""
    return all(_agrees(row, side, seed) for seed in range(4))


def _agrees(row: Row, side: Side, seed: int) -> bool:
    at = values(row.names, seed)
    left, right = (np.asarray(one(at), dtype=float) for one in (row.numbers, side.numbers))
    both = [left, left.T] if row.layouts else [left]
    return any(one.shape == right.shape and _close(one, right) for one in both)


def _close(left: Array, right: Array) -> bool:
    return bool(np.allclose(left, right, rtol=2e-5, atol=2e-6))
