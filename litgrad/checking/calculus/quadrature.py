"""Values of integrals without a closed form, found in two ways, and what they say of two sides."""

from collections.abc import Iterator
from itertools import chain, cycle, islice

import mpmath
import sympy
from mpmath import mpf
from sympy import Derivative, Expr, Integral, Subs, Symbol, oo
from sympy.core.function import AppliedUndef

from litgrad.checking.calculus.bound import HELD
from litgrad.checking.calculus.continuity import at, between, is_continuous
from litgrad.checking.calculus.expansions import germ_of, limit_of, near
from litgrad.checking.calculus.germs import Facts, Undecided, largest
from litgrad.checking.numeric import readable, value
from litgrad.checking.points import Domain, near_points, small_points
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Counterexample
from litgrad.records import dataclass

DIGITS = 40
"""Digits to which two values must agree."""
_WORKING = 60
_SURE = mpf(10) ** -20
"""How near two ways to one value must come."""
_APART = mpf(10) ** -8
"""Values that differ less than this settle nothing unless they agree to all digits."""
_ENOUGH = 6
"""Points that must agree where there are symbols to choose."""
_TRIED = 16
_UNLIKE = (2, 3, 0.5, 4, 1.5, 5, 2.5, 6)


@dataclass(frozen=True, slots=True)
class Compared:
    """What the values of two sides say."""

    counterexample: Counterexample | None
    agreed: int


def compared(setting: Setting, left: Expr, right: Expr, shown: tuple[Symbol, ...]) -> Compared:
    """Compare two sides in which integrals are left, at a few points of the domain."""
    sides = setting.expanded(left), setting.expanded(right)
    agreed = 0
    if not all(map(_has_values, sides)):
        return Compared(None, 0)
    domain = setting.domain(*sides, leaves=True, appearance=shown)
    for point in _points(domain):
        exact = {symbol: _rational(number) for symbol, number in point.items()}
        first, second = (measured(side, exact) for side in sides)
        if (first is None and second is None) or (None in (first, second) and not _is_general(point)):
            continue
        if first is None or second is None:
            return Compared(None, 0)  # one side may have no value where the other has one
        gap, scale = abs(first - second), max(1, abs(first), abs(second))
        if gap > _APART * scale:
            where = tuple((symbol.name, readable(point[symbol])) for symbol in domain.symbols)
            return Compared(Counterexample(where, readable(first), readable(second)), agreed)
        if gap > mpf(10) ** -DIGITS * scale:
            return Compared(None, 0)
        agreed += _is_general(point)
        if agreed == _ENOUGH or not point:
            break
    return Compared(None, agreed)


def _points(domain: Domain) -> Iterator[dict[Symbol, mpf]]:
    """Small points, which readers like best, and others at which nothing agrees by chance."""
    others = chain(_unlike(domain), near_points(domain))
    return chain(islice(small_points(domain, 200), _TRIED), islice(others, 2 * _TRIED))


def _unlike(domain: Domain) -> Iterator[dict[Symbol, mpf]]:
    """Points at which every symbol has a small number of its own."""
    for turn in range(len(_UNLIKE)):
        numbers = cycle(_UNLIKE[turn:] + _UNLIKE[:turn])
        point = {symbol: mpf(number) for symbol, number in zip(domain.symbols, numbers, strict=False)}
        if domain.holds(point):
            yield point


def _is_general(point: dict[Symbol, mpf]) -> bool:
    """Whether nothing is 0, 1 or -1 and no two symbols are alike: sides may agree there by chance."""
    sizes = {abs(number) for number in point.values()}
    return len(sizes) == len(point) and not sizes & {mpf(0), mpf(1)}


def _has_values(side: Expr) -> bool:
    """Whether nothing unknown and no indefinite integral stands in a side."""
    indefinite = any(len(limit) == 1 for one in side.atoms(Integral) for limit in one.limits)
    return not indefinite and not side.has(AppliedUndef, Derivative, Subs)


def enough(agreed: int, sides: tuple[Expr, Expr]) -> bool:
    """Whether so many points say that two sides agree."""
    return agreed >= (_ENOUGH if any(side.free_symbols for side in sides) else 1)


def _rational(number: mpf) -> Expr:
    return sympy.nsimplify(mpmath.nstr(number, 12), rational=True) if number else sympy.Integer(0)


def measured(expr: Expr, point: dict[Symbol, Expr]) -> mpf | None:
    """The value of an expression at a point, its integrals by quadrature; None where one is not safe."""
    expr = expr.xreplace(point)
    held = sorted(expr.atoms(*HELD), key=str)
    names = {one: Symbol(f"held{number}", real=True) for number, one in enumerate(held)}
    values: dict[Symbol, mpf] = {}
    for one, name in names.items():
        number = _quadrature(one) if isinstance(one, Integral) and len(one.limits) == 1 else None
        if number is None:
            return None
        values[name] = number
    return value(expr.xreplace(names), values, _WORKING)


def _quadrature(expr: Integral) -> mpf | None:
    """An integral over an interval on which nothing is singular, found in two ways that agree."""
    variable, *ends = expr.limits[0]
    if len(ends) != 2 or expr.function.free_symbols - {variable} or expr.function.has(*HELD):
        return None
    if not all(end.is_number and end.is_extended_real for end in ends):
        return None
    below, above = ends
    if not is_continuous(expr.function, between(variable, below, above, ())):
        return None
    rising = 1 if below is -oo or above is oo or bool(above > below) else -1
    if not all(
        _ends_well(expr.function, variable, end, way * rising) for end, way in ((below, 1), (above, -1))
    ):
        return None
    with mpmath.workdps(_WORKING):
        return _in_two_ways(expr.function, variable, *map(_number, ends))


def _ends_well(integrand: Expr, variable: Symbol, end: Expr, side: int) -> bool:
    """Whether an integrand is continuous at a finite end, or falls fast enough towards an infinite one."""
    if end not in (oo, -oo) and is_continuous(integrand, at(variable, end, ())):
        return True
    facts = Facts()
    try:
        germ = germ_of(integrand, variable, near(end, 1 if end in (oo, -oo) else side), facts)
        if end not in (oo, -oo):
            return limit_of(germ, facts).is_finite is True
        top = largest(facts, [*germ.terms, *germ.rest])
        if top is None:
            return True
        return facts.sign(top.exponent[0][2]) < 0 if top.exponent else top.power >= 2 and top.logs == 0
    except Undecided:
        return False


def _number(end: Expr) -> mpf:
    if end in (oo, -oo):
        return mpf("inf") if end is oo else mpf("-inf")
    number = value(end, {}, _WORKING)
    assert number is not None
    return number


def _in_two_ways(integrand: Expr, variable: Symbol, below: mpf, above: mpf) -> mpf | None:
    def at_point(place: mpf) -> mpf:
        number = value(integrand, {variable: place}, _WORKING)
        if number is None:
            raise ValueError
        return number

    middles = [_between(below, above, share) for share in (mpf(1) / 3, mpf(5) / 7)]
    try:
        first, second = (mpmath.quad(at_point, [below, middle, above], maxdegree=8) for middle in middles)
    except (ValueError, ArithmeticError):
        return None
    same = abs(first - second) <= _SURE * max(1, abs(first))
    return first if same else None


def _between(below: mpf, above: mpf, share: mpf) -> mpf:
    if mpmath.isinf(below) and mpmath.isinf(above):
        return share - mpf(1) / 2
    if mpmath.isinf(above):
        return below + share
    return above - share if mpmath.isinf(below) else below + share * (above - below)
