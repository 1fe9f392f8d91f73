"""Steps that hold for whole numbers alone, with letters that mostly stand for such."""

from dataclasses import replace

import sympy
from sympy import Expr, Symbol

from litgrad.checking import reasons
from litgrad.checking.calculus.bound import HELD
from litgrad.checking.refutation import search
from litgrad.checking.setting import Setting
from litgrad.checking.sides import shown_in, sides_of
from litgrad.checking.verdicts import Counterexample, Judgement, Verdict
from litgrad.checking.whole import divisors, equal_for_whole, turns_with
from litgrad.meaning.forms import latex_of
from litgrad.meaning.statements import Step

_LETTERS = frozenset("ijklmnMN")
"""The letters of counts and indices."""
_ENOUGH = 4
"""At how many points sides agree that differ nowhere among whole numbers."""


def true_but_at_zeros(step: Step, setting: Setting) -> Judgement | None:
    """The judgement on a step about whole numbers that is proved where no divisor of it is 0."""
    sides = [setting.expanded(side) for side in sides_of(step)]
    if not setting.whole or not any(side.has(*HELD) for side in sides_of(step)):
        return None
    if not equal_for_whole(sides[0], sides[1], setting.whole, setting.known_positive(leaves=True)):
        return None
    unequal = tuple(rf"{latex_of(one)} \ne 0" for one in divisors(sides, setting.whole))
    if not unequal:
        return None
    shown = reasons.joined(f"`{one}`" for one in unequal)
    return Judgement(Verdict.CONDITIONAL, f"holds where {shown}", conditions=unequal)


def true_of_whole(step: Step, setting: Setting) -> Judgement | None:
    """The judgement on a step that is proved for whole values of its counts; None where it is not."""
    sides = [setting.expanded(side) for side in sides_of(step)]
    if not any(turns_with(side, one) for side in sides for one in side.free_symbols if _may_count(one)):
        return None
    found = among_whole(step, setting, proving=True)
    return found if isinstance(found, Judgement) else None


def among_whole(step: Step, setting: Setting, *, proving: bool = False) -> Judgement | Counterexample | None:
    """What a step whose sides differ says of whole numbers, which its counts and indices may be.

    Gives a judgement where its sides are equal among them, a point where they differ there as well, and
    None where no letter of it may be a count, or with `proving` where nothing is proved.
    """
    left, right = sides_of(step)
    free = setting.expanded(left).free_symbols | setting.expanded(right).free_symbols
    names = sorted((one for one in free if _may_count(one) and one not in setting.whole), key=str)
    if not names:
        return None
    assumed = tuple((one, sympy.S.Integers) for one in names)
    whole = replace(setting, assumed=(*setting.assumed, *assumed))
    sides = setting.expanded(left), setting.expanded(right)
    if equal_for_whole(*sides, names, whole.known_positive(leaves=True)):
        return _for_whole(names, divisors(sides, names) if left.has(*HELD) or right.has(*HELD) else ())
    if proving:
        return None
    found = search(whole, left, right, shown_in(step))
    if found.counterexample is None and found.agreed >= _ENOUGH:
        return Judgement(Verdict.UNCHECKED, "the sides agree at whole numbers and differ at others")
    return found.counterexample


def _for_whole(names: list[sympy.Basic], apart: tuple[Expr, ...]) -> Judgement:
    shown = reasons.joined(f"`{one.name}`" for one in names)
    number = "whole numbers" if len(names) > 1 else "a whole number"
    unequal = tuple(rf"{latex_of(one)} \ne 0" for one in apart)
    conditions = (*(rf"{one.name} \in \mathbb{{Z}}" for one in names), *unequal)
    reason = f"holds where {shown} {'are' if len(names) > 1 else 'is'} {number}"
    with_these = "".join(f" and `{one}`" for one in unequal)
    return Judgement(Verdict.CONDITIONAL, reason + with_these, conditions=conditions)


def _may_count(one: sympy.Basic) -> bool:
    return isinstance(one, Symbol) and one.name in _LETTERS
