"""The second half of a module: the same functions for Python floats and for large arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sympy import Expr, Symbol

from litgrad.codegen.elsewhere import ELSEWHERE
from litgrad.codegen.kernels import kernel_lines
from litgrad.codegen.pieces import Piece
from litgrad.codegen.scalars import python_lines
from litgrad.codegen.schedule import Schedule, Unfusable, scheduled
from litgrad.codegen.text import signature, statement

_TITLE = """
# -------------------------------- the same functions, fast --------------------------------
# Each function above is replaced by one that gives the same values: Python floats go through
# `math`, large arrays block by block through a kernel that computes common terms once. Those of
# one value take `out=`; `readable` is the function as it stands above. Arrays of libraries that
# follow the array API standard, such as PyTorch, JAX, CuPy and Dask, go through the functions
# above with that library for NumPy; some need the package array-api-compat for it.

_BLOCK = 16_384
_LARGE = 2_000
"""

_RUNTIME = '''
def _taken_over(readable, fast):
    """The fast function under the name, the docstring and the parameters of the readable one."""
    fast.readable = readable
    return functools.update_wrapper(fast, readable)


def _frame(arguments):
    """The shape and kind of a result, and whether all arrays have them; None for others.

    Small arrays of several shapes, kinds other than float32 and float64, and subclasses are left
    to the form above.
    """
    first, alike = None, True
    for each in arguments:
        kind = type(each)
        if kind is np.ndarray:
            if first is None:
                first = each
            elif each.shape != first.shape or each.dtype != first.dtype:
                alike = False
        elif kind is not float and kind is not int and kind is not np.float64:
            return None
        else:
            alike = alike and kind is not np.float64
    if first is None or (alike and not (first.shape and first.size and first.dtype.char in "fd")):
        return None
    if alike:
        return first.shape, first.dtype, True
    shape, kind = np.broadcast_shapes(*map(np.shape, arguments)), np.result_type(*arguments)
    return (shape, kind, False) if math.prod(shape) >= _LARGE and kind.char in "fd" else None


def _filled(kernel, buffers, arguments, outs, alike):
    """Run a kernel, over blocks that stay in the cache where the arrays are longer than one."""
    one = alike and outs[0].size <= _BLOCK
    shape, kind, several = outs[0].shape if one else _BLOCK, outs[0].dtype, len(outs) > 1
    room = [np.empty(shape, kind) for _ in range(buffers)]
    with np.errstate(all="ignore"):
        if one:
            kernel(arguments, outs if several else outs[0], room)
            return
        for ins, out in _blocks(arguments, outs, alike):
            kernel(ins, out if several else out[0], [each[: out[0].size] for each in room])


def _blocks(arguments, outs, alike):
    """Inputs and outputs, piece by piece: slices where they lie alike, else NumPy's own pieces."""
    whole, count = [*arguments, *outs], len(arguments)
    if alike and all(each.flags.c_contiguous for each in whole if type(each) is np.ndarray):
        flat = [each.reshape(-1) if type(each) is np.ndarray else each for each in whole]
        for start in range(0, outs[0].size, _BLOCK):
            block = slice(start, start + _BLOCK)
            pieces = [each[block] if type(each) is np.ndarray else each for each in flat]
            yield pieces[:count], pieces[count:]
        return
    uses = [["readonly"]] * count + [["writeonly", "no_broadcast"]] * len(outs)
    flags, kinds = ["external_loop", "buffered", "copy_if_overlap"], [outs[0].dtype] * len(whole)
    with np.nditer(whole, flags, uses, kinds, "C", "same_kind", buffersize=_BLOCK) as pieces:
        for piece in pieces:
            yield piece[:count], piece[count:]


def _by_size(fast, kernel, buffers, arguments, out):
    """One value: by the kernel where that is faster, else as the readable form has it."""
    frame = _frame(arguments)
    if frame is not None:
        shape, kind, alike = frame
        result = np.empty(shape, kind) if out is None else out
        if out is None or (type(out) is np.ndarray and out.shape == shape and out.dtype == kind):
            apart = out is None or not any(np.may_share_memory(out, each) for each in arguments)
            _filled(kernel, buffers, arguments, [result], alike and apart)
            return result
    with np.errstate(all="ignore"):
        result = _form(fast, arguments)(*arguments)
    if out is None:
        return result
    np.copyto(out, result, casting="same_kind")
    return out
'''

_MEND = '''
def _mend(product, x):
    """Zeros where x is 0, also where the other factor was infinite and the product no number."""
    if math.isnan(np.maximum.reduce(product, axis=None, initial=0)):
        np.copyto(product, 0, where=np.equal(x, 0))
'''

_SEVERAL = '''
def _all_by_size(fast, kernel, buffers, arguments, names, needs):
    """A value and its gradient, sharing work; `needs` has the arguments that each depends on."""
    frame = _frame(arguments)
    if frame is not None:
        shape, kind, alike = frame
        full = {at for at, each in enumerate(arguments) if np.shape(each) == shape}
        if all(full & need for need in needs):
            outs = [np.empty(shape, kind) for _ in needs]
            _filled(kernel, buffers, arguments, outs, alike)
            return outs[0], dict(zip(names, outs[1:]))
    with np.errstate(all="ignore"):
        return _form(fast, arguments)(*arguments)
