"""Quotients of polynomials over a growing list of generators (python-flint)."""

from dataclasses import field

from flint import Ordering, fmpz_mpoly, fmpz_mpoly_ctx

from litgrad.records import dataclass

TERM_LIMIT = 20_000
"""More terms than any step of a post needs; beyond it the work is given up."""


class TooLarge(Exception):
    """A polynomial grew beyond `TERM_LIMIT`."""


@dataclass(slots=True)
class Generators:
    """Numbers generators as they come; polynomials move to a wider ring when more are needed."""

    count: int = 0
    _ring: fmpz_mpoly_ctx = field(default_factory=lambda: _ring_of(16))
    _width: int = 16

    def new(self) -> int:
        """The index of a fresh generator."""
        if self.count == self._width:
            self._width *= 2
            self._ring = _ring_of(self._width)
        self.count += 1
        return self.count - 1

    def polynomial(self, index: int) -> fmpz_mpoly:
        """A generator as a polynomial."""
        return self._ring.gen(index)

    def constant(self, value: int) -> fmpz_mpoly:
        """A whole number as a polynomial."""
        return self._ring.constant(value)

    def monomial(self, exponents: dict[int, int], coefficient: int = 1) -> fmpz_mpoly:
        """A product of generators to powers."""
        powers = [0] * self._width
        for index, exponent in exponents.items():
            powers[index] = exponent
        return self._ring.from_dict({tuple(powers): coefficient})

    def here(self, polynomial: fmpz_mpoly) -> fmpz_mpoly:
        """A polynomial of an earlier, narrower ring in the present one."""
        if polynomial.context() is self._ring:
            return polynomial
        return polynomial.project_to_context(self._ring)


def _ring_of(width: int) -> fmpz_mpoly_ctx:
    return fmpz_mpoly_ctx.get([f"g{index}" for index in range(width)], Ordering.lex)


@dataclass(frozen=True, slots=True)
class Quotient:
    """A reduced fraction of polynomials; the denominator's leading coefficient is positive."""

    generators: Generators
    above: fmpz_mpoly
    below: fmpz_mpoly

    @staticmethod
    def of(generators: Generators, above: fmpz_mpoly, below: fmpz_mpoly) -> "Quotient":
        """The reduced fraction; raises ZeroDivisionError on a zero denominator, TooLarge on size."""
        above, below = generators.here(above), generators.here(below)
        if below.is_zero():
            raise ZeroDivisionError
        if len(above) > TERM_LIMIT or len(below) > TERM_LIMIT:
            raise TooLarge
        common = above.gcd(below)
        if not common.is_one():
            above, below = above / common, below / common
        if below.leading_coefficient() < 0:
            above, below = -above, -below
        return Quotient(generators, above, below)

    @staticmethod
    def number(generators: Generators, above: int, below: int = 1) -> "Quotient":
        """A rational number."""
        return Quotient.of(generators, generators.constant(above), generators.constant(below))

    @staticmethod
    def generator(generators: Generators, index: int) -> "Quotient":
        """A generator itself."""
        return Quotient(generators, generators.polynomial(index), generators.constant(1))

    def _pair(self) -> tuple[fmpz_mpoly, fmpz_mpoly]:
        return self.generators.here(self.above), self.generators.here(self.below)

    def __add__(self, other: "Quotient") -> "Quotient":
        (a, b), (c, d) = self._pair(), other._pair()
        return Quotient.of(self.generators, a * d + c * b, b * d)

    def __sub__(self, other: "Quotient") -> "Quotient":
        return self + -other

    def __neg__(self) -> "Quotient":
        above, below = self._pair()
        return Quotient(self.generators, -above, below)

    def __mul__(self, other: "Quotient") -> "Quotient":
        (a, b), (c, d) = self._pair(), other._pair()
        return Quotient.of(self.generators, a * c, b * d)

    def __truediv__(self, other: "Quotient") -> "Quotient":
        (a, b), (c, d) = self._pair(), other._pair()
        return Quotient.of(self.generators, a * d, b * c)

    def __pow__(self, exponent: int) -> "Quotient":
        above, below = self._pair()
        if exponent < 0:
            above, below, exponent = below, above, -exponent
        if max(len(above), len(below)) ** exponent > TERM_LIMIT**2 and max(len(above), len(below)) > 1:
            raise TooLarge
        return Quotient.of(self.generators, above**exponent, below**exponent)

    @property
    def key(self) -> tuple[str, str]:
        """The same for equal quotients only."""
        return str(self.above), str(self.below)

    def is_one(self) -> bool:
        """Whether it is the number 1."""
        return self.is_number() and self.above == self.below

    def is_number(self) -> bool:
        """Whether no generator is left."""
        return self.above.is_constant() and self.below.is_constant()
