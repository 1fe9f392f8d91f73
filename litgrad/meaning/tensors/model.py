"""What a post says in vectors and matrices: shapes of names, terms of members, definitions."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from litgrad.latex.tree import Node
from litgrad.meaning.terms import Decision
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.tensors.expr import Number, Shape, Tensor, Variable

if TYPE_CHECKING:
    from litgrad.meaning.tensors.world import World


class Form(Enum):
    """How a value stands in a matrix product."""

    SCALAR = "scalar"
    COLUMN = "column"
    ROW = "row"
    MATRIX = "matrix"


@dataclass(frozen=True, slots=True)
class TensorTerm:
    """A formula's meaning in vectors and matrices, beside the tree it came from."""

    node: Node
    tensor: Tensor
    """Its axes: one for each index letter, then those of its form."""
    form: Form
    letters: tuple[str, ...] = ()
    """The free indices, sorted: `z_i` has the letter i."""
    parts: tuple[tuple[Span, Tensor], ...] = ()
    """Every subterm with a value of its own, by place."""
    forms: frozenset[Form] = frozenset()
    """The forms of its subterms."""
    doubts: tuple[str, ...] = ()
    """Choices that a reader could make otherwise; a term with doubts never refutes."""
    decisions: tuple[Decision, ...] = ()

    @property
    def has_axes(self) -> bool:
        """Whether a vector, a matrix or an index stands in it."""
        return bool(self.letters) or any(form is not Form.SCALAR for form in self.forms)

    @property
    def tensor_is_number(self) -> bool:
        """Whether it is a number as written, which may stand for every entry of a vector: `z = 0`."""
        return isinstance(self.tensor, Number)


@dataclass(frozen=True, slots=True)
class TensorDefinition:
    """A name and what the post says it is, in vectors and matrices: `z = W x + b`."""

    variable: Variable
    """What stands for the name in tensors; its name is the canonical LaTeX."""
    body: Tensor
    """Its value, with the axes of the variable."""
    form: Form
    term: TensorTerm
    """The value as it was read."""
    span: Span
    """The left side, where the name is introduced."""
    line: int
    implied: bool = False
    """Said of another layer: `z^{(l+1)}` where the post defines `z^{(l)}`."""
    special: bool = False
    """A number given to a name that was used before: it says nothing of what is above."""
    until: int | None = None
    """The offset from which it no longer holds; None where nothing ends it."""

    @property
    def name(self) -> str:
        """The canonical LaTeX of the name."""
        return self.variable.name


@dataclass(frozen=True, slots=True)
class Tensors:
    """All that a post says in vectors, matrices and indices."""

    shapes: Mapping[str, Shape] = field(default_factory=dict)
    """The names of the post that have a shape: `()` for scalars, the lengths of the axes else."""
    forms: Mapping[str, Form] = field(default_factory=dict)
    definitions: tuple[TensorDefinition, ...] = ()
    """In source order; the bodies use the names of other definitions as variables."""
    world: "World | None" = field(default=None, compare=False, repr=False)
    """What the reading of further formulas, as in repairs, goes by."""
