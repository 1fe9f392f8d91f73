"""Powers, roots and absolute values as quotients over atoms."""

from flint import fmpz_mpoly
from sympy import E, Expr, Integer, Rational

from litgrad.checking.exponentials import exponential, exponential_of, log_of_positive
from litgrad.checking.rational import Quotient
from litgrad.checking.workspace import POWER_LIMIT, Workspace


def power(workspace: Workspace, base: Expr, exponent: Expr) -> Quotient:
    """`base**exponent`."""
    exponent = _number(workspace, exponent)
    if exponent.is_Integer and abs(int(exponent)) <= POWER_LIMIT:
        return workspace.of(base) ** int(exponent)
    if base is E:
        return exponential(workspace, exponent)
    if exponent.is_Rational and not exponent.is_Integer and abs(exponent) <= POWER_LIMIT:
        return root(workspace, workspace.of(base), int(exponent.q)) ** int(exponent.p)
    return _factored_power(workspace, workspace.of(base), workspace.of(exponent))


def _number(workspace: Workspace, exponent: Expr) -> Expr:
    """An exponent that is a number, as `3/2` is, as that number."""
    if exponent.is_Rational or not exponent.args or exponent.free_symbols:
        return exponent
    found = workspace.of(exponent)
    if not found.is_number() or found.above.is_zero():
        return Integer(0) if found.above.is_zero() else exponent
    return Rational(int(found.above.leading_coefficient()), int(found.below.leading_coefficient()))


def root(workspace: Workspace, base: Quotient, degree: int) -> Quotient:
    """A root, taken factor by factor where the factors are known to be positive."""
    base = with_cosines(workspace, base) if degree % 2 == 0 else base
    sign, factors = workspace.factors(base)
    negative = [(factor, count) for factor, count in factors if not workspace.is_positive(factor)]
    if sign < 0 or negative:
        whole, product = _split_positive(workspace, sign, factors, degree)
        return whole if product.is_one() else whole * _root_atom(workspace, product, degree)
    result = workspace.number(1)
    for factor, count in factors:
        whole, rest = divmod(count, degree)
        quotient = Quotient.of(workspace.generators, factor, workspace.generators.constant(1))
        result = result * quotient**whole
        if rest:
            result = result * _root_atom(workspace, quotient, degree) ** rest
    return result


def with_cosines(workspace: Workspace, quotient: Quotient) -> Quotient:
    """The same with `1 - sin**2` as a factor written `cos**2`, so that its root can be taken."""
    cosines = [index for index, key in workspace.keys.items() if key[0] == "cos"]
    if not cosines:
        return quotient
    quotient = workspace.reduced(quotient)
    for index in cosines:
        square = workspace.generators.here(workspace.relations[index][1].above)
        parts = (workspace.generators.here(part) for part in (quotient.above, quotient.below))
        above, below = (_divided(part, square) for part in parts)
        cosine = workspace.generators.polynomial(index)
        above, below = above[0] * cosine ** (2 * above[1]), below[0] * cosine ** (2 * below[1])
        quotient = Quotient.of(workspace.generators, above, below)
    return quotient


def _divided(polynomial: fmpz_mpoly, by: fmpz_mpoly) -> tuple[fmpz_mpoly, int]:
    """What is left of a polynomial, and how often it could be divided."""
    count = 0
    while not polynomial.is_zero():
        whole, rest = divmod(polynomial, by)
        if not rest.is_zero():
            break
        polynomial, count = whole, count + 1
    return polynomial, count


def _split_positive(
    workspace: Workspace, sign: int, factors: list[tuple[fmpz_mpoly, int]], degree: int
) -> tuple[Quotient, Quotient]:
    """Whole powers in front of the root, those of unknown sign between bars; the rest under it."""
    outside, inside = workspace.number(1), workspace.number(sign)
    for factor, count in factors:
        quotient = Quotient.of(workspace.generators, factor, workspace.generators.constant(1))
        positive = workspace.is_positive(factor)
        whole, rest = divmod(count, degree) if positive or (degree % 2 == 0 and sign > 0) else (0, count)
        out = quotient if positive or whole % 2 == 0 else workspace.absolute(quotient)
        outside, inside = outside * out**whole, inside * quotient**rest
    return outside, inside


def _root_atom(workspace: Workspace, base: Quotient, degree: int) -> Quotient:
    index = workspace.atom_index(("root", base.key, degree))
    workspace.relations[index] = (degree, base)
    workspace.positive.add(str(workspace.generators.polynomial(index)))
    return Quotient.generator(workspace.generators, index)


def _factored_power(workspace: Workspace, base: Quotient, exponent: Quotient) -> Quotient:
    """`b**n` as `exp(n log b)` where all factors of the base are known to be positive."""
    log = log_of_positive(workspace, base)
    return (
        _symbolic_power(workspace, base, exponent)
        if log is None
        else exponential_of(workspace, exponent * log)
    )


def _symbolic_power(workspace: Workspace, base: Quotient, exponent: Quotient) -> Quotient:
    """`b**(n + 1)` as `b**n * b`; exponents add up over one base."""
    result = workspace.number(1)
    for coefficient, unit in workspace.terms(exponent):
        if unit.is_number() and coefficient.denominator == 1 and abs(coefficient) <= POWER_LIMIT:
            result = result * base ** int(coefficient)
        elif coefficient.denominator == 1 and abs(coefficient) <= POWER_LIMIT:
            result = result * workspace.atom(("power", base.key, unit.key)) ** int(coefficient)
        else:
            result = result * workspace.atom(("power", base.key, unit.key, coefficient))
    return result


def absolute(workspace: Workspace, argument: Expr) -> Quotient:
    """`|u|` with `|u|**2 = u**2`, factor by factor."""
    return absolute_of(workspace, workspace.of(argument))


def absolute_of(workspace: Workspace, argument: Quotient) -> Quotient:
    """The same of a quotient."""
    if argument.above.is_zero():
        return argument
    _, factors = workspace.factors(argument)
    result = workspace.number(1)
    for factor, count in factors:
        quotient = Quotient.of(workspace.generators, factor, workspace.generators.constant(1))
        if workspace.is_positive(factor) or count % 2 == 0:
            result = result * quotient**count
            continue
        result = result * workspace.absolute(quotient) ** count
    return result
