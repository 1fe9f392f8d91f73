"""Steps with infinite sums: their values put in, judged where the sums converge."""

from dataclasses import replace

import sympy
from sympy import Abs, Expr, Interval, Sum, oo

from litgrad.checking.calculus.infinite_sums import NoValue, Total, closed_sums, converges, is_infinite
from litgrad.checking.case import Case
from litgrad.checking.compared import compared
from litgrad.checking.proof import prove
from litgrad.checking.setting import Setting
from litgrad.checking.sides import sides_of
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.meaning.forms import latex_of
from litgrad.meaning.statements import Member, Step

_RULE = "infinite sum"
_UNKNOWN = "the value of an infinite sum is not known"


def judge_series(case: Case, step: Step, setting: Setting) -> Judgement | None:
    """The judgement on a step with sums without an end; None where it has none."""
    if not any(is_infinite(side) for side in sides_of(step)):
        return None
    try:
        totals = [closed_sums(side, setting.definitions.expand) for side in sides_of(step)]
    except NoValue:
        return _term_by_term(step, setting) or Judgement(Verdict.UNCHECKED, _UNKNOWN)
    if any(total.value.has(Sum) for total in totals):
        return _term_by_term(step, setting) or Judgement(Verdict.UNCHECKED, _UNKNOWN)
    members = [_read(*pair) for pair in zip((step.left, step.right), totals, strict=True)]
    single = replace(step, left=members[0], right=members[1])
    ratios = dict.fromkeys(ratio for total in totals for ratio in total.ratios)
    given = [(setting.expanded(expr), values) for expr, values in setting.assumed]
    known = setting.known_positive(leaves=True)
    needed = [one for one in ratios if not converges(setting.expanded(one), given, known)]
    inside = tuple((Abs(setting.expanded(ratio)), Interval.Ropen(0, 1)) for ratio in ratios)
    steps = tuple(single if one.id == step.id else one for one in case.derivation.steps)
    within = replace(case, derivation=replace(case.derivation, steps=steps))
    found = compared(within, single, replace(setting, assumed=(*setting.assumed, *inside)))
    return _in_words(found, tuple(rf"|{latex_of(ratio)}| < 1" for ratio in needed))


def _term_by_term(step: Step, setting: Setting) -> Judgement | None:
    """Two series whose terms are proved equal, one after the other."""
    left, right = map(_single, sides_of(step))
    if left is None or right is None or step.sign.symbol != "=":
        return None
    (index, first, _), (other, start, _) = left.limits[0], right.limits[0]
    if not (first.is_Integer and start.is_Integer):
        return None
    shifted = right.function.xreplace({other: index + (start - first)})
    counts = ((index, sympy.S.Integers), (index, Interval(first, oo, False, True)))
    inner = replace(setting, assumed=(*setting.assumed, *counts))
    if prove(inner, left.function, shifted) is None:
        return None
    return Judgement(Verdict.PROVED, "the series are equal term by term", rule=_RULE)


def _single(side: Expr) -> Sum | None:
    """A side that is a number times one series, as that series."""
    found = [one for one in side.atoms(Sum) if not one.function.has(Sum)]
    if len(found) != 1 or len(found[0].limits) != 1 or found[0].limits[0][2] is not oo:
        return None
    factor = side.coeff(found[0]) if side != found[0] else sympy.Integer(1)
    index = found[0].limits[0][0]
    if factor == 0 or factor.has(Sum, index) or sympy.expand(side - factor * found[0]) != 0:
        return None
    return Sum(factor * found[0].function, found[0].limits[0])


def _read(member: Member, total: Total) -> Member:
    assert member.term is not None
    return replace(member, term=replace(member.term, expr=total.value))


def _in_words(found: Judgement, needed: tuple[str, ...]) -> Judgement:
    if found.verdict is not Verdict.PROVED:
        return found
    if not needed:
        return replace(found, reason="equal with the infinite sums worked out", rule=_RULE)
    listed = " and ".join(f"`{one}`" for one in needed)
    reason = f"holds for {listed}, where the sum converges"
    return replace(found, verdict=Verdict.CONDITIONAL, reason=reason, rule=_RULE, conditions=needed)
