"""The value of a limit, by series."""

from collections.abc import Iterator

from sympy import Expr, Mul, Pow, Symbol, oo

from litgrad.checking.calculus.continuity import at, is_continuous
from litgrad.checking.calculus.expansions import germ_of, limit_of, near
from litgrad.checking.calculus.germs import Facts, Undecided
from litgrad.checking.normal_form import equal


def limit(expr: Expr, variable: Symbol, point: Expr, side: str, positive: tuple[Expr, ...]) -> Expr | None:
    """Where an expression goes as its variable goes to a point; None where that does not follow.

    `side` is `+`, `-` or `+-`; `positive` holds what is known to be above zero. The value may be an infinity.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> limit(sympy.sin(x) / x, x, sympy.Integer(0), "+-", ())
    1
    """
    if point not in (oo, -oo) and is_continuous(expr, at(variable, point, positive, around=True)):
        return expr.xreplace({variable: point})
    found = [_one_sided(expr, variable, point, one, positive) for one in _sides(point, side)]
    first = found[0]
    if first is None or any(other is None or not _same(first, other, positive) for other in found[1:]):
        return None
    return first


def _sides(point: Expr, side: str) -> tuple[int, ...]:
    if point in (oo, -oo):
        return (1,)
    return {"+": (1,), "-": (-1,)}.get(side, (1, -1))


def _one_sided(
    expr: Expr, variable: Symbol, point: Expr, side: int, positive: tuple[Expr, ...]
) -> Expr | None:
    facts = Facts(positive, frozenset(_below(expr, variable)))
    try:
        return limit_of(germ_of(expr, variable, near(point, side), facts), facts)
    except (Undecided, RecursionError):
        return None


def _below(expr: Expr, variable: Symbol) -> Iterator[Expr]:
    """The factors of denominators that do not move."""
    for power in expr.atoms(Pow):
        if power.exp.is_Rational and power.exp < 0:
            factors = (f for part in Mul.make_args(power.base) for f in Mul.make_args(part))
            yield from (factor for factor in factors if not factor.has(variable))


def _same(left: Expr, right: Expr, positive: tuple[Expr, ...]) -> bool:
    return left == right or (left.is_finite is not False and equal(left, right, positive))
