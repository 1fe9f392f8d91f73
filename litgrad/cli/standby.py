"""`litgrad standby`."""

import sys
from collections.abc import Sequence

import click

from litgrad.cli import told


@click.command()
@click.option(
    "--minutes",
    type=click.FloatRange(min=0),
    default=60,
    show_default=True,
    help="End after so long without work.",
)
def standby(*, minutes: float) -> None:
    """Stay loaded, so that this user's builds and checks start at once, until Ctrl-C.

    While it runs, `litgrad build`, `check` and `explain` are carried out in copies of this process, which has
    everything loaded. Nothing is kept from one to the next, so what comes out is the same.
    """
    from litgrad import site  # noqa: F401 - loaded for all that are forked from here
    from litgrad.cli import main
    from litgrad.standby import StandbyError, standing_by

    def run(arguments: Sequence[str]) -> None:
        main(list(arguments), prog_name="litgrad")

    try:
        with standing_by(run) as process:
            told.echo("standing by: builds and checks start at once; Ctrl-C ends it")
            sys.stdout.flush()
            process.serve(60 * minutes)
    except (StandbyError, OSError) as fault:
        told.complain(str(fault))
        sys.exit(told.FAILED)
