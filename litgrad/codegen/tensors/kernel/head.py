"""The head of a kernel: the length of a block, and room for what the passes compute."""

from collections.abc import Iterator

from litgrad.codegen.tensors.kernel.guards import condition
from litgrad.codegen.tensors.kernel.parts import Kernel, Output
from litgrad.tensors.expr import Dim


def head(kernel: Kernel) -> Iterator[str]:
    """Lengths, buffers, arrays for results; the passes are written before it."""
    if kernel.passes.letter is not None:
        yield _step(kernel, kernel.passes.letter)
    yield from _ones(kernel)
    yield from _buffers(kernel)
    for node, name in kernel.names.kept.items():
        yield f"    {name} = np.empty({_shape(kernel, node.shape)}, kind)"
    for one, name in kernel.names.arrays.items():
        yield from _array(kernel, one, name)


# -------------------------------- the length of a block --------------------------------


def _step(kernel: Kernel, letter: Dim) -> str:
    """How many rows a block has."""
    count = kernel.printer.size(letter)
    large = [node for node in kernel.usage.order if kernel.passes.is_each(node) and len(node.shape) > 1]
    widths = {_width(kernel, node.shape[1:]) for node in large}
    least = "_LEAST" if _has_weights(kernel) else "1"
    return f"    step = min({count}, max({least}, _ROOM // {_held(kernel, widths)}))"


def _held(kernel: Kernel, widths: set[str]) -> str:
    """The entries of a row in all buffers, and of the three arrays at least that a statement touches."""
    buffers = kernel.storage.buffers.names
    shapes = [(_width(kernel, shape), len(names)) for shape, names in buffers.items()]
    three = f"3 * {_largest_of(widths)}"
    if sum(count for _, count in shapes) <= 3:
        return f"({three})"
    every = " + ".join(width if count == 1 else f"{count} * {width}" for width, count in shapes)
    return f"max({three}, {every})"


def _has_weights(kernel: Kernel) -> bool:
    """Whether a matrix without rows takes part, which a product of too few rows uses badly."""
    letter = kernel.passes.letter
    return any(len(leaf.shape) > 1 and letter not in leaf.shape for leaf in kernel.leaves)


def _largest_of(texts: set[str]) -> str:
    return f"max({', '.join(sorted(texts))})" if len(texts) > 1 else next(iter(texts))


# -------------------------------- room --------------------------------


def _ones(kernel: Kernel) -> Iterator[str]:
    """Vectors of ones."""
    for size, name in kernel.names.ones.items():
        rows = size == kernel.passes.letter
        length = "step" if rows else kernel.printer.size(size)
        yield f"    {'all_' if rows else ''}{name} = np.ones({length}, kind)"


def _buffers(kernel: Kernel) -> Iterator[str]:
    """The buffers of all passes."""
    for shape, names in kernel.storage.buffers.names.items():
        for name in names:
            whole = name if kernel.passes.letter is None else f"all{name}"
            yield f"    {whole} = np.empty({_room(kernel, shape)}, kind)"


def _array(kernel: Kernel, one: Output, name: str) -> Iterator[str]:
    """The array of a result; of a derivative by a shared vector it has the rows of a block."""
    if not one.key:
        yield f'    {name} = _array(room, "", {_shape(kernel, one.node.shape)}, kind)'
        return
    shape = f"{one.like}.shape"
    block = _shape(kernel, ("step", *one.node.shape[1:]))
    if one.rows and kernel.passes.letter is not None:
        shape = f'{block} if "{one.key}" in shared else {shape}'
    yield f"    {condition(one.guard)}"
    yield f'        {name} = _array(room, "{one.key}", {shape}, kind)'


# -------------------------------- shapes --------------------------------


def _width(kernel: Kernel, shape: tuple[Dim, ...]) -> str:
    """The entries of a row."""
    return " * ".join(kernel.printer.size(size) for size in shape) or "1"


def _room(kernel: Kernel, shape: tuple[Dim, ...]) -> str:
    """The shape of a buffer."""
    sizes = [kernel.printer.size(size) for size in shape]
    return f"({', '.join(['step', *sizes] if kernel.passes.letter is not None else sizes)})"


def _shape(kernel: Kernel, shape: tuple[Dim, ...]) -> str:
    """The shape of an array."""
    sizes = ", ".join("step" if size == "step" else kernel.printer.size(size) for size in shape)
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"
