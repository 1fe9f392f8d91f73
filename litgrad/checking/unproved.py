"""Steps that are not proved as stated: true under a premise or a condition, confirmed, or handed on."""

import re

from sympy import Expr, Symbol

from litgrad.checking import reasons
from litgrad.checking.case import Case
from litgrad.checking.conditions import Need, conditions
from litgrad.checking.perhaps_whole import true_but_at_zeros
from litgrad.checking.premises import (
    missing_premise,
    names_in,
    suspects,
    under,
)
from litgrad.checking.proof import prove
from litgrad.checking.refutation import ENOUGH, Search, search
from litgrad.checking.refuting import refuted
from litgrad.checking.rules import rule_of
from litgrad.checking.setting import Setting
from litgrad.checking.sides import doubt_of, shown_in, sides_of
from litgrad.checking.symbolic import vanishes
from litgrad.checking.units import units_in, written
from litgrad.checking.verdicts import Judgement, Premise, Verdict
from litgrad.diagnostics import Label
from litgrad.meaning.cases import Cases
from litgrad.meaning.statements import Step

_TELLS_OF = re.compile(
    r"\b(?:vanish|zeros?\b|roots?\b|maxim|minim|peaks?\b|extrem|largest|smallest|greatest|least|critical|stationary"
    r"|attain|reach|becomes?\b|reduces?\b|equals?\b|gives?\b)",
    re.IGNORECASE,
)
"""Words that tell what happens at a value; it is not the one for which the step holds."""
_LINES_BEHIND = 6
"""How far behind a step words may say for which values it holds."""


def unproved(
    case: Case, step: Step, setting: Setting, judged: Setting, pairs: frozenset[tuple[Symbol, Symbol]]
) -> Judgement:
    """The judgement on two sides that no proof shows to be equal as they stand.

    Takes the derivation's case, the step, what the post defines, what the step is judged under, and the
    dependences that the post leaves open.
    """
    conditional = _conditional(case, step, setting, pairs) or _in_passing(case, step, setting)
    if conditional is not None:
        return conditional
    left, right = sides_of(step)
    apart = true_but_at_zeros(step, setting)
    if apart is not None:
        return apart
    found = search(judged, left, right, shown_in(step))
    if not pairs:
        needed = conditions(setting, left, right)
        if needed:
            return _under_conditions(case, step, needed)
        if found.counterexample is None:
            return _without_counterexample(case, setting, left, right, found)
    return refuted(case, step, setting, pairs, found)


def _conditional(
    case: Case, step: Step, setting: Setting, pairs: frozenset[tuple[Symbol, Symbol]]
) -> Judgement | None:
    """The step under a premise that an earlier step needed, or that the derivation suggests."""
    left, right = sides_of(step)
    used = {name: premise for name, premise in case.premises.items() if name in names_in(step, setting)}
    proof = prove(under(setting, used), left, right) if used else None
    if proof is None:
        names = suspects(setting, pairs) if pairs else names_in(step, setting)
        premise = missing_premise(setting, step, case.pool, names)
        if premise is None:
            return None
        used = {premise.symbol: premise}
        proof = prove(under(setting, used), left, right)
    assert proof is not None
    case.premises.update(used)
    premises = tuple(used.values())
    reason, related = reasons.conditional(case.statements, premises)
    rule = rule_of(left, right, proof)
    return Judgement(Verdict.CONDITIONAL, reason, rule=rule, premises=premises, related=related)


def _in_passing(case: Case, step: Step, setting: Setting) -> Judgement | None:
    """The step with a value that the post gives one of its symbols in passing, such as `y = 1`."""
    left, right = sides_of(step)
    if (left.is_Symbol and right.is_number) or doubt_of(step, case.derivation) is not None:
        return None
    units = units_in(setting, left, right)
    sized = setting
    for unit, size in units.items():
        sized = sized.with_value(unit, size)
    if units and prove(sized, left, right) is not None:
        shown = reasons.joined(f"`{written(unit)}`" for unit in units)
        many = "s" if len(units) > 1 else ""
        return Judgement(Verdict.PROVED, f"equal with {shown} as unit{many}", rule="units")
    for condition in case.statements.conditions:
        if not _is_heard(case, condition.span.start, step):
            continue
        changed = sized.with_value(condition.symbol, condition.value)
        if condition.symbol in names_in(step, setting) and prove(changed, left, right) is not None:
            latex = " ".join(case.statements.source.slice(condition.span).replace("&", " ").split())
            premise = Premise(condition.symbol, condition.value, latex)
            line = case.statements.source.line(condition.span.start)
            related = (Label(condition.span, f"`{latex}` is said here"),)
            reason = f"holds for `{latex}`, which line {line} says"
            return Judgement(Verdict.CONDITIONAL, reason, premises=(premise,), related=related)
    return None


def _is_heard(case: Case, at: int, step: Step) -> bool:
    """Whether a value is given above a step, or in the words that follow it, as in "for $y = 1$"."""
    source, end = case.statements.source, step.right.span.end
    if at > end and _TELLS_OF.search(source.text, end, at) is not None:
        return False
    return source.line(at) <= source.line(end) + _LINES_BEHIND


def _without_counterexample(
    case: Case, setting: Setting, left: Expr, right: Expr, found: Search
) -> Judgement:
    """No proof and no counterexample: later provers, then points."""
    if found.agreed < ENOUGH // 2:
        return Judgement(Verdict.UNCHECKED, reasons.too_few_points(setting, left, right))
    gap = setting.expanded(left) - setting.expanded(right)
    if not gap.has(Cases) and vanishes(gap):
        return Judgement(
            Verdict.PROVED, "SymPy simplifies the difference of the sides to 0", rule="simplification"
        )
    return Judgement(
        Verdict.CONFIRMED, f"no proof found; the sides agree to 80 digits at {found.agreed} points"
    )


def _under_conditions(case: Case, step: Step, needs: tuple[Need, ...]) -> Judgement:
    """The step where its symbols lie right."""
    written = case.written(step)
    needed = tuple(need.latex(written) for need in needs)
    reason = f"holds where {reasons.joined(f'`{condition}`' for condition in needed)}"
    return Judgement(Verdict.CONDITIONAL, reason, conditions=needed)
