"""The steps of a schedule as NumPy calls into arrays that are given."""

import re
from collections.abc import Sequence

from litgrad.codegen.schedule import Operand, Schedule, Step
from litgrad.codegen.shortcuts import Shortcut
from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Kernel:
    """The inside of a function of arrays of one shape."""

    lines: tuple[str, ...]
    """Each array that is `None` is made by the first line that fills it."""
    outs: tuple[str, ...]
    """The parameters for the arrays of the results."""
    room: tuple[str, ...]
    """Those for arrays in between."""
    numbers: tuple[tuple[str, str], ...]
    """The parameters for the numbers that stand beside arrays, each with the number behind it."""
    guard: str
    """What NumPy raises or keeps silent about: a key of `GUARDS`; empty where nothing warns."""


GUARDS = {"raising": 'all="raise", under="ignore"', "wary": 'all="raise"', "silent": 'all="ignore"'}
"""Arguments of `np.errstate`. A kernel that raises tells where it does not hold."""
WORDS = {
    "0.0": "zero", "1.0": "one", "-1.0": "minus_one", "2.0": "two", "0.5": "half", "-0.5": "minus_half",
}  # fmt: skip
"""What numbers are called."""


def kernel_of(shortcut: Shortcut, guard: str | None = None) -> Kernel:
    """The calls, one after another, under settings that are given, or those that the steps need."""
    return _Placing(shortcut, guard_of(shortcut) if guard is None else guard).kernel()


class _Placing:
    """An array for each step: one that is free after its last use, or that of a result not yet there."""

    def __init__(self, shortcut: Shortcut, guard: str) -> None:
        self.guard = guard
        self.schedule = shortcut.schedule
        several = len(self.schedule.results) > 1
        self.outs = [f"out_{at}" if several else "out" for at in range(len(self.schedule.results))]
        self.held = dict(zip(self.schedule.results, self.outs, strict=True))
        self.due = dict(zip(self.outs, self.schedule.results, strict=True))
        self.last = {each: at for at, step in enumerate(self.schedule.steps) for each in step.operands}
        self.places: dict[int, str] = {}
        self.made: set[str] = set()
        self.free = list(reversed(self.outs))
        self.count = 0
        self.numbers: dict[str, str] = {}

    def kernel(self) -> Kernel:
        """All of it."""
        lines = [self._line(at, step) for at, step in enumerate(self.schedule.steps)]
        room = tuple(f"_{number}" for number in range(self.count))
        numbers = tuple((name, number) for number, name in self.numbers.items())
        return Kernel(tuple(lines), tuple(self.outs), room, numbers, self.guard)

    def _line(self, at: int, step: Step) -> str:
        place = self._place(at, step)
        operands = ", ".join(self._text(each) for each in step.operands)
        if step.ufunc == "choose":
            call = f"np.positive(_chosen({operands}), {place})"
        else:
            named = "out=" if step.ufunc in _NAMED else ""
            call = f"np.{step.ufunc}({operands}, {named}{place})"
        self.places[at] = place
        if place in self.made:
            return call
        self.made.add(place)
        return f"{place} = {call}"

    def _text(self, operand: Operand) -> str:
        if isinstance(operand, int):
            return self.places[operand]
        if not _is_number(operand):
            return operand
        number = _as_float(operand)
        return self.numbers.setdefault(number, f"_{WORDS.get(number, f'number_{len(self.numbers)}')}")

    def _place(self, at: int, step: Step) -> str:
        """The place of a result is its own; nothing else stands there any more then."""
        steps = [each for each in dict.fromkeys(step.operands) if isinstance(each, int)]
        self.free += [self.places[each] for each in steps if self.last[each] == at and each not in self.held]
        end = self.last.get(at, at)
        fitting = [place for place in self.free if self.due.get(place, end) >= end]
        if at in self.held:
            place = self.held[at]
        elif fitting:
            place = next((each for each in reversed(fitting) if each in self.made), fitting[-1])
        else:
            self.count += 1
            return f"_{self.count - 1}"
        if place in self.free:
            self.free.remove(place)
        return place


def _as_float(number: str) -> str:
    """The text of a number as that of a float."""
    return f"{number}.0" if re.fullmatch(r"-?\d+", number) else number


def _is_number(operand: str) -> bool:
    return re.match(r"-?[\d.]", operand) is not None


_NAMED = frozenset(["maximum", "minimum"])
"""What takes its output by name only."""


def guard_of(shortcut: Shortcut) -> str:
    """The settings for a kernel."""
    if shortcut.results or shortcut.inner:
        return "raising"
    return "silent" if is_loud(shortcut.schedule) else ""


_QUIET_STEPS = frozenset(
    ["absolute", "negative", "positive", "sign", "tanh", "arctan", "maximum", "minimum", "fmax"]
)


def is_loud(schedule: Schedule) -> bool:
    """Whether a step may warn for numbers as they come: all but those on values known to be small."""
    steps, small, above = schedule.steps, set[Operand](), set[Operand]()
    for at, step in enumerate(steps):
        operands = step.operands
        if step.ufunc in _QUIET_STEPS:
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
