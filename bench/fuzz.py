"""Strange posts by the thousand: how many were tried, how fast, and each one that broke a promise."""

import argparse
import random
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from types import FrameType

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import promises  # noqa: E402 - it stands beside the tests
from fragments import BROKEN, post  # noqa: E402 - as above

_DEPTHS: dict[str, Callable[[str], object]] = {
    "read": promises.read,
    "judge": promises.judged,
    "compile": promises.compiled,
}


class TooSlowError(BaseException):
    """An input took more than its time."""


def corpus() -> list[str]:
    """Posts and cases of this project, as something to damage."""
    files = [*ROOT.glob("posts/*.md"), *ROOT.glob("tests/cases/**/*.md")]
    return [path.read_text("utf-8") for path in sorted(files)]


def damaged(text: str, chance: random.Random) -> str:
    """A window of a text with a few pieces removed, doubled or put in."""
    start = chance.randrange(max(len(text) - 600, 1))
    text = text[start : start + 600]
    for _ in range(chance.randrange(1, 6)):
        at, to = sorted(chance.choices(range(len(text) + 1), k=2))
        to = min(to, at + 12)
        text = text[:at] + chance.choice(("", text[at:to] * 2, chance.choice(BROKEN))) + text[to:]
    return text


def inputs(seed: int, texts: list[str]) -> str:
    """The post of a seed: half by grammar, half damaged."""
    chance = random.Random(seed)  # noqa: S311 - inputs are no secrets
    return post(chance.choice) if seed % 2 else damaged(chance.choice(texts), chance)


def broken(text: str, promise: Callable[[str], object], seconds: float) -> str:
    """The place in the code where a promise broke; empty if all hold."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        promise(text)
    except TooSlowError:
        return f"took more than {seconds:g} s"
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is what is looked for
        frame = traceback.extract_tb(fault.__traceback__)[-1]
        return f"{type(fault).__name__} in {Path(frame.filename).name}:{frame.lineno}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return ""


def too_slow(_number: int, _frame: FrameType | None) -> None:
    raise TooSlowError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long to go on")
    parser.add_argument("--inputs", type=int, default=10**9, help="how many inputs at most")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument(
        "--depth", choices=sorted(_DEPTHS), default="read", help="how far litgrad goes with each post"
    )
    parser.add_argument("--each", type=float, default=20, help="seconds that one input may take")
    arguments = parser.parse_args()
    signal.signal(signal.SIGALRM, too_slow)
    promise = _DEPTHS[arguments.depth]
    texts, faults, start, tried = corpus(), Counter[str](), monotonic(), 0
    while tried < arguments.inputs and monotonic() - start < arguments.seconds:
        text = inputs(arguments.first + tried, texts)
        place = broken(text, promise, arguments.each)
        if place and not faults[place]:
            print(f"seed {arguments.first + tried}: {place}\n{text}\n{'-' * 60}", flush=True)
        faults[place] += bool(place)
        tried += 1
    seconds = monotonic() - start
    print(f"{tried} inputs in {seconds:.0f} s, {faults.total()} broke a promise")
    for place, count in (+faults).most_common():
        print(f"{count:>8} {place}")
    sys.exit(1 if faults.total() else 0)


if __name__ == "__main__":
    main()
