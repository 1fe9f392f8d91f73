"""Exact equality: rational functions over algebraically independent atoms.

Exponentials, logarithms, roots, trigonometric functions, powers with symbolic exponents and calls
of functions that the post does not define become generators of a polynomial ring, reduced to a few
atoms by the laws they obey; two expressions with the same quotient are equal wherever both are
defined. A difference here proves nothing: atoms may be related in ways that are not looked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

import sympy
from flint import fmpz_mpoly
from sympy import Derivative, Expr, Subs
from sympy.core.function import AppliedUndef

from litgrad.checking.rational import Generators, Quotient, TooLarge

POWER_LIMIT = 200
"""Integer powers beyond it stay atoms."""
_MULTIPLE_LIMIT = 24
"""Multiples of an angle beyond it stay atoms."""

Key = tuple[object, ...]


class Unsupported(Exception):
    """An expression outside the real numbers."""


def equal(left: Expr, right: Expr, positive: Iterable[Expr] = ()) -> bool:
    """Whether two expressions have the same normal form.

    `positive` holds expressions known to be above zero, which lets logarithms and roots of products
    be taken apart. False means only that no proof was found.
    """
    try:
        workspace = Workspace()
        for expr in (*positive, left, right):
            workspace.prepare(expr)
        workspace.assume_positive(positive)
        return workspace.is_zero(workspace.of(left) - workspace.of(right))
    except (TooLarge, Unsupported, ZeroDivisionError, RecursionError):
        return False


@dataclass(slots=True)
class Workspace:
    """The atoms met so far in one comparison."""

    generators: Generators = field(default_factory=Generators)
    index: dict[Key, int] = field(default_factory=dict)
    keys: dict[int, Key] = field(default_factory=dict)
    logs: dict[int, Quotient] = field(default_factory=dict)
    """For an atom `log u` its u, for an atom `exp m` its m by index."""
    exponents: dict[int, Quotient] = field(default_factory=dict)
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
            for coefficient, unit in self.terms(self.of(call.args[0])):
                self.units[unit.key] = lcm(self.units.get(unit.key, 1), coefficient.denominator)

    def assume_positive(self, exprs: Iterable[Expr]) -> None:
        """Take expressions as above zero."""
        for expr in exprs:
            try:
                quotient = self.of(expr)
            except (TooLarge, Unsupported, ZeroDivisionError):
                continue
            self.positive.add(str(quotient.above * quotient.below))
            if quotient.below.is_constant():
                self.positive.add(str(quotient.above.primitive()[1]))

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
        rule = _RULES.get(expr.func)
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
        if expr is sympy.E:
            return self.exponential(sympy.Integer(1))
        if expr.is_NumberSymbol:
            return self.atom(("constant", str(expr)))
        if expr in (sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
            raise Unsupported
        if isinstance(expr, (Derivative, Subs)):
            return self._derivative(expr)
        kind = expr.func.__name__
        family = "call" if isinstance(expr, AppliedUndef) else "function"
        return self.atom((family, kind, *(self.of(argument).key for argument in expr.args)))

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

    # -------------------------------- powers and roots --------------------------------

    def power(self, base: Expr, exponent: Expr) -> Quotient:
        """`base**exponent`."""
        if exponent.is_Integer and abs(int(exponent)) <= POWER_LIMIT:
            return self.of(base) ** int(exponent)
        if base is sympy.E:
            return self.exponential(exponent)
        if exponent.is_Rational and not exponent.is_Integer and abs(exponent) <= POWER_LIMIT:
            return self._root(self.of(base), int(exponent.q)) ** int(exponent.p)
        return self._symbolic_power(self.of(base), self.of(exponent))

    def _root(self, base: Quotient, degree: int) -> Quotient:
        """A root, taken factor by factor where the factors are known to be positive."""
        sign, factors = self.factors(base)
        negative = [(factor, count) for factor, count in factors if not self.is_positive(factor)]
        if sign < 0 or negative:
            whole, product = self._split_positive(sign, factors, degree)
            return whole * self._root_atom(product, degree)
        result = self.number(1)
        for factor, count in factors:
            whole, rest = divmod(count, degree)
            quotient = Quotient.of(self.generators, factor, self.generators.constant(1))
            result = result * quotient**whole
            if rest:
                result = result * self._root_atom(quotient, degree) ** rest
        return result

    def _split_positive(
        self, sign: int, factors: list[tuple[fmpz_mpoly, int]], degree: int
    ) -> tuple[Quotient, Quotient]:
        """Whole powers of positive factors in front of the root; the rest under it."""
        outside, inside = self.number(1), self.number(sign)
        for factor, count in factors:
            quotient = Quotient.of(self.generators, factor, self.generators.constant(1))
            whole, rest = divmod(count, degree) if self.is_positive(factor) else (0, count)
            outside, inside = outside * quotient**whole, inside * quotient**rest
        return outside, inside

    def _root_atom(self, base: Quotient, degree: int) -> Quotient:
        index = self.atom_index(("root", base.key, degree))
        self.relations[index] = (degree, base)
        self.positive.add(str(self.generators.polynomial(index)))
        return Quotient.generator(self.generators, index)

    def _symbolic_power(self, base: Quotient, exponent: Quotient) -> Quotient:
        """`b**(n + 1)` as `b**n * b`; exponents add up over one base."""
        result = self.number(1)
        for coefficient, unit in self.terms(exponent):
            if unit.is_number() and coefficient.denominator == 1 and abs(coefficient) <= POWER_LIMIT:
                result = result * base ** int(coefficient)
            elif coefficient.denominator == 1 and abs(coefficient) <= POWER_LIMIT:
                result = result * self.atom(("power", base.key, unit.key)) ** int(coefficient)
            else:
                result = result * self.atom(("power", base.key, unit.key, coefficient))
        return result

    # -------------------------------- exponentials and logarithms --------------------------------

    def exponential(self, exponent: Expr) -> Quotient:
        """`exp` of a sum as a product of atoms."""
        return self.exponential_of(self.of(exponent))

    def exponential_of(self, exponent: Quotient) -> Quotient:
        """`exp` of a quotient, term by term."""
        result = self.number(1)
        for coefficient, unit in self.terms(exponent):
            result = result * self._exponential_term(coefficient, unit)
        return result

    def _exponential_term(self, coefficient: Fraction, unit: Quotient) -> Quotient:
        inner = self._log_argument(unit)
        if inner is not None and coefficient.denominator == 1 and abs(coefficient) <= POWER_LIMIT:
            return inner ** int(coefficient)
        scale = lcm(self.units.get(unit.key, 1), coefficient.denominator)
        power = coefficient * scale
        if abs(power) > POWER_LIMIT:
            scale, power = 1, Fraction(1)
            unit = unit * self.number(coefficient)
        index = self.atom_index(("exp", (unit * self.number(Fraction(1, scale))).key))
        self.exponents[index] = unit * self.number(Fraction(1, scale))
        self.positive.add(str(self.generators.polynomial(index)))
        return Quotient.generator(self.generators, index) ** int(power)

    def _log_argument(self, unit: Quotient) -> Quotient | None:
        """The u of a unit that is just `log u`."""
        for index, argument in self.logs.items():
            if unit.key == Quotient.generator(self.generators, index).key:
                return argument
        return None

    def logarithm(self, argument: Expr) -> Quotient:
        """`log`, taken apart over factors that are known to be positive."""
        quotient = self.of(argument)
        sign, factors = self.factors(quotient)
        known = [(factor, count) for factor, count in factors if self.is_positive(factor)]
        rest = [(factor, count) for factor, count in factors if not self.is_positive(factor)]
        if rest or sign < 0:
            return self._partial_log(sign, known, rest)
        return self._sum_of_logs(known)

    def _sum_of_logs(self, factors: list[tuple[fmpz_mpoly, int]]) -> Quotient:
        result = self.number(0)
        for factor, count in factors:
            result = result + self._log_atom(factor) * self.number(count)
        return result

    def _partial_log(
        self, sign: int, known: list[tuple[fmpz_mpoly, int]], rest: list[tuple[fmpz_mpoly, int]]
    ) -> Quotient:
        """Positive factors come out of the logarithm; the others stay under one."""
        inside = self.number(sign)
        for factor, count in rest:
            inside = inside * Quotient.of(self.generators, factor, self.generators.constant(1)) ** count
        index = self.atom_index(("log", inside.key))
        self.logs[index] = inside
        return self._sum_of_logs(known) + Quotient.generator(self.generators, index)

    def _log_atom(self, factor: fmpz_mpoly) -> Quotient:
        exponent = next(
            (u for i, u in self.exponents.items() if str(factor) == str(self.generators.polynomial(i))), None
        )
        if exponent is not None:
            return exponent
        quotient = Quotient.of(self.generators, factor, self.generators.constant(1))
        if quotient.key == ("1", "1"):
            return self.number(0)
        root = self._root_of(factor)
        if root is not None:
            degree, inner = root
            return self._sum_of_logs(self.factors(inner)[1]) * self.number(Fraction(1, degree))
        index = self.atom_index(("log", quotient.key))
        self.logs[index] = quotient
        return Quotient.generator(self.generators, index)

    def _root_of(self, factor: fmpz_mpoly) -> tuple[int, Quotient] | None:
        """(degree, radicand) of a factor that is a single root of something positive."""
        for index, (degree, value) in self.relations.items():
            if self.keys[index][0] == "root" and str(factor) == str(self.generators.polynomial(index)):
                sign, factors = self.factors(value)
                return (degree, value) if sign > 0 and all(self.is_positive(f) for f, _ in factors) else None
        return None

    # -------------------------------- trigonometry --------------------------------

    def sine(self, angle: Expr) -> Quotient:
        """`sin`."""
        return self._sine_cosine(self.of(angle))[0]

    def cosine(self, angle: Expr) -> Quotient:
        """`cos`."""
        return self._sine_cosine(self.of(angle))[1]

    def _sine_cosine(self, angle: Quotient) -> tuple[Quotient, Quotient]:
        """Sine and cosine by the addition theorems over the angle's terms."""
        sine, cosine = self.number(0), self.number(1)
        for coefficient, unit in self.terms(angle):
            s, c = self._multiple(coefficient, unit)
            sine, cosine = sine * c + cosine * s, cosine * c - sine * s
        return sine, cosine

    def _multiple(self, coefficient: Fraction, unit: Quotient) -> tuple[Quotient, Quotient]:
        half_turns = coefficient * 2
        if unit.key == self.atom(("constant", "pi")).key and half_turns.denominator == 1:
            quarter = int(half_turns) % 4
            return self.number((0, 1, 0, -1)[quarter]), self.number((1, 0, -1, 0)[quarter])
        count, denominator = coefficient.numerator, coefficient.denominator
        if abs(count) > _MULTIPLE_LIMIT:
            count, denominator, unit = 1, 1, unit * self.number(coefficient)
        base = (unit * self.number(Fraction(1, denominator))).key
        sine_index, cosine_index = self.atom_index(("sin", base)), self.atom_index(("cos", base))
        s, c = (Quotient.generator(self.generators, index) for index in (sine_index, cosine_index))
        self.relations[cosine_index] = (2, self.number(1) - s * s)
        sine, cosine = self.number(0), self.number(1)
        for _ in range(abs(count)):
            sine, cosine = sine * c + cosine * s, cosine * c - sine * s
        return (sine, cosine) if count > 0 else (-sine, cosine)

    # -------------------------------- absolute values --------------------------------

    def absolute(self, argument: Expr) -> Quotient:
        """`|u|` with `|u|**2 = u**2`, factor by factor."""
        _, factors = self.factors(self.of(argument))
        result = self.number(1)
        for factor, count in factors:
            quotient = Quotient.of(self.generators, factor, self.generators.constant(1))
            if self.is_positive(factor) or count % 2 == 0:
                result = result * quotient**count
                continue
            index = self.atom_index(("abs", quotient.key))
            self.relations[index] = (2, quotient * quotient)
            result = result * Quotient.generator(self.generators, index) ** count
        return result

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
            if len(total) > 20_000:
                raise TooLarge
        return total


