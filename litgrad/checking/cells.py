"""Equality of values by cases: one proof for each sign of what the cases compare."""

from collections.abc import Iterator, Sequence
from functools import reduce

import sympy
from sympy import Basic, Expr, Symbol
from sympy.logic.boolalg import Boolean

from litgrad.checking.normal_form import equal, is_nonnegative
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.meaning.cases import Cases, without_edges
from litgrad.meaning.forms import latex_of
from litgrad.records import dataclass

_MOST = 4
"""Comparisons that are told apart; each makes three times as many cells."""
_BY_SIGN = {
    sympy.Gt: (1,), sympy.Ge: (1, 0), sympy.Lt: (-1,), sympy.Le: (-1, 0), sympy.Eq: (0,), sympy.Ne: (1, -1),
}  # fmt: skip
_FOLDED = (sympy.Max, sympy.Min)
_BENT = (Cases, sympy.Abs, sympy.sign, *_FOLDED)
"""Heads whose value hangs on a sign."""


@dataclass(frozen=True, slots=True)
class Fact:
    """The sign of a difference in a cell."""

    gap: Expr
    sign: int


class Open(Exception):
    """The sides are not proved equal in some cell."""


def judge_cases(setting: Setting, left: Expr, right: Expr) -> Judgement | None:
    """The judgement on two sides of which one is a value by cases; None where they are not proved equal.

    Where a side has no value at the edge of a case, such as a derivative at a kink, the judgement is
    conditional.
    """
    sides = without_edges(setting.expanded(left)), without_edges(setting.expanded(right))
    if not any(side.has(Cases) for side in sides):
        return None
    known = setting.known_positive(leaves=True)
    try:
        edges = list(dict.fromkeys(_edges(*sides, (), known)))
    except Open:
        return None
    if not edges:
        return Judgement(Verdict.PROVED, "equal in every case", rule="by cases")
    needed = tuple(map(_off, edges))
    listed = " and ".join(f"`{one}`" for one in needed)
    reason = f"holds where {listed}, away from where the cases meet"
    return Judgement(Verdict.CONDITIONAL, reason, rule="by cases", conditions=needed)


def _edges(left: Expr, right: Expr, facts: tuple[Fact, ...], known: Sequence[Expr]) -> Iterator[Expr]:
    """The differences at whose zeros one side alone has a value; raises Open where the sides may differ."""
    gap = next(_gaps(left, right), None)
    if gap is None:
        yield from _compared(left, right, facts, known)
        return
    again = next((fact for fact in facts if _sign_of(gap, fact) is not None), None)
    if again is not None:
        sides = _under(left, again), _under(right, again)
        if sides == (left, right):
            raise Open
        yield from _edges(*sides, facts, known)
        return
    if len(facts) == _MOST:
        raise Open
    for sign in _possible(gap, facts, known):
        fact = Fact(gap, sign)
        yield from _edges(_under(left, fact), _under(right, fact), (*facts, fact), known)


def _compared(left: Expr, right: Expr, facts: tuple[Fact, ...], known: Sequence[Expr]) -> Iterator[Expr]:
    lost = [side.has(sympy.nan) for side in (left, right)]
    if any(lost):
        edge = next((fact.gap for fact in facts if fact.sign == 0), None)
        if not all(lost) and edge is None:
            raise Open
        if not all(lost) and edge is not None:
            yield edge
        return
    signs = [fact.gap * fact.sign for fact in facts if fact.sign != 0]
    if left != right and not equal(left, right, (*known, *signs)):
        raise Open


def _off(edge: Expr) -> str:
    """That a difference is not 0, as `x \\ne a`."""
    place = _place(Fact(edge, 0))
    return rf"{latex_of(edge)} \ne 0" if place is None else rf"{latex_of(place[0])} \ne {latex_of(place[1])}"


# -------------------------------- what is compared --------------------------------


def _gaps(*sides: Expr) -> Iterator[Expr]:
    """The differences whose signs decide, those first that hang on no other."""
    for side in sides:
        for part in sympy.postorder_traversal(side):
            for gap in _gaps_at(part):
                if not gap.has(*_BENT, sympy.nan):
                    yield gap


def _gaps_at(part: Basic) -> Iterator[Expr]:
    if part.func in _BY_SIGN:
        yield sympy.expand(part.args[0] - part.args[1])
    elif isinstance(part, (sympy.Abs, sympy.sign)):
        yield sympy.expand(part.args[0])
    elif isinstance(part, _FOLDED):
        yield sympy.expand(part.args[0] - part.args[1])


