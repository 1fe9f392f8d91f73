"""What commands tell their users: lines, faults, a timeline, and the exit status."""

import os
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from litgrad.options import Options
    from litgrad.outcome import Outcome
    from litgrad.printing import Printer
    from litgrad.recall import Recall
    from litgrad.site import Manner

FAILED = 1
MISUSED = 2


def status(outcomes: Iterable["Outcome"], *, strict: bool) -> int:
    """The exit status that follows from what came of the posts."""
    found = list(outcomes)
    if not found:
        complain("no posts were found")
        return MISUSED
    return FAILED if any(outcome.fails(strict=strict) for outcome in found) else 0


def complain(line: str) -> None:
    """A line on the error output."""
    from litgrad.terminal import visible

    click.echo(f"litgrad: {visible(line)}", err=True)


def print_end(outcomes: Sequence["Outcome"], line: str) -> None:
    """A last line on all posts, if there are any, and one that names those of which nothing came."""
    from litgrad.terminal import visible

    if not outcomes:
        return
    lost = [visible(outcome.source.path) for outcome in outcomes if not outcome.built]
    echo(visible(line))
    if lost:
        echo(f"not built: {', '.join(lost)}")
    flush()


def write_trace(file: Path | None, outcomes: Iterable["Outcome"]) -> None:
    """The timeline of the posts that were worked on."""
    if file is None:
        return
    from litgrad.trace import as_trace

    try:
        file.write_text(as_trace(one.stretches for one in outcomes if one.stretches), "utf-8")
    except OSError as fault:
        complain(f"cannot write {file}: {fault.strerror}")
        sys.exit(FAILED)


def echo(text: str) -> None:
    """A line without `click.echo`'s flush, of which a thousand posts feel every one."""
    encoding = sys.stdout.encoding or "utf-8"
    with _as_long_as_it_is_read():
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def flush() -> None:
    """Let what was echoed be seen."""
    with _as_long_as_it_is_read():
        sys.stdout.flush()


@contextmanager
def _as_long_as_it_is_read() -> Generator[None]:
    """Where nobody reads the standard output any more, as behind `| head`, the work goes on in silence."""
    try:
        yield
    except OSError as fault:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(fault, BrokenPipeError):
            complain(f"cannot write the standard output: {fault.strerror}")
            sys.exit(FAILED)


def printer(*, verbose: bool = False, silent: bool = False, changed_only: bool = False) -> "Printer":
    """What prints posts as they come."""
    from litgrad.printing import Printer

    return Printer(echo, flush, verbose=verbose, silent=silent, changed_only=changed_only)


def manner(
    options: "Options",
    printer: "Printer",
    jobs: int | None,
    *,
    cached: bool = True,
    whole: bool = False,
    traced: bool = False,
    recall: "Recall | None" = None,
) -> "Manner":
    """How a build goes about its work, from what the command was given."""
    from litgrad.recall import Recall
    from litgrad.shelf import open_shelf
    from litgrad.site import Manner

    known = recall or Recall(enabled=not whole)
    return Manner(jobs or 0, open_shelf(options, cached=cached), printer, whole, traced, known)
