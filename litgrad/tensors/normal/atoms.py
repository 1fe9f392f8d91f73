"""What the terms of a normal form are made of: atoms with numbers, exponents, and the work that is left."""

from collections.abc import Hashable
from dataclasses import field
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from litgrad.records import dataclass
from litgrad.tensors.expr import Dim, Labels, Shape

Kind: TypeAlias = Literal[
    "variable",
    "constant",
    "size",
    "prime",
    "minus",
    "delta",
    "closed",
    "exp",
    "function",
    "base",
    "inverse",
    "determinant",
    "unknown",
]

Exponent: TypeAlias = tuple[int, Fraction]
"""The number of a symbolic part, 0 for none, and a rational part."""
Factor: TypeAlias = tuple[int, Labels, Exponent]
"""The number of an atom, a label for each of its axes, and what power it is taken to."""
Monomial: TypeAlias = tuple[Factor, ...]
"""Factors in canonical order; labels from BOUND on are summed, the others are axes."""
Poly: TypeAlias = dict[Monomial, Fraction]
Frozen: TypeAlias = tuple[tuple[Monomial, Fraction], ...]

BOUND = 1 << 20
"""Labels from here on are summed; canonical monomials number them from here."""
UNIT = -1
"""The one label of every axis of length 1: it has one value, so that it is never summed."""
FIRST: Exponent = (0, Fraction(1))
NONE: Exponent = (0, Fraction(0))
WORK = 6_000
"""Pieces of work for one proof; proofs of layers of networks take a few hundred."""


class Unproved(Exception):
    """No proof is found: too much work, a form that is not covered, or something undefined."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A factor that is not taken apart."""

    kind: Kind
    payload: Any
    """What tells it from others of its kind; can be hashed."""
    dims: Shape = ()
    symmetries: tuple[Labels, ...] = ()
    """The orders of its axes, other than the given one, in which it has the same entries."""
    nonnegative: bool = False


@dataclass(slots=True)
class Table:
    """The atoms and symbolic exponents of one proof, numbered as they come up."""

    positive: frozenset[str] = frozenset()
    as_written: bool = False
    """Whether inverses and determinants take a product apart before its sums are multiplied out."""
    work: int = WORK
    atoms: list[Atom] = field(default_factory=list)
    exponents: list[Frozen] = field(default_factory=lambda: [()])
    partners: dict[int, Any] = field(default_factory=dict)
    """What is known of the inverses, by their numbers."""
    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _symbolic: dict[Frozen, int] = field(default_factory=lambda: {(): 0})
    _fresh: int = UNIT

    def spend(self, work: int = 1) -> None:
        """Count a piece of work; raises Unproved where there was too much."""
        self.work -= work
        if self.work < 0:
            raise Unproved

    def number(self, atom: Atom) -> int:
        """The number of an atom; the same for the same kind, payload and axes."""
        key = (atom.kind, atom.payload, atom.dims)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.atoms)
            self.atoms.append(atom)
        return found

    def symbolic(self, poly: Frozen) -> int:
        """The number of a sum without a constant that stands in an exponent."""
        found = self._symbolic.get(poly)
        if found is None:
            found = self._symbolic[poly] = len(self.exponents)
            self.exponents.append(poly)
        return found

    def fresh(self) -> int:
        """A label that was not there before; below UNIT."""
        self._fresh -= 1
        return self._fresh


def delta_atom(dim: Dim) -> Atom:
    """The identity matrix of a size, which is the Kronecker delta of its two axes."""
    return Atom("delta", dim, (dim, dim), nonnegative=True)


def frozen(poly: Poly) -> Frozen:
    """A sum as a key."""
    return tuple(sorted(poly.items()))


def dim_of(table: Table, factors: Monomial, label: int) -> Dim:
    """How long the axis of a label is; raises KeyError where no factor has it."""
    for atom, labels, _ in factors:
        if label in labels:
            return table.atoms[atom].dims[labels.index(label)]
    raise KeyError(label)


def labels_of(factors: Monomial) -> set[int]:
    """All labels but that of the axes of length 1."""
    return {label for _, labels, _ in factors for label in labels if label != UNIT}


def free_labels(poly: Poly) -> list[int]:
    """The axes that the entries of a sum depend on."""
    return sorted({label for monomial in poly for label in labels_of(monomial) if label < BOUND})


def is_integer(exponent: Exponent) -> bool:
    """Whether an exponent is a whole number."""
    return exponent[0] == 0 and exponent[1].denominator == 1
