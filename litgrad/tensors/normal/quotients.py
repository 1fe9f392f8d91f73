"""Powers of sums inside products: multiplied out, divided out, square roots of squares."""

from fractions import Fraction

from litgrad.tensors.normal.atoms import FIRST, Monomial, Poly, Table, Unproved
from litgrad.tensors.normal.matching import leading, taken_out
from litgrad.tensors.normal.monomials import settle, spread
from litgrad.tensors.normal.pointwise import argument, made_again
from litgrad.tensors.normal.polynomials import LARGEST_POWER, scaled
from litgrad.tensors.normal.powers import exp_of, power, sign_factor
from litgrad.tensors.normal.terms import Term, accumulate


def base_rule(table: Table, term: Term, place: int) -> Poly | None:
    """What is done to a power of a sum in a product."""
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
    if rational < 0:
        return _divided(table, term, place)
    return None


def _root_of_square(table: Table, term: Term, place: int) -> Poly | None:
    """(x^2)^(k/2) is x^k with the sign of x taken k times."""
    atom, _, (_, rational) = term.factors[place]
    ((monomial, _), *others) = table.atoms[atom].payload[-1]
    if others or len(monomial) != 1 or monomial[0][2] != (0, Fraction(2)):
        return None
    poly = argument(table, term.factors[place])
    ((inner, names, _),) = next(iter(poly))
    k = 2 * rational
    rest = term.without(place).times((inner, names, (0, k)))
    if k % 2:
        rest = rest.times(sign_factor(table, {((inner, names, FIRST),): Fraction(1)}))
    return settle(table, rest)


def _divided(table: Table, term: Term, place: int) -> Poly | None:
    """The leading product of a denominator, found above, is the denominator less the other products."""
    factor = term.factors[place]
    poly = argument(table, factor)
    names = {label: label for label in factor[1]}
    lead = leading(poly)
    found = replaced(table, term, place, (poly, lead), names, lower=True) if lead else None
    return _with_poles_apart(table, term, place, poly, names) if found is None else found


def _with_poles_apart(table: Table, term: Term, place: int, poly: Poly, names: dict[int, int]) -> Poly | None:
    """1 / (x (c + x d)) is 1 / (c x) less d / (c (c + x d))."""
    for atom, labels, exponent in term.factors:
        if exponent[0] or exponent[1] >= 0 or atom == term.factors[place][0]:
            continue
        if [m for m in poly if not any(f[:2] == (atom, labels) for f in m)] == [()]:
            return replaced(table, term, place, (poly, ()), names, lower=True)
    return None


def replaced(
    table: Table, term: Term, place: int, what: tuple[Poly, Monomial], names: dict[int, int], *, lower: bool
) -> Poly | None:
    """With f = c * lead + rest, lead * f^k is (f^(k+1) - rest * f^k) / c.

    Where not `lower`, the factor is one of which f^k * sum = sum.
    """
    poly, monomial = what
    coefficient = poly[monomial]
    if any(table.atoms[atom].kind == "delta" for atom, _, _ in monomial):
        return None
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


def exp_rule(table: Table, term: Term, place: int) -> Poly | None:
    """An exponential in a product is made again where a label stands twice."""
    exponent = term.factors[place][2]

    def make(poly: Poly) -> Poly:
        return exp_of(table, scaled(poly, exponent[1]))

    return made_again(table, term, place, make)
