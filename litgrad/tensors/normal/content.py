"""What all terms of a sum have in common, taken out; a sum over its common denominator."""

from fractions import Fraction
from math import gcd, lcm

from litgrad.tensors.expr import Labels
from litgrad.tensors.normal.atoms import BOUND, FIRST, NONE, Exponent, Factor, Monomial, Poly, Table
from litgrad.tensors.normal.monomials import opened, settle, spread
from litgrad.tensors.normal.polynomials import scaled
from litgrad.tensors.normal.terms import Term


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


def tidy(table: Table, poly: Poly) -> Poly:
    """A sum over its common denominator, if it has one, each term apart."""
    if len(poly) < 2 or not any(_is_denominator(table, f) for monomial in poly for f in monomial):
        return poly
    number, factors, rest = content(table, poly, whole=True)
    return spread(table, Term(tuple(factors), {}), scaled(rest, number))


def _is_denominator(table: Table, factor: Factor) -> bool:
    return table.atoms[factor[0]].kind == "base" and not factor[2][0] and factor[2][1] < 0


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


def magnitudes(table: Table, monomial: Monomial) -> tuple[list[tuple[Poly, Fraction]], Monomial]:
    """The absolute values in a product, x times its sign, as powers of x^2; and the rest."""
    found: list[tuple[Poly, Fraction]] = []
    rest = list(monomial)
    for sign in monomial:
        inner = _signed(table, sign)
        factor = next((f for f in rest if f[:2] == inner), None)
        if factor is None or factor[2][0] or factor[2][1] % 2 != 1:
            continue
        rest = [f for f in rest if f not in {sign, factor}]
        square: Poly = {((factor[0], factor[1], (0, Fraction(2))),): Fraction(1)}
        found.append((square, factor[2][1] / 2))
    return found, tuple(rest)


def _signed(table: Table, factor: Factor) -> tuple[int, Labels] | None:
    """The atom and the labels of which a factor is the sign."""
    atom = table.atoms[factor[0]]
    if atom.kind != "function" or atom.payload[0] != "sign" or factor[2] != FIRST:
        return None
    ((monomial, _), *others) = atom.payload[-1]
    if others or len(monomial) != 1 or monomial[0][2] != FIRST:
        return None
    inner, labels, _ = monomial[0]
    return inner, tuple(factor[1][label] if label >= 0 else label for label in labels)
