"""Formulas rewritten, as rows, to functions that neither overflow nor lose their digits."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from litgrad.gradients.tensors.primitives import (
    LOG_SOFTMAX,
    LOGSUMEXP,
    SOFTMAX,
    SOFTPLUS,
    along,
    axis_of,
    kind_of,
    log_det,
)
from litgrad.tensors.build import ONE, add, einsum, negate, number, scale
from litgrad.tensors.expr import (
    Determinant,
    Dim,
    Einsum,
    Elementwise,
    Labels,
    Number,
    Ones,
    Power,
    Sum,
    Tensor,
    Unknown,
    operands,
    topological,
    with_operands,
)

Row = Callable[[Tensor], Tensor | None]

_MINUS_ONE = number(-1)


def stable(root: Tensor) -> Tensor:
    """The same values in forms that stay accurate."""
    new: dict[Tensor, Tensor] = {}
    for node in topological(root):
        below = operands(node)
        made = tuple(new[one] for one in below)
        here = with_operands(node, made) if made != below else node
        new[node] = next((found for row in _ROWS if (found := row(here)) is not None), here)
    return new[root]


def uncancelled(root: Tensor) -> Tensor:
    """The same values with `1 - sigmoid(u)`, of which nothing is left for large u, as `sigmoid(-u)`."""
    new: dict[Tensor, Tensor] = {}
    for node in topological(root):
        below = operands(node)
        made = tuple(new[one] for one in below)
        here = with_operands(node, made) if made != below else node
        new[node] = _one_minus_sigmoid(here) or here
    return new[root]


def accurate(root: Tensor) -> int:
    """How many such functions stand in a graph."""
    return sum(
        kind_of(node) is not None or (isinstance(node, Elementwise) and node.function == SOFTPLUS)
        for node in topological(root)
    )


def _log(node: Tensor) -> Tensor | None:
    """The argument of a logarithm."""
    return node.argument if isinstance(node, Elementwise) and node.function == "log" else None


def _exponent(node: Tensor) -> Tensor | None:
    return node.argument if isinstance(node, Elementwise) and node.function == "exp" else None


def _sigmoid_of(node: Tensor) -> Tensor | None:
    return node.argument if isinstance(node, Elementwise) and node.function == "sigmoid" else None


def _beside_one(node: Tensor) -> Tensor | None:
    """What stands beside 1 in a sum of two."""
    if not isinstance(node, Sum) or len(node.terms) != 2:
        return None
    one, other = node.terms
    if _is_one(one):
        return other
    return one if _is_one(other) else None


def _is_one(node: Tensor) -> bool:
    return node == ONE or isinstance(node, Ones)


def _negated(node: Tensor) -> Tensor | None:
    """What a node is -1 times of."""
    if not isinstance(node, Einsum) or _MINUS_ONE not in node.factors or len(node.factors) != 2:
        return None
    rest = [(f, labels) for f, labels in zip(node.factors, node.subscripts, strict=True) if f != _MINUS_ONE]
    return rest[0][0] if rest and rest[0][1] == node.output else None


def _summed_exponent(node: Tensor) -> tuple[Tensor, int] | None:
    """The exponent and the axis of a sum of exponentials along one axis."""
    if not isinstance(node, Einsum) or len(node.factors) != 1:
        return None
    exponent, labels = _exponent(node.factors[0]), node.subscripts[0]
    gone = [axis for axis, label in enumerate(labels) if label not in node.output]
    if exponent is None or len(gone) != 1 or len(set(labels)) != len(labels):
        return None
    kept = tuple(label for label in labels if label in node.output)
    return (exponent, gone[0]) if kept == node.output else None


def _log_of_sum(node: Tensor) -> Tensor | None:
    argument = _log(node)
    found = _summed_exponent(argument) if argument is not None else None
    return along(LOGSUMEXP, *found) if found is not None else None


def _log_of_softmax(node: Tensor) -> Tensor | None:
    argument = _log(node)
    if argument is None or kind_of(argument) != SOFTMAX:
        return None
    assert isinstance(argument, Unknown)
    (inner,) = argument.arguments
    return along(LOG_SOFTMAX, inner, len(inner.shape) - axis_of(argument))


def _log_of_sigmoid(node: Tensor) -> Tensor | None:
    argument = _log(node)
    inner = _sigmoid_of(argument) if argument is not None else None
    return negate(Elementwise(SOFTPLUS, negate(inner))) if inner is not None else None


def _log_of_one_minus_sigmoid(node: Tensor) -> Tensor | None:
    argument = _log(node)
    other = _beside_one(argument) if argument is not None else None
    share = _negated(other) if other is not None else None
    inner = _sigmoid_of(share) if share is not None else None
    return negate(Elementwise(SOFTPLUS, inner)) if inner is not None else None


def _one_minus_sigmoid(node: Tensor) -> Tensor | None:
    other = _beside_one(node)
    share = _negated(other) if other is not None else None
    inner = _sigmoid_of(share) if share is not None else None
    return Elementwise("sigmoid", _negated(inner) or negate(inner)) if inner is not None else None


def _log_of_one_plus_exp(node: Tensor) -> Tensor | None:
    argument = _log(node)
    other = _beside_one(argument) if argument is not None else None
    inner = _exponent(other) if other is not None else None
    return Elementwise(SOFTPLUS, inner) if inner is not None else None


def _log_of_determinant(node: Tensor) -> Tensor | None:
    argument = _log(node)
    return log_det(argument.matrix) if isinstance(argument, Determinant) else None


def _log_of_exponential_factors(node: Tensor) -> Tensor | None:
    """log(exp(u) r) as u + log r: exp(u) may be 0 in doubles, and r is positive where it has a logarithm."""
    argument = _log(node)
    if not isinstance(argument, Einsum):
        return None
    pairs = list(zip(argument.factors, argument.subscripts, strict=True))
    if any(set(labels) - set(argument.output) or len(set(labels)) < len(labels) for _, labels in pairs):
        return None
    exponents = [(inner, labels) for one, labels in pairs if (inner := _exponent(one)) is not None]
    rest = [(one, labels) for one, labels in pairs if _exponent(one) is None]
    if not exponents or not rest:
        return None
    sizes = argument.sizes()
    terms = [_widened(inner, labels, argument.output, sizes) for inner, labels in exponents]
    known = tuple(label for label in argument.output if any(label in labels for _, labels in rest))
    return add(*terms, _widened(_logarithm(einsum(rest, known)), known, argument.output, sizes))


def _widened(node: Tensor, labels: Labels, output: Labels, sizes: Mapping[int, Dim]) -> Tensor:
    """A factor with the axes of the whole."""
    missing = [(Ones((sizes[label],)), (label,)) for label in output if label not in labels]
    return einsum([(node, labels), *missing], output)


def _logarithm(node: Tensor) -> Tensor:
    """The logarithm of a positive number; that of a power which no negative number has is taken apart."""
    exponent = node.exponent if isinstance(node, Power) else None
    if isinstance(node, Power) and isinstance(exponent, Number) and exponent.value.numerator % 2:
        return scale(exponent, _logarithm(node.base))
    return Elementwise("log", node)


def _is_reciprocal(node: Tensor) -> bool:
    return isinstance(node, Power) and node.exponent == Number(Fraction(-1))


def _one_over_one_plus_exp(node: Tensor) -> Tensor | None:
    other = _beside_one(node.base) if isinstance(node, Power) and _is_reciprocal(node) else None
    inner = _exponent(other) if other is not None else None
    return Elementwise("sigmoid", _negated(inner) or negate(inner)) if inner is not None else None


def _share_of_exponentials(node: Tensor) -> Tensor | None:
    """exp(u) over its sum along an axis, or over 1 + exp(u), within a product."""
    if not isinstance(node, Einsum):
        return None
    pairs = list(zip(node.factors, node.subscripts, strict=True))
    for place, (factor, labels) in enumerate(pairs):
        exponent = _exponent(factor)
        if exponent is None:
            continue
        for other, (below, names) in enumerate(pairs):
            share = _share(exponent, labels, below, names)
            if share is not None:
                rest = [pair for at, pair in enumerate(pairs) if at not in {place, other}]
                return einsum([(share, labels), *rest], node.output)
    return None


def _share(exponent: Tensor, labels: Labels, below: Tensor, names: Labels) -> Tensor | None:
    if _sigmoid_of(below) == negate(exponent) and names == labels:
        return Elementwise("sigmoid", exponent)
    if not isinstance(below, Power) or not _is_reciprocal(below):
        return None
    found = _summed_exponent(below.base)
    if found is None or found[0] != exponent:
        return None
    axis = found[1]
    return along(SOFTMAX, exponent, axis) if labels[:axis] + labels[axis + 1 :] == names else None


_ROWS: tuple[Row, ...] = (
    _log_of_sum,
    _log_of_softmax,
    _log_of_sigmoid,
    _log_of_one_minus_sigmoid,
    _log_of_one_plus_exp,
    _log_of_determinant,
    _log_of_exponential_factors,
    _one_over_one_plus_exp,
    _share_of_exponentials,
)


def is_exponential(node: Tensor) -> bool:
    """Whether a formula is a sum of exponentials along an axis, or 1 and one exponential or sigmoid."""
    other = _beside_one(node)
    if other is None:
        return _summed_exponent(node) is not None
    share = _negated(other)
    return _exponent(other) is not None or (share is not None and _sigmoid_of(share) is not None)
