"""Powers: of products factor by factor where that is true, of sums with their common factors taken out."""

from fractions import Fraction
from math import gcd, lcm

from litgrad.tensors.normal.atoms import (
    BOUND,
    FIRST,
    NONE,
    Atom,
    Exponent,
    Factor,
    Monomial,
    Poly,
    Table,
    Unproved,
    is_integer,
)
from litgrad.tensors.normal.matching import leading, taken_out
from litgrad.tensors.normal.monomials import RULES, Term, accumulate, is_nonnegative, opened, settle, spread
from litgrad.tensors.normal.pointwise import argument, is_sum_nonnegative, made_again, placed
from litgrad.tensors.normal.polynomials import (
    LARGEST_POWER,
    ONE,
    as_poly,
    constant,
    exponent_of,
    is_simple,
    is_whole,
    multiplied,
    product,
    scaled,
    whole_power,
)


def power(table: Table, poly: Poly, exponent: Exponent) -> Poly:
    """Every entry to a power; raises Unproved where 0 is to a power that is not positive."""
    if exponent == NONE:
        return dict(ONE)
    if not poly:
        if exponent[0] or exponent[1] < 0:
            raise Unproved
        return {}
    if is_integer(exponent) and exponent[1] > 0 and not (len(poly) == 1 and is_simple(next(iter(poly)))):
        return whole_power(table, poly, int(exponent[1]))
    if len(poly) == 1:
        ((monomial, coefficient),) = poly.items()
        return _of_product(table, monomial, coefficient, exponent)
    return _of_sum(table, poly, exponent)


# -------------------------------- products --------------------------------


def _of_product(table: Table, monomial: Monomial, coefficient: Fraction, exponent: Exponent) -> Poly:
    whole = is_whole(table, exponent)
    result = number_power(table, abs(coefficient), exponent)
    sign = Fraction(1 if coefficient > 0 else -1)
    if whole and sign < 0:
        result = multiplied(table, result, _sign_power(table, exponent))
        sign = Fraction(1)
    rest: list[Monomial] = []
    for part in pieces(table, monomial):
        found = _of_piece(table, part, exponent, whole)
        if found is None:
            rest.append(part)
        else:
            result = multiplied(table, result, found)
    return multiplied(table, result, _of_rest(table, rest, sign, exponent))


def pieces(table: Table, monomial: Monomial) -> list[Monomial]:
    """The factors of a product, those that summed labels hold together as one."""
    simple = [(factor,) for factor in monomial if all(label < BOUND for label in factor[1])]
    hard = [factor for factor in monomial if any(label >= BOUND for label in factor[1])]
    groups: list[tuple[set[int], list[Factor]]] = []
    for factor in hard:
        own = {label for label in factor[1] if label >= BOUND}
        touching = [group for group in groups if group[0] & own]
        groups = [group for group in groups if not group[0] & own]
        groups.append((own.union(*(g[0] for g in touching)), [f for g in touching for f in g[1]] + [factor]))
    return [*simple, *(part for _, group in groups for part in _settled(table, tuple(group)))]


def _settled(table: Table, group: Monomial) -> list[Monomial]:
    """A part with its labels numbered as if it stood alone."""
    factors, summed = opened(table, group)
    return list(settle(table, Term(tuple(factors), summed)))


def _of_piece(table: Table, part: Monomial, exponent: Exponent, whole: bool) -> Poly | None:
    """The power of one factor, or None where it is only known together with the sign of the others."""
    if not is_simple(part):
        if whole or is_nonnegative(table, part):
            return _as_base(table, {part: Fraction(1)}, exponent)
        return None
    ((atom, labels, inner),) = part
    if table.atoms[atom].kind == "exp" and exponent[0]:
        return exp_of(
            table, multiplied(table, scaled(argument(table, part[0]), inner[1]), as_poly(table, exponent))
        )
    fractional = inner[0] == 0 and inner[1].denominator != 1
    if whole or fractional or table.atoms[atom].nonnegative:
        return settle(table, Term(((atom, labels, product(table, inner, exponent)),), {}))
    if inner[0] == 0 and inner[1] % 2 == 0:
        square = {((atom, labels, (0, Fraction(2))),): Fraction(1)}
        return _as_base(table, square, product(table, (0, inner[1] / 2), exponent))
    return None


