"""What the author meant: derivations of members and steps, and the definitions among them."""

from dataclasses import field

import sympy

from litgrad.diagnostics import Diagnostic
from litgrad.latex.tree import Node, Sign
from litgrad.meaning.names import Scope
from litgrad.meaning.tensors.model import Tensors, TensorTerm
from litgrad.meaning.terms import Term
from litgrad.records import dataclass
from litgrad.source import Source, Span


@dataclass(frozen=True, slots=True)
class Member:
    """One side in a chain of relations."""

    span: Span
    node: Node | None
    """None where the author wrote nothing."""
    term: Term | None
    """None where the node could not be given a meaning."""
    reason: str | None = None
    """Why there is no term: one clause."""
    fault: Span | None = None
    """The innermost piece without a meaning."""
    indexed: Term | None = None
    """What it means where only sums and products over an index keep it from being judged as it stands."""
    tensor: TensorTerm | None = None
    """What it means in vectors, matrices and indices, in a post that has them."""
    calculus: Term | None = None
    """What it means where only integrals and limits do."""
    chance: Term | None = None
    """What it means where probabilities and expectations do."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A name and what the post says it is: `L = ...`, `\\sigma(x) = ...`, `\\hat{y} = a`."""

    name: str
    """The canonical LaTeX of the name, which is also its SymPy name: `L`, `\\hat{y}`, `\\sigma`."""
    parameters: tuple[sympy.Symbol, ...] | None
    """The parameters of `f(x) = ...`; None for a plain symbol."""
    body: Term
    span: Span
    """The left side, where the name is introduced."""
    line: int
    until: int | None = None
    """The offset from which it no longer holds; None where nothing ends it."""
    special: bool = False
    """A number given to a name that was used before, as in "now set $x = 0$": nothing for what is above."""

    @property
    def symbol(self) -> sympy.Symbol:
        """The plain symbol of this name."""
        return sympy.Symbol(self.name, real=True)


@dataclass(frozen=True, slots=True)
class Step:
    """One relation sign with what stands on its two sides."""

    id: str
    """`r1`, `r2`, ... in source order over the post."""
    left: Member
    sign: Sign
    right: Member
    definition: Definition | None = None
    """Set when this sign gives its left side a value."""
    introduces: str | None = None
    """The name, if the sign introduces one; also where its value could not be read."""
    aside: str | None = None
    """Why the sign is no identity to judge, in a clause: an update, a condition, a domain."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """What the post says of values: `0 < p < 1`, `y \\in \\{0, 1\\}`, `|x| < 1`."""

    expr: sympy.Expr
    """Mostly a symbol."""
    values: sympy.Set
    span: Span


@dataclass(frozen=True, slots=True)
class Condition:
    """A value that the post gives a symbol in passing: `if y = 1`."""

    symbol: sympy.Symbol
    value: sympy.Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Derivation:
    """A chain of steps; each step's right member is the next step's left member."""

    index: int
    formula: int
    """The index of the formula, and of `Document.math`, that holds it."""
    steps: tuple[Step, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """All sides in order, each once."""
        return (self.steps[0].left, *(step.right for step in self.steps))


@dataclass(frozen=True, slots=True)
class Reading:
    """How one formula was taken: its terms by place, for links and explanations."""

    formula: int
    read: bool
    reason: str | None
    terms: tuple[Term, ...]
    tensors: tuple[TensorTerm, ...] = ()
    """Its sides in vectors, matrices and indices, in a post that has them."""


@dataclass(frozen=True, slots=True)
class Statements:
    """All that a post says in formulas."""

    source: Source
    scope: Scope
    readings: tuple[Reading, ...]
    """One per formula, in source order."""
    derivations: tuple[Derivation, ...]
    definitions: tuple[Definition, ...]
    """In source order; a name that is defined twice stands here twice."""
    assumptions: tuple[Assumption, ...] = ()
    conditions: tuple[Condition, ...] = ()
    indexed: tuple[Definition, ...] = ()
    """Definitions by sums and products over an index, of which no code is made."""
    tensors: Tensors = field(default_factory=Tensors)
    """What the post says in vectors and matrices."""
    diagnostics: tuple[Diagnostic, ...] = ()
    calculus: tuple[Definition, ...] = ()
    """Definitions by integrals and limits, of which no code is made either."""
