"""Powers of numbers: of primes, and of -1 to whole exponents that are not numbers."""

from fractions import Fraction

from litgrad.tensors.normal.atoms import Atom, Exponent, Poly, Table, Unproved, is_integer
from litgrad.tensors.normal.monomials import settle
from litgrad.tensors.normal.polynomials import as_poly, constant, exponent_of, product, scaled
from litgrad.tensors.normal.terms import Term


def primes(value: Fraction) -> dict[int, int]:
    """A positive number as a product of primes; what has no small divisor counts as one.

    >>> primes(Fraction(12, 5))
    {2: 2, 3: 1, 5: -1}
    """
    found: dict[int, int] = {}
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        left, divisor = number, 2
        while divisor * divisor <= left and divisor < 2000:
            while left % divisor == 0:
                found[divisor] = found.get(divisor, 0) + sign
                left //= divisor
            divisor += 1
        if left > 1:
            found[left] = found.get(left, 0) + sign
    return found


def number_power(table: Table, value: Fraction, exponent: Exponent) -> Poly:
    """A positive number to a power, prime by prime."""
    if is_integer(exponent) and abs(exponent[1]) < 1000:
        return constant(value ** int(exponent[1]))
    factors = [
        (
            table.number(Atom("prime", prime, nonnegative=True)),
            (),
            product(table, exponent, (0, Fraction(count))),
        )
        for prime, count in primes(value).items()
    ]
    return settle(table, Term(tuple(factors), {}))


def sign_power(table: Table, exponent: Exponent) -> Poly:
    """-1 to a whole power."""
    return settle(table, Term(((table.number(Atom("minus", 0)), (), exponent),), {}))


def prime_rule(table: Table, term: Term, place: int) -> Poly | None:
    """The whole part of the power of a prime is a number."""
    atom, labels, (symbolic, rational) = term.factors[place]
    whole = rational.numerator // rational.denominator
    if not whole:
        return None
    if abs(whole) > 1000:
        raise Unproved
    rest = term.without(place).times((atom, labels, (symbolic, rational - whole)))
    return scaled(settle(table, rest), Fraction(table.atoms[atom].payload) ** whole)


def minus_rule(table: Table, term: Term, place: int) -> Poly | None:
    """-1 to a whole power counts modulo 2."""
    atom, labels, exponent = term.factors[place]
    poly = {m: value % 2 for m, value in as_poly(table, exponent).items() if value % 2}
    sign = -1 if poly.pop((), 0) else 1
    reduced = exponent_of(table, poly)
    if reduced == exponent and sign == 1:
        return None
    rest = term.without(place)
    if poly:
        rest = rest.times((atom, labels, reduced))
    return scaled(settle(table, rest), sign)
