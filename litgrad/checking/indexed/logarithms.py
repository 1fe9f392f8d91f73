"""Logarithms and products over indices as sums: `\\log \\prod_i a_i`, `\\prod_i a^{x_i}`."""

from collections.abc import Iterator, Sequence

import sympy
from sympy import Expr, Indexed
from sympy.concrete.expr_with_limits import ExprWithLimits

from litgrad.checking.indexed.world import peeled
from litgrad.checking.normal_form import is_nonnegative
from litgrad.meaning.forms import atoms_of, symbol
from litgrad.records import dataclass

_COUNTING = (sympy.factorial, sympy.binomial)
"""Functions of whole numbers, above zero wherever they are meant."""


@dataclass(frozen=True, slots=True)
class Positive:
    """What a post or a premise puts above zero."""

    exprs: tuple[Expr, ...] = ()

    def holds(self, expr: Expr) -> bool:
        """Whether an expression is above zero wherever it is defined.

        >>> x = sympy.Symbol("x", real=True)
        >>> Positive((x,)).holds(2 * x**3), Positive().holds(x)
        (True, False)
        """
        if isinstance(expr, (sympy.exp, *_COUNTING)) or expr.is_positive:
            return True
        if expr.is_Mul:
            return all(map(self.holds, expr.args))
        if isinstance(expr, sympy.Product):
            return self.holds(expr.function)
        if expr.is_Pow and self.holds(expr.base):
            return True
        if isinstance(expr, sympy.Sum):
            return False
        return is_nonnegative(_plain(expr), [_plain(one) for one in self.exprs], strict=True)


def _plain(expr: Expr) -> Expr:
    """Entries of one family as one real symbol: what holds of each holds of any."""
    entries = {one: symbol(str(one.base)) for one in expr.atoms(Indexed)}
    expr = expr.xreplace(entries)
    return expr.xreplace({free: symbol(free.name) for free in expr.free_symbols if not free.is_real})


def arguments_of_logarithms(exprs: Sequence[Expr]) -> Iterator[Expr]:
    """The names and brackets under logarithms that stand in a side: `\\log\\theta` needs `\\theta > 0`."""
    for expr in exprs:
        for log in atoms_of(expr, sympy.log):
            for factor in sympy.Mul.make_args(log.args[0]):
                base = factor.base if factor.is_Pow else factor
                if base.free_symbols and not base.has(ExprWithLimits):
                    yield base


def expanded_log(argument: Expr, positive: Positive) -> Expr:
    """The logarithm of a product as a sum, as far as its factors are known to be above zero."""
    terms: list[Expr] = []
    rest: list[Expr] = []
    for factor in sympy.Mul.make_args(argument):
        found = _log_of_factor(factor, positive)
        if found is None:
            rest.append(factor)
        else:
            terms.append(found)
    left = sympy.Mul(*rest)
    if left != 1:
        terms.append(sympy.log(left, evaluate=False))
    return sympy.Add(*terms)


def _log_of_factor(factor: Expr, positive: Positive) -> Expr | None:
    if isinstance(factor, sympy.exp):
        return factor.args[0]
    if factor.is_Pow and _is_even_root(factor.exp):
        return factor.exp * expanded_log(factor.base, positive)
    if factor.is_Pow and positive.holds(factor.base):
        return factor.exp * expanded_log(factor.base, positive)
    if isinstance(factor, sympy.Product) and positive.holds(factor.function):
        return sympy.Sum(expanded_log(factor.function, positive), *factor.limits)
    return sympy.log(factor, evaluate=False) if positive.holds(factor) else None


def _is_even_root(exponent: Expr) -> bool:
    """A root that asks for what is not below zero: its logarithm may be taken apart."""
    return exponent.is_Rational and not exponent.is_Integer and exponent.q % 2 == 0


def multiplied(product: sympy.Product) -> Expr:
    """A product over an index with powers of constants as powers of sums.

    Constants are raised to the number of factors; `a^{x_i}` becomes `a` to the sum of the `x_i`.
    """
    held, (index, first, last) = peeled(product)
    done: list[Expr] = []
    rest: list[Expr] = []
    for factor in _factors(held):
        if index not in factor.free_symbols:
            done.append(factor ** (last - first + 1))
        elif isinstance(factor, sympy.exp):
            done.append(sympy.exp(sympy.Sum(factor.args[0], (index, first, last))))
        elif factor.is_Pow and index not in factor.base.free_symbols:
            done.append(factor.base ** sympy.Sum(factor.exp, (index, first, last)))
        elif factor.is_Pow and factor.exp.is_Integer:
            done.append(sympy.Product(factor.base, (index, first, last)) ** factor.exp)
        else:
            rest.append(factor)
    kept = [sympy.Product(one, (index, first, last)) for one in rest]
    return sympy.Mul(*done, *kept)


def _factors(expr: Expr) -> Iterator[Expr]:
    """Factors, those of a whole power of a product among them."""
    for factor in sympy.Mul.make_args(expr):
        if factor.is_Pow and factor.base.is_Mul and factor.exp.is_Integer:
            yield from (one**factor.exp for one in factor.base.args)
        else:
            yield factor
