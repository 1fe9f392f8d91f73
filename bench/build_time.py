"""How long `litgrad build` takes as a whole process: with nothing kept, and again when nothing changed.

python bench/build_time.py posts/backpropagation.md      # half a minute

The interpreter's start is part of both.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter


def build(posts: Path, root: Path) -> float:
    """The seconds of one build; the interpreter's start is part of them."""
    command = [sys.executable, "-m", "litgrad", "build", str(posts), "-o", str(root / "site")]
    environment = {**os.environ, "LITGRAD_CACHE": str(root / "cache")}
    start = perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def measured(posts: Path, repeats: int) -> tuple[list[float], list[float]]:
    """Times of builds without an earlier one, and of builds in which nothing changed."""
    cold, unchanged = [], []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            cold.append(build(posts, Path(folder)))
            unchanged.append(build(posts, Path(folder)))
    return cold, unchanged


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "posts", nargs="?", type=Path, default=Path("posts"), help="a post or a folder of posts"
    )
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    for name, times in zip(("cold", "unchanged"), measured(arguments.posts, arguments.repeats), strict=True):
        spread = f"{min(times):.2f} to {max(times):.2f} s"
        print(f"{name}: median {median(times):.2f} s, {spread}, N = {len(times)}")


if __name__ == "__main__":
    main()
