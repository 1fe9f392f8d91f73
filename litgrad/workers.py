"""Posts in worker processes, each with a deadline and a memory limit, results in the posts' order."""

import gc
import math
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:  # a build in which nothing changed starts no process
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

if sys.platform != "win32":
    import resource

Result = TypeVar("Result")
_SOFTWARE_FAULT = 70
_NO_MEMORY = 71
_AMPLE = 4_000_000_000
_GRACE = 5
_AHEAD = 32
"""Results per worker that may wait for an earlier one, so that memory stays flat."""
_FIRST = 0.75
"""Share of a job's time for its first attempt; the rest is for one without time of its own."""
_PATIENCE = 10
"""How many times its seconds a worker may take on a machine that is busy with other things."""
_BUDGET = 0.5
"""Share of a job's time that it is told: it shall end by itself before it is killed."""
_OBJECTS = 100_000
"""New objects after which a worker looks for garbage: little of what it makes is any before it ends."""


@dataclass(frozen=True, slots=True)
class Job(Generic[Result]):
    """A piece of work, and what stands for its result when its worker is stopped or dies."""

    work: Callable[[float], Result]
    """Takes the seconds it has; with 0 it leaves out whatever may take long."""
    stopped: Callable[[str], Result]
    """Takes the reason as a sentence."""


@dataclass(frozen=True, slots=True)
class Known(Generic[Result]):
    """A result that needs no work."""

    result: Result
    light: bool = False
    """Whether any number of such may wait for an earlier one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take."""

    seconds: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class _Running(Generic[Result]):
    index: int
    job: Job[Result]
    process: "BaseProcess"
    results: "Connection"
    began: float
    seconds: float
    deadline: float
    last: bool

    def prolonged(self) -> "_Running[Result] | None":
        """The same with the time that other programs took from it; None where it had its own."""
        used, now = _processor_seconds(self.process.pid), time.monotonic()
        left = min(self.seconds - used, self.began + _PATIENCE * self.seconds - now)
        return None if left < self.seconds / 10 else replace(self, deadline=now + left)


def _nothing() -> None:
    pass


def _unwatched(_index: int) -> None:
    pass


