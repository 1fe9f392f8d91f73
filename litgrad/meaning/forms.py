"""SymPy expressions built as written: nothing cancels, nothing is reordered."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

import sympy
from sympy import Basic, Expr, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import AppliedUndef, UndefinedFunction

from litgrad.meaning.rates import rate
from litgrad.records import dataclass

_ALWAYS_AS_WRITTEN = (
    sympy.Derivative, AppliedUndef, ExprWithLimits, sympy.Limit, sympy.Subs, sympy.MatrixExpr,
    sympy.MatrixBase, sympy.Tuple,
)  # fmt: skip
"""Classes that evaluate nothing when they are made, and do not take `evaluate=False`."""


def symbol(name: str) -> Symbol:
    """The inert real symbol of a canonical LaTeX name."""
    return Symbol(name, real=True)


def function(name: str) -> UndefinedFunction:
    """The inert function of a canonical LaTeX name."""
    return sympy.Function(name)


@dataclass(frozen=True, slots=True)
class Naming:
    """What names become in SymPy."""

    symbol: Callable[[str], Expr] = symbol
    function: Callable[[str], UndefinedFunction] = function


def add(*terms: Expr) -> Expr:
    """A sum in the author's order."""
    if len(terms) > 1 and any(map(is_matrix, terms)):
        if len({_shape(term) for term in terms}) > 1:
            raise ShapeMismatch("a sum of matrices whose shapes differ")
        return sympy.MatAdd(*terms)
    return sympy.Add(*terms, evaluate=False) if len(terms) > 1 else terms[0]


def multiply(*factors: Expr) -> Expr:
    """A product in the author's order."""
    if len(factors) > 1 and any(map(is_matrix, factors)):
        shapes = [_shape(factor) for factor in factors if is_matrix(factor)]
        if any(left[1] != right[0] for left, right in pairwise(shapes)):
            raise ShapeMismatch("a product of matrices whose shapes do not fit")
        return sympy.MatMul(*factors)
    return sympy.Mul(*factors, evaluate=False) if len(factors) > 1 else factors[0]


def derivative(expr: Expr, by: Symbol) -> Expr:
    """The derivative; the step in that of `\\max(0, u)` is `(1 + \\operatorname{sign} u)/2`.

    At the kink it is 1/2, the mean of both sides.

    >>> x = symbol("x")
    >>> derivative(sympy.Max(0, x), x)
    sign(x)/2 + 1/2
    """
    found = rate(expr, by)
    steps = {step: (1 + sympy.sign(step.args[0])) / 2 for step in found.atoms(sympy.Heaviside)}
    return found.xreplace(steps) if steps else found


def negate(term: Expr) -> Expr:
    """The term with a minus in front; a plain number takes the sign itself."""
    return -term if term.is_Number else multiply(sympy.Integer(-1), term)


def divide(numerator: Expr, denominator: Expr) -> Expr:
    """A fraction; a numerator of 1 is left out."""
    if numerator == 1:
        return power(denominator, sympy.Integer(-1))
    return multiply(numerator, power(denominator, sympy.Integer(-1)))


def power(base: Expr, exponent: Expr) -> Expr:
    """A power."""
    if is_matrix(exponent) or (is_matrix(base) and base.shape[0] != base.shape[1]):
        raise ShapeMismatch("a power with a matrix that is not square")
    if is_matrix(base):
        return sympy.MatPow(base, exponent)
    return sympy.Pow(base, exponent, evaluate=False)


class ShapeMismatch(Exception):
    """Matrices are combined whose shapes do not fit; the message is a clause."""


def _shape(expr: Expr) -> tuple[Any, Any]:
    """Rows and columns; a scalar has none."""
    return tuple(expr.shape) if is_matrix(expr) else (None, None)


def is_matrix(expr: Expr) -> bool:
    """Whether an expression is a matrix."""
    return bool(getattr(expr, "is_Matrix", False))


def name_of(call: AppliedUndef) -> str:
    """The canonical LaTeX name of an applied function."""
    return call.func.__name__


def latex_of(expr: Expr) -> str:
    """An expression in LaTeX, every name as the post writes it.

    >>> latex_of(symbol(r"\\hbar") ** 2)
    '\\\\hbar^{2}'
    """
    names = {free: free.name for free in expr.free_symbols if isinstance(free, Symbol)}
    return sympy.latex(expr, symbol_names=names)


def substitute(expr: Expr, table: Mapping[Expr, Expr]) -> Expr:
    """Put values in without evaluating what holds them, so that the author's order stays.

    >>> x, y = symbol("x"), symbol("y")
    >>> substitute(add(y, negate(x)), {x: sympy.Integer(2)})
    y - 1*2
    """
    if expr in table:
        return table[expr]
    if not expr.args:
        return expr
    arguments = [substitute(argument, table) for argument in expr.args]
    if all(new is old for new, old in zip(arguments, expr.args, strict=True)):
        return expr
    if isinstance(expr, _ALWAYS_AS_WRITTEN):
        return expr.func(*arguments)
    return expr.func(*arguments, evaluate=False)


def atoms_of(expr: Expr, *kinds: type) -> list[Any]:
    """The subexpressions of some kinds, each once, in a fixed order.

    >>> x = symbol("x")
    >>> atoms_of(sympy.log(x) + sympy.exp(x), sympy.log, sympy.exp)
    [exp(x), log(x)]
    """
    found = list(expr.atoms(*kinds))
    return sorted(found, key=text_of) if len(found) > 1 else found


@lru_cache(maxsize=4096)
def text_of(expr: Basic) -> str:
    """An expression as text, for an order that is the same on every run."""
    return expr.name if type(expr) is Symbol else str(expr)
