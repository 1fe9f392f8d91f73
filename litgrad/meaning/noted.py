"""What a reading of a post has met so far."""

from dataclasses import field

import sympy
from sympy import Symbol

from litgrad.diagnostics import Diagnostic
from litgrad.meaning.names import (
    Scope,
)
from litgrad.meaning.statements import (
    Assumption,
    Condition,
    Definition,
    Derivation,
    Member,
    Reading,
)
from litgrad.meaning.tensors.model import TensorDefinition
from litgrad.meaning.tensors.world import World
from litgrad.meaning.terms import Term
from litgrad.records import dataclass
from litgrad.source import Source, Span
from litgrad.tensors.expr import variables


@dataclass(slots=True)
class Noted:
    """All that is remembered on the way through a post."""

    source: Source
    scope: Scope
    world: World | None = None
    """The forms and lengths of the post's names, where it has vectors or indices."""
    skipped: frozenset[int] = frozenset()
    """Formulas that the author asks to leave alone."""
    readings: list[Reading] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    said: list[Assumption] = field(default_factory=list)
    """What words say of values, which counts where the post says nothing else."""
    conditions: list[Condition] = field(default_factory=list)
    indexed: list[Definition] = field(default_factory=list)
    tensors: list[TensorDefinition] = field(default_factory=list)
    calculus: list[Definition] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    introduced: dict[str, Span] = field(default_factory=dict)
    again: dict[str, list[Span]] = field(default_factory=dict)
    """Where names get other values than their first."""
    seen: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    """Functions that earlier formulas apply, also where they are not read."""
    steps: int = 0
    last: Member | None = None
    read_only: list[Term] = field(default_factory=list)
    """Terms of the chain at hand that are read and not judged."""
    faulty: bool = False
    """Whether the formula at hand has faults that were reported already."""


def names_in(member: Member) -> set[str]:
    """The names of values and functions in a member."""
    if member.term is None and member.tensor is not None:
        return {name.name for name in variables(member.tensor.tensor)}
    term = member.term or member.chance
    if term is None:
        return set()
    expr = term.expr
    calls = {call.func.__name__ for call in expr.atoms(sympy.core.function.AppliedUndef)}
    return calls | {free.name for free in expr.free_symbols if isinstance(free, Symbol)}
