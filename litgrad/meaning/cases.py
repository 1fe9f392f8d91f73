"""Values by cases, as `\\begin{cases}` tells them, and their derivatives."""

from collections.abc import Iterator, Sequence
from typing import Self

import sympy
from sympy import Basic, Expr, Symbol
from sympy.logic.boolalg import Boolean
from sympy.printing.latex import LatexPrinter

Case = tuple[Expr, Boolean]
"""A value and the condition under which it holds, where no earlier condition does."""
_OPEN = {sympy.Ge: sympy.Gt, sympy.Le: sympy.Lt}
_SIGNS = (1, -1, 0)


class Cases(Expr):
    """Pairs (value, condition) one after the other; the first whose condition holds counts.

    Nothing is evaluated when it is made. Where no condition holds it has no value.

    >>> x = Symbol("x", real=True)
    >>> Cases.of([(x, x > 0), (sympy.Integer(0), sympy.true)])
    Cases(x, x > 0, 0, True)
    """

    is_commutative = True

    def __new__(cls, *args: Basic, evaluate: bool = False) -> Self:
        """Values and conditions in turn; `evaluate` is taken for the sake of those who rebuild trees."""
        del evaluate
        return Expr.__new__(cls, *args)

    @classmethod
    def of(cls, pairs: Sequence[Case]) -> "Cases":
        """The value of pairs (value, condition)."""
        return cls(*(part for pair in pairs for part in pair))

    @property
    def pairs(self) -> tuple[Case, ...]:
        """Values with their conditions."""
        return tuple(zip(self.args[::2], self.args[1::2], strict=True))

    @property
    def is_whole(self) -> bool:
        """Whether a condition holds everywhere: the last one is `otherwise`, or the opposite of the first."""
        conditions = [condition for _, condition in self.pairs]
        if conditions[-1] == sympy.true:
            return True
        return len(conditions) == 2 and _opposite(*conditions)

    def _eval_is_extended_real(self) -> bool | None:
        return True if all(value.is_extended_real for value, _ in self.pairs) else None

    def _eval_derivative(self, by: Symbol) -> Expr:
        return rate_of(self, by)

    def _latex(self, printer: LatexPrinter) -> str:
        rows = []
        for value, condition in self.pairs:
            where = r"\text{otherwise}" if condition == sympy.true else printer.doprint(condition)
            rows.append(f"{printer.doprint(value)} & {where}")
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _opposite(first: Boolean, second: Boolean) -> bool:
    """Whether one of two conditions holds everywhere."""
    if first.func in (sympy.And, sympy.Or) or not second.is_Relational:
        return False
    return sympy.Not(first) in (second, second.reversed)


# -------------------------------- derivatives --------------------------------


class Slopes(Cases):
    """The derivative of a value by cases: it has no value where a case ends, and those of the cases between.

    A function made of it takes the value of the case to which the edge belongs.
    """

    @property
    def inside(self) -> Cases:
        """The same with open conditions."""
        pairs = [(value, opened(condition)) for value, condition in self.pairs]
        if pairs[-1][1] == sympy.true:
            others = [opened(sympy.Not(condition)) for _, condition in self.pairs[:-1]]
            rest = others[0] if len(others) == 1 else sympy.And(*others, evaluate=False)
            pairs[-1] = pairs[-1][0], rest
        return Cases.of([(value, condition) for value, condition in pairs if condition != sympy.false])


def without_edges(expr: Expr) -> Expr:
    """An expression whose derivatives by cases have no value where a case ends."""
    table = {slopes: slopes.inside for slopes in expr.atoms(Slopes)}
    return expr.xreplace(table) if table else expr


def rate_of(cases: Cases, by: Symbol) -> Cases:
    """The derivative by cases; it has no value where two cases meet, unless they go smoothly into each other.

    >>> x = Symbol("x", real=True)
    >>> rate_of(Cases.of([(x, x > 0), (sympy.Integer(0), sympy.true)]), x).inside
    Cases(1, x > 0, 0, x < 0)
    """
    rates = [(sympy.diff(value, by), condition) for value, condition in cases.pairs]
    is_plain = type(cases) is Cases and (
        not any(condition.has(by) for _, condition in rates) or _is_smooth(cases, by)
    )
    return (Cases if is_plain else Slopes).of(rates)


def opened(condition: Boolean) -> Boolean:
    """A condition without its boundary: `x > 0` for `x \\ge 0`; an equation leaves nothing."""
    if condition.func in _OPEN:
        return _OPEN[condition.func](*condition.args, evaluate=False)
    if isinstance(condition, sympy.Eq):
        return sympy.false
    if isinstance(condition, (sympy.And, sympy.Or)):
        parts = [opened(part) for part in condition.args]
        if isinstance(condition, sympy.And) and sympy.false in parts:
            return sympy.false
        return condition.func(*parts, evaluate=False)
    return condition


def _is_smooth(cases: Cases, by: Symbol) -> bool:
    """Whether two cases that one comparison tells apart have the same values and rates where they meet."""
    first = cases.pairs[0][1]
    if len(cases.pairs) != 2 or not cases.is_whole or not isinstance(first, tuple(_OPEN)):
        return False
    values = [value for value, _ in cases.pairs]
    gaps = [values[0] - values[1], *(sympy.diff(value, by) for value in values)]
    gaps = [gaps[0], gaps[1] - gaps[2]]
    return all(any(_vanishes(gap, place) for place in _meeting(first)) for gap in gaps)


def _meeting(condition: Boolean) -> Iterator[tuple[Symbol, Expr]]:
    """A symbol and its value where both sides of a comparison are equal."""
    left, right = condition.args
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Symbol) and side not in other.free_symbols:
            yield side, other


def _vanishes(gap: Expr, place: tuple[Symbol, Expr]) -> bool:
    """Whether a difference is 0 at a place, for every sign of the absolute values in it."""
    expr = gap.subs(*place)
    inner = sorted({call.args[0] for call in expr.atoms(sympy.Abs, sympy.sign)}, key=str)
    if len(inner) > 1:
        return False
    if not inner:
        return bool(sympy.expand(expr) == 0)
    (argument,) = inner
    return all(sympy.expand(with_sign(expr, argument, sign)) == 0 for sign in _SIGNS)


def with_sign(expr: Expr, argument: Expr, sign: int) -> Expr:
    """An expression for one sign of an argument of its absolute values."""
    table = {sympy.Abs(argument): sign * argument, sympy.sign(argument): sympy.Integer(sign)}
    found = expr.replace(
        lambda part: isinstance(part, (sympy.Abs, sympy.sign)) and part.args[0] == argument,
        lambda part: table[part.func(argument)],
    )
    return found.subs(argument, 0) if sign == 0 and isinstance(argument, Symbol) else found
