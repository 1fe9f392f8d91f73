"""What integrals and limits say about a step: infinite values, quadrature, and the words for it."""

from dataclasses import replace

import sympy
from sympy import Derivative, Integral, oo
from sympy.core.function import AppliedUndef

from litgrad.checking import reasons
from litgrad.checking.asides import no_identity
from litgrad.checking.calculus.bound import HELD
from litgrad.checking.calculus.quadrature import DIGITS, compared, enough
from litgrad.checking.calculus.ready import Ready
from litgrad.checking.proof import prove
from litgrad.checking.setting import Setting
from litgrad.checking.sides import doubt_of, shown_in, sides_of
from litgrad.checking.verdicts import Counterexample, Judgement, Verdict
from litgrad.meaning.statements import Derivation, Member, Statements, Step

_NEEDED = 4
"""How many premises are tried."""


def by_value(ready: Ready, derivation: Derivation, statements: Statements) -> Judgement | None:
    """A verdict where a side has no finite value; None where both have one, or none is known."""
    if ready.step.sign.symbol != "=" or ready.setting.by is not None:
        return None
    left, right = map(ready.setting.expanded, sides_of(ready.step))
    infinite = [side in (oo, -oo) for side in (left, right)]
    if all(infinite) and left == right:
        return Judgement(Verdict.PROVED, "both sides are infinite", rule=_rule(ready))
    if any(side.has(oo, -oo, sympy.nan, sympy.zoo) for side in (left, right)) and not any(infinite):
        return Judgement(Verdict.UNCHECKED, "an infinite value in a place where it is not judged")
    if not any(infinite):
        return None
    finite = left if infinite[1] else right
    if not all(infinite) and (finite.has(*HELD, AppliedUndef, Derivative, oo, -oo) or finite.free_symbols):
        return Judgement(Verdict.UNCHECKED, f"the {'left' if infinite[0] else 'right'} side is infinite")
    doubt = doubt_of(ready.step, derivation) or no_identity(ready.step, derivation, ready.setting, statements)
    if doubt is not None:
        return Judgement(Verdict.UNCHECKED, doubt)
    found = Counterexample((), left, right)
    return _refuted(ready, f"the {'left' if infinite[0] else 'right'} side is infinite", found)


def in_words(judgement: Judgement, ready: Ready) -> Judgement:
    """The same judgement, its reason saying what was done with integrals and limits."""
    by = ready.setting.by
    plain = judgement.rule in _PLAIN_RULES or (by is not None and judgement.rule != "the same expression")
    if judgement.verdict is Verdict.PROVED and plain:
        reason = (
            f"the derivatives of both sides by `{by.name}` are equal"
            if by
            else f"equal with the {_rule(ready)}s worked out"
        )
        return replace(judgement, reason=reason, rule=_rule(ready))
    if judgement.verdict is Verdict.REFUTED and by is not None:
        reason = judgement.reason.replace(
            "the sides differ", f"the derivatives of the sides by `{by.name}` differ"
        )
        return replace(judgement, reason=reason)
    return judgement


def by_quadrature(ready: Ready, derivation: Derivation, statements: Statements) -> Judgement | None:
    """A verdict from the values of integrals that have no closed form; None where all have one."""
    sides = sides_of(ready.step)
    expanded = [ready.setting.expanded(side) for side in sides]
    held, unknown = (any(side.has(*kinds) for side in expanded) for kinds in (HELD, (AppliedUndef,)))
    if not held or unknown or ready.step.sign.symbol != "=":
        return None
    found = compared(ready.setting, *sides, shown_in(ready.step))
    if found.counterexample is not None:
        doubt = doubt_of(ready.step, derivation) or no_identity(
            ready.step, derivation, ready.setting, statements
        )
        if doubt is not None:
            return Judgement(Verdict.UNCHECKED, doubt)
        return _refuted(ready, reasons.refutation(found.counterexample, ()), found.counterexample)
    if enough(found.agreed, sides):
        places = f" at {found.agreed} points" if found.agreed > 1 else ""
        reason = f"no proof found; by quadrature the sides agree to {DIGITS} digits{places}"
        return Judgement(Verdict.CONFIRMED, reason)
    return Judgement(Verdict.UNCHECKED, f"no value of the {_rule(ready)} was found")


def where_positive(ready: Ready) -> Judgement | None:
    """The step where one of its symbols, or all of them, are above zero, as integrals need to converge."""
    sides = sides_of(ready.step)
    free = sorted({one for side in map(ready.setting.expanded, sides) for one in side.free_symbols}, key=str)
    for needed in [*([one] for one in free), *([free] if len(free) > 1 else [])][:_NEEDED]:
        assumed = tuple((one, sympy.Interval.open(0, oo)) for one in needed)
        setting = replace(ready.setting, assumed=(*ready.setting.assumed, *assumed))
        if prove(setting, *sides) is not None:
            conditions = tuple(f"{one.name} > 0" for one in needed)
            shown = reasons.joined(f"`{condition}`" for condition in conditions)
            return Judgement(Verdict.CONDITIONAL, f"holds where {shown}", conditions=conditions)
    return None


def _refuted(ready: Ready, reason: str, found: Counterexample) -> Judgement:
    return Judgement(Verdict.REFUTED, reason, counterexample=found, blame=ready.step.right.span)


_PLAIN_RULES = frozenset(["algebra", "substitution", "differentiation", "simplification"])


def _rule(ready: Ready) -> str:
    return "limit" if all(not side.has(Integral) for side in sides_of(ready.step)) else "integral"


def same_but_for_a_constant(step: Step, earlier: tuple[Member, ...], statements: Statements) -> bool:
    """Whether the chain has an indefinite integral before a step whose sides are antiderivatives alike."""
    terms = [member.calculus.expr for member in earlier if member.calculus is not None]
    ends = {one.limits for term in terms for one in term.atoms(Integral)}
    variables = {limits[0][0] for limits in ends if len(limits) == 1 and len(limits[0]) == 1}
    setting = Setting.of(statements, step)
    return any(
        prove(replace(setting, by=variable), *sides_of(step)) is not None
        for variable in sorted(variables - set(setting.definitions.values), key=str)
        if not any(side.has(*HELD) for side in sides_of(step))
    )
