"""What a post's names are while its formulas are read: forms, lengths, indices, functions."""

from dataclasses import field, replace

from litgrad.latex.tree import Node
from litgrad.meaning.names import Scope
from litgrad.meaning.tensors.dims import Dims
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import Reference
from litgrad.meaning.tensors.values import order
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.tensors.expr import Dim, Shape


class Undecided(Exception):
    """A name of which nothing tells yet whether it is a scalar, a vector or a matrix."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the axes of a derivative go."""

    gradient_is_row: bool = False
    """The derivative of a scalar by a column is a row, by an m x n matrix n x m (numerator layout)."""
    jacobian_is_transposed: bool = False
    """The derivative of a column by a column has the axes of the second first (denominator layout)."""


@dataclass(frozen=True, slots=True)
class Body:
    """A function that the post defines."""

    parameters: tuple[str, ...]
    value: Node


@dataclass(slots=True)
class World:
    """All that is known of the names of one post."""

    scope: Scope
    letters: frozenset[str]
    """Letters that are indices."""
    dims: Dims = field(default_factory=Dims)
    forms: dict[str, Form] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    """The lengths of a name's axes: of its indices, then of its form."""
    layers: dict[str, frozenset[int]] = field(default_factory=dict)
    """Letters that count layers, with the offsets that the post uses."""
    places: dict[str, Dim] = field(default_factory=dict)
    """The lengths that are told by a place of the post and not by a name."""
    declared: dict[str, Span] = field(default_factory=dict)
    """Where the post gives a name its shape."""
    functions: dict[str, Body] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)
    """Functions that the post defines twice."""
    scalar_valued: set[str] = field(default_factory=set)
    """Functions without a body whose gradient the post takes."""
    entrywise: set[str] = field(default_factory=set)
    """Functions without a body that are taken of every entry."""
    symmetric: set[str] = field(default_factory=set)
    fixed: frozenset[str] = frozenset()
    """Index letters that no sum goes through."""
    implied: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The fixed letters that a name without indices depends on: y of the L in `L = -\\log p_y`."""
    used_as_vectors: set[str] = field(default_factory=set)
    """Names, families among them, that are transposed, multiplied as vectors, or have norms."""
    bare: set[str] = field(default_factory=set)
    """Names that stand without indices."""
    sizes: set[str] = field(default_factory=set)
    """Names that are lengths of axes: bounds of sums, exponents of spaces."""
    likely: set[str] = field(default_factory=set)
    """Names whose form is a guess by what is usual."""
    closed: set[str] = field(default_factory=set)
    """Names whose value is not read and may have any form."""
    repeated: bool = False
    """Whether the post sums over indices that stand twice in a product."""
    settled: bool = False
    """Whether a name of which nothing is known is a scalar."""

    def form(self, name: str) -> Form:
        """How a name stands in a product; raises Undecided."""
        if name in self.forms:
            return self.forms[name]
        if name in self.closed or not self.settled:
            raise Undecided(name)
        return Form.SCALAR

    def shape(self, reference: Reference, form: Form) -> Shape:
        """The lengths of a name's axes, those of its indices first."""
        name = reference.family
        if name not in self.shapes:
            count = len(reference.indices) + order(form)
            self.shapes[name] = tuple(self.dims.fresh() for _ in range(count))
        return self.dims.shape(self.shapes[name])

    def decide(self, name: str, form: Form, shape: Shape | None = None, *, likely: bool = False) -> bool:
        """Note a name's form; True where that is news."""
        if name in self.forms:
            return False
        self.forms[name] = form
        if likely:
            self.likely.add(name)
        self.shapes.pop(name, None)
        if shape is not None:
            self.shapes[name] = shape
        return True

    def length_at(self, place: str, known: Dim | None = None) -> Dim:
        """The length that an index, the ones or an identity has at a place, the same at each reading."""
        if place not in self.places:
            self.places[place] = known if known is not None else self.dims.fresh()
        return self.dims.find(self.places[place])

    def copy(self) -> "World":
        """The same, for trials that must not change what is known."""
        dims = Dims(dict(self.dims.parents), self.dims.invented)
        forms, shapes, places = dict(self.forms), dict(self.shapes), dict(self.places)
        return replace(self, dims=dims, forms=forms, shapes=shapes, places=places)

    def confirm(self, name: str) -> None:
        """What was a guess is told by the post."""
        self.likely.discard(name)
