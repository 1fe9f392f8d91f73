"""A node in the form that takes few passes over large arrays, by its class."""

from collections.abc import Iterator

from litgrad.gradients.tensors import primitives
from litgrad.gradients.tensors.lean.exponentials import along, logistic
from litgrad.gradients.tensors.lean.names import plain
from litgrad.gradients.tensors.lean.powers import power
from litgrad.gradients.tensors.lean.products import contracted
from litgrad.gradients.tensors.lean.sums import summed
from litgrad.gradients.tensors.lean.writing import Scaled, Writing
from litgrad.gradients.tensors.tidy import Pair
from litgrad.tensors.expr import (
    Einsum,
    Elementwise,
    Number,
    Ones,
    Power,
    Sum,
    Tensor,
    Unknown,
    Variable,
    operands,
    topological,
    with_operands,
)


def write(writing: Writing, root: Tensor) -> Tensor:
    """Write a node and all below it; gives its name, with its factors multiplied in."""
    for node in topological(root):
        if node not in writing.forms:
            found = _form(writing, node)
            writing.forms[node] = _with_numbers(writing, found) if node in writing.factors else found
    return writing.whole(root)


def _form(writing: Writing, node: Tensor) -> Scaled:
    """A node with its small factors apart; those below it are written already."""
    match node:
        case Variable():
            return Scaled(Variable(node.name, plain(node.shape), node.symmetric))
        case Ones():
            return Scaled(Ones(plain(node.shape)))
        case Einsum():
            return contracted(writing, list(_factors(writing, node)), node.output)
        case Sum(terms=terms):
            return summed(writing, [writing.forms[term] for term in terms])
        case Power(base=base, exponent=Number(value=value)):
            return Scaled(power(writing, writing.whole(base), value))
        case Unknown() if primitives.kind_of(node) is not None and not node.by:
            return along(writing, node)
        case Elementwise(function="sigmoid" | primitives.SOFTPLUS, order=0) if node.shape:
            return logistic(writing, node)
        case Elementwise(function="step", argument=argument):
            return _step(writing, argument)
    made = tuple(writing.whole(one) for one in operands(node))
    return Scaled(writing.named(with_operands(node, made) if made else node))


def _step(writing: Writing, argument: Tensor) -> Scaled:
    """Where u is positive; where relu u is computed, too, by that."""
    inner = writing.whole(argument)
    positive = Elementwise("relu", inner)
    return Scaled(writing.named(Elementwise("step", writing.known.get(positive, inner))))


def _factors(writing: Writing, node: Einsum) -> Iterator[Pair]:
    """The factors of a contraction taken apart."""
    for one, labels in zip(node.factors, node.subscripts, strict=True):
        form = writing.forms[one]
        yield form.core, labels
        yield from ((f, tuple(labels[at] for at in n)) for f, n in form.factors)


def _with_numbers(writing: Writing, form: Scaled) -> Scaled:
    """A computed core times its factors without axes: it is smaller than what it is multiplied to."""
    numbers = tuple(pair for pair in form.factors if not pair[1])
    if not numbers or form.core not in writing.bodies:
        return form
    rest = tuple(pair for pair in form.factors if pair[1])
    return Scaled(writing.multiplied(Scaled(form.core, numbers)), rest)
