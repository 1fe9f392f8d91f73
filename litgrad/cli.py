"""The command line: arguments and exit codes; the stages are imported by the commands that need them."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from litgrad.options import ENGINES, Options
from litgrad.version import VERSION

if TYPE_CHECKING:
    from litgrad.options import Options
    from litgrad.outcome import Outcome

_FAILED = 1
_MISUSED = 2
_MANY = 8
"""From so many posts on, a progress bar is shown."""
_SHOWN = 50
"""Diagnostics of one post that are printed; the report holds all."""

_paths = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATHS]...")
_strict = click.option("--strict", is_flag=True, help="Fail on unchecked and conditional steps, too.")
_engine = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="Warn where this site engine eats a piece of a formula.",
)
_verbose = click.option("-v", "--verbose", is_flag=True, help="Print every step with its verdict, and notes.")


_macros = click.option(
    "--macros",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of LaTeX macros that hold for every post.",
)


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
@click.option("--base-url", metavar="URL", help="Where the site will stand; adds a sitemap and a feed.")
@_engine
@_macros
@_strict
@_verbose
def build(
    *,
    paths: tuple[Path, ...],
    out: Path,
    engine: str | None,
    macros: Path | None,
    base_url: str | None,
    strict: bool,
    verbose: bool,
) -> NoReturn:
    """Build a page, a Python module and its tests for each post.

    PATHS are posts, or folders with posts below them; without any, the folder posts. The exit status is 0 if
    nothing is refuted, 1 if a step is refuted or a post cannot be built, 2 for wrong usage.
    """
    from litgrad.output import OutputError
    from litgrad.site import build_site

    try:
        result = build_site(
            paths or _default_paths(),
            out,
            _options(engine=engine, macros=macros),
            track=_tracked,
            base_url=_address(base_url),
        )
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
@_engine
@_macros
@_strict
@_verbose
def check(
    *,
    paths: tuple[Path, ...],
    form: str,
    engine: str | None,
    macros: Path | None,
    strict: bool,
    verbose: bool,
) -> NoReturn:
    """Judge every relation sign of the posts and write nothing.

    PATHS are posts, or folders with posts below them; without any, the folder posts. The exit status is 0 if
    nothing is refuted, 1 if a step is refuted or a post cannot be read, 2 for wrong usage.
    """
    from litgrad.report import report
    from litgrad.site import as_json, check_posts, version

    outcomes: list[Outcome] = []
    for outcome in check_posts(
        paths or _default_paths(), _options(engine=engine, macros=macros), functions=form == "json"
    ):
        outcomes.append(outcome)
        if form == "text":
            _print(outcome, verbose=verbose)
    if form == "json":
        click.echo(as_json(report((outcome.report for outcome in outcomes), version())), nl=False)
    elif len(outcomes) != 1:
        _print_end(outcomes, f"{len(outcomes)} posts checked")
    sys.exit(_status(outcomes, strict=strict))


@main.command()
@click.argument("place", metavar="FILE:LINE")
@_macros
def explain(*, place: str, macros: Path | None) -> NoReturn:
    """Print how the formulas of a line were read.

    For each formula that touches the line: its tree, what it means in SymPy, each decision on an ambiguous
    notation with its reason, and the verdicts. The exit status is 1 if no formula touches the line.
    """
    from litgrad.compiler import check_post
    from litgrad.explain import explain as explained
    from litgrad.posts import read_post

    path, line = _file_and_line(place)
    options = _options(macros=macros)
    source, fault = read_post(path, options)
    if fault is not None:
        _complain(f"{path}: {fault.message}")
        sys.exit(_FAILED)
    text = explained(check_post(source, options), line)
    if not text:
        _complain(f"{path}:{line}: no formula touches this line")
        sys.exit(_FAILED)
    _echo(text.rstrip("\n"))
    sys.exit(0)


def _file_and_line(place: str) -> tuple[Path, int]:
    """`post.md:15`, also with a column behind it."""
    name, _, rest = place.partition(":")
    digits = rest.partition(":")[0]
    if not digits.isdigit() or not Path(name).is_file():
        message = "name a post and a line, as in post.md:15"
        raise click.UsageError(message)
    return Path(name), int(digits)


def _options(*, engine: str | None = None, macros: Path | None = None) -> "Options":
    """The options of a command; a file of macros becomes their text."""
    from litgrad.options import Options

    if macros is None:
        return Options(engine=engine)
    try:
        return Options(engine=engine, macros=macros.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        message = f"{macros} cannot be read as text"
        raise click.UsageError(message) from None


def _address(url: str | None) -> str | None:
    if url is not None and not url.startswith(("https://", "http://")):
        message = f"{url} is no address of a site; write it as https://example.org/notes/"
        raise click.BadParameter(message, param_hint="--base-url")
    return url


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
