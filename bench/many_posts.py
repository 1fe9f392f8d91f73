"""How builds of many posts scale: cold with one and two workers, unchanged, after one edit; peak memory."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

_POST = Path(__file__).parent.parent / "posts" / "backpropagation.md"
_HEADINGS = (
    *("posts", "s/post, 1 job", "s/post, 2 jobs", "speed-up", "unchanged", "one edit"),
    *("MB, cold", "MB, unchanged"),
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
    two: Run
    unchanged: Run
    edited: Run


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


def measured(text: str, count: int, repeats: int, *, one_too: bool) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_posts(root / "posts", text, count)
        one = build(root, "one", "--no-cache", "--jobs", "1") if one_too else None
        two = build(root, "two", "--jobs", "2")
        unchanged = middle([build(root, "two") for _ in range(repeats)])
        edits = []
        for edit in range(repeats):
            post = root / "posts" / f"post-{count // 2:05}.md"
            text = re.sub(r"h\(x\) = \d+", f"h(x) = {count + edit + 2}", post.read_text("utf-8"))
            post.write_text(text, "utf-8")
            edits.append(build(root, "two"))
        return Row(count, one, two, unchanged, middle(edits))


def cells(row: Row) -> list[str]:
    """The row as text, in the order of `_HEADINGS`; in brackets the seconds that the processors worked."""
    return [
        str(row.posts),
        "-" if row.one is None else shown(row.one, row.posts),
        shown(row.two, row.posts),
        "-" if row.one is None else f"{row.one.seconds / row.two.seconds:.2f}",
        shown(row.unchanged),
        shown(row.edited),
        f"{row.two.megabytes:.0f}",
        f"{row.unchanged.megabytes:.0f}",
    ]


def shown(run: Run, posts: int = 1) -> str:
    return f"{run.seconds / posts:.2f} ({run.processor / posts:.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[100, 1000])
    parser.add_argument("--post", type=Path, default=_POST, help="the post that the others are made from")
    parser.add_argument(
        "--repeats", type=int, default=5, help="of unchanged and one-edit builds; the median counts"
    )
    parser.add_argument(
        "--one-worker-up-to", type=int, default=1000, help="posts; more are built with two workers only"
    )
    arguments = parser.parse_args()
    print(" | ".join(_HEADINGS))
    for count in arguments.counts:
        one_too = count <= arguments.one_worker_up_to
        row = cells(measured(arguments.post.read_text("utf-8"), count, arguments.repeats, one_too=one_too))
        pairs = zip(row, _HEADINGS, strict=True)
        print(" | ".join(cell.rjust(len(heading)) for cell, heading in pairs), flush=True)


if __name__ == "__main__":
    main()
