"""`check`: a derivation to a judgement on each of its signs."""

from dataclasses import replace
from functools import partial

import mpmath
from sympy import Symbol

from litgrad.checking import reasons
from litgrad.checking.arrows import from_above, implied
from litgrad.checking.begun import judge_begun
from litgrad.checking.calculus.judge import (
    by_quadrature,
    by_value,
    in_words,
    same_but_for_a_constant,
    where_positive,
)
from litgrad.checking.calculus.ranges import with_ranges
from litgrad.checking.calculus.ready import holds_integrals, made_ready, with_integrals
from litgrad.checking.case import REPAIR_SECONDS, SHARE, Case
from litgrad.checking.compared import compared
from litgrad.checking.congruences import judge_congruence
from litgrad.checking.consequences import ARROWS, by_values_above
from litgrad.checking.cross import judge_cross
from litgrad.checking.entries import judge_entries
from litgrad.checking.excuses import excused
from litgrad.checking.gradients import judge_gradient
from litgrad.checking.indexed.estimators import is_mean
from litgrad.checking.indexed.judge import judge_by_size
from litgrad.checking.indexed.world import known_world, term_of
from litgrad.checking.messages import diagnostics_of
from litgrad.checking.plus_minus import judge_both
from litgrad.checking.premises import (
    candidates,
)
from litgrad.checking.probability.judge import judge_chances
from litgrad.checking.recurrences import judge_recurrence
from litgrad.checking.relations import proved_bound
from litgrad.checking.remainders import mentions_remainder
from litgrad.checking.resting import rests_on
from litgrad.checking.rows import between_rows
from litgrad.checking.series import judge_series
from litgrad.checking.setting import SIZE_LIMIT, Setting
from litgrad.checking.sides import doubt_of, sides_of
from litgrad.checking.signs import IDENTITY_SIGNS, JUDGED_SIGNS
from litgrad.checking.sized_repair import find_sized_repair
from litgrad.checking.solved import failed
from litgrad.checking.tensors.judge import judge_tensors
from litgrad.checking.units import have_other_units
from litgrad.checking.unread.extremal import judge_extremal
from litgrad.checking.unread.judge import judge_unread
from litgrad.checking.usual import by_usual
from litgrad.checking.verdicts import CheckedDerivation, CheckedStep, Judgement, Verdict
from litgrad.deadline import OutOfTimeError, interrupted, out_of_time, time_left
from litgrad.faults import attempt
from litgrad.meaning.declarations import DECLARED
from litgrad.meaning.statements import Derivation, Statements, Step

_SYMPY_FAULTS = (RecursionError, ArithmeticError, ValueError, TypeError, NotImplementedError)
"""What SymPy raises on expressions that it cannot work with."""
STEP_SECONDS = 6.0
"""How long one step may take."""
_SIZES_SECONDS = 4.0
"""How long one step is written out for one size after another."""
_DIGITS = 15
"""Digits of numbers where nothing else is said: those of Python's floats."""
_OUT_OF_TIME = "the time for this post is used up"


def check(derivation: Derivation, statements: Statements) -> CheckedDerivation:
    """Judge every sign of a derivation.

    Takes a derivation and all statements of its post. Gives one judgement per step, in order, and
    the diagnostics that follow from them. Premises that one step needs are held for the later ones.
    """
    pool = candidates(derivation, statements.source)
    case = Case(statements, derivation, pool, known_world(statements))
    steps = tuple(CheckedStep(step, _bounded(case, step)) for step in derivation.steps)
    return CheckedDerivation(derivation, steps, diagnostics_of(steps, statements))


def _bounded(case: Case, step: Step) -> Judgement:
    """A judgement, or why there is none in time or at all; one step never stops the others."""
    if out_of_time():
        return without_proof(case, step) or Judgement(Verdict.UNCHECKED, _OUT_OF_TIME)
    seconds = min(STEP_SECONDS, time_left() * SHARE)
    try:
        # An interrupt may leave mpmath's precision as it was deep inside another step.
        with mpmath.workdps(_DIGITS), interrupted(seconds):
            return attempt(partial(_judged_or_told, case, step), _failed)
    except OutOfTimeError:
        return Judgement(Verdict.UNCHECKED, _too_long(seconds))


def _judged_or_told(case: Case, step: Step) -> Judgement:
    try:
        return judge(case, step)
    except _SYMPY_FAULTS as fault:
        kind = type(fault).__name__
        return Judgement(Verdict.UNCHECKED, f"SymPy fails on this step ({kind}); please report it")


