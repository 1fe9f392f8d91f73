"""How long `litgrad build` takes as a whole process: cold into an empty folder, warm over its own result."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter


def build(posts: Path, output: Path) -> float:
    """The seconds of one build; the interpreter's start is part of them."""
    command = [sys.executable, "-m", "litgrad", "build", str(posts), "-o", str(output)]
    start = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def measured(posts: Path, repeats: int) -> tuple[list[float], list[float]]:
    """Times of builds into an empty folder, and of builds over their own result."""
    cold, warm = [], []
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "site"
        for _ in range(repeats):
            shutil.rmtree(output, ignore_errors=True)
            cold.append(build(posts, output))
            warm.append(build(posts, output))
    return cold, warm


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "posts", nargs="?", type=Path, default=Path("posts"), help="a post or a folder of posts"
    )
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    for name, times in zip(("cold", "warm"), measured(arguments.posts, arguments.repeats), strict=True):
        spread = f"{min(times):.2f} to {max(times):.2f} s"
        print(f"{name}: median {median(times):.2f} s, {spread}, N = {len(times)}")


if __name__ == "__main__":
    main()
