"""Antiderivatives: by rule where there is one, else SymPy's, taken only once their derivative is proved."""

from functools import lru_cache

import sympy
from sympy import Expr, Poly, Symbol, exp

from litgrad.checking.normal_form import equal, is_nonnegative
from litgrad.checking.symbolic import integrated

_DEGREE = 12
"""Polynomials of higher degree before an exponential are not integrated."""


@lru_cache(maxsize=256)
def antiderivative(integrand: Expr, variable: Symbol, positive: tuple[Expr, ...]) -> Expr | None:
    """A function whose derivative is proved to be the integrand; None where none is found.

    `positive` holds what is known to be above zero.
    """
    found = _by_rule(integrand, variable, positive) or _by_sympy(integrand, variable, positive)
    if found is None or not equal(sympy.diff(found, variable), integrand, positive):
        return None
    return found


def _by_sympy(integrand: Expr, variable: Symbol, positive: tuple[Expr, ...]) -> Expr | None:
    if _is_incomplete(integrand, variable):
        return None
    signed = _with_signs(integrand, positive)
    found = integrated(integrand.xreplace(signed), variable)
    back = {known: symbol for symbol, known in signed.items()}
    return None if found is None else _first_branch(found).xreplace(back)


def _is_incomplete(integrand: Expr, variable: Symbol) -> bool:
    """Whether it holds `t^a e^{..t..}` with a letter for a, of which there is no elementary form."""
    powers = (power for power in integrand.atoms(sympy.Pow) if power.base.has(variable))
    by_letters = any(power.exp.free_symbols for power in powers)
    return by_letters and any(call.has(variable) for call in integrand.atoms(exp))


def _with_signs(integrand: Expr, positive: tuple[Expr, ...]) -> dict[Expr, Expr]:
    """Symbols known to be above zero as SymPy's own positive symbols."""
    known = [expr for expr in positive if isinstance(expr, Symbol) and integrand.has(expr)]
    return {symbol: Symbol(symbol.name, positive=True) for symbol in known}


def _first_branch(expr: Expr) -> Expr:
    """The case that holds for most values of the parameters."""
    cases = {case: case.args[0][0] for case in expr.atoms(sympy.Piecewise)}
    return expr.xreplace(cases) if cases else expr


# -------------------------------- polynomials times exponentials --------------------------------


def _by_rule(integrand: Expr, variable: Symbol, positive: tuple[Expr, ...]) -> Expr | None:
    """`p(x) e^{q(x)}` for polynomials, q of degree two at most."""
    total: Expr = sympy.Integer(0)
    for exponent, factor in _by_exponent(integrand, variable).items():
        found = _of_product(factor, exponent, variable, positive)
        if found is None:
            return None
        total += found
    return total


def _by_exponent(integrand: Expr, variable: Symbol) -> dict[Expr, Expr]:
    """The terms of a sum by what stands in their exponential."""
    found: dict[Expr, Expr] = {}
    for term in sympy.Add.make_args(sympy.expand(integrand)):
        exponent, rest = sympy.Integer(0), sympy.Integer(1)
        for factor in sympy.Mul.make_args(term):
            if isinstance(factor, exp) and factor.has(variable):
                exponent += factor.args[0]
            else:
                rest *= factor
        exponent = sympy.expand(exponent)
        found[exponent] = found.get(exponent, sympy.Integer(0)) + rest
    return found


def _of_product(factor: Expr, exponent: Expr, variable: Symbol, positive: tuple[Expr, ...]) -> Expr | None:
    if not factor.is_polynomial(variable) or not exponent.is_polynomial(variable):
        return None
    polynomial, inner = Poly(factor, variable), Poly(exponent, variable)
    if inner.degree() > 2 or polynomial.degree() > _DEGREE:
        return None
    if inner.degree() < 1:
        return polynomial.integrate().as_expr() * exp(exponent)
    outer, left = _divided(polynomial, inner.diff(), variable)
    if left == 0:
        return outer * exp(exponent)
    curve, slope, offset = (inner.coeff_monomial(variable**power) for power in (2, 1, 0))
    if not is_nonnegative(-curve, positive, strict=False):
        return None
    root = sympy.sqrt(-curve)
    scale = exp(sympy.expand(offset - slope**2 / (4 * curve))) * sympy.sqrt(sympy.pi) / (2 * root)
    return outer * exp(exponent) + left * scale * sympy.erf(root * variable - slope / (2 * root))


def _divided(polynomial: Poly, rate: Poly, variable: Symbol) -> tuple[Expr, Expr]:
    """Two parts r and c with `p = r' + r q' + c`, q' being the rate of the exponent."""
    outer: Expr = sympy.Integer(0)
    rest = polynomial
    while not rest.is_zero and rest.degree() >= rate.degree():
        power = rest.degree() - rate.degree()
        term = rest.LC() / rate.LC() * variable**power
        outer += term
        rest = Poly(
            sympy.cancel(rest.as_expr() - sympy.diff(term, variable) - term * rate.as_expr()), variable
        )
    return outer, rest.as_expr()
