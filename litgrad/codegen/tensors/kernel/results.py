"""The results of a kernel, as it returns them."""

from collections.abc import Iterator

from litgrad.codegen.tensors.kernel.guards import ALWAYS, Line, grouped
from litgrad.codegen.tensors.kernel.parts import Kernel, Output
from litgrad.codegen.tensors.printer import spread
from litgrad.tensors.expr import Variable


def results(kernel: Kernel) -> list[str]:
    """The last lines: the value, or the value and the derivatives by the names of their parameters."""
    pair = any(one.key for one in kernel.outputs)
    found: list[Line] = []
    for one in kernel.outputs:
        found += [_derivative(kernel, one)] if one.key else _value(kernel, one, pair=pair)
    return [*grouped(found), *(["    return found, gradient"] if pair else [])]


def _value(kernel: Kernel, one: Output, *, pair: bool) -> Iterator[Line]:
    text = _text(kernel, one)
    yield ALWAYS, f"found = {text}" if pair else f"return {text}"
    if pair:
        yield ALWAYS, "gradient = {}"


def _derivative(kernel: Kernel, one: Output) -> Line:
    text = _text(kernel, one)
    if one.rows:
        total = kernel.names.sums.get(one) or f"np.sum({text}, axis=0)"
        text = f'{total} if "{one.key}" in shared else {text}'
    return one.guard, f'gradient["{one.key}"] = {text}'


def _text(kernel: Kernel, one: Output) -> str:
    """A result by its array or by its name, where it has one."""
    return kernel.names.arrays.get(one) or kernel.names.results.get(one) or small_result(kernel, one)


def small_result(kernel: Kernel, one: Output) -> str:
    """The text of a result that has no array."""
    text = _small(kernel, one)
    return f'_stored({text}, room, "{one.key}")' if one.key else text


def _small(kernel: Kernel, one: Output) -> str:
    node, printer = one.node, kernel.printer
    if node in kernel.passes.totals or (node.shape and node in kernel.names.local):
        text = kernel.names.local[node]
    else:
        text = printer.full(node).text
    if one.key and (spread(node) or printer.is_plain(node)):
        return f"np.full_like({one.like}, {printer.piece(node).text})"
    return f"{text}.copy()" if isinstance(node, Variable) else text
