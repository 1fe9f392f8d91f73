"""Logarithms: of products they are sums, as far as the signs of the factors are known."""

from fractions import Fraction

from litgrad.tensors.normal.atoms import FIRST, Factor, Monomial, Poly, Table, Unproved, is_integer
from litgrad.tensors.normal.content import content, magnitudes, pieces
from litgrad.tensors.normal.monomials import is_nonnegative
from litgrad.tensors.normal.numbers import primes
from litgrad.tensors.normal.pointwise import argument, placed_function
from litgrad.tensors.normal.polynomials import (
    added,
    as_poly,
    constant,
    is_simple,
    multiplied,
    scaled,
    whole_power,
)


def log_of(table: Table, poly: Poly) -> Poly:
    """The logarithm of a product is a sum, as far as the signs of the factors are known."""
    if not poly:
        raise Unproved
    number, factors, rest = content(table, poly, whole=False)
    total = _log_number(table, number)
    for factor in factors:
        total = added(total, _log_product(table, (factor,), Fraction(1)))
    if len(rest) == 1:
        ((monomial, coefficient),) = rest.items()
        return added(total, _log_product(table, monomial, coefficient))
    return added(total, placed_function(table, "log", 0, rest))


def _log_number(table: Table, value: Fraction) -> Poly:
    parts = [
        scaled(placed_function(table, "log", 0, constant(p)), count) for p, count in primes(value).items()
    ]
    return added(*parts)


def _log_product(table: Table, monomial: Monomial, coefficient: Fraction) -> Poly:
    total = _log_number(table, abs(coefficient))
    sign = 1 if coefficient > 0 else -1
    rest: list[Monomial] = []
    absolute, monomial = magnitudes(table, monomial)
    for square, times in absolute:
        total = added(total, scaled(placed_function(table, "log", 0, square), times))
    for part in pieces(table, monomial):
        found = _log_piece(table, part)
        if found is None:
            rest.append(part)
        else:
            total = added(total, found)
    if not rest and sign < 0:
        raise Unproved
    if len(rest) == 1 and is_simple(rest[0]) and is_integer(rest[0][0][2]):
        one = scaled(_powered(table, rest[0][0]), sign)
        return added(total, scaled(placed_function(table, "log", 0, one), rest[0][0][2][1]))
    if rest:
        together = constant(sign)
        for part in rest:
            together = multiplied(table, together, {part: Fraction(1)})
        total = added(total, placed_function(table, "log", 0, together))
    return total


def _log_piece(table: Table, part: Monomial) -> Poly | None:
    """The logarithm of a factor that is at least 0; None where its sign is not known."""
    if not is_simple(part):
        return placed_function(table, "log", 0, {part: Fraction(1)}) if is_nonnegative(table, part) else None
    ((number, _, exponent),) = part
    atom = table.atoms[number]
    if atom.kind == "exp":
        return scaled(argument(table, part[0]), exponent[1])
    fractional = not exponent[0] and exponent[1].denominator != 1
    if atom.nonnegative or fractional:
        inner = _powered(table, part[0])
        return multiplied(table, placed_function(table, "log", 0, inner), as_poly(table, exponent))
    if not exponent[0] and exponent[1] % 2 == 0:
        square = whole_power(table, _powered(table, part[0]), 2)
        return scaled(placed_function(table, "log", 0, square), exponent[1] / 2)
    return None


def _powered(table: Table, factor: Factor) -> Poly:
    """What a factor is a power of."""
    atom = table.atoms[factor[0]]
    if atom.kind == "prime":
        return constant(atom.payload)
    return argument(table, factor) if atom.kind == "base" else {((factor[0], factor[1], FIRST),): Fraction(1)}
