"""`litgrad build`."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click

from litgrad.cli import given, told
from litgrad.options import Options


@click.command()
@click.argument("paths", nargs=-1, type=given.Place(exists=True, path_type=Path), metavar="[PATHS]...")
@click.option(
    "-o",
    "--out",
    type=given.Place(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="The folder, or the URL, that the site is written to.",
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="Build on the Dask cluster at this address, as tcp://host:8786."
)
@given.address_of_site
@given.engine
@given.macros
@given.derivatives
@given.fast
@given.native
@given.theme
@given.jobs
@given.uncached
@given.trace
@given.strict
@given.verbose
def build(
    *,
    paths: tuple[Path | str, ...],
    out: Path | str,
    scheduler: str | None,
    base_url: str | None,
    engine: str | None,
    macros: Path | None,
    derivatives: int,
    fast: bool,
    native: bool,
    theme: Path | None,
    jobs: int | None,
    no_cache: bool,
    trace: Path | None,
    strict: bool,
    verbose: bool,
) -> NoReturn:
    """Build a page, a Python module and its tests for each post.

    PATHS are posts, or folders with posts below them, or URLs of such; without any, the folder posts. The
    exit status is 0 if nothing is refuted, 1 if a step is refuted or a post cannot be built, 2 for wrong
    usage.
    """
    from litgrad.output import OutputError
    from litgrad.site import build_site

    options = given.options_of(
        engine=engine, macros=macros, derivatives=derivatives, fast=fast, native=native, theme=theme
    )
    posts, address = paths or given.default_paths(), given.address(base_url)
    if scheduler or any(isinstance(place, str) for place in (*posts, out)):
        _refuse_native(options)
        _build_far(posts, out, options, scheduler, jobs, address, strict=strict)
    here, out = [Path(path) for path in posts], Path(out)
    with told.printer(verbose=verbose) as printer:
        manner = told.manner(
            options, printer, jobs, cached=not no_cache, whole=verbose, traced=trace is not None
        )
        try:
            result = build_site(here, out, options, manner, base_url=address)
        except OutputError as fault:
            printer.progress.erase()
            told.complain(str(fault))
            sys.exit(told.FAILED)
    told.write_trace(trace, result.outcomes)
    for notice in result.notices:
        told.complain(notice)
    told.print_end(result.outcomes, f"{out}: {result.written} files written, {result.removed} removed")
    sys.exit(told.status(result.outcomes, strict=strict))


def _refuse_native(options: Options) -> None:
    if options.native:
        message = "--native compiles on this machine, for sites on this machine"
        raise click.UsageError(message)


def _build_far(
    paths: Iterable[Path | str],
    out: Path | str,
    options: Options,
    scheduler: str | None,
    jobs: int | None,
    base_url: str | None,
    *,
    strict: bool,
) -> NoReturn:
    """Build what stands behind URLs, or what a cluster shall build."""
    from litgrad.executors import executor
    from litgrad.far import build_far
    from litgrad.storage import StorageError

    try:
        with executor(scheduler, jobs) as (pool, at_once), told.printer() as printer:
            result = build_far(
                map(_url, paths), _url(out), options, pool, printer, ahead=4 * at_once, base_url=base_url
            )
    except (StorageError, OSError) as fault:
        told.complain(str(fault))
        sys.exit(told.FAILED)
    told.print_end(result.outcomes, f"{out}: {result.written} files written, {result.removed} removed")
    sys.exit(told.status(result.outcomes, strict=strict))


def _url(place: Path | str) -> str:
    return place if isinstance(place, str) else place.resolve().as_uri()
