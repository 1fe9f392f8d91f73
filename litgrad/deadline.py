"""The time that a post has: set by whoever started the work, asked by the stages that may take long.

It is the time of the processor, so that a verdict does not depend on what else the machine is doing.
"""

import math
import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType

from litgrad.records import dataclass


class OutOfTimeError(BaseException):
    """A piece of work was interrupted; no `except Exception` of a library on the way holds it up."""


@dataclass(slots=True)
class _Clock:
    end: float = math.inf
    missed: bool = False


_CLOCK: ContextVar[_Clock | None] = ContextVar("clock", default=None)


@contextmanager
def time_limit(seconds: float) -> Generator[None]:
    """Give the work below some seconds; it is not stopped, but it can ask.

    >>> with time_limit(0):
    ...     out_of_time()
    True
    """
    token = _CLOCK.set(_Clock(time.process_time() + seconds))
    try:
        yield
    finally:
        _CLOCK.reset(token)


def time_left() -> float:
    """The seconds until the limit; infinite where there is none."""
    clock = _CLOCK.get()
    return math.inf if clock is None else clock.end - time.process_time()


def out_of_time() -> bool:
    """Whether the limit has passed. Who asks and hears yes leaves something out, which `missed` remembers."""
    clock = _CLOCK.get()
    if clock is None or time.process_time() < clock.end:
        return False
    clock.missed = True
    return True


def missed() -> bool:
    """Whether something was left out below this limit: then the result is not the same the next time."""
    clock = _CLOCK.get()
    return clock is not None and clock.missed


@contextmanager
def interrupted(seconds: float = math.inf) -> Generator[None]:
    """Interrupt the work below with OutOfTimeError when the limit, or these seconds, have passed.

    For the main thread of a system with interval timers; elsewhere the work runs on. One call of a C library
    is not interrupted, but the next line of Python after it is.
    """
    limit = min(time_left(), seconds)
    if math.isinf(limit) or not _has_timer():
        yield
        return
    before = signal.signal(signal.SIGPROF, _raise)
    started = time.process_time()
    outer, _ = signal.setitimer(signal.ITIMER_PROF, max(limit, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if outer:
            signal.setitimer(signal.ITIMER_PROF, max(outer - time.process_time() + started, 0.001))


def _has_timer() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _raise(_number: int, _frame: FrameType | None) -> None:
    clock = _CLOCK.get()
    if clock is not None:
        clock.missed = True
    raise OutOfTimeError
