"""What came of one post: plain data that a worker hands over, so that a bad post cannot harm the others."""

import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from typing import Any

from litgrad.checking.verdicts import Verdict
from litgrad.compiler import CheckedPost, CompiledPost, check_post, compile_post
from litgrad.diagnostics import Diagnostic, Severity
from litgrad.options import Options
from litgrad.report import post_report, unread_report
from litgrad.source import Source
from litgrad.terminal import listing

Task = Callable[[], "Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A post's results without its trees and terms."""

    source: Source
    report: Mapping[str, Any]
    diagnostics: tuple[Diagnostic, ...] = ()
    title: str = ""
    counts: Mapping[Verdict, int] = field(default_factory=dict)
    listing: tuple[str, ...] = ()
    page: str = ""
    module: str = ""
    tests: str = ""
    functions: int = 0
    failure: str | None = None
    """Why nothing came of the post, where that is litgrad's fault: a sentence."""
    read: bool = True

    @property
    def built(self) -> bool:
        """Whether there is a page."""
        return self.read and self.failure is None

    def fails(self, *, strict: bool) -> bool:
        """Whether this post makes the exit status 1."""
        if not self.built or any(found.severity is Severity.ERROR for found in self.diagnostics):
            return True
        if self.counts.get(Verdict.REFUTED):
            return True
        return strict and bool(self.counts.get(Verdict.CONDITIONAL) or self.counts.get(Verdict.UNCHECKED))


def compiled(source: Source, options: Options, module: str) -> Outcome:
    """Compile a post; a fault of litgrad becomes a failure that names its place in litgrad."""
    return _guarded(source, partial(_compiled, source, options, module))


def checked(source: Source, options: Options) -> Outcome:
    """Check a post; a fault of litgrad becomes a failure that names its place in litgrad."""
    return _guarded(source, partial(_checked, source, options))


def unread(source: Source, diagnostic: Diagnostic) -> Outcome:
    """A post whose file could not be read."""
    found = (diagnostic,)
    return Outcome(source, unread_report(source, found), found, title=source.path, read=False)


def failed(source: Source, reason: str) -> Outcome:
    """A post on which litgrad itself failed."""
    report = {**unread_report(source, ()), "failure": reason}
    return Outcome(source, report, title=source.path, failure=reason)


def _guarded(source: Source, task: Task) -> Outcome:
    try:
        return task()
    except Exception as fault:  # noqa: BLE001 - one bad post must not stop the others
        return failed(source, f"litgrad failed on this post; please report it ({_where(fault)})")


def _where(fault: Exception) -> str:
    """The kind of an exception and the line of litgrad that raised it, without any text of the post."""
    frames = traceback.extract_tb(fault.__traceback__)
    own = [frame for frame in frames if "litgrad" in frame.filename] or frames
    if not own:
        return type(fault).__name__
    file = PurePath(own[-1].filename)
    return f"{type(fault).__name__} in {file.parent.name}/{file.name}, line {own[-1].lineno}"


def _checked(source: Source, options: Options) -> Outcome:
    post = check_post(source, options)
    return Outcome(
        post.document.source,
        post_report(post),
        post.diagnostics,
        post.document.title,
        _counts(post),
        tuple(listing(post)),
    )


def _compiled(source: Source, options: Options, module: str) -> Outcome:
    post: CompiledPost = compile_post(source, options, module)
    return Outcome(
        post.document.source,
        post_report(post),
        post.diagnostics,
        post.document.title,
        _counts(post),
        tuple(listing(post)),
        post.page,
        post.module.text,
        post.tests.text,
        len(post.module.functions),
    )


def _counts(post: CheckedPost) -> Mapping[Verdict, int]:
    return Counter(step.verdict for derivation in post.derivations for step in derivation.steps)
