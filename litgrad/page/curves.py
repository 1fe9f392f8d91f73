"""Curves as SVG paths: sampled, cut where they leave the picture or break, thinned to what the eye sees."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from litgrad.page.program import Values
from litgrad.records import dataclass

LEFT, RIGHT, TOP, BOTTOM = 64, 592, 12, 252
"""The picture's frame in the units of its `viewBox`, which is twice as fine as its usual size in pixels."""
_SEEN = 0.5
_POLE = 6.0
"""A spike this many times as high as the bulk of the values is cut off."""

Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Box:
    """The values at the edges of a picture."""

    x0: float
    x1: float
    y0: float
    y1: float

    def across(self, x: float) -> float:
        """Where a value stands from left to right."""
        return LEFT + (x - self.x0) / (self.x1 - self.x0) * (RIGHT - LEFT)

    def up(self, y: float) -> float:
        """Where a value stands from top to bottom."""
        return BOTTOM - (y - self.y0) / (self.y1 - self.y0) * (BOTTOM - TOP)


def box_of(xs: Values, curves: Sequence[Values]) -> Box | None:
    """A box that holds the bulk of some curves; None where there is nothing to be seen."""
    values = np.concatenate(curves)
    values = np.sort(values[np.isfinite(values)])
    if values.size < 8 or abs(values[0]) > 1e12 or abs(values[-1]) > 1e12:
        values = values[np.abs(values) < 1e12]
    if values.size < 8:
        return None
    low, high = _to_zero(*_bulk(values))
    pad = (high - low) * 0.06 or max(abs(high), 1.0) * 0.5
    return Box(float(xs[0]), float(xs[-1]), float(low - pad), float(high + pad))


def _bulk(values: Values) -> tuple[float, float]:
    """The range of sorted values, with spikes at poles cut off."""
    near, far = values[int(0.06 * values.size)], values[int(0.94 * (values.size - 1))]
    size = far - near
    low = values[0] if near - values[0] <= _POLE * size or size == 0 else near - 0.4 * size
    high = values[-1] if values[-1] - far <= _POLE * size or size == 0 else far + 0.4 * size
    return float(low), float(high)


def _to_zero(low: float, high: float) -> tuple[float, float]:
    """A range that begins or ends at zero where it nearly does."""
    if 0 < low < 0.3 * high:
        return 0.0, high
    return (low, 0.0) if 0 > high > 0.3 * low else (low, high)


def path(box: Box, xs: Values, ys: Values) -> str:
    """The `d` of a curve in whole units, relative from point to point."""
    return "".join(_drawn(_thinned(run)) for run in _runs(box, xs, ys) if len(run) > 1)


def _runs(box: Box, xs: Values, ys: Values) -> Iterator[Points]:
    """Stretches without a gap, cut off at the top and the bottom."""
    if ((ys >= box.y0) & (ys <= box.y1)).all():
        yield [(box.across(x), box.up(y)) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
        return
    run: Points = []
    before: tuple[float, float] | None = None
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        here = (x, y) if np.isfinite(y) else None
        if before is not None and here is not None:
            cut = _cut(box, before, here)
            if cut is None or (run and run[-1] != cut[0]):
                yield run
                run = []
            if cut is not None:
                run = [*(run or [cut[0]]), cut[1]]
        elif run:
            yield run
            run = []
        before = here
    yield run


def _cut(box: Box, a: tuple[float, float], b: tuple[float, float]) -> Points | None:
    """The part of a segment inside the picture, in its units; None outside and across a pole."""
    if (a[1] > box.y1 and b[1] < box.y0) or (a[1] < box.y0 and b[1] > box.y1):
        return None
    if min(a[1], b[1]) > box.y1 or max(a[1], b[1]) < box.y0:
        return None
    return [_inside(box, a, b), _inside(box, b, a)]


def _inside(box: Box, end: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """An end of a segment, moved along it to the edge of the picture."""
    x, y = end
    edge = min(max(y, box.y0), box.y1)
    if edge != y:
        x += (other[0] - x) * (edge - y) / (other[1] - y)
    return box.across(x), box.up(edge)


def _thinned(points: Points) -> Points:
    """The points without those that lie on the line of their neighbours (Ramer, Douglas, Peucker)."""
    kept = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    array = np.array(points)
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        offsets = _offsets(array[first : last + 1])
        index = int(np.argmax(offsets))
        if offsets[index] > _SEEN:
            kept.add(first + index)
            spans += [(first, first + index), (first + index, last)]
    return [points[index] for index in sorted(kept)]


def _offsets(points: Values) -> Values:
    """How far points are from the line between the first and the last."""
    along = points[-1] - points[0]
    length = float(np.hypot(*along)) or 1.0
    away = points - points[0]
    return np.abs(away[:, 0] * along[1] - away[:, 1] * along[0]) / length


def _drawn(points: Points) -> str:
    whole = [(round(x), round(y)) for x, y in points]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(whole) if a != b]
    return f"M{whole[0][0]} {whole[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps) if steps else ""
