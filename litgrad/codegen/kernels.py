"""The steps of a schedule as NumPy calls into arrays that are given."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litgrad.codegen.schedule import Operand, Schedule, Step
from litgrad.codegen.shortcuts import Shortcut


@dataclass(frozen=True, slots=True)
class Kernel:
    """The inside of a function of arrays of one shape."""

    lines: tuple[str, ...]
    outs: tuple[str, ...]
    """The parameters for the arrays of the results."""
    room: tuple[str, ...]
    """Those for arrays in between."""
    guard: str
    """The decorator under which nothing warns; it raises where the steps do not hold."""


def kernel_of(shortcut: Shortcut) -> Kernel:
    """The calls, one after another."""
    return _Placing(shortcut).kernel()


class _Placing:
    """An array for each step; one is taken again after its last use."""

    def __init__(self, shortcut: Shortcut) -> None:
        self.shortcut = shortcut
        self.schedule = shortcut.schedule
        several = len(self.schedule.results) > 1
        self.outs = [f"out_{at}" if several else "out" for at in range(len(self.schedule.results))]
        self.held = dict(zip(self.schedule.results, self.outs, strict=True))
        self.last = {each: at for at, step in enumerate(self.schedule.steps) for each in step.operands}
        self.places: dict[int, str] = {}
        self.free: list[str] = []
        self.count = 0

    def kernel(self) -> Kernel:
        """All of it."""
        lines = [line for at, step in enumerate(self.schedule.steps) for line in self._lines(at, step)]
        room = tuple(f"_{number}" for number in range(self.count))
        return Kernel(tuple(lines), tuple(self.outs), room, guard_of(self.shortcut))

    def _lines(self, at: int, step: Step) -> list[str]:
        place = self._place(at, step)
        operands = ", ".join(self._text(each) for each in step.operands)
        if step.ufunc == "choose":
            call = f"np.positive(_chosen({operands}), {place})"
        else:
            named = "out=" if step.ufunc in _NAMED else ""
            call = f"np.{step.ufunc}({operands}, {named}{place})"
        return [call]

    def _text(self, operand: Operand) -> str:
        if isinstance(operand, int):
            return self.places[operand]
        return f"{operand}.0" if re.fullmatch(r"-?\d+", operand) else operand

    def _place(self, at: int, step: Step) -> str:
        done = [self.places[each] for each in dict.fromkeys(step.operands)
                if isinstance(each, int) and self.last[each] == at and each not in self.held]  # fmt: skip
        if at in self.held:
            place = self.held[at]
        elif done:
            place = done.pop()
        elif self.free:
            place = self.free.pop()
        else:
            place, self.count = f"_{self.count}", self.count + 1
        self.free.extend(done)
        self.places[at] = place
        return place


_NAMED = frozenset(["maximum", "minimum"])
"""What takes its output by name only."""


def guard_of(shortcut: Shortcut) -> str:
    """The decorator of a kernel."""
    if shortcut.results or shortcut.inner:
        return '@np.errstate(divide="raise", over="raise", invalid="raise")\n'
    return '@np.errstate(all="ignore")\n' if is_loud(shortcut.schedule) else ""


_SILENT = frozenset(
    ["absolute", "negative", "positive", "sign", "tanh", "arctan", "maximum", "minimum", "fmax"]
)


def is_loud(schedule: Schedule) -> bool:
    """Whether a step may warn for numbers as they come: all but those on values known to be small."""
    steps, small, above = schedule.steps, set[Operand](), set[Operand]()
    for at, step in enumerate(steps):
        operands = step.operands
        if step.ufunc in _SILENT:
            continue
        if step.ufunc == "exp" and _is_decay(steps, operands[0]):
            small.add(at)
        elif step.ufunc == "add" and operands[0] in small and operands[1] == "1":
            small.add(at)
            above.add(at)
        elif step.ufunc in ("square", "multiply") and small.issuperset(operands):
            small.add(at)
            above |= {at} if above.issuperset(operands) else set()
        elif step.ufunc == "divide" and operands[0] in small | {"1"} and operands[1] in above:
            small.add(at)
        else:
            return True
    return False


def _is_decay(steps: Sequence[Step], operand: Operand) -> bool:
    """Whether a step is `-|u|`."""
    if not isinstance(operand, int) or steps[operand].ufunc != "negative":
        return False
    (inner,) = steps[operand].operands
    return isinstance(inner, int) and steps[inner].ufunc == "absolute"
