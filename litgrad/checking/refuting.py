"""Steps whose sides differ: refuted, unless a premise, a doubt or a stated equation explains it."""

from sympy import Symbol

from litgrad.checking import reasons
from litgrad.checking.arrows import from_above
from litgrad.checking.asides import no_identity, said_to_be_wrong
from litgrad.checking.blame import find_repair, smallest_difference
from litgrad.checking.case import REPAIR_SECONDS, SHARE, Case
from litgrad.checking.held import held_fixed, is_free, is_partial
from litgrad.checking.hypotheses import Hypothesis, above, hypotheses, implied_by, solved
from litgrad.checking.imaginary import UNITS, apart_as_complex, behind_definitions, equal_as_complex
from litgrad.checking.implicit import judge_implicit
from litgrad.checking.perhaps_whole import among_whole, true_of_whole
from litgrad.checking.premises import (
    Candidate,
    innermost,
    names_in,
    suspects,
    under,
)
from litgrad.checking.refutation import Search, search
from litgrad.checking.relations import judge_rounded
from litgrad.checking.resting import rests_on
from litgrad.checking.setting import Setting
from litgrad.checking.sides import doubt_of, shown_in, sides_of
from litgrad.checking.solved import failed
from litgrad.checking.unknowns import homogeneous_difference
from litgrad.checking.verdicts import Counterexample, Judgement, Premise, Repair, Verdict
from litgrad.deadline import OutOfTimeError, interrupted, time_left
from litgrad.meaning.statements import Step
from litgrad.source import Span


def refuted(
    case: Case, step: Step, setting: Setting, pairs: frozenset[tuple[Symbol, Symbol]], found: Search
) -> Judgement:
    """The judgement on two sides of which no proof shows that they are equal.

    Takes the derivation's case, the step, what it is judged under, the dependences that the post leaves
    open, and what a search for a difference found.
    """
    left, right = sides_of(step)
    setting, assumed = _best_reading(case, step, setting, pairs)
    if pairs or assumed:
        found = search(setting, left, right, shown_in(step))
    if found.counterexample is None and pairs:
        found = homogeneous_difference(setting, left, right, shown_in(step))
    if found.counterexample is None:
        implied = judge_implicit(case, step, Setting.of(case.statements, step), pairs)
        held = implied or _held(case, step, pairs)
        return held or Judgement(Verdict.UNCHECKED, reasons.unknown(pairs, setting, left, right))
    rounded = judge_rounded(step, case.derivation, setting, case.statements)
    return rounded or _differing(case, step, setting, assumed, found)


def _differing(
    case: Case, step: Step, setting: Setting, assumed: tuple[Premise, ...], found: Search
) -> Judgement:
    """The judgement on sides that differ at a point as they are read."""
    complex_ = _as_complex(case, step, setting)
    if complex_ is not None:
        return complex_
    doubt = doubt_of(step, case.derivation) or no_identity(step, case.derivation, setting, case.statements)
    given = hypotheses(step, setting, case.statements)
    used = implied_by(step, setting, given if doubt is None else above(step, given))
    if used:
        return rests_on((one.step for one in used), case.statements)
    doubt = doubt or _unit_behind(step, setting) or _concluded_below(case, step)
    if doubt is not None:
        found_true = true_of_whole(step, setting) or from_above(case, step)
        return found_true or Judgement(Verdict.UNCHECKED, doubt)
    if given:
        found = search(solved(setting, given), *sides_of(step), shown_in(step))
    if found.counterexample is None:
        return Judgement(Verdict.UNCHECKED, reasons.perhaps_from(_lines(case, given)))
    whole = among_whole(step, setting)
    if isinstance(whole, Judgement):
        return whole
    return _wrong(case, step, setting, assumed, whole or found.counterexample)


def _as_complex(case: Case, step: Step, setting: Setting) -> Judgement | None:
    """The judgement on a step with a letter that can only be the imaginary unit, or is one as it proves."""
    unit = equal_as_complex(setting, *sides_of(step))
    if unit is not None:
        reason = f"the real and the imaginary parts are equal, with `{unit}` the imaginary unit"
        return Judgement(Verdict.PROVED, reason, rule="complex numbers")
    apart = _apart_as_complex(case, step, setting)
    return None if apart is None else Judgement(Verdict.REFUTED, apart, blame=step.right.span)


