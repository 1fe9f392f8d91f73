"""What terms of a post are worth at a few points, to be held against what code is worth there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.codegen.plan import Plan
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import name_of
from litgrad.page.program import CALLS, CONSTANTS, OPERATIONS, RECIPROCALS, Values

_DEEPEST = 40
_COUNT = 12
_DIGITS = "%.8e " * _COUNT
_LEAST = 4
"""Points at which a term must have a value to be told from others."""


class Worthless(Exception):
    """A term without a value at single points."""


@dataclass(slots=True)
class Worths:
    """The points, and what was worked out at them; defined symbols follow from the others."""

    definitions: Definitions
    plans: tuple[Plan, ...]
    _known: dict[Expr, Values | None] = field(default_factory=dict)
    _open: set[Expr] = field(default_factory=set)

    def of(self, expr: Expr) -> Values | None:
        """The values of a term; None where it has none."""
        try:
            with np.errstate(all="ignore"):
                return self._value(expr, {})
        except (Worthless, TypeError, ValueError, OverflowError, RecursionError):
            return None

    def _value(self, expr: Expr, local: dict[Symbol, Values]) -> Values:
        if local:
            return self._worked_out(expr, local)
        if expr not in self._known:
            if expr in self._open or len(self._open) > _DEEPEST:
                raise Worthless
            self._open.add(expr)
            try:
                self._known[expr] = self._worked_out(expr, local)
            except Worthless:
                self._known[expr] = None
            finally:
                self._open.discard(expr)
        found = self._known[expr]
        if found is None:
            raise Worthless
        return found

    def _worked_out(self, expr: Expr, local: dict[Symbol, Values]) -> Values:
        if isinstance(expr, Symbol):
            return self._symbol(expr, local)
        if expr.is_Number or expr in CONSTANTS:
            return np.full(_COUNT, float(expr))
        if isinstance(expr, Derivative):
            return self._rate(expr)
        parts = [self._value(part, local) for part in expr.args if isinstance(part, Expr)]
        if expr.is_Add:
            return np.sum(parts, axis=0)
        if expr.is_Mul:
            return np.prod(parts, axis=0)
        if expr.is_Pow:
            return np.power(*parts)
        return self._called(expr, parts)

    def _symbol(self, symbol: Symbol, local: dict[Symbol, Values]) -> Values:
        if symbol in local:
            return local[symbol]
        if symbol in self.definitions.values:
            return self._value(self.definitions.values[symbol], {})
        return _drawn(symbol.name)

    def _rate(self, rate: Derivative) -> Values:
        """A derivative for which the module has a function."""
        variables = tuple((symbol, int(count)) for symbol, count in rate.variable_count)
        name = name_of(rate.expr) if isinstance(rate.expr, AppliedUndef) else str(rate.expr)
        plan = next((one for one in self.plans if (one.numerator, one.variables) == (name, variables)), None)
        if plan is None:
            raise Worthless
        return self._value(plan.literal, {})

    def _called(self, call: Expr, parts: list[Values]) -> Values:
        head = call.func
        if head in RECIPROCALS:
            return 1 / OPERATIONS[RECIPROCALS[head]].compute(*parts)
        if head in CALLS:
            return _folded(OPERATIONS[CALLS[head]].compute, parts)
        if isinstance(call, AppliedUndef) and name_of(call) in self.definitions.functions:
            parameters, body = self.definitions.functions[name_of(call)]
            if len(parameters) == len(parts):
                return self._value(body, dict(zip(parameters, parts, strict=True)))
        raise Worthless


def _folded(compute: Callable[..., Values], parts: list[Values]) -> Values:
    if len(parts) < 2:
        return compute(*parts)
    result = parts[0]
    for part in parts[1:]:
        result = compute(result, part)
    return result


def _drawn(name: str) -> Values:
    """Numbers of a symbol's own: some below one half, some above one, the same on every run."""
    chance = np.random.default_rng(list(name.encode()))
    return np.concatenate([chance.uniform(0.1, 0.45, _COUNT - 4), chance.uniform(1.2, 2.5, 4)])


def told(values: Values | None) -> tuple[str, ...] | None:
    """What two equal values have in common: nine digits at each point; None where too little is known."""
    if values is None:
        return None
    if np.shape(values) != (_COUNT,):
        values = np.broadcast_to(values, _COUNT)
    finite = np.isfinite(values)
    if finite.sum() < _LEAST:
        return None
    return tuple((_DIGITS % tuple(np.where(finite, values + 0.0, np.nan).tolist())).split())


def is_constant(values: Iterable[str]) -> bool:
    """Whether a value is the same everywhere."""
    return len(set(values)) == 1
