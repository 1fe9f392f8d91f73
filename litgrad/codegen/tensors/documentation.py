"""The docstrings of functions of vectors and matrices."""

import textwrap
from collections.abc import Iterator, Sequence

from litgrad.codegen.generated import Parameter
from litgrad.codegen.text import docstring, quoted
from litgrad.gradients.tensors.program import Program

_ROWS = (
    "Leading axes, written ..., hold examples: they broadcast, and the value has them.",
    "The gradient is that of the sum over them, in the shape of each argument.",
)

_CHOICES = {
    True: (
        "    by: the names of the parameters by which it is differentiated; all by default.",
        "    out: a dict of arrays for derivatives, by name.",
    ),
    False: ("    out: an array for the value.",),
}


def documentation(
    program: Program,
    parameters: Sequence[Parameter],
    symbol: str,
    between: Sequence[str],
    formula: str,
    *,
    gradient_only: bool,
    chosen: bool = False,
) -> str:
    """The docstring: what is computed, where it stands in the post, every shape, what is raised."""
    through = f" through {', '.join(between)}" if between and program.rates else ""
    lines = [
        f"{_what(program, symbol, gradient_only=gradient_only)}{through} (line {program.definition.line}).",
        "",
        *_shown(formula),
        "",
        "Args:",
        *(_argument(parameter) for parameter in parameters),
        *(_CHOICES[bool(program.rates)] if chosen else ()),
    ]
    if program.rows:
        lines += ["", _ROWS[0], *(_ROWS[1:] if program.rates else ())]
    returned = _returned(program, gradient_only=gradient_only)
    lines += ["", "Returns:", *returned, "", "Raises:", "    ValueError: two shapes do not fit; names both."]
    return docstring(lines)


def direction(
    program: Program, parameters: Sequence[Parameter], symbol: str, formula: str, along: str
) -> str:
    """The docstring of a derivative along a direction."""
    rows = ("", _ROWS[0], "The derivative is that of the sum over them.") if program.rows else ()
    return docstring([
        f"{symbol} and how fast it changes along a direction (line {program.definition.line}).", "",
        *_shown(formula), "", "Args:", *(_argument(parameter) for parameter in parameters),
        f"    {along}: a dict from the names of parameters to how fast they change; the others stay.",
        *rows, "", "Returns:", "    The value, and its derivative along the direction.",
        "", "Raises:", "    ValueError: two shapes do not fit; names both.",
    ])  # fmt: skip


def _shown(formula: str) -> list[str]:
    """The lines of a formula."""
    indent = "    "
    return textwrap.wrap(
        quoted(formula),
        92,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _what(program: Program, symbol: str, *, gradient_only: bool) -> str:
    if not program.rates:
        return f"{symbol} as the post defines it"
    if program.by is not None:
        return f"Second derivatives of {symbol}, of which the first is by {quoted(program.by.name)}"
    if not program.is_scalar:
        return f"Jacobian of {symbol}"
    return f"Gradient of {symbol}" if gradient_only else f"{symbol} and its gradient"


def _argument(parameter: Parameter) -> str:
    shape = ", ".join(parameter.shape)
    shape = f"({shape},)" if len(parameter.shape) == 1 else f"({shape})"
    kind = f"of shape {shape}" if parameter.shape else "a scalar"
    return f"    {parameter.name}: {quoted(parameter.latex)}, {kind}."


def _returned(program: Program, *, gradient_only: bool) -> Iterator[str]:
    by = "a dict from each parameter's name to the derivative by it"
    shape = "    in the shape of the parameter."
    if not program.rates:
        yield "    The value."
    elif program.by is not None:
        yield f"    The second derivatives as {by}:"
        yield f"    the axis of {quoted(program.by.name)}, then those of the parameter."
    elif not program.is_scalar:
        yield f"    The Jacobian as {by}:"
        yield "    the axes of the value, then those of the parameter."
    elif gradient_only:
        yield f"    The gradient as {by},"
        yield shape
    else:
        yield f"    The value, and the gradient as {by},"
        yield shape
