"""Sines and cosines of sums, odd and even arguments, and the square of a sine."""

from fractions import Fraction

from litgrad.tensors.normal.atoms import Poly, Table
from litgrad.tensors.normal.monomials import spread
from litgrad.tensors.normal.pointwise import SQUARED, argument, placed, placed_function
from litgrad.tensors.normal.polynomials import ONE, added, multiplied, scaled, subtracted
from litgrad.tensors.normal.terms import Term


def sine(table: Table, poly: Poly) -> Poly:
    """The sine of every entry."""
    if not poly:
        return {}
    first, rest = _split(poly)
    if rest:
        return added(
            multiplied(table, sine(table, first), cosine(table, rest)),
            multiplied(table, cosine(table, first), sine(table, rest)),
        )
    return scaled(placed_function(table, "sin", 0, _without_sign(poly)), 1 if min(poly.values()) > 0 else -1)


def cosine(table: Table, poly: Poly) -> Poly:
    """The cosine of every entry."""
    if not poly:
        return dict(ONE)
    first, rest = _split(poly)
    if rest:
        return subtracted(
            multiplied(table, cosine(table, first), cosine(table, rest)),
            multiplied(table, sine(table, first), sine(table, rest)),
        )
    return placed_function(table, "cos", 0, _without_sign(poly))


def _without_sign(poly: Poly) -> Poly:
    return {monomial: abs(value) for monomial, value in poly.items()}


def _split(poly: Poly) -> tuple[Poly, Poly]:
    """The first term with a factor of 1, and the rest; of a few terms and small whole factors only."""
    size = sum(abs(value) if value.denominator == 1 else 1 for value in poly.values())
    if not 1 < size <= 6:
        return (poly, {}) if len(poly) == 1 else _halves(poly)
    monomial, value = min(poly.items())
    unit = Fraction(1 if value > 0 else -1) if value.denominator == 1 else value
    rest = dict(poly)
    rest[monomial] -= unit
    if not rest[monomial]:
        del rest[monomial]
    return {monomial: unit}, rest


def _halves(poly: Poly) -> tuple[Poly, Poly]:
    first = min(poly)
    return {first: poly[first]}, {monomial: value for monomial, value in poly.items() if monomial != first}


def arctan(table: Table, poly: Poly) -> Poly:
    """The inverse tangent of every entry, which is odd."""
    if not poly:
        return {}
    sign = 1 if min(poly.items())[1] > 0 else -1
    return scaled(placed_function(table, "arctan", 0, scaled(poly, sign)), sign)


def sine_rule(table: Table, term: Term, place: int) -> Poly:
    """The square of a sine is 1 less that of the cosine."""
    atom, labels, (_, rational) = term.factors[place]
    rest = term.without(place)
    if rational > 2:
        rest = rest.times((atom, labels, (0, rational - 2)))
    payload = table.atoms[atom].payload
    cosine = placed(table, "function", ("cos", *payload[1:-1]), argument(table, term.factors[place]))
    square = {((cosine[0], cosine[1], SQUARED),): Fraction(-1), (): Fraction(1)}
    return spread(table, rest, square)
