"""`17 \\equiv 5 \\pmod{12}`: whether a whole number divides the difference of two others."""

from sympy import Expr, Integer, Poly

from litgrad.checking.case import Case
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.meaning.interpret import interpret
from litgrad.meaning.remainders import congruence_of
from litgrad.meaning.statements import Member, Step
from litgrad.meaning.terms import Term

_OPEN = "a congruence that is not settled"


def judge_congruence(case: Case, step: Step) -> Judgement | None:
    """The judgement on a step of a chain of congruences; None for any other step.

    The modulus may stand behind the last member alone.
    """
    if step.sign.symbol not in ("=", r"\equiv"):
        return None
    last = case.derivation.members[-1] if step.sign.symbol == r"\equiv" else step.right
    found = None if last.node is None else congruence_of(last.node)
    if found is None or _is_remainder(step):
        return None
    modulus = _value(case, step, Member(found.modulus.span, found.modulus, None))
    sides = [_value(case, step, side) for side in (step.left, step.right)]
    if not isinstance(modulus, Integer) or modulus == 0 or None in sides:
        return Judgement(Verdict.UNCHECKED, _OPEN)
    left, right = sides
    assert left is not None
    assert right is not None
    return _judged(left - right, modulus, step)


def _is_remainder(step: Step) -> bool:
    """`r = a \\bmod n` of a name, or of a value that is the remainder."""
    if step.introduces is not None:
        return True
    left, right = (side.term for side in (step.left, step.right))
    return step.sign.symbol == "=" and left is not None and right is not None and left.expr == right.expr


def _judged(gap: Expr, modulus: Integer, step: Step) -> Judgement:
    if gap.is_Integer and gap % modulus != 0:
        reason = f"the sides differ by {abs(gap)}, which {modulus} does not divide"
        return Judgement(Verdict.REFUTED, reason, blame=step.right.span)
    if gap.is_Integer or _all_divided(gap, modulus):
        return Judgement(Verdict.PROVED, f"{modulus} divides the difference of the sides", rule="congruence")
    return Judgement(Verdict.UNCHECKED, _OPEN)


def _all_divided(gap: Expr, modulus: Integer) -> bool:
    """Whether the coefficients of a polynomial in whole numbers are multiples of the modulus."""
    symbols = sorted(gap.free_symbols, key=str)
    if not symbols or not gap.is_polynomial(*symbols):
        return False
    return all(one.is_Integer and one % modulus == 0 for one in Poly(gap, *symbols).coeffs())


def _value(case: Case, step: Step, member: Member) -> Expr | None:
    """A member with the post's numbers put in, the modulus behind it taken off."""
    if member.node is None:
        return None
    found = congruence_of(member.node)
    term = interpret(member.node if found is None else found.inner, case.statements.scope)
    if not isinstance(term, Term) or term.unjudged is not None or term.doubts:
        return None
    return Setting.of(case.statements, step).expanded(term.expr).doit()
