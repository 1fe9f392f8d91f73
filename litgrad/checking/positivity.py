"""Why a quotient is never below zero: positive terms, squares, and squares completed."""

from flint import fmpz_mpoly

from litgrad.checking.rational import Quotient
from litgrad.checking.workspace import Workspace

_MAY_VANISH = frozenset(["root", "abs"])
"""Atoms that are not below zero and may be zero."""
_DEPTH = 4
"""How many squares are completed, one inside the other."""


def is_above(workspace: Workspace, quotient: Quotient, *, strict: bool) -> bool:
    """Whether a quotient is provably not below zero wherever it is defined; with `strict`, above it."""
    generators = workspace.generators
    product = generators.here(quotient.above) * generators.here(quotient.below)
    if strict:
        workspace.positive -= {
            str(generators.polynomial(index))
            for index, key in workspace.keys.items()
            if key[0] in _MAY_VANISH
        }
    return _is_above(workspace, _in_roots(workspace, product), _DEPTH, strict=strict)


def _is_above(workspace: Workspace, polynomial: fmpz_mpoly, depth: int, *, strict: bool) -> bool:
    """Factor by factor: each even power, positive, or a completed square."""
    polynomial = workspace.generators.here(polynomial)
    if polynomial.is_zero():
        return not strict
    content, factors = polynomial.factor()
    negative = int(content) < 0
    for factor, count in factors:
        if not strict and count % 2 == 0:
            continue
        below = False
        if not _factor_above(workspace, factor, depth, strict=strict):
            below = _factor_above(workspace, -factor, depth, strict=strict)
            if not below:
                return False
        negative ^= below and count % 2 == 1
    return not negative


def _factor_above(workspace: Workspace, factor: fmpz_mpoly, depth: int, *, strict: bool) -> bool:
    if workspace.is_positive(factor) or (not strict and _terms_above(workspace, factor)):
        return True
    if _is_bounded_off(workspace, factor, strict=strict):
        return True
    return depth > 0 and any(
        _completes(workspace, factor, index, depth, strict=strict) for index in _generators_of(factor)
    )


def _terms_above(workspace: Workspace, polynomial: fmpz_mpoly) -> bool:
    """Only positive multiples of even powers and of what is positive."""
    return all(
        coefficient > 0
        and all(
            power % 2 == 0 or str(workspace.generators.polynomial(index)) in workspace.positive
            for index, power in enumerate(exponents)
        )
        for exponents, coefficient in workspace.generators.here(polynomial).to_dict().items()
    )


def _is_bounded_off(workspace: Workspace, factor: fmpz_mpoly, *, strict: bool) -> bool:
    """`1 - sin u`, `2 + cos u` and their like: a number that sines and cosines cannot outweigh."""
    bounded = {index for index, key in workspace.keys.items() if key[0] in ("sin", "cos")}
    number, weight = 0, 0
    for exponents, coefficient in workspace.generators.here(factor).to_dict().items():
        used = {index for index, power in enumerate(exponents) if power}
        if not used:
            number = int(coefficient)
        elif used <= bounded:
            weight += abs(int(coefficient))
        else:
            return False
    return number > weight or (not strict and number == weight > 0)


def _completes(workspace: Workspace, factor: fmpz_mpoly, index: int, depth: int, *, strict: bool) -> bool:
    """`a u^2 + b u + c` with a above zero and `4ac - b^2` not below it."""
    pieces: dict[int, fmpz_mpoly] = {}
    for exponents, coefficient in factor.to_dict().items():
        powers = {i: power for i, power in enumerate(exponents) if power and i != index}
        term = workspace.generators.monomial(powers, int(coefficient))
        pieces[exponents[index]] = pieces.get(exponents[index], workspace.generators.constant(0)) + term
    if max(pieces) != 2 or min(pieces) < 0:
        return False
    zero = workspace.generators.constant(0)
    a, b, c = (pieces.get(power, zero) for power in (2, 1, 0))
    return _is_above(workspace, a, 0, strict=True) and _is_above(
        workspace, 4 * a * c - b * b, depth - 1, strict=strict
    )


def _generators_of(polynomial: fmpz_mpoly) -> list[int]:
    used = {i for exponents in polynomial.to_dict() for i, power in enumerate(exponents) if power}
    return sorted(used)


def _in_roots(workspace: Workspace, polynomial: fmpz_mpoly) -> fmpz_mpoly:
    """`a + b - 2 r s` in `r = \\sqrt a` and `s = \\sqrt b` alone."""
    generators = workspace.generators
    for index, (degree, value) in workspace.relations.items():
        inside = generators.here(value.above)
        if workspace.keys[index][0] != "root" or inside.total_degree() != 1 or len(inside) != 1:
            continue
        (under,) = _generators_of(inside)
        if inside == generators.polynomial(under) and generators.here(value.below) == generators.constant(1):
            pieces = generators.here(polynomial).to_dict()
            polynomial = generators.constant(0)
            for exponents, coefficient in pieces.items():
                powers = {i: power for i, power in enumerate(exponents) if power and i != under}
                powers[index] = powers.get(index, 0) + degree * exponents[under]
                polynomial = polynomial + generators.monomial(powers, int(coefficient))
    return polynomial
