"""Steps in which `i` is the imaginary unit: proved by their real and imaginary parts."""

from dataclasses import replace

import sympy
from sympy import Expr, Symbol

from litgrad.checking.calculus.bound import HELD
from litgrad.checking.normal_form import equal
from litgrad.checking.setting import Setting
from litgrad.checking.whole import equal_for_whole

_UNITS = ("i", "j", r"\mathrm{i}", r"\mathrm{j}")
"""The letters that stand for it where nothing else is said of them."""
_MOST = 200
"""Operations beyond which a side is not taken apart."""


def equal_as_complex(setting: Setting, left: Expr, right: Expr) -> str | None:
    """The letter with which two sides are proved equal as the imaginary unit; None where none is.

    All other symbols are real. The real and the imaginary parts of the sides are compared.

    >>> from litgrad.meaning.definitions import Definitions
    >>> i, t = sympy.symbols("i t", real=True)
    >>> equal_as_complex(Setting(Definitions({}, {})), sympy.exp(i * t), sympy.cos(t) + i * sympy.sin(t))
    'i'
    """
    for name in _UNITS:
        unit = Symbol(name, real=True)
        if not stands_in(setting, unit, left, right):
            continue
        if left.has(*HELD) or right.has(*HELD):  # a value found for real numbers need not hold for others
            return None
        meant = _with_unit(setting, unit)
        sides = [meant.expanded(side.xreplace({unit: sympy.I})) for side in (left, right)]
        if all(side.count_ops() <= _MOST for side in sides) and _parts_agree(setting, *sides):
            return name
    return None


def stands_in(setting: Setting, unit: Symbol, *sides: Expr) -> bool:
    """Whether a letter that the post gives no value stands in the sides or in what they stand for."""
    if unit in setting.definitions.values:
        return False
    return any(unit in side.free_symbols or unit in setting.expanded(side).free_symbols for side in sides)


def behind_definitions(setting: Setting, *sides: Expr) -> str | None:
    """A letter behind the names of two sides that may be the imaginary unit."""
    units = (Symbol(name, real=True) for name in _UNITS)
    shown = {free for side in sides for free in side.free_symbols}
    return next((unit.name for unit in units if unit not in shown and stands_in(setting, unit, *sides)), None)


def _with_unit(setting: Setting, unit: Symbol) -> Setting:
    """The definitions with the unit put in before anything is worked out for a real number."""
    table = {unit: sympy.I}
    given = setting.definitions
    values = {name: value.xreplace(table) for name, value in given.values.items()}
    functions = {name: (slots, body.xreplace(table)) for name, (slots, body) in given.functions.items()}
    return replace(setting, definitions=replace(given, values=values, functions=functions))


def _parts_agree(setting: Setting, left: Expr, right: Expr) -> bool:
    known = setting.known_positive(leaves=True)
    parts = zip(left.as_real_imag(), right.as_real_imag(), strict=True)
    return all(
        not (one.has(sympy.re, sympy.im, sympy.I) or other.has(sympy.re, sympy.im, sympy.I))
        and (equal(one, other, known) or equal_for_whole(one, other, setting.whole, known))
        for one, other in parts
    )
