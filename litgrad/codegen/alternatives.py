"""Other ways to write a subterm, as rows that the search tries: none of them is better everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations

import sympy
from sympy import Expr, Integer, Rational, Symbol

from litgrad.codegen.special import Expm1, Hypot, Log1p, Ratio, Sigmoid, Softplus
from litgrad.codegen.stability import factors_of, negated, terms_of
from litgrad.meaning.forms import add, multiply, negate

_ONE = Integer(1)
_HALF = Rational(1, 2)
_LARGEST = 40
"""Operations of a term beyond which it is not multiplied out."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A row: what is rewritten, as what, where that helps, and an example."""

    pattern: str
    replacement: str
    why: str
    example: Expr
    apply: Callable[[Expr], Expr | None]


def _inverse(expr: Expr) -> Expr:
    return sympy.Pow(expr, -1, evaluate=False)


def _difference(left: Expr, right: Expr) -> Expr | None:
    """`left - right` multiplied out, if that is no longer than what it was."""
    if left.count_ops() + right.count_ops() > _LARGEST:
        return None
    found = sympy.expand(left - right)
    return found if found.count_ops() <= left.count_ops() + right.count_ops() + 1 else None


def _square(expr: Expr) -> Expr | None:
    """The square of a term that holds a root."""
    root = next((factor for factor in factors_of(expr) if _is_root(factor)), None)
    if root is None:
        return None
    inside = root.base if isinstance(root, sympy.Pow) else sympy.Add(*(side**2 for side in root.args))
    rest = [factor for factor in factors_of(expr) if factor is not root]
    return sympy.expand(sympy.Mul(*rest) ** 2 * inside)


def _is_root(expr: Expr) -> bool:
    return (isinstance(expr, sympy.Pow) and expr.exp == _HALF) or isinstance(expr, Hypot)


# -------------------------------- sums --------------------------------


