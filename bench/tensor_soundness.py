"""The checker's verdicts on labelled steps of matrix calculus, whose labels NumPy confirms first.

Run as `python bench/tensor_soundness.py`. A true step that is refuted and a false one that is proved or
confirmed are faults; `conditional` counts as settled only for true steps.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tensor_labels import ROWS
from tensor_labels.rows import Row, Side, is_true

from litgrad.checking.verdicts import CheckedStep
from litgrad.compiler import check_post
from litgrad.source import Source

COLUMNS = ("proved", "confirmed", "conditional", "unchecked", "refuted", "definition", "missing")


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled step and what the checker said of it."""

    row: Row
    side: Side
    verdict: str
    reason: str

    @property
    def forbidden(self) -> bool:
        """The verdict is a fault."""
        return self.verdict == "refuted" if self.side.true else self.verdict in ("proved", "confirmed")

    @property
    def settled(self) -> bool:
        """The verdict says what the label says."""
        wanted = ("proved", "confirmed", "conditional") if self.side.true else ("refuted",)
        return self.verdict in wanted


def judge(row: Row, side: Side) -> Judged:
    """The verdict on the last step of a post; `missing` where it is not found."""
    source = Source("row.md", row.post(side))
    steps = [step for derivation in check_post(source).derivations for step in derivation.steps]
    at = source.text.rindex("$$\n" + row.latex)
    last = next((step for step in steps if step.step.sign.span.start > at), None)
    if last is None or not _is_whole(last, source, side):
        return Judged(row, side, "missing", "the step is not found")
    return Judged(row, side, last.verdict.value, last.judgement.reason)


def _is_whole(step: CheckedStep, source: Source, side: Side) -> bool:
    return "".join(source.slice(step.step.right.span).split()) == "".join(side.latex.split())


def wrong_labels(rows: Sequence[Row]) -> list[tuple[Row, Side]]:
    """The labels that the numbers contradict."""
    return [(row, side) for row in rows for side in row.sides if is_true(row, side) is not side.true]


def print_table(found: Sequence[Judged]) -> None:
    """The verdicts by truth and kind."""
    kinds = [*dict.fromkeys(one.row.kind for one in found), "all"]
    for truth in (True, False):
        print(
            f"\n{'true steps' if truth else 'false steps':22}{'N':>5}" + "".join(f"{c:>12}" for c in COLUMNS)
        )
        for kind in kinds:
            of_kind = [one for one in found if one.side.true is truth and kind in (one.row.kind, "all")]
            counts = Counter(one.verdict for one in of_kind)
            print(f"{kind:22}{len(of_kind):>5}" + "".join(f"{counts[c]:>12}" for c in COLUMNS))


def print_steps(title: str, found: Sequence[Judged]) -> None:
    """Each step with its verdict and reason."""
    print(f"\n{title}: {len(found)}")
    for one in found:
        label = "true" if one.side.true else f"false ({one.side.slip})"
        print(f"  {one.row.kind}, {label}: {one.verdict}: {one.row.latex} = {one.side.latex}")
        print(f"      {one.reason}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", default="", help="only kinds that contain this")
    parser.add_argument("--quiet", action="store_true", help="no list of the steps that are not settled")
    options = parser.parse_args()
    rows = [row for row in ROWS if options.kind in row.kind]
    wrong = wrong_labels(rows)
    for row, side in wrong:
        print(f"the label is wrong: {row.kind}: {row.latex} = {side.latex}")
    if wrong:
        return 2
    found = [judge(row, side) for row in rows for side in row.sides]
    print_table(found)
    print_steps("faults", [one for one in found if one.forbidden])
    if not options.quiet:
        print_steps("not settled", [one for one in found if not one.settled and not one.forbidden])
    return 1 if any(one.forbidden for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
