"""What came of one post: plain data that a worker hands over and the cache keeps."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from litgrad.diagnostics import Diagnostic, Severity
from litgrad.source import Source
from litgrad.trace import Stretch
from litgrad.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Listed:
    """What an index and a feed tell of a post, besides its title and verdicts."""

    functions: tuple[tuple[str, int], ...] = ()
    """Their names and lines in the module."""
    words: str = ""
    """What a search looks through."""
    day: str = ""
    """From the front matter, as in 2026-03-01."""
    lead: str = ""
    """Its first sentences."""

    def packed(self) -> str:
        """It as one text: of thousands of posts it is kept, and seldom looked at.

        >>> Listed.unpacked(Listed((("f", 12),), "words").packed())
        Listed(functions=(('f', 12),), words='words', day='', lead='')
        """
        return json.dumps([self.functions, self.words, self.day, self.lead], separators=(",", ":"))

    @staticmethod
    def unpacked(text: str) -> "Listed":
        """The inverse; what no post was compiled for is empty."""
        functions, *rest = json.loads(text or "[[]]")
        return Listed(tuple((name, line) for name, line in functions), *rest)


@dataclass(frozen=True, slots=True)
class Entry:
    """A post in the lists of a site."""

    path: str
    href: str
    title: str
    counts: tuple[tuple[Verdict, int], ...]
    functions: int
    errors: int
    listed: str
    """Packed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A post's results without its trees and terms."""

    source: Source
    diagnostics: tuple[Diagnostic, ...] = ()
    title: str = ""
    counts: Mapping[Verdict, int] = field(default_factory=dict)
    functions: int = 0
    listed: str = ""
    """What an index and a feed tell, packed."""
    mark: str = ""
    """A digest of all that they tell, the title and the counts, too."""
    images: tuple[str, ...] = ()
    """The pictures that its page shows, below the post's folder."""
    failure: str | None = None
    """Why nothing came of the post, where that is litgrad's fault: a sentence."""
    read: bool = True
    complete: bool = True
    """Whether nothing was left out for want of time."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each text, by the same keys."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """`report`, and of a compiled post `page`, `module`, `tests`, maybe `native`; left out where digests are
    enough."""
    stretches: tuple[Stretch, ...] = ()
    """Where the time went, if that was asked for; of a result from the cache, nowhere."""
    listing: tuple[str, ...] = ()
    """Two lines per relation sign; left out together with the texts."""

    @property
    def built(self) -> bool:
        """Whether there is a page."""
        return self.read and self.failure is None

    @property
    def report(self) -> Mapping[str, Any]:
        """The post's report as data."""
        return json.loads(self.texts["report"])["posts"][0]

    def fails(self, *, strict: bool) -> bool:
        """Whether this post makes the exit status 1."""
        if not self.built or self.errors:
            return True
        if self.counts.get(Verdict.REFUTED):
            return True
        return strict and bool(self.counts.get(Verdict.CONDITIONAL) or self.counts.get(Verdict.UNCHECKED))

    @property
    def errors(self) -> int:
        """How many messages tell of a fault of the post."""
        return sum(found.severity is Severity.ERROR for found in self.diagnostics)

    def marked(self) -> "Outcome":
        """The same with its mark for lists."""
        counts = sorted((verdict.value, count) for verdict, count in self.counts.items())
        told = (self.title, counts, self.functions, self.errors, self.listed)
        return replace(self, mark=hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32])

    def brief(self) -> "Outcome":
        """The same without texts, so that thousands of them fit into little memory."""
        return replace(self, source=Source(self.source.path, ""), texts={}, listing=())


def as_json(data: Mapping[str, Any]) -> str:
    """A report as text that is the same for the same data."""
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def encoded(text: str) -> bytes:
    """A text as it is written to a file, whatever a post put into it."""
    return text.encode("utf-8", "replace")
