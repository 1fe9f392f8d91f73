"""The second half of a module: the same functions for Python floats and for arrays, block by block."""

import re
from collections.abc import Iterator, Sequence

from sympy import Expr, Symbol

from litgrad.codegen.dispatch import CHOSEN, RUNTIME, SEVERAL, TITLE
from litgrad.codegen.elsewhere import ELSEWHERE, HERE
from litgrad.codegen.kernels import GUARDS, WORDS, Kernel, kernel_of
from litgrad.codegen.layout import WIDTH
from litgrad.codegen.pieces import Piece
from litgrad.codegen.scalars import python_lines
from litgrad.codegen.schedule import Schedule, Unfusable, scheduled
from litgrad.codegen.shortcuts import Shortcut, everywhere_telling, shortcut
from litgrad.codegen.text import signature, statement
from litgrad.records import dataclass

_OPERATORS = frozenset("add subtract multiply divide negative positive square power".split())
"""Steps that are as fast where they stand alone."""


_RAISING = frozenset(["raising", "wary"])
_FEW = 4
"""Fewer operators than these stay as they are."""


@dataclass(frozen=True, slots=True)
class Fast:
    """A function that gets a fast form."""

    name: str
    parameters: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    outputs: tuple[Expr, ...]
    """Formulas in the symbols alone: the value; behind it the derivatives by the names."""
    names: tuple[str, ...] = ()
    """The keys of a gradient; empty for a function of one value."""
    quick: tuple[Expr, ...] = ()
    """What a kernel computes instead, with less work, where that does not raise."""
    wary: bool = False
    """Whether what a kernel computes does not hold where a step underflows."""


@dataclass(frozen=True, slots=True)
class Fused:
    """A function whose fast form is at hand."""

    function: Fast
    shortcut: Shortcut
    kernel: Kernel


def fused(function: Fast) -> Fused | None:
    """The fast form of a function; None where it has none, or gains nothing by it."""
    try:
        short = shortcut(function.quick or function.outputs, _named(function))
        steps = short.schedule.steps
        if len(steps) < _FEW and all(step.ufunc in _OPERATORS for step in steps):
            return None
        other = bool(function.quick) and function.quick != function.outputs
        guard = "wary" if function.wary else "raising" if other else None
        return Fused(function, short, kernel_of(short, guard))
    except Unfusable:
        return None


def first_lines(function: Fast) -> Piece:
    """The lines of the readable function that try the fast one."""
    given = ", ".join([*function.parameters, "out"])
    return Piece(f"    if (found := _fast_{function.name}({given})) is not None:\n        return found\n")


def section(functions: Sequence[Fused], compiled: frozenset[str] = frozenset(), loading: str = "",
            *, elsewhere: bool = False) -> str:  # fmt: skip
    """The text of the second half; empty without any function.

    `compiled` are those that `loading` takes from a library, which they then try first; `elsewhere` is
    whether arrays of other libraries are taken, too.
    """
    if not functions:
        return ""
    bodies = (_body(each, compiled=each.function.name in compiled) for each in functions)
    text = "".join([loading, *(f"\n\n{body}" for body in bodies)])
    several = [SEVERAL] if "_all_by_size(" in text else []
    chosen = [CHOSEN] if "_chosen(" in text else []
    parts = [RUNTIME, ELSEWHERE if elsewhere else HERE, *chosen, *several]
    return "\n" + TITLE + _numbers(functions) + _names(functions) + "\n" + "\n".join(parts) + text


_CALLED = re.compile(r"\bnp\.(\w+)\(")


def _names(functions: Sequence[Fused]) -> str:
    """NumPy's functions by names of the module, which are found faster."""
    lines = (line for each in functions for line in each.kernel.lines)
    found = sorted({name for line in lines for name in _CALLED.findall(line)})
    return "".join(f"_{name} = np.{name}\n" for name in found)


