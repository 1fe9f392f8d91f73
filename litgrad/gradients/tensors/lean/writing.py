"""The nodes of a program on their way: each under a name of its own, its small factors apart."""

from collections.abc import Hashable
from dataclasses import field

from litgrad.gradients.tensors.tidy import Pair, key_of
from litgrad.records import dataclass
from litgrad.tensors.build import einsum, number
from litgrad.tensors.expr import Number, Ones, Tensor, Variable, operands

MINUS_ONE = number(-1)


@dataclass(frozen=True, slots=True)
class Scaled:
    """A tensor as a core times factors that have fewer axes, each with the axes of the core it lies along."""

    core: Tensor
    factors: tuple[Pair, ...] = ()


@dataclass(slots=True)
class Writing:
    """Nodes on their way; each that is computed stands under a name of its own in those above it."""

    factors: frozenset[Tensor] = frozenset()
    """The factors of products of matrices, which are computed with their numbers."""
    bodies: dict[Variable, Tensor] = field(default_factory=dict)
    """What the names are, each before those that use it."""
    known: dict[Hashable, Variable] = field(default_factory=dict)
    """The names by what they stand for."""
    forms: dict[Tensor, Scaled] = field(default_factory=dict)
    """The nodes that are written already."""
    splittable: set[Tensor] = field(default_factory=set)
    """Sums whose terms a contraction may take one by one without losing digits."""

    def named(self, body: Tensor) -> Tensor:
        """The name of a node; leaves are their own."""
        if isinstance(body, Variable | Number | Ones) or not operands(body):
            return body
        key = key_of(body)
        if key not in self.known:
            self.known[key] = Variable(f" {len(self.bodies)}", body.shape)
            self.bodies[self.known[key]] = body
        return self.known[key]

    def body_of(self, node: Tensor) -> Tensor | None:
        """What a name stands for; None for what is no name."""
        return self.bodies.get(node) if isinstance(node, Variable) else None

    def multiplied(self, form: Scaled) -> Tensor:
        """The name of a tensor with its factors multiplied in."""
        if not form.factors:
            return form.core
        every = tuple(range(len(form.core.shape)))
        return self.named(einsum([(form.core, every), *form.factors], every))

    def whole(self, node: Tensor) -> Tensor:
        """The name of a node that is written already, with its factors multiplied in."""
        return self.multiplied(self.forms[node])
