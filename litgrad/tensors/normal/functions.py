"""The functions of one number in canonical form: exponentials, logarithms, signs, sines and unknown ones."""

from collections.abc import Callable
from fractions import Fraction

from litgrad.tensors.normal.atoms import FIRST, Factor, Monomial, Poly, Table, Unproved, is_integer
from litgrad.tensors.normal.monomials import RULES, Term, is_nonnegative, settle, spread
from litgrad.tensors.normal.pointwise import argument, is_sum_nonnegative, made_again, placed
from litgrad.tensors.normal.polynomials import (
    ONE,
    added,
    as_poly,
    constant,
    is_simple,
    multiplied,
    relabelled,
    scaled,
    subtracted,
)
from litgrad.tensors.normal.powers import (
    content,
    exp_of,
    pieces,
    power,
    primes,
    replaced_leading,
    sign_factor,
)

Make = Callable[[Table, Poly], Poly]
HALF = Fraction(1, 2)
SQUARED = (0, Fraction(2))
INVERSE = (0, Fraction(-1))


def applied(table: Table, function: str, order: int, poly: Poly) -> Poly:
    """A function of every entry; `order` counts the derivatives of an unknown function."""
    poly = tidy(table, poly)
    make = MADE.get(function)
    if make is None:
        return _on_diagonals(table, poly, lambda one: _placed(table, function, order, one))
    if function in _EVERYWHERE:
        return _on_diagonals(table, poly, lambda one: make(table, one))
    return make(table, poly)


def tidy(table: Table, poly: Poly) -> Poly:
    """A sum over its common denominator, if it has one, each term apart."""
    if len(poly) < 2 or not any(_is_denominator(table, f) for monomial in poly for f in monomial):
        return poly
    number, factors, rest = content(table, poly, whole=True)
    return spread(table, Term(tuple(factors), {}), scaled(rest, number))


def _is_denominator(table: Table, factor: Factor) -> bool:
    return table.atoms[factor[0]].kind == "base" and not factor[2][0] and factor[2][1] < 0


def _placed(table: Table, function: str, order: int, poly: Poly) -> Poly:
    return settle(table, Term((placed(table, "function", (function, order), poly),), {}))


def _on_diagonals(table: Table, poly: Poly, make: Callable[[Poly], Poly]) -> Poly:
    """f(b + delta a) = f(b) + delta (f(b + a) - f(b)), the bracket taken where the delta is 1."""
    deltas = [f for monomial in poly for f in monomial if table.atoms[f[0]].kind == "delta"]
    if not deltas:
        return make(poly)
    delta = deltas[0]
    low, high = delta[1]
    off = {monomial: value for monomial, value in poly.items() if delta not in monomial}
    at = relabelled(table, poly, {high: low})
    difference = subtracted(
        _on_diagonals(table, at, make), _on_diagonals(table, relabelled(table, off, {high: low}), make)
    )
    return added(_on_diagonals(table, off, make), spread(table, Term((delta,), {}), difference))


# -------------------------------- logarithms --------------------------------


def _log(table: Table, poly: Poly) -> Poly:
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
    return added(total, _placed(table, "log", 0, rest))


def _log_number(table: Table, value: Fraction) -> Poly:
    parts = [scaled(_placed(table, "log", 0, constant(p)), count) for p, count in primes(value).items()]
    return added(*parts)


def _log_product(table: Table, monomial: Monomial, coefficient: Fraction) -> Poly:
    total = _log_number(table, abs(coefficient))
    sign = 1 if coefficient > 0 else -1
    rest: list[Monomial] = []
    for part in pieces(table, monomial):
        found = _log_piece(table, part)
        if found is None:
            rest.append(part)
        else:
            total = added(total, found)
    if not rest and sign < 0:
        raise Unproved
    if len(rest) == 1 and is_simple(rest[0]) and is_integer(rest[0][0][2]):
        atom, labels, (_, rational) = rest[0][0]
        one = {((atom, labels, FIRST),): Fraction(sign)}
        return added(total, scaled(_placed(table, "log", 0, one), rational))
    if rest:
        together = constant(sign)
        for part in rest:
            together = multiplied(table, together, {part: Fraction(1)})
        total = added(total, _placed(table, "log", 0, together))
    return total


