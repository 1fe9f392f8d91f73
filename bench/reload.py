"""How long a served page waits for an edit of its post: from the save to the news that it was built.

On a quiet machine: `python bench/reload.py`, two minutes.
"""

import argparse
import http.client
import os
import re
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

_POSTS = Path(__file__).parent.parent / "posts"
_SHORT = "# Short\n\nLet $h(x) = 2 x + 1$, then $h'(x) = 2$.\n"


def waits(text: str, edits: int) -> list[float]:
    """Seconds from each edit of a number in a post to the news."""
    with tempfile.TemporaryDirectory() as folder:
        post = Path(folder) / "posts" / "post.md"
        post.parent.mkdir()
        post.write_text(text, "utf-8")
        command = [sys.executable, "-m", "litgrad", "serve", "posts", "-o", "out", "--port", "0"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                line = next(line for line in process.stdout if line.startswith("http://"))
                return [_wait(line.strip().rstrip("/"), post, text, number) for number in range(edits)]
            finally:
                process.terminate()


def _wait(address: str, post: Path, text: str, number: int) -> float:
    with closing(http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)) as connection:
        connection.request("GET", "/.events")
        with closing(connection.getresponse()) as response:
            sleep(0.5)
            start = perf_counter()
            post.write_text(f"{text}\nOne more: $q(x) = {number + 3} x$.\n", "utf-8")
            while not response.readline().startswith(b"event"):
                pass
            return perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=7)
    arguments = parser.parse_args()
    texts = {"a short post": _SHORT}
    texts |= {path.name: path.read_text("utf-8") for path in sorted(_POSTS.glob("*.md"))}
    load = (
        re.match(r"\S+", Path("/proc/loadavg").read_text("utf-8")) if Path("/proc/loadavg").exists() else None
    )
    print(f"{os.cpu_count()} processors, load {load[0] if load else 'unknown'}")
    for name, text in texts.items():
        found = waits(text, arguments.edits)
        print(f"{name:30} median {median(found):.2f} s, {min(found):.2f} to {max(found):.2f} s")


if __name__ == "__main__":
    main()
