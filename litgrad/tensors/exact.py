"""Many digits put into a graph of tensors: agreement to most of them confirms what is not proved."""

from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import numpy as np
from mpmath import mp, mpf
from numpy.typing import NDArray

from litgrad.tensors.evaluate import plane_waves, shape_of, size_of, waves
from litgrad.tensors.expr import (
    Constant,
    Derivative,
    Determinant,
    Einsum,
    Elementwise,
    Identity,
    Inverse,
    Number,
    Ones,
    Power,
    Sum,
    Tensor,
    Unknown,
    Variable,
    topological,
)
from litgrad.tensors.functions import FUNCTIONS

Exact = NDArray[Any]
"""An array of numbers of mpmath."""

DIGITS = 50
_VALUES: dict[str, Callable[[Any], Any]] = {
    "exp": mpmath.exp,
    "log": lambda x: mpmath.log(x) if x > 0 else mpmath.nan,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "abs": abs,
    "sign": mpmath.sign,
    "relu": lambda x: mpf(0) if x <= 0 else x,
    "step": lambda x: x if mpmath.isnan(x) else mpf(x > 0),
    "arctan": mpmath.atan,
}
assert set(_VALUES) == set(FUNCTIONS)


def evaluate_exact(
    roots: list[Tensor], values: Mapping[str, Exact], sizes: Mapping[str, int], digits: int = DIGITS
) -> list[Exact]:
    """The values of tensors to many digits; what is not defined is nan.

    Takes an array for each variable's name, and a number for each letter of a shape. Meant for small sizes.

    >>> from fractions import Fraction
    >>> third = Power(Variable("x", ("n",)), Number(Fraction(1, 3)))
    >>> mpmath.nstr(evaluate_exact([third], {"x": np.array([2.0])}, {"n": 1})[0][0], 30)
    '1.25992104989487316476721060728'
    """
    found: dict[Tensor, Exact] = {}
    with mp.workdps(digits):
        for node in topological(*roots):
            found[node] = _value(node, found, values, sizes)
    return [found[root] for root in roots]


def _value(
    node: Tensor, found: Mapping[Tensor, Exact], values: Mapping[str, Exact], sizes: Mapping[str, int]
) -> Exact:
    match node:
        case Variable(name=name):
            return _each(mpf, np.asarray(values[name]))
        case Number(value=value):
            return _array(mpf(value.numerator) / value.denominator)
        case Constant(name=name):
            return _array({"pi": +mp.pi, "e": +mp.e}[name])
        case Ones(shape=shape):
            return _each(mpf, np.ones(shape_of(shape, sizes)))
        case Identity(size=size):
            return _each(mpf, np.eye(size_of(size, sizes)))
        case Sum(terms=terms):
            return _array(sum(found[term] for term in terms))
        case Einsum():
            return _contracted(node, found)
        case Elementwise():
            return _each(_function(node), found[node.argument])
        case Power(base=base, exponent=exponent):
            return _each(lambda x: _power(x, found[exponent][()]), found[base])
        case Inverse(matrix=matrix):
            return _inverse(found[matrix])
        case Determinant(matrix=matrix):
            return _array(mpmath.det(mpmath.matrix(found[matrix].tolist())))
        case Unknown():
            return _unknown(node, [found[one] for one in node.arguments], sizes)
        case Derivative():
            raise NotImplementedError("a derivative that is not carried out")


def _array(value: object) -> Exact:
    return np.asarray(value, dtype=object)


def _each(function: Callable[[Any], Any], array: Exact) -> Exact:
    return _array(np.frompyfunc(function, 1, 1)(array))


def _power(base: Any, exponent: Any) -> Any:  # noqa: ANN401 - numbers of a library without types
    if (base == 0 and exponent < 0) or (base < 0 and exponent != int(exponent)):
        return mpmath.nan
    return base**exponent


def _contracted(node: Einsum, found: Mapping[Tensor, Exact]) -> Exact:
    """A contraction; an axis that stands twice in the output is a diagonal there."""
    arguments: list[Any] = []
    for factor, labels in zip(node.factors, node.subscripts, strict=True):
        arguments += [found[factor], list(labels)]
    output = list(dict.fromkeys(node.output))
    inner = _array(np.einsum(*arguments, output))
    if len(output) == len(node.output):
        return inner
    lengths = dict(zip(output, inner.shape, strict=True))
    made = _each(mpf, np.zeros([lengths[label] for label in node.output]))
    grid = np.indices(inner.shape)
    made[tuple(grid[output.index(label)] for label in node.output)] = inner
    return made


def _inverse(matrix: Exact) -> Exact:
    try:
        return _array(mpmath.inverse(mpmath.matrix(matrix.tolist())).tolist())
    except ZeroDivisionError:
        return _each(lambda _: mpmath.nan, matrix)


def _function(node: Elementwise) -> Callable[[Any], Any]:
    known = _VALUES.get(node.function)
    if known is not None:
        return known
    return lambda x: sum(w * mpf(r) ** node.order * mpmath.exp(r * x) for w, r in waves(node.function))


def _unknown(node: Unknown, arguments: list[Exact], sizes: Mapping[str, int]) -> Exact:
    total = _each(mpf, np.zeros(shape_of(node.shape, sizes)))
    shapes = [argument.shape for argument in arguments]
    for weights, forms in plane_waves(node.name, shape_of(node.value_shape, sizes), shapes):
        exact = [_each(mpf, form) for form in forms]
        level = sum(_array(form * argument).sum() for form, argument in zip(exact, arguments, strict=True))
        term = _array(_each(mpf, weights) * mpmath.exp(level))
        for place in node.by:
            term = _array(np.multiply.outer(term, exact[place]))
        total = _array(total + term)
    return total
