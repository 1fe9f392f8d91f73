"""The protocol of every reader: LaTeX in, what it is taken for and its CPU time out, a JSON line each.

In: `latex` and the number of `repeats`. Out: `ok`, the expression as `srepr`, `seconds` and `error`;
`seconds` is the least CPU time of the repeats after a first reading, `null` where no repeat was asked
for. Runs in the interpreter of the reader, so it takes nothing but SymPy and the standard library.
"""

import json
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from time import process_time

from sympy import srepr

LIMIT = 10
"""Seconds after which a reading counts as refused."""


class TooLong(Exception):
    """A reading took more than `LIMIT` seconds."""


def serve(read: Callable[[str], object]) -> None:
    """Answer every line of the standard input with `read`, until it ends."""
    signal.signal(signal.SIGALRM, _too_long)
    replies = sys.stdout
    with redirect_stdout(sys.stderr):  # some readers print what they do not understand
        for line in sys.stdin:
            request = json.loads(line)
            reply = answer(read, request["latex"], request["repeats"])
            print(json.dumps(reply), file=replies, flush=True)


def answer(read: Callable[[str], object], latex: str, repeats: int) -> dict[str, object]:
    """What `read` takes the text for, and the seconds it needs."""
    signal.alarm(LIMIT)
    try:
        found = srepr(read(latex))
        ok, error = True, ""
    except (Exception, SystemExit) as fault:  # noqa: BLE001 - every reader refuses in its own way
        found, ok, error = "", False, f"{type(fault).__name__}: {fault}"[:300]
    finally:
        signal.alarm(0)
    slow = error.startswith(TooLong.__name__)
    seconds = LIMIT if slow else least(read, latex, repeats)
    return {"ok": ok, "srepr": found, "seconds": seconds, "error": error}


def least(read: Callable[[str], object], latex: str, repeats: int) -> float | None:
    """The least time of the repeats; each reads a text of its own, so that no cache answers."""
    times = []
    for repeat in range(repeats):
        text = " " * (repeat + 1) + latex
        start = process_time()
        with suppress(Exception, SystemExit):  # a refusal takes its time too
            read(text)
        times.append(process_time() - start)
    return min(times, default=None)


def _too_long(signum: int, frame: object) -> None:
    raise TooLong(f"more than {LIMIT} s")
