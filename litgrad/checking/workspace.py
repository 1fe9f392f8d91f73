"""The atoms of one comparison: sums and products of them as quotients, what is known to be positive."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import TypeAlias

import sympy
from flint import fmpz_mpoly
from sympy import Derivative, Expr, Subs
from sympy.core.function import AppliedUndef

from litgrad.checking.rational import TERM_LIMIT, Generators, Quotient, TooLarge
from litgrad.meaning.forms import text_of
from litgrad.records import dataclass

POWER_LIMIT = 200
"""Integer powers beyond it stay atoms."""

Key: TypeAlias = tuple[object, ...]
Rule: TypeAlias = Callable[..., Quotient]
"""Takes the workspace and a call's arguments."""


class Unsupported(Exception):
    """An expression outside the real numbers."""


@dataclass(slots=True)
class Workspace:
    """The atoms met so far in one comparison."""

    rules: Mapping[type, "Rule"]
    """How calls of each kind become quotients."""
    generators: Generators = field(default_factory=Generators)
    index: dict[Key, int] = field(default_factory=dict)
    keys: dict[int, Key] = field(default_factory=dict)
    logs: dict[int, Quotient] = field(default_factory=dict)
    """For an atom `log u` its u, for an atom `exp m` its m by index."""
    exponents: dict[int, Quotient] = field(default_factory=dict)
    inverses: dict[int, tuple[str, Quotient]] = field(default_factory=dict)
    """For an atom `arcsin u` its kind and its u."""
    relations: dict[int, tuple[int, Quotient]] = field(default_factory=dict)
    """For an atom r with r**q = value: (q, value)."""
    positive: set[str] = field(default_factory=set)
    """Polynomials known to be above zero, as text."""
    units: dict[tuple[str, str], int] = field(default_factory=dict)
    """The common denominator of an exponent's rational multiples."""

    # -------------------------------- atoms --------------------------------

    def atom(self, key: Key) -> Quotient:
        """The generator of a key."""
        return Quotient.generator(self.generators, self.atom_index(key))

    def atom_index(self, key: Key) -> int:
        """The number of a key's generator, new when first met."""
        if key not in self.index:
            self.index[key] = self.generators.new()
            self.keys[self.index[key]] = key
        return self.index[key]

    def number(self, value: Fraction | int) -> Quotient:
        """A rational number as a quotient."""
        value = Fraction(value)
        return Quotient.number(self.generators, value.numerator, value.denominator)

    def prepare(self, expr: Expr) -> None:
        """Note which fractions of an exponent occur, so that `e^{x/2}` and `e^x` share an atom."""
        for call in sorted(expr.atoms(sympy.exp, sympy.cosh, sympy.sinh, sympy.tanh, sympy.coth), key=_depth):
            for coefficient, unit in self.terms(self.reduced(self.of(call.args[0]))):
                self.units[unit.key] = lcm(self.units.get(unit.key, 1), coefficient.denominator)

    def assume_positive(self, exprs: Iterable[Expr]) -> None:
        """Take expressions as above zero, and what follows of their factors."""
        known: list[Quotient] = []
        for expr in exprs:
            try:
                quotient = self.of(expr)
            except (TooLarge, Unsupported, ZeroDivisionError):
                continue
            self.positive.add(str(quotient.above * quotient.below))
            if quotient.below.is_constant():
                self.positive.add(str(quotient.above.primitive()[1]))
            known.append(quotient)
        while any(map(self._last_factor, known)):
            pass

    def _last_factor(self, quotient: Quotient) -> bool:
        """Learn the sign of the one factor of something positive whose sign is open, if there is one."""
        sign, factors = self.factors(quotient)
        unknown = [factor for factor, count in factors if count % 2 and not self.is_positive(factor)]
        if len(unknown) != 1:
            return False
        (factor,) = unknown
        self.positive.add(str(factor if sign > 0 else -factor))
        return True

    # -------------------------------- expressions --------------------------------

    def of(self, expr: Expr) -> Quotient:
        """The quotient of an expression; raises TooLarge, Unsupported, ZeroDivisionError."""
        if expr.is_Rational:
            return self.number(Fraction(int(expr.p), int(expr.q)))
        if expr.is_Symbol:
            return self.atom(("symbol", expr.name, expr.dummy_index if isinstance(expr, sympy.Dummy) else 0))
        if expr.is_Add:
            return self._sum(expr.args)
        if expr.is_Mul:
            return self._product(expr.args)
        rule = self.rules.get(expr.func)
        if rule is not None:
            return rule(self, *expr.args)
        return self._other(expr)

    def _sum(self, terms: tuple[Expr, ...]) -> Quotient:
        total = self.of(terms[0])
        for term in terms[1:]:
            total = total + self.of(term)
        return total

    def _product(self, factors: tuple[Expr, ...]) -> Quotient:
        total = self.of(factors[0])
        for factor in factors[1:]:
            total = total * self.of(factor)
        return total

    def _other(self, expr: Expr) -> Quotient:
        if expr.is_NumberSymbol:
            index = self.atom_index(("constant", str(expr)))
            self.positive.add(str(self.generators.polynomial(index)))
            return Quotient.generator(self.generators, index)
        if expr in (sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
            raise Unsupported
        if isinstance(expr, (Derivative, Subs)):
            return self._derivative(expr)
        kind = expr.func.__name__
        family = "call" if isinstance(expr, AppliedUndef) else "function"
        return self.atom((family, kind, *(self.reduced(self.of(argument)).key for argument in expr.args)))

    def _derivative(self, expr: Derivative | Subs) -> Quotient:
        """A derivative of a function that is not known, at its argument."""
        point: tuple[Expr, ...] = ()
        inner: Expr = expr
        if isinstance(expr, Subs):
            inner, point = expr.expr, tuple(expr.point)
            places = dict(zip(expr.variables, point, strict=True))
        else:
            places = {}
        if not isinstance(inner, Derivative) or not isinstance(inner.expr, AppliedUndef):
            raise Unsupported
        arguments = [argument.xreplace(places) for argument in inner.expr.args]
        orders = tuple(
            sum(int(count) for variable, count in inner.variable_count if variable == argument)
            for argument in inner.expr.args
        )
        if sum(orders) != sum(int(count) for _, count in inner.variable_count):
            raise Unsupported
        name = inner.expr.func.__name__
        return self.atom(("derivative", name, orders, *(self.of(argument).key for argument in arguments)))

    def absolute(self, quotient: Quotient) -> Quotient:
        """The atom `|u|`, which is never below zero."""
        index = self.atom_index(("abs", quotient.key))
        self.relations[index] = (2, quotient * quotient)
        self.positive.add(str(self.generators.polynomial(index)))
        return Quotient.generator(self.generators, index)

    # -------------------------------- pieces of quotients --------------------------------

    def terms(self, quotient: Quotient) -> list[tuple[Fraction, Quotient]]:
        """A quotient as rational multiples of units: monomials over its denominator, reduced."""
        below = self.generators.here(quotient.below)
        content = int(below.content()) if below.is_constant() else 1
        result: list[tuple[Fraction, Quotient]] = []
        for exponents, coefficient in self.generators.here(quotient.above).to_dict().items():
            powers = {index: power for index, power in enumerate(exponents) if power}
            monomial = self.generators.monomial(powers)
            if below.is_constant():
                unit = Quotient.of(self.generators, monomial, self.generators.constant(1))
                result.append((Fraction(int(coefficient), abs(int(below.leading_coefficient()))), unit))
                continue
            scale, primitive = below.primitive()
            unit = Quotient.of(self.generators, monomial, primitive)
            result.append((Fraction(int(coefficient), int(scale) * content), unit))
        return result

    def factors(self, quotient: Quotient) -> tuple[int, list[tuple[fmpz_mpoly, int]]]:
        """The sign and the irreducible factors with their powers, prime numbers among them."""
        sign, result = 1, []
        for polynomial, direction in ((quotient.above, 1), (quotient.below, -1)):
            content, pairs = self.generators.here(polynomial).factor()
            sign *= -1 if content < 0 else 1
            numbers = sympy.factorint(abs(int(content)), limit=10_000) if abs(int(content)) > 1 else {}
            result.extend(
                (self.generators.constant(int(prime)), direction * count) for prime, count in numbers.items()
            )
            for factor, count in pairs:
                oriented, flipped = self._oriented(factor)
                sign *= -1 if flipped and count % 2 else 1
                result.append((oriented, direction * int(count)))
        return sign, result

    def _oriented(self, factor: fmpz_mpoly) -> tuple[fmpz_mpoly, bool]:
        """A factor with the sign under which it is known to be positive, if either."""
        if self.is_positive(factor) or not self.is_positive(-factor):
            return factor, False
        return -factor, True

    def is_positive(self, polynomial: fmpz_mpoly) -> bool:
        """Whether a polynomial is known to be above zero everywhere in the domain."""
        polynomial = self.generators.here(polynomial)
        if str(polynomial) in self.positive:
            return True
        if polynomial.is_zero():
            return False
        return all(
            coefficient > 0 and self._positive_monomial(exponents)
            for exponents, coefficient in polynomial.to_dict().items()
        ) and any(self._strictly(exponents) for exponents in polynomial.to_dict())

    def _positive_monomial(self, exponents: tuple[int, ...]) -> bool:
        return all(power % 2 == 0 or self._known(index) for index, power in enumerate(exponents) if power)

    def _strictly(self, exponents: tuple[int, ...]) -> bool:
        return all(self._known(index) for index, power in enumerate(exponents) if power)

    def _known(self, index: int) -> bool:
        return str(self.generators.polynomial(index)) in self.positive

    def is_zero(self, quotient: Quotient) -> bool:
        """Whether a quotient vanishes under the relations of its roots, cosines and absolute values."""
        above = self.generators.here(quotient.above)
        for index in sorted(self.relations, reverse=True):
            above = self._reduced(above, index)
        return above.is_zero()

    def reduced(self, quotient: Quotient) -> Quotient:
        """The same with the squares of its roots, cosines and absolute values put in, if they are whole."""
        above, below = self.generators.here(quotient.above), self.generators.here(quotient.below)
        for index in sorted(self.relations, reverse=True):
            if self.generators.here(self.relations[index][1].below).is_one():
                above, below = self._reduced(above, index), self._reduced(below, index)
        if (above, below) == (quotient.above, quotient.below):
            return quotient
        return Quotient.of(self.generators, above, below)

    def _reduced(self, polynomial: fmpz_mpoly, index: int) -> fmpz_mpoly:
        """A polynomial with `r**q` put in for an atom r, denominators cleared."""
        degree, value = self.relations[index]
        above, below = self.generators.here(value.above), self.generators.here(value.below)
        pieces = self.generators.here(polynomial).to_dict()
        top = max((exponents[index] // degree for exponents in pieces), default=0)
        if top == 0:
            return polynomial
        total = self.generators.constant(0)
        for exponents, coefficient in pieces.items():
            whole, rest = divmod(exponents[index], degree)
            powers = {i: power for i, power in enumerate(exponents) if power}
            powers[index] = rest
            term = self.generators.monomial(powers, int(coefficient))
            total = total + term * above**whole * below ** (top - whole)
            if len(total) > TERM_LIMIT:
                raise TooLarge
        return total


def _depth(expr: Expr) -> tuple[int, str]:
    """Inner calls first."""
    return (_size(expr), text_of(expr))


@lru_cache(maxsize=4096)
def _size(expr: Expr) -> int:
    return 1 + sum(map(_size, expr.args))
