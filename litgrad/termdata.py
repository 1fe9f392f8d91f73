"""SymPy terms as JSON data and back, by a table: no text becomes code."""

from collections.abc import Mapping
from typing import Any

import sympy
from sympy import Basic, Integer, Rational, Symbol
from sympy.core.function import AppliedUndef

from litgrad.meaning.forms import function, name_of
from litgrad.memory import Untold

Heads = Mapping[str, Any]
"""Further functions by their names."""
_NO_MORE: Heads = {}
_HEADS: dict[str, Any] = {
    head.__name__: head
    for head in (
        *(sympy.Add, sympy.Mul, sympy.Pow, sympy.exp, sympy.log, sympy.Abs, sympy.sign, sympy.Max, sympy.Min),
        *(sympy.sin, sympy.cos, sympy.tan, sympy.asin, sympy.acos, sympy.atan, sympy.atan2),
        *(sympy.sinh, sympy.cosh, sympy.tanh, sympy.asinh, sympy.acosh, sympy.atanh),
        *(sympy.floor, sympy.ceiling, sympy.factorial, sympy.gamma, sympy.erf),
    )
}
_CONSTANTS: dict[str, Basic] = {
    type(constant).__name__: constant
    for constant in (sympy.pi, sympy.E, sympy.I, sympy.oo, -sympy.oo, sympy.zoo, sympy.nan)
}


def write_term(term: Basic, more: Heads = _NO_MORE) -> list[Any]:
    """A term as lists, texts and whole numbers; Untold for what neither the table nor `more` holds.

    >>> write_term(Symbol("x", real=True) / 2)
    ['Mul', ['Rational', '1', '2'], ['Symbol', 'x']]
    """
    kind = type(term).__name__
    if term.is_Rational:
        return ["Rational", str(term.p), str(term.q)]
    if isinstance(term, Symbol):
        if term != Symbol(term.name, real=True):
            raise Untold
        return ["Symbol", term.name]
    if isinstance(term, AppliedUndef):
        return ["Function", name_of(term), *(write_term(one, more) for one in term.args)]
    if kind in _CONSTANTS and _CONSTANTS[kind] == term:
        return [kind]
    if (_HEADS.get(kind) or more.get(kind)) is not type(term):
        raise Untold
    return [kind, *(write_term(one, more) for one in term.args)]


def read_term(data: list[Any], more: Heads = _NO_MORE) -> Any:  # noqa: ANN401 - a term of any kind
    """The inverse; ValueError or KeyError for what is no such data.

    >>> read_term(["Pow", ["Symbol", "x"], ["Rational", "2", "1"]])
    x**2
    """
    kind, *rest = data
    if kind == "Rational":
        return Rational(Integer(int(rest[0])), Integer(int(rest[1])))
    if kind == "Symbol":
        return Symbol(str(rest[0]), real=True)
    if kind == "Function":
        return function(str(rest[0]))(*(read_term(one, more) for one in rest[1:]))
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    head = _HEADS.get(kind) or more[kind]
    return head(*(read_term(one, more) for one in rest), evaluate=False)
