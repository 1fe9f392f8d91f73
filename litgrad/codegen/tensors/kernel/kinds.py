"""Which values of a kernel have a name, an array or a register of their own."""

from litgrad.codegen.tensors.kernel.parts import Kernel, Output
from litgrad.codegen.tensors.operations import is_inline, parts_of
from litgrad.codegen.tensors.printer import spread
from litgrad.gradients.tensors import primitives
from litgrad.gradients.tensors.lean.names import LARGEST
from litgrad.tensors.expr import Constant, Identity, Number, Ones, Sum, Tensor, Unknown, Variable


def is_large(kernel: Kernel, node: Tensor) -> bool:
    """Whether a value is computed into an array that is there already."""
    if len(node.shape) < 2 or spread(node) or isinstance(node, Variable | Identity):
        return False
    return kernel.passes.letter is None or kernel.passes.is_each(node)


def is_named(kernel: Kernel, node: Tensor) -> bool:
    """Whether a value has a statement of its own."""
    if isinstance(node, Variable | Number | Constant | Ones | Identity) or spread(node):
        return False
    if node in kernel.passes.totals:
        return True
    uses = kernel.usage.uses[node]
    if not kernel.passes.is_inside(node):
        return not kernel.printer.is_plain(node) and (uses > 1 or node in kernel.usage.within)
    if is_inline(node, uses):
        return False
    return is_large(kernel, node) or uses > 1 or is_largest(node)


def is_largest(node: Tensor) -> bool:
    """Whether a value is the largest entry along an axis."""
    return isinstance(node, Unknown) and primitives.kind_of(node) == LARGEST


def is_light(kernel: Kernel, node: Tensor) -> bool:
    """Whether a value is a sum of arguments and small values in a buffer."""
    if not isinstance(node, Sum) or not is_large(kernel, node) or node in kernel.names.kept:
        return False
    if own_result(kernel, node) is not None or not kernel.names.local.get(node, "").startswith("_r"):
        return False
    return not any(is_large(kernel, one) and is_named(kernel, one) for one in parts_of(node))


def own_result(kernel: Kernel, node: Tensor) -> Output | None:
    """The result that a value is, where nothing else needs it; None for others."""
    found = [one for one in kernel.names.arrays if one.node == node]
    return found[0] if found and not kernel.usage.uses[node] else None


def has_array(kernel: Kernel, one: Output) -> bool:
    """Whether a result is computed into an array that is given for it."""
    if kernel.passes.letter is None:
        return len(one.node.shape) > 1
    return kernel.passes.is_each(one.node)
