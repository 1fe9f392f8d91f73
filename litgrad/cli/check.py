"""`litgrad check` and `litgrad explain`."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from litgrad.cli import given, told


@click.command()
@given.paths
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@given.engine
@given.macros
@given.jobs
@given.uncached
@given.trace
@given.strict
@given.verbose
def check(
    *,
    paths: tuple[Path, ...],
    form: str,
    engine: str | None,
    macros: Path | None,
    jobs: int | None,
    no_cache: bool,
    trace: Path | None,
    strict: bool,
    verbose: bool,
) -> NoReturn:
    """Judge every relation sign of the posts and write nothing.

    PATHS are posts, or folders with posts below them; without any, the folder posts. The exit status is 0 if
    nothing is refuted, 1 if a step is refuted or a post cannot be read, 2 for wrong usage.
    """
    from litgrad.outcome import Outcome, as_json
    from litgrad.site import check_posts, report_of

    posts, as_text = paths or given.default_paths(), form == "text"
    options = given.options_of(engine=engine, macros=macros)
    outcomes: list[Outcome] = []
    with told.printer(verbose=verbose, silent=not as_text) as printer:
        whole, traced = verbose or not as_text, trace is not None
        manner = told.manner(options, printer, jobs, cached=not no_cache, whole=whole, traced=traced)
        for outcome in check_posts(posts, options, manner, functions=not as_text):
            printer.ends(outcome)
            outcomes.append(outcome.brief() if as_text else outcome)
    told.write_trace(trace, outcomes)
    if not as_text:
        click.echo(as_json(report_of(outcomes)), nl=False)
    elif len(outcomes) != 1:
        told.print_end(outcomes, f"{len(outcomes)} posts checked")
    sys.exit(told.status(outcomes, strict=strict))


@click.command()
@click.argument("place", metavar="FILE:LINE")
@given.macros
def explain(*, place: str, macros: Path | None) -> NoReturn:
    """Print how the formulas of a line were read.

    For each formula that touches the line: its tree, what it means in SymPy, each decision on an ambiguous
    notation with its reason, and the verdicts. The exit status is 1 if no formula touches the line.
    """
    from litgrad.compiler import check_post
    from litgrad.explain import explain as explained
    from litgrad.posts import read_post

    path, line = _file_and_line(place)
    options = given.options_of(macros=macros)
    source, fault = read_post(path, options)
    if fault is not None:
        told.complain(f"{path}: {fault.message}")
        sys.exit(told.FAILED)
    text = explained(check_post(source, options), line)
    if not text:
        told.complain(f"{path}:{line}: no formula touches this line")
        sys.exit(told.FAILED)
    told.echo(text.rstrip("\n"))
    sys.exit(0)


def _file_and_line(place: str) -> tuple[Path, int]:
    """`post.md:15`, also with a column behind it."""
    name, _, rest = place.partition(":")
    digits = rest.partition(":")[0]
    if not digits.isdigit() or not Path(name).is_file():
        message = "name a post and a line, as in post.md:15"
        raise click.UsageError(message)
    return Path(name), int(digits)
