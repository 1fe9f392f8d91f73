"""The search for a form that keeps more digits: rewrite a subterm, measure, keep what gains."""

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import sympy
from sympy import Expr

from litgrad.codegen.accuracy import FAULT, Sample, same_values
from litgrad.codegen.alternatives import ALTERNATIVES, Alternative
from litgrad.codegen.parts import factors_of, length
from litgrad.codegen.special import Choose
from litgrad.codegen.stability import Rewrite, stabilise
from litgrad.meaning.forms import add, multiply, negate, substitute
from litgrad.records import dataclass

Row = Alternative | Rewrite
"""What a form is rewritten by."""

ENOUGH = 4.0
"""Units of the last place over 1 + condition number; up to here a form is left as it is."""
_ROUNDS = 3
_WIDTH = 4
"""Forms that each round goes on from."""
_BUDGET = 60
"""Forms that are measured."""
_GAIN = 4
"""How much less a split by sign must lose."""


@dataclass(frozen=True, slots=True)
class Form:
    """A way to compute a value, the rows that led to it, and its error at each point of the sample."""

    expr: Expr
    rows: tuple[Row, ...]
    errors: np.ndarray

    @property
    def worst(self) -> float:
        """The largest error."""
        return float(self.errors.max(initial=0.0))

    @property
    def faults(self) -> int:
        """How many values are no number, or 0 where the true one is not."""
        return int(np.sum(self.errors >= FAULT))

    @property
    def sound(self) -> float:
        """The largest error of the other values."""
        return float(self.errors[self.errors < FAULT].max(initial=0.0))

    @property
    def rank(self) -> tuple[int, int, int]:
        """Points without a number, the largest error by powers of two, and length."""
        return self.faults, int(self.sound).bit_length(), length(self.expr)


def improved(exprs: Sequence[Expr], sample: Sample, check: Sample) -> Form:
    """The most accurate form found from some forms of a value, of which the first is to be beaten.

    Takes forms without calls of the post's functions, the sample to search on, and a second one on
    which a gain must show as well. Gives the first form itself where nothing better is found.
    """
    starts = [Form(expr, (), sample.errors(expr)) for expr in dict.fromkeys(exprs)]
    start, found = starts[0], _searched(starts, sample)
    best = min(found, key=lambda form: form.rank)
    if best.worst > ENOUGH:
        split = _split(found, sample)
        best = split if split is not None and _confirmed(split, best, check) else best
    if best is start or not _confirmed(best, start, check):
        return start
    return best


def _confirmed(best: Form, start: Form, check: Sample) -> bool:
    """Whether a form gains on one sample and, on the other, gains or is as good and shorter."""
    again = [Form(form.expr, (), check.errors(form.expr)) for form in (best, start)]
    holds = _gains(again[0], again[1]) or again[0].rank < again[1].rank
    return _gains(best, start) and holds and same_values(best.expr, start.expr)


def _gains(form: Form, other: Form, by: float = 2) -> bool:
    """Fewer values that are none, or an error so many times less."""
    if form.faults != other.faults:
        return form.faults < other.faults
    return form.sound <= other.sound / by


def _searched(starts: list[Form], sample: Sample) -> list[Form]:
    """All forms that were measured, the first ones first."""
    found, seen, frontier = list(starts), {form.expr for form in starts}, starts
    for _ in range(_ROUNDS):
        fresh: list[Form] = []
        for form in frontier:
            for expr, row in variants(form.expr):
                if expr not in seen and len(found) < _BUDGET:
                    seen.add(expr)
                    fresh.append(Form(expr, (*form.rows, *row), sample.errors(expr)))
                    found.append(fresh[-1])
        frontier = sorted(fresh, key=lambda form: form.rank)[:_WIDTH]
        if not frontier or min(form.worst for form in found) <= ENOUGH:
            break
    return found


def variants(expr: Expr) -> Iterator[tuple[Expr, tuple[Row, ...]]]:
    """The expression with one row applied at one subterm, in stable form."""
    for subterm in dict.fromkeys(_subterms(expr)):
        for row, changed in _rewritten(subterm):
            stable, rewrites = stabilise(_tidied(substitute(expr, {subterm: changed})))
            yield stable, (row, *rewrites)


@lru_cache(maxsize=2_000)
def _rewritten(subterm: Expr) -> tuple[tuple[Alternative, Expr], ...]:
    """What the rows make of a subterm; most subterms stand in many forms."""
    pairs = ((row, row.apply(subterm)) for row in ALTERNATIVES)
    return tuple((row, changed) for row, changed in pairs if changed is not None and changed != subterm)