'''


_OPERATORS = frozenset("add subtract multiply divide negative positive square power".split())
"""Steps that the arrays of every library take as they are written."""


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


def gaining(functions: Sequence[Fast]) -> list[Fast]:
    """Those that have a fast form, and gain by it."""
    return [function for function in functions if _fused(function) is not None]


def section(functions: Sequence[Fast], compiled: frozenset[str] = frozenset(), loading: str = "") -> str:
    """The text of the second half, for functions that gain; empty without any.

    `compiled` are those that `loading` takes from a library, which they then try first.
    """
    if not functions:
        return ""
    bodies = (_body(function, compiled=function.name in compiled) for function in functions)
    text = "".join([loading, *(f"\n\n{body}" for body in bodies)])
    several = [_SEVERAL] if "_all_by_size(" in text else []
    mend = [_MEND] if "_mend(" in text else []
    return "\n" + _TITLE + "\n" + "\n".join([_RUNTIME, ELSEWHERE, *mend, *several]) + text


def _fused(function: Fast) -> tuple[Schedule, list[str], int] | None:
    """The steps of a function, the lines of its kernel, and how many buffers it needs."""
    names = dict(zip(function.symbols, function.parameters, strict=True))
    try:
        schedule = scheduled(function.outputs, names)
        lines, buffers = kernel_lines(schedule)
    except Unfusable:
        return None
    if len(schedule.steps) < 2 and all(step.ufunc in _OPERATORS for step in schedule.steps):
        return None
    return schedule, lines, buffers


def _body(function: Fast, *, compiled: bool) -> str:
    fused = _fused(function)
    assert fused is not None
    schedule, lines, buffers = fused
    kernel = _kernel(function, lines, buffers)
    takeover = f"{function.name} = _taken_over({function.name}, _fast_{function.name})\n"
    return f"{kernel}\n\n{_dispatch(function, schedule, buffers, compiled=compiled)}\n\n{takeover}"


def _kernel(function: Fast, lines: list[str], buffers: int) -> str:
    room = [f"{_listed([f'_{number}' for number in range(buffers)])} = buffers"] if buffers else []
    body = [*room, f"{_listed(function.parameters)} = ins", *lines]
    return f"def _kernel_{function.name}(ins, out, buffers):\n" + "".join(f"    {line}\n" for line in body)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) > 1 else f"({names[0]},)"


def _dispatch(function: Fast, schedule: Schedule, buffers: int, *, compiled: bool) -> str:
    parameters = [*function.parameters] + ([] if function.names else ["*", "out=None"])
    head = signature(f"_fast_{function.name}", parameters)
    native = _compiled(function) if compiled else ()
    return "".join([head, *_scalar(function, schedule), *native, _rest(function, buffers)])


def _compiled(function: Fast) -> Iterator[str]:
    """The way through the library."""
    inputs = _tuple(function.parameters)
    partial = list(dict.fromkeys(_part(function, expr) for expr in function.outputs if function.names))
    partial = [each for each in partial if each]
    spans = f" and _spans({inputs}, {', '.join(partial)})" if partial else ""
    yield statement("if ", Piece(f"_LIBRARY and _suits({inputs}){spans}:")).text + "\n"
    call = f'_LIBRARY["{function.name}"]({", ".join(function.parameters)}'
    if not function.names:
        yield statement("return ", Piece(f"{call}, out=out)"), indent=8).text + "\n"
        return
    rates = [f"_{at}" for at in range(len(function.names))]
    yield statement(f"value, {', '.join(rates)} = ", Piece(f"{call})"), indent=8).text + "\n"
    yield from _returned(function, ["value", *rates], indent=8)


def _part(function: Fast, expr: Expr) -> str:
    """The places of the parameters that a value depends on; empty where those are all."""
    found = [str(at) for at, symbol in enumerate(function.symbols) if symbol in expr.free_symbols]
    return _tuple(found) if 0 < len(found) < len(function.symbols) else "" if found else "()"


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)})" if len(names) > 1 else f"({names[0]},)"


def _rest(function: Fast, buffers: int) -> str:
    name, inputs = function.name, _tuple(function.parameters)
    call = f"_by_size(_fast_{name}, _kernel_{name}, {buffers}, {inputs}, out)"
    if function.names:
        keys = ", ".join(f'"{key}"' for key in function.names)
        needs = _all_needs(function)
        call = f"_all_by_size(_fast_{name}, _kernel_{name}, {buffers}, {inputs}, [{keys}], [{needs}])"
    return statement("return ", Piece(call)).text + "\n"


def _all_needs(function: Fast) -> str:
    return ", ".join(_needs(function, expr) for expr in function.outputs)


def _needs(function: Fast, expr: Expr) -> str:
    found = [str(at) for at, symbol in enumerate(function.symbols) if symbol in expr.free_symbols]
    return f"{{{', '.join(found)}}}" if found else "set()"


def _scalar(function: Fast, schedule: Schedule) -> Iterator[str]:
    """The path for Python floats; what `math` refuses is left to NumPy."""
    try:
        lines, results = python_lines(schedule)
    except Unfusable:
        return
    test = " is ".join(f"type({name})" for name in function.parameters)
    yield f"    if {test} is float{'' if function.names else ' and out is None'}:\n        try:\n"
    yield from (statement("", Piece(line), indent=12).text + "\n" for line in lines)
    yield from _returned(function, results)
    yield "        except (ArithmeticError, ValueError):\n"
    again = ", ".join(f"np.float64({name})" for name in function.parameters)
    yield statement(f"{', '.join(function.parameters)} = ", Piece(again), indent=12).text + "\n"


def _returned(function: Fast, texts: list[str], indent: int = 12) -> Iterator[str]:
    if not function.names:
        yield statement("return ", Piece(texts[0]), indent=indent).text + "\n"
        return
    if texts[0] != "value":
        yield statement("value = ", Piece(texts[0]), indent=indent).text + "\n"
    rates = zip(function.names, texts[1:], strict=True)
    pairs = ", ".join(f'"{name}": {text}' for name, text in rates)
    yield statement("return value, ", Piece(f"{{{pairs}}}"), indent=indent).text + "\n"
