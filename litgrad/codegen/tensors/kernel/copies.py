"""The results of a pass in the arrays that are given for them, and under names."""

from collections.abc import Iterator

from litgrad.codegen.tensors.kernel.kinds import is_large, own_result
from litgrad.codegen.tensors.kernel.names import block_of, ones_of, part_of
from litgrad.codegen.tensors.kernel.parts import Kernel, Output
from litgrad.codegen.tensors.kernel.results import small_result
from litgrad.codegen.tensors.storage import Operation, number_of
from litgrad.tensors.expr import Dim


def copies(kernel: Kernel, number: int) -> Iterator[Operation]:
    """Results that something else needs, or that are arguments, in the arrays for them."""
    letter = kernel.passes.letter
    for one, array in kernel.names.arrays.items():
        if letter is None or kernel.passes.at[one.node] == number:
            yield from _in_place(kernel, one, array)
    if letter is None:
        for one in kernel.outputs:
            if one not in kernel.names.arrays:
                kernel.names.results[one] = name = kernel.free("result")
                yield Operation(f"{name} = {small_result(kernel, one)}", one.guard)


def _in_place(kernel: Kernel, one: Output, array: str) -> Iterator[Operation]:
    """A result in its array, and what it adds to a derivative by a shared vector."""
    if own_result(kernel, one.node) == one and is_large(kernel, one.node):
        part = kernel.names.local[one.node]
    else:
        copy, part = _copy(kernel, one, array)
        yield copy
    if one.rows and kernel.passes.letter is not None:
        yield _gathered(kernel, one, part, kernel.passes.letter)


def _copy(kernel: Kernel, one: Output, array: str) -> tuple[Operation, str]:
    """A result copied to its array, and the register that stands for that."""
    part = part_of(kernel, one, array)
    text = kernel.printer.piece(one.node).text
    register = kernel.storage.registers.new((), (block_of(kernel, array), part))
    number = number_of(register)
    kernel.storage.owners[number] = one.key
    return Operation(f"np.copyto({register}, {text})", one.guard, number), register


def _gathered(kernel: Kernel, one: Output, part: str, letter: Dim) -> Operation:
    """The rows of a derivative added up, where its vector is shared."""
    name = kernel.names.sums.setdefault(one, kernel.free("total"))
    ones = ones_of(kernel, letter)
    return Operation(f'{name} = _gathered({name}, {ones}, {part}, "{one.key}" in shared)', one.guard)
