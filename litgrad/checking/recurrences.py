"""`F_3 = 2` beside `F_{n+1} = F_n + F_{n-1}`: values that a recurrence of the post gives."""

import re
from collections.abc import Mapping

from sympy import Expr, Integer, Symbol

from litgrad.checking.normal_form import equal
from litgrad.checking.printed import has_decimals
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.meaning.names import name_of
from litgrad.meaning.statements import Definition, Statements, Step
from litgrad.records import dataclass

_TERM = re.compile(r"(?P<base>.+)_\{(?P<index>[A-Za-z])(?: (?P<sign>[+-]) (?P<shift>\d+))?\}")
_MOST = 100
"""How many members are worked out."""
_VALUE = re.compile(r"(?P<base>.+)_\{(?P<place>\d+)\}")


@dataclass(frozen=True, slots=True)
class _Place:
    """`F_{n+1}`: a member of a sequence, counted from an index."""

    base: str
    index: str
    shift: int


def judge_recurrence(step: Step, statements: Statements) -> Judgement | None:
    """The judgement on a value of a sequence whose recurrence and earlier values the post gives.

    Gives None where no single recurrence, or not every value that it needs, stands above the step.
    """
    found = None if step.definition is None else _VALUE.fullmatch(step.definition.name)
    if found is None or step.definition is None or not step.definition.body.expr.is_number:
        return None
    above = [one for one in statements.definitions if one.span.start < step.left.span.start]
    rules = [(one, place) for one in above if (place := _place(one.name)) and place.base == found["base"]]
    if len(rules) != 1 or rules[0][0].parameters is not None:
        return None
    rule, place = rules[0]
    given = _worked_out(rule, place, int(found["place"]), above)
    if given is None or _starts_anew(found["base"], statements):
        return None
    return _compared(given, step, rule.line)


def _compared(given: Expr, step: Step, line: int) -> Judgement | None:
    assert step.definition is not None
    value = step.definition.body.expr
    if equal(given, value):
        return Judgement(Verdict.PROVED, f"the recurrence of line {line} gives this value", rule="recurrence")
    if not given.is_Rational or not value.is_Rational:
        return None
    if has_decimals(step.right.node):
        return None
    reason = f"the recurrence of line {line} gives {given}"
    return Judgement(Verdict.REFUTED, reason, blame=step.right.span)


def _starts_anew(base: str, statements: Statements) -> bool:
    """Whether a post gives a member of a sequence a second value, as another beginning does."""
    names = [
        name
        for derivation in statements.derivations
        for step in derivation.steps
        if step.left.node is not None and (name := name_of(step.left.node)) is not None
        if step.right.term is not None and step.right.term.expr.is_number
    ]
    members = [name for name in names if (found := _VALUE.fullmatch(name)) and found["base"] == base]
    return len(set(members)) < len(members)


def _place(name: str) -> _Place | None:
    found = _TERM.fullmatch(name)
    if found is None:
        return None
    shift = int(found["shift"] or 0) * (-1 if found["sign"] == "-" else 1)
    return _Place(found["base"], found["index"], shift)


def _worked_out(rule: Definition, place: _Place, last: int, above: list[Definition]) -> Expr | None:
    """A member of a sequence, from the first members that are given; None where one that it needs is missing.

    Members between them are worked out, whatever the post says of them: a wrong one accuses itself alone.
    """
    given = {
        int(found["place"]): one.body.expr
        for one in above
        if one.parameters is None and one.body.expr.is_number
        if (found := _VALUE.fullmatch(one.name)) and found["base"] == place.base
    }
    if not given or last - min(given) > _MOST:
        return None
    known: dict[int, Expr] = {}
    for at in range(min(given), last + 1):
        value = _next(rule, place, at - place.shift, known)
        if value is None and at < last:
            value = given.get(at)
        if value is not None:
            known[at] = value
    return known.get(last)


def _next(rule: Definition, place: _Place, at: int, known: Mapping[int, Expr]) -> Expr | None:
    """What a recurrence gives where its index has a value; None where a member that it needs is missing."""
    table: dict[Expr, Expr] = {}
    for symbol in rule.body.expr.free_symbols:
        inner = _place(symbol.name) if isinstance(symbol, Symbol) else None
        if inner is not None and inner.base == place.base and inner.index == place.index:
            if at + inner.shift not in known:
                return None
            table[symbol] = known[at + inner.shift]
    if not table:
        return None
    value = rule.body.expr.xreplace({**table, Symbol(place.index, real=True): Integer(at)})
    return value.doit() if value.is_number else None
