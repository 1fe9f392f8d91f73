"""The statements of a pass, with registers for its large values."""

import re
from collections.abc import Iterable

from litgrad.codegen.tensors.kernel.kinds import is_large, is_light, is_named, own_result
from litgrad.codegen.tensors.kernel.names import block_of, part_of
from litgrad.codegen.tensors.kernel.parts import Kernel
from litgrad.codegen.tensors.kernel.plan import Plan
from litgrad.codegen.tensors.operations import Calls, Selection, parts_of
from litgrad.codegen.tensors.storage import Guard, Operation, number_of
from litgrad.tensors.expr import Tensor, Variable

_PRODUCT = re.compile(r"(\w+(?:\.T)?) @ (\w+(?:\.T)?)")
_Again = dict[tuple[Tensor, Guard], str]
"""Registers of values that are computed once more for some derivatives alone."""


def statements(kernel: Kernel, plan: Plan) -> list[Operation]:
    """What a pass does, value by value."""
    found: list[Operation] = []
    again: _Again = {}
    for node in plan.nodes:
        light = _light(kernel, plan, node)
        first = {one: kernel.names.local[one] for one in light}
        found += _once_more(kernel, light, plan.needs[node], again)
        found += _of(kernel, plan, node)
        kernel.names.local.update(first)
    return found


def _of(kernel: Kernel, plan: Plan, node: Tensor) -> list[Operation]:
    """The statements of one value; none for what stands already and for what is written where it is used."""
    names, guard = kernel.names, plan.needs[node]
    if node in names.local or isinstance(node, Variable):
        return []
    if node in names.kept and kernel.passes.at[node] < plan.number:
        names.local[node] = f"{names.kept[node]}[rows]"
        return []
    if node in kernel.passes.totals:
        return [_added(kernel, node, guard)]
    if is_large(kernel, node) and (is_named(kernel, node) or own_result(kernel, node) is not None):
        return _filled(kernel, node, guard)
    if node in names.kept:
        return [_assigned(kernel, node, guard, f"{names.kept[node]}[rows]")]
    return [_assigned(kernel, node, guard)] if is_named(kernel, node) else []


def _assigned(kernel: Kernel, node: Tensor, guard: Guard, place: str = "") -> Operation:
    """A small value of each row, in its place or under a new name."""
    text = kernel.printer.piece(node).text
    kernel.names.local[node] = name = place or kernel.free("row")
    return Operation(f"{name} = {text}", guard)


def _added(kernel: Kernel, node: Tensor, guard: Guard) -> Operation:
    """A sum over the rows of a block, added to those before."""
    text = kernel.printer.piece(node).text
    kernel.names.local[node] = name = kernel.free("total")
    product = _PRODUCT.fullmatch(text)
    if product is None or len(node.shape) != 2:
        return Operation(f"{name} += {text}", guard)
    key = next((one.key for one in kernel.outputs if one.node == node), "")
    room = f'room, "{key}"' if key else "{}, None"
    return Operation(f"{name} = _added({name}, {product[1]}, {product[2]}, {room})", guard)


# -------------------------------- large values --------------------------------


def _filled(kernel: Kernel, node: Tensor, guard: Guard) -> list[Operation]:
    """A large value in its register."""
    made = Selection(kernel.printer).calls(node)
    array = _array_of(kernel, node)
    if not made.calls and array is None:
        kernel.names.local[node] = name = kernel.free("block")
        return [Operation(f"{name} = {made.expression}", guard)]
    shape = node.shape if kernel.passes.letter is None else node.shape[1:]
    kernel.names.local[node] = register = kernel.storage.registers.new(shape, array)
    own = own_result(kernel, node)
    if own is not None:
        kernel.storage.owners[number_of(register)] = own.key
    return _into(register, made, guard)


def _array_of(kernel: Kernel, node: Tensor) -> tuple[str, str] | None:
    """The array that is given for a value: what its rows within a block are called, and their text."""
    names, own = kernel.names, own_result(kernel, node)
    whole = names.kept.get(node) or (names.arrays[own] if own is not None else "")
    if not whole:
        return None
    if kernel.passes.letter is None:
        return whole, whole
    part = part_of(kernel, own, whole) if own is not None else f"{whole}[rows]"
    return block_of(kernel, whole), part


def _into(register: str, made: Calls, guard: Guard) -> list[Operation]:
    """The calls that fill a register."""
    number = number_of(register)
    if not made.calls:
        return [Operation(f"np.copyto({register}, {made.expression})", guard, number)]
    texts = [(call.text.replace("{out}", register), call.in_place) for call in made.calls]
    return [Operation(text, guard, number, in_place) for text, in_place in texts]


# -------------------------------- what is computed once more --------------------------------


def _light(kernel: Kernel, plan: Plan, node: Tensor) -> list[Tensor]:
    """Light operands that are needed always, of a value that is wanted at times alone."""
    guard, needs = plan.needs[node], plan.needs
    if not guard:
        return []
    parts = [one for one in dict.fromkeys(parts_of(node)) if one in needs and needs[one] != guard]
    return [one for one in parts if is_light(kernel, one)]


def _once_more(kernel: Kernel, light: Iterable[Tensor], guard: Guard, again: _Again) -> list[Operation]:
    """Light operands computed again.

    So the first ones need not be kept until then, and what follows is computed in their place.
    """
    found: list[Operation] = []
    for one in light:
        if (one, guard) not in again:
            found += _filled(kernel, one, guard)
            again[one, guard] = kernel.names.local[one]
        kernel.names.local[one] = again[one, guard]
    return found