def _failed(reason: str) -> Judgement:
    """A step on which litgrad itself fails."""
    return Judgement(Verdict.UNCHECKED, reason)


def _unread(step: Step) -> str | None:
    """Which side has no meaning and why; first one that has none in vectors and matrices either."""
    sides = [(name, one) for name, one in (("left", step.left), ("right", step.right)) if one.term is None]
    if not sides:
        return None
    name, member = next((pair for pair in sides if pair[1].tensor is None), sides[0])
    return f"the {name} side is not read: {member.reason}"


def _too_long(seconds: float) -> str:
    if seconds < STEP_SECONDS:
        return f"this step took more than its share of the time for this post ({seconds:.1f} s)"
    return f"this step took longer than {STEP_SECONDS:g} seconds"


def judge(case: Case, step: Step) -> Judgement:
    """The judgement on one sign; what is not settled as it stands may be settled size by size."""
    double = judge_both(case, step, judge)
    if double is not None:
        return double
    if have_other_units(step, case.statements.source):
        return _with_units(case, step)
    congruent = judge_congruence(case, step)
    if congruent is not None:
        return congruent
    begun = judge_begun(case, step)
    if begun is not None:
        return begun
    read = with_integrals(step)
    found = without_proof(case, read) or _judged(case, read)
    if mentions_remainder(step, case.statements):
        return found
    if found.verdict is Verdict.UNCHECKED and step.introduces is None and step.aside is None:
        found = _judged_by_chance(case, step) or found
    if found.verdict is Verdict.REFUTED and same_but_for_a_constant(
        read, case.earlier(step), case.statements
    ):
        return Judgement(Verdict.UNCHECKED, reasons.BY_A_CONSTANT)
    identity = step.introduces is None and step.aside is None and step.sign.symbol in IDENTITY_SIGNS
    if found.verdict is not Verdict.UNCHECKED or not identity:
        return found
    usual = by_usual(read, case.statements)
    if usual is not None:
        return usual
    in_entries = attempt(partial(judge_entries, step, case.statements), _failed)
    if in_entries is not None:
        return in_entries
    crossed = attempt(partial(judge_cross, step, case.statements), _failed)
    if crossed is not None:
        return crossed
    in_tensors = _judged_in_tensors(case, step)
    if in_tensors is not None and in_tensors.verdict not in (Verdict.UNCHECKED, Verdict.REFUTED):
        return in_tensors
    by_size = _judged_by_size(case, step)
    again = partial(_by_size, case)
    judged = [excused(one, step, case.statements, again) for one in (by_size, in_tensors) if one is not None]
    settled = next((one for one in judged if one.verdict is not Verdict.UNCHECKED), None)
    return (
        settled
        or attempt(partial(judge_gradient, step, case.statements), _failed)
        or judge_unread(step, case.statements)
        or judge_extremal(step, case.statements)
        or from_above(case, step)
        or _by_values_above(case, step)
        or _by_same_side(case, step)
        or _as_mean(case, step)
        or (judged or [found])[0]
    )


def _with_units(case: Case, step: Step) -> Judgement:
    """The judgement on a step between quantities, of which only units that are read can be compared."""
    found = without_proof(case, step)
    if found is None and all(side.term is not None for side in (step.left, step.right)):
        found = _judged(case, step)
    compared_units = found is not None and found.rule == "units"
    return found if found is not None and compared_units else Judgement(Verdict.UNCHECKED, reasons.UNITS)


def _as_mean(case: Case, step: Step) -> Judgement | None:
    """`\\frac{1}{n} \\sum_i x_i = \\bar{x}` of a name that the post gives no other value."""
    read = [term.expr if (term := term_of(side)) is not None else None for side in (step.left, step.right)]
    for name, value in (read, read[::-1]):
        if not isinstance(name, Symbol) or value is None or not is_mean(name, value, case.world):
            continue
        given = (*case.statements.definitions, *case.statements.indexed)
        if all(one.name != name.name for one in given):
            return Judgement(Verdict.DEFINITION, f"`{name.name}` is the mean", rule="definition")
    return None


def _by_values_above(case: Case, step: Step) -> Judgement | None:
    """A step that holds with the values that equations above give its unread pieces."""
    used = by_values_above(step, case.statements)
    lines = sorted({case.statements.source.line(one.sign.span.start) for one in used})
    return Judgement(Verdict.PROVED, reasons.follows_from(lines), rule="substitution") if lines else None


