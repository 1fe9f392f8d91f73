"""From trees to terms: a call or a product is decided here, once."""

import sympy

from litgrad.latex.tree import Node
from litgrad.records import dataclass
from litgrad.source import Span

NOT_YET = "which litgrad does not judge yet"
"""How a reason ends that is no fault of the post."""


@dataclass(frozen=True, slots=True)
class NotRead:
    """A piece that has no meaning here, or none that is judged, with the reason in a clause."""

    span: Span
    reason: str
    indexed: bool = False
    """Whether it is a sum or product over an index, which is judged size by size."""
    calculus: bool = False
    """Whether it is an integral, a limit or an infinity, which is judged by its value."""
    clash: bool = False
    """Whether shapes that the author gives do not fit together here."""
    chance: bool = False
    """Whether it is a probability, an expectation or a sum over all values."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A notation that can be read in several ways, and how it was read."""

    span: Span
    reading: str
    """What it was taken for, in a clause: "`a(1-a)` is a product"."""
    reason: str
    because: Span | None = None
    """The place in the post that settles it."""
    doubtful: bool = False
    """A reader could decide otherwise."""


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
    decisions: tuple[Decision, ...] = ()
    """How each ambiguous notation in it was read."""
    left: tuple[NotRead, ...] = ()
    """Pieces that are read and that the checker does not judge as they stand."""

    @property
    def unjudged(self) -> NotRead | None:
        """The first piece that is read and not judged."""
        others = (piece for piece in self.left if not piece.indexed)
        return next(others, self.left[0] if self.left else None)

    @property
    def is_indexed(self) -> bool:
        """Whether nothing but sums and products over an index keeps it from being judged."""
        return bool(self.left) and all(piece.indexed for piece in self.left)

    @property
    def is_calculus(self) -> bool:
        """Whether nothing but integrals and limits keeps it from being judged."""
        return bool(self.left) and all(piece.calculus for piece in self.left)

    @property
    def is_chance(self) -> bool:
        """Whether nothing but probabilities, with sums and integrals, keeps it from being judged."""
        held = all(piece.chance or piece.indexed or piece.calculus for piece in self.left)
        return held and any(piece.chance for piece in self.left)


class NoMeaning(Exception):
    """Raised while interpreting a tree, caught by `interpret`: a NotRead on its way up."""

    def __init__(self, span: Span, reason: str, *, clash: bool = False) -> None:
        super().__init__(reason)
        self.fault = NotRead(span, reason, clash=clash)