def _of_rest(table: Table, rest: list[Monomial], sign: Fraction, exponent: Exponent) -> Poly:
    """The power of factors whose signs are not known, as one."""
    if not rest:
        if sign < 0:
            raise Unproved
        return dict(ONE)
    if len(rest) == 1 and sign > 0 and is_simple(rest[0]):
        ((atom, labels, inner),) = rest[0]
        if not inner[0]:
            return settle(table, Term(((atom, labels, product(table, inner, exponent)),), {}))
    poly = {(): sign}
    for part in rest:
        poly = multiplied(table, poly, {part: Fraction(1)})
    return _as_base(table, poly, exponent)


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


def _sign_power(table: Table, exponent: Exponent) -> Poly:
    """-1 to a whole power."""
    return settle(table, Term(((table.number(Atom("minus", 0)), (), exponent),), {}))


# -------------------------------- sums --------------------------------


def _of_sum(table: Table, poly: Poly, exponent: Exponent) -> Poly:
    whole = is_whole(table, exponent)
    number, factors, rest = content(table, poly, whole=whole)
    result = multiplied(table, number_power(table, abs(number), exponent), ONE)
    if number < 0:
        result = multiplied(table, result, _sign_power(table, exponent))
    for factor in factors:
        result = multiplied(table, result, power(table, {(factor,): Fraction(1)}, exponent))
    if len(rest) == 1:
        return multiplied(table, result, power(table, rest, exponent))
    return multiplied(table, result, _as_base(table, rest, exponent))


def content(table: Table, poly: Poly, *, whole: bool) -> tuple[Fraction, list[Factor], Poly]:
    """The number and the factors that all terms have in common, and the sum without them.

    Negative powers count as common, so that the sum that is left has no denominators. Where the sum is to
    be taken to a power that is not `whole`, only factors that are at least 0 are taken out.
    """
    factors: list[Factor] = []
    for _ in range(4):
        common = _common(table, poly, whole)
        if not common or len(poly) < 2:
            break
        factors += common
        back = Term(tuple((atom, labels, (e[0], -e[1])) for atom, labels, e in common), {})
        poly = spread(table, back, poly)
    number = _number_content(poly)
    if whole and poly and min(poly.items())[1] < 0:
        number = -number
    return number, factors, scaled(poly, 1 / number)


def _number_content(poly: Poly) -> Fraction:
    if not poly:
        return Fraction(1)
    values = list(poly.values())
    return Fraction(gcd(*(v.numerator for v in values)), lcm(*(v.denominator for v in values)))


def _common(table: Table, poly: Poly, whole: bool) -> list[Factor]:
    """The factors of all terms, with a label for each axis and the least of their exponents."""
    found: dict[tuple, list[Exponent]] = {}
    for monomial in poly:
        for atom, labels, exponent in monomial:
            if all(label < BOUND for label in labels) and table.atoms[atom].kind != "delta":
                found.setdefault((atom, labels), []).append(exponent)
    common: list[Factor] = []
    for (atom, labels), exponents in found.items():
        if not (whole or table.atoms[atom].nonnegative) or len({s for s, _ in exponents}) != 1:
            continue
        every = exponents if len(exponents) == len(poly) else [*exponents, NONE]
        if len({s for s, _ in every}) != 1:
            continue
        least = min(rational for _, rational in every)
        if least and not exponents[0][0]:
            common.append((atom, labels, (0, least)))
    return common


def _as_base(table: Table, poly: Poly, exponent: Exponent) -> Poly:
    nonnegative = is_sum_nonnegative(table, poly)
    return settle(table, Term((placed(table, "base", (), poly, exponent, nonnegative=nonnegative),), {}))


# -------------------------------- exponentials --------------------------------


def exp_of(table: Table, poly: Poly) -> Poly:
    """The exponential of a sum: a product, in which logarithms become powers."""
    result = dict(ONE)
    for monomial, coefficient in poly.items():
        result = multiplied(table, result, _exp_of_product(table, monomial, coefficient))
    return result


def _exp_of_product(table: Table, monomial: Monomial, coefficient: Fraction) -> Poly:
    logs = [factor for factor in monomial if _is_log(table, factor)]
    others = tuple(factor for factor in monomial if not _is_log(table, factor))
    if len(logs) == 1 and logs[0][2] == FIRST and not any(labels for _, labels, _ in others):
        return power(table, argument(table, logs[0]), exponent_of(table, {others: coefficient}))
    factor = placed(table, "exp", (), {monomial: Fraction(1)}, (0, coefficient), nonnegative=True)
    return {(factor,): Fraction(1)}


