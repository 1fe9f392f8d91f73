"""Exact equality: rational functions over algebraically independent atoms.

Exponentials, logarithms, roots, trigonometric functions, powers with symbolic exponents and calls
of functions that the post does not define become generators of a polynomial ring, reduced to a few
atoms by the laws they obey; two expressions with the same quotient are equal wherever both are
defined. A difference here proves nothing: atoms may be related in ways that are not looked for.
"""

from collections.abc import Iterable

import sympy
from sympy import Expr

from litgrad.checking.exponentials import (
    exponential,
    hyperbolic_cosine,
    hyperbolic_sine,
    logarithm,
    note_fractions,
)
from litgrad.checking.powers import absolute, absolute_of, power
from litgrad.checking.rational import Quotient, TooLarge
from litgrad.checking.trigonometry import cosine, sine
from litgrad.checking.workspace import Rule, Unsupported, Workspace


def equal(left: Expr, right: Expr, positive: Iterable[Expr] = ()) -> bool:
    """Whether two expressions have the same normal form.

    `positive` holds expressions known to be above zero, which lets logarithms and roots of products
    be taken apart. False means only that no proof was found.
    """
    try:
        workspace = Workspace(_RULES)
        for expr in (*positive, left, right):
            workspace.prepare(expr)
        workspace.assume_positive(positive)
        for expr in (left, right):
            note_fractions(workspace, expr)
        return workspace.is_zero(workspace.of(left) - workspace.of(right))
    except (TooLarge, Unsupported, ZeroDivisionError, RecursionError):
        return False


def _extreme(workspace: Workspace, sign: int, arguments: tuple[Expr, ...]) -> Quotient:
    """`max(a, b)` as `(a + b + |a - b|)/2`, one after the other."""
    found = workspace.of(arguments[0])
    for argument in arguments[1:]:
        other = workspace.of(argument)
        gap = absolute_of(workspace, found - other)
        found = (found + other + gap * workspace.number(sign)) / workspace.number(2)
    return found


_RULES: dict[type, Rule] = {
    type(sympy.E): lambda w: exponential(w, sympy.Integer(1)),
    sympy.Pow: power,
    sympy.exp: exponential,
    sympy.log: logarithm,
    sympy.sin: sine,
    sympy.cos: cosine,
    sympy.tan: lambda w, u: sine(w, u) / cosine(w, u),
    sympy.cot: lambda w, u: cosine(w, u) / sine(w, u),
    sympy.sec: lambda w, u: w.number(1) / cosine(w, u),
    sympy.csc: lambda w, u: w.number(1) / sine(w, u),
    sympy.sinh: hyperbolic_sine,
    sympy.cosh: hyperbolic_cosine,
    sympy.tanh: lambda w, u: hyperbolic_sine(w, u) / hyperbolic_cosine(w, u),
    sympy.coth: lambda w, u: hyperbolic_cosine(w, u) / hyperbolic_sine(w, u),
    sympy.Abs: absolute,
    sympy.Max: lambda w, *args: _extreme(w, 1, args),
    sympy.Min: lambda w, *args: _extreme(w, -1, args),
    sympy.sign: lambda w, u: absolute(w, u) / w.of(u),
}
