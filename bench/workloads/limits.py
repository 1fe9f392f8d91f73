"""How far the generated functions are from what the machine can do: bytes that move, functions evaluated."""

import re
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np

from bench.workloads.speed import Workload

_BLOCK = 16_384
_CALL = re.compile(r"\b_(exp|log|log1p|expm1|tanh)\(")
_LARGE = 4_000_000


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine reaches, in nanoseconds."""

    byte: float
    """To move a byte in a copy that no cache holds; what is read and what is written count alike."""
    calls: dict[str, float]
    """To evaluate NumPy's function once, in cache."""


@dataclass(frozen=True, slots=True)
class Distance:
    """One function beside its floor, per element."""

    name: str
    bytes: int
    """Read and written: each input and output once."""
    calls: dict[str, int]
    floor: float
    """Nanoseconds: the functions evaluated, or the bytes moved, whichever takes longer."""
    taken: float
    room: int
    """The most bytes held at once beyond inputs and outputs."""


def machine() -> Machine:
    """Measure what the machine reaches."""
    here, there = np.random.default_rng(0).random(_LARGE), np.empty(_LARGE)
    byte = _least(lambda: np.copyto(there, here)) / (16 * _LARGE)
    small, out = here[:_BLOCK], np.empty(_BLOCK)
    names = "exp log log1p expm1 tanh".split()
    calls = {name: _least(_calling(getattr(np, name), small, out), 30) / (30 * _BLOCK) for name in names}
    return Machine(1e9 * byte, {name: 1e9 * seconds for name, seconds in calls.items()})


def _calling(function: Callable[..., Any], small: Any, out: Any) -> Callable[[], Any]:
    return lambda: [function(small, out) for _ in range(30)][-1]


def _least(call: Callable[[], Any], rounds: int = 9) -> float:
    """The least processor seconds of a call."""
    times = []
    for _ in range(rounds):
        start = process_time()
        call()
        times.append(process_time() - start)
    return min(times)


def distances(workloads: Iterator[Workload], found: Machine, size: int = _LARGE) -> Iterator[Distance]:
    """Each workload's function at a size that no cache holds."""
    for workload in workloads:
        inputs = workload.inputs(size)
        call = workload.tools["litgrad"](inputs)
        lines = _kernel(workload)
        calls = Counter(_CALL.findall(lines))
        outputs = len({*re.findall(r"\bout_\d+|\bout\b", lines)})
        moved = 8 * (len(inputs) + outputs)
        computed = sum(found.calls[name] * count for name, count in calls.items())
        taken = 1e9 * _least(call, 5) / size
        floor = max(computed, moved * found.byte)
        yield Distance(workload.name, moved, dict(calls), floor, taken, _room(workload, inputs))


def _kernel(workload: Workload) -> str:
    """The text of the kernel."""
    head = f"def _kernel_{workload.generated}("
    return workload.text.split(head)[1].split("\n\n\n")[0]


def _room(workload: Workload, inputs: list[Any]) -> int:
    """Bytes beyond the results; those of one value write into an array that is there."""
    out = np.empty_like(inputs[0])
    tracemalloc.start()
    several = "grad" in workload.generated
    found = workload.function(*inputs, out=None if several else out)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    held = [found[0], *found[1].values()] if isinstance(found, tuple) else []
    return most - sum(each.nbytes for each in held)
