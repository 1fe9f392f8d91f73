"""A few lines that call a function of vectors and matrices on numbers of chance, and what comes of them."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from litgrad.checking.tensors.points import letters_of
from litgrad.codegen.generated import Function, GeneratedModule, Parameter
from litgrad.gradients.tensors.program import Program
from litgrad.page.numbers import shown
from litgrad.page.running import Code
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.tensors.expr import Variable

_LENGTHS = (3, 2, 4, 5)
_LOW, _HIGH = 0.5, 1.5


@dataclass(frozen=True, slots=True)
class Example:
    """Python text that runs beside the module."""

    call: str
    """The call alone."""
    text: str
    line: int
    """The function's line in the module."""


def examples_of(module: GeneratedModule) -> dict[Span, Example]:
    """The examples of a post by the place of the definition: values with gradients, where they are finite."""
    functions = {function.name: function for function in module.functions}
    code = Code.of(module.readable) if module.tensors else None
    found: dict[Span, Example] = {}
    for name, program in module.tensors:
        if code is not None and program.rates and program.is_scalar and name in functions:
            example = _example(functions[name], program, module.name, code)
            if example is not None:
                found[program.definition.span] = example
    return found


def _example(function: Function, program: Program, module: str, code: Code) -> Example | None:
    lengths = dict(zip(letters_of(*program.leaves), _LENGTHS * 9, strict=False))
    chance = np.random.default_rng(0)
    rows = list(_inputs(function.parameters, program.leaves, lengths, chance))
    value = code.first_result(function.name, {name: value for name, _, value in rows})
    if value is None or not np.isfinite(value):
        return None
    call = f"{function.name}({', '.join(name for name, _, _ in rows)})"
    lines = [
        "import numpy as np",
        f"from {module} import {function.name}",
        "",
        "rng = np.random.default_rng(0)",
        *(text for _, text, _ in rows),
        f"value, gradient = {call}",
        f"print(value)  # {shown(value).replace('−', '-')}",
    ]
    return Example(call, "\n".join(lines), function.module_line)


def _inputs(
    parameters: Sequence[Parameter],
    leaves: Sequence[Variable],
    lengths: Mapping[str, int],
    chance: np.random.Generator,
) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """For each parameter its name, the line that gives it a value, and the value."""
    for parameter, leaf in zip(parameters, leaves, strict=True):
        shape = tuple(size if isinstance(size, int) else lengths[size] for size in leaf.shape)
        size = str(shape[0]) if len(shape) == 1 else str(shape)
        name, value = parameter.name, chance.uniform(_LOW, _HIGH, shape)
        text = f"{name} = rng.uniform({_LOW}, {_HIGH}{f', {size}' if shape else ''})"
        if leaf.symmetric:
            value = value @ value.T + np.eye(len(value))
            text = f"{text}\n{name} = {name} @ {name}.T + np.eye({shape[0]})"
        yield name, text, np.asarray(value)
