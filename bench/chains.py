"""The checker's verdicts on real derivations whose steps are labelled true, false or unclear by hand.

Takes JSON lines, one derivation each: `latex`, `context` (what the post says before it), `kind`, `steps` with
`lhs`, `rhs` and `verdict`. Prints how each label was judged, which false steps were found, and true
steps refuted.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litgrad.checking.verdicts import CheckedStep, Verdict
from litgrad.compiler import check_post
from litgrad.source import Source

Labelled = dict[str, Any]
_REMARK = re.compile(r"\s+\((?=[^()]*[A-Za-z]{3})[^()]*(?:\([^()]*\)[^()]*)*\)\s*$|;.*$")
"""What is said about a formula behind it, which is no part of it."""
_OR_ELSE = " / "
"""Parts one formula of the context from another that says the same."""
_WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{4,}")
_MISSING = "no sign"


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled step and what the checker said of it."""

    chain: str
    kind: str
    step: Labelled
    verdict: str
    reason: str


def post_of(entry: Labelled) -> str:
    """A small post: each line of context that is a formula as a definition, then the derivation."""
    formulas = [_REMARK.sub("", line).partition(_OR_ELSE)[0] for line in entry["context"]]
    stated = "".join(f"Let ${formula}$.\n\n" for formula in formulas if not _WORDS.search(formula))
    return f"{stated}Then\n\n$$\n{entry['latex'].strip()}\n$$\n"


def judged(entry: Labelled) -> Iterator[Judged]:
    """Every labelled step beside its verdict, in order."""
    text = post_of(entry)
    source = Source(entry["id"], text)
    start = text.index("Then\n\n$$")
    steps = [
        step
        for derivation in check_post(source).derivations
        for step in derivation.steps
        if step.step.sign.span.start > start
    ]
    for label, step in zip(entry["steps"], _aligned(entry["steps"], steps, source), strict=True):
        verdict, reason = (_MISSING, "") if step is None else (step.verdict.value, step.judgement.reason)
        yield Judged(entry["id"], entry["kind"], label, verdict, reason)


def _aligned(labels: list[Labelled], steps: list[CheckedStep], source: Source) -> list[CheckedStep | None]:
    """One sign for each label: in order where there are as many, else those whose sides are much alike."""
    for fitting in (steps, [step for step in steps if step.verdict is not Verdict.DEFINITION]):
        if len(labels) == len(fitting):
            return list(fitting)
    found: list[CheckedStep | None] = []
    rest = list(steps)
    for label in labels:
        best = next((step for step in rest if _alike(source.slice(step.step.right.span), label["rhs"])), None)
        found.append(best)
        rest = rest[rest.index(best) + 1 :] if best is not None else rest
    return found


def _alike(latex: str, written: str) -> bool:
    ours, theirs = (
        Counter(re.findall(r"[A-Za-z0-9]", re.sub(r"\\[a-z]+", "", text))) for text in (latex, written)
    )
    return bool(theirs) and sum((ours & theirs).values()) >= 0.9 * max(ours.total(), theirs.total())


def print_table(results: list[Judged], title: str) -> None:
    """How often each label got each verdict."""
    counts = Counter((result.step["verdict"], result.verdict) for result in results)
    columns = sorted({verdict for _, verdict in counts})
    print(f"\n{title:12}" + "".join(f"{column:>13}" for column in columns))
    for label in sorted({label for label, _ in counts}):
        print(f"{label:12}" + "".join(f"{counts[label, column]:>13}" for column in columns))


def print_steps(results: list[Judged], title: str) -> None:
    """Steps, each with its reason."""
    print(f"\n{title}: {len(results)}")
    for result in results:
        print(
            f"  {result.chain} step {result.step['step']} ({result.kind}): {result.verdict}: {result.reason}"
        )
        print(f"      {result.step['lhs']} = {result.step['rhs']}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chains", type=Path, help="a file of JSON lines")
    parser.add_argument("--only", default="", help="only derivations whose id contains this")
    parser.add_argument("--posts", action="store_true", help="print the posts that the derivations become")
    arguments = parser.parse_args()
    entries = [json.loads(line) for line in arguments.chains.read_text(encoding="utf-8").splitlines()]
    entries = [entry for entry in entries if arguments.only in entry["id"]]
    if arguments.posts:
        print("\n".join(post_of(entry) for entry in entries))
    results = [result for entry in entries for result in judged(entry)]
    for kind in sorted({result.kind for result in results}):
        print_table([result for result in results if result.kind == kind], kind)
    true, false = ([r for r in results if r.step["verdict"] == label] for label in ("true", "false"))
    accused = [result for result in true if result.verdict == "refuted"]
    print_steps([result for result in true if result.verdict in ("unchecked", _MISSING)], "true, not settled")
    print_steps(false, "false")
    print_steps(accused, "true, refuted")
    found = sum(result.verdict == "refuted" for result in false)
    print(f"\n{found} of {len(false)} false steps found, {len(accused)} of {len(true)} true steps accused")
    return bool(accused)


if __name__ == "__main__":
    raise SystemExit(main())
