"""Powers: of products factor by factor where that is true, of sums with their common factors taken out."""

from collections import Counter
from fractions import Fraction

from litgrad.tensors.normal.atoms import (
    FIRST,
    NONE,
    Exponent,
    Factor,
    Monomial,
    Poly,
    Table,
    Unproved,
    is_integer,
)
from litgrad.tensors.normal.content import content, magnitudes, pieces
from litgrad.tensors.normal.monomials import is_nonnegative, settle, spread
from litgrad.tensors.normal.numbers import number_power, sign_power
from litgrad.tensors.normal.pointwise import argument, base_factor, placed
from litgrad.tensors.normal.polynomials import (
    ONE,
    as_poly,
    exponent_of,
    is_simple,
    is_whole,
    multiplied,
    product,
    scaled,
    whole_power,
)
from litgrad.tensors.normal.roots import root_of
from litgrad.tensors.normal.terms import Term


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


def _of_product(table: Table, monomial: Monomial, coefficient: Fraction, exponent: Exponent) -> Poly:
    whole = is_whole(table, exponent)
    result = number_power(table, abs(coefficient), exponent)
    sign = Fraction(1 if coefficient > 0 else -1)
    if whole and sign < 0:
        result = multiplied(table, result, sign_power(table, exponent))
        sign = Fraction(1)
    rest: list[Monomial] = []
    if not whole:
        absolute, monomial = magnitudes(table, monomial)
        for square, times in absolute:
            more = _as_base(table, square, product(table, exponent, (0, times)))
            result = multiplied(table, result, more)
    for part, count in Counter(pieces(table, monomial)).items():
        if count > 1:
            result = multiplied(table, result, _of_repeated(table, part, count - count % 2, exponent))
        if count % 2 == 0:
            continue
        found = _of_piece(table, part, exponent, whole)
        if found is None:
            rest.append(part)
        else:
            result = multiplied(table, result, found)
    return multiplied(table, result, _of_rest(table, rest, sign, exponent))


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


def _of_repeated(table: Table, part: Monomial, count: int, exponent: Exponent) -> Poly:
    """(p^count)^exponent for an even count; the square root of a square is p times its sign."""
    poly = {part: Fraction(1)}
    outer = product(table, exponent, (0, Fraction(count)))
    if is_whole(table, exponent) or is_nonnegative(table, part):
        return _as_base(table, poly, outer)
    if not is_integer(outer):
        return _as_base(table, whole_power(table, poly, count), exponent)
    signed = power(table, poly, outer)
    if outer[1] % 2:
        signed = spread(table, Term((sign_factor(table, poly),), {}), signed)
    return signed


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


def _of_sum(table: Table, poly: Poly, exponent: Exponent) -> Poly:
    whole = is_whole(table, exponent)
    number, factors, rest = content(table, poly, whole=whole)
    result = multiplied(table, number_power(table, abs(number), exponent), ONE)
    if number < 0:
        result = multiplied(table, result, sign_power(table, exponent))
    for factor in factors:
        result = multiplied(table, result, power(table, {(factor,): Fraction(1)}, exponent))
    if len(rest) == 1:
        return multiplied(table, result, power(table, rest, exponent))
    return multiplied(table, result, _of_primitive(table, rest, exponent, whole=whole))


def _of_primitive(table: Table, poly: Poly, exponent: Exponent, *, whole: bool) -> Poly:
    """A power of a sum whose terms have nothing in common; of a square by its root."""
    double = (exponent[0], 2 * exponent[1])
    root = root_of(table, poly) if whole or is_integer(double) else None
    if root is None:
        return _as_base(table, poly, exponent)
    root = content(table, root, whole=True)[2]
    found = _as_base(table, root, product(table, exponent, (0, Fraction(2))))
    return found if whole else spread(table, Term((sign_factor(table, root),), {}), found)


def _as_base(table: Table, poly: Poly, exponent: Exponent) -> Poly:
    return settle(table, Term((base_factor(table, poly, exponent),), {}))


def sign_factor(table: Table, poly: Poly) -> Factor:
    """The sign of a sum as a factor."""
    return placed(table, "function", ("sign", 0), poly)


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
    return atom.kind == "function" and atom.payload[:2] == ("log", 0)
