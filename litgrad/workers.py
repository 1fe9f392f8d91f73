"""Posts in worker processes, each with a deadline and a memory limit, results in the posts' order."""

import math
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

if sys.platform != "win32":
    import resource

Result = TypeVar("Result")
_SOFTWARE_FAULT = 70
_GRACE = 5


@dataclass(frozen=True, slots=True)
class Job(Generic[Result]):
    """A piece of work, and what stands for its result when its worker is stopped or dies."""

    work: Callable[[], Result]
    stopped: Callable[[str], Result]
    """Takes the reason as a sentence."""


@dataclass(frozen=True, slots=True)
class _Running(Generic[Result]):
    index: int
    job: Job[Result]
    process: BaseProcess
    results: Connection
    deadline: float


def run(jobs: Sequence[Job[Result]], *, at_once: int, seconds: float, memory_bytes: int) -> Iterator[Result]:
    """Do all jobs, some at once, and give their results in order.

    A worker that passes its deadline is killed. Where no process can be forked, the jobs run here, in order.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        yield from (job.work() for job in jobs)
        return
    waiting = list(enumerate(jobs))[::-1]
    running: list[_Running[Result]] = []
    done: dict[int, Result] = {}
    try:
        for index in range(len(jobs)):
            while index not in done:
                while waiting and len(running) < at_once:
                    running.append(_start(*waiting.pop(), seconds, memory_bytes))
                _collect(running, done, seconds)
            yield done.pop(index)
    finally:
        for worker in running:
            worker.process.kill()
            worker.process.join()


def _start(index: int, job: Job[Result], seconds: float, memory_bytes: int) -> _Running[Result]:
    results, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_work, args=(job, sender, seconds, memory_bytes)
    )
    process.start()
    sender.close()
    return _Running(index, job, process, results, time.monotonic() + seconds)


def _work(job: Job[Result], sender: Connection, seconds: float, memory_bytes: int) -> None:
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        bound = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
        late = math.ceil(seconds) + _GRACE
        resource.setrlimit(resource.RLIMIT_CPU, (late, late))  # holds, too, if the parent is killed
    try:
        sender.send(job.work())
        sender.close()
    except BaseException:  # noqa: BLE001 - the parent sees the pipe end and says so in one line
        os._exit(_SOFTWARE_FAULT)


def _collect(running: list[_Running[Result]], done: dict[int, Result], seconds: float) -> None:
    """Wait until a worker is through or late, and take it off the list."""
    first = min(worker.deadline for worker in running)
    ready = wait([worker.results for worker in running], max(first - time.monotonic(), 0))
    for worker in list(running):
        if worker.results in ready:
            done[worker.index] = _received(worker)
        elif worker.deadline <= time.monotonic():
            worker.process.kill()
            done[worker.index] = worker.job.stopped(
                f"litgrad was stopped on this post after {seconds:g} seconds"
            )
        else:
            continue
        worker.results.close()
        worker.process.join()
        running.remove(worker)


def _received(worker: _Running[Result]) -> Result:
    try:
        return worker.results.recv()
    except EOFError:
        worker.process.join()
        code = worker.process.exitcode
        return worker.job.stopped(f"litgrad died on this post (exit status {code}); please report it")
