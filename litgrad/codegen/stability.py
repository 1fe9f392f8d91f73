"""Rewrites that keep digits: rows of pattern, replacement, why, witness, and the pass that applies them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import Expr, Integer, Rational, Symbol

from litgrad.codegen.special import Expm1, Log1p, Logaddexp, Sigmoid, Softplus, Xlog1py, Xlogy
from litgrad.meaning.forms import add, multiply

_ONE = Integer(1)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A row: what is replaced, by what, why, and an input where it shows."""

    pattern: str
    replacement: str
    why: str
    witness: tuple[Expr, tuple[tuple[Symbol, float], ...]]
    """An expression of the pattern and a point where its literal form loses digits."""
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


# -------------------------------- looking at expressions --------------------------------


def terms_of(expr: Expr) -> list[Expr]:
    """The terms of a sum, nested sums opened."""
    if not isinstance(expr, sympy.Add):
        return [expr]
    return [term for argument in expr.args for term in terms_of(argument)]


def factors_of(expr: Expr) -> list[Expr]:
    """The factors of a product, nested products opened."""
    if not isinstance(expr, sympy.Mul):
        return [expr]
    return [factor for argument in expr.args for factor in factors_of(argument)]


def negated(expr: Expr) -> Expr:
    """The negative, a minus in front taken off where there is one."""
    factors = factors_of(expr)
    if -_ONE in factors and len(factors) > 1:
        factors.remove(-_ONE)
        return multiply(*factors)
    return -expr


def _is_negative_of(term: Expr, head: type) -> Expr | None:
    """The argument u of a term `-head(u)`."""
    factors = factors_of(term)
    if len(factors) == 2 and -_ONE in factors:
        other = factors[1 - factors.index(-_ONE)]
        if isinstance(other, head):
            return other.args[0]
    return None


def _with_one(expr: Expr) -> list[Expr] | None:
    """The other terms of a sum that holds the term 1."""
    terms = terms_of(expr)
    if len(terms) < 2 or _ONE not in terms:
        return None
    terms.remove(_ONE)
    return terms


# -------------------------------- rows --------------------------------


def _sigmoid(expr: Expr) -> Expr | None:
    if not (isinstance(expr, sympy.Pow) and expr.exp.is_Integer and expr.exp < 0):
        return None
    others = _with_one(expr.base)
    if others is None or len(others) != 1 or not isinstance(others[0], sympy.exp):
        return None
    sigmoid = Sigmoid(negated(others[0].args[0]))
    return sigmoid if expr.exp == -1 else sympy.Pow(sigmoid, -expr.exp, evaluate=False)


def _exponential_share(expr: Expr) -> Expr | None:
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


def _logaddexp_minus(expr: Expr) -> Expr | None:
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


def _sigmoid_minus_one(expr: Expr) -> Expr | None:
    """`sigmoid(u) - 1` is `-sigmoid(-u)`."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    if len(terms) == 2 and -_ONE in terms:
        other = terms[1 - terms.index(-_ONE)]
        if isinstance(other, Sigmoid):
            return multiply(-_ONE, Sigmoid(negated(other.args[0])))
    return None


def _exponential_times_sigmoid(expr: Expr) -> Expr | None:
    """`exp(u) * sigmoid(-u)` is `sigmoid(u)`."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    for factor in factors:
        if not isinstance(factor, sympy.exp):
            continue
        mirrored = Sigmoid(negated(factor.args[0]))
        for index, other in enumerate(factors):
            base, power = (other.base, other.exp) if isinstance(other, sympy.Pow) else (other, _ONE)
            if base == mirrored and power.is_Integer and power >= 1:
                left = [mirrored ** (power - 1)] if power > 1 else []
                rest = [item for at, item in enumerate(factors) if at != index and item != factor]
                return multiply(*rest, *left, Sigmoid(factor.args[0]))
    return None


def _complement(expr: Expr) -> Expr | None:
    """`1 - sigmoid(u)` is `sigmoid(-u)`."""
    others = _with_one(expr) if isinstance(expr, sympy.Add) else None
    if others is None or len(others) != 1:
        return None
    argument = _is_negative_of(others[0], Sigmoid)
    return Sigmoid(negated(argument)) if argument is not None else None


def _log_sigmoid(expr: Expr) -> Expr | None:
    if isinstance(expr, sympy.log) and isinstance(expr.args[0], Sigmoid):
        return multiply(-_ONE, Softplus(negated(expr.args[0].args[0])))
    return None


def _softplus(expr: Expr) -> Expr | None:
    others = _with_one(expr.args[0]) if isinstance(expr, sympy.log) else None
    if others is not None and len(others) == 1 and isinstance(others[0], sympy.exp):
        return Softplus(others[0].args[0])
    return None


