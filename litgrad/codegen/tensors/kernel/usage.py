"""How the values of a kernel are used: in what order they come, how often and for what they are needed."""

from collections import Counter
from collections.abc import Iterable, Sequence

from litgrad.codegen.tensors.kernel.guards import ALWAYS
from litgrad.codegen.tensors.kernel.parts import Output, Usage
from litgrad.codegen.tensors.operations import parts_of
from litgrad.codegen.tensors.passes import Passes
from litgrad.codegen.tensors.storage import Guard
from litgrad.tensors.expr import Tensor, topological


def usage_of(outputs: Sequence[Output], passes: Passes) -> Usage:
    """What is computed for some results, how often and for which of them."""
    roots = [one.node for one in outputs]
    uses = _uses(roots)
    order = [node for node in topological(*roots) if node in uses]
    needs = needs_of(((one.node, one.guard) for one in outputs), order)
    inside = [node for node in order if passes.is_inside(node)]
    return Usage(order, uses, needs, frozenset(below for node in inside for below in parts_of(node)))


def _uses(roots: Iterable[Tensor]) -> Counter[Tensor]:
    """How many values are computed from each of those that some need, 0 for the last ones."""
    uses = Counter(dict.fromkeys(roots, 0))
    waiting = list(uses)
    while waiting:
        parts = dict.fromkeys(parts_of(waiting.pop()))
        waiting += [one for one in parts if one not in uses]
        uses.update(parts.keys())
    return uses


def needs_of(asked: Iterable[tuple[Tensor, Guard]], nodes: Sequence[Tensor]) -> dict[Tensor, Guard]:
    """What each of some values is needed for, from what is asked of the last ones.

    Takes the values behind those that they are computed from.
    """
    found: dict[Tensor, Guard] = {}
    for node, guard in asked:
        _note(found, node, guard)
    inside = set(nodes)
    for node in reversed(nodes):
        for below in parts_of(node):
            if below in inside:
                _note(found, below, found[node])
    return {node: found[node] for node in nodes}


def _note(found: dict[Tensor, Guard], node: Tensor, guard: Guard) -> None:
    """Note what a value is needed for, too; what is needed always is needed for nothing in particular."""
    before = found.get(node, guard)
    found[node] = before | guard if before and guard else ALWAYS
