"""Numbers put into a graph of tensors."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from math import pi

import numpy as np
from numpy.typing import NDArray

from litgrad.tensors.expr import (
    Constant,
    Derivative,
    Determinant,
    Dim,
    Einsum,
    Elementwise,
    Identity,
    Inverse,
    Number,
    Ones,
    Power,
    Shape,
    Sum,
    Tensor,
    Unknown,
    Variable,
    topological,
)
from litgrad.tensors.functions import FUNCTIONS

Array = NDArray[np.float64]

_VALUES: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "abs": np.abs,
    "sign": np.sign,
    "relu": lambda x: np.maximum(x, 0),
    "step": lambda x: np.where(np.isnan(x), x, x > 0),
    "arctan": np.arctan,
}
_CONSTANTS = {"pi": pi, "e": float(np.e)}
assert set(_VALUES) == set(FUNCTIONS)


def size_of(dim: Dim, sizes: Mapping[str, int]) -> int:
    """A length as a number."""
    return dim if isinstance(dim, int) else sizes[dim]


def shape_of(shape: Shape, sizes: Mapping[str, int]) -> tuple[int, ...]:
    """A shape in numbers."""
    return tuple(size_of(dim, sizes) for dim in shape)


def evaluate(roots: list[Tensor], values: Mapping[str, Array], sizes: Mapping[str, int]) -> list[Array]:
    """The values of tensors, each shared node worked out once.

    Takes a value for each variable's name and a number for each letter of a shape. Entries outside
    a function's domain are nan, and a matrix without an inverse is an array of nan.
    """
    found: dict[Tensor, Array] = {}
    with np.errstate(all="ignore"):
        for node in topological(*roots):
            found[node] = _value(node, found, values, sizes)
    return [found[root] for root in roots]


def _value(
    node: Tensor, found: Mapping[Tensor, Array], values: Mapping[str, Array], sizes: Mapping[str, int]
) -> Array:
    match node:
        case Variable(name=name):
            return values[name]
        case Number(value=value):
            return np.asarray(float(value))
        case Constant(name=name):
            return np.asarray(_CONSTANTS[name])
        case Ones(shape=shape):
            return np.ones(shape_of(shape, sizes))
        case Identity(size=size):
            return np.eye(size_of(size, sizes))
        case Sum(terms=terms):
            return np.asarray(sum(found[term] for term in terms))
        case Einsum():
            return _contracted(node, found)
        case Elementwise():
            return _function(node)(found[node.argument])
        case Power(base=base, exponent=exponent):
            return np.power(found[base], found[exponent])
        case Inverse(matrix=matrix):
            return _inverse(found[matrix])
        case Determinant(matrix=matrix):
            return np.asarray(np.linalg.det(found[matrix]))
        case Unknown():
            return _unknown(node, [found[one] for one in node.arguments], sizes)
        case Derivative():
            raise NotImplementedError("a derivative that is not carried out")


def _contracted(node: Einsum, found: Mapping[Tensor, Array]) -> Array:
    arguments: list = []
    for factor, labels in zip(node.factors, node.subscripts, strict=True):
        arguments += [found[factor], list(labels)]
    if len(set(node.output)) == len(node.output):
        return np.asarray(np.einsum(*arguments, list(node.output), optimize=len(node.factors) > 2))
    return _with_repeated_output(node, arguments)


def _with_repeated_output(node: Einsum, arguments: list) -> Array:
    """An axis that stands twice in the output is a diagonal there."""
    distinct = list(dict.fromkeys(node.output))
    inner = np.einsum(*arguments, distinct)
    lengths = dict(zip(distinct, inner.shape, strict=True))
    made = np.zeros([lengths[label] for label in node.output])
    grid = np.indices(inner.shape)
    made[tuple(grid[distinct.index(label)] for label in node.output)] = inner
    return made


_WORST_CONDITION = 1e7
"""Beyond it the digits of an inverse are those of rounding."""


def _function(node: Elementwise) -> Callable[[Array], Array]:
    known = _VALUES.get(node.function)
    return known if known is not None else _Wave(node.function, node.order)


def _inverse(matrix: Array) -> Array:
    """The inverse; nan where there is none, as of `A^T A` with more columns than rows."""
    if not np.isfinite(matrix).all() or np.linalg.cond(matrix) > _WORST_CONDITION:
        return np.full(matrix.shape, np.nan)
    return np.asarray(np.linalg.inv(matrix), dtype=float)


def waves(name: str) -> list[tuple[float, float]]:
    """The weights and rates of the exponentials whose sum stands for an unknown function of one number."""
    rng = _rng(name)
    rates, weights = rng.uniform(-1, 1, 3), rng.uniform(0.5, 1.5, 3)
    return list(zip(weights.tolist(), rates.tolist(), strict=True))


def plane_waves(
    name: str, value_shape: tuple[int, ...], shapes: Sequence[tuple[int, ...]]
) -> list[tuple[Array, list[Array]]]:
    """The same for an unknown function of tensors: weights, and a linear form for each argument."""
    rng = _rng(name)
    return [
        (rng.uniform(-1, 1, value_shape), [rng.uniform(-0.25, 0.25, shape) for shape in shapes])
        for _ in range(3)
    ]


class _Wave:
    """A made-up smooth function of one number that stands for an unknown one."""

    def __init__(self, name: str, order: int) -> None:
        self._waves = waves(name)
        self._order = order

    def __call__(self, x: Array) -> Array:
        return np.asarray(sum(w * r**self._order * np.exp(r * x) for w, r in self._waves))


def _unknown(node: Unknown, arguments: list[Array], sizes: Mapping[str, int]) -> Array:
    """A made-up smooth function of tensors: a sum of exponentials of linear forms."""
    total: Array = np.zeros(shape_of(node.shape, sizes))
    shapes = [argument.shape for argument in arguments]
    for weights, forms in plane_waves(node.name, shape_of(node.value_shape, sizes), shapes):
        level = sum((form * argument).sum() for form, argument in zip(forms, arguments, strict=True))
        term = np.asarray(weights * np.exp(level))
        for place in node.by:
            term = np.multiply.outer(term, forms[place])
        total = total + term
    return total


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))
