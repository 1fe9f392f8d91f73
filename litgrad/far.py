"""A site whose posts and pages stand behind URLs, built by an executor: threads here, or a cluster."""

import json
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass

from litgrad.diagnostics import Diagnostic
from litgrad.fingerprint import fingerprint
from litgrad.lists import render_lists
from litgrad.memory import digest
from litgrad.names import Name, name_posts
from litgrad.options import Options
from litgrad.outcome import Outcome, encoded
from litgrad.page import static_files
from litgrad.posts import decoded, unopened
from litgrad.shelf import from_head, head_of
from litgrad.site import ROLES, BuildResult, Watcher, entry_of, output_paths
from litgrad.source import Source
from litgrad.station import build_apart
from litgrad.storage import Storage

_RECORDS = ".litgrad"
"""The folder of the site that says of each post what it was built from."""
_PLAIN = re.compile(r"[a-z0-9-]+ \w+")
"""A slug and a module, which lead nowhere else."""


@dataclass(frozen=True, slots=True)
class FarPost:
    """A post behind a URL and the site that it becomes a part of."""

    url: str
    path: str
    name: Name
    site: str


def build_far(
    posts: Iterable[str],
    site: str,
    options: Options,
    executor: Executor,
    watcher: Watcher,
    *,
    ahead: int = 64,
    base_url: str | None = None,
) -> BuildResult:
    """Build all posts at or below some URLs into another.

    Each task reads its post and writes its page, so that texts do not pass through here; `ahead` tasks are
    handed out at a time. A post whose worker dies is given to another one. Raises StorageError for a URL
    that cannot be opened.
    """
    storage = Storage(site)
    planned = _planned(posts, site)
    storage.write({f"static/{name}": data for name, data in static_files(options.theme.css).items()})
    watcher.begins(len(planned))
    done = tuple(_outcomes(planned, options, executor, watcher, ahead))
    outcomes = tuple(outcome for outcome, _ in done)
    built = [
        entry_of(post.path, post.name, one) for post, one in zip(planned, outcomes, strict=True) if one.built
    ]
    storage.write(render_lists(built, base_url, options.theme))
    removed = _remove_others(storage, {post.name.slug for post in planned})
    return BuildResult(outcomes, (), sum(written for _, written in done), removed)


def build_one(post: FarPost, options: Options) -> tuple[Outcome, int]:
    """What a task does: read a post, build it if it changed, write what came of it.

    Gives the outcome without its texts, and how many files were written.
    """
    source, fault = _read(post, options)
    if fault is not None:
        from litgrad.tasks import unread

        return unread(source, fault).brief(), 0
    storage, record = Storage(post.site), f"{_RECORDS}/{post.name.slug}.json"
    stamp = json.dumps([fingerprint(), asdict(options)], sort_keys=True, default=str)
    key = digest(stamp, source.path, post.name.module, source.text)
    known = _known(storage, record, key, source)
    if known is not None:
        return known.brief(), 0
    outcome = build_apart(source, options, post.name.module)
    texts: list[bytes] = []
    if outcome.built:
        texts = [encoded(outcome.texts[role]) for role in ROLES]
        storage.write(dict(zip(output_paths(post.name), texts, strict=True)))
        kept = {"key": key if outcome.complete else "", "name": asdict(post.name)}
        data = json.dumps({**kept, "head": head_of(outcome, source)})
        storage.write({record: data.encode()})
    return outcome.brief(), len(texts)


def _planned(urls: Iterable[str], site: str) -> Sequence[FarPost]:
    found = [pair for url in urls for pair in Storage(url).posts()]
    places = Counter(below for below, _ in found)
    paths = [below if places[below] == 1 else url for below, url in found]
    names = name_posts(paths)
    return [FarPost(url, path, names[path], site) for path, (_, url) in zip(paths, found, strict=True)]


def _read(post: FarPost, options: Options) -> tuple[Source, Diagnostic | None]:
    try:
        data = Storage(post.url).read("", options.file_bytes + 1)
    except OSError as fault:
        message = f"the file cannot be opened: {type(fault).__name__}"
        return unopened(post.path, message)
    return decoded(post.path, data, options)


def _known(storage: Storage, record: str, key: str, source: Source) -> Outcome | None:
    """What an earlier build made of the same text, as its record says."""
    try:
        noted = json.loads(storage.read(record))
        return from_head(source, noted["head"]) if noted["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _outcomes(
    posts: Sequence[FarPost], options: Options, executor: Executor, watcher: Watcher, ahead: int
) -> Iterator[tuple[Outcome, int]]:
    """The outcomes in the posts' order."""
    waiting: deque[tuple[FarPost, Future[tuple[Outcome, int]]]] = deque()
    rest = iter(posts)
    while True:
        for post in _first(rest, ahead - len(waiting)):
            watcher.starts(post.path)
            waiting.append((post, executor.submit(build_one, post, options)))
        if not waiting:
            return
        post, future = waiting.popleft()
        outcome, written = _result(post, future)
        watcher.ends(outcome)
        yield outcome, written


def _first(rest: Iterator[FarPost], count: int) -> Iterator[FarPost]:
    return (post for _, post in zip(range(count), rest, strict=False))


def _result(post: FarPost, future: "Future[tuple[Outcome, int]]") -> tuple[Outcome, int]:
    try:
        return future.result()
    except Exception as fault:  # noqa: BLE001 - whatever a cluster reports of a worker
        from litgrad.tasks import failed

        reason = f"the post was given up ({type(fault).__name__}); build it again"
        return failed(Source(post.path, ""), reason).brief(), 0


def _remove_others(storage: Storage, slugs: set[str]) -> int:
    """Remove the pages of posts that are gone, as their records name them."""
    removed = 0
    for name in storage.names(_RECORDS):
        record = f"{_RECORDS}/{name}"
        if name.removesuffix(".json") in slugs or not name.endswith(".json"):
            continue
        for path in _paths_in(storage, record):
            removed += storage.remove(path)
        storage.remove(record)
    return removed


def _paths_in(storage: Storage, record: str) -> tuple[str, ...]:
    try:
        noted: Mapping[str, str] = json.loads(storage.read(record))["name"]
        name = Name(noted["slug"], noted["module"])
        return output_paths(name) if _PLAIN.fullmatch(f"{name.slug} {name.module}") else ()
    except (OSError, ValueError, KeyError, TypeError):
        return ()
