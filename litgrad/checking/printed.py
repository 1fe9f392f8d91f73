"""Numbers as they are printed: how far a side may be from its decimals."""

from collections.abc import Iterator
from itertools import product

import sympy
from mpmath import mpf
from sympy import Expr

from litgrad.checking.normal_form import equal
from litgrad.checking.numeric import value
from litgrad.checking.setting import Setting
from litgrad.latex.tree import Node, Number, Product, Scripted, Sign, Sum, walk
from litgrad.meaning.statements import Member, Step

_EXPONENT_DIGITS = 3
_MOST_DECIMALS = 5
"""How many printed decimals are moved within their last digit."""
_BASES = (2, 10)
"""Other bases that a logarithm may have where nobody says so."""


def printed(member: Member) -> tuple[mpf, mpf] | None:
    """A side that is one printed number: its value and the unit of its last digit.

    In a whole number the zeros at the end may stand for digits that are not known; `10^3` alone is
    an order of magnitude, in `1.2 \\times 10^3` the digits in front count.
    """
    node, negative = member.node, False
    if isinstance(node, Sum) and len(node.terms) == 1 and isinstance(node.signs[0], Sign):
        node, negative = node.terms[0], node.signs[0].symbol == "-"
    found = _power_of_ten(node) if isinstance(node, Scripted) else _digits(node)
    if isinstance(node, Product) and len(node.factors) == 2:
        front, power = _digits(node.factors[0]), _power_of_ten(node.factors[1])
        found = front and power and (front[0] * power[0], front[1] * power[0])
    return found and (-found[0] if negative else found[0], found[1])


def _digits(node: Node | None) -> tuple[mpf, mpf] | None:
    """A number as printed and the unit of its last digit."""
    if not isinstance(node, Number):
        return None
    text = node.text.replace(",", "")
    whole, _, decimals = text.partition(".")
    if not (whole + decimals).isdigit():
        return None
    zeros = len(whole) - len(whole.rstrip("0")) if not decimals and whole.strip("0") else 0
    return mpf(int(whole + decimals)) / mpf(10) ** len(decimals), mpf(10) ** (zeros - len(decimals))


def _power_of_ten(node: Node) -> tuple[mpf, mpf] | None:
    """`10^{-5}` and itself as the unit."""
    if not isinstance(node, Scripted) or node.sub is not None or node.primes:
        return None
    ten = isinstance(node.base, Number) and node.base.text == "10"
    sup, sign = node.sup, 1
    if isinstance(sup, Sum) and len(sup.terms) == 1 and isinstance(sup.signs[0], Sign):
        sup, sign = sup.terms[0], -1 if sup.signs[0].symbol == "-" else 1
    if not ten or not isinstance(sup, Number) or not sup.text.isdigit() or len(sup.text) > _EXPONENT_DIGITS:
        return None
    power = mpf(10) ** (sign * int(sup.text))
    return power, power


def has_decimals(node: Node | None) -> bool:
    """Whether a printed decimal stands in a formula."""
    return node is not None and any(isinstance(part, Number) and "." in part.text for part in walk(node))


def distance(setting: Setting, step: Step) -> mpf | None:
    """How far two numbers are apart, in units of the last digit printed; None where that says nothing."""
    assert step.left.term is not None
    assert step.right.term is not None
    found = [(printed(one), other) for one, other in ((step.right, step.left), (step.left, step.right))]
    coarse = sorted(((shown, other) for shown, other in found if shown), key=lambda pair: -pair[0][1])
    for (literal, unit), other in coarse[:1]:
        assert other.term is not None
        number = value(setting.expanded(other.term.expr), {}, 40)
        return None if number is None else abs(number - literal) / unit
    return None


def out_of_reach(setting: Setting, member: Member, literal: mpf, unit: mpf) -> bool:
    """Whether a number cannot be printed so, wherever the decimals behind it were rounded from.

    A decimal was rounded or cut: what is behind it lies from half a unit below to one unit above.
    """
    assert member.term is not None
    decimals = list(dict.fromkeys(_decimals_of(member)))
    if not 0 < len(decimals) <= _MOST_DECIMALS:
        return False
    expr = setting.expanded(member.term.expr)
    values = []
    for ends in product(*(_span_of(number, digits) for number, digits in decimals)):
        moved = dict(zip((number for number, _ in decimals), ends, strict=True))
        values.append(value(expr.xreplace(moved | {-old: -new for old, new in moved.items()}), {}, 40))
    if any(one is None for one in values):
        return False
    known = [one for one in values if one is not None]
    low, high = _ends(literal, unit)
    return bool(max(known) < low or min(known) > high)


def fits_another_base(setting: Setting, member: Member, literal: mpf, unit: mpf) -> bool:
    """Whether logarithms to the base 2 or 10 give the number printed."""
    assert member.term is not None
    expr = setting.expanded(member.term.expr)
    for base in _BASES if expr.has(sympy.log) else ():
        scaled = expr.replace(sympy.log, lambda inner, base=base: sympy.log(inner) / sympy.log(base))
        number = value(scaled, {}, 40)
        if number is not None and abs(number - literal) <= 2 * unit:
            return True
    return False


def _decimals_of(member: Member) -> Iterator[tuple[sympy.Rational, int]]:
    """The printed decimals of a side, each with its digits behind the point."""
    for node in walk(member.node) if member.node is not None else ():
        if isinstance(node, Number) and "." in node.text:
            digits = len(node.text.partition(".")[2])
            yield sympy.Rational(int(node.text.replace(".", "")), 10**digits), digits


def _span_of(number: sympy.Rational, digits: int) -> tuple[Expr, Expr]:
    unit = sympy.Rational(1, 10**digits)
    return number - unit / 2, number + unit


def _ends(literal: mpf, unit: mpf) -> tuple[mpf, mpf]:
    below, above = literal - unit / 2, literal + unit
    return (below, above) if literal >= 0 else (literal - unit, literal + unit / 2)


def differ_in_rounding(setting: Setting, step: Step) -> bool:
    r"""Whether two formulas are equal but for one printed decimal, which is right to its last digit.

    `\frac{\ln 2}{r}` and `0.693 / r` are.
    """
    printed_ones = [(*found, side) for side in (step.left, step.right) for found in _decimals_of(side)]
    if len(printed_ones) != 1 or step.left.term is None or step.right.term is None:
        return False
    number, digits, side = printed_ones[0]
    other = step.left if side is step.right else step.right
    assert side.term is not None
    assert other.term is not None
    exact, shown = setting.expanded(other.term.expr), setting.expanded(side.term.expr)
    factor = sympy.cancel(exact / shown) if shown != 0 else sympy.nan
    if not factor.is_number or not factor.is_finite:
        return False
    unit = sympy.Rational(1, 10**digits)
    near = abs(number * (factor - 1)) <= unit / 2
    known = setting.known_positive(leaves=False)
    return bool(near) and equal(exact, shown.xreplace({number: number * factor}), known)
