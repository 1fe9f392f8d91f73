"""Pictures of functions: what the SVG template needs to know."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from markupsafe import Markup

from litgrad.memory import remembered
from litgrad.page.curves import BOTTOM, LEFT, RIGHT, TOP, Box, box_of, path
from litgrad.page.numbers import shown
from litgrad.page.program import Program, Values, run, value_at
from litgrad.page.ticks import ticks
from litgrad.page.windows import Window, inputs_at
from litgrad.records import dataclass

SAMPLES = 385


@dataclass(frozen=True, slots=True)
class Tick:
    """A number on an axis."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a picture."""

    path: str
    label: Markup
    """Which value of the other input it belongs to; empty where there is no other."""


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture."""

    name: Markup
    """What is drawn."""
    axis: Markup
    """What it is drawn over."""
    title: str
    description: str
    """What can be seen, in words."""
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    zero: tuple[int | None, int | None]
    """Where zero lies from left to right and from top to bottom, inside the frame."""
    curves: tuple[Curve, ...]
    box: str
    """The values at the edges for the script: left, right, bottom, top."""
    dots: tuple[tuple[int, int], ...]
    """Where the inputs begin, or where curves are compared."""
    program: str = ""
    """What is drawn, for the script; empty where nothing moves."""
    index: int = 0
    """Which input runs along the first axis."""


Label = tuple[Markup, str]
"""What tells a curve apart, drawn and in words."""


def plot_of(
    program: Program,
    window: Window,
    begin: Sequence[float],
    name: Markup,
    axis: Markup,
    labels: Sequence[Label],
    spoken: tuple[str, str],
) -> Plot | None:
    """A picture of a program over a window; `spoken` is what is drawn and over what, in words."""
    xs = np.linspace(window.range.start, window.range.end, SAMPLES)
    curves = [run(program, inputs_at(curve, window.axis, xs)) for curve in window.curves]
    at = (begin[window.axis], [value_at(program, begin)])
    found = picture(xs, curves, at, name, axis, labels, spoken)
    return replace(found, program=program.text, index=window.axis) if found is not None else None


def picture(
    xs: Values,
    curves: Sequence[Values],
    at: tuple[float, Sequence[float]],
    name: Markup,
    axis: Markup,
    labels: Sequence[Label],
    spoken: tuple[str, str],
) -> Plot | None:
    """A picture of curves, with dots `at` a value and heights; None where there is nothing to be seen."""
    box = box_of(xs, curves)
    if box is None:
        return None
    told = [_told(words, xs, ys) for (_, words), ys in zip(labels, curves, strict=True)]
    dots = ((_whole(box.across(at[0])), _whole(box.up(y))) for y in at[1] if box.y0 <= y <= box.y1)
    zero = (_whole(box.across(0)) if box.x0 <= 0 <= box.x1 else None,
            _whole(box.up(0)) if box.y0 <= 0 <= box.y1 else None)  # fmt: skip
    return Plot(
        name, axis,
        f"{spoken[0]} over {spoken[1]} from {shown(box.x0)} to {shown(box.x1)}",
        " ".join(told),
        tuple(Tick(_whole(box.across(x)), shown(x)) for x in ticks(box.x0, box.x1)),
        tuple(Tick(_whole(box.up(y)), shown(y)) for y in ticks(box.y0, box.y1)),
        zero,
        tuple(Curve(_path(box, xs, ys), label) for (label, _), ys in zip(labels, curves, strict=True)),
        " ".join(f"{edge:.6g}" for edge in (box.x0, box.x1, box.y0, box.y1)),
        tuple(dots),
    )  # fmt: skip


def _path(box: Box, xs: Values, ys: Values) -> str:
    return _drawn(box, xs.tobytes(), np.asarray(ys, float).tobytes())


@remembered("path", str, str)
def _drawn(box: Box, xs: bytes, ys: bytes) -> str:
    return path(box, np.frombuffer(xs), np.frombuffer(ys))


def _whole(number: float) -> int:
    return round(number)


def _told(words: str, xs: Values, ys: Values) -> str:
    """A curve in a sentence, such as `For y = 1 it falls from ∞ to 0.`."""
    seen = ~np.isnan(ys)
    if not seen.any():
        return ""
    it = f"For {words} it" if words else "It"
    return f"{it} {_course(xs[seen], ys[seen])}."


def _course(xs: Values, ys: Values) -> str:
    first, last = shown(float(ys[0])), shown(float(ys[-1]))
    with np.errstate(invalid="ignore"):
        steps = np.diff(ys)
    if not np.isfinite(ys[1:-1]).all():
        return f"goes from {first} to {last} and is not bounded between"
    if float(np.ptp(ys)) == 0:
        return f"is {first}"
    if (steps >= 0).all() or (steps <= 0).all():
        return f"{'rises' if last_above(ys) else 'falls'} from {first} to {last}"
    low, high = int(np.argmin(ys)), int(np.argmax(ys))
    return (f"goes from {first} to {last}, lowest with {shown(float(ys[low]))} at {shown(float(xs[low]))},"
            f" highest with {shown(float(ys[high]))} at {shown(float(xs[high]))}")  # fmt: skip


def last_above(ys: Values) -> bool:
    """Whether the last value is above the first."""
    return bool(ys[-1] > ys[0])


FRAME = {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM}
"""The frame, for the template."""
