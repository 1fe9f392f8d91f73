"""Steps with infinite sums: their values put in, judged where the sums converge."""

from dataclasses import replace

from sympy import Abs, Expr, Interval, Sum, latex

from litgrad.checking.calculus.infinite_sums import NoValue, Total, closed_sums, is_infinite
from litgrad.checking.case import Case
from litgrad.checking.compared import compared
from litgrad.checking.normal_form import is_nonnegative
from litgrad.checking.setting import Setting
from litgrad.checking.sides import sides_of
from litgrad.checking.verdicts import Judgement, Verdict
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
        return Judgement(Verdict.UNCHECKED, _UNKNOWN)
    if any(total.value.has(Sum) for total in totals):
        return Judgement(Verdict.UNCHECKED, _UNKNOWN)
    members = [_read(*pair) for pair in zip((step.left, step.right), totals, strict=True)]
    single = replace(step, left=members[0], right=members[1])
    ratios = dict.fromkeys(ratio for total in totals for ratio in total.ratios)
    needed = [ratio for ratio in ratios if not _is_small(ratio, setting)]
    inside = tuple((Abs(setting.expanded(ratio)), Interval.Ropen(0, 1)) for ratio in ratios)
    steps = tuple(single if one.id == step.id else one for one in case.derivation.steps)
    within = replace(case, derivation=replace(case.derivation, steps=steps))
    found = compared(within, single, replace(setting, assumed=(*setting.assumed, *inside)))
    return _in_words(found, tuple(rf"|{latex(ratio)}| < 1" for ratio in needed))


def _read(member: Member, total: Total) -> Member:
    assert member.term is not None
    return replace(member, term=replace(member.term, expr=total.value))


def _is_small(ratio: Expr, setting: Setting) -> bool:
    """Whether what the post says puts a ratio between -1 and 1."""
    known = setting.known_positive(leaves=True)
    expr = setting.expanded(ratio)
    if is_nonnegative(1 - Abs(expr), known, strict=True):
        return True
    return all(is_nonnegative(1 + sign * expr, known, strict=True) for sign in (1, -1))


def _in_words(found: Judgement, needed: tuple[str, ...]) -> Judgement:
    if found.verdict is not Verdict.PROVED:
        return found
    if not needed:
        return replace(found, reason="equal with the infinite sums worked out", rule=_RULE)
    listed = " and ".join(f"`{one}`" for one in needed)
    reason = f"holds for {listed}, where the sum converges"
    return replace(found, verdict=Verdict.CONDITIONAL, reason=reason, rule=_RULE, conditions=needed)
