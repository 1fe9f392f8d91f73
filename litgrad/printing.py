"""What a build or check prints while it runs: each post's diagnostics and summary, and how far it is."""

import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

from litgrad.diagnostics import Severity
from litgrad.outcome import Outcome
from litgrad.progress import Progress, is_watched
from litgrad.site import Watcher
from litgrad.terminal import render, summary, visible

_MANY = 2
"""From so many posts on, a progress bar is shown."""
_SHOWN = 50
"""Diagnostics of one post that are printed; the report holds all."""


class Printer(Watcher):
    """Prints posts as they come, in order, above a line with the progress."""

    def __init__(
        self,
        echo: Callable[[str], None],
        flush: Callable[[], None],
        *,
        verbose: bool,
        silent: bool = False,
        changed_only: bool = False,
    ) -> None:
        self.echo = echo
        self.flush = flush
        self.verbose = verbose
        self.silent = silent
        self.changed_only = changed_only
        self.changed: set[str] = set()
        self.progress = Progress(sys.stderr, shown=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.erase()

    def begins(self, total: int) -> None:
        """There are so many posts."""
        self.progress.total = total
        self.progress.shown = total >= _MANY and is_watched(sys.stderr)

    def starts(self, path: str) -> None:
        """The work on a post begins."""
        self.changed.add(path)
        self.progress.current = path
        self.progress.draw()

    def ends(self, outcome: Outcome) -> None:
        """A post is through: what there is to say about it."""
        self.progress.done += 1
        changed = outcome.source.path in self.changed or not outcome.built
        if not self.silent and (changed or not self.changed_only):
            self.progress.erase()
            for text in described(outcome, verbose=self.verbose, color=has_color()):
                self.echo(text)
            if self.progress.shown or self.changed_only:
                self.flush()
        self.progress.draw()


def described(outcome: Outcome, *, verbose: bool, color: bool) -> list[str]:
    """Diagnostics, the steps if they are asked for, and a summary of one post."""
    path = visible(outcome.source.path)
    found = [one for one in outcome.diagnostics if verbose or one.severity is not Severity.NOTE]
    texts = [render(outcome.source, diagnostic, color=color) + "\n" for diagnostic in found[:_SHOWN]]
    if len(found) > _SHOWN:
        texts.append(f"{path}: and {len(found) - _SHOWN} more\n")
    if outcome.failure is not None:
        return [*texts, f"{path}:1:1: {visible(outcome.failure)}"]
    if not outcome.read:
        return texts
    steps = outcome.listing if verbose else ()
    return [*texts, *steps, summary(outcome.source.path, outcome.counts, outcome.functions)]


def has_color() -> bool:
    """Whether standard output shows colours and is not asked to leave them out."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