def _is_log(table: Table, factor: Factor) -> bool:
    atom = table.atoms[factor[0]]
    return atom.kind == "function" and atom.payload[:2] == ("log", 0)  # ty: ignore[not-subscriptable]


# -------------------------------- rules --------------------------------


def _base(table: Table, term: Term, place: int) -> Poly | None:
    atom, labels, (symbolic, rational) = factor = term.factors[place]
    again = made_again(table, term, place, lambda poly: power(table, poly, factor[2]))
    if again is not None:
        return again
    if not symbolic and (2 * rational).denominator == 1:
        rooted = _root_of_square(table, term, place)
        if rooted is not None:
            return rooted
    if rational >= 1:
        if rational > LARGEST_POWER:
            raise Unproved
        less = term.without(place).times((atom, labels, (symbolic, rational - 1)))
        return spread(table, less, argument(table, factor))
    if rational < 0 and not symbolic and any(label in term.summed for label in labels):
        return _divided(table, term, place)
    return None


def _root_of_square(table: Table, term: Term, place: int) -> Poly | None:
    """(x^2)^(k/2) is x^k with the sign of x taken k times."""
    atom, _, (_, rational) = term.factors[place]
    ((monomial, _), *others) = table.atoms[atom].payload[-1]  # ty: ignore[not-subscriptable]
    if others or len(monomial) != 1 or monomial[0][2] != (0, Fraction(2)):
        return None
    poly = argument(table, term.factors[place])
    ((inner, names, _),) = next(iter(poly))
    k = 2 * rational
    rest = term.without(place).times((inner, names, (0, k)))
    if k % 2:
        rest = rest.times(sign_factor(table, {((inner, names, FIRST),): Fraction(1)}))
    return settle(table, rest)


def sign_factor(table: Table, poly: Poly) -> Factor:
    """The sign of a sum as a factor."""
    return placed(table, "function", ("sign", 0), poly)


def _divided(table: Table, term: Term, place: int) -> Poly | None:
    """The leading product of a denominator, found above, is the denominator less the other products."""
    factor = term.factors[place]
    poly = argument(table, factor)
    return replaced_leading(table, term, place, poly, {label: label for label in factor[1]}, lower=True)


def replaced_leading(
    table: Table, term: Term, place: int, poly: Poly, names: dict[int, int], *, lower: bool
) -> Poly | None:
    """Lead * f^k is (f^(k+1) - rest * f^k) / coefficient, for a factor f = lead * coefficient + rest.

    Where not `lower`, the factor is one of which f^k * sum = sum.
    """
    lead = leading(table, poly)
    if lead is None:
        return None
    monomial, coefficient = lead
    found = taken_out(table, term, monomial, names, place)
    if found is None:
        return None
    atom, labels, (symbolic, rational) = factor = term.factors[place]
    rest = {m: -value / coefficient for m, value in poly.items() if m != monomial}
    total = spread(table, found[0], rest)
    without = Term(tuple(f for f in found[0].factors if f != factor), found[0].summed)
    if lower:
        accumulate(
            total, settle(table, without.times((atom, labels, (symbolic, rational + 1)))), 1 / coefficient
        )
    else:
        accumulate(total, spread(table, without, poly), 1 / coefficient)
    return total


def _prime(table: Table, term: Term, place: int) -> Poly | None:
    """The whole part of the power of a prime is a number."""
    atom, labels, (symbolic, rational) = term.factors[place]
    whole = rational.numerator // rational.denominator
    if not whole:
        return None
    if abs(whole) > 1000:
        raise Unproved
    rest = term.without(place).times((atom, labels, (symbolic, rational - whole)))
    return scaled(settle(table, rest), Fraction(table.atoms[atom].payload) ** whole)  # ty: ignore[no-matching-overload]


def _minus(table: Table, term: Term, place: int) -> Poly | None:
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


def _exp(table: Table, term: Term, place: int) -> Poly | None:
    exponent = term.factors[place][2]

    def make(poly: Poly) -> Poly:
        return exp_of(table, scaled(poly, exponent[1]))

    return made_again(table, term, place, make)


RULES.update({"base": _base, "prime": _prime, "minus": _minus, "exp": _exp})
