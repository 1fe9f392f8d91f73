"""Other ways to write a subterm, as rows that the search tries: none of them is better everywhere."""

from collections.abc import Callable
from dataclasses import dataclass

import sympy
from sympy import Expr, Symbol

from litgrad.codegen import difference_rows as differences
from litgrad.codegen import quotient_rows as quotients
from litgrad.codegen.parts import inverse
from litgrad.codegen.special import Expm1, Sigmoid, Softplus


@dataclass(frozen=True, slots=True)
class Alternative:
    """A row: what is rewritten, as what, where that helps, and an example."""

    pattern: str
    replacement: str
    why: str
    example: Callable[[], Expr]
    """Made when it is asked for: SymPy takes its time, and no build does."""
    apply: Callable[[Expr], Expr | None]


_U, _V, _X, _Y = (Symbol(name, real=True) for name in "uvxy")
_exp, _log, _sqrt = sympy.exp, sympy.log, sympy.sqrt

ALTERNATIVES: tuple[Alternative, ...] = (
    Alternative("sqrt(u) - v", "(u - v**2) / (sqrt(u) + v)", "where sqrt(u) is near v the difference cancels",
                lambda: _sqrt(_X + 1) - _sqrt(_X), differences.conjugate),
    Alternative("a / u + b / v", "(a * v + b * u) / (u * v)", "the fractions cancel before they are added",
                lambda: 1 / (_X + 1) - 1 / _X, differences.common_denominator),
    Alternative("a sum of products", "the same multiplied out", "terms that cancel need not be computed",
                lambda: (_X + 1) ** 2 - _X**2, differences.multiplied_out),
    Alternative("a * u + a * v", "a * (u + v)", "what cancels stands side by side",
                lambda: _U * _V + _U * _X, differences.common_factor),
    Alternative("a polynomial", "its factors", "factors do not cancel where terms do",
                lambda: _U**2 - 2 * _U * _V + _V**2, differences.factored),
    Alternative("log(u) - log(v)", "log1p((u - v) / v)", "where u is near v the difference cancels",
                lambda: _log(_X + 1) - _log(_X), differences.log_difference),
    Alternative("log(u / v)", "log1p((u - v) / v)", "where u is near v the quotient loses what differs",
                lambda: _log((_X + _Y) / _X), quotients.log_of_quotient_near_one),
    Alternative("log(u)", "log1p(u - 1)", "where u is near 1 its own digits are lost",
                lambda: _log(_X**2 + 1), quotients.log_near_one),
    Alternative("log(u * v)", "log(u) + log(v)", "the product leaves the range of a double first",
                lambda: _log(_exp(_U) * _V), quotients.log_of_product),
    Alternative("exp(u) - exp(-u)", "2 * sinh(u)", "for small u the difference cancels",
                lambda: _exp(_U) - _exp(-_U), differences.sinh),
    Alternative("exp(u) - exp(v)", "exp(v) * expm1(u - v)", "where u is near v the difference cancels",
                lambda: _exp(_U) - _exp(_V), differences.exponential_difference),
    Alternative("exp(u) + exp(-u)", "2 * cosh(u)", "one function instead of two",
                lambda: _exp(_U) + _exp(-_U), differences.cosh),
    Alternative("sin(u) - sin(v)", "2 * cos((u + v) / 2) * sin((u - v) / 2)",
                "where u is near v the difference cancels",
                lambda: sympy.sin(_U) - sympy.sin(_V), differences.sine_difference),
    Alternative("cos(u) - cos(v)", "-2 * sin((u + v) / 2) * sin((u - v) / 2)",
                "where u is near v the difference cancels",
                lambda: sympy.cos(_U) - sympy.cos(_V), differences.cosine_difference),
    Alternative("2 * sin(u / 2)**2", "sin(u)**2 / (1 + cos(u))", "half of the smallest u is 0",
                lambda: 2 * (sympy.sin(_X / 2) / _X) ** 2, differences.one_minus_cosine),
    Alternative("expm1(u) / v", "2 * sinh(u / 2) / (v * exp(-u / 2))",
                "the exponential leaves the range of a double before the quotient does",
                lambda: sympy.Mul(Expm1(_X), inverse(_X), evaluate=False), quotients.expm1_over),
    Alternative("sin(u / n) / u", "sin(u / n) / (u / n) / n", "what is computed once serves twice",
                lambda: sympy.sin(_X / 2) / _X, quotients.sine_over),
    Alternative("x / u", "ratio(x, u)", "0 / 0 is nan; the limit is 0", lambda: _X / _U, quotients.one_ratio),
    Alternative("u**2 / v**2", "(u / v)**2", "the squares leave the range of a double first",
                lambda: _U**2 / _V**2, quotients.squared_quotient),
    Alternative("exp(u) / exp(v)", "exp(u - v)", "the exponentials leave the range of a double first",
                lambda: sympy.Mul(_exp(_U), inverse(_exp(_V)), evaluate=False), quotients.one_exponential),
    Alternative("y * softplus(-u) + (1 - y) * softplus(u)",
                "log1p(exp(-|u|)) + (1 - y) * max(u, 0) + y * max(-u, 0)",
                "for y above 1 or below 0 the terms cancel",
                lambda: _Y * Softplus(-_U) + (1 - _Y) * Softplus(_U), quotients.weighted_softplus),
    Alternative("1 / sigmoid(u)", "1 + exp(-u)", "two roundings less",
                lambda: 1 / Sigmoid(_U), quotients.reciprocal_of_sigmoid),
    Alternative("sqrt(u**2 + v**2)", "hypot(u, v)", "the squares leave the range of a double first",
                lambda: _sqrt(_U**2 + _V**2), quotients.hypot),
)  # fmt: skip
"""Tried in this order at every subterm; a test compares values at each example."""
