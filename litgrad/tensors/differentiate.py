"""Derivatives in reverse: cotangents pulled back through a graph of tensors, from a value to its variables.

The derivative of a tensor by a tensor has the axes of the first and then those of the second. With a
scalar value this is the gradient, in the shape of the variable. Rules: S. Laue, M. Mitterreiter,
J. Giesen, "Computing Higher Order Derivatives of Matrix and Tensor Expressions", 2018, section 3.
"""

from collections.abc import Iterator, Sequence

from litgrad.tensors.build import (
    ONE,
    add,
    einsum,
    hadamard,
    negate,
    number,
    outer,
    power,
    scale,
    zeros,
)
from litgrad.tensors.expr import (
    Determinant,
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
    operands,
    topological,
)
from litgrad.tensors.functions import derivative_of


def derivative(value: Tensor, by: Tensor) -> Tensor:
    """The derivative of one tensor by another, which may be any node of the graph.

    >>> from litgrad.tensors.expr import Variable
    >>> x = Variable("x", ("n",))
    >>> derivative(Elementwise("exp", x), x).shape
    ('n', 'n')
    """
    return derivatives(value, [by])[0]


def derivatives(value: Tensor, by: Sequence[Tensor]) -> list[Tensor]:
    """The derivatives of one tensor by several, found in one pass from the value down."""
    axes = len(value.shape)
    cotangents: dict[Tensor, list[Tensor]] = {value: [_seed(value.shape)]}
    targets = set(by)
    needed = _leading_to(value, targets)
    found: dict[Tensor, Tensor] = {}
    for node in reversed(list(topological(value))):
        if node not in cotangents or node not in needed:
            continue
        cotangent = add(*cotangents.pop(node))
        found[node] = cotangent
        if node in targets:
            continue
        for operand, pulled in _pulled(node, cotangent, axes):
            if operand in needed:
                cotangents.setdefault(operand, []).append(pulled)
    return [found.get(one, zeros((*value.shape, *one.shape))) for one in by]


def _seed(shape: Shape) -> Tensor:
    """The derivative of a tensor by itself."""
    n = len(shape)
    factors = [(Identity(size), (axis, n + axis)) for axis, size in enumerate(shape)]
    return einsum(factors, tuple(range(2 * n))) if factors else ONE


def _leading_to(value: Tensor, targets: set[Tensor]) -> set[Tensor]:
    """The nodes that depend on a target, the targets among them."""
    found: set[Tensor] = set()
    for node in topological(value):
        if node in targets or any(below in found for below in operands(node)):
            found.add(node)
    return found


def _pulled(node: Tensor, cotangent: Tensor, axes: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The operands of a node, each with its share of the node's cotangent."""
    match node:
        case Sum(terms=terms):
            yield from ((term, cotangent) for term in terms)
        case Einsum():
            for place in range(len(node.factors)):
                yield node.factors[place], _through_contraction(node, place, cotangent, axes)
        case Elementwise(argument=argument):
            yield argument, _times_entries(cotangent, derivative_of(node), axes)
        case Power(base=base, exponent=exponent):
            one_less = power(
                base,
                add(exponent, number(-1)) if not isinstance(exponent, Number) else number(exponent.value - 1),
            )
            yield base, _times_entries(cotangent, scale(exponent, one_less), axes)
            if not isinstance(exponent, Number):
                rate = hadamard(node, Elementwise("log", base))
                yield exponent, _summed(_times_entries(cotangent, rate, axes), axes)
        case Inverse(matrix=matrix):
            k = axes
            factors = [(node, (k + 2, k)), (cotangent, (*range(k), k + 2, k + 3)), (node, (k + 1, k + 3))]
            yield matrix, negate(einsum(factors, tuple(range(k + 2))))
        case Determinant(matrix=matrix):
            yield matrix, outer(cotangent, scale(node, einsum([(Inverse(matrix), (1, 0))], (0, 1))))
        case Unknown():
            yield from _through_unknown(node, cotangent, axes)


def _through_contraction(node: Einsum, place: int, cotangent: Tensor, axes: int) -> Tensor:
    """The other factors contracted with the cotangent; an axis that only this factor has is broadcast."""
    shift = 1 + max((label for labels in node.subscripts for label in labels), default=-1)
    outer_labels = tuple(range(shift, shift + axes))
    factors = [(cotangent, (*outer_labels, *node.output))]
    factors += [
        (factor, labels)
        for other, (factor, labels) in enumerate(zip(node.factors, node.subscripts, strict=True))
        if other != place
    ]
    own = list(node.subscripts[place])
    sizes = node.factors[place].shape
    fresh = shift + axes
    seen: set[int] = set()
    for axis, label in enumerate(own):
        if label in seen:
            factors.append((Identity(sizes[axis]), (label, fresh)))
            own[axis], fresh = fresh, fresh + 1
        elif not any(label in labels for _, labels in factors):
            factors.append((Ones((sizes[axis],)), (label,)))
        seen.add(label)
    return einsum(factors, (*outer_labels, *own))


def _times_entries(cotangent: Tensor, rate: Tensor, axes: int) -> Tensor:
    """The cotangent times a rate, entry by entry of the rate."""
    every = tuple(range(len(cotangent.shape)))
    return einsum([(cotangent, every), (rate, every[axes:])], every)


def _summed(tensor: Tensor, axes: int) -> Tensor:
    every = tuple(range(len(tensor.shape)))
    return einsum([(tensor, every)], every[:axes])


def _through_unknown(node: Unknown, cotangent: Tensor, axes: int) -> Iterator[tuple[Tensor, Tensor]]:
    for place, argument in enumerate(node.arguments):
        rate = Unknown(node.name, node.arguments, node.value_shape, (*node.by, place))
        inner = tuple(range(axes, axes + len(node.shape)))
        own = tuple(range(axes + len(node.shape), axes + len(node.shape) + len(argument.shape)))
        lead = tuple(range(axes))
        yield argument, einsum([(cotangent, lead + inner), (rate, inner + own)], lead + own)
