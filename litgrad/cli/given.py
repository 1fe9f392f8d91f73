"""What commands are given: their arguments and options, and what becomes of them."""

import os
from pathlib import Path
from typing import Any

import click

from litgrad.options import ENGINES, Options, Theme


class Place(click.Path):
    """A path on this machine, or a URL."""

    name = "path or URL"

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:  # noqa: ANN401 - as click has it
        """A URL as text, a path as click gives it."""
        return value if "://" in str(value) else super().convert(value, param, ctx)


paths = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATHS]...")
strict = click.option("--strict", is_flag=True, help="Fail on unchecked and conditional steps, too.")
jobs = click.option(
    "-j", "--jobs", type=click.IntRange(1, 64), help="Posts at a time; without it, one per processor."
)
uncached = click.option("--no-cache", is_flag=True, help="Judge every post anew and keep no results.")
trace = click.option(
    "--trace",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a timeline per stage and post, to be opened in chrome://tracing or ui.perfetto.dev.",
)
out = click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="The folder that the site is written to.",
)
engine = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="Warn where this site engine eats a piece of a formula.",
)
macros = click.option(
    "--macros",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of LaTeX macros that hold for every post.",
)
theme = click.option(
    "--theme",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with theme.css and jinja2 templates, instead of those of the same name.",
)
fast = click.option(
    "--arrays",
    "--fast",
    "fast",
    is_flag=True,
    help="The functions take arrays of PyTorch, JAX, CuPy and Dask, too.",
)
native = click.option(
    "--native", is_flag=True, help="Compile the functions of the modules with the C compiler, too."
)
derivatives = click.option(
    "--derivatives",
    type=click.IntRange(1, 2),
    default=1,
    show_default=True,
    help="2 for second derivatives of what a post's definitions compose to, and those along a direction.",
)
address_of_site = click.option(
    "--base-url", metavar="URL", help="Where the site will stand; adds a sitemap and a feed."
)
verbose = click.option("-v", "--verbose", is_flag=True, help="Print every step with its verdict, and notes.")


def options_of(
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


def address(url: str | None) -> str | None:
    """The address of a site, where there is one; it is checked."""
    if url is not None and not url.startswith(("https://", "http://")):
        message = f"{url} is no address of a site; write it as https://example.org/notes/"
        raise click.BadParameter(message, param_hint="--base-url")
    return url


def default_paths() -> tuple[Path, ...]:
    """What is built where nothing is named: the folder posts."""
    default = Path("posts")
    if not default.is_dir():
        message = "name a post or a folder of posts"
        raise click.UsageError(message)
    return (default,)
