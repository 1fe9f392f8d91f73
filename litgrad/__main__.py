"""The program: a command goes to a process that stands by, if there is one, else it is carried out here."""

import atexit
import gc
import sys

from litgrad.handover import hand_over

_OBJECTS = 100_000
"""New objects after which garbage is looked for: of what a command makes, most stays until it ends."""


def run() -> None:
    """Run the command that the arguments of this process tell."""
    gc.set_threshold(_OBJECTS)
    atexit.register(gc.freeze)  # the end of the process takes all of it
    status = hand_over(sys.argv[1:])
    if status is not None:
        sys.exit(status)
    from litgrad.cli import main

    main(prog_name="litgrad")


if __name__ == "__main__":
    run()
