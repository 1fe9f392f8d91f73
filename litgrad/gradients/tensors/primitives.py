"""Functions of whole vectors that keep their digits where the formula as written does not, and their rates.

Each stands in a graph as a function that the post does not give, under a name that no post can have.
"""

from litgrad.tensors.build import add, einsum, negate
from litgrad.tensors.expr import (
    Einsum,
    Elementwise,
    Identity,
    Inverse,
    Labels,
    Ones,
    Sum,
    Tensor,
    Unknown,
    operands,
    topological,
    with_operands,
)

SOFTMAX, LOG_SOFTMAX, LOGSUMEXP, LOG_DET = " softmax", " log_softmax", " logsumexp", " log_det"
SOFTPLUS = "softplus"
"""An elementwise name beside those of `litgrad.tensors.functions`."""


def along(name: str, argument: Tensor, axis: int) -> Unknown:
    """A function along one axis; the axis is counted from the end, so that leading ones may be added."""
    back = len(argument.shape) - axis
    shape = argument.shape[:axis] + argument.shape[axis + 1 :] if name == LOGSUMEXP else argument.shape
    return Unknown(f"{name} {back}", (argument,), shape)


def log_det(matrix: Tensor) -> Unknown:
    """The logarithm of a determinant."""
    return Unknown(LOG_DET, (matrix,))


def kind_of(node: Tensor) -> str | None:
    """Which of the functions above a node is; None for every other node."""
    if not isinstance(node, Unknown) or not node.name.startswith(" "):
        return None
    return LOG_DET if node.name == LOG_DET else node.name.rsplit(" ", 1)[0]


def axis_of(node: Unknown) -> int:
    """The axis, from the end: 1 is the last one."""
    return int(node.name.rsplit(" ", 1)[1])


def twin_of(node: Tensor) -> Unknown | None:
    """The logarithm of a softmax, or the softmax of its logarithm: their exponentials are the same."""
    pair = {SOFTMAX: LOG_SOFTMAX, LOG_SOFTMAX: SOFTMAX}.get(kind_of(node) or "")
    if pair is None or not isinstance(node, Unknown) or node.by:
        return None
    return Unknown(f"{pair} {axis_of(node)}", node.arguments, node.value_shape)


def settled(root: Tensor) -> Tensor:
    """A graph in which the derivatives of these functions are carried out."""
    new: dict[Tensor, Tensor] = {}
    for node in topological(root):
        below = operands(node)
        made = tuple(new[one] for one in below)
        if isinstance(node, Einsum):
            new[node] = _distributed(made, node)
        elif isinstance(node, Sum) and any(map(_is_rate, made)):
            new[node] = add(*map(_carried_out, made))
        elif isinstance(node, Elementwise) and node.function == SOFTPLUS and node.order:
            new[node] = Elementwise("sigmoid", made[0])
        else:
            new[node] = with_operands(node, made) if made != below else node
    return _carried_out(new[root])


def _carried_out(node: Tensor) -> Tensor:
    return _rate(node, tuple(range(len(node.shape)))) if _is_rate(node) else node


def _is_rate(node: Tensor) -> bool:
    return kind_of(node) is not None and isinstance(node, Unknown) and bool(node.by)


def _distributed(factors: tuple[Tensor, ...], node: Einsum) -> Tensor:
    """A contraction with every rate in it written out, term by term."""
    pairs = list(zip(factors, node.subscripts, strict=True))
    place = next((at for at, (factor, _) in enumerate(pairs) if _is_rate(factor)), None)
    if place is None:
        return einsum(pairs, node.output)
    factor, labels = pairs[place]
    rate = _rate(factor, labels)
    parts = rate.terms if isinstance(rate, Sum) else (rate,)
    own = tuple(dict.fromkeys(labels))
    terms = [einsum([*pairs[:place], (part, own), *pairs[place + 1 :]], node.output) for part in parts]
    return add(*(settled(term) for term in terms))


def _rate(factor: Tensor, labels: Labels) -> Tensor:
    """The derivative of one of these functions by its argument, over distinct labels of its own."""
    assert isinstance(factor, Unknown)
    (argument,) = factor.arguments
    if factor.name == LOG_DET:
        return einsum([(Inverse(argument), (1, 0))], (0, 1))
    order = len(argument.shape)
    axis = order - axis_of(factor)
    rows = _jacobian(kind_of(factor), argument, axis)
    if len(set(labels)) == len(labels):
        return rows
    terms = rows.terms if isinstance(rows, Sum) else (rows,)
    return add(*(einsum([(term, labels)], tuple(dict.fromkeys(labels))) for term in terms))


def _jacobian(kind: str | None, argument: Tensor, axis: int) -> Tensor:
    """The axes of the value, then those of the argument."""
    order = len(argument.shape)
    first, second = list(range(order)), list(range(order, 2 * order))
    others = [at for at in range(order) if at != axis]
    same = [(Identity(argument.shape[at]), (first[at], second[at])) for at in others]
    share = along(SOFTMAX, argument, axis)
    if kind == LOGSUMEXP:
        return einsum([(share, second), *same], [first[at] for at in others] + second)
    every = [*first, *second]
    one = [(Identity(size), (first[at], second[at])) for at, size in enumerate(argument.shape)]
    if kind == LOG_SOFTMAX:
        ones = einsum(one, every)
        return add(ones, negate(einsum([(share, second), *_kept(argument, first, axis), *same], every)))
    return add(
        einsum([(share, first), *one], every),
        negate(einsum([(share, first), (share, second), *same], every)),
    )


def _kept(argument: Tensor, first: list[int], axis: int) -> list[tuple[Tensor, tuple[int, ...]]]:
    """Ones on the axis that the share of an argument does not have."""
    return [(Ones((argument.shape[axis],)), (first[axis],))]
