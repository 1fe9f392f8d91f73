"""litgrad's reader beside its peers: what each gets right, what it refuses and how long it takes, in one run.

Takes suites of JSON lines with `latex`, `expected` (the meaning as SymPy's `srepr` prints it),
`must_fail` (what no reader should accept) and `peers_right` (the readers known to get it right); a post,
whose sides of relations are timed; and a folder of posts, of whose displayed formulas a sample is timed.
Every reader runs in a process of its own, with the same SymPy; a time is the least of some repeats, each
on a text that was not read before.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from environments import PEERS, interpreter
from formulas import displays, read_post, sides
from judging import Row, judge, read_suite
from readings import Reading, readings

MANY = 3
"""A row is common ground once this many peers get it right."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Some formulas that every reader is timed on."""

    title: str
    latex: tuple[str, ...]


Found = dict[str, Reading]
"""What a reader took each formula for, by its LaTeX."""


def read_all(everything: Sequence[str], venvs: Path, repeats: int, only: Sequence[str]) -> dict[str, Found]:
    """What every reader makes of every formula; litgrad is the first one."""
    found = {"litgrad": readings(Path(sys.executable), "with_litgrad.py", everything, repeats)}
    for peer in PEERS:
        if not only or peer.name in only:
            print(f"reading with {peer.name}", file=sys.stderr)
            found[peer.name] = readings(interpreter(peer, venvs), peer.adapter, everything, repeats)
    return {name: dict(zip(everything, read, strict=True)) for name, read in found.items()}


def print_suite(title: str, rows: Sequence[Row], readers: dict[str, Found]) -> None:
    """How many rows each reader gets right, and litgrad's rows that follow a convention it does not share."""
    valid = [row for row in rows if not row.must_fail]
    common = [row for row in valid if len(row.peers_right) >= MANY]
    invalid = [row for row in rows if row.must_fail]
    print(
        f"\n{title}: {len(valid)} rows with a meaning, {len(common)} of them right in {MANY} or more peers;"
    )
    print(f"{len(invalid)} rows that must be refused\n")
    print(
        f"  {'':24}{'right':>7}{'wrong':>7}{'refused':>9}{f'of {len(common)}':>16}{'accepted, must fail':>21}"
    )
    for name, found in readers.items():
        kinds = Counter(judge(row, found[row.latex]) for row in valid)
        shared = sum(judge(row, found[row.latex]) == "right" for row in common)
        accepted = sum(found[row.latex].taken for row in invalid)
        share = f"{shared} = {_percent(shared, len(common))}"
        print(
            f"  {name:24}{kinds['right']:>7}{kinds['wrong']:>7}{kinds['refused']:>9}{share:>16}{accepted:>21}"
        )
    print_conventions(common, readers["litgrad"])


def print_conventions(rows: Sequence[Row], found: Found) -> None:
    """The rows of the common ground whose answer is a convention that litgrad does not share, by name."""
    missed = [row for row in rows if judge(row, found[row.latex]) != "right"]
    apart = [row for row in missed if row.convention is not None]
    right, counted = len(rows) - len(missed), len(rows) - len(apart)
    print(f"\n  litgrad without the {len(apart)} rows of other conventions: ", end="")
    print(f"{right} of {counted} = {_percent(right, counted)}")
    for row in apart:
        convention = row.convention
        print(f"    {row.latex!r}: {convention.name if convention else ''}")


def print_times(texts: Texts, readers: dict[str, Found]) -> None:
    """The median time of each reader, and how many times litgrad's that is on the formulas that both take."""
    ours = readers["litgrad"]
    print(f"\n{texts.title}, N = {len(texts.latex)}\n")
    print(f"  {'':24}{'taken':>7}{'median':>12}{'times litgrad, on what both take':>36}")
    for name, found in readers.items():
        times = [_time(found[latex]) for latex in texts.latex]
        both = [latex for latex in texts.latex if found[latex].taken and ours[latex].taken]
        ratios = [_time(found[latex]) / _time(ours[latex]) for latex in both]
        taken = sum(found[latex].taken for latex in texts.latex)
        ratio = f"{median(ratios):.1f}, N = {len(both)}" if ratios else "nothing in common"
        print(f"  {name:24}{taken:>7}{median(times) * 1e6:>9.0f} us{ratio:>36}")


def _time(reading: Reading) -> float:
    return reading.seconds if reading.seconds is not None else float("inf")


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def print_failures(rows: Iterable[Row], found: Found) -> None:
    """Each row that is not right: what litgrad made of it, the answer, and how many peers have it."""
    for row in rows:
        kind = judge(row, found[row.latex])
        if kind != "right":
            said = found[row.latex].srepr or found[row.latex].error
            print(
                f"  {kind:9}{row.latex!r} [{len(row.peers_right)}]\n    {said}\n    expected {row.expected}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="*", type=Path, help="files of JSON lines")
    parser.add_argument("--venvs", type=Path, required=True, help="a folder for the peers' environments")
    parser.add_argument("--post", type=Path, default=Path("posts/backpropagation.md"))
    parser.add_argument("--posts", type=Path, help="a folder of posts to take displayed formulas from")
    parser.add_argument("--sample", type=int, default=200, help="how many of those")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=[], help="these peers; default: all")
    parser.add_argument(
        "--list", action="store_true", help="also list every row that litgrad does not get right"
    )
    arguments = parser.parse_args()
    suites = {path.name: read_suite(path) for path in arguments.suites}
    texts = [Texts(name, tuple(dict.fromkeys(row.latex for row in rows))) for name, rows in suites.items()]
    texts.append(
        Texts(f"sides of {arguments.post.name}", tuple(dict.fromkeys(sides(read_post(arguments.post)))))
    )
    if arguments.posts:
        sample = displays(arguments.posts, arguments.sample)
        texts.append(Texts(f"displays of {arguments.posts.name}", tuple(sample)))
    everything = list(dict.fromkeys(latex for text in texts for latex in text.latex))
    readers = read_all(everything, arguments.venvs, arguments.repeats, arguments.only)
    for name, rows in suites.items():
        print_suite(name, rows, readers)
        if arguments.list:
            print_failures(rows, readers["litgrad"])
    for text in texts:
        print_times(text, readers)


if __name__ == "__main__":
    main()
