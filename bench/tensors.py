"""Speed and memory of functions of vectors and matrices that posts compile to, beside other tools.

    python bench/tensors.py [--rounds N] [--single] [--cpu] [ROW ...]

The figures of the issue, in about a minute, on one core with the processor's time:

    OMP_NUM_THREADS=1 taskset -c 0 python bench/tensors.py --rounds 21 --cpu

"litgrad" is the module that is built by default, as it is called: it makes new arrays each time, as the
libraries do. "litgrad, out=" writes into arrays that are there, as "NumPy by hand" does: these two are
compared. "as it reads" is the form on the page. Every tool of a row computes the same arrays from the
same inputs, which is checked before anything is timed; the tools take turns. Tools that are not installed
are left out: autograd, torch, jax. With TORCH_COMPILE=1 in the environment, torch.compile takes part, too.
Cores are those that the process may use; on one core `--cpu` counts the processor's time, which other
processes do not add to.
"""

import argparse
import gc
import importlib.util
import os
import statistics
import sys
import tracemalloc
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.workloads.libraries import autograd_calls, jax_calls, torch_calls
from bench.workloads.matrices import Inputs, by_hand, inputs_of
from litgrad.compiler import compile_post
from litgrad.options import Options
from litgrad.source import Source

Call = Callable[[], Any]
_POSTS = Path(__file__).parent / "workloads"
_LEAST = 3e-3
"""Seconds that one measurement lasts at least."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one tool fares in one row."""

    tool: str
    best: float
    median: float
    memory: int | None
    """The most bytes held at once beyond the inputs; None where the tool's allocator is its own."""


def compiled(stem: str) -> types.ModuleType:
    """The module of a post among the workloads."""
    path = _POSTS / f"{stem}.md"
    post = compile_post(Source(str(path), path.read_text(encoding="utf-8")), Options())
    made = types.ModuleType(post.module.name)
    exec(compile(post.module.text, f"{stem}.py", "exec"), made.__dict__)  # noqa: S102
    return made


def litgrad_calls(row: str, given: Inputs) -> Iterator[tuple[str, Call]]:
    """The generated functions: as they are called, and into arrays that are there already."""
    module = compiled(given.post)
    if row == "dense layer backward":
        x, w, g = given.arrays["X"], given.arrays["W"], given.arrays["G"]
        by_w, by_b, by_x = np.empty_like(w), np.empty_like(g[0]), np.empty_like(x)
        yield "litgrad", lambda: [module.D_W(x, g), module.D_b(g), module.D_X(g, w)]
        yield (
            "litgrad, out=",
            lambda: [module.D_W(x, g, out=by_w), module.D_b(g, out=by_b), module.D_X(g, w, out=by_x)],
        )
        return
    if row.startswith("softmax gradient"):
        z, y = given.arrays["Z"], given.arrays["Y"]
        found = np.empty_like(z)
        yield "litgrad", lambda: [module.D(z, y)]
        yield "litgrad, out=", lambda: [module.D(z, y, out=found)]
        return
    by, arrays = given.by, given.arrays
    read = vars(module)["_READ"]
    room = {name: np.empty_like(arrays[name]) for name in by}

    def flat(found: tuple[Any, dict[str, Any]]) -> list[Any]:
        return [found[0], *(found[1][name] for name in by)]

    yield "litgrad", lambda: flat(module.value_and_grad_L(**arrays, by=by))
    yield "litgrad, out=", lambda: flat(module.value_and_grad_L(**arrays, by=by, out=room))
    yield "litgrad, as it reads", lambda: flat(module.value_and_grad_L(**arrays, out=read))


def calls_of(row: str, given: Inputs) -> dict[str, Call]:
    """Every tool's way to compute a row, those that are installed."""
    found = dict(litgrad_calls(row, given))
    found["NumPy by hand"] = by_hand(row, given)
    for name, make in (("autograd", autograd_calls), ("torch", torch_calls), ("jax", jax_calls)):
        if importlib.util.find_spec(name) is not None:
            found |= make(row, given)
    return found


def agreeing(calls: dict[str, Call], *, single: bool) -> dict[str, Call]:
    """The calls that run; those whose arrays are not the first one's end the program."""
    wanted: list[Any] | None = None
    kept = {}
    for name, call in calls.items():
        try:
            found = [np.asarray(each) for each in call()]
        except Exception as fault:  # noqa: BLE001
            print(f"  {name}: does not run here ({type(fault).__name__})", file=sys.stderr)
            continue
        wanted = found if wanted is None else wanted
        for one, other in zip(found, wanted, strict=True):
            tolerance = 1e-3 if single else 1e-8
            np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance, err_msg=name)
        kept[name] = call
    return kept


def measured(calls: dict[str, Call], rounds: int, clock: Callable[[], float]) -> list[Result]:
    """The seconds of each call, the calls taking turns; then the memory of each."""
    counts = {name: _count(call) for name, call in calls.items()}
    times: dict[str, list[float]] = {name: [] for name in calls}
    gc.disable()
    for _ in range(rounds):
        for name, call in calls.items():
            start = clock()
            for _ in range(counts[name]):
                call()
            times[name].append((clock() - start) / counts[name])
    gc.enable()
    return [
        Result(name, min(found), statistics.median(found), _memory(name, calls[name]))
        for name, found in times.items()
    ]


def _count(call: Call) -> int:
    call()
    start = perf_counter()
    call()
    return max(1, int(_LEAST / max(perf_counter() - start, 1e-8)))


def _memory(name: str, call: Call) -> int | None:
    """The most bytes that Python and NumPy hold beyond what they held before."""
    if name.startswith(("torch", "jax")):
        return None
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most - before


ROWS = (
    "dense layer backward",
    "softmax gradient 1e5x10",
    "softmax gradient 256x1000",
    "softmax value and gradient 1e5x10",
    "softmax value and gradient 256x1000",
    "two layers",
    "batch norm",
)


def main() -> None:
    """Measure the rows and print them, fastest first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows that begin so; all by default")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--single", action="store_true", help="single precision")
    parser.add_argument("--cpu", action="store_true", help="processor time")
    options = parser.parse_args()
    clock = process_time if options.cpu else perf_counter
    cores = len(os.sched_getaffinity(0))
    ratios: dict[str, list[float]] = {}
    for row in (one for one in ROWS if not options.rows or one.startswith(tuple(options.rows))):
        given = inputs_of(row, np.float32 if options.single else np.float64)
        results = measured(agreeing(calls_of(row, given), single=options.single), options.rounds, clock)
        best = min(result.best for result in results)
        size = sum(each.nbytes for each in given.arrays.values())
        print(f"\n{row}: {options.rounds} rounds, {cores} cores, load {os.getloadavg()[0]:.1f}")
        for each in sorted(results, key=lambda result: result.best):
            memory = (
                ""
                if each.memory is None
                else f"{each.memory / 1e3:9.0f} kB, {each.memory / size:.2f} x inputs"
            )
            print(
                f"  {each.tool:22} {each.best / best:6.2f}  {each.best * 1e6:10.0f} us"
                f"  median {each.median * 1e6:10.0f} us {memory}"
            )
        kept = {each.tool: each.best for each in results}
        for tool, seconds in kept.items():
            ratios.setdefault(tool, []).append(seconds / kept["litgrad, out="])
    print("\nGeometric means of the time over that of litgrad with out=, and the least")
    for tool, found in ratios.items():
        print(f"  {tool:22} {statistics.geometric_mean(found):6.2f} {min(found):6.2f}  in {len(found)} rows")


if __name__ == "__main__":
    main()
