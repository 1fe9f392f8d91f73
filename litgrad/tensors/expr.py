"""What a formula of vectors and matrices is: a frozen graph of contractions and elementwise functions.

Products, transposes, traces, sums over indices, outer and Hadamard products are all one kind of node,
the contraction (Einstein summation); S. Laue, M. Mitterreiter, J. Giesen, "Computing Higher Order
Derivatives of Matrix and Tensor Expressions", 2018.
"""

from collections.abc import Iterator
from dataclasses import Field, field
from fractions import Fraction
from typing import Any, ClassVar, TypeAlias

from litgrad.records import dataclass

Dim: TypeAlias = str | int
"""The length of an axis: a letter of the post, or a number."""
Shape: TypeAlias = tuple[Dim, ...]
Labels: TypeAlias = tuple[int, ...]


class ShapeError(ValueError):
    """Tensors are combined whose shapes do not fit; litgrad's own fault, shapes are inferred before."""


class _Hashed:
    """Structural equality with a hash that is worked out once."""

    __slots__ = ("_hash",)
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash((type(self).__name__, *self._compared())))
            return self._hash

    def _compared(self) -> Iterator[object]:
        for slot in self.__dataclass_fields__.values():
            if slot.compare:
                yield getattr(self, slot.name)


@dataclass(frozen=True, slots=True)
class Variable(_Hashed):
    """A name that stands for itself."""

    name: str
    shape: Shape = ()
    symmetric: bool = False
    """A square matrix that the post says is symmetric."""
    __hash__ = _Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Number(_Hashed):
    """An exact number."""

    value: Fraction
    shape: Shape = field(default=(), init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Constant(_Hashed):
    """A named number: `pi`, `e`."""

    name: str
    shape: Shape = field(default=(), init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Ones(_Hashed):
    """A tensor whose entries are all 1; as a factor it keeps an axis that nothing else has."""

    shape: Shape
    __hash__ = _Hashed.__hash__


@dataclass(frozen=True, slots=True)
class Identity(_Hashed):
    """The identity matrix, which is the Kronecker delta of its two axes."""

    size: Dim
    shape: Shape = field(init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", (self.size, self.size))


@dataclass(frozen=True, slots=True)
class Sum(_Hashed):
    """Terms of one shape, added."""

    terms: tuple["Tensor", ...]
    shape: Shape = field(init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__

    def __post_init__(self) -> None:
        shapes = {term.shape for term in self.terms}
        if len(shapes) != 1:
            raise ShapeError(f"a sum of shapes {sorted(map(str, shapes))}")
        object.__setattr__(self, "shape", self.terms[0].shape)


@dataclass(frozen=True, slots=True)
class Einsum(_Hashed):
    """The contraction of factors: each axis of each factor has a label, labels not in `output` are summed.

    Every label of `output` stands on some factor; a label may stand twice on one factor (a diagonal).
    """

    factors: tuple["Tensor", ...]
    subscripts: tuple[Labels, ...]
    output: Labels
    shape: Shape = field(init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__

    def __post_init__(self) -> None:
        sizes = self.sizes()
        object.__setattr__(self, "shape", tuple(sizes[label] for label in self.output))

    def sizes(self) -> dict[int, Dim]:
        """How long the axis of each label is; raises ShapeError where two axes of one label differ."""
        found: dict[int, Dim] = {}
        for factor, labels in zip(self.factors, self.subscripts, strict=True):
            if len(factor.shape) != len(labels):
                raise ShapeError(f"{len(labels)} labels for a tensor of order {len(factor.shape)}")
            for label, size in zip(labels, factor.shape, strict=True):
                if found.setdefault(label, size) != size:
                    raise ShapeError(f"axes of lengths {found[label]} and {size} are contracted")
        return found


@dataclass(frozen=True, slots=True)
class Elementwise(_Hashed):
    """A function of one number, taken of every entry; `order` counts the derivatives of an unknown one."""

    function: str
    argument: "Tensor"
    order: int = 0
    shape: Shape = field(init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", self.argument.shape)


@dataclass(frozen=True, slots=True)
class Power(_Hashed):
    """Every entry to the power of one number; the exponent has no axes."""

    base: "Tensor"
    exponent: "Tensor"
    shape: Shape = field(init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__

    def __post_init__(self) -> None:
        if self.exponent.shape:
            raise ShapeError("an exponent with axes")
        object.__setattr__(self, "shape", self.base.shape)


@dataclass(frozen=True, slots=True)
class Inverse(_Hashed):
    """The inverse of a square matrix."""

    matrix: "Tensor"
    shape: Shape = field(init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__

    def __post_init__(self) -> None:
        _require_square(self.matrix)
        object.__setattr__(self, "shape", self.matrix.shape)


@dataclass(frozen=True, slots=True)
class Determinant(_Hashed):
    """The determinant of a square matrix."""

    matrix: "Tensor"
    shape: Shape = field(default=(), init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__

    def __post_init__(self) -> None:
        _require_square(self.matrix)


@dataclass(frozen=True, slots=True)
class Unknown(_Hashed):
    """A smooth function that the post does not give, and its derivatives by its arguments, in this order.

    The value has `value_shape`; each derivative appends the axes of its argument.
    """

    name: str
    arguments: tuple["Tensor", ...]
    value_shape: Shape = ()
    by: tuple[int, ...] = ()
    shape: Shape = field(init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__

    def __post_init__(self) -> None:
        appended = [size for place in self.by for size in self.arguments[place].shape]
        object.__setattr__(self, "shape", (*self.value_shape, *appended))


@dataclass(frozen=True, slots=True)
class Derivative(_Hashed):
    """A derivative that is not carried out: only definitions in force tell what leads to the variable.

    Its axes are those of the value and then those of the variable.
    """

    value: "Tensor"
    by: Variable
    shape: Shape = field(init=False, compare=False, repr=False)
    __hash__ = _Hashed.__hash__

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", (*self.value.shape, *self.by.shape))


Tensor: TypeAlias = (
    Variable
    | Number
    | Constant
    | Ones
    | Identity
    | Sum
    | Einsum
    | Elementwise
    | Power
    | Inverse
    | Determinant
    | Unknown
    | Derivative
)


def _require_square(matrix: "Tensor") -> None:
    if len(matrix.shape) != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ShapeError(f"a square matrix is needed, not shape {matrix.shape}")


def operands(tensor: Tensor) -> tuple[Tensor, ...]:
    """The tensors directly below a node, in order."""
    match tensor:
        case Sum(terms=found) | Einsum(factors=found) | Unknown(arguments=found):
            return found
        case Elementwise(argument=one) | Derivative(value=one):
            return (one,)
        case Inverse(matrix=one) | Determinant(matrix=one):
            return (one,)
        case Power(base=base, exponent=exponent):
            return (base, exponent)
    return ()


def with_operands(tensor: Tensor, new: tuple[Tensor, ...]) -> Tensor:
    """The same node over other operands of the same shapes."""
    match tensor:
        case Sum():
            return Sum(new)
        case Einsum():
            return Einsum(new, tensor.subscripts, tensor.output)
        case Elementwise():
            return Elementwise(tensor.function, new[0], tensor.order)
        case Power():
            return Power(*new)
        case Inverse():
            return Inverse(*new)
        case Determinant():
            return Determinant(*new)
        case Unknown():
            return Unknown(tensor.name, new, tensor.value_shape, tensor.by)
        case Derivative():
            return Derivative(new[0], tensor.by)
    return tensor


def topological(*roots: Tensor) -> Iterator[Tensor]:
    """Every node of a graph once, operands before what is made of them."""
    seen: set[Tensor] = set()
    waiting: list[tuple[Tensor, bool]] = [(root, False) for root in reversed(roots)]
    while waiting:
        node, ready = waiting.pop()
        if ready:
            yield node
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting.extend((below, False) for below in reversed(operands(node)))


def variables(*roots: Tensor) -> tuple[Variable, ...]:
    """The variables of a graph, each once, in the order of their first use."""
    return tuple(node for node in topological(*roots) if isinstance(node, Variable))


def replaced(root: Tensor, table: dict[Tensor, Tensor]) -> Tensor:
    """The graph with some nodes replaced by others of the same shapes.

    >>> x, y = Variable("x", ("n",)), Variable("y", ("n",))
    >>> replaced(Elementwise("exp", x), {x: y})
    Elementwise(function='exp', argument=Variable(name='y', shape=('n',), symmetric=False), order=0)
    """
    new: dict[Tensor, Tensor] = {}
    for node in topological(root):
        if node in table:
            new[node] = table[node]
            continue
        below = operands(node)
        made = tuple(new[one] for one in below)
        new[node] = with_operands(node, made) if made != below else node
    return new[root]
