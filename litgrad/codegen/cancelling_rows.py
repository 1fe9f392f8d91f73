"""Rows of the stable forms: differences that cancel, and products with a logarithm of 0."""

import sympy
from sympy import Expr, Integer, Rational, Symbol

from litgrad.codegen.parts import ONE, factors_of, length, negated, negative_of, squared, terms_of, with_one
from litgrad.codegen.special import Expm1, Log1p, Xlog1py, Xlogy
from litgrad.meaning.forms import add, multiply


def log1p(expr: Expr) -> Expr | None:
    """`log(1 + u)`."""
    others = with_one(expr.args[0]) if isinstance(expr, sympy.log) else None
    return Log1p(add(*others)) if others is not None else None


def expm1(expr: Expr) -> Expr | None:
    """`exp(u) - 1`."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    if len(terms) == 2 and -ONE in terms:
        other = terms[1 - terms.index(-ONE)]
        return Expm1(other.args[0]) if isinstance(other, sympy.exp) else None
    return None


def minus_expm1(expr: Expr) -> Expr | None:
    """`1 - exp(u)`."""
    others = with_one(expr) if isinstance(expr, sympy.Add) else None
    argument = negative_of(others[0], sympy.exp) if others is not None and len(others) == 1 else None
    return multiply(-ONE, Expm1(argument)) if argument is not None else None


def xlogy(expr: Expr) -> Expr | None:
    """`x log y` where x may be 0: a weight beside one logarithm."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    logs = [factor for factor in factors if isinstance(factor, (sympy.log, Log1p))]
    weights = [factor for factor in factors if factor.free_symbols and factor not in logs]
    if len(logs) != 1 or len(weights) != 1 or not _may_vanish(weights[0]) or not logs[0].free_symbols:
        return None
    numbers = [factor for factor in factors if not factor.free_symbols]
    head = Xlog1py if isinstance(logs[0], Log1p) else Xlogy
    return multiply(*numbers, head(weights[0], logs[0].args[0]))


def _may_vanish(weight: Expr) -> bool:
    return isinstance(weight, (Symbol, sympy.Add))


def square_difference(expr: Expr) -> Expr | None:
    """`u**2 - v**2`."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    if len(terms) != 2:
        return None
    for plus, minus in (terms, terms[::-1]):
        a, b = squared(plus), squared(negated(minus)) if -ONE in factors_of(minus) else None
        if a is not None and b is not None:
            gap = sympy.expand(a - b)
            return add(a, b) if gap == 1 else multiply(_shorter(gap, add(a, multiply(-ONE, b))), add(a, b))
    return None


def _shorter(short: Expr, long: Expr) -> Expr:
    return short if length(short) < length(long) - 1 else long


def versine(expr: Expr) -> Expr | None:
    """`1 - cos(u)`."""
    others = with_one(expr) if isinstance(expr, sympy.Add) else None
    argument = negative_of(others[0], sympy.cos) if others is not None and len(others) == 1 else None
    if argument is None:
        return None
    half = multiply(Rational(1, 2), argument)
    return multiply(Integer(2), sympy.Pow(sympy.sin(half, evaluate=False), 2, evaluate=False))


def root_minus_one(expr: Expr) -> Expr | None:
    """`sqrt(1 + u) - 1`."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    if len(terms) != 2 or -ONE not in terms:
        return None
    root = terms[1 - terms.index(-ONE)]
    if not (isinstance(root, sympy.Pow) and root.exp == Rational(1, 2)):
        return None
    others = with_one(root.base)
    return None if others is None else multiply(add(*others), sympy.Pow(add(root, ONE), -1, evaluate=False))
