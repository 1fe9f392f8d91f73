"""Formulas that are approximately equal: the order of a small symbol to which they agree."""

import sympy
from sympy import Expr, Integer, Symbol

from litgrad.checking.normal_form import equal
from litgrad.checking.setting import Setting
from litgrad.records import dataclass

_ORDER_LIMIT = 6
"""The highest order to which formulas are compared."""
_POLES = 2
"""The highest power of a small symbol in a denominator, as in second differences."""


@dataclass(frozen=True, slots=True)
class Order:
    """Two formulas agree up to terms of an order of a small symbol."""

    symbol: Symbol
    order: int
    relative: bool = False
    """Of their quotient and 1, not of the formulas themselves."""


def leading_order(setting: Setting, left: Expr, right: Expr) -> Order | None:
    r"""The small symbol, and the order of the terms left out, for two formulas that agree near its zero.

    All derivatives up to the order of the shorter formula, which is a polynomial in the symbol, are
    proved to agree at zero; a formula divided by the symbol is multiplied out first. Formulas may also be
    compared with all definitions put in, or turned over: `1 / \ln(1 + x)` to `1 / x` as `\ln(1 + x)` to x.
    """
    inlined = setting.inlined(left), setting.inlined(right)
    expanded = setting.expanded(left), setting.expanded(right)
    for sides in dict.fromkeys((inlined, expanded)):
        found = _common_order(setting, sides)
        if found is not None:
            return found
    return _turned_over(setting, expanded)


def _turned_over(setting: Setting, sides: tuple[Expr, Expr]) -> Order | None:
    """For a side that is a number over a power of the symbol."""
    if 0 in sides:
        return None
    over = 1 / sides[0], 1 / sides[1]
    found = _common_order(setting, over)
    if found is None:
        return None
    powers = (side.as_independent(found.symbol)[1] for side in over)
    single = any(power == found.symbol ** (found.order - 1) for power in powers)
    return Order(found.symbol, 1, relative=True) if single else None


def _common_order(setting: Setting, sides: tuple[Expr, Expr]) -> Order | None:
    for symbol in sorted(sides[0].free_symbols | sides[1].free_symbols, key=str):
        degrees = [_degree(side, symbol) for side in sides]
        for poles in range(_POLES + 1):
            kept = [degree for degree in degrees if degree is not None]
            if kept and len(kept) + bool(poles) < 3 and _agree(setting, sides, symbol, min(kept), poles):
                return Order(symbol, min(kept) + 1)
    return None


def _degree(side: Expr, symbol: Symbol) -> int | None:
    """The degree of a polynomial in a symbol."""
    if not side.is_polynomial(symbol):
        return None
    degree = int(sympy.degree(side, symbol)) if side.has(symbol) else 0
    return degree if degree <= _ORDER_LIMIT else None


def _agree(setting: Setting, sides: tuple[Expr, Expr], symbol: Symbol, degree: int, poles: int) -> bool:
    """Whether the difference, times the symbol to the poles, vanishes to the order of both."""
    if degree == 0 and poles == 0:
        return False
    gap = sympy.expand_mul((sides[0] - sides[1]) * symbol**poles)
    known = setting.known_positive(leaves=False)
    for _ in range(degree + poles + 1):
        start = setting.opaque(gap).subs(symbol, 0).doit()
        if start.has(sympy.nan, sympy.zoo, sympy.oo) or not equal(start, Integer(0), known):
            return False
        gap = sympy.diff(gap, symbol)
    return True
