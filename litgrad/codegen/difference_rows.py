"""Rows of the search: other ways to write sums, most of which cancel."""

from collections.abc import Callable

import sympy
from sympy import Expr, Integer

from litgrad.codegen.parts import (
    HALF,
    LARGEST,
    ONE,
    difference,
    factors_of,
    inverse,
    is_root,
    length,
    negated,
    terms_of,
)
from litgrad.codegen.special import Expm1, Log1p
from litgrad.meaning.forms import add, multiply


def conjugate(expr: Expr) -> Expr | None:
    """`sqrt(u) - v` with the sum below the line."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    for term in terms:
        square = _square(term)
        if square is not None and term.free_symbols:
            rest = [other for other in terms if other is not term]
            other = (_square(rest[0]) if len(rest) == 1 else None) or sympy.expand(sympy.Add(*rest) ** 2)
            above = difference(square, other)
            if above is not None and length(above) < length(expr):
                return multiply(above, inverse(add(term, *map(negated, rest))))
    return None


def _square(expr: Expr) -> Expr | None:
    """The square of a term that holds a root."""
    root = next((factor for factor in factors_of(expr) if is_root(factor)), None)
    if root is None:
        return None
    inside = root.base if isinstance(root, sympy.Pow) else sympy.Add(*(side**2 for side in root.args))
    rest = [factor for factor in factors_of(expr) if factor is not root]
    return sympy.expand(sympy.Mul(*rest) ** 2 * inside)


def common_denominator(expr: Expr) -> Expr | None:
    """`a / u + b / v` over one line."""
    if not isinstance(expr, sympy.Add) or length(expr) > LARGEST:
        return None
    if not any(isinstance(factor, sympy.Pow) and factor.exp.is_negative
               for term in terms_of(expr) for factor in factors_of(term)):  # fmt: skip
        return None
    above, below = sympy.fraction(sympy.together(expr))
    return multiply(sympy.expand(above), inverse(below)) if below != 1 else sympy.expand(above)


def multiplied_out(expr: Expr) -> Expr | None:
    """A sum of products, where it is shorter without brackets."""
    if not isinstance(expr, (sympy.Add, sympy.Mul)) or length(expr) > LARGEST:
        return None
    found = sympy.expand(expr)
    return found if length(found) < length(expr) else None


def common_factor(expr: Expr) -> Expr | None:
    """`a * u + a * v` as a product."""
    if not isinstance(expr, sympy.Add) or length(expr) > LARGEST:
        return None
    found = sympy.factor_terms(expr)
    return found if isinstance(found, sympy.Mul) else None


def factored(expr: Expr) -> Expr | None:
    """Polynomials alone: factors do not cancel where terms do."""
    if not isinstance(expr, sympy.Add) or length(expr) > LARGEST:
        return None
    if not expr.is_polynomial(*expr.free_symbols) or not expr.free_symbols:
        return None
    found = sympy.factor(expr)
    return found if isinstance(found, (sympy.Mul, sympy.Pow)) else None


def _split(terms: list[Expr], head: Callable[[Expr], Expr | None]) -> tuple[Expr, Expr, list[Expr]] | None:
    """The arguments of `head(u) - head(v)` in a sum, and the other terms."""
    plus = [(term, found) for term in terms if (found := head(term)) is not None]
    minus = [(term, found) for term in terms if (found := head(negated(term))) is not None]
    if not plus or not minus or plus[0][0] is minus[0][0]:
        return None
    rest = [term for term in terms if term is not plus[0][0] and term is not minus[0][0]]
    return plus[0][1], minus[0][1], rest


def _logged(term: Expr) -> Expr | None:
    if isinstance(term, Log1p):
        return 1 + term.args[0]
    return term.args[0] if isinstance(term, sympy.log) else None


def log_difference(expr: Expr) -> Expr | None:
    """`log(u) - log(v)`."""
    found = _split(terms_of(expr), _logged) if isinstance(expr, sympy.Add) else None
    if found is None:
        return None
    u, v, rest = found
    gap = difference(u, v)
    return add(Log1p(multiply(gap, inverse(v))), *rest) if gap is not None else None


def _powered(term: Expr) -> Expr | None:
    return term.args[0] if isinstance(term, sympy.exp) else None


def exponential_difference(expr: Expr) -> Expr | None:
    """`exp(u) - exp(v)`."""
    found = _split(terms_of(expr), _powered) if isinstance(expr, sympy.Add) else None
    if found is None:
        return None
    u, v, rest = found
    return add(multiply(sympy.exp(v, evaluate=False), Expm1(sympy.expand(u - v))), *rest)


def sinh(expr: Expr) -> Expr | None:
    """`exp(u) - exp(-u)`."""
    found = _split(terms_of(expr), _powered) if isinstance(expr, sympy.Add) else None
    if found is None or sympy.expand(found[0] + found[1]) != 0:
        return None
    return add(multiply(Integer(2), sympy.sinh(found[0], evaluate=False)), *found[2])


def cosh(expr: Expr) -> Expr | None:
    """`exp(u) + exp(-u)`."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    if len(terms) == 2 and all(isinstance(term, sympy.exp) for term in terms):
        u, v = (term.args[0] for term in terms)
        if sympy.expand(u + v) == 0:
            return multiply(Integer(2), sympy.cosh(u, evaluate=False))
    return None


def _wave(head: type[Expr]) -> Callable[[Expr], Expr | None]:
    return lambda term: term.args[0] if isinstance(term, head) else None


def sine_difference(expr: Expr) -> Expr | None:
    """`sin(u) - sin(v)`."""
    return _waves(expr, sympy.sin, Integer(2), sympy.cos)


def cosine_difference(expr: Expr) -> Expr | None:
    """`cos(u) - cos(v)`."""
    return _waves(expr, sympy.cos, Integer(-2), sympy.sin)


def _waves(expr: Expr, head: type[Expr], factor: Expr, other: type[Expr]) -> Expr | None:
    found = _split(terms_of(expr), _wave(head)) if isinstance(expr, sympy.Add) else None
    if found is None:
        return None
    u, v, rest = found
    half, mean = sympy.expand((u - v) / 2), sympy.expand((u + v) / 2)
    return add(multiply(factor, other(mean, evaluate=False), sympy.sin(half, evaluate=False)), *rest)


def one_minus_cosine(expr: Expr) -> Expr | None:
    """`2 * sin(u / 2)**2` by the sine and cosine of u."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    squares = [factor for factor in factors if isinstance(factor, sympy.Pow) and factor.exp == 2]
    for square in squares:
        sines = [factor for factor in factors_of(square.base) if isinstance(factor, sympy.sin)]
        if len(sines) == 1 and HALF in (halves := factors_of(sines[0].args[0])):
            angle = multiply(*(factor for factor in halves if factor != HALF))
            others = [factor for factor in factors_of(square.base) if factor is not sines[0]]
            whole = multiply(sympy.sin(angle, evaluate=False), *others)
            rest = [factor for factor in factors if factor is not square]
            below = multiply(Integer(2), add(ONE, sympy.cos(angle, evaluate=False)))
            return multiply(*rest, sympy.Pow(whole, 2, evaluate=False), inverse(below))
    return None