@dataclass(slots=True)
class Pool(Generic[Result]):
    """Some workers, each forked for one job from this process, which has everything loaded by then."""

    at_once: int
    limits: Limits
    warm: Callable[[], None] = _nothing
    """Called once, before the first worker starts."""
    started: Callable[[int], None] = _unwatched
    """Called with the number of a job when its work begins."""
    _running: list[_Running[Result]] = field(default_factory=list)
    _done: dict[int, Result] = field(default_factory=dict)
    _light: set[int] = field(default_factory=set)
    """Those of them that count for nothing."""
    _again: deque[_Running[Result]] = field(default_factory=deque)
    is_warm: bool = False
    """Whether a worker was needed."""
    count: int = 0
    """How many were."""

    def run(self, jobs: Iterable[Job[Result] | Known[Result]]) -> Generator[Result]:
        """Do all jobs and give their results in order, taking the jobs as they are needed."""
        yield from self.run_numbered(enumerate(jobs))

    def run_numbered(self, jobs: Iterable[tuple[int, Job[Result] | Known[Result]]]) -> Generator[Result]:
        """Do jobs that are numbered from 0 on, of which a few may come before their turn.

        No more than can run at once, so that room is left for the others' results.
        A worker that passes its deadline or dies is tried once more without time of its own, then given up.
        Where no process can be forked, the jobs run here.
        """
        if not hasattr(os, "fork"):
            yield from _in_order((index, self._here(index, job)) for index, job in jobs)
            return
        waiting = iter(jobs)
        try:
            index = 0
            while self._fill(waiting) or index in self._done or self._running:
                if index in self._done:
                    self._light.discard(index)
                    yield self._done.pop(index)
                    index += 1
                else:
                    self._collect()
        finally:
            for worker in self._running:
                worker.process.kill()
                worker.process.join()

    def _here(self, index: int, job: Job[Result] | Known[Result]) -> Result:
        if isinstance(job, Known):
            return job.result
        self.started(index)
        try:
            return job.work(self.limits.seconds)
        except MemoryError:
            return job.stopped("litgrad ran out of memory on this post")

    def _fill(self, waiting: Iterator[tuple[int, Job[Result] | Known[Result]]]) -> bool:
        """Start workers until enough run or enough results wait; whether a job was taken."""
        while self._again and len(self._running) < self.at_once:
            late = self._again.popleft()
            self._start(late.index, late.job, last=True)
        taken = False
        bound = _AHEAD * self.at_once
        while len(self._running) < self.at_once and len(self._done) - len(self._light) < bound:
            index, job = next(waiting, (-1, None))
            if job is None:
                break
            taken = True
            if isinstance(job, Known):
                self._done[index] = job.result
                if job.light:
                    self._light.add(index)
            else:
                self.started(index)
                self._start(index, job, last=False)
        return taken

    def _start(self, index: int, job: Job[Result], *, last: bool) -> None:
        import multiprocessing

        self.count += 1
        if not self.is_warm:
            self._warm_up()
        seconds = self.limits.seconds * (1 - _FIRST if last else _FIRST)
        budget = 0 if last else self.limits.seconds * _BUDGET
        results, sender = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(
            target=_work, args=(job.work, budget, sender, seconds, self.limits.memory_bytes)
        )
        with _uninterrupted():
            process.start()
        sender.close()
        now = time.monotonic()
        self._running.append(_Running(index, job, process, results, now, seconds, now + seconds, last))

    def _warm_up(self) -> None:
        """Load what the workers share; what stays for good is not looked through for garbage meanwhile."""
        gc.disable()
        try:
            self.warm()
        finally:
            gc.enable()
        gc.freeze()
        self.is_warm = True

    def _collect(self) -> None:
        """Wait until a worker is through or late, and take it off the list."""
        from multiprocessing.connection import wait

        first = min(worker.deadline for worker in self._running)
        ready = wait([worker.results for worker in self._running], max(first - time.monotonic(), 0))
        for worker in list(self._running):
            if worker.results in ready:
                self._receive(worker)
            elif worker.deadline <= time.monotonic():
                prolonged = worker.prolonged()
                if prolonged is not None:
                    self._running[self._running.index(worker)] = prolonged
                    continue
                worker.process.kill()
                reason = f"litgrad was stopped on this post after {self.limits.seconds:g} seconds"
                self._give_up(worker, reason)
            else:
                continue
            worker.results.close()
            worker.process.join()
            self._running.remove(worker)

    def _receive(self, worker: _Running[Result]) -> None:
        try:
            self._done[worker.index] = worker.results.recv()
        except EOFError:
            worker.process.join()
            code = worker.process.exitcode
            reason = f"litgrad died on this post (exit status {code}); please report it"
            if code == _NO_MEMORY:
                megabytes = self.limits.memory_bytes / 1e6
                reason = f"litgrad was stopped on this post at {megabytes:g} MB of memory"
            self._give_up(worker, reason)

    def _give_up(self, worker: _Running[Result], reason: str) -> None:
        if worker.last:
            self._done[worker.index] = worker.job.stopped(reason)
        else:
            self._again.append(worker)


def _in_order(results: Iterable[tuple[int, Result]]) -> Generator[Result]:
    """Numbered results in their order, each as soon as those before it are there."""
    early: dict[int, Result] = {}
    turn = 0
    for index, result in results:
        early[index] = result
        while turn in early:
            yield early.pop(turn)
            turn += 1


def _processor_seconds(number: int | None) -> float:
    """What a process has computed so far; infinite where the system does not tell."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return math.inf


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Keep Ctrl-C waiting until a new process has decided to ignore it."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(
    work: Callable[[float], Result], budget: float, sender: "Connection", seconds: float, memory_bytes: int
) -> None:
    """What a worker does: it ignores Ctrl-C, its parent stops it; its limits hold if the parent is gone."""
    if sys.platform != "win32":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
        _limit(resource.RLIMIT_AS, _address_space() + memory_bytes)
        _limit(resource.RLIMIT_CPU, math.ceil(seconds) + _GRACE)
    gc.set_threshold(_OBJECTS, 50, 100)
    status = _SOFTWARE_FAULT
    try:
        sender.send(work(budget))
        sender.close()
        status = 0
    except MemoryError:
        status = _NO_MEMORY
    except BaseException:  # noqa: BLE001, S110 - the parent sees the pipe end and says so in one line
        pass
    os._exit(status)


def _limit(kind: int, bound: int) -> None:
    """Limit a resource of this process, no wider than whoever started it did."""
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard))


def _address_space() -> int:
    """Bytes that this process takes already, libraries and all; ample where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text("utf-8").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return _AMPLE
