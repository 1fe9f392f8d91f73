"""Rewrites that keep digits: rows of pattern, replacement, why, witness, and the pass that applies them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import Expr, Symbol

from litgrad.codegen import cancelling_rows as cancelling
from litgrad.codegen import exponential_rows as exponentials
from litgrad.codegen.special import Logaddexp, Sigmoid, Softplus


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A row: what is replaced, by what, why, and an input where it shows."""

    pattern: str
    replacement: str
    why: str
    witness: Callable[[], tuple[Expr, tuple[tuple[Symbol, float], ...]]]
    """Gives an expression of the pattern and a point where its literal form loses digits."""
    apply: Callable[[Expr], Expr | None]


@lru_cache(maxsize=2_000)
def stabilise(expr: Expr) -> tuple[Expr, tuple[Rewrite, ...]]:
    """The expression with every row applied from the inside out, and the rows that were used.

    The value stays the same wherever the literal form has one.
    """
    used: list[Rewrite] = []
    return _stable(expr, used), tuple(dict.fromkeys(used))


def _stable(expr: Expr, used: list[Rewrite]) -> Expr:
    if type(expr) is sympy.Pow and expr.base is sympy.E:
        # `e^{x}` as a power is an exponential for isinstance, but its first argument is e.
        expr = sympy.exp(expr.exp, evaluate=False)
    if not expr.args:
        return expr
    arguments = [_stable(argument, used) for argument in expr.args]
    if any(new is not old for new, old in zip(arguments, expr.args, strict=True)):
        expr = _rebuilt(expr, arguments)
    for rewrite in REWRITES:
        changed = rewrite.apply(expr)
        if changed is not None:
            used.append(rewrite)
            return _stable(changed, used)
    return expr


def _rebuilt(expr: Expr, arguments: list[Expr]) -> Expr:
    if isinstance(expr, sympy.core.function.AppliedUndef):
        return expr.func(*arguments)
    return expr.func(*arguments, evaluate=False)


_U, _V, _X = (Symbol(name, real=True) for name in "uvx")
_exp = sympy.exp

REWRITES: tuple[Rewrite, ...] = (
    Rewrite("1 / (1 + exp(-u))", "sigmoid(u)", "exp(-u) overflows for u below -709",
            lambda: (1 / (1 + _exp(-_U)), ((_U, -745.0),)), exponentials.sigmoid),
    Rewrite("exp(u) / (exp(u) + exp(v))", "sigmoid(u - v)", "exp(u) overflows for u above 709",
            lambda: (_exp(_U) / (_exp(_U) + _exp(_V)), ((_U, 800.0), (_V, 790.0))),
            exponentials.exponential_share),
    Rewrite("exp(u) * sigmoid(-u)", "sigmoid(u)", "exp(u) overflows for u above 709",
            lambda: (_exp(_U) * Sigmoid(-_U), ((_U, 800.0),)), exponentials.exponential_times_sigmoid),
    Rewrite("1 - sigmoid(u)", "sigmoid(-u)", "for large u the difference cancels to 0",
            lambda: (1 - Sigmoid(_U), ((_U, 40.0),)), exponentials.complement),
    Rewrite("log(sigmoid(u))", "-softplus(-u)", "sigmoid(u) is 0 for u below -745",
            lambda: (sympy.log(Sigmoid(_U)), ((_U, -800.0),)), exponentials.log_sigmoid),
    Rewrite("log(1 + exp(u))", "softplus(u)", "exp(u) overflows for u above 709, is lost beside 1 below -37",
            lambda: (sympy.log(1 + _exp(_U)), ((_U, -40.0),)), exponentials.softplus),
    Rewrite("softplus(u) - softplus(-u)", "u", "for small u the difference cancels",
            lambda: (Softplus(_U) - Softplus(-_U), ((_U, 1e-17),)), exponentials.softplus_difference),
    Rewrite("log(exp(u) + exp(v))", "logaddexp(u, v)", "exp(u) overflows for u above 709",
            lambda: (sympy.log(_exp(_U) + _exp(_V)), ((_U, 800.0), (_V, 790.0))),
            exponentials.log_sum_of_exponentials),
    Rewrite("logaddexp(u, v) - u", "softplus(v - u)", "where u is the larger one the difference cancels to 0",
            lambda: (Logaddexp(_U, _V) - _U, ((_U, 40.0), (_V, 0.0))), exponentials.logaddexp_minus),
    Rewrite("sigmoid(u) - 1", "-sigmoid(-u)", "for large u the difference cancels to 0",
            lambda: (Sigmoid(_U) - 1, ((_U, 40.0),)), exponentials.sigmoid_minus_one),
    Rewrite("(exp(u) - exp(-u)) / (exp(u) + exp(-u))", "tanh(u)",
            "exp(u) overflows for u above 709, and for small u the difference cancels",
            lambda: ((_exp(_U) - _exp(-_U)) / (_exp(_U) + _exp(-_U)), ((_U, 1e-9),)), exponentials.tanh),
    Rewrite("1 - tanh(u)**2", "4 * sigmoid(2 * u) * sigmoid(-2 * u)",
            "for large u the difference cancels to 0",
            lambda: (1 - sympy.tanh(_U) ** 2, ((_U, 40.0),)), exponentials.sech_squared),
    Rewrite("log(1 + u)", "log1p(u)", "1 + u loses the digits of a small u",
            lambda: (sympy.log(1 + _U), ((_U, 1e-17),)), cancelling.log1p),
    Rewrite("exp(u) - 1", "expm1(u)", "for small u the difference cancels",
            lambda: (_exp(_U) - 1, ((_U, 1e-17),)), cancelling.expm1),
    Rewrite("1 - exp(u)", "-expm1(u)", "for small u the difference cancels",
            lambda: (1 - _exp(_U), ((_U, 1e-17),)), cancelling.minus_expm1),
    Rewrite("x * log(u)", "xlogy(x, u)", "0 * log(0) is nan; the limit is 0",
            lambda: (_X * sympy.log(_U), ((_X, 0.0), (_U, 0.0))), cancelling.xlogy),
    Rewrite("u**2 - v**2", "(u - v) * (u + v)", "the squares cancel where u is near v",
            lambda: (_U**2 - _V**2, ((_U, 1.0 + 2**-30), (_V, 1.0))), cancelling.square_difference),
    Rewrite("1 - cos(u)", "2 * sin(u / 2)**2", "for small u the difference cancels",
            lambda: (1 - sympy.cos(_U), ((_U, 1e-9),)), cancelling.versine),
    Rewrite("sqrt(1 + u) - 1", "u / (sqrt(1 + u) + 1)", "for small u the difference cancels",
            lambda: (sympy.sqrt(1 + _U) - 1, ((_U, 1e-17),)), cancelling.root_minus_one),
)  # fmt: skip
"""Applied in this order at every node; a test measures each at its witness."""
