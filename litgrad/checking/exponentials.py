"""Exponentials, logarithms and hyperbolic functions as quotients over atoms."""

from fractions import Fraction
from math import lcm

from flint import fmpz_mpoly
from sympy import E, Expr, Pow

from litgrad.checking.rational import Quotient
from litgrad.checking.workspace import POWER_LIMIT, Workspace
from litgrad.meaning.forms import atoms_of


def exponential(workspace: Workspace, exponent: Expr) -> Quotient:
    """`exp` of a sum as a product of atoms."""
    return exponential_of(workspace, workspace.of(exponent))


def exponential_of(workspace: Workspace, exponent: Quotient) -> Quotient:
    """`exp` of a quotient, term by term."""
    result = workspace.number(1)
    for coefficient, unit in workspace.terms(workspace.reduced(exponent)):
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
    quotient = workspace.reduced(workspace.of(argument))
    sign, factors = workspace.factors(quotient)
    known = [(factor, count) for factor, count in factors if workspace.is_positive(factor)]
    rest = [(factor, count) for factor, count in factors if not workspace.is_positive(factor)]
    if rest or sign < 0:
        return _partial_log(workspace, sign, known, rest)
    return _sum_of_logs(workspace, known)


def log_of_positive(workspace: Workspace, quotient: Quotient) -> Quotient | None:
    """The logarithm of a quotient whose factors are all known to be positive."""
    sign, factors = workspace.factors(quotient)
    positive = all(workspace.is_positive(factor) for factor, _ in factors)
    if sign < 0 or quotient.above.is_zero() or not positive:
        return None
    return _sum_of_logs(workspace, factors)


def note_fractions(workspace: Workspace, expr: Expr) -> None:
    """Note which fractions exponents of positive bases hold, so that `2^{x/2}` and `2^x` share an atom."""
    for power in atoms_of(expr, Pow):
        log = log_of_positive(workspace, workspace.of(power.base)) if power.exp.free_symbols else None
        if log is None or power.base is E:
            continue
        for coefficient, unit in workspace.terms(workspace.of(power.exp) * log):
            workspace.units[unit.key] = lcm(workspace.units.get(unit.key, 1), coefficient.denominator)


def _sum_of_logs(workspace: Workspace, factors: list[tuple[fmpz_mpoly, int]]) -> Quotient:
    result = workspace.number(0)
    for factor, count in factors:
        result = result + _log_atom(workspace, factor) * workspace.number(count)
    return result


def _partial_log(
    workspace: Workspace, sign: int, known: list[tuple[fmpz_mpoly, int]], rest: list[tuple[fmpz_mpoly, int]]
) -> Quotient:
    """Positive factors and, between bars, even powers come out; the others stay under one logarithm."""
    inside, total = workspace.number(sign), _sum_of_logs(workspace, known)
    for factor, count in rest:
        quotient = Quotient.of(workspace.generators, factor, workspace.generators.constant(1))
        if count % 2:
            inside = inside * quotient**count
        else:
            total = total + _plain_log(workspace, workspace.absolute(quotient)) * workspace.number(count)
    return total if inside.is_one() else total + _plain_log(workspace, inside)


def _plain_log(workspace: Workspace, inside: Quotient) -> Quotient:
    index = workspace.atom_index(("log", inside.key))
    workspace.logs[index] = inside
    return Quotient.generator(workspace.generators, index)


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
