"""Expressions from the text that SymPy's `srepr` writes, by their constructors and literals alone."""

import ast
import warnings
from typing import Any

import sympy
from sympy import Basic
from sympy.utilities.exceptions import SymPyDeprecationWarning


def from_srepr(text: str) -> Any:  # noqa: ANN401 - some readers give lists
    """The expression that `srepr` printed, built from its syntax tree; ValueError for anything else.

    >>> from_srepr("Add(Symbol('x'), Integer(1))")
    x + 1
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SymPyDeprecationWarning)  # some readers multiply what is no number
        return _built(ast.parse(text, mode="eval").body)


def _built(node: ast.expr) -> Any:  # noqa: ANN401 - a constructor's argument may be anything
    match node:
        case ast.Call(func=ast.Name(id="Token"), args=[_, ast.Constant(value=name)]):
            return name  # Lark's tokens are texts, and SymPy's reader names symbols by them
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            values = [_built(arg) for arg in args]
            options = {keyword.arg: _built(keyword.value) for keyword in keywords if keyword.arg}
            return _constructor(name)(*values, **options)
        case ast.Call(func=function, args=args):
            return _built(function)(*map(_built, args))
        case ast.Name(id=name):
            return _constructor(name)
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return [_built(item) for item in items]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_built(operand)
        case ast.Constant(value=value):
            return value
    message = f"not a constructor or a literal: {ast.dump(node)[:60]}"
    raise ValueError(message)


def _constructor(name: str) -> Any:  # noqa: ANN401 - a class or a singleton
    found = getattr(sympy, name, None)
    if found is None or not (isinstance(found, Basic | type) or name[0].isupper()):
        message = f"not a SymPy class: {name}"
        raise ValueError(message)
    return found