def _conjugate(expr: Expr) -> Expr | None:
    """`sqrt(u) - v` with the sum below the line."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    for term in terms:
        square = _square(term)
        if square is not None and term.free_symbols:
            rest = [other for other in terms if other is not term]
            other = (_square(rest[0]) if len(rest) == 1 else None) or sympy.expand(sympy.Add(*rest) ** 2)
            above = _difference(square, other)
            if above is not None and above.count_ops() < expr.count_ops():
                return multiply(above, _inverse(add(term, *map(negated, rest))))
    return None


def _common_denominator(expr: Expr) -> Expr | None:
    if not isinstance(expr, sympy.Add) or expr.count_ops() > _LARGEST:
        return None
    if not any(isinstance(factor, sympy.Pow) and factor.exp.is_negative
               for term in terms_of(expr) for factor in factors_of(term)):  # fmt: skip
        return None
    above, below = sympy.fraction(sympy.together(expr))
    return multiply(sympy.expand(above), _inverse(below)) if below != 1 else sympy.expand(above)


def _multiplied_out(expr: Expr) -> Expr | None:
    if not isinstance(expr, (sympy.Add, sympy.Mul)) or expr.count_ops() > _LARGEST:
        return None
    found = sympy.expand(expr)
    return found if found.count_ops() < expr.count_ops() else None


def _common_factor(expr: Expr) -> Expr | None:
    if not isinstance(expr, sympy.Add) or expr.count_ops() > _LARGEST:
        return None
    found = sympy.factor_terms(expr)
    return found if isinstance(found, sympy.Mul) else None


def _factored(expr: Expr) -> Expr | None:
    """Polynomials alone: factors do not cancel where terms do."""
    if not isinstance(expr, sympy.Add) or expr.count_ops() > _LARGEST:
        return None
    if not expr.is_polynomial(*expr.free_symbols) or not expr.free_symbols:
        return None
    found = sympy.factor(expr)
    return found if isinstance(found, (sympy.Mul, sympy.Pow)) else None


def _split(terms: list[Expr], head: Callable[[Expr], Expr | None]) -> tuple[Expr, Expr, list[Expr]] | None:
    """The arguments of `head(u) - head(v)` in a sum, and the other terms."""
    plus = [(term, found) for term in terms if (found := head(term)) is not None]
    minus = [(term, found) for term in terms if (found := head(negated(term))) is not None]
    if not plus or not minus or plus[0][0] is minus[0][0]:
        return None
    rest = [term for term in terms if term is not plus[0][0] and term is not minus[0][0]]
    return plus[0][1], minus[0][1], rest


def _logged(term: Expr) -> Expr | None:
    if isinstance(term, Log1p):
        return 1 + term.args[0]
    return term.args[0] if isinstance(term, sympy.log) else None


def _log_difference(expr: Expr) -> Expr | None:
    found = _split(terms_of(expr), _logged) if isinstance(expr, sympy.Add) else None
    if found is None:
        return None
    u, v, rest = found
    gap = _difference(u, v)
    return add(Log1p(multiply(gap, _inverse(v))), *rest) if gap is not None else None


def _powered(term: Expr) -> Expr | None:
    return term.args[0] if isinstance(term, sympy.exp) else None


def _exponential_difference(expr: Expr) -> Expr | None:
    found = _split(terms_of(expr), _powered) if isinstance(expr, sympy.Add) else None
    if found is None:
        return None
    u, v, rest = found
    return add(multiply(sympy.exp(v, evaluate=False), Expm1(sympy.expand(u - v))), *rest)


def _sinh(expr: Expr) -> Expr | None:
    found = _split(terms_of(expr), _powered) if isinstance(expr, sympy.Add) else None
    if found is None or sympy.expand(found[0] + found[1]) != 0:
        return None
    return add(multiply(Integer(2), sympy.sinh(found[0], evaluate=False)), *found[2])


def _cosh(expr: Expr) -> Expr | None:
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    if len(terms) == 2 and all(isinstance(term, sympy.exp) for term in terms):
        u, v = (term.args[0] for term in terms)
        if sympy.expand(u + v) == 0:
            return multiply(Integer(2), sympy.cosh(u, evaluate=False))
    return None


def _wave(head: type[Expr]) -> Callable[[Expr], Expr | None]:
    return lambda term: term.args[0] if isinstance(term, head) else None


def _sine_difference(expr: Expr) -> Expr | None:
    return _waves(expr, sympy.sin, Integer(2), sympy.cos)


def _cosine_difference(expr: Expr) -> Expr | None:
    return _waves(expr, sympy.cos, Integer(-2), sympy.sin)


def _waves(expr: Expr, head: type[Expr], factor: Expr, other: type[Expr]) -> Expr | None:
    found = _split(terms_of(expr), _wave(head)) if isinstance(expr, sympy.Add) else None
    if found is None:
        return None
    u, v, rest = found
    half, mean = sympy.expand((u - v) / 2), sympy.expand((u + v) / 2)
    return add(multiply(factor, other(mean, evaluate=False), sympy.sin(half, evaluate=False)), *rest)


# -------------------------------- products and functions --------------------------------


def _one_ratio(expr: Expr) -> Expr | None:
    """`x / u` where x may be 0."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    below = [factor for factor in factors if isinstance(factor, sympy.Pow) and factor.exp == -1]
    if len(below) != 1:
        return None
    own = below[0].free_symbols
    if not own:
        return None
    above = [factor for factor in factors if isinstance(factor, (Symbol, sympy.Add))]
    above = [factor for factor in above if not factor.free_symbols & own]
    rest = [factor for factor in factors if factor is not below[0] and factor not in above]
    return multiply(*rest, Ratio(multiply(*above), below[0].base)) if above else None


