"""Where the time of a build goes: one span per stage and post, as a timeline in Chrome's trace format."""

import functools
import json
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from litgrad.records import dataclass

STAGES: Mapping[str, str] = {
    "read_markdown": "read",
    "read_hints": "read hints",
    "parse_all": "parse",
    "understand": "understand",
    "check_all": "check",
    "differentiate": "differentiate",
    "write_module": "write module",
    "write_tests": "write tests",
    "render_page": "render page",
}
"""The functions of the pipeline, and what the timeline calls them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time on one post; nanoseconds of the clock that all processes share."""

    name: str
    post: str
    start: int
    end: int


_STRETCHES: ContextVar[list[Stretch] | None] = ContextVar("stretches", default=None)


@contextmanager
def recording(post: str) -> Generator[list[Stretch]]:
    """Note the stretches of the work below, the whole of it last."""
    stretches: list[Stretch] = []
    token = _STRETCHES.set(stretches)
    start = time.monotonic_ns()
    try:
        yield stretches
    finally:
        stretches.append(Stretch("post", post, start, time.monotonic_ns()))
        _STRETCHES.reset(token)


def instrument(pipeline: ModuleType) -> None:
    """Let the stages that a module calls be noted; for a worker, and only where a trace is asked for."""
    for function, name in STAGES.items():
        setattr(pipeline, function, _noted(name, getattr(pipeline, function)))


def _noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def noted(*arguments: object, **named: object) -> object:
        start = time.monotonic_ns()
        try:
            result = function(*arguments, **named)
            return iter(tuple(result)) if isinstance(result, Iterator) else result
        finally:
            stretches = _STRETCHES.get()
            if stretches is not None:
                stretches.append(Stretch(name, "", start, time.monotonic_ns()))

    return noted


def as_trace(posts: Iterable[Iterable[Stretch]]) -> str:
    """The timeline of several posts, each given as its stretches with the whole of it last.

    Posts that were worked on at the same time stand in different rows.
    """
    found = sorted((tuple(post) for post in posts), key=lambda post: post[-1].start)
    lanes: list[int] = []
    events: list[dict[str, Any]] = []
    for post in found:
        whole = post[-1]
        lane = next((row for row, end in enumerate(lanes) if end <= whole.start), len(lanes))
        lanes[lane : lane + 1] = [whole.end]
        events += [_event(stretch, whole.post, lane) for stretch in (whole, *post[:-1])]
    return json.dumps({"traceEvents": events, "displayTimeUnit": "ms"}, indent=0) + "\n"


def _event(stretch: Stretch, post: str, lane: int) -> dict[str, Any]:
    return {
        "name": post if stretch.name == "post" else stretch.name,
        "cat": "post" if stretch.name == "post" else "stage",
        "ph": "X",
        "ts": stretch.start / 1000,
        "dur": (stretch.end - stretch.start) / 1000,
        "pid": 1,
        "tid": lane + 1,
        "args": {"post": post},
    }
