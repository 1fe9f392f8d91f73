"""The checker's verdicts on posts whose equalities are known to be true, false or conditional.

Takes JSON lines, one post each: `markdown`, and `equalities` with `line`, `lhs`, `rhs`, `expect` (its truth),
`want` (the verdicts that are right) and `forbid` (those that are a fault).
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peer_checkers import WAYS, verdict

from litgrad.compiler import check_post
from litgrad.source import Source

Labelled = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """An equality with its label and what the checker said."""

    post: str
    label: Labelled
    verdict: str
    reason: str
    kind: str
    """What was changed in the post."""
    repaired: bool
    """A repair was proved and offered."""
    in_place: bool
    """The repair changes the very member that was made wrong."""

    @property
    def wanted(self) -> bool:
        """The verdict is a right one."""
        return self.verdict in self.label["want"]

    @property
    def forbidden(self) -> bool:
        """The verdict is a fault."""
        return self.verdict in self.label["forbid"]


def judged(entry: Labelled) -> Iterator[Judged]:
    """Every labelled equality of a post beside its verdict; `missing` where no sign was found for it."""
    source = Source(entry["id"], entry["markdown"])
    steps = [step for derivation in check_post(source).derivations for step in derivation.steps]
    for label in entry["equalities"]:
        step = next(
            (
                step
                for step in steps
                if source.line(step.step.sign.span.start) == label["line"]
                and _plain(source.slice(step.step.right.span)) == _plain(label["rhs"])
            ),
            None,
        )
        if step is None:
            reason = "no relation sign with this right side on this line"
            yield Judged(entry["id"], label, "missing", reason, entry.get("kind", ""), False, False)
        else:
            steps.remove(step)
            repair = step.judgement.repair
            wrong = _plain(entry.get("mutated") or "")
            sides = [
                side for side in (step.step.left, step.step.right) if repair and repair.span in side.span
            ]
            in_place = any(_plain(source.slice(side.span)) == wrong for side in sides)
            verdict, reason = step.verdict.value, step.judgement.reason
            yield Judged(
                entry["id"], label, verdict, reason, entry.get("kind", ""), repair is not None, in_place
            )


def _plain(latex: str) -> str:
    return "".join(latex.split()).rstrip(".,;")


def print_confusion(results: list[Judged]) -> None:
    """How often each truth got each verdict."""
    counts = Counter((result.label["expect"], result.verdict) for result in results)
    columns = sorted({verdict for _, verdict in counts})
    print(f"{'':14}" + "".join(f"{column:>13}" for column in columns))
    for expect in sorted({expect for expect, _ in counts}):
        print(f"{expect:14}" + "".join(f"{counts[expect, column]:>13}" for column in columns))


def print_peers(entries: list[Labelled]) -> None:
    """How often each truth is accepted and accused by the ways of `peer_checkers`, on the same equalities."""
    for way in WAYS:
        counts: Counter[tuple[str, str]] = Counter()
        for entry in entries:
            for label in entry["equalities"]:
                said = verdict(way, label["lhs"], label["rhs"], entry.get("definitions", ()))
                counts[label["expect"], said] += 1
        columns = sorted({said for _, said in counts})
        print(f"\n{way:14}" + "".join(f"{column:>13}" for column in columns))
        for expect in sorted({expect for expect, _ in counts}):
            print(f"{expect:14}" + "".join(f"{counts[expect, column]:>13}" for column in columns))


def print_rates(results: list[Judged]) -> None:
    """The figures that a reader looks for first, each with its number of equalities."""
    true, false = ([r for r in results if r.label["expect"] == truth] for truth in ("true", "false"))
    for title, among, verdicts in (
        ("true, proved or confirmed", true, ("proved", "confirmed")),
        ("true, proved", true, ("proved",)),
        ("true, refuted", true, ("refuted",)),
        ("false, refuted", false, ("refuted",)),
        ("false, proved or confirmed", false, ("proved", "confirmed")),
    ):
        count = sum(result.verdict in verdicts for result in among)
        bound = f"; with 95 % confidence below {3 / len(among):.1%}" if among and not count else ""
        share = f" ({count / len(among):.1%})" if among else ""
        print(f"{title:28}{count:>5} of {len(among)}{share}{bound}")


def print_repairs(results: list[Judged]) -> None:
    """By kind of slip: how many first refuted steps have a repair, and one that mends the slip itself."""
    refuted = [r for r in results if r.verdict == "refuted" and r.label["expect"] == "false"]
    first = {result.post: result for result in reversed(refuted)}
    print(f"\n{'first refuted step':26}{'steps':>7}{'repaired':>10}{'in place':>10}")
    for kind in [*sorted({result.kind for result in first.values()}), "all"]:
        of_kind = [result for result in first.values() if kind in (result.kind, "all")]
        repaired, in_place = (sum(getattr(r, name) for r in of_kind) for name in ("repaired", "in_place"))
        print(f"{kind:26}{len(of_kind):>7}{repaired:>10}{in_place:>10}")


def print_violations(results: list[Judged], title: str) -> None:
    """The equalities that a list holds, each with its place and reason."""
    print(f"\n{title}: {len(results)}")
    for result in results:
        sides = f"{_short(result.label['lhs'])} = {_short(result.label['rhs'])}"
        truth = f"line {result.label['line']} ({result.label['expect']})"
        print(f"  {result.post} {truth}: {result.verdict}: {sides}")
        print(f"      {result.reason}")


def _short(latex: str, width: int = 70) -> str:
    text = " ".join(latex.split())
    return text if len(text) <= width else f"{text[: width - 1]}…"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, help="files of JSON lines")
    parser.add_argument("--only", default="", help="only posts whose id contains this")
    parser.add_argument("--slowest", type=int, default=3, help="how many of the slowest posts to name")
    parser.add_argument("--peers", action="store_true", help="SymPy alone and fixed points beside it")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th post")
    arguments = parser.parse_args()
    entries = [
        json.loads(line) for path in arguments.sets for line in path.read_text(encoding="utf-8").splitlines()
    ]
    entries = [entry for entry in entries if arguments.only in entry["id"]][:: arguments.every]
    results, seconds = [], {}
    for entry in entries:
        start = time.perf_counter()
        results.extend(judged(entry))
        seconds[entry["id"]] = time.perf_counter() - start
    print_confusion(results)
    if arguments.peers:
        print_peers(entries)
    print()
    print_rates(results)
    print_repairs(results)
    print_violations([result for result in results if result.forbidden], "forbidden verdicts")
    print_violations([r for r in results if not r.wanted and not r.forbidden], "neither wanted nor forbidden")
    wanted = sum(result.wanted for result in results)
    print(f"\n{wanted} of {len(results)} as wanted, {sum(seconds.values()):.1f} s")
    for name in sorted(seconds, key=lambda name: -seconds[name])[: arguments.slowest]:
        print(f"  {seconds[name]:.2f} s {name}")
    return any(result.forbidden for result in results)


if __name__ == "__main__":
    raise SystemExit(main())