def _squared_quotient(expr: Expr) -> Expr | None:
    """`u**2 / v**2`, where a square underflows or overflows before the quotient does."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    above = [factor for factor in factors if isinstance(factor, sympy.Pow) and factor.exp == 2]
    below = [factor for factor in factors if _square_below(factor) is not None]
    if len(above) != 1 or len(below) != 1:
        return None
    rest = [factor for factor in factors if factor not in (above[0], below[0])]
    quotient = multiply(above[0].base, _inverse(_square_below(below[0]) or _ONE))
    return multiply(*rest, sympy.Pow(quotient, 2, evaluate=False))


def _square_below(factor: Expr) -> Expr | None:
    """The v of `1 / v**2`."""
    if isinstance(factor, sympy.Pow) and factor.exp == -2:
        return factor.base
    if isinstance(factor, sympy.Pow) and factor.exp == -1 and isinstance(factor.base, sympy.Pow):
        return factor.base.base if factor.base.exp == 2 else None
    return None


def _one_exponential(expr: Expr) -> Expr | None:
    """`exp(u) / exp(v)`."""
    found, rest = [], []
    for factor in factors_of(expr) if isinstance(expr, sympy.Mul) else []:
        base, power = (factor.base, factor.exp) if isinstance(factor, sympy.Pow) else (factor, _ONE)
        if isinstance(base, sympy.exp) and power.is_Integer:
            found.append(power * base.args[0])
        else:
            rest.append(factor)
    if len(found) < 2:
        return None
    return multiply(*rest, sympy.exp(sympy.expand(sympy.Add(*found)), evaluate=False))


def weighted_softplus(expr: Expr) -> Expr | None:
    """`y * softplus(-u) + (1 - y) * softplus(u)`, or any two weights that add up to a number."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    found = [(term, factor) for term in terms for factor in factors_of(term) if isinstance(factor, Softplus)]
    for (term, minus), (other, plus) in permutations(found, 2):
        u = plus.args[0]
        left, right = (_without(each, head) for each, head in ((term, minus), (other, plus)))
        total = sympy.expand(left + right)
        if minus.args[0] in (negated(u), -u) and total.is_Rational and not left.is_Rational:
            rest = [each for each in terms if each is not term and each is not other]
            both = Log1p(sympy.exp(negate(sympy.Abs(u, evaluate=False)), evaluate=False))
            return add(multiply(*([] if total == 1 else [total]), both), multiply(right, _above_zero(u)),
                       multiply(left, _above_zero(negated(u))), *rest)  # fmt: skip
    return None


def _without(term: Expr, factor: Expr) -> Expr:
    """The other factors of a term."""
    return multiply(*(each for each in factors_of(term) if each is not factor))


def _above_zero(expr: Expr) -> Expr:
    return sympy.Max(expr, Integer(0), evaluate=False)


def _reciprocal_of_sigmoid(expr: Expr) -> Expr | None:
    if isinstance(expr, sympy.Pow) and expr.exp == -1 and isinstance(expr.base, Sigmoid):
        return add(_ONE, sympy.exp(negated(expr.base.args[0]), evaluate=False))
    return None


def _hypot(expr: Expr) -> Expr | None:
    terms = terms_of(expr.base) if _is_root(expr) and isinstance(expr, sympy.Pow) else []
    if len(terms) != 2:
        return None
    sides = [term.base if isinstance(term, sympy.Pow) and term.exp == 2 else _number_root(term)
             for term in terms]  # fmt: skip
    first, second = sides
    return Hypot(first, second) if first is not None and second is not None else None


def _number_root(term: Expr) -> Expr | None:
    return sympy.sqrt(term) if term.is_Rational and term > 0 else None


def _log_of_product(expr: Expr) -> Expr | None:
    factors = factors_of(expr.args[0]) if isinstance(expr, sympy.log) else []
    if len(factors) < 2 or any(factor.is_negative for factor in factors):
        return None
    logs = [
        multiply(Integer(-1), sympy.log(factor.base, evaluate=False))
        if isinstance(factor, sympy.Pow) and factor.exp == -1
        else sympy.log(factor, evaluate=False)
        for factor in factors
    ]
    return add(*logs)


def _log_near_one(expr: Expr) -> Expr | None:
    """`log(u)` by what u has beyond 1."""
    gap = _difference(expr.args[0], _ONE) if isinstance(expr, sympy.log) else None
    return Log1p(gap) if gap is not None and gap.count_ops() <= expr.args[0].count_ops() else None


def _log_of_quotient_near_one(expr: Expr) -> Expr | None:
    """`log(u / v)` by what u has beyond v."""
    if not isinstance(expr, sympy.log):
        return None
    above, below = sympy.fraction(expr.args[0])
    gap = _difference(above, below) if below != 1 else None
    return Log1p(multiply(gap, _inverse(below))) if gap is not None else None


