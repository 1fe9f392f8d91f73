"""Exponentials, logarithms and hyperbolic functions as quotients over atoms."""

from fractions import Fraction
from math import lcm

from flint import fmpz_mpoly
from sympy import Expr

from litgrad.checking.rational import Quotient
from litgrad.checking.workspace import POWER_LIMIT, Workspace


def exponential(workspace: Workspace, exponent: Expr) -> Quotient:
    """`exp` of a sum as a product of atoms."""
    return exponential_of(workspace, workspace.of(exponent))


def exponential_of(workspace: Workspace, exponent: Quotient) -> Quotient:
    """`exp` of a quotient, term by term."""
    result = workspace.number(1)
    for coefficient, unit in workspace.terms(exponent):
        result = result * _exponential_term(workspace, coefficient, unit)
    return result


def _exponential_term(workspace: Workspace, coefficient: Fraction, unit: Quotient) -> Quotient:
    inner = _log_argument(workspace, unit)
    if inner is not None and coefficient.denominator == 1 and abs(coefficient) <= POWER_LIMIT:
        return inner ** int(coefficient)
    scale = lcm(workspace.units.get(unit.key, 1), coefficient.denominator)
    power = coefficient * scale
    if abs(power) > POWER_LIMIT:
        scale, power = 1, Fraction(1)
        unit = unit * workspace.number(coefficient)
    index = workspace.atom_index(("exp", (unit * workspace.number(Fraction(1, scale))).key))
    workspace.exponents[index] = unit * workspace.number(Fraction(1, scale))
    workspace.positive.add(str(workspace.generators.polynomial(index)))
    return Quotient.generator(workspace.generators, index) ** int(power)


def _log_argument(workspace: Workspace, unit: Quotient) -> Quotient | None:
    """The u of a unit that is just `log u`."""
    for index, argument in workspace.logs.items():
        if unit.key == Quotient.generator(workspace.generators, index).key:
            return argument
    return None


def logarithm(workspace: Workspace, argument: Expr) -> Quotient:
    """`log`, taken apart over factors that are known to be positive."""
    quotient = workspace.of(argument)
    sign, factors = workspace.factors(quotient)
    known = [(factor, count) for factor, count in factors if workspace.is_positive(factor)]
    rest = [(factor, count) for factor, count in factors if not workspace.is_positive(factor)]
    if rest or sign < 0:
        return _partial_log(workspace, sign, known, rest)
    return _sum_of_logs(workspace, known)


def _sum_of_logs(workspace: Workspace, factors: list[tuple[fmpz_mpoly, int]]) -> Quotient:
    result = workspace.number(0)
    for factor, count in factors:
        result = result + _log_atom(workspace, factor) * workspace.number(count)
    return result


def _partial_log(
    workspace: Workspace, sign: int, known: list[tuple[fmpz_mpoly, int]], rest: list[tuple[fmpz_mpoly, int]]
) -> Quotient:
    """Positive factors come out of the logarithm; the others stay under one."""
    inside = workspace.number(sign)
    for factor, count in rest:
        inside = inside * Quotient.of(workspace.generators, factor, workspace.generators.constant(1)) ** count
    index = workspace.atom_index(("log", inside.key))
    workspace.logs[index] = inside
    return _sum_of_logs(workspace, known) + Quotient.generator(workspace.generators, index)


def _log_atom(workspace: Workspace, factor: fmpz_mpoly) -> Quotient:
    exponent = next(
        (u for i, u in workspace.exponents.items() if str(factor) == str(workspace.generators.polynomial(i))),
        None,
    )
    if exponent is not None:
        return exponent
    quotient = Quotient.of(workspace.generators, factor, workspace.generators.constant(1))
    if quotient.key == ("1", "1"):
        return workspace.number(0)
    root = _root_of(workspace, factor)
    if root is not None:
        degree, inner = root
        return _sum_of_logs(workspace, workspace.factors(inner)[1]) * workspace.number(Fraction(1, degree))
    index = workspace.atom_index(("log", quotient.key))
    workspace.logs[index] = quotient
    return Quotient.generator(workspace.generators, index)


def _root_of(workspace: Workspace, factor: fmpz_mpoly) -> tuple[int, Quotient] | None:
    """(degree, radicand) of a factor that is a single root of something positive."""
    for index, (degree, value) in workspace.relations.items():
        if workspace.keys[index][0] == "root" and str(factor) == str(workspace.generators.polynomial(index)):
            sign, factors = workspace.factors(value)
            return (degree, value) if sign > 0 and all(workspace.is_positive(f) for f, _ in factors) else None
    return None


def hyperbolic_sine(workspace: Workspace, argument: Expr) -> Quotient:
    """`sinh`."""
    up, down = exponential(workspace, argument), exponential(workspace, -argument)
    return (up - down) / workspace.number(2)


def hyperbolic_cosine(workspace: Workspace, argument: Expr) -> Quotient:
    """`cosh`."""
    up, down = exponential(workspace, argument), exponential(workspace, -argument)
    return (up + down) / workspace.number(2)
