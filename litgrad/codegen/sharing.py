"""What the steps of a schedule look for in products and sums: signs, quotients, sigmoids of u and -u."""

from collections.abc import Sequence

import sympy
from sympy import Expr

from litgrad.codegen.parts import factors_of, negated, terms_of
from litgrad.codegen.special import Logaddexp, Ratio, Sigmoid, Xlog1py, Xlogy
from litgrad.meaning.forms import add, multiply


class Top(sympy.Function):
    """What a sigmoid has above the line."""


def shared_sigmoid(total: Expr) -> tuple[Expr, Expr] | None:
    """Of a sum in which every term has one sigmoid, of u or -u, the u and what stands above one line."""
    terms = [factors_of(term) for argument in total.args for term in terms_of(argument)]
    sigmoids = [[factor for factor in factors if isinstance(factor, Sigmoid)] for factors in terms]
    if len(terms) < 2 or any(len(found) != 1 for found in sigmoids):
        return None
    sizes = {sign_and_size(found[0].args[0])[1] for found in sigmoids}
    if len(sizes) != 1:
        return None
    above = (
        multiply(*(Top(*factor.args) if factor is found[0] else factor for factor in factors))
        for factors, found in zip(terms, sigmoids, strict=True)
    )
    return sizes.pop(), add(*above)


def with_logaddexp(expr: Expr) -> tuple[bool, Logaddexp, Expr | None] | None:
    """Of `logaddexp(u, v) + w`, or what it is the negative of: the sign, the first term and w."""
    signed = [(*sign_and_size(term), term) for term in terms_of(expr)]
    found = [each for each in signed if isinstance(each[1], Logaddexp)]
    if len(found) != 1:
        return None
    negative, head, _ = found[0]
    rest = [negated(term) if negative else term for _, size, term in signed if size is not head]
    return negative, head, add(*rest) if rest else None


def is_alone(outputs: Sequence[Expr]) -> bool:
    """Whether the only value is a sigmoid, with nothing that its exponential could be shared with."""
    return len(outputs) == 1 and isinstance(outputs[0], Sigmoid) and not outputs[0].args[0].has(Sigmoid)


def sign_and_size(expr: Expr) -> tuple[bool, Expr]:
    """Whether there is an odd number of minus signs in front, and what stands behind them."""
    factors = factors_of(expr)
    numbers = [factor for factor in factors if isinstance(factor, sympy.Rational) and factor < 0]
    if not numbers:
        return False, expr
    kept = [-factor if factor in numbers else factor for factor in factors]
    kept = [factor for factor in kept if factor != 1] or [sympy.Integer(1)]
    return len(numbers) % 2 == 1, sympy.Mul(*kept, evaluate=False) if len(kept) > 1 else kept[0]


def mirrored(factors: list[Expr]) -> tuple[Expr, Expr] | None:
    """`sigmoid(u)` and `sigmoid(-u)`, whose product is `exp(-|u|) / (1 + exp(-|u|))**2`."""
    sigmoids = [factor for factor in factors if isinstance(factor, Sigmoid)]
    for factor in sigmoids:
        for other in sigmoids:
            if (True, factor.args[0]) == sign_and_size(other.args[0]):
                return factor, other
    return None


def is_below(factor: Expr) -> bool:
    """Whether a factor stands below the line."""
    if isinstance(factor, sympy.Pow):
        return bool(factor.exp.is_Rational and factor.exp < 0 and factor.base is not sympy.E)
    return isinstance(factor, sympy.Rational) and factor.p == 1 and factor.q != 1


def upside_down(factor: Expr) -> Expr:
    """One over a factor that stands below the line."""
    if isinstance(factor, sympy.Rational):
        return sympy.Integer(factor.q)
    return factor.base if factor.exp == -1 else sympy.Pow(factor.base, -factor.exp, evaluate=False)


Signed = tuple[bool, Expr]
"""Whether there is a minus sign in front, and what stands behind it."""


def with_positive(terms: list[Signed]) -> list[Signed]:
    """Terms of which one has no minus sign, where a difference in one can be turned round for it.

    `-u - (1 - y) * v` is `(y - 1) * v - u`: a step less, and not a rounding more.
    """
    if not all(negative for negative, _ in terms):
        return terms
    for at, (_, size) in enumerate(terms):
        turned = _turned(size)
        if turned is not None:
            return [(False, turned), *terms[:at], *terms[at + 1 :]]
    return terms


def _turned(expr: Expr) -> Expr | None:
    """The negative of an expression, by turning a difference round in it; None where there is none."""
    if isinstance(expr, sympy.Add):
        signs = {sign_and_size(term)[0] for term in terms_of(expr)}
        return add(*map(negated, terms_of(expr))) if len(signs) == 2 else None
    if isinstance(expr, (Xlogy, Xlog1py, Ratio)):
        first = _turned(expr.args[0])
        return expr.func(first, expr.args[1]) if first is not None else None
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    for at, factor in enumerate(factors):
        first = _turned(factor) if not is_below(factor) else None
        if first is not None:
            return multiply(*factors[:at], first, *factors[at + 1 :])
    return None
