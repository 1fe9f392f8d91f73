"""The command line: arguments and exit codes; the stages are imported by the commands that need them."""

import os
import signal
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from litgrad.options import ENGINES, Options, Theme
from litgrad.version import VERSION

if TYPE_CHECKING:
    from litgrad.outcome import Outcome
    from litgrad.printing import Printer
    from litgrad.recall import Recall
    from litgrad.site import Manner

_FAILED = 1
_MISUSED = 2
_INTERRUPTED = 130
_TERMINATED = 143


class _Place(click.Path):
    """A path on this machine, or a URL."""

    name = "path or URL"

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:  # noqa: ANN401 - as click has it
        """A URL as text, a path as click gives it."""
        return value if "://" in str(value) else super().convert(value, param, ctx)


_paths = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATHS]...")
_strict = click.option("--strict", is_flag=True, help="Fail on unchecked and conditional steps, too.")
_jobs = click.option(
    "-j", "--jobs", type=click.IntRange(1, 64), help="Posts at a time; without it, one per processor."
)
_uncached = click.option("--no-cache", is_flag=True, help="Judge every post anew and keep no results.")
_trace = click.option(
    "--trace",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a timeline per stage and post, to be opened in chrome://tracing or ui.perfetto.dev.",
)
_out = click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="The folder that the site is written to.",
)
_engine = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="Warn where this site engine eats a piece of a formula.",
)
_macros = click.option(
    "--macros",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of LaTeX macros that hold for every post.",
)
_theme = click.option(
    "--theme",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with theme.css and jinja2 templates, instead of those of the same name.",
)
_fast = click.option(
    "--arrays",
    "--fast",
    "fast",
    is_flag=True,
    help="The functions take arrays of PyTorch, JAX, CuPy and Dask, too.",
)
_native = click.option(
    "--native", is_flag=True, help="Compile the functions of the modules with the C compiler, too."
)
_derivatives = click.option(
    "--derivatives",
    type=click.IntRange(1, 2),
    default=1,
    show_default=True,
    help="2 for second derivatives of what a post's definitions compose to, and those along a direction.",
)
_address_of_site = click.option(
    "--base-url", metavar="URL", help="Where the site will stand; adds a sitemap and a feed."
)
_verbose = click.option("-v", "--verbose", is_flag=True, help="Print every step with its verdict, and notes.")


