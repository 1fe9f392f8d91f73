"""Tensors put together: sums, contractions and products in the shape that the later stages like best."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from litgrad.tensors.expr import (
    Dim,
    Einsum,
    Elementwise,
    Identity,
    Labels,
    Number,
    Ones,
    Power,
    Shape,
    ShapeError,
    Sum,
    Tensor,
)

ZERO = Number(Fraction(0))
ONE = Number(Fraction(1))


def number(value: int | Fraction) -> Number:
    """An exact number."""
    return Number(Fraction(value))


def zeros(shape: Shape) -> Tensor:
    """A tensor of zeros."""
    return scale(ZERO, Ones(shape)) if shape else ZERO


def is_zero(tensor: Tensor) -> bool:
    """Whether a tensor is written as zero: a factor of its outermost product is 0."""
    if tensor == ZERO:
        return True
    return isinstance(tensor, Einsum) and ZERO in tensor.factors


def add(*terms: Tensor) -> Tensor:
    """A sum; nested sums are one, zeros are left out.

    Raises ShapeError where shapes differ.
    """
    flat: list[Tensor] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, Sum) else (term,))
    kept = [term for term in flat if not is_zero(term)]
    if len({term.shape for term in flat}) != 1:
        raise ShapeError("a sum of different shapes")
    if not kept:
        return zeros(flat[0].shape)
    return kept[0] if len(kept) == 1 else Sum(tuple(kept))


def scale(factor: Tensor, tensor: Tensor) -> Tensor:
    """A tensor times a scalar."""
    labels = tuple(range(len(tensor.shape)))
    return einsum([(factor, ()), (tensor, labels)], labels)


def negate(tensor: Tensor) -> Tensor:
    """A tensor times -1."""
    return scale(number(-1), tensor)


def einsum(factors: Iterable[tuple[Tensor, Sequence[int]]], output: Sequence[int]) -> Tensor:
    """A contraction, nested ones merged, numbers gathered, identities and needless ones taken out.

    Takes factors with a label for each axis, and the labels that stay, in order.
    """
    return _tidied(_merged(factors, tuple(output)), tuple(output))


_Factors = list[tuple[Tensor, Labels]]


def _merged(factors: Iterable[tuple[Tensor, Sequence[int]]], output: Labels) -> _Factors:
    """Contractions among the factors opened, their inner labels renamed apart."""
    given = [(factor, tuple(labels)) for factor, labels in factors]
    fresh = max((label for _, labels in given for label in labels), default=-1)
    fresh = max(fresh, *output, -1) + 1 if output else fresh + 1
    flat: _Factors = []
    for factor, labels in given:
        if not isinstance(factor, Einsum):
            flat.append((factor, labels))
            continue
        if len(set(factor.output)) < len(factor.output):
            flat.append((factor, labels))
            continue
        table = dict(zip(factor.output, labels, strict=True))
        for inner, names in zip(factor.factors, factor.subscripts, strict=True):
            for name in names:
                if name not in table:
                    table[name] = fresh
                    fresh += 1
            flat.append((inner, tuple(table[name] for name in names)))
    return flat


def _tidied(factors: _Factors, output: Labels) -> Tensor:
    coefficient = Fraction(1)
    rest: _Factors = []
    for factor, labels in factors:
        if isinstance(factor, Number):
            coefficient *= factor.value
        else:
            rest.append((factor, labels))
    rest = _without_ones(_without_identities(rest, output), output)
    if coefficient == 0:
        sizes = _sizes(rest)
        rest = [(Ones((sizes[label],)), (label,)) for label in dict.fromkeys(output)]
    if coefficient != 1 or not rest:
        rest.insert(0, (Number(coefficient), ()))
    if len(rest) == 1 and rest[0][1] == output:
        return rest[0][0]
    return _numbered(rest, output)


def _sizes(factors: _Factors) -> dict[int, Dim]:
    return {
        label: size for factor, labels in factors for label, size in zip(labels, factor.shape, strict=True)
    }


def _without_identities(factors: _Factors, output: Labels) -> _Factors:
    """An identity matrix only renames a label, if one of its labels is summed and stands elsewhere."""
    for place, (factor, labels) in enumerate(factors):
        if not isinstance(factor, Identity) or labels[0] == labels[1]:
            continue
        others = factors[:place] + factors[place + 1 :]
        used = {label for _, names in others for label in names}
        for gone, kept in (labels, labels[::-1]):
            if gone not in output and gone in used:
                renamed = [(one, tuple(kept if n == gone else n for n in names)) for one, names in others]
                return _without_identities(renamed, output)
    return factors


def _without_ones(factors: _Factors, output: Labels) -> _Factors:
    """Ones are kept only for the labels that nothing else has."""
    real = [(factor, labels) for factor, labels in factors if not isinstance(factor, Ones)]
    covered = {label for _, labels in real for label in labels}
    kept: _Factors = []
    for factor, labels in factors:
        if not isinstance(factor, Ones):
            kept.append((factor, labels))
            continue
        missing = [(size, n) for size, n in zip(factor.shape, labels, strict=True) if n not in covered]
        missing = list(dict.fromkeys(missing))
        covered.update(label for _, label in missing)
        if missing:
            kept.append((Ones(tuple(size for size, _ in missing)), tuple(label for _, label in missing)))
    return kept


def _numbered(factors: _Factors, output: Labels) -> Einsum:
    """Labels 0, 1, 2, ...: those of the output first."""
    table: dict[int, int] = {}
    for label in (*output, *(label for _, labels in factors for label in labels)):
        table.setdefault(label, len(table))
    subscripts = tuple(tuple(table[label] for label in labels) for _, labels in factors)
    return Einsum(tuple(factor for factor, _ in factors), subscripts, tuple(table[label] for label in output))


# -------------------------------- named products --------------------------------


def matmul(left: Tensor, right: Tensor) -> Tensor:
    """The last axis of the left with the first axis of the right: matrix, vector and inner products."""
    m, n = len(left.shape), len(right.shape)
    first = list(range(m))
    second = [m - 1, *range(m, m + n - 1)]
    return einsum([(left, first), (right, second)], [*first[:-1], *second[1:]])


def hadamard(*factors: Tensor) -> Tensor:
    """The product entry by entry."""
    labels = tuple(range(len(factors[0].shape)))
    return einsum([(factor, labels) for factor in factors], labels)


def outer(left: Tensor, right: Tensor) -> Tensor:
    """All products of an entry of the left with one of the right."""
    m, n = len(left.shape), len(right.shape)
    first, second = tuple(range(m)), tuple(range(m, m + n))
    return einsum([(left, first), (right, second)], first + second)


def transpose(tensor: Tensor) -> Tensor:
    """The two axes of a matrix swapped; vectors and scalars as they are."""
    if len(tensor.shape) != 2:
        return tensor
    return einsum([(tensor, (0, 1))], (1, 0))


def trace(matrix: Tensor) -> Tensor:
    """The sum of the diagonal."""
    return einsum([(matrix, (0, 0))], ())


def diagonal_matrix(vector: Tensor) -> Tensor:
    """The matrix with a vector on its diagonal."""
    return einsum([(vector, (0,)), (Identity(vector.shape[0]), (0, 1))], (0, 1))


def diagonal(matrix: Tensor) -> Tensor:
    """The diagonal of a matrix as a vector."""
    return einsum([(matrix, (0, 0))], (0,))


def total(tensor: Tensor) -> Tensor:
    """The sum of all entries."""
    return einsum([(tensor, tuple(range(len(tensor.shape))))], ())


def permuted(tensor: Tensor, axes: Sequence[int]) -> Tensor:
    """The axes in another order."""
    return einsum([(tensor, tuple(range(len(tensor.shape))))], tuple(axes))


def broadcast(scalar: Tensor, shape: Shape) -> Tensor:
    """A scalar in every entry."""
    return scale(scalar, Ones(shape)) if shape else scalar


def apply(function: str, argument: Tensor) -> Tensor:
    """A known or unknown function of every entry."""
    return Elementwise(function, argument)


def power(base: Tensor, exponent: Tensor) -> Tensor:
    """Every entry to a power; powers of 0 and 1 are taken."""
    if exponent == ONE:
        return base
    if exponent == ZERO:
        return broadcast(ONE, base.shape)
    if isinstance(base, Number) and isinstance(exponent, Number) and _is_exact(base.value, exponent.value):
        return Number(base.value ** int(exponent.value))
    return Power(base, exponent)


def _is_exact(base: Fraction, exponent: Fraction) -> bool:
    return base != 0 and exponent.denominator == 1 and abs(exponent) <= 64


def reciprocal(tensor: Tensor) -> Tensor:
    """1 over every entry."""
    return power(tensor, number(-1))
