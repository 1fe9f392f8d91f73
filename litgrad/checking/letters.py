"""The letters and spellings of a post's steps, found once for each."""

from collections.abc import Callable
from dataclasses import field
from typing import TypeVar

from litgrad.latex.tree import Array, Letter, Node, walk
from litgrad.latex.unparse import unparse
from litgrad.meaning.statements import Member, Statements, Step
from litgrad.records import dataclass

_Found = TypeVar("_Found")
NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True)
class Letters:
    """What was found of the sides of one post's steps, by the place of the side."""

    statements: Statements
    letters: dict[tuple[int, int], frozenset[str]] = field(default_factory=dict)
    spellings: dict[tuple[int, int], str] = field(default_factory=dict)
    has_arrays: bool | None = None

    def of(self, member: Member) -> frozenset[str]:
        """The names of the letters in a side."""
        return self._once(self.letters, member, _letters_in, NOTHING)

    def of_step(self, step: Step) -> frozenset[str]:
        """The names of the letters in both sides."""
        return self.of(step.left) | self.of(step.right)

    def spelled(self, member: Member) -> str:
        """The canonical text of a side."""
        return self._once(self.spellings, member, unparse, "")

    def _once(
        self,
        known: dict[tuple[int, int], _Found],
        member: Member,
        find: Callable[[Node], _Found],
        nothing: _Found,
    ) -> _Found:
        if member.node is None:
            return nothing
        place = (member.span.start, member.span.end)
        if place not in known:
            known[place] = find(member.node)
        return known[place]

    def writes_matrices(self) -> bool:
        """Whether any side of the post holds a matrix written out."""
        if self.has_arrays is None:
            steps = (step for derivation in self.statements.derivations for step in derivation.steps)
            nodes = (side.node for step in steps for side in (step.left, step.right) if side.node is not None)
            self.has_arrays = any(isinstance(inner, Array) for node in nodes for inner in walk(node))
        return self.has_arrays


def _letters_in(node: Node) -> frozenset[str]:
    return frozenset(inner.name for inner in walk(node) if isinstance(inner, Letter))


_last: list[Letters] = []


def letters_of(statements: Statements) -> Letters:
    """The letters of a post; those of the last post asked for are kept."""
    if not _last or _last[0].statements is not statements:
        _last[:] = [Letters(statements)]
    return _last[0]
