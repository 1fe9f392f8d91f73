"""How long checking takes: the median sign, the slowest posts, and the share of time inside SymPy.

Takes folders or files of posts. Posts have no bound on their time here; each sign keeps its own. The share
comes from samples of the running stack, every few milliseconds of processor time.
"""

import argparse
import signal
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from unittest.mock import patch

from litgrad.checking import checker
from litgrad.checking.verdicts import Judgement
from litgrad.compiler import check_post
from litgrad.meaning.statements import Step
from litgrad.options import Options
from litgrad.posts import read_post

_INTERVAL = 0.005


@dataclass(slots=True)
class Samples:
    """Where the program was when it was looked at."""

    all: int = 0
    inside: int = 0
    """In SymPy, or in what SymPy calls."""

    def take(self, _: int, frame: FrameType | None) -> None:
        """Look at the stack."""
        self.all += 1
        while frame is not None:
            if "/sympy/" in frame.f_code.co_filename:
                self.inside += 1
                return
            frame = frame.f_back


@dataclass(slots=True)
class Times:
    """Processor seconds of every sign and of every post."""

    signs: list[tuple[float, str, Step]] = field(default_factory=list)
    posts: list[tuple[float, str]] = field(default_factory=list)


def measured(paths: list[Path]) -> Times:
    """Check posts and note how long each of their signs takes."""
    times = Times()
    judge = checker._bounded  # noqa: SLF001 - the one place through which every sign goes

    for path in paths:

        def timed(held: checker.Case, step: Step, name: str = path.name) -> Judgement:
            start = time.process_time()
            found = judge(held, step)
            times.signs.append((time.process_time() - start, name, step))
            return found

        source, _ = read_post(path, Options())
        start = time.process_time()
        with patch.object(checker, "_bounded", timed):
            check_post(source)
        times.posts.append((time.process_time() - start, path.name))
    return times


def _posts(places: list[Path]) -> Iterator[Path]:
    for place in places:
        yield from sorted(place.rglob("*.md")) if place.is_dir() else [place]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("places", nargs="+", type=Path)
    parser.add_argument("--slowest", type=int, default=5)
    arguments = parser.parse_args()
    samples = Samples()
    signal.signal(signal.SIGPROF, samples.take)
    signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)
    times = measured(list(_posts(arguments.places)))
    signal.setitimer(signal.ITIMER_PROF, 0)
    seconds = [taken for taken, _, _ in times.signs]
    cuts = statistics.quantiles(seconds, n=100)
    print(f"{len(times.posts)} posts, {len(seconds)} signs, {sum(taken for taken, _ in times.posts):.1f} s")
    print(f"a sign: median {cuts[49] * 1e3:.1f} ms, 90 % below {cuts[89] * 1e3:.0f} ms")
    print(f"the slowest sign: {max(seconds):.1f} s")
    share = samples.inside / max(samples.all, 1)
    print(f"inside SymPy: {share:.0%} of {samples.all} samples")
    for taken, name in sorted(times.posts, reverse=True)[: arguments.slowest]:
        print(f"  {taken:6.1f} s  {name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
