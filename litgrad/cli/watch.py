"""`litgrad watch` and `litgrad serve`: builds after every change."""

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from litgrad.cli import given, told
from litgrad.options import Options


@click.command()
@given.paths
@given.out
@given.address_of_site
@given.engine
@given.macros
@given.theme
@given.jobs
def watch(
    *,
    paths: tuple[Path, ...],
    out: Path,
    base_url: str | None,
    engine: str | None,
    macros: Path | None,
    theme: Path | None,
    jobs: int | None,
) -> None:
    """Build, and build again whenever a post is changed, added or removed, until Ctrl-C.

    PATHS are posts, or folders with posts below them; without any, the folder posts. Only what changed is
    built.
    """
    options = given.options_of(engine=engine, macros=macros, theme=theme)
    for _ in _builds(paths or given.default_paths(), out, options, jobs, given.address(base_url)):
        pass


@click.command()
@given.paths
@given.out
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for a free one."
)
@given.engine
@given.macros
@given.theme
@given.jobs
def serve(
    *,
    paths: tuple[Path, ...],
    out: Path,
    port: int,
    engine: str | None,
    macros: Path | None,
    theme: Path | None,
    jobs: int | None,
) -> None:
    """Show the site in a browser on this machine, and load its pages again when posts change, until Ctrl-C.

    PATHS are posts, or folders with posts below them; without any, the folder posts.
    """
    from litgrad.serve import served

    posts = paths or given.default_paths()
    options = given.options_of(engine=engine, macros=macros, theme=theme)
    out.mkdir(parents=True, exist_ok=True)
    try:
        with served(out, port) as (address, news):
            for _ in _builds(posts, out, options, jobs):
                told.echo(address)
                told.flush()
                news.tell()
    except OSError as fault:
        told.complain(f"cannot serve at port {port}: {fault.strerror}")
        sys.exit(told.FAILED)


def _builds(
    posts: tuple[Path, ...], out: Path, options: Options, jobs: int | None, base_url: str | None = None
) -> Iterator[None]:
    """Build at once and after every change; gives after each build."""
    from litgrad.output import OutputError
    from litgrad.recall import Recall
    from litgrad.site import build_site
    from litgrad.watch import changes

    recall = Recall(enabled=True)
    with _lasting_cache():
        for _ in changes(posts, out):
            with told.printer(changed_only=True) as printer:
                manner = told.manner(options, printer, jobs, recall=recall)
                try:
                    result = build_site(posts, out, options, manner, base_url=base_url)
                except OutputError as fault:
                    told.complain(str(fault))
                    continue
            if not result.outcomes:
                told.complain("no posts were found; waiting for changes")
            told.print_end(
                result.outcomes,
                f"{out}: {result.written} files written, {result.removed} removed; waiting for changes",
            )
            yield


@contextmanager
def _lasting_cache() -> Generator[None]:
    """Where results are not to be kept, those of one run of `watch` are, as long as it runs."""
    from litgrad.cache import default_folder

    if default_folder() is not None:
        yield
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="litgrad-") as folder:
        os.environ["LITGRAD_CACHE"] = folder
        yield
