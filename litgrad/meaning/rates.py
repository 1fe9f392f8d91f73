"""`rate`: the derivative of an expression as SymPy gives it, each subterm looked at once."""

from functools import lru_cache

import sympy
from sympy import Add, Expr, Function, Integer, Mul, Pow, Symbol
from sympy.core.basic import Basic
from sympy.core.function import AppliedUndef, ArgumentIndexError

_ZERO, _ONE = Integer(0), Integer(1)


def rate(expr: Expr, by: Symbol) -> Expr:
    """The derivative by a symbol.

    `sympy.diff` builds an object for every subterm, with all that a derivative may be asked for; this
    applies the same rules to sums, products, powers and functions, and leaves other terms to it.

    >>> x = Symbol("x", real=True)
    >>> rate(x * sympy.log(x), x)
    log(x) + 1
    """
    return _rate(expr, by) if isinstance(by, Symbol) and _is_tame(expr) else sympy.diff(expr, by)


@lru_cache(maxsize=4096)
def _is_tame(expr: Expr) -> bool:
    """Whether no part is a number that may be 0 or endless and does not look so, such as `1/(2 - 2)`."""
    if expr.free_symbols:
        return all(map(_is_tame, expr.args))
    if isinstance(expr, (Mul, Pow)):
        return all(part.is_Atom and part.is_positive and part.is_finite for part in expr.args[:1]) and all(
            map(_is_tame, expr.args[1:])
        )
    return bool(expr.is_Atom and expr.is_finite)


@lru_cache(maxsize=4096)
def _rate(expr: Expr, by: Symbol) -> Expr:
    if expr == by:
        return _ONE
    if by not in expr.free_symbols:
        return _ZERO
    kind = type(expr)
    if kind is Add:
        return Add(*[_rate(term, by) for term in expr.args])
    if kind is Mul and expr.is_commutative:
        return _of_product(expr.args, by)
    if kind is Pow:
        base, exponent = expr.args
        inner, outer = _rate(base, by), _rate(exponent, by)
        return expr * (outer * sympy.log(base) + inner * exponent / base)
    return _of_function(expr, by) if _is_plain(kind) else sympy.diff(expr, by)


def _of_product(factors: tuple[Expr, ...], by: Symbol) -> Expr:
    """The sum of the products in which one factor is differentiated."""
    rates = [_rate(factor, by) for factor in factors]
    return Add(
        *(
            Mul(*factors[:index], inner, *factors[index + 1 :])
            for index, inner in enumerate(rates)
            if inner is not _ZERO
        )
    )


def _of_function(call: Expr, by: Symbol) -> Expr:
    """The sum over the arguments of the rate of the function times that of the argument."""
    rates = [_rate(argument, by) for argument in call.args]
    return Add(
        *(_by(call, place) * inner for place, inner in enumerate(rates, start=1) if not _is_zero(inner))
    )


def _by(call: Expr, place: int) -> Expr:
    """The derivative of a function by an argument."""
    try:
        return call.fdiff(place)
    except ArgumentIndexError:
        return Function.fdiff(call, place)


def _is_zero(inner: Expr) -> bool:
    return inner is _ZERO or bool(not inner.free_symbols and inner.is_zero)


@lru_cache(maxsize=512)
def _is_plain(kind: type) -> bool:
    """Whether a kind of term is differentiated by the chain rule alone."""
    if not issubclass(kind, Function) or issubclass(kind, AppliedUndef):
        return False
    changed = kind._eval_derivative, kind._eval_derivative_n_times  # noqa: SLF001 - which rule SymPy takes
    return changed == (Function._eval_derivative, Basic._eval_derivative_n_times)  # noqa: SLF001