def _log_piece(table: Table, part: Monomial) -> Poly | None:
    """The logarithm of a factor that is at least 0; None where its sign is not known."""
    if not is_simple(part):
        return _placed(table, "log", 0, {part: Fraction(1)}) if is_nonnegative(table, part) else None
    ((number, labels, exponent),) = part
    atom = table.atoms[number]
    if atom.kind == "exp":
        return scaled(argument(table, part[0]), exponent[1])
    fractional = not exponent[0] and exponent[1].denominator != 1
    if atom.nonnegative or fractional:
        inner = _powered(table, part[0])
        return multiplied(table, _placed(table, "log", 0, inner), as_poly(table, exponent))
    if not exponent[0] and exponent[1] % 2 == 0:
        square = {((number, labels, SQUARED),): Fraction(1)}
        return scaled(_placed(table, "log", 0, square), exponent[1] / 2)
    return None


def _powered(table: Table, factor: Factor) -> Poly:
    """What a factor is a power of."""
    atom = table.atoms[factor[0]]
    if atom.kind == "prime":
        return constant(atom.payload)  # ty: ignore[invalid-argument-type]
    return argument(table, factor) if atom.kind == "base" else {((factor[0], factor[1], FIRST),): Fraction(1)}


# -------------------------------- signs --------------------------------


def _sign(table: Table, poly: Poly) -> Poly:
    """The sign of a product is that of its factors; of a sum, that of the sum without positive factors."""
    if not poly:
        return {}
    number, factors, rest = content(table, poly, whole=True)
    total = constant(1 if number > 0 else -1)
    for factor in factors:
        total = multiplied(table, total, _sign_factor(table, factor))
    if len(rest) > 1:
        return multiplied(table, total, _sign_sum(table, rest))
    ((monomial, coefficient),) = rest.items()
    for part in pieces(table, monomial):
        one = _sign_factor(table, part[0]) if is_simple(part) else _sign_sum(table, {part: Fraction(1)})
        total = multiplied(table, total, one)
    return scaled(total, 1 if coefficient > 0 else -1)


def _sign_sum(table: Table, poly: Poly) -> Poly:
    if is_positive(table, poly):
        return dict(ONE)
    return settle(table, Term((sign_factor(table, poly),), {}))


def _sign_factor(table: Table, factor: Factor) -> Poly:
    number, labels, exponent = factor
    if _is_factor_positive(table, factor):
        return dict(ONE)
    if not is_integer(exponent):
        return settle(table, Term((sign_factor(table, {(factor,): Fraction(1)}),), {}))
    sign, names, _ = sign_factor(table, {((number, labels, FIRST),): Fraction(1)})
    return settle(table, Term(((sign, names, exponent),), {}))


def is_positive(table: Table, poly: Poly) -> bool:
    """Whether a sum is more than 0 wherever it is defined."""
    return is_sum_nonnegative(table, poly) and any(
        all(_is_factor_positive(table, factor) for factor in monomial) for monomial in poly
    )


def _is_factor_positive(table: Table, factor: Factor) -> bool:
    atom = table.atoms[factor[0]]
    if atom.kind == "base":
        return is_positive(table, dict(atom.payload[-1]))  # ty: ignore[not-subscriptable]
    if atom.kind == "variable":
        return atom.nonnegative
    return atom.kind in {"exp", "size", "prime", "constant"}


def _step(table: Table, poly: Poly) -> Poly:
    """1 for positive numbers, else 0: half of the sign and its square."""
    sign = _sign(table, poly)
    return scaled(added(sign, multiplied(table, sign, sign)), HALF)


# -------------------------------- sines --------------------------------


def _sine(table: Table, poly: Poly) -> Poly:
    if not poly:
        return {}
    first, rest = _split(poly)
    if rest:
        return added(
            multiplied(table, _sine(table, first), _cosine(table, rest)),
            multiplied(table, _cosine(table, first), _sine(table, rest)),
        )
    return scaled(_placed(table, "sin", 0, _without_sign(poly)), 1 if min(poly.values()) > 0 else -1)