def _log_sum_of_exponentials(expr: Expr) -> Expr | None:
    """`log(exp(u) + exp(v))`, with any number of terms."""
    terms = terms_of(expr.args[0]) if isinstance(expr, sympy.log) else []
    if len(terms) >= 2 and all(isinstance(term, sympy.exp) for term in terms):
        return _logaddexp([term.args[0] for term in terms])
    return None


def _softplus_difference(expr: Expr) -> Expr | None:
    """`softplus(u) - softplus(-u)` is `u`."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    for term, other in (terms, terms[::-1]) if len(terms) == 2 else ():
        minus = _is_negative_of(other, Softplus)
        if isinstance(term, Softplus) and minus is not None and negated(minus) == term.args[0]:
            return term.args[0]
    return None


def _tanh(expr: Expr) -> Expr | None:
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
    minus = {_is_negative_of(term, sympy.exp) for term in terms} - {None}
    return len(terms) == 2 and len(plus) == len(minus) == 1 and plus | minus == set(arguments)


def _sech_squared(expr: Expr) -> Expr | None:
    """`1 - tanh(u)**2`."""
    others = _with_one(expr) if isinstance(expr, sympy.Add) else None
    if others is None or len(others) != 1:
        return None
    root = _squared(negated(others[0])) if -_ONE in factors_of(others[0]) else None
    if not isinstance(root, sympy.tanh):
        return None
    double = multiply(Integer(2), root.args[0])
    return multiply(Integer(4), Sigmoid(double), Sigmoid(multiply(-_ONE, double)))


def _log1p(expr: Expr) -> Expr | None:
    others = _with_one(expr.args[0]) if isinstance(expr, sympy.log) else None
    return Log1p(add(*others)) if others is not None else None


def _expm1(expr: Expr) -> Expr | None:
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    if len(terms) == 2 and -_ONE in terms:
        other = terms[1 - terms.index(-_ONE)]
        return Expm1(other.args[0]) if isinstance(other, sympy.exp) else None
    return None


def _minus_expm1(expr: Expr) -> Expr | None:
    """`1 - exp(u)`."""
    others = _with_one(expr) if isinstance(expr, sympy.Add) else None
    argument = _is_negative_of(others[0], sympy.exp) if others is not None and len(others) == 1 else None
    return multiply(-_ONE, Expm1(argument)) if argument is not None else None


def _xlogy(expr: Expr) -> Expr | None:
    """`x log y` where x may be 0: a weight beside one logarithm."""
    factors = factors_of(expr) if isinstance(expr, sympy.Mul) else []
    logs = [factor for factor in factors if isinstance(factor, (sympy.log, Log1p))]
    weights = [factor for factor in factors if factor.free_symbols and factor not in logs]
    if len(logs) != 1 or len(weights) != 1 or not _may_vanish(weights[0]) or not logs[0].free_symbols:
        return None
    numbers = [factor for factor in factors if not factor.free_symbols]
    head = Xlog1py if isinstance(logs[0], Log1p) else Xlogy
    return multiply(*numbers, head(weights[0], logs[0].args[0]))


def _may_vanish(weight: Expr) -> bool:
    return isinstance(weight, (Symbol, sympy.Add))


def _square_difference(expr: Expr) -> Expr | None:
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    if len(terms) != 2:
        return None
    for plus, minus in (terms, terms[::-1]):
        a, b = _squared(plus), _squared(negated(minus)) if -_ONE in factors_of(minus) else None
        if a is not None and b is not None:
            gap = sympy.expand(a - b)
            return add(a, b) if gap == 1 else multiply(_shorter(gap, add(a, multiply(-_ONE, b))), add(a, b))
    return None


def _shorter(short: Expr, long: Expr) -> Expr:
    return short if short.count_ops() < long.count_ops() - 1 else long


def _squared(term: Expr) -> Expr | None:
    return term.base if isinstance(term, sympy.Pow) and term.exp == 2 and term.free_symbols else None


def _versine(expr: Expr) -> Expr | None:
    """`1 - cos(u)`."""
    others = _with_one(expr) if isinstance(expr, sympy.Add) else None
    argument = _is_negative_of(others[0], sympy.cos) if others is not None and len(others) == 1 else None
    if argument is None:
        return None
    half = multiply(Rational(1, 2), argument)
    return multiply(Integer(2), sympy.Pow(sympy.sin(half, evaluate=False), 2, evaluate=False))


def _root_minus_one(expr: Expr) -> Expr | None:
    """`sqrt(1 + u) - 1`."""
    terms = terms_of(expr) if isinstance(expr, sympy.Add) else []
    if len(terms) != 2 or -_ONE not in terms:
        return None
    root = terms[1 - terms.index(-_ONE)]
    if not (isinstance(root, sympy.Pow) and root.exp == Rational(1, 2)):
        return None
    others = _with_one(root.base)
    return None if others is None else multiply(add(*others), sympy.Pow(add(root, _ONE), -1, evaluate=False))


_U, _V, _X = (Symbol(name, real=True) for name in "uvx")
_exp = sympy.exp

REWRITES: tuple[Rewrite, ...] = (
    Rewrite("1 / (1 + exp(-u))", "sigmoid(u)", "exp(-u) overflows for u below -709",
            (1 / (1 + _exp(-_U)), ((_U, -745.0),)), _sigmoid),
    Rewrite("exp(u) / (exp(u) + exp(v))", "sigmoid(u - v)", "exp(u) overflows for u above 709",
            (_exp(_U) / (_exp(_U) + _exp(_V)), ((_U, 800.0), (_V, 790.0))), _exponential_share),
    Rewrite("exp(u) * sigmoid(-u)", "sigmoid(u)", "exp(u) overflows for u above 709",
            (_exp(_U) * Sigmoid(-_U), ((_U, 800.0),)), _exponential_times_sigmoid),
    Rewrite("1 - sigmoid(u)", "sigmoid(-u)", "for large u the difference cancels to 0",
            (1 - Sigmoid(_U), ((_U, 40.0),)), _complement),
    Rewrite("log(sigmoid(u))", "-softplus(-u)", "sigmoid(u) is 0 for u below -745",
            (sympy.log(Sigmoid(_U)), ((_U, -800.0),)), _log_sigmoid),
    Rewrite("log(1 + exp(u))", "softplus(u)", "exp(u) overflows for u above 709, is lost beside 1 below -37",
            (sympy.log(1 + _exp(_U)), ((_U, -40.0),)), _softplus),
    Rewrite("softplus(u) - softplus(-u)", "u", "for small u the difference cancels",
            (Softplus(_U) - Softplus(-_U), ((_U, 1e-17),)), _softplus_difference),
    Rewrite("log(exp(u) + exp(v))", "logaddexp(u, v)", "exp(u) overflows for u above 709",
            (sympy.log(_exp(_U) + _exp(_V)), ((_U, 800.0), (_V, 790.0))), _log_sum_of_exponentials),
    Rewrite("logaddexp(u, v) - u", "softplus(v - u)", "where u is the larger one the difference cancels to 0",
            (Logaddexp(_U, _V) - _U, ((_U, 40.0), (_V, 0.0))), _logaddexp_minus),
    Rewrite("sigmoid(u) - 1", "-sigmoid(-u)", "for large u the difference cancels to 0",
            (Sigmoid(_U) - 1, ((_U, 40.0),)), _sigmoid_minus_one),
    Rewrite("(exp(u) - exp(-u)) / (exp(u) + exp(-u))", "tanh(u)",
            "exp(u) overflows for u above 709, and for small u the difference cancels",
            ((_exp(_U) - _exp(-_U)) / (_exp(_U) + _exp(-_U)), ((_U, 1e-9),)), _tanh),
    Rewrite("1 - tanh(u)**2", "4 * sigmoid(2 * u) * sigmoid(-2 * u)",
            "for large u the difference cancels to 0",
            (1 - sympy.tanh(_U) ** 2, ((_U, 40.0),)), _sech_squared),
    Rewrite("log(1 + u)", "log1p(u)", "1 + u loses the digits of a small u",
            (sympy.log(1 + _U), ((_U, 1e-17),)), _log1p),
    Rewrite("exp(u) - 1", "expm1(u)", "for small u the difference cancels",
            (_exp(_U) - 1, ((_U, 1e-17),)), _expm1),
    Rewrite("1 - exp(u)", "-expm1(u)", "for small u the difference cancels",
            (1 - _exp(_U), ((_U, 1e-17),)), _minus_expm1),
    Rewrite("x * log(u)", "xlogy(x, u)", "0 * log(0) is nan; the limit is 0",
            (_X * sympy.log(_U), ((_X, 0.0), (_U, 0.0))), _xlogy),
    Rewrite("u**2 - v**2", "(u - v) * (u + v)", "the squares cancel where u is near v",
            (_U**2 - _V**2, ((_U, 1.0 + 2**-30), (_V, 1.0))), _square_difference),
    Rewrite("1 - cos(u)", "2 * sin(u / 2)**2", "for small u the difference cancels",
            (1 - sympy.cos(_U), ((_U, 1e-9),)), _versine),
    Rewrite("sqrt(1 + u) - 1", "u / (sqrt(1 + u) + 1)", "for small u the difference cancels",
            (sympy.sqrt(1 + _U) - 1, ((_U, 1e-17),)), _root_minus_one),
)  # fmt: skip
"""Applied in this order at every node; a test measures each at its witness."""
