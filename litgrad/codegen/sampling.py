"""The lines of a generated test that sample a formula's symbols inside its domain."""

import random
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import sympy
from sympy import Abs, Expr, Symbol
from sympy.core.relational import Relational

from litgrad.checking.points import Domain
from litgrad.codegen.floats import Columns, evaluate_all, values_at
from litgrad.codegen.pieces import Piece, Unprintable
from litgrad.codegen.printer import Printer
from litgrad.codegen.special import literal
from litgrad.codegen.testnames import Names
from litgrad.codegen.text import statement
from litgrad.meaning.cases import Cases
from litgrad.meaning.forms import text_of
from litgrad.memory import remembered
from litgrad.records import dataclass

Head = TypeVar("Head", bound=Expr)

_MARGIN = 1e-3
"""How far logarithms and denominators stay from zero, where formulas lose their digits."""
_REACHES = (4.0, 1.0, 30.0, 1_000.0, 0.1)
"""How far from zero points may lie, in the order of preference."""
_TRIES = 100
_LOOKED_AT = 50
_LARGEST = 1e100


def printed(expr: Expr, names: Names) -> str:
    """A formula in plain NumPy, nothing rewritten; raises Unprintable."""
    return Printer(names.name).piece(literal(expr)).text


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that a kept point puts above or below a bound."""

    expr: Expr
    sign: str
    bound: float

    def holds(self, columns: Columns, count: int) -> np.ndarray:
        """At which of so many points it holds, in float64; not a number never does."""
        numbers = evaluate_all(self.expr, columns, count)
        return numbers > self.bound if self.sign == ">" else numbers < self.bound


def sampled(title: str, symbols: list[Symbol], domain: Domain, exprs: list[Expr], names: Names) -> str:
    """Seeded points for the symbols, kept where the domain and the formulas allow.

    Takes the test's title, which seeds it, the symbols, the domain, and the formulas that must have
    values. Raises Unprintable, also where the formulas have no values.
    """
    conditions = list(dict.fromkeys(_conditions(domain, exprs)))
    reach = _reach(symbols, conditions, exprs)
    if not symbols:
        return ""
    listed = ", ".join(names.of(symbol) for symbol in symbols)
    target = f"({listed},)" if len(symbols) == 1 else listed
    quoted = ", ".join(f'"{names.of(symbol)}"' for symbol in symbols)
    more = "" if reach == _REACHES[0] else f", reach={reach}"
    lines = [
        statement(f"{target} = ", Piece(f"points({sum(map(ord, title)) % 10_000}, [{quoted}]{more})")).text
    ]
    if conditions:
        lines += ['    with np.errstate(all="ignore"):', "        keep = ["]
        lines += [
            f"            {printed(each.expr, names)} {each.sign} {each.bound!r}," for each in conditions
        ]
        lines += ["        ]", statement(f"{target} = ", Piece(f"inside([{listed}], keep)")).text]
    return "\n".join(lines) + "\n"


@remembered("reach", float, float)
def _reach(symbols: list[Symbol], conditions: list[Condition], exprs: list[Expr]) -> float:
    """How far to sample so that enough points are kept, and none of those overflows."""
    plain = [literal(expr) for expr in exprs]
    for reach in _REACHES:
        columns = _drawn(symbols, reach)
        held = [condition.holds(columns, _TRIES) for condition in conditions]
        kept = np.flatnonzero(np.all([[True] * _TRIES, *held], axis=0))
        first = {symbol: numbers[kept[:_LOOKED_AT]] for symbol, numbers in columns.items()}
        if len(kept) * 20 > _TRIES and all(_ordinary(expr, first, len(kept[:_LOOKED_AT])) for expr in plain):
            return reach
    raise Unprintable("its formula has no values at small numbers")


def _drawn(symbols: list[Symbol], reach: float) -> Columns:
    """Points at random, the same on every run."""
    generator = random.Random(1)  # noqa: S311 - points, no secrets
    rows = [[generator.uniform(-reach, reach) for _ in symbols] for _ in range(_TRIES)]
    return dict(zip(symbols, np.array(rows, float).reshape(_TRIES, len(symbols)).T.copy(), strict=True))


def _ordinary(expr: Expr, columns: Columns, count: int) -> bool:
    """Whether NumPy gives numbers of common size at all points, and never warns on the way."""
    with np.errstate(over="raise", invalid="raise", divide="raise", under="ignore"):
        try:
            return bool(np.all(np.abs(values_at(expr, columns, count)) < _LARGEST))
        except FloatingPointError:
            return False


def _conditions(domain: Domain, exprs: list[Expr]) -> Iterator[Condition]:
    """Where the formulas have values: the stated domain, positive logarithms, denominators off zero."""
    allowed = set(domain.symbols).union(*(expr.free_symbols for expr in exprs))
    for expr in (*domain.positive, *domain.nonnegative, *_positive_arguments(exprs)):
        if expr.free_symbols and expr.free_symbols <= allowed:
            yield Condition(expr, ">", _MARGIN)
    for expr in _denominators(exprs):
        yield Condition(Abs(expr, evaluate=False), ">", _MARGIN)
    for edge in _edges(exprs):
        yield Condition(Abs(edge, evaluate=False), ">", _MARGIN)
    for expr, values in domain.sets:
        if isinstance(values, sympy.Interval):
            yield from _bounds(expr, values)


def _bounds(expr: Expr, values: sympy.Interval) -> Iterator[Condition]:
    if values.start.is_finite:
        yield Condition(expr, ">", float(values.start))
    if values.end.is_finite:
        yield Condition(expr, "<", float(values.end))


def _positive_arguments(exprs: list[Expr]) -> Iterator[Expr]:
    for expr in exprs:
        for call in _sorted(literal(expr), sympy.log):
            yield call.args[0]
        for power in _sorted(expr, sympy.Pow):
            if not power.exp.is_Integer and power.base.free_symbols:
                yield power.base


def _edges(exprs: list[Expr]) -> Iterator[Expr]:
    """What is 0 where a case ends."""
    for expr in exprs:
        for cases in _sorted(expr, Cases):
            edges = [part.lhs - part.rhs for part in cases.atoms(Relational) if isinstance(part, Relational)]
            yield from sorted(edges, key=text_of)


def _denominators(exprs: list[Expr]) -> Iterator[Expr]:
    for expr in exprs:
        for power in _sorted(literal(expr), sympy.Pow):
            if power.exp.is_Integer and power.exp < 0 and power.base.free_symbols:
                yield power.base


def _sorted(expr: Expr, head: type[Head]) -> list[Head]:
    """The subterms of a kind, in a fixed order."""
    return sorted((term for term in expr.atoms(head) if isinstance(term, head)), key=text_of)
