"""How long a process takes before it works on the first post: the imports, by library.

python -m compileall -q litgrad && python bench/start_time.py      # half a minute

The figures of the libraries are the smallest of all repeats for each module, in milliseconds; the seconds are
those of the processor for a whole process that loads them and ends.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping

BUILD = "import gc; gc.disable(); import litgrad.cli, litgrad.site, litgrad.tasks"
_ROW = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


def loaded(code: str) -> tuple[dict[str, float], float]:
    """The milliseconds of each module that some code loads, and the processor's seconds for all."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-X", "importtime", "-c", code]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stderr
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {name: int(microseconds) / 1000 for microseconds, name in _ROW.findall(told)}, seconds


def _most(found: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(found.items(), key=lambda one: -one[1])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--modules", type=int, default=0, help="also the slowest modules of litgrad")
    arguments = parser.parse_args()
    least: dict[str, float] = {}
    times = []
    for _ in range(arguments.repeats):
        found, seconds = loaded(BUILD)
        least |= {name: min(took, least.get(name, took)) for name, took in found.items()}
        times.append(seconds)
    libraries: dict[str, float] = defaultdict(float)
    for name, took in least.items():
        libraries[name.partition(".")[0]] += took
    print(f"processor: least {min(times):.3f} s, N = {len(times)}")
    print(f"{len(least)} modules: {sum(least.values()):.0f} ms")
    print(", ".join(f"{name} {took:.0f}" for name, took in _most(libraries)[:12]))
    own = {name: took for name, took in least.items() if name.startswith("litgrad")}
    for name, took in _most(own)[: arguments.modules]:
        print(f"{took:7.1f} {name}")


if __name__ == "__main__":
    main()
