"""Generated code beside what a reader would use instead: errors of every value, and times, in one run.

`native` are the functions as `litgrad build --native` compiles them, `math` is a formula typed in for floats.
Behind the five workloads of numbers, W1 to W5, stand those of matrices: W6 dense layers and softmax, W7 a
network, W8 batch normalisation. From the repository root, where tools that are not installed are left out:

    python -m bench.compare --sizes                      errors of every value, 3 minutes
    OMP_NUM_THREADS=1 python -m bench.compare --count 0 --sizes 1 100 10000 1000000 10000000
                                                         times, 6 minutes
    python -m bench.compare --count 0 --sizes --limits   distance to what the machine can do, 1 minute

`numpy` is the formula as it is typed in, which makes its results and all that is in between, as `litgrad`
does with its results. `numpy, out=` is the least number of calls into arrays that are there, without a look
at warnings or at the limits at 0; it stands over litgrad's time with `out=`, which has to see that no array
overlaps. A time is the least of many short rounds in which the tools take turns.

With TORCH_COMPILE=1 in the environment, torch.compile is timed, too; it needs a C++ compiler and half a
minute for each workload and size.

Errors are in units of the last place over 1 + the condition number of the formula at the point; `!` counts
nan and infinities where the true value is a double, `z` counts zeros where it is a normal one.
"""

import argparse
import math
import platform
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from bench.tensors import agreeing, calls_of
from bench.workloads.accuracy import Row, Score, rows
from bench.workloads.limits import distances, machine
from bench.workloads.matrices import inputs_of
from bench.workloads.peers import Peer, installed
from bench.workloads.speed import best, workloads
from bench.workloads.subjects import made, subjects
from litgrad.version import VERSION

