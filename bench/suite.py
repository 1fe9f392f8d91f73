"""How many formulas litgrad's reader takes as a list of (LaTeX, meaning) pairs expects.

Takes JSON lines with `latex` and, under `srepr` or `expected`, the meaning as SymPy's `srepr` prints it;
`must_fail` marks what no reader should accept, `functions` the names that the rest of the post shows to be
functions, `peers_right` the readers known to get it right. `readers.py` sets other readers beside it.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from judging import Row, judge, read_suite
from readings import Reading
from sympy import srepr

from litgrad import parse_latex


def reading(row: Row) -> Reading:
    """What litgrad makes of a row, functions told."""
    try:
        return Reading(srepr(parse_latex(row.latex, row.functions)), None, "")
    except Exception as fault:  # noqa: BLE001 - a crash on one row must not hide the next
        return Reading("", None, getattr(fault, "reason", f"{type(fault).__name__}: {fault}"))


def outcome(row: Row, found: Reading) -> str:
    """How a row went, in a word or two."""
    if row.must_fail:
        return "accepted" if found.taken else "right"
    kind = judge(row, found)
    return kind if kind == "right" or row.convention is None else f"{kind}, {row.convention.name}"


def print_rows(rows: Iterable[tuple[Row, Reading]], outcomes: Iterable[str]) -> None:
    """Every row that is not right: how many peers have it, what litgrad says and what was expected."""
    for (row, found), kind in zip(rows, outcomes, strict=True):
        if kind != "right":
            said = found.srepr or found.error
            print(f"  {kind:9} {row.latex!r} [{len(row.peers_right)}]: {said}, expected {row.expected}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="+", type=Path, help="files of JSON lines")
    parser.add_argument("--list", action="store_true", help="also list what is not right")
    parser.add_argument("--peers", type=int, default=0, help="only rows that so many peers get right")
    arguments = parser.parse_args()
    for path in arguments.suites:
        rows = [row for row in read_suite(path) if len(row.peers_right) >= arguments.peers]
        found = [(row, reading(row)) for row in rows]
        outcomes = [outcome(*pair) for pair in found]
        counts = Counter(outcomes)
        print(f"{path.name}: {counts['right']} of {len(rows)} right; {dict(counts.most_common())}")
        if arguments.list:
            print_rows(found, outcomes)


if __name__ == "__main__":
    main()
