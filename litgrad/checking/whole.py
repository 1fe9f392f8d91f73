"""Sides with whole numbers in them: proved for the even and for the odd ones."""

from collections.abc import Collection, Iterable, Iterator
from itertools import product

import sympy
from sympy import Dummy, Expr, Pow, Symbol

from litgrad.checking.normal_form import equal

_MOST = 2
"""Of how many whole numbers the even and the odd ones are told apart."""
_PERIODIC = (sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc)


def equal_for_whole(left: Expr, right: Expr, whole: Collection[Expr], positive: tuple[Expr, ...]) -> bool:
    """Whether two sides are proved equal for all whole values of some symbols.

    Takes the sides in leaves, the symbols that are whole numbers, and terms known to be above zero.

    >>> n = sympy.Symbol("n", real=True)
    >>> equal_for_whole(sympy.cos(sympy.pi * n), (-1) ** n, {n}, ())
    True
    >>> equal_for_whole(sympy.cos(sympy.pi * n), sympy.Integer(1), {n}, ())
    False
    """
    used = [one for one in sorted(whole, key=str) if any(turns_with(side, one) for side in (left, right))]
    if not 0 < len(used) <= _MOST:
        return False
    terms = (left, right, *positive)
    for table in _tables(used):
        first, second, *known = (_put_in(term, table) for term in terms)
        if not equal(first, second, tuple(known)):
            return False
    return True


def divisors(sides: Iterable[Expr], whole: Collection[Expr]) -> tuple[Expr, ...]:
    """The factors below a fraction line that hold whole numbers: where one is 0, a value says nothing."""
    below = (sympy.factor(sympy.denom(sympy.together(side))) for side in sides)
    factors = (factor.as_base_exp()[0] for part in below for factor in sympy.Mul.make_args(part))
    return tuple(dict.fromkeys(one for one in factors if one.free_symbols & set(whole)))


def turns_with(side: Expr, name: Expr) -> bool:
    """Whether a symbol stands in a periodic function or in the power of a number below zero."""
    return any(
        name in one.free_symbols
        and (isinstance(one, _PERIODIC) or (one.base.is_negative is True and name in one.exp.free_symbols))
        for one in side.atoms(Pow, *_PERIODIC)
    )


def _tables(used: list[Expr]) -> Iterator[dict[Expr, Expr]]:
    for rests in product((0, 1), repeat=len(used)):
        yield {
            name: 2 * Dummy(f"{name}", integer=True) + rest for name, rest in zip(used, rests, strict=True)
        }


def _put_in(term: Expr, table: dict[Expr, Expr]) -> Expr:
    """A term at even or odd numbers, the half of each a real symbol again."""
    inner = term.xreplace(table)
    inner = inner.replace(
        lambda one: isinstance(one, (*_PERIODIC, Pow)),
        lambda one: one.func(*map(sympy.expand, one.args)),
    )
    halves = {one: Symbol(f"half of {one.name}", real=True) for one in inner.free_symbols if one.is_integer}
    return inner.xreplace(halves)
