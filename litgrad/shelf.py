"""Outcomes in the cache: which key a post has, and its outcome as an entry."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from litgrad.cache import Cache, default_folder
from litgrad.diagnostics import Diagnostic
from litgrad.fingerprint import fingerprint
from litgrad.options import Options
from litgrad.outcome import Outcome
from litgrad.plain import from_plain, to_plain
from litgrad.source import Source
from litgrad.verdict import Verdict

_MANY = 16


@dataclass(frozen=True, slots=True)
class Shelf:
    """The cache as a build uses it; without a cache, nothing is found and nothing kept."""

    cache: Cache | None

    def find(self, source: Source, module: str | None, *, whole: bool) -> Outcome | None:
        """What came of a post in an earlier build: verdicts and digests or, on request, its texts, too."""
        if self.cache is None:
            return None
        key = self._key(source, module)
        head = self.cache.head(key)
        with suppress(TypeError, ValueError, KeyError, AttributeError):
            if head is not None:
                outcome = from_head(source, head)
                return self._whole(key, outcome) if whole else outcome
        return None

    def keep(self, outcome: Outcome, source: Source, module: str | None) -> None:
        """Keep an outcome for later builds, if it would be the same again."""
        if self.cache is not None and outcome.built and outcome.complete:
            body = {"texts": dict(outcome.texts), "listing": list(outcome.listing)}
            self.cache.put(self._key(source, module), head_of(outcome, source), body)

    def recalled(self, site: str, part: str) -> Iterator[Any]:
        """A part of what the last builds of a site knew of its posts, and when which file was changed."""
        return self.cache.records(self.cache.key("site", part, site)) if self.cache else iter(())

    def keep_recalled(self, known: Iterable[object], site: str, part: str) -> None:
        """Keep it for the next build."""
        if self.cache is not None:
            self.cache.put_records(self.cache.key("site", part, site), known)

    def notes(self, path: str, module: str | None) -> Mapping[str, Any]:
        """What the last run on a post noted for the next one, whatever its text was."""
        body = self.cache.body(self._notes_key(path, module)) if self.cache else None
        return body or {}

    def keep_notes(self, notes: Mapping[str, Any], path: str, module: str | None) -> None:
        """Keep what a run on a post noted."""
        if self.cache is not None and notes:
            self.cache.put(self._notes_key(path, module), {}, notes)

    def _notes_key(self, path: str, module: str | None) -> str:
        assert self.cache is not None
        return self.cache.key("notes", path, "" if module is None else "compiled")

    def trim(self, added: int) -> None:
        """Keep the cache within its bound; after a few entries only if nobody did so lately."""
        if self.cache is not None and (added >= _MANY or self.cache.is_due()):
            self.cache.trim()

    def _whole(self, key: str, outcome: Outcome) -> Outcome | None:
        body = self.cache.body(key) if self.cache else None
        if body is None:
            return None
        texts = {str(role): str(text) for role, text in body["texts"].items()}
        return replace(outcome, texts=texts, listing=tuple(map(str, body["listing"])))

    def _key(self, source: Source, module: str | None) -> str:
        assert self.cache is not None
        return self.cache.key("post", source.path, module or "", source.text)


def open_shelf(options: Options, *, cached: bool = True) -> Shelf:
    """The user's cache for results under these options; `cached` says whether there shall be one."""
    folder: Path | None = default_folder() if cached else None
    if folder is None:
        return Shelf(None)
    stamp = json.dumps([fingerprint(), asdict(options)], sort_keys=True, default=str)
    return Shelf(Cache(folder, stamp))


def head_of(outcome: Outcome, source: Source) -> Mapping[str, Any]:
    """What a later build must know of an outcome, as JSON data; its texts are left out."""
    return {
        "source": None if outcome.source == source else to_plain(outcome.source),
        "diagnostics": to_plain(outcome.diagnostics),
        "title": outcome.title,
        "counts": {verdict.value: count for verdict, count in outcome.counts.items()},
        "functions": outcome.functions,
        "listed": outcome.listed,
        "mark": outcome.mark,
        "images": list(outcome.images),
        "digests": dict(outcome.digests),
    }


def from_head(source: Source, head: Mapping[str, Any]) -> Outcome:
    """The inverse, for the post as it was read; raises what reading unfit data raises."""
    return Outcome(
        source if head["source"] is None else from_plain(Source, head["source"]),
        tuple(from_plain(Diagnostic, one) for one in head["diagnostics"]),
        str(head["title"]),
        {Verdict(name): int(count) for name, count in head["counts"].items()},
        int(head["functions"]),
        str(head["listed"]),
        str(head["mark"]),
        tuple(map(str, head["images"])),
        digests={str(role): str(digest) for role, digest in head["digests"].items()},
    )
