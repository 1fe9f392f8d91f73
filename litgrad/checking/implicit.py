"""Rates of a name that an equation ties to the variable: the equation differentiated on both sides."""

import re

from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.case import Case
from litgrad.checking.hypotheses import above, hypotheses, solved
from litgrad.checking.normal_form import equal, implies_zero
from litgrad.checking.refutation import search
from litgrad.checking.setting import Setting
from litgrad.checking.sides import doubt_of, shown_in, sides_of
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.meaning.forms import derivative, name_of
from litgrad.meaning.statements import Step

_SAID = re.compile(r"implicit|differentiat", re.IGNORECASE)


def judge_implicit(
    case: Case, step: Step, setting: Setting, pairs: frozenset[tuple[Symbol, Symbol]]
) -> Judgement | None:
    """The judgement on a step with a rate such as `dT/da`, by an equation above between T and a.

    Takes the one dependence that the post does not state. It is refuted only where the words between the
    equation and the step say that it is differentiated.
    """
    if len(pairs) != 1:
        return None
    ((name, by),) = pairs
    for one in above(step, hypotheses(step, setting, case.statements)):
        if not {name, by} <= one.gap.free_symbols or one.gap.has(AppliedUndef, Derivative):
            continue
        slope = -derivative(one.gap, by) / derivative(one.gap, name)
        sides = [_with_slope(side, name, by, slope, setting) for side in sides_of(step)]
        if None in sides:
            return None
        left, right = sides
        assert left is not None
        assert right is not None
        line = case.statements.source.line(one.step.sign.span.start)
        known = setting.known_positive(leaves=True)
        if equal(left, right, known) or implies_zero(one.gap, left - right, known):
            reason = f"follows from the equation of line {line}, differentiated"
            return Judgement(Verdict.PROVED, reason, rule="implicit differentiation")
        words = case.statements.source.text[one.step.right.span.end : step.left.span.start]
        sure = _SAID.search(words) is not None and doubt_of(step, case.derivation) is None
        wrong = sure and search(solved(setting, (one,)), left, right, shown_in(step)).counterexample
        if wrong:
            reason = f"the equation of line {line}, differentiated, gives another rate"
            return Judgement(Verdict.REFUTED, reason, blame=step.right.span)
        return None
    return None


def _with_slope(side: Expr, name: Symbol, by: Symbol, slope: Expr, setting: Setting) -> Expr | None:
    """A side with the rate put in; None where it holds another unknown rate."""
    found = setting.opaque(side).doit()
    table = {}
    for rate in found.atoms(Derivative):
        call = rate.expr
        if not isinstance(call, AppliedUndef) or name_of(call) != name.name or rate.variables != (by,):
            return None
        table[rate] = slope
    found = found.xreplace(table)
    calls = {call: name for call in found.atoms(AppliedUndef) if name_of(call) == name.name}
    found = setting.expanded(found.xreplace(calls))
    return None if found.has(AppliedUndef, Derivative) else found