class _Stoppable(click.Group):
    """Commands that Ctrl-C, or the signal that asks a program to end, stops with one line."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        before = signal.signal(signal.SIGTERM, _terminate)
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _complain("interrupted")
            sys.exit(_INTERRUPTED)
        finally:
            signal.signal(signal.SIGTERM, before)


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(_TERMINATED)


@click.group(cls=_Stoppable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="litgrad")
def main() -> None:
    """Compile derivations: Markdown in; verdicts, a NumPy module, its tests and a linked page out."""


@main.command()
@click.argument("paths", nargs=-1, type=_Place(exists=True, path_type=Path), metavar="[PATHS]...")
@click.option(
    "-o",
    "--out",
    type=_Place(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="The folder, or the URL, that the site is written to.",
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="Build on the Dask cluster at this address, as tcp://host:8786."
)
@_address_of_site
@_engine
@_macros
@_derivatives
@_fast
@_native
@_theme
@_jobs
@_uncached
@_trace
@_strict
@_verbose
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

    options = _options(
        engine=engine, macros=macros, derivatives=derivatives, fast=fast, native=native, theme=theme
    )
    if scheduler or any(isinstance(place, str) for place in (*paths, out)):
        _refuse_native(options)
        _build_far(
            paths or _default_paths(), out, options, scheduler, jobs, _address(base_url), strict=strict
        )
    here, out = [Path(path) for path in paths or _default_paths()], Path(out)
    with _printer(verbose=verbose) as printer:
        manner = _manner(options, printer, jobs, cached=not no_cache, whole=verbose, traced=trace is not None)
        try:
            result = build_site(here, out, options, manner, base_url=_address(base_url))
        except OutputError as fault:
            printer.progress.erase()
            _complain(str(fault))
            sys.exit(_FAILED)
    _write_trace(trace, result.outcomes)
    for notice in result.notices:
        _complain(notice)
    _print_end(result.outcomes, f"{out}: {result.written} files written, {result.removed} removed")
    sys.exit(_status(result.outcomes, strict=strict))


def _refuse_native(options: "Options") -> None:
    if options.native:
        message = "--native compiles on this machine, for sites on this machine"
        raise click.UsageError(message)


def _build_far(
    paths: Iterable[Path | str],
    out: Path | str,
    options: "Options",
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
        with executor(scheduler, jobs) as (pool, at_once), _printer() as printer:
            result = build_far(
                map(_url, paths), _url(out), options, pool, printer, ahead=4 * at_once, base_url=base_url
            )
    except (StorageError, OSError) as fault:
        _complain(str(fault))
        sys.exit(_FAILED)
    _print_end(result.outcomes, f"{out}: {result.written} files written, {result.removed} removed")
    sys.exit(_status(result.outcomes, strict=strict))


def _url(place: Path | str) -> str:
    return place if isinstance(place, str) else place.resolve().as_uri()


@main.command()
@_paths
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_engine
@_macros
@_jobs
@_uncached
@_trace
@_strict
@_verbose
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
    from litgrad.outcome import as_json
    from litgrad.site import check_posts, report_of

    given, options, as_text = (
        paths or _default_paths(),
        _options(engine=engine, macros=macros),
        form == "text",
    )
    outcomes: list[Outcome] = []
    with _printer(verbose=verbose, silent=not as_text) as printer:
        whole, traced = verbose or not as_text, trace is not None
        manner = _manner(options, printer, jobs, cached=not no_cache, whole=whole, traced=traced)
        for outcome in check_posts(given, options, manner, functions=not as_text):
            printer.ends(outcome)
            outcomes.append(outcome.brief() if as_text else outcome)
    _write_trace(trace, outcomes)
    if not as_text:
        click.echo(as_json(report_of(outcomes)), nl=False)
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


def _options(
    *,
    engine: str | None = None,
    macros: Path | None = None,
    derivatives: int = 1,
    fast: bool = False,
    native: bool = False,
    theme: Path | None = None,
) -> Options:
    """The options of a command; a file of macros and the files of a theme become their texts."""
    text = "" if macros is None else _text(macros)
    look = Theme() if theme is None else _theme_of(theme)
    return Options(
        engine=engine,
        macros=text,
        derivatives=derivatives,
        fast=fast or native,
        native=native,
        theme=look,
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        message = f"{file} cannot be read as text"
        raise click.UsageError(message) from None


def _theme_of(folder: Path) -> Theme:
    from litgrad.page.environment import faults

    templates = {
        file.name: _text(file) for file in sorted(folder.iterdir()) if file.suffix in (".html", ".xml")
    }
    found = [f"{folder}/{fault}" for fault in faults(templates)]
    if found:
        raise click.UsageError("\n".join(found))
    css = folder / "theme.css"
    return Theme(tuple(templates.items()), _text(css) if css.is_file() else "")


def _address(url: str | None) -> str | None:
    if url is not None and not url.startswith(("https://", "http://")):
        message = f"{url} is no address of a site; write it as https://example.org/notes/"
        raise click.BadParameter(message, param_hint="--base-url")
    return url


def _manner(
    options: Options,
    printer: "Printer",
    jobs: int | None,
    *,
    cached: bool = True,
    whole: bool = False,
    traced: bool = False,
    recall: "Recall | None" = None,
) -> "Manner":
    from litgrad.recall import Recall
    from litgrad.shelf import open_shelf
    from litgrad.site import Manner

    return Manner(
        jobs or 0,
        open_shelf(options, cached=cached),
        printer,
        whole,
        traced,
        recall or Recall(enabled=not whole),
    )


@main.command()
@_paths
@_out
@_address_of_site
@_engine
@_macros
@_theme
@_jobs
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
    options = _options(engine=engine, macros=macros, theme=theme)
    for _ in _builds(paths or _default_paths(), out, options, jobs, _address(base_url)):
        pass


@main.command()
@_paths
@_out
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for a free one."
)
@_engine
@_macros
@_theme
@_jobs
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

    given, options = paths or _default_paths(), _options(engine=engine, macros=macros, theme=theme)
    out.mkdir(parents=True, exist_ok=True)
    try:
        with served(out, port) as (address, news):
            for _ in _builds(given, out, options, jobs):
                _echo(address)
                sys.stdout.flush()
                news.tell()
    except OSError as fault:
        _complain(f"cannot serve at port {port}: {fault.strerror}")
        sys.exit(_FAILED)


def _builds(
    given: tuple[Path, ...], out: Path, options: Options, jobs: int | None, base_url: str | None = None
) -> Iterator[None]:
    """Build at once and after every change; gives after each build."""
    from litgrad.output import OutputError
    from litgrad.recall import Recall
    from litgrad.site import build_site
    from litgrad.watch import changes

    recall = Recall(enabled=True)
    with _lasting_cache():
        for _ in changes(given, out):
            with _printer(changed_only=True) as printer:
                manner = _manner(options, printer, jobs, recall=recall)
                try:
                    result = build_site(given, out, options, manner, base_url=base_url)
                except OutputError as fault:
                    _complain(str(fault))
                    continue
            _print_end(
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
    with TemporaryDirectory(prefix="litgrad-") as folder:
        os.environ["LITGRAD_CACHE"] = folder
        yield


@main.command()
def doctor() -> NoReturn:
    """Say what is installed and what is missing.

    The exit status is 1 if something is missing that litgrad needs.
    """
    from litgrad.doctor import examine, printed

    findings = list(examine())
    for line in printed(findings):
        _echo(line)
    sys.exit(_FAILED if any(one.fine is False for one in findings) else 0)


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


def _print_end(outcomes: Iterable["Outcome"], line: str) -> None:
    """A last line on all posts, and one that names those of which nothing came."""
    from litgrad.terminal import visible

    lost = [visible(outcome.source.path) for outcome in outcomes if not outcome.built]
    _echo(visible(line))
    if lost:
        _echo(f"not built: {', '.join(lost)}")


def _write_trace(file: Path | None, outcomes: Iterable["Outcome"]) -> None:
    """The timeline of the posts that were worked on."""
    if file is None:
        return
    from litgrad.trace import as_trace

    try:
        file.write_text(as_trace(one.stretches for one in outcomes if one.stretches), "utf-8")
    except OSError as fault:
        _complain(f"cannot write {file}: {fault.strerror}")
        sys.exit(_FAILED)


def _echo(text: str) -> None:
    """A line without `click.echo`'s flush, of which a thousand posts feel every one."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def _printer(*, verbose: bool = False, silent: bool = False, changed_only: bool = False) -> "Printer":
    from litgrad.printing import Printer

    return Printer(_echo, verbose=verbose, silent=silent, changed_only=changed_only)