def _tidied(expr: Expr) -> Expr:
    """The numbers of each product as one."""
    if not expr.args:
        return expr
    arguments = [_tidied(argument) for argument in expr.args]
    if isinstance(expr, sympy.Mul):
        factors = [factor for argument in arguments for factor in factors_of(argument)]
        numbers = [factor for factor in factors if _is_number(factor)]
        if len(numbers) > 1:
            number = sympy.Mul(*(factor.doit() for factor in numbers))
            rest = [factor for factor in factors if not _is_number(factor)]
            return multiply(*([] if number == 1 and rest else [number]), *rest)
    if all(new is old for new, old in zip(arguments, expr.args, strict=True)):
        return expr
    return expr.func(*arguments, evaluate=False)


def _is_number(factor: Expr) -> bool:
    return isinstance(factor, sympy.Rational) or (
        isinstance(factor, sympy.Pow) and factor.base.is_Integer and factor.exp == -1
    )


def _subterms(expr: Expr) -> Iterator[Expr]:
    """The expression and what it is made of, outer ones first."""
    if expr.args:
        yield expr
        for argument in expr.args:
            yield from _subterms(argument)


# -------------------------------- two forms, each where it is good --------------------------------


def _split(found: list[Form], sample: Sample) -> Form | None:
    """Two forms side by side, chosen by the sign of a simple test, where that gains."""
    best = None
    bar = min(found, key=lambda form: form.rank)
    for test in _tests(sample):
        values = sample.values(test)
        if not (values > 0).any() or not (values < 0).any():
            continue
        above = values >= 0
        high, low = (min(found, key=lambda form: _part(form, where).rank) for where in (above, ~above))
        split = _joined(test, high, low, above)
        if high is not low and _gains(split, bar, _GAIN if best is None else 2):
            best = bar = split
    return best


def _joined(test: Expr, high: Form, low: Form, above: np.ndarray) -> Form:
    errors = np.where(above, high.errors, low.errors)
    return Form(
        Choose(test, high.expr, low.expr, evaluate=False),
        tuple(dict.fromkeys((*high.rows, *low.rows))),
        errors,
    )


def _part(form: Form, where: np.ndarray) -> Form:
    return Form(form.expr, (), form.errors[where])


def _tests(sample: Sample) -> Iterator[Expr]:
    """The signs of each symbol and of its distances to 1 and -1, and whether it lies between."""
    for symbol in sample.points[0] if sample.points else ():
        yield symbol
        yield negate(symbol)
        yield add(symbol, sympy.Integer(-1))
        yield add(symbol, sympy.Integer(1))
        yield add(sympy.Integer(1), negate(sympy.Abs(symbol)))


# -------------------------------- in words --------------------------------


def reasons(rows: Iterable[Row]) -> list[str]:
    """One line per row, for a comment."""
    return [f"{row.pattern} as {row.replacement}: {row.why}" for row in rows]


@dataclass(frozen=True, slots=True)
class Loss:
    """What a form loses over the domain."""

    error: float
    """The largest error, in units of the last place over 1 + condition number."""
    faults: int = 0
    """Points at which it gives nan, an infinity or 0, and the true value is none of them."""


def loss(form: Form) -> Loss:
    """What a measured form loses."""
    return Loss(form.sound, form.faults)


def gained(before: Loss | None, after: Loss | None) -> list[str]:
    """What the rows gain, for a comment; in bounds, as processors differ in the last place.

    >>> gained(Loss(8.1e15, 3), Loss(0.52)), gained(Loss(3.0), Loss(3.0))
    (['ULP / (1 + condition number): over 1e15 and 3 nan, inf or 0 as written, at most 1 here'], [])
    """
    if before is None or after is None or before == after:
        return []
    if before.faults <= after.faults and before.error <= 2 * after.error:
        return [
            f"ULP / (1 + condition number): {_at_most(max(before.error, after.error))} as written and here"
        ]
    written = f"{_over(before.error)}{_spurious(before)}"
    computed = f"{_at_most(after.error)}{_spurious(after)}"
    return [f"ULP / (1 + condition number): {written} as written, {computed} here"]


def _spurious(lost: Loss) -> str:
    return f" and {lost.faults} nan, inf or 0" if lost.faults else ""


def _over(error: float) -> str:
    if error < 1000:
        return _at_most(error)
    return f"over 1e{math.floor(math.log10(error))}"


def _at_most(error: float) -> str:
    """The next power of two."""
    return f"at most {2.0 ** max(-1, math.ceil(math.log2(max(error, 0.1)))):g}"
