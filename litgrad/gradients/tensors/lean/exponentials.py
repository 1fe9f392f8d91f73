"""Softmax and what is like it, sigmoid and softplus: they share their exponentials."""

from litgrad.gradients.tensors import primitives
from litgrad.gradients.tensors.lean.names import LARGEST, plain
from litgrad.gradients.tensors.lean.writing import MINUS_ONE, Scaled, Writing
from litgrad.records import dataclass
from litgrad.tensors.build import add, einsum
from litgrad.tensors.expr import Elementwise, Labels, Ones, Power, Tensor, Unknown


@dataclass(frozen=True, slots=True)
class _Shifted:
    """The exponentials along an axis, none above 1, and what they come from."""

    axis: int
    kept: Labels
    """The other axes."""
    largest: Tensor
    shift: Tensor
    """What the exponentials are of: the argument minus its largest entry."""
    share: Tensor
    """The exponentials."""
    total: Tensor
    """Their sum."""


def along(writing: Writing, node: Unknown) -> Scaled:
    """A softmax, its logarithm, a logarithm of a sum of exponentials: they share their exponentials."""
    kind = primitives.kind_of(node)
    argument = writing.whole(node.arguments[0])
    if kind == primitives.LOG_DET or len(argument.shape) < 2:
        return Scaled(writing.named(Unknown(node.name, (argument,), plain(node.value_shape), node.by)))
    made = _shifted(writing, argument, primitives.axis_of(node))
    if kind == primitives.SOFTMAX:
        return Scaled(made.share, ((writing.named(Power(made.total, MINUS_ONE)), made.kept),))
    log = writing.named(Elementwise("log", made.total))
    if kind == primitives.LOGSUMEXP:
        return Scaled(writing.named(add(made.largest, log)))
    found = writing.named(add(made.shift, _minus(log, argument, made.axis)))
    writing.splittable.add(found)
    return Scaled(found)


def _shifted(writing: Writing, argument: Tensor, back: int) -> _Shifted:
    """The exponentials along an axis that is counted from the end."""
    every = tuple(range(len(argument.shape)))
    axis = len(every) - back
    kept = every[:axis] + every[axis + 1 :]
    shape = tuple(argument.shape[at] for at in kept)
    largest = writing.named(Unknown(f"{LARGEST} {back}", (argument,), shape))
    shift = writing.named(add(argument, _minus(largest, argument, axis)))
    share = writing.named(Elementwise("exp", shift))
    total = writing.named(einsum([(share, every)], kept))
    return _Shifted(axis, kept, largest, shift, share, total)


def _minus(node: Tensor, beside: Tensor, axis: int) -> Tensor:
    """Minus a tensor that is the same along one axis of the one that it stands beside."""
    every = tuple(range(len(beside.shape)))
    missing = (Ones((beside.shape[axis],)), (axis,))
    return einsum([(MINUS_ONE, ()), (node, every[:axis] + every[axis + 1 :]), missing], every)


def logistic(writing: Writing, node: Elementwise) -> Scaled:
    """A sigmoid or a softplus by exp(u), which both share; where that overflows, others compute them."""
    form = writing.forms[node.argument]
    turned = form.factors == ((MINUS_ONE, ()),) and Elementwise("exp", form.core) in writing.known
    power = writing.named(Elementwise("exp", form.core if turned else writing.multiplied(form)))
    if node.function != primitives.SOFTPLUS:
        return _sigmoid(writing, power, turned=turned)
    if turned:
        return Scaled(writing.named(Elementwise("softplus", writing.multiplied(form))))
    return Scaled(writing.named(Elementwise("log1p", power)))


def _sigmoid(writing: Writing, power: Tensor, *, turned: bool) -> Scaled:
    """A sigmoid of u by exp(u), or where it is turned by exp(-u)."""
    every = tuple(range(len(power.shape)))
    beside = writing.named(add(power, Ones(power.shape)))
    below = writing.named(Power(beside, MINUS_ONE))
    return Scaled(below if turned else writing.named(einsum([(power, every), (below, every)], every)))
