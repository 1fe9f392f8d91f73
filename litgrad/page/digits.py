"""The picture of what a form loses: digits of the formula as written and as computed, over an input."""

import math as floats
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from markupsafe import Markup
from sympy import Expr, Symbol

from litgrad.codegen.accuracy import Sample
from litgrad.codegen.identifiers import identifier
from litgrad.codegen.plan import Plan
from litgrad.codegen.search import reasons
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import symbol
from litgrad.memory import remembered
from litgrad.page.curves import Box, path
from litgrad.page.numbers import shown
from litgrad.page.plots import Curve, Plot, Tick
from litgrad.page.program import Values
from litgrad.page.size import is_large
from litgrad.page.words import math
from litgrad.records import dataclass

_SMALLEST, _LARGEST, _STEPS = -18, 3, 43
"""Powers of ten between which an input is varied, and how many."""
_ROUGHLY = 3
"""Of how many powers one is tried where inputs are compared."""
_BASES = (0.3, 0.0, 1.0)
"""Where the other inputs stand."""
_MOST_INPUTS = 3
_LONGEST = 120
_ALL = 16.0
"""Digits of a double; so many are lost where there is no number at all."""
_WORTH_A_PICTURE = 1.0


@dataclass(frozen=True, slots=True)
class Digits:
    """What a form of a function gains."""

    names: tuple[Markup, ...]
    """The functions whose forms lose the same."""
    reasons: tuple[str, ...]
    plot: Plot


@dataclass(frozen=True, slots=True)
class _Slice:
    """Both forms along one input, the others fixed."""

    axis: Symbol
    fixed: Mapping[Symbol, float]
    xs: Values
    written: Values
    computed: Values

    @property
    def gain(self) -> float:
        """The most digits that are gained at one point."""
        return float(np.max(self.written - self.computed, initial=0.0))


def digits_of(definitions: Definitions, plan: Plan) -> Digits | None:
    """What the computed form of a function gains; None where it is the author's or gains no digit."""
    if not plan.rewrites or plan.before is None or not 0 < len(plan.parameters) <= _MOST_INPUTS:
        return None
    if is_large(definitions, plan.literal) or is_large(definitions, plan.expr):
        return None
    forms = [definitions.expand_calls(expr) for expr in (plan.literal, plan.expr)]
    if any(form.count_ops() > _LONGEST for form in forms):
        return None
    best = _most_telling(forms[0], forms[1], plan.parameters)
    if best is None or best.gain < _WORTH_A_PICTURE:
        return None
    why = tuple(dict.fromkeys(reasons(plan.rewrites)))
    return Digits((math(plan.latex),), why, _drawn(best))


def merged(found: Iterable[Digits]) -> tuple[Digits, ...]:
    """What functions gain, those with one picture in one."""
    pictures: dict[tuple[tuple[str, ...], Plot], Digits] = {}
    for each in found:
        same = pictures.setdefault((each.reasons, each.plot), each)
        if same is not each:
            pictures[each.reasons, each.plot] = replace(same, names=(*same.names, *each.names))
    return tuple(pictures.values())


def _noted(found: _Slice | None) -> object:
    if found is None:
        return []
    fixed = [[name.name, x] for name, x in found.fixed.items()]
    return [found.axis.name, fixed, *(each.tolist() for each in (found.xs, found.written, found.computed))]


def _from_notes(noted: Any) -> _Slice | None:  # noqa: ANN401 - what JSON gives
    if not noted:
        return None
    axis, fixed, *rows = noted
    return _Slice(symbol(axis), {symbol(name): x for name, x in fixed}, *map(np.array, rows))


@remembered("digits", _noted, _from_notes)
def _most_telling(written: Expr, computed: Expr, inputs: tuple[Symbol, ...]) -> _Slice | None:
    """The input, and the place of the others, at which the most digits are gained."""
    forms = written, computed
    best = max(_rough(forms, inputs), key=lambda each: each.gain, default=None)
    if best is None or best.gain < _WORTH_A_PICTURE:
        return best
    return _slice(forms, best.axis, best.fixed, 1)


def _rough(forms: Sequence[Expr], inputs: Sequence[Symbol]) -> Iterator[_Slice]:
    """Every input, at every place of the others, at few points: enough to choose among them."""
    for axis in inputs:
        others = [name for name in inputs if name != axis]
        for bases in product(_BASES, repeat=len(others)):
            found = _slice(forms, axis, dict(zip(others, bases, strict=True)), _ROUGHLY)
            if found is not None:
                yield found


def _slice(forms: Sequence[Expr], axis: Symbol, fixed: Mapping[Symbol, float], every: int) -> _Slice | None:
    sizes = [10.0**power for power in np.linspace(_SMALLEST, _LARGEST, _STEPS)][::every]
    xs = [*(-size for size in reversed(sizes)), *sizes]
    sample = Sample.of(forms[:1], [{**fixed, axis: x} for x in xs])
    if len(sample.points) < 2:
        return None
    lost = [_lost(sample.errors(form)) for form in forms]
    return _Slice(axis, fixed, np.array([point[axis] for point in sample.points]), *lost)


def _lost(errors: Values) -> Values:
    """Digits that are wrong, from units of the last place."""
    return np.clip(np.log10(np.maximum(errors, 1.0)), 0.0, _ALL)


# -------------------------------- drawing --------------------------------


def _drawn(found: _Slice) -> Plot:
    places = np.sign(found.xs) * (np.log10(np.abs(found.xs)) - _SMALLEST + 1)
    box = Box(float(places.min()) - 0.5, float(places.max()) + 0.5, -0.8, _ALL + 0.8)
    over = identifier(found.axis.name)
    others = ", ".join(f"{identifier(name.name)} = {shown(x)}" for name, x in found.fixed.items())
    worst = [_digits(float(lost.max())) for lost in (found.written, found.computed)]
    curves = ((found.computed, "computed"), (found.written, "written"))
    return Plot(
        Markup("digits lost"),
        math(found.axis.name),
        f"digits lost over {over}{f' for {others}' if others else ''}",
        f"As written up to {worst[0]} of {_ALL:.0f} digits are lost, as computed up to {worst[1]}.",
        tuple(_across(box)),
        tuple(Tick(round(box.up(y)), f"{y}") for y in range(0, 17, 4)),
        (round(box.across(0)) if box.x0 < 0 < box.x1 else None, round(box.up(0))),
        tuple(Curve(path(box, *_whole(places, lost)), Markup("as {}").format(word)) for lost, word in curves),
        "",
        (),
    )  # fmt: skip


def _digits(lost: float) -> str:
    return str(floats.ceil(lost - 0.05))


def _whole(places: Values, lost: Values) -> tuple[Values, Values]:
    """A curve that breaks off where the formula has no value, and at zero."""
    gaps = np.flatnonzero(np.diff(places) > 1.0) + 1
    return np.insert(places, gaps, places[gaps - 1]), np.insert(lost, gaps, np.nan)


def _across(box: Box) -> Iterator[Tick]:
    """Powers of ten on both sides of zero."""
    for sign, power in product((-1, 1), (-15, -8, 0)):
        place = sign * (power - _SMALLEST + 1)
        if box.x0 <= place <= box.x1:
            yield Tick(round(box.across(place)), shown(sign * 10.0**power).replace("1×", ""))
