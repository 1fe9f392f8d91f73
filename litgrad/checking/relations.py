"""Judgements on signs other than equality: inequalities and approximations."""

from mpmath import mpf
from sympy import Derivative
from sympy.core.function import AppliedUndef

from litgrad.checking import reasons
from litgrad.checking.approximations import leading_order
from litgrad.checking.asides import said_to_be_wrong
from litgrad.checking.asymptotics import large_symbol
from litgrad.checking.contexts import context_of
from litgrad.checking.inequalities import is_claim, judge
from litgrad.checking.numeric import readable, value
from litgrad.checking.printed import (
    differ_in_rounding,
    distance,
    fits_another_base,
    has_decimals,
    out_of_reach,
    printed,
)
from litgrad.checking.setting import Setting
from litgrad.checking.sides import doubt_of, shown_in, sides_of
from litgrad.checking.signs import ORDER_SIGNS
from litgrad.checking.verdicts import Counterexample, Judgement, Verdict
from litgrad.latex.tree import Number
from litgrad.meaning.names import name_of
from litgrad.meaning.statements import Derivation, Statements, Step

_ENOUGH = 20

_HALF = mpf(1) / 2 + mpf(10) ** -9
"""Units of the last digit that rounding takes away; a half may go either way."""


def judge_inequality(
    step: Step, derivation: Derivation, setting: Setting, statements: Statements
) -> Judgement:
    """An inequality: proved, refuted where it is a claim, else with what is known of its numbers."""
    left, right = sides_of(step)
    found = judge(setting, step, shown_in(step))
    if found.proved is not None:
        return Judgement(Verdict.PROVED, found.proved, rule="inequality")
    if found.counterexample is not None:
        return _fails(step, derivation, statements, found.counterexample)
    if found.agreed < _ENOUGH:
        return Judgement(Verdict.UNCHECKED, reasons.too_few_points(setting, left, right))
    reason = f"no proof found; the inequality holds at all {found.agreed} points tried"
    return Judgement(Verdict.UNCHECKED, reason)


def proved_bound(step: Step, statements: Statements) -> Judgement | None:
    """A bound between formulas that a post states in passing and that always holds; None for any other."""
    if step.sign.symbol not in ORDER_SIGNS or step.left.term is None or step.right.term is None:
        return None
    if any(name_of(side.node) is not None for side in (step.left, step.right) if side.node is not None):
        return None
    setting = Setting.of(statements, step)
    if any(map(setting.is_too_large, sides_of(step))):
        return None
    found = judge(setting, step, shown_in(step))
    return None if found.proved is None else Judgement(Verdict.PROVED, found.proved, rule="inequality")


def _fails(
    step: Step, derivation: Derivation, statements: Statements, counterexample: Counterexample
) -> Judgement:
    at = derivation.steps.index(step)
    later = at > 0 and derivation.steps[at - 1].sign.symbol == "=" and not derivation.steps[at - 1].introduces
    claim = is_claim(step, statements.source, later=later) and doubt_of(step, derivation) is None
    where = reasons.inequality_fails(counterexample, step.sign.symbol)
    if claim and not said_to_be_wrong(step, statements):
        return Judgement(Verdict.REFUTED, where, counterexample=counterexample, blame=step.right.span)
    return Judgement(Verdict.UNCHECKED, f"{where}; a condition on its symbols, or a wrong claim")


def judge_approximation(
    step: Step, derivation: Derivation, setting: Setting, statements: Statements
) -> Judgement:
    """An approximation between numbers or formulas that are not equal."""
    left, right = sides_of(step)
    sides = setting.expanded(left), setting.expanded(right)
    if any(side.free_symbols or side.has(AppliedUndef, Derivative) for side in sides):
        return _formulas(step, setting)
    apart = distance(setting, step)
    if apart is None:
        return Judgement(Verdict.UNCHECKED, "an approximation without a printed number to judge it by")
    if apart <= _HALF:
        return Judgement(Verdict.CONFIRMED, "the sides agree to the digits printed")
    reachable = apart <= 1 or (_is_from_decimals(step) and not _is_out_of_reach(step, setting))
    if reachable or doubt_of(step, derivation) or said_to_be_wrong(step, statements):
        return Judgement(
            Verdict.UNCHECKED, "the sides differ in the last digit printed, or are rounded on the way"
        )
    return _apart(step, setting)


