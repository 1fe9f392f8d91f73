"""What the steps of one derivation are judged in."""

from dataclasses import field

from sympy import Expr, Symbol

from litgrad.checking.indexed.world import World
from litgrad.checking.premises import (
    Candidate,
)
from litgrad.checking.verdicts import Premise
from litgrad.meaning.statements import Derivation, Member, Statements, Step
from litgrad.records import dataclass

REPAIR_SECONDS = 2.5
"""How long a repair of a refuted step is looked for."""
SHARE = 0.5
"""The part of the time left to the post that one step may take; the rest is for the others and the page."""


@dataclass(slots=True)
class Case:
    """A derivation with its post, and the premises that its steps needed so far."""

    statements: Statements
    derivation: Derivation
    pool: tuple[Candidate, ...]
    world: World
    premises: dict[Symbol, Premise] = field(default_factory=dict)

    def written(self, step: Step) -> dict[Expr, str]:
        """The pieces of a step in the author's own writing, the shortest of each."""
        parts = [part for member in (step.left, step.right) if member.term for part in member.term.parts]
        return {
            expr: " ".join(self.statements.source.slice(span).split())
            for span, expr in sorted(parts, key=lambda part: part[0].start - part[0].end)
        }

    def earlier(self, step: Step) -> tuple[Member, ...]:
        """The members of the chain before a step."""
        return self.derivation.members[: self.derivation.steps.index(step)]
