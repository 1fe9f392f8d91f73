"""The lines of a module that load its functions from a library beside it."""

from collections.abc import Sequence

from litgrad.codegen.fast import Fast
from litgrad.codegen.native.source import MOST, c_source
from litgrad.codegen.native.stamps import LENGTH, digest
from litgrad.codegen.schedule import Unfusable
from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Native:
    """The compiled half of a module."""

    source: str
    """The text of the C file."""
    functions: frozenset[str]
    """The names of the functions that are in it."""
    section: str
    """The lines of the module that load them."""


def native(module: str, functions: Sequence[Fast]) -> Native:
    """The C file of a module, and the lines that load what it was compiled to.

    Takes the module's name and its functions that have a fast form; what has no text in C is left out.
    """
    fitting = [function for function in functions if _fits(module, function)]
    source = c_source(module, fitting)
    rows = "".join(f'    "{each.name}": ({len(each.parameters)}, {len(each.outputs)}),\n' for each in fitting)
    text = _RUNTIME.format(module=module, digest=digest(source), rows=rows, stamp=LENGTH) if fitting else ""
    return Native(source, frozenset(each.name for each in fitting), text)


def _fits(module: str, function: Fast) -> bool:
    if len(function.parameters) + len(function.outputs) > MOST:
        return False
    try:
        return bool(c_source(module, [function]))
    except Unfusable:
        return False


_RUNTIME = '''
_SOURCE = "{digest}"
_COMPILED = {{
{rows}}}
_KINDS = {{"float": 11, "double": 12}}
_TABLES = (0x1000009, 0x2000000)


def _library(path):
    """The functions of {module}.c, compiled, as functions of NumPy; none where they do not fit.

    A library is not loaded where it was compiled from a text that is not the one of this module,
    or is not whole; nor where NumPy is of a kind not known here.
    """
    try:
        held = path.read_bytes()
        body, stamp = held[:-{stamp}], held[-{stamp}:]
        if hashlib.sha256(body + _SOURCE.encode()).digest() != stamp:
            return {{}}
        library, make = ctypes.CDLL(str(path)), _maker()
        return {{name: make(library, name, *counts) for name, counts in _COMPILED.items()}}
    except (OSError, AttributeError, ImportError, ValueError):
        return {{}}


def _maker():
    """What makes functions of NumPy: `PyUFunc_FromFuncAndData` from its table for C."""
    from numpy._core import _multiarray_umath as numpy

    opened = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", ctypes.pythonapi)
    )
    pointers = ctypes.POINTER(ctypes.c_void_p)
    arrays = ctypes.cast(opened(numpy._ARRAY_API, None), pointers)
    if ctypes.CFUNCTYPE(ctypes.c_uint)(arrays[0])() not in _TABLES:
        raise ImportError
    functions = ctypes.cast(opened(numpy._UFUNC_API, None), pointers)
    takes = [ctypes.c_void_p] * 3 + [ctypes.c_int] * 4 + [ctypes.c_char_p] * 2 + [ctypes.c_int]
    create = ctypes.PYFUNCTYPE(ctypes.py_object, *takes)(functions[1])
    return lambda library, name, inputs, outputs: _ufunc(create, library, name, inputs, outputs)


def _ufunc(create, library, name, inputs, outputs):
    """One function of NumPy, for float32 and float64; what it points to is kept as long as it."""
    loops = [ctypes.cast(library[f"litgrad_{{name}}_{{kind}}"], ctypes.c_void_p) for kind in _KINDS]
    loops = (ctypes.c_void_p * len(loops))(*(loop.value for loop in loops))
    kinds = bytes(code for code in _KINDS.values() for _ in range(inputs + outputs))
    nothing, kinds, called = (ctypes.c_void_p * 2)(), ctypes.create_string_buffer(kinds), name.encode()
    _KEPT.append((loops, nothing, kinds, called))
    places = [ctypes.addressof(each) for each in (loops, nothing, kinds)]
    return create(*places, len(loops), inputs, outputs, -1, called, b"", 0)


def _suits(arguments):
    """Whether all are arrays of float32 or float64, or numbers that keep what such arrays are."""
    fractions = False
    for each in arguments:
        kind = type(each)
        if kind is np.ndarray:
            if each.dtype.char not in "fd":
                return False
            fractions = True
        elif kind is float or kind is np.float64 or kind is np.float32:
            fractions = True
        elif kind is not int or not -1e15 < each < 1e15:
            return False
    return fractions


def _spans(arguments, *needs):
    """Whether each value depends on an argument that has the shape of all."""
    shapes = [each.shape if isinstance(each, np.ndarray) else () for each in arguments]
    if shapes.count(shapes[0]) == len(shapes):
        return True
    whole = np.broadcast_shapes(*shapes)
    return all(any(shapes[at] == whole for at in need) for need in needs)


_KEPT = []
_LIBRARY = _library(pathlib.Path(__file__).with_name("{module}.native.so"))
'''