_HERE = Path(__file__).parent
_POSTS = [*sorted((_HERE.parent / "posts").glob("*.md")), *sorted((_HERE / "workloads").glob("*.md"))]
MATRICES = {
    "dense layer backward": "W6 dense backward",
    "softmax gradient 1e5x10": "W6 softmax gradient",
    "softmax value and gradient 1e5x10": "W6 softmax, both",
    "two layers": "W7 two layers",
    "batch norm": "W8 batch norm",
}
"""The rows of `bench/tensors.py`, which has more of them, with their memory."""
_TOOLS = {"NumPy by hand": "numpy", "jax jit": "jax"}
_INTO = "numpy, out="
_VARIANTS = frozenset(["litgrad, out=", "litgrad, as it reads"])
_BOUND = 4.0
"""Units of the last place per unit of 1 + condition number."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", nargs="*", type=Path, default=_POSTS)
    parser.add_argument("--count", type=int, default=120, help="points of each kind; 0 for none")
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="*",
        default=[1, 100, 10_000, 1_000_000],
        help="of arrays that are timed",
    )
    parser.add_argument("--cpu", action="store_true", help="time what all threads worked, not the wall clock")
    parser.add_argument("--limits", action="store_true", help="distance to what the machine can do")
    arguments = parser.parse_args()
    peers = installed()
    print(", ".join([f"litgrad {VERSION}", f"Python {platform.python_version()}", *map(_titled, peers)]))
    if arguments.count:
        accuracy(arguments.posts, peers, arguments.count)
    if arguments.limits:
        limits()
    if arguments.sizes:
        speed(arguments.sizes, time.process_time if arguments.cpu else time.perf_counter)


def speed(sizes: Iterable[int], clock: Callable[[], float]) -> None:
    """Print the time of each workload and size, and what the tools take in units of it."""
    print(f"\n{'workload':12} {'N':>9} {'litgrad':>12}   others: their time over that of litgrad")
    ratios: dict[str, list[float]] = {}
    native: dict[str, list[float]] = {}
    matrices: dict[str, list[float]] = {}
    for workload in workloads():
        for size in sizes:
            inputs = workload.inputs(size)
            times = best(workload.calls(inputs), clock)
            ours, into = times.pop("litgrad"), times.pop("litgrad, out=", math.nan)
            cells = "  ".join(
                f"{name} {seconds / (into if name == _INTO else ours):.2f}" for name, seconds in times.items()
            )
            print(f"{workload.name:12} {size:9,} {1e6 * ours:9.2f} us   {cells}", flush=True)
            for name, seconds in times.items():
                base = into if name == _INTO else ours
                ratios.setdefault(name, []).extend([seconds / base] if size >= 10_000 else [])
                over = seconds / times.get("native", math.nan)
                native.setdefault(name, []).extend([over] if size >= 10_000 else [])
    if any(size >= 10_000 for size in sizes):
        for row, title in MATRICES.items():
            found = _matrices(row, clock)
            ours = found.pop("litgrad")
            cells = "  ".join(f"{name} {seconds / ours:.2f}" for name, seconds in found.items())
            print(f"{title:22} {1e6 * ours:12.2f} us   {cells}", flush=True)
            for name, seconds in found.items():
                matrices.setdefault(_TOOLS.get(name, name), []).append(seconds / ours)
    print(f"geometric mean of the ratios at N >= 10,000: {_means(ratios)}")
    print(f"the same of the matrices: {_means(matrices)}")
    print(f"the same over the compiled functions: {_means(native)}")


def _matrices(row: str, clock: Callable[[], float]) -> dict[str, float]:
    """The least seconds of each tool in a row of matrices."""
    calls = agreeing(calls_of(row, inputs_of(row, np.float64)), single=False)
    return best({name: call for name, call in calls.items() if name not in _VARIANTS}, clock)


def limits() -> None:
    """Print each workload beside the floor that the machine sets, and what its functions took to make."""
    found = machine()
    calls = ", ".join(f"{name} {each:.2f}" for name, each in found.calls.items())
    print(f"\na byte copied {found.byte:.3f} ns; one value in cache, ns: {calls}")
    titles = f"{'floor ns':>9} {'taken ns':>9} {'times':>6} {'room kB':>8}"
    print(f"{'workload':12} {'bytes':>6} {'functions':28} {titles}")
    for each in distances(workloads(), found):
        listed = ", ".join(f"{count} {name}" for name, count in each.calls.items())
        print(f"{each.name:12} {each.bytes:6} {listed:28} {each.floor:9.2f} {each.taken:9.2f} "
              f"{each.taken / each.floor:6.2f} {each.room / 1000:8.0f}", flush=True)  # fmt: skip
    for post in _POSTS:
        seconds, count = made(post)
        print(f"{post.stem}: {1000 * seconds:.0f} ms of processor time for {count} functions, uncached")


def _means(ratios: dict[str, list[float]]) -> str:
    return ", ".join(f"{name} {_mean(each):.2f}" for name, each in ratios.items() if each)


def _mean(ratios: list[float]) -> float:
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def _titled(peer: Peer) -> str:
    return f"{peer.name} {peer.version}"


# -------------------------------- accuracy --------------------------------


def accuracy(posts: Iterable[Path], peers: list[Peer], count: int) -> None:
    """Print a row for each value and kind of input, and the totals."""
    start, found = time.perf_counter(), []
    names = ["litgrad", "native", *(peer.name for peer in peers)]
    print(f"\n{'value':44} {'inputs':13} {'N':>4} " + " ".join(f"{name:>14}" for name in names))
    for post in posts:
        for subject in subjects(post):
            for row in rows(subject, peers, count):
                found.append(row)
                print(_line(row, names), flush=True)
    _totals(found, names)
    print(f"{len(found)} rows, {sum(row.count for row in found)} points, {time.perf_counter() - start:.0f} s")


def _line(row: Row, names: list[str]) -> str:
    title = f"{row.subject.post} {row.subject.name}"
    cells = " ".join(f"{_cell(row.scores.get(name)):>14}" for name in names)
    return f"{title[:44]:44} {row.kind:13} {row.count:4} {cells} {_remarks(row)}".rstrip()


def _cell(score: Score | None) -> str:
    if score is None:
        return "-"
    faults = (f" {score.spurious}!" if score.spurious else "") + (f" {score.zeros}z" if score.zeros else "")
    return f"{score.weighted:.3g}{faults}"


def _remarks(row: Row) -> str:
    ours = row.scores["litgrad"]
    found = [f"< {name}" for name, score in row.scores.items() if score.better(ours)]
    found = [", ".join(found)] if found else []
    found += [f"BEYOND at {row.worst}" if ours.faults or ours.weighted > _BOUND else ""]
    found += ["WARNS" if row.warned else ""]
    return "  ".join(remark for remark in found if remark)


def _totals(found: list[Row], names: list[str]) -> None:
    print(f"\n{'':20} {'rows':>5} {'largest':>9} {'median':>7} {'/(1+cond)':>10} {'spurious':>9} "
          f"{'zeros':>6} {'rows > 4 or faults':>19} {'rows better than litgrad':>25}")  # fmt: skip
    for name in names:
        scored = [(row.scores[name], row.scores["litgrad"]) for row in found if name in row.scores]
        if scored:
            print(_total(name, scored))
    print(f"rows where the emitted code warns: {sum(row.warned for row in found)}")


def _total(name: str, scored: list[tuple[Score, Score]]) -> str:
    scores = [score for score, _ in scored]
    beyond = sum(score.faults > 0 or score.weighted > _BOUND for score in scores)
    return (
        f"{name:20} {len(scores):5} {max(score.largest for score in scores):9.2g} "
        f"{sorted(score.median for score in scores)[len(scores) // 2]:7.2f} "
        f"{max(score.weighted for score in scores):10.2g} {sum(score.spurious for score in scores):9} "
        f"{sum(score.zeros for score in scores):6} {beyond:19} "
        f"{sum(score.better(ours) for score, ours in scored):25}"
    )


if __name__ == "__main__":
    main()
