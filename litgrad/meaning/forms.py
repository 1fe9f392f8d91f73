"""SymPy expressions built as written: nothing cancels, nothing is reordered."""

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef, UndefinedFunction


def symbol(name: str) -> Symbol:
    """The inert real symbol of a canonical LaTeX name."""
    return Symbol(name, real=True)


def function(name: str) -> UndefinedFunction:
    """The inert function of a canonical LaTeX name."""
    return sympy.Function(name)


def add(*terms: Expr) -> Expr:
    """A sum in the author's order."""
    return sympy.Add(*terms, evaluate=False) if len(terms) > 1 else terms[0]


def multiply(*factors: Expr) -> Expr:
    """A product in the author's order."""
    return sympy.Mul(*factors, evaluate=False) if len(factors) > 1 else factors[0]


def negate(term: Expr) -> Expr:
    """The term with a minus in front; a plain number takes the sign itself."""
    return -term if term.is_Number else multiply(sympy.Integer(-1), term)


def divide(numerator: Expr, denominator: Expr) -> Expr:
    """A fraction."""
    return multiply(numerator, power(denominator, sympy.Integer(-1)))


def power(base: Expr, exponent: Expr) -> Expr:
    """A power."""
    return sympy.Pow(base, exponent, evaluate=False)


def name_of(call: AppliedUndef) -> str:
    """The canonical LaTeX name of an applied function."""
    return call.func.__name__