def _numbers(functions: Sequence[Fused]) -> str:
    """The numbers of all kernels as arrays, which NumPy takes faster than Python's."""
    found = sorted({number for each in functions for _, number in each.kernel.numbers}, key=float)
    return "".join(f"{_array(number)} = np.array({number})\n" for number in found)


def _array(number: str) -> str:
    """The name of a number as an array.

    >>> _array("1.0"), _array("-0.25"), _array("1e-06")
    ('_ONE', '_NUMBER_MINUS_0_25', '_NUMBER_1E_MINUS_06')
    """
    words = re.sub(r"[._]+", "_", number.replace("-", "_minus_")).lstrip("_")
    return f"_{WORDS.get(number, f'number_{words}')}".upper()


def _named(function: Fast) -> dict[Symbol, str]:
    return dict(zip(function.symbols, function.parameters, strict=True))


def _body(fused: Fused, *, compiled: bool) -> str:
    return f"{_kernel(fused)}\n\n{_dispatch(fused, compiled=compiled)}"


def _kernel(fused: Fused) -> str:
    function, kernel = fused.function, fused.kernel
    made = [f"{name}=None" for name in (*kernel.outs, *kernel.room)]
    made += [f"{name}={number}" for name, number in kernel.numbers]
    guard = f"@np.errstate({GUARDS[kernel.guard]})\n" if kernel.guard else ""
    lines = (_CALLED.sub(r"_\1(", line) for line in kernel.lines)
    inside = "".join(f"    {line}\n" for line in lines)
    found = ", ".join(kernel.outs)
    head = signature(f"_kernel_{function.name}", [*function.parameters, *made])
    return f"{guard}{head}{inside}    return {found}\n"


def _dispatch(fused: Fused, *, compiled: bool) -> str:
    function = fused.function
    head = signature(f"_fast_{function.name}", [*function.parameters, "out"])
    native = _compiled(function) if compiled else ()
    return "".join([head, *_scalar(function), *native, *_alike(fused), _rest(fused)])


def _alike(fused: Fused) -> Iterator[str]:
    """The way of arrays that are alike and fit the cache; None from the kernel leads on."""
    function, names = fused.function, fused.function.parameters
    if any(not expr.free_symbols for expr in function.outputs):
        return
    kinds = " is ".join(f"type({name})" for name in names)
    first, *others = names
    shapes = [" == ".join(f"{name}.shape" for name in names)] if others else []
    dtypes = " is ".join(f"{name}.dtype" for name in names)
    given = f"_given(out, {first}.shape, {first}.dtype, {_tuple(names)})"
    place = "out is None" if function.names else f"(out is None or {given})"
    tests = [f"{kinds} is np.ndarray", f"{dtypes} in _FLOATS", *shapes,
             f"{first}.ndim", f"{first}.size <= _BLOCK", place]  # fmt: skip
    line = f"    if {' and '.join(tests)}:\n"
    yield (
        line if len(line) <= WIDTH + 1 else "    if (\n        " + "\n        and ".join(tests) + "\n    ):\n"
    )
    kernel = fused.kernel
    for name, number in kernel.numbers:
        yield f"        {name} = {_array(number)} if {first}.dtype is _DOUBLE else {number}\n"
    outs = ["None"] * len(kernel.outs) if function.names else ["out"]
    room = ["None"] * len(kernel.room)
    given = [*names, *outs, *room, *(name for name, _ in kernel.numbers)]
    call = Piece(f"_kernel_{function.name}({', '.join(given)})")
    if kernel.guard not in _RAISING:
        yield from _found(function, call, 8)
        return
    yield "        try:\n"
    yield from _found(function, call, 12)
    yield "        except FloatingPointError:\n            pass\n"


def _found(function: Fast, call: Piece, indent: int) -> Iterator[str]:
    """What a kernel gives, as the function returns it."""
    if not function.names:
        yield statement("return ", call, indent=indent).text + "\n"
        return
    rates = [f"_{at}" for at in range(len(function.names))]
    yield statement(f"value, {', '.join(rates)} = ", call, indent=indent).text + "\n"
    yield from _returned(function, ["value", *rates], indent=indent)


