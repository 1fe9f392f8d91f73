"""Gradients of a post as data: what it proves of each derivative, and what its definitions compose to."""

from collections.abc import Mapping
from dataclasses import field

from sympy import Expr, Symbol

from litgrad.meaning.definitions import Definitions
from litgrad.records import dataclass
from litgrad.source import Span


@dataclass(frozen=True, slots=True)
class Form:
    """A formula that the post itself proves to be the derivative."""

    expr: Expr
    """As written; calls of the post's functions stand in it, derivatives do not."""
    span: Span
    line: int
    premises: tuple[tuple[Symbol, Expr, str], ...] = ()
    """(symbol, value, LaTeX) of what the step to this form needs and the post does not state."""


@dataclass(frozen=True, slots=True)
class Gradient:
    """A derivative that the post names, such as `\\frac{\\partial L}{\\partial w}` or `\\sigma'(x)`."""

    numerator: str
    """The canonical LaTeX of what is differentiated."""
    variables: tuple[tuple[Symbol, int], ...]
    """Pairs (variable, order)."""
    latex: str
    """The head as the author wrote it, on one line."""
    span: Span
    line: int
    forms: tuple[Form, ...]
    derived: Expr
    """Worked out from the definitions, defined symbols kept; may still hold derivatives of unknowns,
    and is the derivative as it stands where something is missing."""
    implicit: tuple[Form, ...] = ()
    """Forms in which other derivatives stand, carried out: `s'(x) (1 - s'(x))` in terms of x."""
    missing: str | None = None
    """What the post leaves out, in a clause, where the definitions alone do not give it a value."""


@dataclass(frozen=True, slots=True)
class Composite:
    """A defined symbol as a function of its leaves, through all definitions between."""

    name: str
    span: Span
    line: int
    latex: str
    leaves: tuple[Symbol, ...]
    """In the order in which the definitions are evaluated, innermost first."""
    locals: tuple[tuple[Symbol, Expr], ...]
    """Definitions between the leaves and the value, in the order of evaluation."""
    value: Expr


@dataclass(frozen=True, slots=True)
class Gradients:
    """All derivatives of a post."""

    definitions: Definitions
    gradients: tuple[Gradient, ...]
    composites: tuple[Composite, ...]
    restatements: Mapping[str, tuple[Form, ...]] = field(default_factory=dict)
    """What the post proves a defined name equal to, its definition left out, by canonical LaTeX."""
    superseded: tuple[Gradient, ...] = ()
    """Derivatives that stand where another definition is in force than the first, which code goes by."""
