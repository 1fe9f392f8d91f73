"""Diagnostics from judgements: one for each refuted or conditional step, or for an odd member."""

from collections.abc import Iterator

from litgrad.checking.proof import prove
from litgrad.checking.reasons import joined, point
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import CheckedStep, Verdict
from litgrad.deadline import OutOfTimeError, interrupted, out_of_time
from litgrad.diagnostics import Diagnostic, Label
from litgrad.meaning.statements import Statements
from litgrad.source import Span

_SECONDS = 2.0
"""How long the neighbours of a refuted member may be compared."""


def diagnostics_of(steps: tuple[CheckedStep, ...], statements: Statements) -> tuple[Diagnostic, ...]:
    """What the judgements of a derivation tell its author, in order."""
    return tuple(_diagnostics(steps, statements))


def _diagnostics(steps: tuple[CheckedStep, ...], statements: Statements) -> Iterator[Diagnostic]:
    merged = False
    for index, checked in enumerate(steps):
        after = steps[index + 1] if index + 1 < len(steps) else None
        if merged:
            merged = False
        elif checked.verdict is Verdict.REFUTED:
            merged = after is not None and _is_odd_member(checked, after, statements)
            yield _odd_member(checked) if merged else _refuted(checked)
        elif checked.verdict is Verdict.CONDITIONAL:
            yield _conditional(checked)
        elif checked.verdict is Verdict.UNCHECKED and checked.step.aside is None:
            yield Diagnostic("unchecked-step", checked.judgement.reason, checked.step.sign.span)


def _is_odd_member(checked: CheckedStep, after: CheckedStep, statements: Statements) -> bool:
    """Whether both neighbours of a refuted member agree with each other."""
    left, right = checked.step.left.term, after.step.right.term
    if after.verdict is not Verdict.REFUTED or left is None or right is None or out_of_time():
        return False
    try:
        with interrupted(_SECONDS):
            return prove(Setting.of(statements, checked.step), left.expr, right.expr) is not None
    except OutOfTimeError:
        return False


def _odd_member(checked: CheckedStep) -> Diagnostic:
    plain = _refuted(checked)
    where = _where(checked)
    message = f"this member differs from both its neighbours, which agree{where}"
    return Diagnostic(plain.code, message, plain.span, plain.text, plain.related, plain.help)


def _refuted(checked: CheckedStep) -> Diagnostic:
    judgement = checked.judgement
    repair = judgement.repair
    span = judgement.blame or checked.step.right.span
    text = repair.words if repair else ""
    related = (*judgement.related, *_sign_label(checked, span))
    return Diagnostic("refuted-step", judgement.reason, span, text, related)


def _sign_label(checked: CheckedStep, span: Span) -> tuple[Label, ...]:
    """The sign itself, where the caret stands elsewhere."""
    sign = checked.step.sign.span
    return () if sign in span else (Label(sign, "this step"),)


def _where(checked: CheckedStep) -> str:
    counterexample = checked.judgement.counterexample
    if counterexample is None or not counterexample.at:
        return ""
    return f": at {point(counterexample)} it is {counterexample.right}, they are {counterexample.left}"


def _conditional(checked: CheckedStep) -> Diagnostic:
    judgement = checked.judgement
    premises = joined(f"`{premise.latex}`" for premise in judgement.premises) if judgement.premises else None
    help = f"state {premises} before this step" if premises else _help(checked)
    message = f"this step {judgement.reason}"
    return Diagnostic("conditional-step", message, checked.step.sign.span, "", judgement.related, help)


def _help(checked: CheckedStep) -> str:
    if checked.judgement.rule == "solve":
        return "show that equation in steps, or say that it is assumed"
    return "state the condition before this step"
