"""What a step needs of its symbols' values to be true: the exact part of the domain where its sides agree."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, combinations, islice, product

import sympy
from mpmath import mpf
from sympy import Expr, Interval, Pow, Symbol, oo

from litgrad.checking.normal_form import equal
from litgrad.checking.numeric import same, value
from litgrad.checking.points import Domain, random_points, small_points
from litgrad.checking.setting import Setting
from litgrad.meaning.forms import atoms_of, text_of
from litgrad.records import dataclass

_POINTS = 24
"""Points looked at inside and outside a region."""
_CANDIDATES = 12
"""Expressions whose sign is tried."""
_DIGITS = 40
_BEST = 3
_REGIONS = 6
"""Regions on which the sides are proved equal that are compared for the best."""
_NEAR = 4
_PIECES = (sympy.Abs, sympy.sign, sympy.Max, sympy.Min)
"""A step from one of these to another claims to hold on all pieces."""

Sides = tuple[Expr, Expr]


@dataclass(frozen=True, slots=True)
class Need:
    """An expression and the interval that it must lie in."""

    expr: Expr
    values: Interval

    def latex(self, written: Mapping[Expr, str]) -> str:
        r"""`x \ge 0`, `t \le 1`, `-\frac{\pi}{2} \le x \le \frac{\pi}{2}`, in the author's own writing.

        >>> x = sympy.Symbol("x", real=True)
        >>> Need(1 - x, Interval(0, oo)).latex({})
        'x \\le 1'
        """
        expr, bound = _solved(self.expr, self.values)
        shown = written.get(expr) or _latex(expr)
        low = "<" if bound.left_open else r"\le"
        high = "<" if bound.right_open else r"\le"
        if bound.end is oo:
            above = ">" if bound.left_open else r"\ge"
            return f"{shown} {above} {_latex(bound.start)}"
        if bound.start is -oo:
            return f"{shown} {high} {_latex(bound.end)}"
        return f"{_latex(bound.start)} {low} {shown} {high} {_latex(bound.end)}"


def _latex(expr: Expr) -> str:
    written = re.sub(r" \{(\\?\w+)\}", r" \1", sympy.latex(expr, fold_func_brackets=True))
    return written.replace("- ", "-") if expr.could_extract_minus_sign() else written


def conditions(setting: Setting, left: Expr, right: Expr) -> tuple[Need, ...]:
    """What must hold for two sides to be equal; empty where nothing of the kind is found.

    The sides are proved equal under the condition; points inside agree, and some point outside does not.
    Best is a condition under which both sides are defined and without which they never agree; else one
    without which they never agree; else one that is enough.
    """
    sides = setting.expanded(left), setting.expanded(right)
    if not any(map(_branches, sides)) or all(side.has(*_PIECES) for side in sides):
        return ()
    if all(_agree(sides, point) for point in _points(setting.domain(*sides, leaves=True))):
        return ()
    best: tuple[Need, ...] = ()
    rank = 0
    for proved in islice(_proved(sides, setting.known_positive(leaves=True)), _REGIONS):
        needs = tuple(_with_boundary(setting, sides, need) for need in proved)
        reached = _rank(setting, sides, needs)
        if reached > rank:
            best, rank = needs, reached
        if rank == _BEST:
            break
    return best


def _branches(side: Expr) -> bool:
    """Whether a side holds something that is only by parts what it looks like."""
    return side.has(sympy.log, sympy.Abs, sympy.sign, sympy.Max, sympy.Min, *_INVERSES) or any(
        not power.exp.is_Integer for power in side.atoms(Pow)
    )


# -------------------------------- candidates, proved --------------------------------


def _proved(sides: Sides, known: tuple[Expr, ...]) -> Iterator[tuple[Need, ...]]:
    """Regions on which the sides are proved equal, the likeliest first."""
    yield from _inverse_regions(sides, known)
    signed = list(islice(dict.fromkeys(_signed(sides)), _CANDIDATES))
    for size in (1, 2):
        for needed in combinations(signed, size):
            if _equal(sides, known, needed):
                yield tuple(map(_positive, needed))
    symbols = sorted((s for s in signed if s.is_Symbol), key=text_of)
    if len(symbols) > 2 and _equal(sides, known, symbols):
        yield tuple(map(_positive, _least(sides, known, symbols)))
        yield tuple(map(_positive, symbols))
    yield from _root_regions(sides, known)
    yield from _regions_of_squares(sides, known, signed)


def _equal(sides: Sides, known: tuple[Expr, ...], needed: Iterable[Expr]) -> bool:
    needed = tuple(needed)
    return equal(*(_powers_joined(side, needed) for side in sides), (*known, *needed))


def _least(sides: Sides, known: tuple[Expr, ...], needed: list[Expr]) -> list[Expr]:
    """The same without those that the proof can do without."""
    for expr in list(needed):
        rest = [other for other in needed if other != expr]
        if _equal(sides, known, rest):
            needed = rest
    return needed


def _positive(expr: Expr) -> Need:
    return Need(expr, Interval.open(0, oo))


def _signed(sides: Sides) -> Iterator[Expr]:
    """Expressions whose sign may decide: symbols, and what stands in bars, roots, logarithms, max."""
    yield from sorted(sides[0].free_symbols | sides[1].free_symbols, key=text_of)
    for side in sides:
        for call in atoms_of(side, sympy.log):
            yield call.args[0]
        for call in atoms_of(side, sympy.Abs, sympy.sign):
            yield from (call.args[0], -call.args[0])
        for call in atoms_of(side, sympy.Max, sympy.Min):
            for first, second in combinations(call.args, 2):
                yield from (first - second, second - first)
        for power in atoms_of(side, Pow):
            if power.exp.is_Rational and not power.exp.is_Integer:
                pieces = (power.base, *sympy.Mul.make_args(power.base))
                yield from (piece for piece in pieces if piece.free_symbols and not piece.is_Pow)


def _regions_of_squares(
    sides: Sides, known: tuple[Expr, ...], signed: list[Expr]
) -> Iterator[tuple[Need, ...]]:
    """The same for what stands squared under a root once it is written as a product."""
    radicands = (power.base for side in sides for power in atoms_of(side, Pow) if not power.exp.is_Integer)
    squared = list(islice(dict.fromkeys(chain.from_iterable(map(_squared_in, radicands))), _CANDIDATES))
    others = [expr for expr in signed if expr not in squared]
    for needed in chain(((expr,) for expr in squared), product(others, squared), combinations(squared, 2)):
        if _equal(sides, known, needed):
            yield tuple(map(_positive, needed))


def _squared_in(radicand: Expr) -> Iterator[Expr]:
    """`\\cos t` and `a \\cos t` in `a^2 - a^2 \\sin^2 t`."""
    factors = sympy.Mul.make_args(sympy.factor(sympy.trigsimp(sympy.factor(radicand))))
    squared = [factor.base for factor in factors if isinstance(factor, Pow) and factor.exp.is_even]
    yield from squared
    if len(squared) > 1:
        yield sympy.Mul(*squared)


def _powers_joined(expr: Expr, positive: tuple[Expr, ...]) -> Expr:
    """`(x^a)^b` as `x^{ab}` for an x that is above zero."""
    if not expr.args:
        return expr
    expr = expr.func(*(_powers_joined(argument, positive) for argument in expr.args))
    if isinstance(expr, Pow) and isinstance(expr.base, Pow) and expr.base.base in positive:
        return Pow(expr.base.base, expr.base.exp * expr.exp)
    return expr


_HALF_TURN = sympy.pi / 2
_INVERSES = {
    sympy.asin: (sympy.sin, Interval(-_HALF_TURN, _HALF_TURN)),
    sympy.acos: (sympy.cos, Interval(0, sympy.pi)),
    sympy.atan: (sympy.tan, Interval.open(-_HALF_TURN, _HALF_TURN)),
}
"""Where an inverse function undoes its function."""


def _inverse_regions(sides: Sides, known: tuple[Expr, ...]) -> Iterator[tuple[Need, ...]]:
    """`\\arcsin(\\sin u)` taken as u where that is right."""
    for side in sides:
        for call in atoms_of(side, *_INVERSES):
            function, values = _INVERSES[call.func]
            inner = call.args[0]
            if isinstance(inner, function):
                undone = {call: inner.args[0]}
                if equal(*(other.xreplace(undone) for other in sides), known):
                    yield (Need(inner.args[0], values),)


def _root_regions(sides: Sides, known: tuple[Expr, ...]) -> Iterator[tuple[Need, ...]]:
    """`\\sqrt{A} = B` holds where `B \\ge 0`, if `A = B^2`."""
    for root, other in (sides, sides[::-1]):
        even = isinstance(root, Pow) and root.exp.is_Rational and root.exp.p == 1 and root.exp.q % 2 == 0
        if even and other.free_symbols and equal(root.base, other**root.exp.q, known):
            yield (Need(other, Interval(0, oo)),)


# -------------------------------- points --------------------------------


def _with_boundary(setting: Setting, sides: Sides, need: Need) -> Need:
    """A strict need made weak where the sides are defined and equal on its boundary, too."""
    symbol, bound = _solved(need.expr, need.values)
    if not (need.values.left_open and need.values.end is oo and isinstance(symbol, Symbol)):
        return need
    edge = bound.start if bound.start.is_finite else bound.end
    at_edge = tuple(side.subs(symbol, edge) for side in sides)
    if any(side.has(sympy.nan, sympy.zoo, oo, -oo) for side in at_edge):
        return need
    agreed = [_agree(at_edge, point) for point in _points(setting.domain(*at_edge, leaves=True))]
    return Need(need.expr, Interval(0, oo)) if agreed and all(agreed) else need


def _rank(setting: Setting, sides: Sides, needs: tuple[Need, ...]) -> int:
    """How good a condition is: 0 for none at all, `_BEST` for one that cannot be put better."""
    domain = setting.domain(*sides, leaves=True)
    within = replace(domain, sets=(*domain.sets, *((need.expr, need.values) for need in needs)))
    points = list(islice(_points(within), _POINTS))
    inside = [_agree(sides, point) for point in points if _defined(sides, point)]
    if not inside or not all(inside):
        return 0
    usual, special = (_agreeing(sides, within, points) for points in (_usual(domain), _special(domain)))
    if all(usual) and all(special):
        return 0
    if any(usual):
        return 1
    return _BEST if all(_defined(sides, point) for point in points if _near(point)) else 2


def _points(domain: Domain) -> Iterator[dict[Symbol, mpf]]:
    """Usual points; small numbers where there are few."""
    first = list(_usual(domain))
    return chain(first, () if len(first) >= _POINTS else _special(domain))


def _usual(domain: Domain) -> Iterator[dict[Symbol, mpf]]:
    """Points at which nothing is zero or one by accident."""
    return islice(random_points(domain, tries=1_000), 2 * _POINTS)


def _special(domain: Domain) -> Iterator[dict[Symbol, mpf]]:
    return small_points(domain, 200)


def _agreeing(sides: Sides, within: Domain, points: Iterable[dict[Symbol, mpf]]) -> list[bool]:
    """Whether the sides agree at points outside a region at which one of them is defined."""
    beyond = (point for point in points if not within.holds(point) and _any_defined(sides, point))
    return [_agree(sides, point) for point in islice(beyond, _POINTS)]


def _near(point: dict[Symbol, mpf]) -> bool:
    """Whether nothing overflows at a point."""
    return all(abs(number) <= _NEAR for number in point.values())


def _values(sides: Sides, point: dict[Symbol, mpf]) -> tuple[mpf | None, mpf | None]:
    return value(sides[0], point, _DIGITS + 20), value(sides[1], point, _DIGITS + 20)


def _defined(sides: Sides, point: dict[Symbol, mpf]) -> bool:
    return None not in _values(sides, point)


def _any_defined(sides: Sides, point: dict[Symbol, mpf]) -> bool:
    return _values(sides, point) != (None, None)


def _agree(sides: Sides, point: dict[Symbol, mpf]) -> bool:
    """Whether both sides are defined and equal; a value on one side only is no agreement."""
    left, right = _values(sides, point)
    return left is not None and right is not None and same(left, right, _DIGITS)


def _solved(expr: Expr, values: Interval) -> tuple[Expr, Interval]:
    """`1 - t >= 0` as `t <= 1`; other expressions as they stand."""
    symbols = list(expr.free_symbols)
    if len(symbols) != 1 or expr.is_Symbol or not expr.is_polynomial(*symbols):
        return expr, values
    polynomial = sympy.Poly(expr, *symbols)
    if polynomial.degree() != 1:
        return expr, values
    slope, offset = polynomial.all_coeffs()
    low, high = (values.start - offset) / slope, (values.end - offset) / slope
    if slope > 0:
        return symbols[0], Interval(low, high, values.left_open, values.right_open)
    return symbols[0], Interval(high, low, values.right_open, values.left_open)
