"""The plan of a pass: what it computes, in order, and what for."""

from collections.abc import Iterator, Mapping, Sequence

from litgrad.codegen.tensors.kernel.parts import Kernel
from litgrad.codegen.tensors.kernel.usage import needs_of
from litgrad.codegen.tensors.operations import parts_of
from litgrad.codegen.tensors.storage import Guard
from litgrad.records import dataclass
from litgrad.tensors.expr import Tensor


@dataclass(frozen=True, slots=True)
class Plan:
    """What one pass computes."""

    number: int
    nodes: Sequence[Tensor]
    """The values, each behind those that it is computed from."""
    needs: Mapping[Tensor, Guard]
    """What each is needed for in this pass, which may be less than in all."""

    def read(self) -> set[Tensor]:
        """The values, and what they are computed from."""
        return {below for node in self.nodes for below in parts_of(node)} | set(self.nodes)


def plan_of(kernel: Kernel, number: int) -> Plan | None:
    """The plan of a pass; None where it has nothing to compute."""
    roots = [node for node in kernel.usage.order if _is_root(kernel, node, number)]
    if not roots:
        return None
    nodes = _reached(kernel, roots, number)
    return Plan(number, nodes, needs_of(_asked(kernel, roots), nodes))


def _is_root(kernel: Kernel, node: Tensor, number: int) -> bool:
    """Whether a pass is there for a value: a result, a sum over rows, what a later pass needs."""
    passes = kernel.passes
    is_result = any(one.node == node for one in kernel.outputs)
    if passes.letter is None:
        return is_result
    if passes.at[node] != number or not passes.is_inside(node):
        return False
    return is_result or node in passes.totals or node in passes.stored


def _reached(kernel: Kernel, roots: Sequence[Tensor], number: int) -> list[Tensor]:
    """What a pass computes, in order: what its results need and is not there yet."""
    found: set[Tensor] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node in found or node in kernel.names.local or not kernel.passes.is_inside(node):
            continue
        found.add(node)
        if node not in kernel.names.kept or kernel.passes.at[node] == number:
            waiting += parts_of(node)
    return [node for node in kernel.usage.order if node in found]


def _asked(kernel: Kernel, roots: Sequence[Tensor]) -> Iterator[tuple[Tensor, Guard]]:
    """What the results of a pass are needed for."""
    for root in roots:
        if root in kernel.passes.totals or root in kernel.passes.stored:
            yield root, kernel.usage.needs[root]
        yield from ((root, one.guard) for one in kernel.outputs if one.node == root)
