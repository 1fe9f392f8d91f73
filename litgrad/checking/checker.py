"""`check`: a derivation to a judgement on each of its signs."""

from dataclasses import dataclass, field, replace
from functools import partial

import sympy
from sympy import Expr, Symbol, latex, oo

from litgrad.checking import inequalities, reasons
from litgrad.checking.asides import no_identity
from litgrad.checking.blame import find_repair, smallest_difference
from litgrad.checking.calculus.judge import (
    by_quadrature,
    by_value,
    in_words,
    same_but_for_a_constant,
    where_positive,
)
from litgrad.checking.calculus.ready import holds_integrals, made_ready, with_integrals
from litgrad.checking.conditions import Need, conditions
from litgrad.checking.consequences import ARROWS, BOTH_WAYS, by_values_above, concludes, premise_of
from litgrad.checking.differentials import in_differentials, is_of_one, missing, written
from litgrad.checking.entries import judge_entries
from litgrad.checking.held import held_fixed, is_free, is_partial
from litgrad.checking.hypotheses import Hypothesis, above, hypotheses, implied_by, solved
from litgrad.checking.imaginary import equal_as_complex
from litgrad.checking.indexed.judge import judge_by_size
from litgrad.checking.indexed.world import World, known_world
from litgrad.checking.inverse import differs_anyway, inverted
from litgrad.checking.messages import diagnostics_of
from litgrad.checking.needed import needless
from litgrad.checking.normal_form import is_nonnegative
from litgrad.checking.premises import (
    Candidate,
    candidates,
    innermost,
    missing_premise,
    names_in,
    suspects,
    under,
)
from litgrad.checking.probability.judge import judge_chances
from litgrad.checking.proof import Proof, prove
from litgrad.checking.refutation import ENOUGH, Search, search
from litgrad.checking.relations import judge_approximation, judge_inequality, judge_rounded
from litgrad.checking.rules import cancelled, rule_of
from litgrad.checking.setting import SIZE_LIMIT, Setting, unstated_dependences
from litgrad.checking.sides import doubt_of, shown_in, sides_of
from litgrad.checking.sized_repair import find_sized_repair
from litgrad.checking.symbolic import vanishes
from litgrad.checking.tensors.judge import judge_tensors
from litgrad.checking.unknowns import homogeneous_difference
from litgrad.checking.unread.judge import judge_unread
from litgrad.checking.verdicts import CheckedDerivation, CheckedStep, Judgement, Premise, Repair, Verdict
from litgrad.deadline import OutOfTimeError, interrupted, out_of_time, time_left
from litgrad.diagnostics import Label
from litgrad.faults import attempt
from litgrad.meaning.declarations import DECLARED
from litgrad.meaning.statements import Derivation, Member, Statements, Step
from litgrad.source import Span

_SYMPY_FAULTS = (RecursionError, ArithmeticError, ValueError, TypeError, NotImplementedError)
"""What SymPy raises on expressions that it cannot work with."""
STEP_SECONDS = 6.0
"""How long one step may take."""
_REPAIR_SECONDS = 2.5
"""How long a repair of a refuted step is looked for."""
_SIZES_SECONDS = 4.0
"""How long one step is written out for one size after another."""
_SHARE = 0.5
"""The part of the time left to the post that one step may take; the rest is for the others and the page."""
_OUT_OF_TIME = "the time for this post is used up"
_NEVER_ZERO = (sympy.gamma, sympy.factorial, sympy.exp)
_IDENTITY_SIGNS = frozenset(["=", r"\equiv"])
_APPROXIMATE_SIGNS = frozenset([r"\approx", r"\simeq", r"\approxeq"])
_ORDER_SIGNS = inequalities.LESS | inequalities.GREATER
_JUDGED_SIGNS = _IDENTITY_SIGNS | _APPROXIMATE_SIGNS | _ORDER_SIGNS


