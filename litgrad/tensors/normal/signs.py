"""Signs, and what is made of them: steps, absolute values."""

from fractions import Fraction

from litgrad.tensors.normal.atoms import FIRST, Factor, Poly, Table, is_integer
from litgrad.tensors.normal.content import content, pieces
from litgrad.tensors.normal.matching import leading
from litgrad.tensors.normal.monomials import settle
from litgrad.tensors.normal.pointwise import argument, base_factor, is_sum_nonnegative
from litgrad.tensors.normal.polynomials import ONE, added, constant, is_simple, multiplied, scaled
from litgrad.tensors.normal.powers import sign_factor
from litgrad.tensors.normal.quotients import replaced
from litgrad.tensors.normal.terms import Term

HALF = Fraction(1, 2)


def sign_of(table: Table, poly: Poly) -> Poly:
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
        return is_positive(table, dict(atom.payload[-1]))
    return atom.nonnegative and atom.kind in {"variable", "constant", "exp", "size", "prime"}


def step_of(table: Table, poly: Poly) -> Poly:
    """1 for positive numbers, else 0: half of the sign and its square."""
    sign = sign_of(table, poly)
    return scaled(added(sign, multiplied(table, sign, sign)), HALF)


def sign_rule(table: Table, term: Term, place: int) -> Poly | None:
    """s^3 = s, and s^2 leaves what s is the sign of as it is."""
    atom, labels, (_, rational) = term.factors[place]
    wanted = abs(rational) if abs(rational) <= 2 else 2 - rational % 2
    if wanted != rational:
        return settle(table, term.without(place).times((atom, labels, (0, Fraction(wanted)))))
    if rational != 2:
        return None
    poly = argument(table, term.factors[place])
    if _is_divided_by(table, term, poly):
        return settle(table, term.without(place))
    names = {label: label for label in labels}
    return replaced(table, term, place, (poly, leading(poly)), names, lower=False)


def _is_divided_by(table: Table, term: Term, poly: Poly) -> bool:
    """Whether a term is only defined where a sum is not 0, because the sum is in its denominator."""
    ((monomial, _), *others) = poly.items()
    if not others and len(monomial) == 1 and monomial[0][2] == FIRST:
        number, labels, _ = monomial[0]
    else:
        number, labels, _ = base_factor(table, poly)
    return any(f[:2] == (number, labels) and not f[2][0] and f[2][1] < 0 for f in term.factors)
