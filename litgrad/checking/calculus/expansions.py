"""Expressions to germs: each function expanded where its argument goes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import count, islice

import sympy
from sympy import Dummy, Expr, Pow, Symbol, exp, oo
from sympy.core.function import AppliedUndef, UndefinedFunction

from litgrad.checking.calculus.germs import (
    ONE,
    TERMS,
    Facts,
    Germ,
    Size,
    Undecided,
    add,
    beyond_one,
    bound_is_small,
    compare,
    constant,
    is_small,
    largest,
    leading,
    monomial,
    multiply,
    scaled,
    series,
)

_LARGEST_POWER = 40
_LITTLE = Fraction(1, 10**6)
"""By how much a power is raised to stand for what is small beside it."""


def germ_of(expr: Expr, variable: Symbol, place: Germ, facts: Facts) -> Germ:
    """How an expression behaves where its variable does as `place`; raises Undecided."""
    if not expr.has(variable):
        if expr.has(oo, -oo, sympy.zoo, sympy.nan):
            raise Undecided
        return constant(expr)
    if expr == variable:
        return place
    rule = _unknown(expr.func) if isinstance(expr, AppliedUndef) else _RULES.get(expr.func)
    if rule is None:
        raise Undecided
    return rule(facts, *(germ_of(argument, variable, place, facts) for argument in expr.args))


def near(point: Expr, side: int) -> Germ:
    """A variable that goes to a point from above (1) or below (-1), or to an infinity."""
    if point in (oo, -oo):
        return monomial(sympy.Integer(1 if point is oo else -1), -1)
    return Germ({**constant(point).terms, **monomial(sympy.Integer(side), 1).terms})


def limit_of(germ: Germ, facts: Facts) -> Expr:
    """Where a germ goes: a value or an infinity; raises Undecided."""
    terms = {size: c for size, c in germ.terms.items() if not is_small(facts, size)}
    if all(bound_is_small(facts, bound) for bound in germ.rest) and set(terms) <= {ONE}:
        return terms.get(ONE, sympy.Integer(0))
    _, coefficient = leading(facts, germ)
    return facts.sign(coefficient) * oo


# -------------------------------- pieces of an argument --------------------------------


def _parts(facts: Facts, germ: Germ) -> tuple[dict[Size, Expr], Expr, Germ]:
    """What grows without end, the value, and what goes to 0."""
    if not all(bound_is_small(facts, bound) for bound in germ.rest):
        raise Undecided
    infinite: dict[Size, Expr] = {}
    small: dict[Size, Expr] = {}
    for size, coefficient in germ.terms.items():
        order = compare(facts, size, ONE)
        if order != 0:
            (infinite if order > 0 else small)[size] = coefficient
    return infinite, germ.terms.get(ONE, sympy.Integer(0)), Germ(small, germ.rest)


def _finite(facts: Facts, germ: Germ) -> tuple[Expr, Germ]:
    infinite, at, small = _parts(facts, germ)
    if infinite:
        raise Undecided
    return at, small


def _sum(facts: Facts, *germs: Germ) -> Germ:
    return add(facts, *germs)


def _product(facts: Facts, *germs: Germ) -> Germ:
    total = germs[0]
    for germ in germs[1:]:
        total = multiply(facts, total, germ)
    return total


# -------------------------------- powers, exponentials, logarithms --------------------------------


def _power(facts: Facts, base: Germ, exponent: Germ) -> Germ:
    fixed = exponent.terms.get(ONE, sympy.Integer(0))
    if exponent.rest or set(exponent.terms) - {ONE}:
        return _exp(facts, multiply(facts, exponent, _log(facts, base)))
    if fixed.is_Integer and 0 <= fixed <= _LARGEST_POWER:
        return _product(facts, constant(sympy.Integer(1)), *[base] * int(fixed))
    if not fixed.is_Rational or abs(fixed) > _LARGEST_POWER:
        return _exp(facts, scaled(_log(facts, base), fixed))
    size, coefficient, small = beyond_one(facts, base)
    if not (facts.never_zero(coefficient) if fixed.is_Integer else facts.sign(coefficient) > 0):
        raise Undecided
    q = Fraction(int(fixed.p), int(fixed.q))
    if (size.logs * q).denominator != 1:
        raise Undecided
    raised = Size(tuple((b, j, fixed * c) for b, j, c in size.exponent), size.power * q, int(size.logs * q))
    return multiply(facts, Germ({raised: coefficient**fixed}), series(facts, _binomials(fixed), small))


def _binomials(exponent: Expr) -> Iterator[Expr]:
    return (sympy.ff(exponent, n) / sympy.factorial(n) for n in range(TERMS + 1))


def _exp(facts: Facts, argument: Germ) -> Germ:
    infinite, at, small = _parts(facts, argument)
    if any(size.exponent or size.power > 0 for size in infinite):
        raise Undecided
    power, pieces = Fraction(0), []
    for size, coefficient in infinite.items():
        if size.power == 0 and size.logs == 1 and coefficient.is_Rational:
            power -= Fraction(int(coefficient.p), int(coefficient.q))
        else:
            pieces.append((size.power, size.logs, coefficient))
    exponent = tuple(sorted(pieces, key=lambda piece: (piece[0], -piece[1])))
    rates = (1 / sympy.factorial(n) for n in range(TERMS + 1))
    head = Germ({Size(exponent, power): exp(at) if at != 0 else sympy.Integer(1)})
    return multiply(facts, head, series(facts, rates, small))


def _log(facts: Facts, argument: Germ) -> Germ:
    size, coefficient, small = beyond_one(facts, argument)
    if facts.sign(coefficient) <= 0 or size.logs != 0:
        raise Undecided
    rates = (sympy.Integer(0) if n == 0 else sympy.Rational((-1) ** (n + 1), n) for n in range(TERMS + 1))
    pieces = [series(facts, rates, small)]
    if coefficient != 1:
        pieces.append(constant(sympy.log(coefficient)))
    if size.power:
        rate = -sympy.Rational(size.power.numerator, size.power.denominator)
        pieces.append(Germ({Size((), Fraction(0), 1): rate}))
    pieces.extend(Germ({Size((), power, logs): c}) for power, logs, c in size.exponent)
    return add(facts, *pieces)


def _hyperbolic(facts: Facts, argument: Germ, sign: int) -> Germ:
    up, down = _exp(facts, argument), _exp(facts, scaled(argument, sympy.Integer(-1)))
    return scaled(add(facts, up, scaled(down, sympy.Integer(sign))), sympy.Rational(1, 2))


def _tanh(facts: Facts, argument: Germ) -> Germ:
    return multiply(
        facts,
        _hyperbolic(facts, argument, -1),
        _power(facts, _hyperbolic(facts, argument, 1), constant(sympy.Integer(-1))),
    )


# -------------------------------- functions with a series --------------------------------


def _smooth(function: type[sympy.Function]) -> Callable[[Facts, Germ], Germ]:
    """A function that is expanded where its argument has a value."""

    def rule(facts: Facts, argument: Germ) -> Germ:
        at, small = _finite(facts, argument)
        return series(facts, islice(_derivatives(function, at), TERMS + 1), small)

    return rule


def _derivatives(function: type[sympy.Function], at: Expr) -> Iterator[Expr]:
    """The coefficients of a Taylor series."""
    slot = Dummy("u", real=True)
    expr, factorial = function(slot), 1
    for order in count(1):
        found = expr.subs(slot, at) / factorial
        if found.has(oo, -oo, sympy.zoo, sympy.nan):
            raise Undecided
        yield found
        expr, factorial = sympy.diff(expr, slot), factorial * order


def _unknown(function: UndefinedFunction) -> Callable[..., Germ]:
    """A function of which only its derivative is used, where it has one."""

    def rule(facts: Facts, *arguments: Germ) -> Germ:
        if len(arguments) != 1:
            raise Undecided
        at, small = _finite(facts, arguments[0])
        slot = at if isinstance(at, Symbol) else Dummy("u", real=True)
        slope = sympy.Derivative(function(slot), slot)
        rate = slope if slot is at else sympy.Subs(slope, slot, at)
        top = largest(facts, [*small.terms, *small.rest])
        rest = frozenset() if top is None else frozenset([replace(top, power=top.power + _LITTLE)])
        return add(facts, constant(function(at)), scaled(small, rate), Germ({}, rest))

    return rule


def _bounded(function: type[sympy.Function]) -> Callable[[Facts, Germ], Germ]:
    """Sine and cosine, which stay between -1 and 1 however far their argument goes."""
    smooth = _smooth(function)

    def rule(facts: Facts, argument: Germ) -> Germ:
        infinite, _, _ = _parts(facts, argument)
        return Germ({}, frozenset([ONE])) if infinite else smooth(facts, argument)

    return rule


def _arctan(facts: Facts, argument: Germ) -> Germ:
    size, coefficient = leading(facts, argument) if argument.terms else (ONE, sympy.Integer(0))
    if not argument.terms or compare(facts, size, ONE) <= 0:
        return _smooth(sympy.atan)(facts, argument)
    inverse = _smooth(sympy.atan)(facts, _power(facts, argument, constant(sympy.Integer(-1))))
    end = constant(facts.sign(coefficient) * sympy.pi / 2)
    return add(facts, end, scaled(inverse, sympy.Integer(-1)))


def _erf(facts: Facts, argument: Germ) -> Germ:
    infinite, _, _ = _parts(facts, argument)
    if not infinite:
        return _smooth(sympy.erf)(facts, argument)
    _, coefficient = leading(facts, argument)
    tail, _ = leading(facts, _exp(facts, scaled(multiply(facts, argument, argument), sympy.Integer(-1))))
    end = constant(sympy.Integer(facts.sign(coefficient)))
    return Germ(end.terms, frozenset([tail]))


def _absolute(facts: Facts, argument: Germ) -> Germ:
    if not argument.terms and not argument.rest:
        return argument
    _, coefficient = leading(facts, argument)
    return scaled(argument, sympy.Integer(facts.sign(coefficient)))


def _extreme(direction: int) -> Callable[..., Germ]:
    def rule(facts: Facts, *arguments: Germ) -> Germ:
        best = arguments[0]
        for other in arguments[1:]:
            gap = add(facts, best, scaled(other, sympy.Integer(-1)))
            if gap.terms or gap.rest:
                best = best if facts.sign(leading(facts, gap)[1]) == direction else other
        return best

    return rule


_RULES: dict[type, Callable[..., Germ]] = {
    sympy.Add: _sum,
    sympy.Mul: _product,
    Pow: _power,
    exp: _exp,
    sympy.log: _log,
    sympy.sin: _bounded(sympy.sin),
    sympy.cos: _bounded(sympy.cos),
    sympy.tan: _smooth(sympy.tan),
    sympy.asin: _smooth(sympy.asin),
    sympy.acos: _smooth(sympy.acos),
    sympy.atan: _arctan,
    sympy.sinh: lambda facts, u: _hyperbolic(facts, u, -1),
    sympy.cosh: lambda facts, u: _hyperbolic(facts, u, 1),
    sympy.tanh: _tanh,
    sympy.erf: _erf,
    sympy.Abs: _absolute,
    sympy.Max: _extreme(1),
    sympy.Min: _extreme(-1),
}
