"""Rows of the stable forms: sums and quotients of exponentials, which overflow and cancel."""

import sympy
from sympy import Expr, Integer

from litgrad.codegen.parts import ONE, factors_of, negated, negative_of, squared, terms_of, with_one
from litgrad.codegen.special import Logaddexp, Sigmoid, Softplus
from litgrad.meaning.forms import add, multiply


def sigmoid(expr: Expr) -> Expr | None:
    """`1 / (1 + exp(-u))`."""
    if not (isinstance(expr, sympy.Pow) and expr.exp.is_Integer and expr.exp < 0):
        return None
    others = with_one(expr.base)
    if others is None or len(others) != 1 or not isinstance(others[0], sympy.exp):
        return None
    sigmoid = Sigmoid(negated(others[0].args[0]))
    return sigmoid if expr.exp == -1 else sympy.Pow(sigmoid, -expr.exp, evaluate=False)


def exponential_share(expr: Expr) -> Expr | None:
    """`exp(u) / (exp(u) + exp(v))`, with any number of terms below."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    for factor in factors:
        if not (isinstance(factor, sympy.Pow) and factor.exp == -1):
            continue
        terms = terms_of(factor.base)
        if len(terms) >= 2 and all(isinstance(term, sympy.exp) for term in terms):
            for term in terms:
                if term in factors:
                    rest = [left for left in factors if left not in (factor, term)]
                    others = [other.args[0] for other in terms if other is not term]
                    return multiply(*rest, Sigmoid(term.args[0] - _logaddexp(others)))
    return None


def _logaddexp(arguments: list[Expr]) -> Expr:
    """`log(exp(u) + exp(v) + ...)`, two at a time."""
    result = arguments[0]
    for argument in arguments[1:]:
        result = Logaddexp(result, argument)
    return result


def _logaddexp_leaves(expr: Expr) -> list[Expr]:
    if not isinstance(expr, Logaddexp):
        return [expr]
    return [leaf for argument in expr.args for leaf in _logaddexp_leaves(argument)]


def logaddexp_minus(expr: Expr) -> Expr | None:
    """`logaddexp(u, v) - u` is `softplus(v - u)`."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    for term in terms:
        leaves = _logaddexp_leaves(term)
        for other in terms if len(leaves) > 1 else ():
            if negated(other) in leaves:
                own = negated(other)
                leaves.remove(own)
                rest = [left for left in terms if left is not term and left is not other]
                return add(Softplus(_logaddexp(leaves) - own), *rest)
    return None


def sigmoid_minus_one(expr: Expr) -> Expr | None:
    """`sigmoid(u) - 1` is `-sigmoid(-u)`."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    if len(terms) == 2 and -ONE in terms:
        other = terms[1 - terms.index(-ONE)]
        if isinstance(other, Sigmoid):
            return multiply(-ONE, Sigmoid(negated(other.args[0])))
    return None


def exponential_times_sigmoid(expr: Expr) -> Expr | None:
    """`exp(u) * sigmoid(-u)` is `sigmoid(u)`."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    for factor in factors:
        if not isinstance(factor, sympy.exp):
            continue
        mirrored = Sigmoid(negated(factor.args[0]))
        for index, other in enumerate(factors):
            base, power = (other.base, other.exp) if isinstance(other, sympy.Pow) else (other, ONE)
            if base == mirrored and power.is_Integer and power >= 1:
                left = [mirrored ** (power - 1)] if power > 1 else []
                rest = [item for at, item in enumerate(factors) if at != index and item != factor]
                return multiply(*rest, *left, Sigmoid(factor.args[0]))
    return None


def complement(expr: Expr) -> Expr | None:
    """`1 - sigmoid(u)` is `sigmoid(-u)`."""
    others = with_one(expr) if isinstance(expr, sympy.Add) else None
    if others is None or len(others) != 1:
        return None
    argument = negative_of(others[0], Sigmoid)
    return Sigmoid(negated(argument)) if argument is not None else None


def log_sigmoid(expr: Expr) -> Expr | None:
    """`log(sigmoid(u))`."""
    if isinstance(expr, sympy.log) and isinstance(expr.args[0], Sigmoid):
        return multiply(-ONE, Softplus(negated(expr.args[0].args[0])))
    return None


def softplus(expr: Expr) -> Expr | None:
    """`log(1 + exp(u))`."""
    others = with_one(expr.args[0]) if isinstance(expr, sympy.log) else None
    if others is not None and len(others) == 1 and isinstance(others[0], sympy.exp):
        return Softplus(others[0].args[0])
    return None


def log_sum_of_exponentials(expr: Expr) -> Expr | None:
    """`log(exp(u) + exp(v))`, with any number of terms."""
    terms = terms_of(expr.args[0]) if isinstance(expr, sympy.log) else []
    if len(terms) >= 2 and all(isinstance(term, sympy.exp) for term in terms):
        return _logaddexp([term.args[0] for term in terms])
    return None


def softplus_difference(expr: Expr) -> Expr | None:
    """`softplus(u) - softplus(-u)` is `u`."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    for term, other in (terms, terms[::-1]) if len(terms) == 2 else ():
        minus = negative_of(other, Softplus)
        if isinstance(term, Softplus) and minus is not None and negated(minus) == term.args[0]:
            return term.args[0]
    return None


def tanh(expr: Expr) -> Expr | None:
    """`(exp(u) - exp(-u)) / (exp(u) + exp(-u))`."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    for below in factors:
        mirrored = _mirrored_sum(below.base) if isinstance(below, sympy.Pow) and below.exp == -1 else ()
        for above in factors:
            argument = next((term.args[0] for term in terms_of(above) if isinstance(term, sympy.exp)), None)
            if argument in mirrored and _is_difference(above, mirrored):
                rest = [factor for factor in factors if factor not in (above, below)]
                return multiply(*rest, sympy.tanh(argument, evaluate=False))
    return None


def _mirrored_sum(expr: Expr) -> tuple[Expr, ...]:
    """The arguments u and -u of `exp(u) + exp(-u)`."""
    terms = terms_of(expr)
    if len(terms) == 2 and all(isinstance(term, sympy.exp) for term in terms):
        first, second = (term.args[0] for term in terms)
        return (first, second) if second in (negated(first), -first) else ()
    return ()


def _is_difference(expr: Expr, arguments: tuple[Expr, ...]) -> bool:
    """Whether a sum is `exp(u) - exp(v)` or `exp(v) - exp(u)`."""
    terms = terms_of(expr)
    plus = {term.args[0] for term in terms if isinstance(term, sympy.exp)}
    minus = {negative_of(term, sympy.exp) for term in terms} - {None}
    return len(terms) == 2 and len(plus) == len(minus) == 1 and plus | minus == set(arguments)


def sech_squared(expr: Expr) -> Expr | None:
    """`1 - tanh(u)**2`."""
    others = with_one(expr) if isinstance(expr, sympy.Add) else None
    if others is None or len(others) != 1:
        return None
    root = squared(negated(others[0])) if -ONE in factors_of(others[0]) else None
    if not isinstance(root, sympy.tanh):
        return None
    double = multiply(Integer(2), root.args[0])
    return multiply(Integer(4), Sigmoid(double), Sigmoid(multiply(-ONE, double)))
