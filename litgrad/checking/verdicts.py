"""Verdicts and their evidence, as data."""

import sympy

from litgrad.diagnostics import Diagnostic, Label
from litgrad.meaning.statements import Derivation, Step
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Premise:
    """An equality that a conditional step needs and the post does not state."""

    symbol: sympy.Symbol
    value: sympy.Expr
    latex: str
    """The premise as the author could write it: `a = \\frac{1}{1 + e^{-z}}`."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point of the domain in small numbers, and what the two sides are there."""

    at: tuple[tuple[str, sympy.Expr], ...]
    """Pairs (canonical LaTeX name, exact value), in order of appearance."""
    left: sympy.Expr
    right: sympy.Expr


@dataclass(frozen=True, slots=True)
class Repair:
    """One small change of the post that makes the step proved."""

    span: Span
    """What to replace; empty to insert."""
    replacement: str
    words: str
    """The change in words: `with + it is proved`."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with everything that supports it."""

    verdict: Verdict
    reason: str
    """One sentence."""
    rule: str | None = None
    """The rule that the step applies: `chain rule`, `algebra`."""
    premises: tuple[Premise, ...] = ()
    conditions: tuple[str, ...] = ()
    """LaTeX of what the step needs of the domain, such as `a \\neq 0`."""
    counterexample: Counterexample | None = None
    repair: Repair | None = None
    blame: Span | None = None
    """The smallest wrong piece."""
    related: tuple[Label, ...] = ()
    rests: tuple[str, ...] = ()
    """The steps that it follows from, by their ids."""


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """A step and the judgement on its sign."""

    step: Step
    judgement: Judgement

    @property
    def verdict(self) -> Verdict:
        """The verdict alone."""
        return self.judgement.verdict


@dataclass(frozen=True, slots=True)
class CheckedDerivation:
    """A derivation with a judgement on each sign."""

    derivation: Derivation
    steps: tuple[CheckedStep, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
