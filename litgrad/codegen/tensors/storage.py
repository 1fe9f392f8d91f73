"""Where the large values of a pass are kept: in arrays that are given, and in few buffers used again."""

import re
from collections.abc import Sequence
from dataclasses import field

from litgrad.records import dataclass
from litgrad.tensors.expr import Dim

Guard = frozenset[str]
"""The derivatives that a statement is needed for; the empty one stands for what is always needed."""


@dataclass(slots=True)
class Operation:
    """One statement within a pass; its registers stand in the text as `_r0_`, `_r1_`, ..."""

    text: str
    guard: Guard
    into: int | None = None
    """The register that it fills."""
    in_place: bool = True
    """Whether it may fill the register of an operand that is not needed after it."""

    def reads(self) -> list[int]:
        """The registers that it reads."""
        found = [int(each) for each in _REGISTER.findall(self.text)]
        return [each for each in dict.fromkeys(found) if each != self.into]


_REGISTER = re.compile(r"\b_r(\d+)_\b")


@dataclass(slots=True)
class Registers:
    """The registers of a function: the shape of each behind the rows, and the arrays of some."""

    shapes: list[tuple[Dim, ...]] = field(default_factory=list)
    pinned: dict[int, tuple[str, str]] = field(default_factory=dict)
    """The name and the array of a register that has one."""

    def new(self, shape: tuple[Dim, ...], array: tuple[str, str] | None = None) -> str:
        """A register for a value of a shape; with an array where that is given for it."""
        number = len(self.shapes)
        self.shapes.append(shape)
        if array is not None:
            self.pinned[number] = array
        return f"_r{number}_"


def number_of(register: str) -> int:
    """The number of a register by its text."""
    return int(register[2:-1])


@dataclass(slots=True)
class Buffers:
    """Buffers by the shape that they have behind the rows, shared by all passes."""

    names: dict[tuple[Dim, ...], list[str]] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)
    """Those that the pass at hand has used so far."""
    lent: dict[str, int] = field(default_factory=dict)
    """Those in whose place the pass at hand takes the array of a result, by its register."""

    def at(self, shape: tuple[Dim, ...], place: int) -> str:
        """The name of a buffer of a shape."""
        known = self.names.setdefault(shape, [])
        while len(known) <= place:
            known.append(f"_{sum(map(len, self.names.values()))}")
        self.used[known[place]] = None
        return known[place]


def placed(
    operations: Sequence[Operation], registers: Registers, buffers: Buffers
) -> list[tuple[Guard, str]]:
    """The statements with an array for each register; one that is free is used again."""
    last = {number: at for at, one in enumerate(operations) for number in (*one.reads(), *_filled(one))}
    names: dict[int, str] = {}
    free: dict[tuple[Dim, ...], list[str]] = {}
    counts: dict[tuple[Dim, ...], int] = {}
    found: list[tuple[Guard, str]] = []
    for at, one in enumerate(operations):
        dying = [n for n in one.reads() if last[n] == at and n not in registers.pinned]
        if one.into is not None and one.into not in names:
            shape = registers.shapes[one.into]
            same = [n for n in dying if registers.shapes[n] == shape] if one.in_place else []
            lent = next((n for n in same if names[n] in buffers.used and names[n] not in buffers.lent), None)
            if one.into in registers.pinned and lent is not None:
                # What becomes the result is computed in its place from the start.
                names[one.into] = names[lent]
                buffers.lent[names[lent]] = one.into
                dying.remove(lent)
            elif one.into in registers.pinned:
                name, array = registers.pinned[one.into]
                names[one.into] = name
                found += [(one.guard, f"{name} = {array}")] if name != array else []
            elif same and names[same[0]] not in buffers.lent:
                names[one.into] = names[same[0]]
                dying.remove(same[0])
            elif free.get(shape):
                names[one.into] = free[shape].pop()
            else:
                names[one.into] = buffers.at(shape, counts.get(shape, 0))
                counts[shape] = counts.get(shape, 0) + 1
        found.append((one.guard, _REGISTER.sub(lambda match: names[int(match[1])], one.text)))
        for number in dying:
            if names[number] in buffers.lent:
                continue
            free.setdefault(registers.shapes[number], []).append(names[number])
    return found


def without_waste(operations: Sequence[Operation], registers: Registers) -> list[Operation]:
    """The operations without those whose register nothing reads."""
    read = {number for one in operations for number in one.reads()}
    kept = [one for one in operations if one.into is None or one.into in read or one.into in registers.pinned]
    return kept if len(kept) == len(operations) else without_waste(kept, registers)


def _filled(one: Operation) -> list[int]:
    return [] if one.into is None else [one.into]
