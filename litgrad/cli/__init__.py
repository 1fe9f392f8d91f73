"""The command line: arguments and exit codes; the stages are imported by the commands that need them."""

import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from litgrad.cli.build import build
from litgrad.cli.check import check, explain
from litgrad.cli.doctor import doctor
from litgrad.cli.standby import standby
from litgrad.cli.told import complain
from litgrad.cli.watch import serve, watch
from litgrad.version import VERSION

_INTERRUPTED = 130
_TERMINATED = 143


class _Stoppable(click.Group):
    """Commands that Ctrl-C, or the signal that asks a program to end, stops with one line."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        before = signal.signal(signal.SIGTERM, _terminate)
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            complain("interrupted")
            sys.exit(_INTERRUPTED)
        finally:
            signal.signal(signal.SIGTERM, before)


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(_TERMINATED)


@click.group(cls=_Stoppable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="litgrad")
def main() -> None:
    """Compile derivations: Markdown in; verdicts, a NumPy module, its tests and a linked page out."""


for command in (build, check, explain, watch, serve, standby, doctor):
    main.add_command(command)
