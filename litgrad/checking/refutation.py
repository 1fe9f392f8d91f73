"""Points where two sides differ, checked at two precisions and shown in the step's own symbols."""

from collections.abc import Iterable
from itertools import islice

from mpmath import mpf
from sympy import Derivative, Expr, Integral, Limit, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.bounds import certainly_apart, has_no_bounds
from litgrad.checking.numeric import readable, same, told_apart, value
from litgrad.checking.points import Domain, random_points, small_points
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Counterexample
from litgrad.records import dataclass

ENOUGH = 40
"""Points that must agree before a step without a proof is called confirmed."""
_SMALL_POINTS = 400
_COMPARED = 8
"""Of the points that refute, how many are compared for the simplest."""
_SMALL_ENOUGH = 12
"""Of the points that must agree, how many are small numbers; the others reach far."""
_DIGITS = 80
"""Digits to which values must agree; there are near-identities that agree to thirty and more."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for a counterexample found."""

    counterexample: Counterexample | None
    agreed: int
    """At how many points of the domain both sides are defined and equal."""


def search(setting: Setting, left: Expr, right: Expr, shown: tuple[Symbol, ...]) -> Search:
    """Look for a point of the domain where two sides differ.

    `shown` are the symbols of the formula as written, in order; the counterexample gives their values.
    """
    sides = setting.expanded(left), setting.expanded(right)
    if any(side.has(AppliedUndef, Derivative, Integral, Limit) for side in sides):
        return Search(None, 0)
    domain = setting.domain(*sides, leaves=True, appearance=shown)
    point, agreed = _differing_point(domain, *sides)
    if point is None:
        return Search(None, agreed)
    return Search(_shown(setting, left, right, point, shown), agreed)


def _differing_point(domain: Domain, left: Expr, right: Expr) -> tuple[dict[Symbol, mpf] | None, int]:
    agreed = 0
    for points, enough in (
        (small_points(domain, _SMALL_POINTS), _SMALL_ENOUGH),
        (random_points(domain), ENOUGH),
    ):
        for point in points:
            if value(left, point) is None or value(right, point) is None:
                continue
            if differ(left, right, point):
                return point, agreed
            agreed += 1
            if agreed >= enough:
                break
    return None, agreed


def differ(left: Expr, right: Expr, point: dict[Symbol, mpf]) -> bool:
    """Whether two sides have different values at a point, at two precisions and with their errors counted."""
    for digits in (_DIGITS + 20, 2 * _DIGITS + 40):
        a, b = value(left, point, digits), value(right, point, digits)
        if a is None or b is None or same(a, b, _DIGITS):
            return False
    return has_no_bounds(left, right) or certainly_apart(left, right, point)


def _shown(
    setting: Setting, left: Expr, right: Expr, point: dict[Symbol, mpf], shown: tuple[Symbol, ...]
) -> Counterexample:
    """The counterexample in the written symbols, which may allow a simpler point."""
    sides = setting.opaque(left), setting.opaque(right)
    if _free_to_choose(setting, sides):
        domain = setting.domain(*sides, leaves=False, appearance=shown)
        found = _simplest(setting, sides, domain, _visible(setting, sides, shown))
        if found is not None:
            return found
    leaves = setting.expanded(left), setting.expanded(right)
    visible = _visible(setting, sides, shown)
    domain = setting.domain(*leaves, leaves=True, appearance=shown)
    return _simplest(setting, leaves, domain, visible) or _counterexample(setting, leaves, point, visible)


def _simplest(
    setting: Setting, sides: tuple[Expr, Expr], domain: Domain, visible: tuple[Symbol, ...]
) -> Counterexample | None:
    """Of the first points of small numbers where the sides differ, the one with the most exact values."""
    differing = (point for point in small_points(domain, _SMALL_POINTS) if differ(*sides, point))
    found = [_counterexample(setting, sides, point, visible) for point in islice(differing, _COMPARED)]
    return min(found, key=_decimals, default=None)


def _decimals(counterexample: Counterexample) -> int:
    """How many of the values shown are decimals."""
    values = (counterexample.left, counterexample.right, *(number for _, number in counterexample.at))
    return sum(number.is_Float for number in values)


def _visible(setting: Setting, sides: tuple[Expr, Expr], shown: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    """The written symbols that the sides' values depend on."""
    inner = {free for side in sides for free in side.free_symbols}
    return tuple(symbol for symbol in shown if symbol in inner or setting.aliases.get(symbol) in inner)


def _free_to_choose(setting: Setting, sides: tuple[Expr, Expr]) -> bool:
    """Whether every defined symbol can take any value: a leaf of its own enters it with a plain factor."""
    used = {free for side in sides for free in side.free_symbols}
    defined = [free for free in used if free in setting.definitions.values]
    return all(_has_own_leaf(setting.expanded(symbol), used - {symbol}, setting) for symbol in defined)


def _has_own_leaf(body: Expr, others: Iterable[Symbol], setting: Setting) -> bool:
    taken = {free for other in others for free in setting.expanded(other).free_symbols}
    return any(body.diff(leaf).is_Number and body.diff(leaf) != 0 for leaf in body.free_symbols - taken)


def _counterexample(
    setting: Setting, sides: tuple[Expr, Expr], point: dict[Symbol, mpf], shown: tuple[Symbol, ...]
) -> Counterexample:
    left, right = (value(side, point) for side in sides)
    assert left is not None
    assert right is not None
    at = [(symbol.name, readable(number)) for symbol, number in _values_of(setting, point, shown)]
    named = {name for name, _ in at}
    at += [
        (symbol.name, readable(number))
        for symbol, number in point.items()
        if _missing(setting, symbol, named)
    ]
    return Counterexample(tuple(at), *told_apart(left, right))


def _missing(setting: Setting, symbol: Symbol, named: set[str]) -> bool:
    """Whether a chosen symbol is shown under no name."""
    return symbol.name not in named and not any(
        alias.name in named for alias, last in setting.aliases.items() if last == symbol
    )


def _values_of(
    setting: Setting, point: dict[Symbol, mpf], shown: tuple[Symbol, ...]
) -> list[tuple[Symbol, mpf]]:
    found: list[tuple[Symbol, mpf]] = []
    for symbol in shown:
        for form in (symbol, setting.aliases.get(symbol, symbol), setting.expanded(symbol)):
            number = value(form, point)
            if number is not None:
                found.append((symbol, number))
                break
    return found
