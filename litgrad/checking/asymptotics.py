"""Approximations for large values: `n! \\approx \\sqrt{2 \\pi n} (n / e)^n`."""

import sympy
from sympy import Add, Expr, Mul, Pow, Symbol, oo

from litgrad.checking.calculus.expansions import germ_of, limit_of, near
from litgrad.checking.calculus.germs import Facts, Undecided
from litgrad.checking.normal_form import equal
from litgrad.checking.setting import Setting

_LIKE_CONSTANTS = (RecursionError, ArithmeticError, ValueError, TypeError, NotImplementedError)


def large_symbol(setting: Setting, left: Expr, right: Expr) -> Symbol | None:
    """The symbol with whose growth the quotient of two sides goes to 1; None where none is found.

    In `\\gamma \\approx 1 + v^2/c^2` every term must count: the gap between the sides is small beside each
    of them, or one side is the beginning of the other. A factorial among the factors is taken for
    Stirling's formula, to which its quotient goes to 1.
    """
    sides = setting.expanded(left), setting.expanded(right)
    if 0 in sides:
        return None
    quotient = _with_stirling(sides[0] / sides[1])
    for symbol in sorted((free for free in quotient.free_symbols if isinstance(free, Symbol)), key=str):
        if _goes_to(1, quotient, symbol, setting) and _every_term_counts(sides, symbol, setting):
            return symbol
    stirling = next((one.args[0] for one in (sides[0] / sides[1]).atoms(sympy.factorial)), None)
    known = (stirling,) if stirling is not None else ()
    if isinstance(stirling, Symbol) and equal(quotient, sympy.Integer(1), known):
        return stirling
    return None


def _every_term_counts(sides: tuple[Expr, Expr], symbol: Symbol, setting: Setting) -> bool:
    gap = sides[0] - sides[1]
    for side, other in (sides, sides[::-1]):
        terms = set(Add.make_args(side))
        if len(terms) < 2 or set(Add.make_args(other)) <= terms:
            continue
        if not all(_goes_to(0, gap / term, symbol, setting) for term in terms):
            return False
    return True


def _goes_to(limit: int, expr: Expr, symbol: Symbol, setting: Setting) -> bool:
    facts = Facts((*setting.known_positive(leaves=True), symbol))
    try:
        return limit_of(germ_of(expr, symbol, near(oo, 1), facts), facts) == limit
    except (Undecided, *_LIKE_CONSTANTS):
        return False


def _with_stirling(quotient: Expr) -> Expr:
    """A product with its factorials replaced."""
    factors = []
    for factor in Mul.make_args(quotient):
        base, power = factor.as_base_exp()
        if isinstance(base, sympy.factorial) and power.is_Integer:
            inner = base.args[0]
            base = sympy.sqrt(2 * sympy.pi * inner) * Pow(inner, inner) * sympy.exp(-inner)
        factors.append(base**power)
    return Mul(*factors)
