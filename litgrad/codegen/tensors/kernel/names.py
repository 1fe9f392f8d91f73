"""The names of arrays, of the rows of a block in them, and of vectors of ones."""

from litgrad.codegen.tensors.kernel.kinds import has_array
from litgrad.codegen.tensors.kernel.parts import Kernel, Output
from litgrad.tensors.expr import Dim


def name_arrays(kernel: Kernel) -> None:
    """Give names to the arrays of results, and to those that several passes need."""
    for one in kernel.outputs:
        if has_array(kernel, one):
            kernel.names.arrays[one] = kernel.free(f"by_{one.key}" if one.key else "found")
    for node in sorted(kernel.passes.stored, key=kernel.usage.order.index):
        kernel.names.kept[node] = kernel.free("kept")


def block_of(kernel: Kernel, name: str) -> str:
    """What the rows of an array within a block are called."""
    blocks = kernel.names.blocks
    if name not in blocks:
        blocks[name] = kernel.free(f"{name}_rows")
    return blocks[name]


def part_of(kernel: Kernel, one: Output, array: str) -> str:
    """The rows of a block in the array of a result; of a shared vector's there is one block."""
    if kernel.passes.letter is None:
        return array
    count = kernel.printer.size(kernel.passes.letter)
    return f"_part({array}, rows, {count})" if one.rows else f"{array}[rows]"


def ones_of(kernel: Kernel, size: Dim) -> str:
    """The name of a vector of ones of a length."""
    if size not in kernel.names.ones:
        kernel.names.ones[size] = kernel.free("ones")
    return kernel.names.ones[size]
