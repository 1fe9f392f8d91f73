"""From trees to terms: a call or a product is decided here, once."""

from dataclasses import dataclass

import sympy

from litgrad.latex.tree import Node
from litgrad.source import Span


@dataclass(frozen=True, slots=True)
class Term:
    """A formula's meaning beside the tree it came from."""

    node: Node
    expr: sympy.Expr
    """Built without evaluation: the author's order and form, derivatives not carried out."""
    parts: tuple[tuple[Span, sympy.Expr], ...] = ()
    """Every subterm with a value of its own, by place: the links between formula and code."""
    doubts: tuple[str, ...] = ()
    """Choices that a reader could make otherwise; a term with doubts never refutes."""
