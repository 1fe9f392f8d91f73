"""Sizes and random values at which generated tests hold a formula of tensors against its function."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from litgrad.gradients.tensors.program import Program
from litgrad.tensors.differentiate import derivatives
from litgrad.tensors.evaluate import evaluate, shape_of
from litgrad.tensors.expr import Determinant, Inverse, Variable, topological

Array = NDArray[np.float64]
Kinds = dict[Variable, str]

_DRAWN = 8
"""How many points are drawn before a formula counts as one that has values at both signs."""
_LENGTHS = ((2, 3, 4, 5), (1, 1, 1, 1), (4, 3, 2, 1), (3, 3, 3, 3))


def sizes_of(program: Program, kinds: Kinds) -> list[dict[str, int]]:
    """Lengths for the letters, of those at which the formula and its derivatives have values.

    All different, all 1, the other way round, all alike: a deviation of one number has no derivative.
    """
    return [sizes for sizes in _lengths(program) if _is_finite(program, kinds, sizes)]


def _lengths(program: Program) -> list[dict[str, int]]:
    letters = [size for leaf in program.leaves for size in leaf.shape if isinstance(size, str)]
    every = list(dict.fromkeys(letters))
    found = [{letter: row[at % 4] for at, letter in enumerate(every)} for row in _LENGTHS]
    return [sizes for at, sizes in enumerate(found) if sizes not in found[:at]]


def kinds_of(program: Program) -> Kinds | None:
    """How the entries of each leaf are drawn, so that the formula has a value at every size above 1."""
    several = [sizes for sizes in _lengths(program) if 1 not in sizes.values()]
    for kinds in _candidates(program):
        if all(_is_finite(program, kinds, sizes) for sizes in several) and sizes_of(program, kinds):
            return kinds
    return None


def _candidates(program: Program) -> Iterator[Kinds]:
    matrices = any(isinstance(node, Inverse | Determinant) for node in topological(program.literal))
    for other in ("normal", "positive"):
        for square in ("square", "definite") if matrices else (other,):
            yield {leaf: _kind(leaf, square, other) for leaf in program.leaves}


def _kind(leaf: Variable, square: str, other: str) -> str:
    if leaf.symmetric:
        return "definite"
    return square if len(leaf.shape) == 2 and leaf.shape[0] == leaf.shape[1] else other


def _is_finite(program: Program, kinds: Kinds, sizes: Mapping[str, int]) -> bool:
    """Whether a formula and its derivatives have values at all points drawn: one may be lucky."""
    rates = derivatives(program.literal, [leaf for leaf, _ in program.rates])
    numbers = {letter: np.asarray(float(sizes[letter])) for letter in program.sizes}
    for seed in range(_DRAWN):
        rng = np.random.default_rng(seed)
        values = {leaf.name: drawn(rng, kinds[leaf], shape_of(leaf.shape, sizes)) for leaf in program.leaves}
        found = evaluate([program.literal, *rates], values | numbers, sizes)
        if not all(bool(np.isfinite(one).all()) for one in found):
            return False
    return True


def drawn(rng: np.random.Generator, kind: str, shape: tuple[int, ...]) -> Array:
    """Random entries: of both signs, positive, or a matrix that has an inverse; as the tests draw them."""
    if kind == "positive":
        return rng.uniform(0.5, 1.5, shape)
    if kind == "normal":
        return rng.normal(size=shape)
    root = 0.3 * rng.normal(size=shape)
    return np.eye(shape[0]) + (root @ root.T if kind == "definite" else root)
