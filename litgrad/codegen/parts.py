"""Pieces of unevaluated expressions: terms, factors, signs."""

from functools import lru_cache

import sympy
from sympy import Expr, Integer, Rational

from litgrad.codegen.special import Hypot
from litgrad.meaning.forms import multiply

ONE = Integer(1)
HALF = Rational(1, 2)
LARGEST = 40
"""Operations of a term beyond which it is not multiplied out."""

MOST = 3_000
"""Parts of a formula beyond which no function is made of it."""


@lru_cache(maxsize=4096)
def length(expr: Expr) -> int:
    """The operations of a term."""
    return int(expr.count_ops())


def is_long(expr: Expr) -> bool:
    """Whether a formula has so many parts that the rules of stable forms would take minutes.

    >>> is_long(sympy.Symbol("x") ** 2), is_long(sympy.Add(*[ONE] * MOST, evaluate=False))
    (False, True)
    """
    waiting, count = [expr], 0
    while waiting and count <= MOST:
        waiting.extend(waiting.pop().args)
        count += 1
    return count > MOST


def terms_of(expr: Expr) -> list[Expr]:
    """The terms of a sum, nested sums opened."""
    if not isinstance(expr, sympy.Add):
        return [expr]
    return [term for argument in expr.args for term in terms_of(argument)]


def factors_of(expr: Expr) -> list[Expr]:
    """The factors of a product, nested products opened."""
    if not isinstance(expr, sympy.Mul):
        return [expr]
    return [factor for argument in expr.args for factor in factors_of(argument)]


def negated(expr: Expr) -> Expr:
    """The negative, a minus in front taken off where there is one."""
    factors = factors_of(expr)
    if -ONE in factors and len(factors) > 1:
        factors.remove(-ONE)
        return multiply(*factors)
    return -expr


def negative_of(term: Expr, head: type) -> Expr | None:
    """The argument u of a term `-head(u)`."""
    factors = factors_of(term)
    if len(factors) == 2 and -ONE in factors:
        other = factors[1 - factors.index(-ONE)]
        if isinstance(other, head):
            return other.args[0]
    return None


def with_one(expr: Expr) -> list[Expr] | None:
    """The other terms of a sum that holds the term 1."""
    terms = terms_of(expr)
    if len(terms) < 2 or ONE not in terms:
        return None
    terms.remove(ONE)
    return terms


def squared(term: Expr) -> Expr | None:
    """The base of a square of something that is no number."""
    return term.base if isinstance(term, sympy.Pow) and term.exp == 2 and term.free_symbols else None


def inverse(expr: Expr) -> Expr:
    """One over an expression, as it stands."""
    return sympy.Pow(expr, -1, evaluate=False)


def difference(left: Expr, right: Expr) -> Expr | None:
    """`left - right` multiplied out, if that is no longer than what it was."""
    if length(left) + length(right) > LARGEST:
        return None
    found = sympy.expand(left - right)
    return found if length(found) <= length(left) + length(right) + 1 else None


def is_root(expr: Expr) -> bool:
    """Whether an expression is a square root, of two squares or of anything."""
    return (isinstance(expr, sympy.Pow) and expr.exp == HALF) or isinstance(expr, Hypot)
