"""Fresh wrong steps, each one change away from a true one: how many are called proved or confirmed.

The steps are made at random from a seed; that they are wrong is found by values, without the checker.
"""

import argparse
import random
import time
from collections import Counter
from unittest.mock import patch

from derivations import Step, true_step, wrong_step

from litgrad.checking import refuting
from litgrad.compiler import check_post
from litgrad.source import Source


def verdict_of(step: Step) -> str:
    """The verdict on the one sign of a step's post."""
    checked = check_post(Source("step.md", step.post))
    return checked.derivations[0].steps[0].verdict.value


def no_repair(*_: object) -> None:
    """In the place of the search for a repair, which the verdict does not need."""


def tally(steps: list[Step], bad: tuple[str, ...]) -> int:
    """Print how often each rule's steps got each verdict, and the faults; the number of faults."""
    counts: Counter[tuple[str, str]] = Counter()
    faults = []
    start = time.perf_counter()
    for step in steps:
        verdict = verdict_of(step)
        counts[step.rule, verdict] += 1
        if verdict in bad:
            faults.append(f"  {verdict}: {step.latex}")
    columns = sorted({verdict for _, verdict in counts})
    print(f"{'':24}" + "".join(f"{column:>13}" for column in columns))
    for rule in sorted({rule for rule, _ in counts}):
        print(f"{rule:24}" + "".join(f"{counts[rule, column]:>13}" for column in columns))
    print(f"{len(faults)} faults among {len(steps)} steps, {time.perf_counter() - start:.0f} s")
    print(*faults, sep="\n")
    if not faults and steps:
        print(f"with 95 % confidence fewer than {3 / len(steps):.2%} are faults")
    return len(faults)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000, help="how many wrong steps")
    parser.add_argument("--true", type=int, default=100, help="how many true steps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repairs", action="store_true", help="look for repairs as well, which takes longer")
    arguments = parser.parse_args()
    source = random.Random(arguments.seed)  # noqa: S311 - no secret
    wrong = [step for _ in range(2 * arguments.count) if (step := wrong_step(source)) is not None]
    true = [true_step(source) for _ in range(arguments.true)]
    with patch.object(refuting, "find_repair", refuting.find_repair if arguments.repairs else no_repair):
        print("wrong steps")
        faults = tally(wrong[: arguments.count], ("proved", "confirmed"))
        print("\ntrue steps")
        return bool(faults + tally(true, ("refuted",)))


if __name__ == "__main__":
    raise SystemExit(main())