def judge_rounded(
    step: Step, derivation: Derivation, setting: Setting, statements: Statements
) -> Judgement | None:
    """`=` between a number and its printed decimals; None where the sign is something else.

    What is computed from other decimals may have lost digits: it is refuted only out of their reach.
    """
    literals = [one for one in (step.left, step.right) if has_decimals(one.node) and printed(one)]
    if any(setting.expanded(side).free_symbols for side in sides_of(step)):
        return None
    if len(literals) != 1:
        return _whole_number_out_of_reach(step, setting, statements)
    apart = distance(setting, step)
    if apart is None or (apart > 1 and doubt_of(step, derivation)):
        return None
    other = step.left if literals[0] is step.right else step.right
    if apart <= _HALF:
        whole = isinstance(other.node, Number) and not has_decimals(other.node)
        return None if whole else Judgement(Verdict.CONFIRMED, "the sides agree to the digits printed")
    if said_to_be_wrong(step, statements) or context_of(step, statements) or not apart > 1:
        return None
    shown = printed(literals[0])
    if shown is None or fits_another_base(setting, other, *shown):
        return None
    if has_decimals(other.node) and not out_of_reach(setting, other, *shown):
        return None
    return _apart(step, setting)


def _whole_number_out_of_reach(step: Step, setting: Setting, statements: Statements) -> Judgement | None:
    """A whole number beside decimals from which it cannot come: `0.693 / 0.0231 = 3`."""
    whole = [one for one in (step.left, step.right) if printed(one) and not has_decimals(one.node)]
    if len(whole) != 1 or said_to_be_wrong(step, statements) or context_of(step, statements):
        return None
    return _apart(step, setting) if _is_out_of_reach(step, setting) else None


def _is_from_decimals(step: Step) -> bool:
    """Whether both sides hold decimals, so that one may have been computed from rounded ones."""
    return has_decimals(step.left.node) and has_decimals(step.right.node)


def _is_out_of_reach(step: Step, setting: Setting) -> bool:
    """Whether a printed number cannot come from the decimals of the other side, however they were rounded."""
    for side, other in ((step.right, step.left), (step.left, step.right)):
        shown = printed(side)
        if shown is not None and printed(other) is None:
            return not fits_another_base(setting, other, *shown) and out_of_reach(setting, other, *shown)
    return False


def _apart(step: Step, setting: Setting) -> Judgement:
    """Two numbers that differ at the digits printed."""
    left, right = (value(setting.expanded(side), {}) for side in sides_of(step))
    assert left is not None
    assert right is not None
    counterexample = Counterexample((), readable(left), readable(right))
    return Judgement(
        Verdict.REFUTED,
        reasons.not_near(counterexample),
        counterexample=counterexample,
        blame=step.right.span,
    )


def _formulas(step: Step, setting: Setting) -> Judgement:
    order = leading_order(setting, *sides_of(step))
    if order is None and differ_in_rounding(setting, step):
        return Judgement(Verdict.CONFIRMED, "the sides agree to the digits printed")
    if order is None:
        large = large_symbol(setting, *sides_of(step))
        if large is not None:
            reason = rf"the quotient of the sides goes to 1 as `{large.name} \to \infty`"
            return Judgement(Verdict.PROVED, reason, rule="leading order")
        return Judgement(
            Verdict.UNCHECKED, "an approximation, and no symbol near zero for which it holds is found"
        )
    name = order.symbol.name
    power = f"{name}^{order.order}" if order.order > 1 else name
    what = "the quotient of the sides is 1" if order.relative else "the sides agree"
    reason = f"{what} up to terms of order `{power}` as `{name} \\to 0`"
    return Judgement(Verdict.PROVED, reason, rule="leading order")
