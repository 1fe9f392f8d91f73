"""How a build goes about its work, and who is told of it; what comes out does not depend on either."""

from dataclasses import dataclass

from litgrad.outcome import Outcome
from litgrad.recall import Recall
from litgrad.shelf import Shelf


class Watcher:
    """Told how a build goes; this one does nothing."""

    def begins(self, total: int) -> None:
        """There are so many posts."""

    def starts(self, path: str) -> None:
        """The work on a post begins."""

    def ends(self, outcome: Outcome) -> None:
        """A post is through and its files are written; posts come in order."""


_UNWATCHED = Watcher()
_EMPTY = Shelf(None)
_FORGETFUL = Recall()


@dataclass(frozen=True, slots=True)
class Manner:
    """How a build goes about its work; what comes out does not depend on it."""

    jobs: int = 0
    """Workers at once; 0 for one per processor."""
    shelf: Shelf = _EMPTY
    """Where results are kept for the next build."""
    watcher: Watcher = _UNWATCHED
    whole: bool = False
    """Whether the watcher wants the listing and texts of posts that did not change, too."""
    traced: bool = False
    """Whether outcomes shall tell where the time went."""
    recall: Recall = _FORGETFUL
    """What a process that builds again and again recalls."""
