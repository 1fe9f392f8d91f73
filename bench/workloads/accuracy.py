"""How far values are from the true ones: units of the last place, spurious nan and infinities, zeros."""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from bench.workloads.peers import Peer
from bench.workloads.points import KINDS, points
from bench.workloads.subjects import Subject
from litgrad.codegen.exact import Truth, truth

_NORMAL = 2.0**-1022
_ZERO = 1e300
_TILED = 50_000
"""Points are repeated to this size for the path that large arrays take."""


@dataclass(frozen=True, slots=True)
class Score:
    """The errors of one tool on one set of inputs."""

    largest: float
    median: float
    weighted: float
    """The largest error in units of the last place over 1 + the condition number."""
    spurious: int
    """nan or infinite where the true value is neither."""
    zeros: int
    """0 where the true value is a normal double."""

    @property
    def faults(self) -> int:
        """Values that are no approximation at all."""
        return self.spurious + self.zeros

    def better(self, other: "Score") -> bool:
        """Clearly better: fewer faults, or less error by half a unit per unit of condition."""
        if self.faults != other.faults:
            return self.faults < other.faults
        return self.weighted < other.weighted - 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """All tools on one subject and one set of inputs."""

    subject: Subject
    kind: str
    count: int
    scores: dict[str, Score]
    warned: bool
    """The emitted code let a NumPy warning out."""
    worst: tuple[float, ...]
    """Where the emitted code errs most, per unit of 1 + the condition number; a fault first of all."""


def rows(subject: Subject, peers: Sequence[Peer], count: int) -> Iterator[Row]:
    """One row for each kind of input that the subject's domain has."""
    evaluates = {peer.name: peer.of(subject) for peer in peers}
    for kind in KINDS:
        found = [(tuple(point.values()), at) for point in points(kind, subject.domain, count)
                 if (at := _truth(subject, point)) is not None]  # fmt: skip
        if len(found) >= 5:
            arrays = [np.array(column) for column in zip(*(point for point, _ in found), strict=True)]
            true = [at for _, at in found]
            results, warned = _emitted(subject, arrays)
            scores = {"litgrad": _score(results, true)}
            if subject.native is not None:
                scores["native"] = _score(_of_arrays(subject.native, arrays), true)
            for name, evaluate in evaluates.items():
                if evaluate is not None:
                    scores[name] = _score([_quietly(evaluate, arrays)], true)
            worst = max(range(len(true)), key=lambda index: _measure(results, true, index))
            yield Row(subject, kind, len(found), scores, warned, found[worst][0])


def _truth(subject: Subject, point: dict[Any, float]) -> Truth | None:
    found = (truth(expr, point) for expr in subject.exact)
    return next((each for each in found if each is not None), None)


def _emitted(subject: Subject, arrays: list[np.ndarray]) -> tuple[list[np.ndarray], bool]:
    """The results of three paths: an array, a large array, and one Python float after another."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = _of_arrays(subject.call, arrays)
        single = np.array([_single(subject, point) for point in zip(*arrays, strict=True)])
    return [*found, single], bool(caught)


def _of_arrays(call: Callable[..., Any], arrays: list[np.ndarray]) -> list[np.ndarray]:
    """The results for an array and for a large one."""
    count = len(arrays[0])
    many = [np.tile(array, _TILED // count + 1) for array in arrays]
    whole = np.broadcast_to(call(*arrays), (count,))
    return [whole, np.broadcast_to(call(*many), many[0].shape)[:count]]


def _single(subject: Subject, point: tuple[Any, ...]) -> float:
    """The value at plain floats; not a number where the call raises."""
    try:
        return float(subject.call(*map(float, point)))
    except (ArithmeticError, ValueError):
        return math.nan


def _quietly(evaluate: Callable[..., Any], arrays: list[np.ndarray]) -> np.ndarray:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return np.broadcast_to(np.asarray(evaluate(*arrays), float), arrays[0].shape)


def _score(results: Sequence[np.ndarray], true: list[Truth]) -> Score:
    """The worst of several results at each point."""
    found = [max(_error(float(result[at]), true[at]) for result in results) for at in range(len(true))]
    errors = [error for error in found if error < _ZERO]
    weighted = [error / (1 + at.condition) for error, at in zip(found, true, strict=True)
                if error < _ZERO and abs(float(at.value)) >= _NORMAL]  # fmt: skip
    return Score(
        max(errors, default=0.0), median(errors or [0.0]), max(weighted, default=0.0),
        sum(error == math.inf for error in found), sum(error == _ZERO for error in found),
    )  # fmt: skip


def _measure(results: Sequence[np.ndarray], true: list[Truth], index: int) -> float:
    error = max(_error(float(result[index]), true[index]) for result in results)
    small = abs(float(true[index].value)) < _NORMAL and error < _ZERO
    return 0.0 if small else error if error >= _ZERO else error / (1 + true[index].condition)


def _error(got: float, true: Truth) -> float:
    """Units of the last place; `_ZERO` for a spurious zero, infinite for what is no number."""
    if not math.isfinite(got):
        return math.inf
    if got == 0 and abs(float(true.value)) >= _NORMAL:
        return _ZERO
    return min(true.error(got), _ZERO / 2)
