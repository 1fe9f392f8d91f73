"""Steps in which `i` is the imaginary unit: proved by their real and imaginary parts."""

import re
from dataclasses import replace

import sympy
from sympy import Expr, Symbol

from litgrad.checking.calculus.bound import HELD
from litgrad.checking.normal_form import equal
from litgrad.checking.setting import Setting
from litgrad.checking.whole import equal_for_whole

_UNITS = ("i", "j", r"\mathrm{i}", r"\mathrm{j}")
UNITS = tuple(Symbol(name, real=True) for name in _UNITS)
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


# -------------------------------- refuting --------------------------------

_ENTIRE = (sympy.exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.Abs, sympy.conjugate)
"""Functions of one value at every complex number."""
_POINTS = ((1, 2, 3, 5, 7), (2, 1, 5, 3, 4), (3, 5, 2, 1, 6))
_DIGITS = 30
_APART = sympy.Float("1e-20", _DIGITS)


_SAID = re.compile(
    r"\bimaginary\b|\bcomplex[- ](?:number|plane|conjugate|exponential|valued|unit)|\\sqrt\{?-1"
)


def is_said_to_be_unit(name: str, text: str) -> bool:
    r"""Whether a post says or shows that a letter is the imaginary unit, and uses it as no index.

    >>> is_said_to_be_unit("i", r"Since $e^{i\pi} = -1$")
    True
    >>> is_said_to_be_unit("i", r"a complex number of steps; $x_i$, $i = 3$")
    False
    """
    letter = re.escape(name)
    if re.search(rf"_(?:\{{[^}}]*)?{letter}\b|\b{letter}\s*(?:=|\\in\b|\\leftarrow)\s*(?!\\sqrt)", text):
        return False
    shown = (
        rf"\b{letter}\s*\\(?:omega|hbar|pi)\b",
        rf"e\^\{{[^}}]*(?<![A-Za-z\\]){letter}",
        rf"\b{letter}\^\{{?2\}}?\s*=\s*-\s*1",
    )
    return _SAID.search(text) is not None or any(re.search(one, text) for one in shown)


def apart_as_complex(setting: Setting, left: Expr, right: Expr, text: str) -> str | None:
    """In a clause, a point with real symbols at which two sides differ, their `i` the imaginary unit.

    Takes what they are judged under, the sides, and the text of their post.

    >>> from litgrad.meaning.definitions import Definitions
    >>> i = sympy.Symbol("i", real=True)
    >>> apart_as_complex(Setting(Definitions({}, {})), (1 + i) ** 2, 2 + 2 * i, "of complex numbers")
    'with `i` the imaginary unit the sides are 2 i and 2 + 2 i'
    """
    for name in _UNITS:
        unit = Symbol(name, real=True)
        if not stands_in(setting, unit, left, right):
            continue
        if not is_said_to_be_unit(name, text):
            return None
        meant = _with_unit(setting, unit)
        sides = [meant.expanded(side.xreplace({unit: sympy.I})) for side in (left, right)]
        if not all(_has_one_value(side) for side in sides):
            return None
        found = _differing(sides[0], sides[1])
        return None if found is None else f"with `{name}` the imaginary unit the sides are {found}"
    return None


def _has_one_value(side: Expr) -> bool:
    """Whether a side is built of functions without branches."""
    if side.is_Pow and side.base is not sympy.E:
        return side.exp.is_Integer and _has_one_value(side.base)
    known = side.is_Add or side.is_Mul or side.is_Pow or isinstance(side, _ENTIRE)
    return side.is_Atom or (known and all(map(_has_one_value, side.args)))


def _differing(left: Expr, right: Expr) -> str | None:
    free = sorted(left.free_symbols | right.free_symbols, key=str)
    for numbers in _POINTS if 0 < len(free) <= len(_POINTS[0]) else ((),) * (not free):
        point = dict(zip(free, map(sympy.Integer, numbers), strict=False))
        values = [sympy.N(side.xreplace(point), _DIGITS) for side in (left, right)]
        if not all(value.is_number and value.is_finite for value in values):
            continue
        if abs(values[0] - values[1]) > _APART * (1 + abs(values[0])):
            shown = " and ".join(map(_written, values))
            place = ", ".join(f"`{name}` = {number}" for name, number in point.items())
            return f"{shown} at {place}" if place else shown
    return None


def _written(value: Expr) -> str:
    """`2 + 3 i`, `-i`, of a complex number."""
    real, imaginary = (_number(part) for part in value.as_real_imag())
    if imaginary == 0:
        return f"{real}"
    size = "" if abs(imaginary) == 1 else f"{abs(imaginary)} "
    if real == 0:
        return f"{'-' if imaginary < 0 else ''}{size}i"
    return f"{real} {'-' if imaginary < 0 else '+'} {size}i"


def _number(part: Expr) -> Expr:
    near = sympy.Rational(round(part * 1000), 1000)
    return near if abs(near - part) < _APART else part.n(6)
