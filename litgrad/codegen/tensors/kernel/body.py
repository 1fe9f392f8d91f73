"""The body of a kernel: its head, its passes with what stands between them, its results."""

from collections.abc import Iterator
from functools import partial

from litgrad.codegen.tensors.kernel.guards import Line, grouped
from litgrad.codegen.tensors.kernel.head import head
from litgrad.codegen.tensors.kernel.kinds import is_named
from litgrad.codegen.tensors.kernel.loops import written_pass
from litgrad.codegen.tensors.kernel.names import name_arrays
from litgrad.codegen.tensors.kernel.parts import Kernel
from litgrad.codegen.tensors.kernel.results import results
from litgrad.codegen.tensors.kernel.special import special
from litgrad.tensors.expr import Tensor


def body(kernel: Kernel) -> list[str]:
    """The lines of the function, behind its signature; its printer then knows the kernel's special texts."""
    kernel.printer.special = partial(special, kernel)
    name_arrays(kernel)
    inner = [*_passes(kernel), *results(kernel)]
    # The passes tell which buffers there are.
    return [*head(kernel), *inner]


def _passes(kernel: Kernel) -> Iterator[str]:
    """The passes, and before, between and behind them what has no rows."""
    for number in range(kernel.passes.count):
        yield from grouped(_between(kernel, number))
        yield from written_pass(kernel, number)
    yield from grouped(_between(kernel, None))


def _between(kernel: Kernel, number: int | None) -> list[Line]:
    """What is computed before a pass, or after the last one."""
    if kernel.passes.letter is None:
        return []
    here = [node for node in kernel.usage.order if _is_at(kernel, node, number)]
    return [(kernel.usage.needs[node], _named(kernel, node)) for node in here]


def _is_at(kernel: Kernel, node: Tensor, number: int | None) -> bool:
    """Whether a value without rows is computed before a pass, or after the last one."""
    if kernel.passes.is_inside(node) or not is_named(kernel, node):
        return False
    at = kernel.passes.at[node]
    return at == number if number is not None else at >= kernel.passes.count


def _named(kernel: Kernel, node: Tensor) -> str:
    """The statement that gives a value a name."""
    text = kernel.printer.piece(node)
    name = kernel.free("value")
    kernel.names.local[node] = name
    return f"{name} = {text.text}"
