"""Generated code beside what a reader would use instead: errors of every value, and times, in one run.

Run from the repository root with `python -m bench.compare`; tools that are not installed are left out with
a line. Errors are in units of the last place over 1 + the condition number of the formula at the point; `!`
counts nan and infinities where the true value is a double, `z` counts zeros where it is a normal one.
"""

import argparse
import platform
import time
from collections.abc import Iterable
from pathlib import Path

from bench.workloads.accuracy import Row, Score, rows
from bench.workloads.peers import Peer, installed
from bench.workloads.subjects import subjects
from litgrad.version import VERSION

_HERE = Path(__file__).parent
_POSTS = [*sorted((_HERE.parent / "posts").glob("*.md")), *sorted((_HERE / "workloads").glob("*.md"))]
_BOUND = 4.0
"""Units of the last place per unit of 1 + condition number."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", nargs="*", type=Path, default=_POSTS)
    parser.add_argument("--count", type=int, default=120, help="points of each kind")
    arguments = parser.parse_args()
    peers = installed()
    print(", ".join([f"litgrad {VERSION}", f"Python {platform.python_version()}", *map(_titled, peers)]))
    accuracy(arguments.posts, peers, arguments.count)


def _titled(peer: Peer) -> str:
    return f"{peer.name} {peer.version}"


# -------------------------------- accuracy --------------------------------


def accuracy(posts: Iterable[Path], peers: list[Peer], count: int) -> None:
    """Print a row for each value and kind of input, and the totals."""
    start, found = time.perf_counter(), []
    names = ["litgrad", *(peer.name for peer in peers)]
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