_U, _V, _X, _Y = (Symbol(name, real=True) for name in "uvxy")
_exp, _log, _sqrt = sympy.exp, sympy.log, sympy.sqrt

ALTERNATIVES: tuple[Alternative, ...] = (
    Alternative("sqrt(u) - v", "(u - v**2) / (sqrt(u) + v)", "where sqrt(u) is near v the difference cancels",
                _sqrt(_X + 1) - _sqrt(_X), _conjugate),
    Alternative("a / u + b / v", "(a * v + b * u) / (u * v)", "the fractions cancel before they are added",
                1 / (_X + 1) - 1 / _X, _common_denominator),
    Alternative("a sum of products", "the same multiplied out", "terms that cancel need not be computed",
                (_X + 1) ** 2 - _X**2, _multiplied_out),
    Alternative("a * u + a * v", "a * (u + v)", "what cancels stands side by side",
                _U * _V + _U * _X, _common_factor),
    Alternative("a polynomial", "its factors", "factors do not cancel where terms do",
                _U**2 - 2 * _U * _V + _V**2, _factored),
    Alternative("log(u) - log(v)", "log1p((u - v) / v)", "where u is near v the difference cancels",
                _log(_X + 1) - _log(_X), _log_difference),
    Alternative("log(u / v)", "log1p((u - v) / v)", "where u is near v the quotient loses what differs",
                _log((_X + _Y) / _X), _log_of_quotient_near_one),
    Alternative("log(u)", "log1p(u - 1)", "where u is near 1 its own digits are lost",
                _log(_X**2 + 1), _log_near_one),
    Alternative("log(u * v)", "log(u) + log(v)", "the product leaves the range of a double first",
                _log(_exp(_U) * _V), _log_of_product),
    Alternative("exp(u) - exp(-u)", "2 * sinh(u)", "for small u the difference cancels",
                _exp(_U) - _exp(-_U), _sinh),
    Alternative("exp(u) - exp(v)", "exp(v) * expm1(u - v)", "where u is near v the difference cancels",
                _exp(_U) - _exp(_V), _exponential_difference),
    Alternative("exp(u) + exp(-u)", "2 * cosh(u)", "one function instead of two",
                _exp(_U) + _exp(-_U), _cosh),
    Alternative("sin(u) - sin(v)", "2 * cos((u + v) / 2) * sin((u - v) / 2)",
                "where u is near v the difference cancels", sympy.sin(_U) - sympy.sin(_V), _sine_difference),
    Alternative("cos(u) - cos(v)", "-2 * sin((u + v) / 2) * sin((u - v) / 2)",
                "where u is near v the difference cancels",
                sympy.cos(_U) - sympy.cos(_V), _cosine_difference),
    Alternative("x / u", "ratio(x, u)", "0 / 0 is nan; the limit is 0", _X / _U, _one_ratio),
    Alternative("u**2 / v**2", "(u / v)**2", "the squares leave the range of a double first",
                _U**2 / _V**2, _squared_quotient),
    Alternative("exp(u) / exp(v)", "exp(u - v)", "the exponentials leave the range of a double first",
                sympy.Mul(_exp(_U), _inverse(_exp(_V)), evaluate=False), _one_exponential),
    Alternative("y * softplus(-u) + (1 - y) * softplus(u)",
                "log1p(exp(-|u|)) + (1 - y) * max(u, 0) + y * max(-u, 0)",
                "for y above 1 or below 0 the terms cancel",
                _Y * Softplus(-_U) + (1 - _Y) * Softplus(_U), weighted_softplus),
    Alternative("1 / sigmoid(u)", "1 + exp(-u)", "two roundings less",
                1 / Sigmoid(_U), _reciprocal_of_sigmoid),
    Alternative("sqrt(u**2 + v**2)", "hypot(u, v)", "the squares leave the range of a double first",
                _sqrt(_U**2 + _V**2), _hypot),
)  # fmt: skip
"""Tried in this order at every subterm; a test compares values at each example."""
