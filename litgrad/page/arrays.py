"""What terms of vectors and matrices are worth at two points, to be held against what code is worth there."""

from collections.abc import Mapping
from dataclasses import field
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from litgrad.checking.tensors.points import letters_of, value_of
from litgrad.codegen.generated import GeneratedModule
from litgrad.meaning.statements import Statements
from litgrad.meaning.tensors.definitions import (
    Environment,
    NotSaid,
    TooLarge,
    assumed_dependences,
    in_force,
)
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.tensors.evaluate import evaluate
from litgrad.tensors.expr import Tensor, Variable, variables

Array = NDArray[np.float64]
Digits = tuple[tuple[int, ...], tuple[str, ...]]
"""A shape and nine digits of every entry at both points, of large arrays those of some entries."""

_KINDS = (0, 2)
"""Entries of both signs; positive definite matrices, which have roots and logarithms."""
_NOUGHT = 1e-14
_ENTRIES = 400
"""How many entries of an array are compared: a Jacobian of matrices has thousands."""
_LENGTHS = (5, 7, 6, 9)
"""Lengths of the letters in order, gone round: no axis is lost, and few posts write such a number."""


@dataclass(slots=True)
class ArrayWorths:
    """The points, and what was worked out at them; defined names follow from the others."""

    environment: Environment
    shapes: Mapping[str, Variable]
    sizes: Mapping[str, int]
    _drawn: dict[Variable, tuple[Array, ...]] = field(default_factory=dict)
    _known: dict[Tensor, tuple[Array, ...] | None] = field(default_factory=dict)

    @staticmethod
    def of_post(statements: Statements, module: GeneratedModule) -> "ArrayWorths":
        """The worths of a post's terms; definitions count as they stand at its end."""
        tensors = [term.tensor for reading in statements.readings for term in reading.tensors]
        bodies = in_force(statements.tensors.definitions, Span(*2 * (len(statements.source.text),)))
        leaves = [leaf for _, program in module.tensors for leaf in program.leaves]
        named = variables(*tensors, *bodies, *bodies.values(), *leaves)
        letters = letters_of(*named, *tensors, *bodies.values())
        lengths = {letter: _LENGTHS[place % len(_LENGTHS)] for place, letter in enumerate(letters)}
        shapes = {one.name: one for one in (*named, *leaves)}
        return ArrayWorths(assumed_dependences(tensors, bodies), shapes, lengths)

    def named(self, name: str) -> tuple[Array, ...] | None:
        """The values of what the post calls by a name."""
        return self.of(self.shapes[name]) if name in self.shapes else None

    def of(self, tensor: Tensor) -> tuple[Array, ...] | None:
        """The values of a term at the points; None where it has none."""
        if tensor not in self._known:
            try:
                self._known[tensor] = self._worked_out(self.environment.settled(tensor))
            except (NotSaid, TooLarge, NotImplementedError, LookupError, ValueError, TypeError):
                self._known[tensor] = None
        return self._known[tensor]

    def _worked_out(self, tensor: Tensor) -> tuple[Array, ...]:
        leaves = variables(tensor)
        points = ({one.name: self._value(one)[at] for one in leaves} for at in range(len(_KINDS)))
        return tuple(evaluate([tensor], values, self.sizes)[0] for values in points)

    def _value(self, variable: Variable) -> tuple[Array, ...]:
        """Numbers of a name's own, the same on every run; a length is what it counts."""
        if variable not in self._drawn:
            self._drawn[variable] = tuple(self._chosen(variable, kind) for kind in _KINDS)
        return self._drawn[variable]

    def _chosen(self, variable: Variable, kind: int) -> Array:
        length = self.sizes.get(variable.name.removeprefix(" size "))
        if length is not None and not variable.shape:
            return np.asarray(float(length))
        chance = np.random.default_rng([kind, *variable.name.encode()])
        return value_of(variable, self.sizes, chance, kind)


def digits_of(values: tuple[Array, ...] | None) -> Digits | None:
    """What two equal values have in common; axes of length 1 are nothing. None where too little is known."""
    if values is None or len(values) != len(_KINDS):
        return None
    squeezed = [np.squeeze(value) for value in values]
    entries = np.concatenate([_some(value.ravel()) for value in squeezed]).tolist()
    if squeezed[0].shape != squeezed[1].shape or not any(map(isfinite, entries)):
        return None
    return squeezed[0].shape, tuple(map(_nine, entries))


def _some(entries: Array) -> Array:
    """All entries, or every so many, which no axis is a multiple of."""
    return entries[:: entries.size // _ENTRIES | 1]


def _nine(entry: float) -> str:
    """Nine digits; what rounding leaves of nought is nought."""
    return f"{0.0 if abs(entry) < _NOUGHT else entry:.8e}" if isfinite(entry) else ""


def is_length(tensor: Tensor) -> bool:
    """Whether a term is a letter for how many entries there are."""
    return isinstance(tensor, Variable) and not tensor.shape


def is_constant(digits: Digits) -> bool:
    """Whether a value is one number, the same at both points."""
    return not digits[0] and len(set(digits[1])) == 1
