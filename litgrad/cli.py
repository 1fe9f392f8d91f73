"""The command line: arguments and exit codes; the stages are imported by the commands that need them."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from litgrad.version import VERSION

if TYPE_CHECKING:
    from litgrad.outcome import Outcome

_FAILED = 1
_MISUSED = 2
_MANY = 8
"""From so many posts on, a progress bar is shown."""
_SHOWN = 50
"""Diagnostics of one post that are printed; the report holds all."""

_paths = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATHS]...")
_strict = click.option("--strict", is_flag=True, help="Fail on unchecked and conditional steps, too.")
_verbose = click.option("-v", "--verbose", is_flag=True, help="Print every step with its verdict, and notes.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="litgrad")
def main() -> None:
    """Compile derivations: Markdown in; verdicts, a NumPy module, its tests and a linked page out."""


@main.command()
@_paths
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="The folder that the site is written to.",
)
@click.option(
    "--derivatives",
    type=click.IntRange(1, 2),
    default=1,
    show_default=True,
    help="2 for second derivatives of what a post's definitions compose to.",
)
@_strict
@_verbose
def build(*, paths: tuple[Path, ...], out: Path, derivatives: int, strict: bool, verbose: bool) -> NoReturn:
    """Build a page, a Python module and its tests for each post.

    PATHS are posts, or folders with posts below them; without any, the folder posts. The exit status is 0 if
    nothing is refuted, 1 if a step is refuted or a post cannot be built, 2 for wrong usage.
    """
    from litgrad.options import Options
    from litgrad.output import OutputError
    from litgrad.site import build_site

    try:
        options = Options(derivatives=derivatives)
        result = build_site(paths or _default_paths(), out, options, track=_tracked)
    except OutputError as fault:
        _complain(str(fault))
        sys.exit(_FAILED)
    for outcome in result.outcomes:
        _print(outcome, verbose=verbose)
    for notice in result.notices:
        _complain(notice)
    _print_end(result.outcomes, f"{out}: {result.written} files written, {result.removed} removed")
    sys.exit(_status(result.outcomes, strict=strict))


@main.command()
@_paths
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_strict
@_verbose
def check(*, paths: tuple[Path, ...], form: str, strict: bool, verbose: bool) -> NoReturn:
    """Judge every relation sign of the posts and write nothing.

    PATHS are posts, or folders with posts below them; without any, the folder posts. The exit status is 0 if
    nothing is refuted, 1 if a step is refuted or a post cannot be read, 2 for wrong usage.
    """
    from litgrad.report import report
    from litgrad.site import as_json, check_posts, version

    outcomes: list[Outcome] = []
    for outcome in check_posts(paths or _default_paths(), functions=form == "json"):
        outcomes.append(outcome)
        if form == "text":
            _print(outcome, verbose=verbose)
    if form == "json":
        click.echo(as_json(report((outcome.report for outcome in outcomes), version())), nl=False)
    elif len(outcomes) != 1:
        _print_end(outcomes, f"{len(outcomes)} posts checked")
    sys.exit(_status(outcomes, strict=strict))


def _default_paths() -> tuple[Path, ...]:
    default = Path("posts")
    if not default.is_dir():
        message = "name a post or a folder of posts"
        raise click.UsageError(message)
    return (default,)


def _status(outcomes: Iterable["Outcome"], *, strict: bool) -> int:
    found = list(outcomes)
    if not found:
        _complain("no posts were found")
        return _MISUSED
    return _FAILED if any(outcome.fails(strict=strict) for outcome in found) else 0


# -------------------------------- printing --------------------------------


def _complain(line: str) -> None:
    from litgrad.terminal import visible

    click.echo(f"litgrad: {visible(line)}", err=True)


def _print(outcome: "Outcome", *, verbose: bool) -> None:
    """Diagnostics, the steps if they are asked for, and a summary of one post."""
    from litgrad.diagnostics import Severity
    from litgrad.terminal import render, summary, visible

    path, color = visible(outcome.source.path), _has_color()
    found = [one for one in outcome.diagnostics if verbose or one.severity is not Severity.NOTE]
    for diagnostic in found[:_SHOWN]:
        _echo(render(outcome.source, diagnostic, color=color) + "\n")
    if len(found) > _SHOWN:
        _echo(f"{path}: and {len(found) - _SHOWN} more\n")
    if outcome.failure is not None:
        _echo(f"{path}:1:1: {visible(outcome.failure)}")
    elif outcome.read:
        for line in outcome.listing if verbose else ():
            _echo(line)
        _echo(summary(outcome.source.path, outcome.counts, outcome.functions))


def _print_end(outcomes: Iterable["Outcome"], line: str) -> None:
    """A last line on all posts, and one that names those of which nothing came."""
    from litgrad.terminal import visible

    lost = [visible(outcome.source.path) for outcome in outcomes if not outcome.built]
    _echo(visible(line))
    if lost:
        _echo(f"not built: {', '.join(lost)}")


def _echo(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "replace").decode(encoding))


def _has_color() -> bool:
    from rich.console import Console

    console = Console()
    return console.is_terminal and not console.no_color


def _tracked(outcomes: Iterable["Outcome"], total: int) -> Iterable["Outcome"]:
    """The outcomes as they come, with a progress bar where there are many and someone is watching."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    if total < _MANY or not console.is_terminal:
        return outcomes
    return track(outcomes, "Building", total, console=console, transient=True)
