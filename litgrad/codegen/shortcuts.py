"""Steps with fewer passes over arrays, which see by a number that is not finite where they do not hold."""

from collections.abc import Mapping, Sequence

import sympy
from sympy import Expr, Symbol

from litgrad.codegen.parts import factors_of, terms_of
from litgrad.codegen.schedule import Operand, Schedule, Step, Unfusable, Writer, written
from litgrad.codegen.sharing import Top, is_alone, sign_and_size, with_logaddexp
from litgrad.codegen.special import Logaddexp, Ratio, Sigmoid, Softplus, Xlog1py, Xlogy
from litgrad.meaning.forms import add
from litgrad.records import dataclass

CARRYING = frozenset("add subtract multiply negative positive square absolute".split())
"""Steps whose value is not finite where an operand is not; of a quotient it is what stands above."""
_SILENT = frozenset("add subtract multiply divide square".split())
"""Steps that Python computes without raising where they overflow."""
_GUARDED = (Xlogy, Xlog1py, Ratio)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Steps, and which of them tell where the others do not hold."""

    schedule: Schedule
    results: tuple[int, ...]
    """The results to look at, by their place among the results."""
    inner: tuple[int, ...]
    """Further steps to look at, which no result tells of."""


def shortcut(outputs: Sequence[Expr], inputs: Mapping[Symbol, str], *, floats: bool = False) -> Shortcut:
    """The steps to some values, for arrays or for floats, where a branch costs nothing; raises Unfusable."""
    writer = _Shorter(inputs, alone=is_alone(outputs), floats=floats)
    schedule = written(writer, outputs)
    names = set(inputs.values())
    if any(
        not any(isinstance(each, int) or each in names for each in step.operands) for step in schedule.steps
    ):
        raise Unfusable("numbers alone")
    results, inner = _telling(schedule, writer.risky)
    return Shortcut(schedule, results, inner)


def everywhere_telling(outputs: Sequence[Expr], inputs: Mapping[Symbol, str]) -> Shortcut | None:
    """The steps for floats where the results tell of any step that is not finite; None where they do not."""
    short = shortcut(outputs, inputs, floats=True)
    silent = [at for at, step in enumerate(short.schedule.steps) if step.ufunc in _SILENT]
    results, inner = _telling(short.schedule, silent)
    return None if inner else Shortcut(short.schedule, results, ())


def checked(outputs: Sequence[Expr], inputs: Mapping[Symbol, str]) -> Shortcut:
    """The steps for arrays with all that tells of any step that is not finite; raises Unfusable."""
    schedule = shortcut(outputs, inputs).schedule
    results, inner = _telling(schedule, range(len(schedule.steps)))
    last = tuple(at for at in inner if not _reached(schedule, at) & {*inner} - {at})
    return Shortcut(schedule, results, last)


def _telling(schedule: Schedule, risky: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The results that carry what is not finite, as few as do; and the steps that none carries."""
    reached = [_carried(schedule, at) for at in dict.fromkeys(risky)]
    inner = tuple(at for at, found in zip(dict.fromkeys(risky), reached, strict=True) if not found)
    left, chosen = [found for found in reached if found], []
    while left:
        best = max(
            set().union(*left), key=lambda at: (sum(at in found for found in left), -schedule.results[at])
        )
        chosen.append(best)
        left = [found for found in left if best not in found]
    return tuple(sorted(chosen)), inner


def _carried(schedule: Schedule, start: int) -> set[int]:
    """The results, by place, that are not finite where a step is not."""
    found = _reached(schedule, start)
    return {place for place, at in enumerate(schedule.results) if at in found}


def _reached(schedule: Schedule, start: int) -> set[int]:
    """The steps that are not finite where one is not."""
    found = {start}
    for at, step in enumerate(schedule.steps):
        carrying = step.ufunc in CARRYING and any(each in found for each in step.operands)
        if carrying or (step.ufunc == "divide" and step.operands[0] in found):
            found.add(at)
    return found