def check(derivation: Derivation, statements: Statements) -> CheckedDerivation:
    """Judge every sign of a derivation.

    Takes a derivation and all statements of its post. Gives one judgement per step, in order, and
    the diagnostics that follow from them. Premises that one step needs are held for the later ones.
    """
    pool = candidates(derivation, statements.source)
    checker = _Checker(statements, derivation, pool, known_world(statements))
    steps = tuple(CheckedStep(step, _bounded(checker, step)) for step in derivation.steps)
    return CheckedDerivation(derivation, steps, diagnostics_of(steps, statements))


def _bounded(checker: "_Checker", step: Step) -> Judgement:
    """A judgement, or why there is none in time or at all; one step never stops the others."""
    if out_of_time():
        return checker.without_proof(step) or Judgement(Verdict.UNCHECKED, _OUT_OF_TIME)
    seconds = min(STEP_SECONDS, time_left() * _SHARE)
    try:
        with interrupted(seconds):
            return attempt(partial(_judged_or_told, checker, step), _failed)
    except OutOfTimeError:
        return Judgement(Verdict.UNCHECKED, _too_long(seconds))


def _judged_or_told(checker: "_Checker", step: Step) -> Judgement:
    try:
        return checker.judge(step)
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


@dataclass(slots=True)
class _Checker:
    """Judges the steps of one derivation in order."""

    statements: Statements
    derivation: Derivation
    pool: tuple[Candidate, ...]
    world: World
    premises: dict[Symbol, Premise] = field(default_factory=dict)

    def judge(self, step: Step) -> Judgement:
        """The judgement on one sign; what is not settled as it stands may be settled size by size."""
        read = with_integrals(step)
        found = self.without_proof(read) or self._judged(read)
        if found.verdict is Verdict.UNCHECKED and step.introduces is None and step.aside is None:
            found = self._judged_by_chance(step) or found
        if found.verdict is Verdict.REFUTED and same_but_for_a_constant(
            read, self._earlier(step), self.statements
        ):
            return Judgement(Verdict.UNCHECKED, reasons.BY_A_CONSTANT)
        identity = step.introduces is None and step.aside is None and step.sign.symbol in _IDENTITY_SIGNS
        if found.verdict is not Verdict.UNCHECKED or not identity:
            return found
        in_entries = attempt(partial(judge_entries, step, self.statements), _failed)
        if in_entries is not None:
            return in_entries
        in_tensors = self._judged_in_tensors(step)
        if in_tensors is not None and in_tensors.verdict not in (Verdict.UNCHECKED, Verdict.REFUTED):
            return in_tensors
        by_size = self._judged_by_size(step)
        judged = [one for one in (by_size, in_tensors) if one is not None]
        settled = next((one for one in judged if one.verdict is not Verdict.UNCHECKED), None)
        return (
            settled
            or judge_unread(step, self.statements)
            or self._from_above(step)
            or self._by_values_above(step)
            or (judged or [found])[0]
        )

    def _by_values_above(self, step: Step) -> Judgement | None:
        """A step that holds with the values that equations above give its unread pieces."""
        used = by_values_above(step, self.statements)
        lines = sorted({self.statements.source.line(one.sign.span.start) for one in used})
        return Judgement(Verdict.PROVED, reasons.follows_from(lines), rule="substitution") if lines else None

    def _judged_in_tensors(self, step: Step) -> Judgement | None:
        """The judgement on a step of vectors; what goes wrong there costs no other step."""
        return attempt(partial(judge_tensors, step, self.derivation, self.statements), _failed)

    def _judged_by_chance(self, step: Step) -> Judgement | None:
        """The judgement on a step of probabilities; what goes wrong there costs no other step."""
        try:
            return judge_chances(step, self.statements)
        except (*_SYMPY_FAULTS, AttributeError, LookupError):
            return None

    def _judged_by_size(self, step: Step) -> Judgement | None:
        """The judgement on a step over indices, with a repair if it is refuted and one is found in time."""
        found = self._by_size(step)
        if found is None or found.verdict is not Verdict.REFUTED or found.repair is not None:
            return found
        try:
            with interrupted(min(_REPAIR_SECONDS, time_left() * _SHARE / 2)):
                repair = find_sized_repair(
                    step, self.statements.scope, lambda one: judge_by_size(one, self.statements, self.world)
                )
        except OutOfTimeError:
            return found
        return found if repair is None else replace(found, repair=repair, blame=repair.span)

    def _earlier(self, step: Step) -> tuple[Member, ...]:
        """The members of the chain before a step."""
        return self.derivation.members[: self.derivation.steps.index(step)]

    def _by_size(self, step: Step) -> Judgement | None:
        """The judgement size by size, where it takes no longer than what is left for it."""
        try:
            with interrupted(min(_SIZES_SECONDS, time_left() * _SHARE / 2)):
                return judge_by_size(step, self.statements, self.world)
        except OutOfTimeError:
            return None

    def _judged(self, step: Step) -> Judgement:
        """The judgement on one sign whose sides are read."""
        setting = Setting.of(self.statements, step)
        left, right = sides_of(step)
        for side, expr in (("left", left), ("right", right)):
            if setting.is_too_large(expr):
                return Judgement(Verdict.UNCHECKED, reasons.too_large(side, SIZE_LIMIT))
        if not holds_integrals(step):
            return self._compared(step, setting)
        ready = made_ready(step, setting)
        if isinstance(ready, str):
            return Judgement(Verdict.UNCHECKED, ready)
        found = by_value(ready, self.derivation, self.statements) or in_words(
            self._compared(ready.step, ready.setting), ready
        )
        if found.verdict is not Verdict.UNCHECKED:
            return found
        measured = by_quadrature(ready, self.derivation, self.statements)
        if measured is None or measured.verdict is not Verdict.UNCHECKED:
            return measured or found
        return (where_positive(ready) if doubt_of(step, self.derivation) is None else None) or measured

    def _compared(self, step: Step, setting: Setting) -> Judgement:
        """The judgement on two sides that can be compared."""
        left, right = sides_of(step)
        if step.sign.symbol in _ORDER_SIGNS and (left.has(oo) or right.has(oo)):
            return Judgement(Verdict.UNCHECKED, "an infinite bound")
        if step.sign.symbol in _ORDER_SIGNS:
            return judge_inequality(step, self.derivation, setting, self.statements)
        found = self._by_differentials(step, setting) or self._by_inverse(step, setting)
        return found or self._as_read(step, setting)

    def _by_differentials(self, step: Step, setting: Setting) -> Judgement | None:
        """The judgement on a step between differentials, such as `du = 2x dx`."""
        apart = in_differentials(step, setting, self.statements.scope)
        if apart is None:
            return None
        left, right = sides_of(apart.step)
        proof = prove(setting, left, right)
        if proof is not None:
            return Judgement(Verdict.PROVED, "the differentials of both sides are equal", rule="differential")
        if not is_of_one(apart):
            return Judgement(Verdict.UNCHECKED, f"the post does not say {missing(apart)}")
        found = search(setting, left, right, ()).counterexample
        if found is None or doubt_of(apart.step, self.derivation):
            return Judgement(Verdict.UNCHECKED, "a step between differentials that is not settled")
        found = replace(found, at=tuple((written(name), number) for name, number in found.at))
        return Judgement(Verdict.REFUTED, reasons.refutation(found, ()), counterexample=found)

    def _by_inverse(self, step: Step, setting: Setting) -> Judgement | None:
        """The judgement on rates such as `dw/dz` of a w that leads to z, read as one over `dz/dw`."""
        turned = inverted(step, setting)
        if turned is None:
            return None
        found = self._as_read(turned.step, setting)
        if found.verdict is Verdict.REFUTED and not differs_anyway(turned, setting):
            return Judgement(Verdict.UNCHECKED, f"the post does not say {reasons.follows(turned.pairs)}")
        if found.verdict is Verdict.PROVED and not turned.certain:
            moved = reasons.joined(f"`{by.name}` changes with `{of.name}` alone" for of, by in turned.pairs)
            reason = f"holds if {moved}"
            return Judgement(Verdict.CONDITIONAL, reason, rule="inverse function")
        return found if found.verdict is not Verdict.PROVED else replace(found, rule="inverse function")

    def _as_read(self, step: Step, setting: Setting) -> Judgement:
        """The judgement on two sides whose rates are those that the post gives."""
        left, right = sides_of(step)
        pairs = unstated_dependences(setting.definitions, left, right)
        judged = setting.with_unknown(pairs) if pairs else setting
        proof = prove(judged, left, right)
        if proof is not None:
            return self._proved(step, proof, pairs, needless(step, proof, judged, self.statements))
        if step.sign.symbol in _APPROXIMATE_SIGNS:
            return judge_approximation(step, self.derivation, setting, self.statements)
        return self._unproved(step, setting, judged, pairs)

    def without_proof(self, step: Step) -> Judgement | None:
        """What is decided without looking at values."""
        if step.introduces is not None:
            return Judgement(Verdict.DEFINITION, reasons.introduction(step), rule="definition")
        if step.aside is not None:
            if step.aside in DECLARED:
                return Judgement(Verdict.DEFINITION, step.aside)
            return self._from_above(step) or Judgement(Verdict.UNCHECKED, step.aside)
        if step.sign.symbol in ARROWS:
            return self._implied(step)
        unread = _unread(step)
        if unread is not None:
            return Judgement(Verdict.UNCHECKED, unread)
        if step.sign.symbol not in _JUDGED_SIGNS:
            return Judgement(
                Verdict.UNCHECKED, f"`{step.sign.symbol}` is a relation that litgrad does not judge yet"
            )
        return None

    # -------------------------------- proved --------------------------------

    def _proved(
        self, step: Step, proof: Proof, pairs: frozenset[tuple[Symbol, Symbol]], spare: frozenset[str]
    ) -> Judgement:
        left, right = sides_of(step)
        reason = reasons.proof(self.statements, step, proof, pairs, spare)
        rule = rule_of(left, right, proof)
        return Judgement(Verdict.PROVED, reason + self._domain(step, rule), rule=rule)

    def _domain(self, step: Step, rule: str) -> str:
        """What must not vanish where a factor was cancelled, in a clause."""
        if rule != "cancel":
            return ""
        known = Setting.of(self.statements, step).strictly_positive()
        open_ones = (expr for expr in cancelled(*sides_of(step)) if not isinstance(expr, _NEVER_ZERO))
        lost = [expr for expr in open_ones if not is_nonnegative(expr, known, strict=True)]
        written = self._written(step)
        return "".join(f", where `{written.get(expr) or latex(expr)}` is not 0" for expr in lost[:1])

    # -------------------------------- not proved as stated --------------------------------

    def _unproved(
        self, step: Step, setting: Setting, judged: Setting, pairs: frozenset[tuple[Symbol, Symbol]]
    ) -> Judgement:
        conditional = self._conditional(step, setting, pairs) or self._in_passing(step, setting)
        if conditional is not None:
            return conditional
        left, right = sides_of(step)
        found = search(judged, left, right, shown_in(step))
        if not pairs:
            needed = conditions(setting, left, right)
            if needed:
                return self._under_conditions(step, needed)
            if found.counterexample is None:
                return self._without_counterexample(setting, left, right, found)
        return self._refuted(step, setting, pairs, found)

    def _conditional(
        self, step: Step, setting: Setting, pairs: frozenset[tuple[Symbol, Symbol]]
    ) -> Judgement | None:
        """The step under a premise that an earlier step needed, or that the derivation suggests."""
        left, right = sides_of(step)
        used = {name: premise for name, premise in self.premises.items() if name in names_in(step, setting)}
        proof = prove(under(setting, used), left, right) if used else None
        if proof is None:
            names = suspects(setting, pairs) if pairs else names_in(step, setting)
            premise = missing_premise(setting, step, self.pool, names)
            if premise is None:
                return None
            used = {premise.symbol: premise}
            proof = prove(under(setting, used), left, right)
        assert proof is not None
        self.premises.update(used)
        premises = tuple(used.values())
        reason, related = reasons.conditional(self.statements, premises)
        rule = rule_of(left, right, proof)
        return Judgement(Verdict.CONDITIONAL, reason, rule=rule, premises=premises, related=related)

    def _in_passing(self, step: Step, setting: Setting) -> Judgement | None:
        """The step with a value that the post gives one of its symbols in passing, such as `y = 1`."""
        left, right = sides_of(step)
        if (left.is_Symbol and right.is_number) or doubt_of(step, self.derivation) is not None:
            return None
        for condition in self.statements.conditions:
            changed = setting.with_value(condition.symbol, condition.value)
            if condition.symbol in names_in(step, setting) and prove(changed, left, right) is not None:
                latex = " ".join(self.statements.source.slice(condition.span).replace("&", " ").split())
                premise = Premise(condition.symbol, condition.value, latex)
                line = self.statements.source.line(condition.span.start)
                related = (Label(condition.span, f"`{latex}` is said here"),)
                reason = f"holds for `{latex}`, which line {line} says"
                return Judgement(Verdict.CONDITIONAL, reason, premises=(premise,), related=related)
        return None

    def _without_counterexample(self, setting: Setting, left: Expr, right: Expr, found: Search) -> Judgement:
        """No proof and no counterexample: later provers, then points."""
        if found.agreed < ENOUGH // 2:
            return Judgement(Verdict.UNCHECKED, reasons.too_few_points(setting, left, right))
        if vanishes(setting.expanded(left) - setting.expanded(right)):
            return Judgement(
                Verdict.PROVED, "SymPy simplifies the difference of the sides to 0", rule="simplification"
            )
        return Judgement(
            Verdict.CONFIRMED, f"no proof found; the sides agree to 80 digits at {found.agreed} points"
        )

    def _under_conditions(self, step: Step, needs: tuple[Need, ...]) -> Judgement:
        """The step where its symbols lie right."""
        written = self._written(step)
        needed = tuple(need.latex(written) for need in needs)
        reason = f"holds where {reasons.joined(f'`{condition}`' for condition in needed)}"
        return Judgement(Verdict.CONDITIONAL, reason, conditions=needed)

    def _written(self, step: Step) -> dict[Expr, str]:
        """The pieces of a step in the author's own writing, the shortest of each."""
        parts = [part for member in (step.left, step.right) if member.term for part in member.term.parts]
        return {
            expr: " ".join(self.statements.source.slice(span).split())
            for span, expr in sorted(parts, key=lambda part: part[0].start - part[0].end)
        }

    # -------------------------------- refuted --------------------------------

    def _refuted(
        self, step: Step, setting: Setting, pairs: frozenset[tuple[Symbol, Symbol]], found: Search
    ) -> Judgement:
        left, right = sides_of(step)
        setting, assumed = self._best_reading(step, setting, pairs)
        if pairs or assumed:
            found = search(setting, left, right, shown_in(step))
        if found.counterexample is None and pairs:
            found = homogeneous_difference(setting, left, right, shown_in(step))
        if found.counterexample is None:
            held = self._held(step, pairs)
            return held or Judgement(Verdict.UNCHECKED, reasons.unknown(pairs, setting, left, right))
        rounded = judge_rounded(step, self.derivation, setting, self.statements)
        if rounded is not None:
            return rounded
        doubt = doubt_of(step, self.derivation) or no_identity(
            step, self.derivation, setting, self.statements
        )
        given = hypotheses(step, setting, self.statements)
        used = implied_by(step, setting, given if doubt is None else above(step, given))
        if used:
            return Judgement(Verdict.PROVED, reasons.follows_from(self._lines(used)), rule="solve")
        unit = equal_as_complex(setting, left, right)
        if unit is not None:
            reason = f"the real and the imaginary parts are equal, with `{unit}` the imaginary unit"
            return Judgement(Verdict.PROVED, reason, rule="complex numbers")
        if doubt is not None:
            return self._from_above(step) or Judgement(Verdict.UNCHECKED, doubt)
        found = found if not given else search(solved(setting, given), left, right, shown_in(step))
        if found.counterexample is None:
            return Judgement(Verdict.UNCHECKED, reasons.perhaps_from(self._lines(given)))
        repair, blame = self._what_is_wrong(step, setting)
        return Judgement(
            Verdict.REFUTED,
            reasons.refutation(found.counterexample, assumed),
            counterexample=found.counterexample,
            premises=assumed,
            repair=repair,
            blame=blame,
        )

    def _lines(self, given: tuple[Hypothesis, ...]) -> list[int]:
        return sorted({self.statements.source.line(one.step.sign.span.start) for one in given})

    def _held(self, step: Step, pairs: frozenset[tuple[Symbol, Symbol]]) -> Judgement | None:
        """The step with names held fixed of which the post does not say how they depend on the variable."""
        names = held_fixed(step, Setting.of(self.statements, step), pairs)
        if not names:
            return None
        shown = reasons.joined(f"`{name.name}`" for name in names)
        sure = is_partial(step) and all(is_free(name, step, self.statements) for name in names)
        if sure:
            return Judgement(Verdict.PROVED, f"equal with {shown} held fixed", rule="differentiation")
        return Judgement(Verdict.CONDITIONAL, f"holds with {shown} held fixed", rule="differentiation")

    def _what_is_wrong(self, step: Step, setting: Setting) -> tuple[Repair | None, Span]:
        """A repair and the smallest wrong piece; if they take long, the step is refuted without them."""
        try:
            with interrupted(min(_REPAIR_SECONDS, time_left() * _SHARE / 2)):
                repair = find_repair(step, setting, self.statements)
                return repair, repair.span if repair is not None else smallest_difference(step, setting)
        except OutOfTimeError:
            return None, step.right.span

    def _from_above(self, step: Step) -> Judgement | None:
        """An equation that follows from the one in the row above."""
        above = premise_of(step, self.derivation, self.statements)
        if above is None:
            return None
        if above in self.derivation.steps:
            return Judgement(Verdict.PROVED, "follows from the equation before the arrow", rule="solve")
        line = self.statements.source.line(above.sign.span.start)
        return Judgement(Verdict.PROVED, reasons.follows_from([line]), rule="solve")

    def _implied(self, step: Step) -> Judgement:
        """An arrow between two equations."""
        at = self.derivation.steps.index(step)
        around = self.derivation.steps[max(at - 1, 0) : at + 2]
        if len(around) < 3 or any(one.sign.symbol not in _IDENTITY_SIGNS for one in (around[0], around[2])):
            return Judgement(Verdict.UNCHECKED, "an arrow that does not stand between two equations")
        ways = [(around[2], around[0])]
        ways += [(around[0], around[2])] if step.sign.symbol in BOTH_WAYS else []
        if all(concludes(one, other, self.statements) for one, other in ways):
            return Judgement(
                Verdict.PROVED, "the equation behind it follows from the one before it", rule="solve"
            )
        return Judgement(
            Verdict.UNCHECKED, "it is not shown that the equation behind it follows from the one before it"
        )

    def _clashes(self, setting: Setting, name: Symbol, only: Candidate) -> bool:
        """Whether the post's own definition of a name cannot be meant, and the one candidate can."""
        return name in setting.definitions.values and name not in only.value.free_symbols

    def _best_reading(
        self, step: Step, setting: Setting, pairs: frozenset[tuple[Symbol, Symbol]]
    ) -> tuple[Setting, tuple[Premise, ...]]:
        """The setting to refute under: with the premises that hold around the step, where it needs them."""
        used = {name: premise for name, premise in self.premises.items() if name in names_in(step, setting)}
        open_names = [name for name in innermost(setting, suspects(setting, pairs)) if name not in used]
        only = self.pool[0] if len(self.pool) == 1 and len(open_names) == 1 else None
        if only is not None and self._clashes(setting, open_names[0], only):
            used[open_names[0]] = Premise(open_names[0], only.value, f"{open_names[0].name} = {only.latex}")
        if used:
            return under(setting, used), tuple(used.values())
        return (setting.with_unknown(pairs) if pairs else setting), ()
