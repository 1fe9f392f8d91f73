"""Rows of the search: other ways to write quotients, roots and logarithms, and sums of softplus."""

from itertools import permutations

import sympy
from sympy import Expr, Integer, Symbol

from litgrad.codegen.parts import (
    HALF,
    ONE,
    difference,
    factors_of,
    inverse,
    is_root,
    length,
    negated,
    terms_of,
)
from litgrad.codegen.special import Expm1, Hypot, Log1p, Ratio, Sigmoid, Softplus
from litgrad.meaning.forms import add, multiply, negate


def one_ratio(expr: Expr) -> Expr | None:
    """`x / u` where x may be 0."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    below = [factor for factor in factors if isinstance(factor, sympy.Pow) and factor.exp == -1]
    if len(below) != 1:
        return None
    own = below[0].free_symbols
    if not own:
        return None
    above = [factor for factor in factors if isinstance(factor, (Symbol, sympy.Add))]
    above = [factor for factor in above if not factor.free_symbols & own]
    rest = [factor for factor in factors if factor is not below[0] and factor not in above]
    return multiply(*rest, Ratio(multiply(*above), below[0].base)) if above else None


def squared_quotient(expr: Expr) -> Expr | None:
    """`u**2 / v**2`, where a square underflows or overflows before the quotient does."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    above = [factor for factor in factors if isinstance(factor, sympy.Pow) and factor.exp == 2]
    below = [factor for factor in factors if _square_below(factor) is not None]
    if len(above) != 1 or len(below) != 1:
        return None
    rest = [factor for factor in factors if factor not in (above[0], below[0])]
    quotient = multiply(above[0].base, inverse(_square_below(below[0]) or ONE))
    return multiply(*rest, sympy.Pow(quotient, 2, evaluate=False))


def _square_below(factor: Expr) -> Expr | None:
    """The v of `1 / v**2`."""
    if isinstance(factor, sympy.Pow) and factor.exp == -2:
        return factor.base
    if isinstance(factor, sympy.Pow) and factor.exp == -1 and isinstance(factor.base, sympy.Pow):
        return factor.base.base if factor.base.exp == 2 else None
    return None


def one_exponential(expr: Expr) -> Expr | None:
    """`exp(u) / exp(v)`."""
    found, rest = [], []
    for factor in factors_of(expr) if isinstance(expr, sympy.Mul) else []:
        base, power = (factor.base, factor.exp) if isinstance(factor, sympy.Pow) else (factor, ONE)
        if isinstance(base, sympy.exp) and power.is_Integer:
            found.append(power * base.args[0])
        else:
            rest.append(factor)
    if len(found) < 2:
        return None
    return multiply(*rest, sympy.exp(sympy.expand(sympy.Add(*found)), evaluate=False))


def expm1_over(expr: Expr) -> Expr | None:
    """`expm1(u) / v` for large u, half of it above and half below the line."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    above = [factor for factor in factors if isinstance(factor, Expm1)]
    below = [factor for factor in factors if isinstance(factor, sympy.Pow) and factor.exp == -1]
    if len(above) != 1 or len(below) != 1 or not below[0].free_symbols:
        return None
    rest = [factor for factor in factors if factor not in (above[0], below[0])]
    half = multiply(above[0].args[0], HALF)
    decay = sympy.exp(negate(half), evaluate=False)
    under = inverse(multiply(below[0].base, decay))
    return multiply(*rest, Integer(2), sympy.sinh(half, evaluate=False), under)


def sine_over(expr: Expr) -> Expr | None:
    """`sin(u / n) / u`, the same u / n below the line."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    for sine in (factor for factor in factors if isinstance(factor, sympy.sin)):
        numbers = [factor for factor in factors_of(sine.args[0]) if factor.is_Rational]
        rest = [factor for factor in factors_of(sine.args[0]) if not factor.is_Rational]
        below = [factor for factor in factors if factor == inverse(multiply(*rest))]
        if len(numbers) == len(below) == 1:
            others = [factor for factor in factors if factor not in (sine, below[0])]
            return multiply(*others, *numbers, sine, inverse(sine.args[0]))
    return None


def weighted_softplus(expr: Expr) -> Expr | None:
    """`y * softplus(-u) + (1 - y) * softplus(u)`, or any two weights that add up to a number."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    found = [(term, factor) for term in terms for factor in factors_of(term) if isinstance(factor, Softplus)]
    for (term, minus), (other, plus) in permutations(found, 2):
        u = plus.args[0]
        left, right = (_without(each, head) for each, head in ((term, minus), (other, plus)))
        total = sympy.expand(left + right)
        if minus.args[0] in (negated(u), -u) and total.is_Rational and not left.is_Rational:
            rest = [each for each in terms if each is not term and each is not other]
            both = Log1p(sympy.exp(negate(sympy.Abs(u, evaluate=False)), evaluate=False))
            # The first two terms cancel exactly where they do; the third is too small to be added before.
            scale = [] if total == 1 else [total]
            terms = multiply(*scale, _above_zero(u)), negate(multiply(left, u)), multiply(*scale, both)
            return add(*terms, *rest)
    return None


def _without(term: Expr, factor: Expr) -> Expr:
    """The other factors of a term."""
    return multiply(*(each for each in factors_of(term) if each is not factor))


def _above_zero(expr: Expr) -> Expr:
    return sympy.Max(expr, Integer(0), evaluate=False)


def reciprocal_of_sigmoid(expr: Expr) -> Expr | None:
    """`1 / sigmoid(u)`."""
    if isinstance(expr, sympy.Pow) and expr.exp == -1 and isinstance(expr.base, Sigmoid):
        return add(ONE, sympy.exp(negated(expr.base.args[0]), evaluate=False))
    return None


def hypot(expr: Expr) -> Expr | None:
    """`sqrt(u**2 + v**2)`."""
    terms = terms_of(expr.base) if is_root(expr) and isinstance(expr, sympy.Pow) else []
    if len(terms) != 2:
        return None
    sides = [term.base if isinstance(term, sympy.Pow) and term.exp == 2 else _number_root(term)
             for term in terms]  # fmt: skip
    first, second = sides
    return Hypot(first, second) if first is not None and second is not None else None


def _number_root(term: Expr) -> Expr | None:
    return sympy.sqrt(term) if term.is_Rational and term > 0 else None


def log_of_product(expr: Expr) -> Expr | None:
    """`log(u * v)`."""
    factors = factors_of(expr.args[0]) if isinstance(expr, sympy.log) else []
    if len(factors) < 2 or any(factor.is_negative for factor in factors):
        return None
    logs = [
        multiply(Integer(-1), sympy.log(factor.base, evaluate=False))
        if isinstance(factor, sympy.Pow) and factor.exp == -1
        else sympy.log(factor, evaluate=False)
        for factor in factors
    ]
    return add(*logs)


def log_near_one(expr: Expr) -> Expr | None:
    """`log(u)` by what u has beyond 1."""
    gap = difference(expr.args[0], ONE) if isinstance(expr, sympy.log) else None
    return Log1p(gap) if gap is not None and length(gap) <= length(expr.args[0]) else None


def log_of_quotient_near_one(expr: Expr) -> Expr | None:
    """`log(u / v)` by what u has beyond v."""
    if not isinstance(expr, sympy.log):
        return None
    above, below = sympy.fraction(expr.args[0])
    gap = difference(above, below) if below != 1 else None
    return Log1p(multiply(gap, inverse(below))) if gap is not None else None