def _apart_as_complex(case: Case, step: Step, setting: Setting) -> str | None:
    """Why a step is wrong in which a letter can only be the imaginary unit."""
    sides = sides_of(step)
    doubts = [doubt for member in (step.left, step.right) if member.term for doubt in member.term.doubts]
    if any("imaginary unit" not in doubt for doubt in doubts):
        return None
    numbers = not {free for side in sides for free in side.free_symbols} - set(UNITS)
    if not numbers and no_identity(step, case.derivation, setting, case.statements) is not None:
        return None
    if said_to_be_wrong(step, case.statements):
        return None
    return apart_as_complex(setting, *sides, case.statements.source.text)


def _concluded_below(case: Case, step: Step) -> str | None:
    """Why an equation is not judged by a value that is concluded from it."""
    following = case.statements.derivations[case.derivation.index + 1 : case.derivation.index + 2]
    for derivation in following:
        if failed(derivation.steps[0], derivation, case.statements) is not None:
            return "the value that is concluded from it does not make it true"
    return None


def _unit_behind(step: Step, setting: Setting) -> str | None:
    unit = behind_definitions(setting, *sides_of(step))
    return None if unit is None else f"the sides differ as read, but `{unit}` may be the imaginary unit"


def _wrong(
    case: Case, step: Step, setting: Setting, assumed: tuple[Premise, ...], found: Counterexample
) -> Judgement:
    """A refutation with what would mend the step."""
    repair, blame = _what_is_wrong(case, step, setting)
    return Judgement(
        Verdict.REFUTED,
        reasons.refutation(found, assumed),
        counterexample=found,
        premises=assumed,
        repair=repair,
        blame=blame,
    )


def _lines(case: Case, given: tuple[Hypothesis, ...]) -> list[int]:
    return sorted({case.statements.source.line(one.step.sign.span.start) for one in given})


def _held(case: Case, step: Step, pairs: frozenset[tuple[Symbol, Symbol]]) -> Judgement | None:
    """The step with names held fixed of which the post does not say how they depend on the variable."""
    names = held_fixed(step, Setting.of(case.statements, step), pairs)
    if not names:
        return None
    shown = reasons.joined(f"`{name.name}`" for name in names)
    sure = is_partial(step) and all(is_free(name, step, case.statements) for name in names)
    if sure:
        return Judgement(Verdict.PROVED, f"equal with {shown} held fixed", rule="differentiation")
    return Judgement(Verdict.CONDITIONAL, f"holds with {shown} held fixed", rule="differentiation")


def _what_is_wrong(case: Case, step: Step, setting: Setting) -> tuple[Repair | None, Span]:
    """A repair and the smallest wrong piece; if they take long, the step is refuted without them."""
    try:
        with interrupted(min(REPAIR_SECONDS, time_left() * SHARE / 2)):
            repair = find_repair(step, setting, case.statements)
            return repair, repair.span if repair is not None else smallest_difference(step, setting)
    except OutOfTimeError:
        return None, step.right.span


def _best_reading(
    case: Case, step: Step, setting: Setting, pairs: frozenset[tuple[Symbol, Symbol]]
) -> tuple[Setting, tuple[Premise, ...]]:
    """The setting to refute under: with the premises that hold around the step, where it needs them."""
    used = {name: premise for name, premise in case.premises.items() if name in names_in(step, setting)}
    open_names = [name for name in innermost(setting, suspects(setting, pairs)) if name not in used]
    only = case.pool[0] if len(case.pool) == 1 and len(open_names) == 1 else None
    if only is not None and _clashes(case, setting, open_names[0], only):
        used[open_names[0]] = Premise(open_names[0], only.value, f"{open_names[0].name} = {only.latex}")
    if used:
        return under(setting, used), tuple(used.values())
    return (setting.with_unknown(pairs) if pairs else setting), ()


def _clashes(case: Case, setting: Setting, name: Symbol, only: Candidate) -> bool:
    """Whether the post's own definition of a name cannot be meant, and the one candidate can."""
    return name in setting.definitions.values and name not in only.value.free_symbols