def _depth(expr: Expr) -> tuple[int, str]:
    """Inner calls first."""
    return (sum(1 for _ in sympy.preorder_traversal(expr)), str(expr))


def _half_exponentials(sign: int) -> Callable[[Workspace, Expr], Quotient]:
    def rule(workspace: Workspace, argument: Expr) -> Quotient:
        up, down = workspace.exponential(argument), workspace.exponential(-argument)
        return (up + workspace.number(sign) * down) / workspace.number(2)

    return rule


_sinh, _cosh = _half_exponentials(-1), _half_exponentials(1)

_RULES: dict[type, Callable[..., Quotient]] = {
    sympy.Pow: Workspace.power,
    sympy.exp: Workspace.exponential,
    sympy.log: Workspace.logarithm,
    sympy.sin: Workspace.sine,
    sympy.cos: Workspace.cosine,
    sympy.tan: lambda w, u: w.sine(u) / w.cosine(u),
    sympy.cot: lambda w, u: w.cosine(u) / w.sine(u),
    sympy.sec: lambda w, u: w.number(1) / w.cosine(u),
    sympy.csc: lambda w, u: w.number(1) / w.sine(u),
    sympy.sinh: _sinh,
    sympy.cosh: _cosh,
    sympy.tanh: lambda w, u: _sinh(w, u) / _cosh(w, u),
    sympy.coth: lambda w, u: _cosh(w, u) / _sinh(w, u),
    sympy.Abs: Workspace.absolute,
    sympy.sign: lambda w, u: w.absolute(u) / w.of(u),
}