def _compiled(function: Fast) -> Iterator[str]:
    """The way through the library."""
    inputs = _tuple(function.parameters)
    partial = list(dict.fromkeys(_part(function, expr) for expr in function.outputs if function.names))
    partial = [each for each in partial if each]
    spans = f" and _spans({inputs}, {', '.join(partial)})" if partial else ""
    ready = "out is None" if function.names else "out is not _PLAIN"
    yield statement("if ", Piece(f"_LIBRARY and {ready} and _suits({inputs}){spans}:")).text + "\n"
    call = f'_LIBRARY["{function.name}"]({", ".join(function.parameters)}'
    yield from _found(function, Piece(f"{call})" if function.names else f"{call}, out=out)"), 8)


def _part(function: Fast, expr: Expr) -> str:
    """The places of the parameters that a value depends on; empty where those are all."""
    found = [str(at) for at, symbol in enumerate(function.symbols) if symbol in expr.free_symbols]
    return _tuple(found) if 0 < len(found) < len(function.symbols) else "" if found else "()"


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)})" if len(names) > 1 else f"({names[0]},)"


def _rest(fused: Fused) -> str:
    function = fused.function
    name, inputs, buffers = function.name, _tuple(function.parameters), len(fused.kernel.room)
    how = f"{name}, _kernel_{name}, {buffers}, {inputs}, out"
    call = f"_by_size({how})"
    if function.names:
        keys = ", ".join(f'"{key}"' for key in function.names)
        needs = ", ".join(_needs(function, expr) for expr in function.outputs)
        call = f"_all_by_size({how}, [{keys}], [{needs}])"
    return statement("return ", Piece(call)).text + "\n"


def _needs(function: Fast, expr: Expr) -> str:
    found = [str(at) for at, symbol in enumerate(function.symbols) if symbol in expr.free_symbols]
    return f"{{{', '.join(found)}}}" if found else "set()"


# -------------------------------- Python floats --------------------------------


def _scalar(function: Fast) -> Iterator[str]:
    """The path for Python floats; what `math` refuses is left to NumPy."""
    try:
        schedule, telling = _for_floats(function)
        lines, results = python_lines(schedule)
    except Unfusable:
        return
    test = " is ".join(f"type({name})" for name in function.parameters)
    yield f"    if {test} is float and out is None:\n        try:\n"
    for at in telling:
        lines, results[at] = [*lines, f"_found_{at} = {results[at]}"], f"_found_{at}"
    for line in lines:
        name, sign, value = line.partition(" = ")
        yield statement(name + sign, Piece(value), indent=12).text + "\n"
    if telling:
        yield "            if " + " and ".join(f"_found_{at} - _found_{at} == 0" for at in telling) + ":\n"
    yield from _returned(function, results, 16 if telling else 12)
    yield "        except (ArithmeticError, ValueError):\n            pass\n"


def _for_floats(function: Fast) -> tuple[Schedule, tuple[int, ...]]:
    """The steps for floats, and the results that tell where they do not hold."""
    silent = not function.quick or function.wary
    quick = None if silent else everywhere_telling(function.quick, _named(function))
    if quick is not None and len(quick.schedule.steps) < len(_steady(function).steps):
        return quick.schedule, quick.results
    short = shortcut(function.outputs, _named(function), floats=True)
    if short.inner:
        return _steady(function), ()
    return short.schedule, short.results


def _steady(function: Fast) -> Schedule:
    return scheduled(function.outputs, _named(function))


def _returned(function: Fast, texts: list[str], indent: int) -> Iterator[str]:
    if not function.names:
        yield statement("return ", Piece(texts[0]), indent=indent).text + "\n"
        return
    if texts[0] != "value":
        yield statement("value = ", Piece(texts[0]), indent=indent).text + "\n"
    rates = zip(function.names, texts[1:], strict=True)
    pairs = ", ".join(f'"{name}": {text}' for name, text in rates)
    yield statement("return value, ", Piece(f"{{{pairs}}}"), indent=indent).text + "\n"
