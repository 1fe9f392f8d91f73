"""Two sides that can be compared: differentials, rates turned over, proofs."""

from dataclasses import replace

import sympy
from sympy import Symbol, oo

from litgrad.checking import reasons
from litgrad.checking.calculus.remainders import has_remainder
from litgrad.checking.case import Case
from litgrad.checking.cells import judge_cases
from litgrad.checking.differentials import fixed, in_differentials, is_of_one, missing, written
from litgrad.checking.inverse import differs_anyway, inverted
from litgrad.checking.needed import needless
from litgrad.checking.normal_form import is_nonnegative
from litgrad.checking.proof import Proof, prove
from litgrad.checking.refutation import search
from litgrad.checking.relations import judge_approximation, judge_inequality
from litgrad.checking.remainders import judge_remainder
from litgrad.checking.rules import cancelled, rule_of
from litgrad.checking.setting import Setting, unstated_dependences
from litgrad.checking.sides import doubt_of, sides_of
from litgrad.checking.signs import APPROXIMATE_SIGNS, ORDER_SIGNS
from litgrad.checking.unproved import unproved
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.meaning.forms import latex_of
from litgrad.meaning.statements import Step

_NEVER_ZERO = (sympy.gamma, sympy.factorial, sympy.exp)


def compared(case: Case, step: Step, setting: Setting) -> Judgement:
    """The judgement on two sides that can be compared."""
    left, right = sides_of(step)
    if has_remainder(setting, left, right):
        return judge_remainder(case, step, setting)
    if step.sign.symbol in ORDER_SIGNS and (left.has(oo) or right.has(oo)):
        return Judgement(Verdict.UNCHECKED, "an infinite bound")
    if step.sign.symbol in ORDER_SIGNS:
        return judge_inequality(step, case.derivation, setting, case.statements)
    found = _by_differentials(case, step, setting) or _by_inverse(case, step, setting)
    return found or _as_read(case, step, setting)


def _by_differentials(case: Case, step: Step, setting: Setting) -> Judgement | None:
    """The judgement on a step between differentials, such as `du = 2x dx`."""
    apart = in_differentials(step, setting, case.statements.scope)
    if apart is None:
        return None
    left, right = sides_of(apart.step)
    proof = prove(setting, left, right)
    if proof is not None:
        return Judgement(Verdict.PROVED, "the differentials of both sides are equal", rule="differential")
    if not is_of_one(apart):
        if not all(apart.leaves):
            return Judgement(Verdict.UNCHECKED, "a rule for differentials, not an identity")
        held, names = fixed(apart)
        if apart.leaves[0] & apart.leaves[1] and prove(setting, *sides_of(held)) is not None:
            reason = f"holds with {reasons.joined(f'`{name}`' for name in names)} held fixed"
            return Judgement(Verdict.CONDITIONAL, reason, rule="differential")
        return Judgement(Verdict.UNCHECKED, f"the post does not say {missing(apart)}")
    found = search(setting, left, right, ()).counterexample
    if found is None or doubt_of(apart.step, case.derivation):
        return Judgement(Verdict.UNCHECKED, "a step between differentials that is not settled")
    found = replace(found, at=tuple((written(name), number) for name, number in found.at))
    return Judgement(Verdict.REFUTED, reasons.refutation(found, ()), counterexample=found)


def _by_inverse(case: Case, step: Step, setting: Setting) -> Judgement | None:
    """The judgement on rates such as `dw/dz` of a w that leads to z, read as one over `dz/dw`."""
    turned = inverted(step, setting)
    if turned is None:
        return None
    found = _as_read(case, turned.step, setting)
    if found.verdict is Verdict.REFUTED and not differs_anyway(turned, setting):
        return Judgement(Verdict.UNCHECKED, f"the post does not say {reasons.follows(turned.pairs)}")
    if found.verdict is Verdict.PROVED and not turned.certain:
        moved = reasons.joined(f"`{by.name}` changes with `{of.name}` alone" for of, by in turned.pairs)
        reason = f"holds if {moved}"
        return Judgement(Verdict.CONDITIONAL, reason, rule="inverse function")
    return found if found.verdict is not Verdict.PROVED else replace(found, rule="inverse function")


def _as_read(case: Case, step: Step, setting: Setting) -> Judgement:
    """The judgement on two sides whose rates are those that the post gives."""
    left, right = sides_of(step)
    pairs = unstated_dependences(setting.definitions, left, right)
    judged = setting.with_unknown(pairs) if pairs else setting
    proof = prove(judged, left, right)
    if proof is not None:
        return _proved(case, step, proof, pairs, needless(step, proof, judged, case.statements))
    by_cases = judge_cases(judged, left, right)
    if by_cases is not None:
        return by_cases
    if step.sign.symbol in APPROXIMATE_SIGNS:
        return judge_approximation(step, case.derivation, setting, case.statements)
    return unproved(case, step, setting, judged, pairs)


def _proved(
    case: Case, step: Step, proof: Proof, pairs: frozenset[tuple[Symbol, Symbol]], spare: frozenset[str]
) -> Judgement:
    left, right = sides_of(step)
    reason = reasons.proof(case.statements, step, proof, pairs, spare)
    rule = rule_of(left, right, proof)
    return Judgement(Verdict.PROVED, reason + _domain(case, step, rule), rule=rule)


def _domain(case: Case, step: Step, rule: str) -> str:
    """What must not vanish where a factor was cancelled, in a clause."""
    if rule != "cancel":
        return ""
    known = Setting.of(case.statements, step).strictly_positive()
    open_ones = (expr for expr in cancelled(*sides_of(step)) if not isinstance(expr, _NEVER_ZERO))
    lost = [expr for expr in open_ones if not is_nonnegative(expr, known, strict=True)]
    written = case.written(step)
    return "".join(f", where `{written.get(expr) or latex_of(expr)}` is not 0" for expr in lost[:1])
