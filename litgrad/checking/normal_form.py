"""Exact equality: rational functions over algebraically independent atoms.

Exponentials, logarithms, roots, trigonometric functions, powers with symbolic exponents and calls
of functions that the post does not define become generators of a polynomial ring, reduced to a few
atoms by the laws they obey; two expressions with the same quotient are equal wherever both are
defined. A difference here proves nothing: atoms may be related in ways that are not looked for.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction

import sympy
from sympy import Expr

from litgrad.checking.exponentials import (
    exponential,
    hyperbolic_cosine,
    hyperbolic_sine,
    logarithm,
    note_fractions,
)
from litgrad.checking.gammas import binomial, digamma, factorial, gamma
from litgrad.checking.integrals import integral, limit
from litgrad.checking.positivity import is_above
from litgrad.checking.powers import absolute, absolute_of, power
from litgrad.checking.rational import Quotient, TooLarge
from litgrad.checking.trigonometry import cosine, inverse, sine
from litgrad.checking.workspace import Rule, Unsupported, Workspace
from litgrad.meaning.cases import Cases


def equal(left: Expr, right: Expr, positive: Iterable[Expr] = ()) -> bool:
    """Whether two expressions have the same normal form.

    `positive` holds expressions known to be above zero, which lets logarithms and roots of products
    be taken apart. False means only that no proof was found.
    """
    try:
        workspace = _prepared(positive, left, right)
        return workspace.is_zero(workspace.of(left) - workspace.of(right))
    except (TooLarge, Unsupported, ZeroDivisionError, RecursionError):
        return False


def implies_zero(first: Expr, second: Expr, positive: Iterable[Expr] = ()) -> bool:
    """Whether the second expression vanishes wherever the first does and both are defined."""
    try:
        workspace = _prepared(positive, first, second)
        numerator, other = (workspace.of(expr).above for expr in (first, second))
        numerator, other = workspace.generators.here(numerator), workspace.generators.here(other)
        sign, factors = workspace.factors(
            Quotient.of(workspace.generators, numerator, workspace.number(1).above)
        )
        rest = workspace.number(sign).above
        for factor, count in factors:
            if not workspace.is_positive(factor):
                rest = workspace.generators.here(rest) * factor**count
        return not rest.is_constant() and (other % rest).is_zero()
    except (TooLarge, Unsupported, ZeroDivisionError, RecursionError):
        return False


def is_nonnegative(expr: Expr, positive: Iterable[Expr] = (), *, strict: bool) -> bool:
    """Whether an expression is provably not below zero wherever it is defined; with `strict`, above it."""
    try:
        workspace = _prepared(positive, expr)
        return is_above(workspace, workspace.of(expr), strict=strict)
    except (TooLarge, Unsupported, ZeroDivisionError, RecursionError):
        return False


def _prepared(positive: Iterable[Expr], *exprs: Expr) -> Workspace:
    """A workspace for expressions, with what is known to be positive."""
    workspace = Workspace(_RULES)
    for expr in (*positive, *exprs):
        workspace.prepare(expr)
    workspace.assume_positive(positive)
    for expr in exprs:
        note_fractions(workspace, expr)
    return workspace


def _extreme(workspace: Workspace, sign: int, arguments: tuple[Expr, ...]) -> Quotient:
    """`max(a, b)` as `(a + b + |a - b|)/2`, one after the other."""
    found = workspace.of(arguments[0])
    for argument in arguments[1:]:
        other = workspace.of(argument)
        gap = absolute_of(workspace, found - other)
        found = (found + other + gap * workspace.number(sign)) / workspace.number(2)
    return found


def _undecided(workspace: Workspace, *arguments: Expr) -> Quotient:
    """A value by cases, which is compared case by case."""
    raise Unsupported


def _rounded(function: Callable[..., Expr]) -> Rule:
    """A whole number that a function makes of numbers; of anything else nothing is known."""

    def rule(workspace: Workspace, *arguments: Expr) -> Quotient:
        values = [sympy.cancel(argument) for argument in arguments]
        if not all(value.is_Rational for value in values):
            raise Unsupported
        return workspace.number(Fraction(str(function(*values))))

    return rule


_RULES: dict[type, Rule] = {
    sympy.floor: _rounded(sympy.floor),
    sympy.ceiling: _rounded(sympy.ceiling),
    sympy.Mod: _rounded(sympy.Mod),
    Cases: _undecided,
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
    sympy.asin: lambda w, u: inverse(w, "asin", u),
    sympy.acos: lambda w, u: inverse(w, "acos", u),
    sympy.atan: lambda w, u: inverse(w, "atan", u),
    sympy.sinh: hyperbolic_sine,
    sympy.cosh: hyperbolic_cosine,
    sympy.tanh: lambda w, u: hyperbolic_sine(w, u) / hyperbolic_cosine(w, u),
    sympy.coth: lambda w, u: hyperbolic_cosine(w, u) / hyperbolic_sine(w, u),
    sympy.Abs: absolute,
    sympy.Max: lambda w, *args: _extreme(w, 1, args),
    sympy.Min: lambda w, *args: _extreme(w, -1, args),
    sympy.sign: lambda w, u: absolute(w, u) / w.of(u),
    sympy.gamma: gamma,
    sympy.factorial: factorial,
    sympy.binomial: binomial,
    sympy.polygamma: digamma,
    sympy.Integral: integral,
    sympy.Limit: limit,
}
