"""How builds of many posts scale: cold with one and two workers, unchanged, after one edit; peak memory.

Beside the speed-up by two workers stands that of two builds which each make half of the posts: the machine
gives two processes no more. An edit changes a definition, or a step in the middle of a derivation. The last
three columns are builds while `litgrad standby` runs, of whose work the seconds in brackets do not tell. With
`--keep FOLDER` the posts, the site and the cache stay there, and a second run with it measures the last six
columns alone.

    python bench/many_posts.py 100 1000                          # about 45 minutes on two processors
    python bench/many_posts.py --short 100 1000 10000            # about 35 minutes, to see how they grow
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

_POST = Path(__file__).parent.parent / "posts" / "backpropagation.md"
_SHORT = r"""---
title: Short
---

Let $\sigma(x) = \frac{1}{1 + e^{-x}}$. Then

$$
\begin{align}
\frac{d\sigma(x)}{dx} & = \sigma(x) \, (1 - \sigma(x))
\end{align}
$$
"""
"""One definition and one step."""
_HEADINGS = (
    *("posts", "s/post, 1 job", "s/post, 2 jobs", "speed-up", "of the machine", "MB"),
    *("unchanged", "definition", "step", "unchanged, standby", "definition, standby", "step, standby"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One build as a whole process."""

    seconds: float
    processor: float
    """Seconds that all its processes computed; other programs do not add to them."""
    megabytes: float
    """Peak memory of the largest of its processes."""


@dataclass(frozen=True, slots=True)
class Row:
    """All builds of one number of posts; one worker is left out where it would take too long."""

    posts: int
    one: Run | None
    two: Run | None
    halves: float
    """Seconds of two builds at once by one worker each, of half of the posts each; 0 if not measured."""
    warm: list[Run]
    """Unchanged and after either edit, alone and with a process that stands by."""


def write_posts(folder: Path, text: str, count: int) -> None:
    """Posts that differ in their titles and in a number, so that none is another's result."""
    folder.mkdir()
    for number in range(count):
        post = re.sub(r"^title:.*$", f"title: Post {number}", text, count=1, flags=re.MULTILINE)
        (folder / f"post-{number:05}.md").write_text(f"{post}\nOne more: $h(x) = {number + 2} x$.\n", "utf-8")


def build(root: Path, out: str, *options: str) -> Run:
    command = [sys.executable, "-m", "litgrad", "build", "posts", "-o", out, *options]
    environment = {**os.environ, "LITGRAD_CACHE": str(root / "cache")}
    start = perf_counter()
    with (root / "output").open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("\n".join((root / "output").read_text("utf-8").splitlines()[-30:]))
    return Run(perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def middle(runs: list[Run]) -> Run:
    """The medians of several builds."""
    return Run(
        median(run.seconds for run in runs),
        median(run.processor for run in runs),
        median(run.megabytes for run in runs),
    )


def cold(root: Path, text: str, count: int, *, one_too: bool) -> tuple[Run | None, Run, float]:
    """First builds by one worker, by two, and of the halves."""
    write_posts(root / "posts", text, count)
    one = build(root, "one", "--no-cache", "--jobs", "1") if one_too else None
    halves = in_halves(root, count) if one_too else 0.0
    return one, build(root, "two", "--jobs", "2"), halves


def in_halves(root: Path, count: int) -> float:
    """What two processes that know nothing of each other take: the machine gives no more than that."""
    command = [sys.executable, "-m", "litgrad", "build", "--no-cache", "--jobs", "1"]
    posts = sorted(f"posts/{path.name}" for path in (root / "posts").iterdir())
    halves = posts[: count // 2], posts[count // 2 :]
    start = perf_counter()
    both = [
        subprocess.Popen([*command, "-o", f"half{number}", *half], cwd=root, stdout=subprocess.DEVNULL)
        for number, half in enumerate(halves)
    ]
    for process in both:
        process.wait()
    return perf_counter() - start


def warm(root: Path, count: int, repeats: int) -> Iterator[Run]:
    """Builds of a site that is there: nothing changed, a definition did, a step did."""
    post = root / "posts" / f"post-{count // 2:05}.md"
    sleep(3)  # what was just written is read again
    build(root, "two")
    for change in (str, _definition, _step):
        runs = []
        for _ in range(repeats):
            text = change(post.read_text("utf-8"))
            if text != post.read_text("utf-8"):
                post.write_text(text, "utf-8")
            runs.append(build(root, "two"))
        yield middle(runs)


def _definition(text: str) -> str:
    return re.sub(r"h\(x\) = (\d+)", lambda found: f"h(x) = {int(found[1]) + 100_000}", text)


def _step(text: str) -> str:
    """One space more each time: a step that was never seen, though it says the same."""
    return text.replace(r"& = \sigma(x) ", r"& = \sigma(x) \, ", 1)


@contextmanager
def standing_by(root: Path) -> Generator[None]:
    """Let `litgrad standby` run meanwhile."""
    command = [sys.executable, "-m", "litgrad", "standby"]
    environment = {**os.environ, "LITGRAD_CACHE": str(root / "cache")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.terminate()


def measured(root: Path, text: str, count: int, repeats: int, *, one_too: bool) -> Row:
    one, two, halves = None, None, 0.0
    if not (root / "posts").exists():
        one, two, halves = cold(root, text, count, one_too=one_too)
    alone = list(warm(root, count, repeats))
    with standing_by(root):
        return Row(count, one, two, halves, [*alone, *warm(root, count, repeats)])


def cells(row: Row) -> list[str]:
    """The row as text, in the order of `_HEADINGS`; in brackets the seconds that the processors worked."""
    return [
        str(row.posts),
        "-" if row.one is None else shown(row.one, row.posts),
        "-" if row.two is None else shown(row.two, row.posts),
        "-" if row.one is None or row.two is None else f"{row.one.seconds / row.two.seconds:.2f}",
        "-" if row.one is None or not row.halves else f"{row.one.seconds / row.halves:.2f}",
        "-" if row.two is None else f"{row.two.megabytes:.0f}",
        *map(shown, row.warm),
    ]


def shown(run: Run, posts: int = 1) -> str:
    return f"{run.seconds / posts:.3g} ({run.processor / posts:.2g})"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("counts", nargs="*", type=int, default=[100, 1000])
    parser.add_argument("--post", type=Path, default=_POST, help="the post that the others are made from")
    parser.add_argument("--short", action="store_true", help="posts of one definition and one step instead")
    parser.add_argument(
        "--repeats", type=int, default=5, help="of unchanged and one-edit builds; the median counts"
    )
    parser.add_argument("--keep", type=Path, help="where posts, sites and caches stay")
    parser.add_argument(
        "--one-worker-up-to", type=int, default=1000, help="posts; more are built with two workers only"
    )
    arguments = parser.parse_args()
    print(" | ".join(_HEADINGS))
    text = _SHORT if arguments.short else arguments.post.read_text("utf-8")
    for count in arguments.counts:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) if arguments.keep is None else arguments.keep / str(count)
            root.mkdir(parents=True, exist_ok=True)
            row = cells(
                measured(root, text, count, arguments.repeats, one_too=count <= arguments.one_worker_up_to)
            )
        pairs = zip(row, _HEADINGS, strict=True)
        print(" | ".join(cell.rjust(len(heading)) for cell, heading in pairs), flush=True)


if __name__ == "__main__":
    main()