def _by_same_side(case: Case, step: Step) -> Judgement | None:
    """`b = 1` below `a = 1`, where a and b are proved equal."""
    pair = between_rows(step, case.derivation, case.statements)
    if pair is None:
        return None
    premise, between = pair[0], with_integrals(pair[1])
    single = replace(case, derivation=replace(case.derivation, steps=(between,)))
    found = without_proof(single, between) or _judged(single, between)
    if found.verdict is not Verdict.PROVED:
        return None
    return rests_on((premise,), case.statements)


def _judged_in_tensors(case: Case, step: Step) -> Judgement | None:
    """The judgement on a step of vectors; what goes wrong there costs no other step."""
    return attempt(partial(judge_tensors, step, case.derivation, case.statements), _failed)


def _judged_by_chance(case: Case, step: Step) -> Judgement | None:
    """The judgement on a step of probabilities; what goes wrong there costs no other step."""
    return attempt(partial(judge_chances, step, case.statements), _failed)


def _judged_by_size(case: Case, step: Step) -> Judgement | None:
    """The judgement on a step over indices, with a repair if it is refuted and one is found in time."""
    found = _by_size(case, step)
    if found is None or found.verdict is not Verdict.REFUTED or found.repair is not None:
        return found
    try:
        with interrupted(min(REPAIR_SECONDS, time_left() * SHARE / 2)):
            repair = find_sized_repair(
                step, case.statements.scope, lambda one: judge_by_size(one, case.statements, case.world)
            )
    except OutOfTimeError:
        return found
    return found if repair is None else replace(found, repair=repair, blame=repair.span)


def _by_size(case: Case, step: Step) -> Judgement | None:
    """The judgement size by size, where it takes no longer than what is left for it."""
    try:
        with interrupted(min(_SIZES_SECONDS, time_left() * SHARE / 2)):
            return judge_by_size(step, case.statements, case.world)
    except OutOfTimeError:
        return None


def _judged(case: Case, step: Step) -> Judgement:
    """The judgement on one sign whose sides are read."""
    setting = Setting.of(case.statements, step)
    left, right = sides_of(step)
    for side, expr in (("left", left), ("right", right)):
        if setting.is_too_large(expr):
            return Judgement(Verdict.UNCHECKED, reasons.too_large(side, SIZE_LIMIT))
    series = judge_series(case, step, setting)
    if series is not None:
        return series
    if not holds_integrals(step):
        return compared(case, step, setting)
    ready = made_ready(with_ranges(step, case.derivation), setting)
    if isinstance(ready, str):
        return Judgement(Verdict.UNCHECKED, ready)
    found = by_value(ready, case.derivation, case.statements) or in_words(
        compared(case, ready.step, ready.setting), ready
    )
    if found.verdict is not Verdict.UNCHECKED:
        return found
    measured = by_quadrature(ready, case.derivation, case.statements)
    if measured is None or measured.verdict is not Verdict.UNCHECKED:
        return measured or found
    return (where_positive(ready) if doubt_of(step, case.derivation) is None else None) or measured


def without_proof(case: Case, step: Step) -> Judgement | None:
    """What is decided without looking at values."""
    if step.introduces is not None or step.aside is not None:
        premise = failed(step, case.derivation, case.statements)
        if premise is not None:
            line = case.statements.source.line(premise.sign.span.start)
            return Judgement(Verdict.UNCHECKED, reasons.does_not_solve(line))
    if step.introduces is not None:
        of_sequence = judge_recurrence(step, case.statements)
        if of_sequence is not None:
            return of_sequence
    if step.introduces is not None:
        return Judgement(Verdict.DEFINITION, reasons.introduction(step), rule="definition")
    if step.aside is not None:
        if step.aside in DECLARED:
            return proved_bound(step, case.statements) or Judgement(Verdict.DEFINITION, step.aside)
        return from_above(case, step) or Judgement(Verdict.UNCHECKED, step.aside)
    if step.sign.symbol in ARROWS:
        return implied(case, step)
    unread = _unread(step)
    if unread is not None:
        return Judgement(Verdict.UNCHECKED, unread)
    if step.sign.symbol not in JUDGED_SIGNS:
        return Judgement(
            Verdict.UNCHECKED, f"`{step.sign.symbol}` is a relation that litgrad does not judge yet"
        )
    return None