def _possible(gap: Expr, facts: Sequence[Fact], known: Sequence[Expr]) -> tuple[int, ...]:
    """The signs that a difference can have beside the facts of a cell."""
    if gap.is_Rational:
        return (int(sympy.sign(gap)),)
    signs = {1, 0, -1}
    for fact in facts:
        for turn in (1, -1):
            shift = sympy.expand(gap - turn * fact.gap)
            if shift.is_Rational:
                signs &= _shifted(turn * fact.sign, int(sympy.sign(shift)))
    for turn in (1, -1):
        above = [*known, *(fact.gap * fact.sign for fact in facts if fact.sign != 0)]
        if is_nonnegative(turn * gap, above, strict=True):
            signs &= {turn}
        elif is_nonnegative(turn * gap, above, strict=False):
            signs &= {turn, 0}
    return tuple(sorted(signs, reverse=True))


def _shifted(sign: int, shift: int) -> set[int]:
    """The signs that a number of one sign can have once a number of another is added."""
    if sign == 0 or shift in (0, sign):
        return {sign or shift}
    return {1, 0, -1}


# -------------------------------- one cell --------------------------------


def _under(expr: Expr, fact: Fact) -> Expr:
    """An expression where a difference has one sign."""
    found = _decided(expr, fact)
    place = _place(fact) if fact.sign == 0 else None
    return found if place is None else _decided(found.xreplace({place[0]: place[1]}), fact)


def _decided(expr: Basic, fact: Fact) -> Basic:
    """A tree with everything decided that hangs on the sign of a difference."""
    if not expr.args or not (isinstance(expr, Boolean) or expr.has(*_BENT)):
        return expr
    parts = [_decided(part, fact) for part in expr.args]
    if isinstance(expr, Cases):
        return _first(list(zip(parts[::2], parts[1::2], strict=True)))
    if expr.func in _BY_SIGN:
        return _truth(expr.func(*parts, evaluate=False), fact)
    if isinstance(expr, (sympy.And, sympy.Or)):
        return expr.func(*parts, evaluate=False)
    if isinstance(expr, (sympy.Abs, sympy.sign)):
        return _bent(expr, parts[0], fact)
    if isinstance(expr, _FOLDED):
        return _folded(expr, parts, fact)
    return expr.func(*parts)


def _sign_of(gap: Expr, fact: Fact) -> int | None:
    """The sign of a difference that is a multiple of a fact's, or a number."""
    gap = sympy.expand(gap)
    if gap.is_Rational:
        return int(sympy.sign(gap))
    ratio = sympy.cancel(gap / fact.gap)
    return int(sympy.sign(ratio)) * fact.sign if ratio.is_Rational else None


def _truth(condition: Boolean, fact: Fact) -> Boolean:
    sign = _sign_of(condition.args[0] - condition.args[1], fact)
    if sign is None:
        return condition
    return sympy.true if sign in _BY_SIGN[condition.func] else sympy.false


def _first(pairs: Sequence[tuple[Expr, Boolean]]) -> Expr:
    """What is left of cases of which some are decided."""
    kept: list[tuple[Expr, Boolean]] = []
    for value, condition in pairs:
        simple = _simplified(condition)
        if simple == sympy.true and not kept:
            return value
        if simple != sympy.false:
            kept.append((value, simple))
        if simple == sympy.true:
            break
    return Cases.of(kept) if kept else sympy.nan


def _simplified(condition: Boolean) -> Boolean:
    if not isinstance(condition, (sympy.And, sympy.Or)):
        return condition
    absorbing, neutral = (
        (sympy.false, sympy.true) if isinstance(condition, sympy.And) else (sympy.true, sympy.false)
    )
    parts = [_simplified(part) for part in condition.args]
    if absorbing in parts:
        return absorbing
    kept = [part for part in parts if part != neutral]
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else condition.func(*kept, evaluate=False)


def _bent(expr: Expr, argument: Expr, fact: Fact) -> Expr:
    sign = _sign_of(argument, fact)
    if sign is None:
        return expr.func(argument, evaluate=False)
    return sympy.Integer(sign) if isinstance(expr, sympy.sign) else sign * argument


def _folded(expr: Expr, arguments: Sequence[Expr], fact: Fact) -> Expr:
    """The largest or the smallest of several values, two at a time."""
    direction = 1 if isinstance(expr, sympy.Max) else -1

    def better(first: Expr, second: Expr) -> Expr:
        sign = _sign_of(first - second, fact)
        if sign is None:
            return expr.func(first, second, evaluate=False)
        return first if sign * direction >= 0 else second

    return reduce(better, arguments)


def _place(fact: Fact) -> tuple[Symbol, Expr] | None:
    """A symbol and its value where a difference is 0, if one enters it with a plain factor."""
    for symbol in sorted(fact.gap.free_symbols, key=str, reverse=True):
        rate = sympy.diff(fact.gap, symbol)
        if rate.is_Rational and rate != 0 and isinstance(symbol, Symbol):
            return symbol, sympy.expand(symbol - fact.gap / rate)
    return None