def _cosine(table: Table, poly: Poly) -> Poly:
    if not poly:
        return dict(ONE)
    first, rest = _split(poly)
    if rest:
        return subtracted(
            multiplied(table, _cosine(table, first), _cosine(table, rest)),
            multiplied(table, _sine(table, first), _sine(table, rest)),
        )
    return _placed(table, "cos", 0, _without_sign(poly))


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


def _arctan(table: Table, poly: Poly) -> Poly:
    if not poly:
        return {}
    sign = 1 if min(poly.items())[1] > 0 else -1
    return scaled(_placed(table, "arctan", 0, scaled(poly, sign)), sign)


# -------------------------------- by exponentials --------------------------------


def _hyperbolic(table: Table, poly: Poly) -> tuple[Poly, Poly]:
    up, down = exp_of(table, poly), exp_of(table, scaled(poly, -1))
    return scaled(subtracted(up, down), HALF), scaled(added(up, down), HALF)


def _quotient(table: Table, above: Poly, below: Poly) -> Poly:
    return multiplied(table, above, power(table, below, INVERSE))


def _tanh(table: Table, poly: Poly) -> Poly:
    square = exp_of(table, scaled(poly, 2))
    return _quotient(table, subtracted(square, ONE), added(square, ONE))


def _sigmoid(table: Table, poly: Poly) -> Poly:
    return power(table, added(ONE, exp_of(table, scaled(poly, -1))), INVERSE)


MADE: dict[str, Make] = {
    "exp": exp_of,
    "log": _log,
    "sin": _sine,
    "cos": _cosine,
    "tan": lambda table, poly: _quotient(table, _sine(table, poly), _cosine(table, poly)),
    "sinh": lambda table, poly: _hyperbolic(table, poly)[0],
    "cosh": lambda table, poly: _hyperbolic(table, poly)[1],
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "abs": lambda table, poly: multiplied(table, poly, _sign(table, poly)),
    "sign": _sign,
    "relu": lambda table, poly: multiplied(table, poly, _step(table, poly)),
    "step": _step,
    "arctan": _arctan,
}
_EVERYWHERE = set(MADE) - {"log", "tan"}


# -------------------------------- rules --------------------------------


def _function(table: Table, term: Term, place: int) -> Poly | None:
    atom, _, exponent = term.factors[place]
    name, order, _ = table.atoms[atom].payload  # ty: ignore[not-iterable]

    def make(poly: Poly) -> Poly:
        return power(table, applied(table, name, order, poly), exponent)

    again = made_again(table, term, place, make)
    if again is None and name == "sign" and is_integer(exponent):
        return _sign_rule(table, term, place)
    if again is None and name == "sin" and is_integer(exponent) and exponent[1] >= 2:
        return _sine_rule(table, term, place)
    return again


def _sign_rule(table: Table, term: Term, place: int) -> Poly | None:
    """s^3 = s, and s^2 leaves what s is the sign of as it is."""
    atom, labels, (_, rational) = term.factors[place]
    wanted = abs(rational) if abs(rational) <= 2 else 2 - rational % 2
    if wanted != rational:
        return settle(table, term.without(place).times((atom, labels, (0, Fraction(wanted)))))
    if rational != 2:
        return None
    poly = argument(table, term.factors[place])
    names = {label: label for label in labels}
    return replaced_leading(table, term, place, poly, names, lower=False)


def _sine_rule(table: Table, term: Term, place: int) -> Poly:
    """The square of a sine is 1 less that of the cosine."""
    atom, labels, (_, rational) = term.factors[place]
    rest = term.without(place)
    if rational > 2:
        rest = rest.times((atom, labels, (0, rational - 2)))
    payload = table.atoms[atom].payload
    cosine = placed(table, "function", ("cos", *payload[1:-1]), argument(table, term.factors[place]))  # ty: ignore[not-subscriptable]
    square = {((cosine[0], cosine[1], SQUARED),): Fraction(-1), (): Fraction(1)}
    return spread(table, rest, square)


RULES["function"] = _function
