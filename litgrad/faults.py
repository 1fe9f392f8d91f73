"""Faults of litgrad itself: a piece on which it fails costs no other, and is told with the line of code."""

import traceback
from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar

Result = TypeVar("Result")


def attempt(
    work: Callable[[], Result],
    otherwise: Callable[[str], Result],
    foreseen: tuple[type[Exception], ...] = (),
) -> Result:
    """What some work gives; where it fails in a way that nobody foresaw, what stands for it.

    Takes the work, what makes a result of a sentence, and the exceptions that pass, as running out of
    memory and of time always do.

    >>> attempt(lambda: 1 // 1, len), attempt(lambda: 1 // 0, len) > 0
    (1, True)
    """
    try:
        return work()
    except (MemoryError, *foreseen):
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it is, it concerns this piece only
        return otherwise(f"litgrad fails here ({place_of(fault)}); please report it")


def place_of(fault: Exception) -> str:
    """The kind of an exception and the line of litgrad that raised it, without any text of the post."""
    frames = traceback.extract_tb(fault.__traceback__)
    own = [frame for frame in frames if "litgrad" in frame.filename] or frames
    if not own:
        return type(fault).__name__
    file = PurePath(own[-1].filename)
    return f"{type(fault).__name__} in {file.parent.name}/{file.name}, line {own[-1].lineno}"
