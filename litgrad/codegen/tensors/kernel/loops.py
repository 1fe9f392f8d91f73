"""The text of a pass: a loop over blocks of rows, or all statements where there are no blocks."""

import re
from collections.abc import Iterator, Mapping, Sequence

from litgrad.codegen.tensors.kernel.copies import copies
from litgrad.codegen.tensors.kernel.guards import ALWAYS, Line, condition, grouped, indented
from litgrad.codegen.tensors.kernel.names import block_of
from litgrad.codegen.tensors.kernel.parts import Kernel
from litgrad.codegen.tensors.kernel.plan import Plan, plan_of
from litgrad.codegen.tensors.kernel.statements import statements
from litgrad.codegen.tensors.storage import Guard, placed, without_waste
from litgrad.tensors.expr import Dim, Tensor


def written_pass(kernel: Kernel, number: int) -> list[str]:
    """A pass by its number; nothing where it has nothing to compute."""
    plan = plan_of(kernel, number)
    if plan is None:
        return []
    if kernel.passes.letter is None:
        lines = _lines(kernel, plan)
        return [*_taken(kernel), *grouped(lines)]
    return _by_blocks(kernel, plan, kernel.passes.letter)


def _lines(kernel: Kernel, plan: Plan) -> list[Line]:
    """The statements of a pass, with arrays for their registers."""
    registers, buffers = kernel.storage.registers, kernel.storage.buffers
    operations = [*statements(kernel, plan), *copies(kernel, plan.number)]
    buffers.used.clear()
    buffers.lent.clear()
    return placed(without_waste(operations, registers), registers, buffers)


def _taken(kernel: Kernel) -> Iterator[str]:
    """The arrays of results in the place of buffers, where everything is computed at once."""
    storage = kernel.storage
    for name, register in storage.buffers.lent.items():
        (_, array), key = storage.registers.pinned[register], storage.key_of(register)
        if key:
            yield f"    {condition(frozenset([key]))}"
        yield f"{'        ' if key else '    '}{name} = {array}"


# -------------------------------- blocks --------------------------------


def _by_blocks(kernel: Kernel, plan: Plan, letter: Dim) -> list[str]:
    """The loop over blocks of rows, behind sums that start at 0."""
    outside = dict(kernel.names.local)
    slices = _slices(kernel, plan)
    lines = _lines(kernel, plan)
    totals = {node: kernel.names.local[node] for node in plan.nodes if node in kernel.passes.totals}
    _leave(kernel, outside | totals)
    start = [f"    {name} = 0" for name in (*totals.values(), *_sums(kernel, plan.number))]
    whole = _whole(lines)
    shrunk = _shrunk(kernel, lines, letter)
    inner = [indented(line) for line in grouped(lines, but=whole)]
    loop = [*_start(kernel, plan.number, letter), *slices, *shrunk, *inner]
    if whole:
        return [*start, f"    {condition(whole)}", *map(indented, loop)]
    return [*start, *loop]


def _leave(kernel: Kernel, names: Mapping[Tensor, str]) -> None:
    """Forget the names that hold within a block alone."""
    kernel.names.local.clear()
    kernel.names.local.update(names)


def _sums(kernel: Kernel, number: int) -> list[str]:
    """The names of the derivatives by shared vectors that a pass adds up."""
    return [name for one, name in kernel.names.sums.items() if kernel.passes.at[one.node] == number]


def _whole(lines: Sequence[Line]) -> Guard:
    """What a pass is needed for."""
    guards = [guard for guard, _ in lines]
    return ALWAYS if ALWAYS in guards else ALWAYS.union(*guards)


def _start(kernel: Kernel, number: int, letter: Dim) -> list[str]:
    """The head of a loop; every other pass starts with the rows that the one before has left in the cache."""
    there = f"range(0, {kernel.printer.size(letter)}, step)"
    blocks = f"reversed({there})" if number % 2 else there
    return [f"    for at in {blocks}:", "        rows = slice(at, at + step)"]


def _slices(kernel: Kernel, plan: Plan) -> list[str]:
    """The rows of the block of each argument that a pass reads."""
    read, found = plan.read(), []
    for leaf, name in kernel.leaves.items():
        if leaf in read and kernel.passes.is_each(leaf):
            kernel.names.local[leaf] = own = block_of(kernel, name)
            found.append(f"        {own} = {name}[rows]")
    return found


# -------------------------------- the last block --------------------------------


def _shrunk(kernel: Kernel, lines: Sequence[Line], letter: Dim) -> list[str]:
    """Buffers of the length of the block, which may be the last one."""
    count = kernel.printer.size(letter)
    buffers = kernel.storage.buffers
    names = [(name, f"all{name}") for name in buffers.used if name not in buffers.lent]
    ones = kernel.names.ones.get(letter)
    if ones and any(re.search(rf"\b{ones}\b", text) for _, text in lines):
        names.append((ones, f"all_{ones}"))
    shorter = [f"        {name} = {whole}[: {count} - at]" for name, whole in names]
    return [*shorter, *_lent(kernel, count)]


def _lent(kernel: Kernel, count: str) -> Iterator[str]:
    """The arrays of results in the place of buffers, where they are wanted."""
    storage = kernel.storage
    for name, register in storage.buffers.lent.items():
        (_, array), key = storage.registers.pinned[register], storage.key_of(register)
        chosen = f' if "{key}" in wanted else all{name}[: {count} - at]' if key else ""
        yield f"        {name} = {array}{chosen}"
