"""The work on one post, done in a worker: a post in, its outcome out, whatever goes wrong on the way."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from litgrad import compiler
from litgrad.compiler import CheckedPost, CompiledPost, check_post, compile_post
from litgrad.deadline import missed, time_limit
from litgrad.diagnostics import Diagnostic
from litgrad.faults import place_of
from litgrad.images import images_in
from litgrad.options import Options, Theme
from litgrad.outcome import Listed, Outcome, as_json, encoded
from litgrad.page import static_files
from litgrad.page.environment import load_templates
from litgrad.page.feed import day_of
from litgrad.page.lead import lead_of
from litgrad.page.search import words_of
from litgrad.report import post_report, report, unread_report
from litgrad.source import Source
from litgrad.terminal import listing
from litgrad.trace import instrument, recording
from litgrad.verdict import Verdict
from litgrad.version import version

Task = Callable[[], Outcome]
_PLAIN = Theme()
_TOO_DEEP = "a formula of this post, or its definitions put into one another, is nested too deeply"
_WARM = Source("warm.md", "# A post\n\nLet $f(x) = x^2$, then\n\n$$\nf'(x) = 2x\n$$\n")


def compiled(source: Source, options: Options, module: str, seconds: float) -> Outcome:
    """Compile a post within some seconds; a fault of litgrad becomes a failure that names its place."""
    return _guarded(source, seconds, partial(_compiled, source, options, module))


def checked(source: Source, options: Options, seconds: float) -> Outcome:
    """Check a post in the same way."""
    return _guarded(source, seconds, partial(_checked, source, options))


def unread(source: Source, diagnostic: Diagnostic) -> Outcome:
    """A post whose file could not be read."""
    found = (diagnostic,)
    texts = {"report": _as_text(unread_report(source, found))}
    return Outcome(source, found, title=source.path, read=False, texts=texts)


def failed(source: Source, reason: str) -> Outcome:
    """A post on which litgrad itself failed."""
    texts = {"report": _as_text({**unread_report(source, ()), "failure": reason})}
    return Outcome(source, title=source.path, failure=reason, texts=texts)


def warm_up(theme: Theme = _PLAIN) -> None:
    """Compile a small post, once, so that what is forked from here has everything loaded."""
    _compile_a_post()
    load_templates(theme)
    static_files(theme.css)


@cache
def _compile_a_post() -> None:
    compile_post(_WARM)


def _as_text(post: Mapping[str, Any]) -> str:
    return as_json(report([post], version()))


def traced(task: Callable[[], Outcome], post: str) -> Outcome:
    """An outcome with the stretches of time that it took."""
    instrument(compiler)
    with recording(post) as stretches:
        outcome = task()
    return replace(outcome, stretches=tuple(stretches))


def _guarded(source: Source, seconds: float, task: Task) -> Outcome:
    try:
        with time_limit(seconds):
            outcome = task()
            return replace(outcome, complete=not missed())
    except MemoryError:
        raise
    except RecursionError:
        return failed(source, _TOO_DEEP)
    except Exception as fault:  # noqa: BLE001 - one bad post must not stop the others
        return failed(source, f"litgrad failed on this post; please report it ({place_of(fault)})")


def _checked(source: Source, options: Options) -> Outcome:
    return _outcome(check_post(source, options), {})


def _compiled(source: Source, options: Options, module: str) -> Outcome:
    post = compile_post(source, options, module)
    texts = {"page": post.page, "module": post.module.text, "tests": post.tests.text}
    outcome = _outcome(post, {**texts, "native": post.module.native} if options.native else texts)
    images = tuple(images_in(post.page))
    functions = len(post.module.functions)
    return replace(outcome, functions=functions, listed=_listed(post), images=images).marked()


def _listed(post: CompiledPost) -> str:
    functions = tuple((function.name, function.module_line) for function in post.module.functions)
    day = day_of(post.document.front_matter)
    words, lead = words_of(post.document.source.text), lead_of(post.document)
    return Listed(functions, words, day.isoformat() if day else "", lead).packed()


def _outcome(post: CheckedPost, texts: Mapping[str, str]) -> Outcome:
    texts = {**texts, "report": _as_text(post_report(post))}
    return Outcome(
        post.document.source,
        post.diagnostics,
        post.document.title,
        _counts(post),
        digests={role: hashlib.sha256(encoded(text)).hexdigest() for role, text in texts.items()},
        texts=texts,
        listing=tuple(listing(post)),
    )


def _counts(post: CheckedPost) -> Mapping[Verdict, int]:
    return Counter(step.verdict for derivation in post.derivations for step in derivation.steps)
