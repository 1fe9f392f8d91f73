"""`litgrad doctor`."""

import sys
from typing import NoReturn

import click

from litgrad.cli import told


@click.command()
def doctor() -> NoReturn:
    """Say what is installed and what is missing.

    The exit status is 1 if something is missing that litgrad needs.
    """
    from litgrad.doctor import examine, printed

    findings = list(examine())
    for line in printed(findings):
        told.echo(line)
    sys.exit(told.FAILED if any(one.fine is False for one in findings) else 0)
