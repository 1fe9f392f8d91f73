"""The functions that LaTeX names, and what they are in SymPy."""

import math
from collections.abc import Callable

import sympy
from sympy import Expr

from litgrad.meaning.forms import divide


def decimal_log(argument: Expr, *, evaluate: bool = True) -> Expr:
    """`\\lg`, the logarithm to the base 10."""
    ten = sympy.log(sympy.Integer(10), evaluate=False)
    return divide(sympy.log(argument, evaluate=evaluate), ten)


def hyperbolic_secant(argument: Expr, *, evaluate: bool = True) -> Expr:
    """`\\sech`, one over the hyperbolic cosine."""
    return divide(sympy.Integer(1), sympy.cosh(argument, evaluate=evaluate))


def hyperbolic_cosecant(argument: Expr, *, evaluate: bool = True) -> Expr:
    """`\\csch`, one over the hyperbolic sine."""
    return divide(sympy.Integer(1), sympy.sinh(argument, evaluate=evaluate))


ELEMENTARY: dict[str, Callable[..., Expr]] = {
    r"\log": sympy.log,
    r"\ln": sympy.log,
    r"\lg": decimal_log,
    r"\exp": sympy.exp,
    r"\sin": sympy.sin,
    r"\cos": sympy.cos,
    r"\tan": sympy.tan,
    r"\cot": sympy.cot,
    r"\sec": sympy.sec,
    r"\csc": sympy.csc,
    r"\arcsin": sympy.asin,
    r"\arccos": sympy.acos,
    r"\arctan": sympy.atan,
    r"\sinh": sympy.sinh,
    r"\cosh": sympy.cosh,
    r"\tanh": sympy.tanh,
    r"\coth": sympy.coth,
    r"\arcsinh": sympy.asinh,
    r"\arccosh": sympy.acosh,
    r"\arctanh": sympy.atanh,
    r"\arsinh": sympy.asinh,
    r"\arcosh": sympy.acosh,
    r"\artanh": sympy.atanh,
    r"\arccot": sympy.acot,
    r"\arcsec": sympy.asec,
    r"\arccsc": sympy.acsc,
    r"\arccoth": sympy.acoth,
    r"\arcsech": sympy.asech,
    r"\arccsch": sympy.acsch,
    r"\sech": hyperbolic_secant,
    r"\csch": hyperbolic_cosecant,
    r"\erf": sympy.erf,
    r"\erfc": sympy.erfc,
    r"\Gamma": sympy.gamma,
    r"\sgn": sympy.sign,
    r"\operatorname{sign}": sympy.sign,
}
"""`\\log` is the natural logarithm."""

INVERSES: dict[str, Callable[..., Expr]] = {
    r"\sin": sympy.asin,
    r"\cos": sympy.acos,
    r"\tan": sympy.atan,
    r"\sinh": sympy.asinh,
    r"\cosh": sympy.acosh,
    r"\tanh": sympy.atanh,
}
"""What `^{-1}` on the function's name means."""

EXTREMA: dict[str, Callable[..., Expr]] = {r"\max": sympy.Max, r"\min": sympy.Min}

READ_ONLY: dict[str, Callable[..., Expr]] = {
    r"\gcd": sympy.Function("gcd"),
    r"\lcm": sympy.Function("lcm"),
    r"\operatorname{floor}": sympy.floor,
    r"\operatorname{ceil}": sympy.ceiling,
}
"""Functions that are read and not judged."""

OF_WHOLE: dict[str, Callable[[list[Expr]], Expr]] = {
    r"\gcd": lambda numbers: sympy.Integer(math.gcd(*map(int, numbers))),
    r"\lcm": lambda numbers: sympy.Integer(math.lcm(*map(int, numbers))),
}
"""Functions that are worked out between whole numbers."""

NOT_JUDGED = {
    r"\sum": "a sum over an index",
    r"\prod": "a product over an index",
    r"\int": "an integral",
    r"\lim": "a limit",
    r"\det": "a determinant",
    r"\arg": "an arg max or arg min",
    r"\argmax": "an arg max or arg min",
    r"\argmin": "an arg max or arg min",
    r"\sup": "a supremum",
    r"\inf": "an infimum",
    r"\Pr": "a probability",
}
"""Operators whose meaning litgrad does not judge yet, by name."""
