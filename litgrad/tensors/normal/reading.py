"""A graph of tensors as a sum of canonical terms."""

from collections.abc import Callable
from itertools import permutations

from litgrad.tensors.expr import (
    Constant,
    Derivative,
    Determinant,
    Dim,
    Einsum,
    Elementwise,
    Identity,
    Inverse,
    Labels,
    Number,
    Ones,
    Power,
    Shape,
    Sum,
    Tensor,
    Unknown,
    Variable,
    topological,
)
from litgrad.tensors.normal.atoms import UNIT, Atom, Poly, Table, Unproved, delta_atom, frozen
from litgrad.tensors.normal.cancelling import cancelled
from litgrad.tensors.normal.chains import square_chain
from litgrad.tensors.normal.functions import applied, function_rule
from litgrad.tensors.normal.matrices import SWAP, determinant, inverse, product
from litgrad.tensors.normal.monomials import RULES
from litgrad.tensors.normal.numbers import minus_rule, prime_rule
from litgrad.tensors.normal.polynomials import (
    ONE,
    added,
    constant,
    exponent_of,
    multiplied,
    relabelled,
    single,
)
from litgrad.tensors.normal.powers import exp_of, power
from litgrad.tensors.normal.pushing import pushed
from litgrad.tensors.normal.quotients import base_rule, exp_rule
from litgrad.tensors.normal.terms import Term


def _inverse_rule(table: Table, term: Term, place: int) -> Poly | None:
    found = cancelled(table, term, place)
    return pushed(table, term, place) if found is None else found


RULES.update(
    {
        "prime": prime_rule,
        "minus": minus_rule,
        "exp": exp_rule,
        "base": base_rule,
        "function": function_rule,
        "inverse": _inverse_rule,
    }
)

OfMatrix = Callable[[Table, Poly, Dim], Poly]
APART = 1000
"""Summed labels of a contraction are named from here on while it is worked out."""


def normal(table: Table, *roots: Tensor) -> list[Poly]:
    """The canonical sums of tensors; raises Unproved where there is none."""
    found: dict[Tensor, Poly] = {}
    for node in topological(*roots):
        found[node] = _normal(table, node, found)
    return [found[root] for root in roots]


def _normal(table: Table, node: Tensor, found: dict[Tensor, Poly]) -> Poly:
    match node:
        case Variable():
            return _variable(table, node)
        case Number(value=value):
            return constant(value)
        case Constant(name=name):
            return (
                exp_of(table, ONE)
                if name == "e"
                else single(table, Atom("constant", name, nonnegative=name == "pi"))
            )
        case Ones():
            return dict(ONE)
        case Identity(size=size):
            return dict(ONE) if size == 1 else single(table, delta_atom(size), (0, 1))
        case Sum(terms=terms):
            return added(*(found[term] for term in terms))
        case Einsum():
            return _contraction(table, node, found)
        case Elementwise():
            return applied(table, node.function, node.order, found[node.argument])
        case Power(base=base, exponent=exponent):
            return power(table, found[base], exponent_of(table, found[exponent]))
        case Inverse(matrix=matrix):
            return _by_links(table, matrix, found, inverse)
        case Determinant(matrix=matrix):
            return _by_links(table, matrix, found, determinant)
        case Unknown():
            return _unknown(table, node, [found[one] for one in node.arguments])
        case Derivative():
            raise Unproved


def _by_links(table: Table, matrix: Tensor, found: dict[Tensor, Poly], function: OfMatrix) -> Poly:
    """An inverse or a determinant; of a product as it is written, if that is asked for."""
    dim = matrix.shape[0]
    chain = square_chain(matrix) if table.as_written and dim != 1 else None
    if chain is None:
        return function(table, found[matrix], dim)
    scalars, links = chain
    multiple = single(table, delta_atom(dim), (0, 1))
    for scalar in scalars:
        multiple = multiplied(table, multiple, found[scalar])
    total = function(table, multiple, dim)
    for link, turned in links:
        poly = relabelled(table, found[link], SWAP) if turned else found[link]
        one = function(table, poly, dim)
        total = multiplied(table, total, one) if function is determinant else product(table, one, total, dim)
    return total


def axes(shape: Shape) -> Labels:
    """The labels of a tensor's axes: their places; UNIT for an axis of length 1."""
    return tuple(UNIT if dim == 1 else place for place, dim in enumerate(shape))


def _variable(table: Table, node: Variable) -> Poly:
    symmetries = ((1, 0),) if node.symmetric else ()
    positive = node.name in table.positive
    return single(
        table,
        Atom("variable", (node.name, node.symmetric), node.shape, symmetries, positive),
        axes(node.shape),
    )


def _contraction(table: Table, node: Einsum, found: dict[Tensor, Poly]) -> Poly:
    """The factors multiplied one after the other; a label is summed once no later factor has it."""
    sizes = node.sizes()
    names = {label: APART + label for label in sizes}
    names.update({label: node.output.index(label) for label in node.output})
    names.update({label: UNIT for label, dim in sizes.items() if dim == 1})
    total = dict(ONE)
    for place, (factor, labels) in enumerate(zip(node.factors, node.subscripts, strict=True)):
        later = {label for others in node.subscripts[place + 1 :] for label in others}
        over: dict[int, Dim] = {
            names[label]: sizes[label]
            for label in labels
            if label not in later and label not in node.output and sizes[label] != 1
        }
        total = multiplied(
            table, total, found[factor], {axis: names[label] for axis, label in enumerate(labels)}, over
        )
    for place, label in enumerate(node.output):
        if names[label] not in {place, UNIT}:
            delta = single(
                table,
                delta_atom(sizes[label]),
                (names[label], place),
            )
            total = multiplied(table, total, delta)
    return total


def _unknown(table: Table, node: Unknown, arguments: list[Poly]) -> Poly:
    """A derivative of an unknown function: the order of its arguments among `by` has no part in it."""
    blocks: list[tuple[int, list[int]]] = []
    at = len(node.value_shape)
    for place in node.by:
        width = len(node.arguments[place].shape)
        blocks.append((place, list(range(at, at + width))))
        at += width
    blocks.sort(key=lambda block: block[0])
    order = [*range(len(node.value_shape)), *(axis for _, own in blocks for axis in own)]
    shape = tuple(node.shape[axis] for axis in order)
    shapes = tuple(one.shape for one in node.arguments)
    by = tuple(place for place, _ in blocks)
    payload = (node.name, tuple(map(frozen, arguments)), shapes, node.value_shape, by)
    atom = Atom("unknown", payload, shape, _symmetries(node, by))
    return single(table, atom, tuple(axes(node.shape)[axis] for axis in order))


def _symmetries(node: Unknown, by: tuple[int, ...]) -> tuple[Labels, ...]:
    """Derivatives by the same argument may change places."""
    lead = len(node.value_shape)
    starts = [lead + sum(len(node.arguments[p].shape) for p in by[:place]) for place in range(len(by))]
    found: list[Labels] = []
    for order in permutations(range(len(by))) if len(by) <= 4 else ():
        if order == tuple(range(len(by))) or any(by[one] != by[place] for place, one in enumerate(order)):
            continue
        moved = list(range(lead))
        for one in order:
            moved.extend(range(starts[one], starts[one] + len(node.arguments[by[one]].shape)))
        found.append(tuple(moved))
    return tuple(found)
