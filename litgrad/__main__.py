"""The program: a command goes to a process that stands by, if there is one, else it is carried out here."""

import atexit
import gc
import os
import sys

from litgrad.handover import hand_over

_LAST_STREAM = 2
_OBJECTS = 100_000
"""New objects after which garbage is looked for: of what a command makes, most stays until it ends."""


def run() -> None:
    """Run the command that the arguments of this process tell."""
    _open_streams()
    gc.set_threshold(_OBJECTS)
    atexit.register(gc.freeze)  # the end of the process takes all of it
    status = hand_over(sys.argv[1:])
    if status is not None:
        sys.exit(status)
    from litgrad.cli import main

    main(prog_name="litgrad")


def _open_streams() -> None:
    """A standard stream that is closed leads nowhere, so that no other file takes its place."""
    if None not in (sys.stdin, sys.stdout, sys.stderr):
        return
    while (number := os.open(os.devnull, os.O_RDWR)) <= _LAST_STREAM:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


if __name__ == "__main__":
    run()
