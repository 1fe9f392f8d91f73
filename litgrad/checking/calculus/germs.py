"""How an expression behaves as t falls to 0: sums of `c exp(P) t^a L^k` and a rest, where L is log(1/t)."""

from collections.abc import Iterable, Iterator
from dataclasses import field
from fractions import Fraction
from math import prod
from typing import TypeAlias

import mpmath
import sympy
from sympy import Expr

from litgrad.checking.normal_form import equal, is_nonnegative
from litgrad.checking.numeric import value
from litgrad.records import dataclass

TERMS = 8
"""How far beyond its largest term a series goes, in powers of t."""
_MOST = 120
"""More terms than a limit of a post needs."""
_SURE = mpmath.mpf(10) ** -40

Exponent: TypeAlias = tuple[tuple[Fraction, int, Expr], ...]
"""`sum of c t^b L^j`, all of it infinite, the largest piece first."""


class Undecided(Exception):
    """The behaviour does not follow: a sign is open, or too few terms are known."""


@dataclass(frozen=True, slots=True)
class Size:
    """`exp(P) t^a L^k`."""

    exponent: Exponent
    power: Fraction
    logs: int = 0


ONE = Size((), Fraction(0))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the other symbols."""

    positive: tuple[Expr, ...] = ()
    nonzero: frozenset[Expr] = frozenset()
    """What stands alone below a fraction line, and so is not zero wherever the whole is defined."""
    known: dict[Expr, int] = field(default_factory=dict, compare=False, repr=False)
    """Signs found so far."""

    def sign(self, expr: Expr) -> int:
        """-1, 0 or 1; raises Undecided."""
        if expr.is_Rational:
            return (expr.p > 0) - (expr.p < 0)
        if expr not in self.known:
            self.known[expr] = self._sign(expr)
        return self.known[expr]

    def _sign(self, expr: Expr) -> int:
        if self.vanishes(expr):
            return 0
        if not expr.free_symbols:
            number = value(expr, {}, 60)
            if number is not None and abs(number) > _SURE:
                return 1 if number > 0 else -1
            raise Undecided
        try:
            return self._sign_of_parts(expr)
        except Undecided:
            return self._sign_of_whole(expr)

    def _sign_of_parts(self, expr: Expr) -> int:
        """The sign of a product or a power, where it is defined."""
        if isinstance(expr, sympy.exp) or (expr.is_Pow and expr.exp.is_even and expr.exp < 0):
            return 1
        if expr.is_Mul:
            return prod(map(self.sign, expr.args))
        if expr.is_Pow and expr.exp.is_Rational and self.sign(expr.base) > 0:
            return 1
        raise Undecided

    def _sign_of_whole(self, expr: Expr) -> int:
        for sign in (1, -1):
            if is_nonnegative(sign * expr, self.positive, strict=True):
                return sign
        above, below = sympy.fraction(sympy.together(expr))
        if below.free_symbols and is_nonnegative(below, self.positive, strict=False):
            return self.sign(above)  # where the quotient is defined its denominator is not 0
        raise Undecided

    def never_zero(self, expr: Expr) -> bool:
        """Whether an expression is provably not 0."""
        factors = (factor.base if factor.is_Pow else factor for factor in sympy.Mul.make_args(expr))
        if all(factor in self.nonzero or (factor.is_Rational and factor != 0) for factor in factors):
            return True
        return self.sign(expr) != 0

    def vanishes(self, expr: Expr) -> bool:
        """Whether an expression is provably 0."""
        return expr == 0 if expr.is_Rational else equal(expr, sympy.Integer(0), self.positive)


@dataclass(frozen=True, slots=True)
class Germ:
    """Terms with their coefficients, and bounds on what is left out."""

    terms: dict[Size, Expr]
    rest: frozenset[Size] = frozenset()
    """Sizes that the part left out does not exceed, logarithms aside."""


def constant(expr: Expr) -> Germ:
    """Something without t."""
    return Germ({} if expr == 0 else {ONE: expr})


def monomial(coefficient: Expr, power: Fraction | int) -> Germ:
    """`c t^a`."""
    return Germ({Size((), Fraction(power)): coefficient})


# -------------------------------- order --------------------------------


def compare(facts: Facts, left: Size, right: Size) -> int:
    """1 where the left size outgrows the right one, 0 where they are the same, else -1."""
    gap = difference(facts, left.exponent, right.exponent)
    if gap:
        return facts.sign(gap[0][2])
    if left.power != right.power:
        return 1 if left.power < right.power else -1
    return (left.logs > right.logs) - (left.logs < right.logs)


def difference(facts: Facts, left: Exponent, right: Exponent) -> Exponent:
    """The first exponent less the second."""
    return combined(facts, [*left, *((b, j, -c) for b, j, c in right)])


def combined(facts: Facts, pieces: Iterable[tuple[Fraction, int, Expr]]) -> Exponent:
    """Pieces added up, the largest first; those that cancel are gone."""
    total: dict[tuple[Fraction, int], Expr] = {}
    for power, logs, coefficient in pieces:
        total[power, logs] = total.get((power, logs), sympy.Integer(0)) + coefficient
    kept = [(b, j, sympy.expand(c)) for (b, j), c in total.items() if not facts.vanishes(sympy.expand(c))]
    return tuple(sorted(kept, key=lambda piece: (piece[0], -piece[1])))


def largest(facts: Facts, sizes: Iterable[Size]) -> Size | None:
    """The size that outgrows all others."""
    found: Size | None = None
    for size in sizes:
        if found is None or compare(facts, size, found) > 0:
            found = size
    return found


def leading(facts: Facts, germ: Germ) -> tuple[Size, Expr]:
    """The largest term; raises Undecided where what is left out may be as large."""
    top = largest(facts, germ.terms)
    if top is None or any(not _exceeds(facts, top, bound) for bound in germ.rest):
        raise Undecided
    return top, germ.terms[top]


def _exceeds(facts: Facts, size: Size, bound: Size) -> bool:
    """Whether a term is larger than a bound even with any power of the logarithm beside it."""
    gap = difference(facts, size.exponent, bound.exponent)
    return facts.sign(gap[0][2]) > 0 if gap else size.power < bound.power


def is_small(facts: Facts, size: Size) -> bool:
    """Whether a size goes to 0."""
    return compare(facts, size, ONE) < 0


def bound_is_small(facts: Facts, bound: Size) -> bool:
    """Whether what is bounded so goes to 0, logarithms included."""
    return _exceeds(facts, ONE, bound)


# -------------------------------- arithmetic --------------------------------


def add(facts: Facts, *germs: Germ) -> Germ:
    """The sum."""
    total: dict[Size, Expr] = {}
    for germ in germs:
        for size, coefficient in germ.terms.items():
            total[size] = total[size] + coefficient if size in total else coefficient
    kept = {size: sympy.expand(c) for size, c in total.items()}
    kept = {size: c for size, c in kept.items() if not facts.vanishes(c)}
    return _trimmed(facts, Germ(kept, frozenset().union(*(germ.rest for germ in germs))))


def scaled(germ: Germ, factor: Expr) -> Germ:
    """A multiple."""
    if factor == 0:
        return Germ({})
    return Germ({size: factor * c for size, c in germ.terms.items()}, germ.rest)


def multiply(facts: Facts, left: Germ, right: Germ) -> Germ:
    """The product."""
    pieces = [
        Germ({_times(facts, a, b): x * y}) for a, x in left.terms.items() for b, y in right.terms.items()
    ]
    bounds = {
        _times(facts, bound, other)
        for first, second in ((left, right), (right, left))
        for bound in first.rest
        for other in _tops(facts, second)
    }
    product = add(facts, *pieces) if pieces else Germ({})
    return _trimmed(facts, Germ(product.terms, product.rest | bounds))


def _tops(facts: Facts, germ: Germ) -> Iterator[Size]:
    top = largest(facts, germ.terms)
    if top is not None:
        # a logarithm beside the bound is paid for with a little of its power
        yield Size(top.exponent, top.power - (Fraction(1, 1000) if top.logs > 0 else 0))
    yield from germ.rest


def _times(facts: Facts, left: Size, right: Size) -> Size:
    exponent = combined(facts, [*left.exponent, *right.exponent])
    return Size(exponent, left.power + right.power, left.logs + right.logs)


def _trimmed(facts: Facts, germ: Germ) -> Germ:
    """Terms far below the largest of their exponent are left out."""
    if len(germ.terms) > _MOST:
        raise Undecided
    first: dict[Exponent, Fraction] = {}
    for size in germ.terms:
        first[size.exponent] = min(first.get(size.exponent, size.power), size.power)
    ends = {exponent: power + TERMS for exponent, power in first.items()}
    kept = {size: c for size, c in germ.terms.items() if size.power < ends[size.exponent]}
    lost = {Size(size.exponent, size.power) for size in germ.terms if size not in kept}
    rest: list[Size] = []
    for bound in sorted({*germ.rest, *lost}, key=lambda size: size.power):
        if not any(bound.exponent == other.exponent and other.power <= bound.power for other in rest):
            rest.append(bound)
    return Germ(kept, frozenset(rest))


def divided(facts: Facts, germ: Germ, size: Size, coefficient: Expr) -> Germ:
    """A germ over one of its terms."""
    inverse = Size(tuple((b, j, -c) for b, j, c in size.exponent), -size.power, -size.logs)
    terms = {_times(facts, one, inverse): c / coefficient for one, c in germ.terms.items()}
    return Germ(terms, frozenset(_times(facts, bound, inverse) for bound in germ.rest))


def beyond_one(facts: Facts, germ: Germ) -> tuple[Size, Expr, Germ]:
    """A germ as `c s (1 + d)` with d going to 0: s, c and d."""
    size, coefficient = leading(facts, germ)
    quotient = divided(facts, germ, size, coefficient)
    return size, coefficient, add(facts, quotient, constant(sympy.Integer(-1)))


def series(facts: Facts, coefficients: Iterable[Expr], small: Germ) -> Germ:
    """`c0 + c1 d + c2 d^2 + ...` for a d that goes to 0."""
    top = largest(facts, [*small.terms, *small.rest])
    total, power = Germ({}), constant(sympy.Integer(1))
    for coefficient in coefficients:
        total = add(facts, total, scaled(power, coefficient))
        if top is None:
            return total
        power = multiply(facts, power, small)
    end = largest(facts, [*power.terms, *power.rest])
    bounds = {Size(end.exponent, end.power - (Fraction(1, 1000) if end.logs > 0 else 0))} if end else set()
    return _trimmed(facts, Germ(total.terms, total.rest | bounds))
