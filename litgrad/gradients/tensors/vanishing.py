"""Sums that are 0 by what the post defines, as that of `x_i - mean(x)` over i."""

from collections.abc import Mapping

from litgrad.tensors.build import zeros
from litgrad.tensors.expr import Einsum, Sum, Tensor, Variable, replaced
from litgrad.tensors.normal import equal


def vanishes(node: Tensor, bodies: Mapping[Variable, Tensor]) -> bool:
    """Whether a contraction is 0 once the names in a sum within it are written out.

    The sum must be contracted over a label that no other factor has. It is proved as the steps of a post
    are, for every size; only the one factor is looked at, the others stay as they are.

    >>> x = Variable("x", ("n",))
    >>> vanishes(Einsum((x,), ((0,),), ()), {})
    False
    """
    if not isinstance(node, Einsum):
        return False
    for place, (factor, labels) in enumerate(zip(node.factors, node.subscripts, strict=True)):
        others = {n for at, names in enumerate(node.subscripts) if at != place for n in names}
        alone = set(labels) - others - set(node.output)
        if isinstance(factor, Sum) and alone and len(set(labels)) == len(labels):
            kept = tuple(label for label in labels if label not in alone)
            summed = Einsum((_written_out(factor, bodies),), (labels,), kept)
            if equal(summed, zeros(summed.shape)):
                return True
    return False


def _written_out(node: Tensor, bodies: Mapping[Variable, Tensor]) -> Tensor:
    """A formula without the names of values."""
    table: dict[Tensor, Tensor] = {}
    for name, body in bodies.items():
        table[name] = replaced(body, table)
    return replaced(node, table)