class _Shorter(Writer):
    def __init__(self, inputs: Mapping[Symbol, str], *, alone: bool, floats: bool) -> None:
        super().__init__(inputs, alone)
        self.floats = floats
        self.risky: list[int] = []

    def lower(self, expr: Expr) -> Operand:
        """The operand that holds the value of an expression; of one without symbols a number."""
        if isinstance(expr, Expr) and not expr.free_symbols and expr.is_number and not expr.is_Rational:
            return repr(float(expr))
        return super().lower(expr)

    def _at_risk(self, ufunc: str, *operands: Operand) -> int:
        at = self.step(ufunc, *operands)
        self.risky.append(at)
        return at

    def _call(self, expr: Expr) -> Operand:
        if isinstance(expr, _GUARDED) and not self.floats:
            return self._guarded(expr)
        if isinstance(expr, Softplus):
            held = self.floats and with_logaddexp(expr.args[0]) is None
            return (self.step if held else self._at_risk)("log1p", self._growth(expr.args[0]))
        if (
            expr.func is sympy.Max
            and len(expr.args) == 2
            and sympy.Integer(0) in expr.args
            and not self.floats
        ):
            size = self.lower(next(each for each in expr.args if each != 0))
            return self._at_risk("multiply", self.step("add", size, self.step("absolute", size)), "0.5")
        return super()._call(expr)

    def _guarded(self, expr: Expr) -> int:
        """`x log y` and its like as they stand: no number where the first is 0 and the other is infinite."""
        first, second = map(self.lower, expr.args)
        if isinstance(expr, Ratio):
            return self._at_risk("divide", first, second)
        return self._at_risk(
            "multiply", first, self.step("log" if isinstance(expr, Xlogy) else "log1p", second)
        )

    def _growth(self, argument: Expr, *, minus: bool = False) -> Operand:
        """`exp(u)` or `exp(-u)`; of a logarithm of exponentials their sum, other terms in the exponents."""
        parts = None if minus else with_logaddexp(argument)
        if parts is not None and not parts[0]:
            return self._sum_of_growths(parts[1], [] if parts[2] is None else terms_of(parts[2]))
        negative, size = sign_and_size(argument)
        operand = self.lower(size)
        return self.step("exp", self.step("negative", operand) if negative != minus else operand)

    def _sum_of_growths(self, both: Expr, more: list[Expr]) -> Operand:
        total: Operand | None = None
        for leaf in _leaves(both):
            term = self._growth(add(leaf, *more))
            total = term if total is None else self.step("add", total, term)
        assert total is not None
        return total

    def _product(self, product: Expr) -> Operand:
        negative, size = sign_and_size(product)
        if negative and isinstance(size, Sigmoid) and with_logaddexp(size.args[0]) is not None:
            return self._sigmoid(size.args[0], minus=True)
        return super()._product(product)

    def _sigmoid(self, argument: Expr, *, minus: bool = False) -> Operand:
        """`S / (1 + S)` or `1 / (1 + S)` for a sum of exponentials; their negatives without a step more."""
        parts = with_logaddexp(argument)
        if parts is not None:
            growth = self._sum_of_growths(parts[1], [] if parts[2] is None else terms_of(parts[2]))
            below = self.step("subtract", "-1", growth) if minus else self.step("add", growth, "1")
            return self._at_risk("divide", "1" if parts[0] else growth, below)
        if self.floats and self._is_shared(argument):
            return super()._sigmoid(argument)
        below = self.step("add", self._growth(argument, minus=True), "1")
        return self.step("divide", "1", below) if self.alone else self._at_risk("divide", "1", below)

    def _slope(self, argument: Expr) -> Operand:
        """By `exp(-u)`, whose square may overflow; by `exp(-|u|)` where that is there already."""
        if self.floats or self._is_shared(argument):
            return super()._slope(argument)
        above = self._over_square(self._growth(sign_and_size(argument)[1], minus=True))
        self.risky.append(above)
        return above

    def _half_sech(self, argument: Expr) -> Operand:
        """By `cosh` for floats, which rounds less; it raises where it overflows."""
        if not self.floats:
            return super()._half_sech(argument)
        half = self.step("multiply", self.lower(sign_and_size(argument)[1]), "0.5")
        return self.step("divide", "0.5", self.step("cosh", half))

    def _is_shared(self, argument: Expr) -> bool:
        """Whether `exp(-|u|)` has been taken already."""
        size = self.lower(sign_and_size(argument)[1])
        absolute = self.known.get(Step("absolute", (size,)), -1)
        return Step("exp", (self.known.get(Step("negative", (absolute,)), -1),)) in self.known

    def _shared(self, size: Expr, above: Expr) -> Operand:
        """A sum with one sigmoid in each term, of u or -u: for those of -u stands `exp(-u)`, for others 1."""
        if self.floats:
            return super()._shared(size, above)
        below = self.step("add", self._growth(size, minus=True), "1")
        return self._at_risk("divide", self.lower(above), below)

    def _top(self, argument: Expr) -> Operand:
        if self.floats:
            return super()._top(argument)
        negative, size = sign_and_size(argument)
        return self._growth(size, minus=True) if negative else "1"

    def _factors(self, product: Expr) -> list[Expr]:
        plain = [] if self.floats else [Top(size) for size in _not_negative(product)]
        return [factor for factor in factors_of(product) if factor not in plain]

    def _logaddexp(self, u: Operand, v: Operand) -> Operand:
        gap = self.step("negative", self.step("absolute", self.step("subtract", u, v)))
        top = self.step("maximum" if self.floats else "fmax", u, v)
        return self._at_risk("add", top, self.step("log1p", self.step("exp", gap)))


def _leaves(expr: Expr) -> list[Expr]:
    if not isinstance(expr, Logaddexp):
        return [expr]
    return [leaf for argument in expr.args for leaf in _leaves(argument)]


def _not_negative(product: Expr) -> list[Expr]:
    """The arguments of what stands above a sigmoid's line and is 1 there."""
    found = [factor.args[0] for factor in factors_of(product) if isinstance(factor, Top)]
    return [argument for argument in found if not sign_and_size(argument)[0]]
