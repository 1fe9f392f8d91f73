"""Steps that hold for whole numbers alone, with letters that mostly stand for such."""

from dataclasses import replace

import sympy
from sympy import Symbol

from litgrad.checking import reasons
from litgrad.checking.proof import prove
from litgrad.checking.refutation import search
from litgrad.checking.setting import Setting
from litgrad.checking.sides import shown_in, sides_of
from litgrad.checking.verdicts import Counterexample, Judgement, Verdict
from litgrad.meaning.statements import Step

_LETTERS = frozenset("ijklmnMNpqrs")
"""The letters of counts and indices."""
_ENOUGH = 4
"""At how many points sides agree that differ nowhere among whole numbers."""


def among_whole(step: Step, setting: Setting) -> Judgement | Counterexample | None:
    """What a step whose sides differ says of whole numbers, which its counts and indices may be.

    Gives a judgement where its sides are equal among them, a point where they differ there as well, and
    None where no letter of it may be a count.
    """
    left, right = sides_of(step)
    free = setting.expanded(left).free_symbols | setting.expanded(right).free_symbols
    names = sorted((one for one in free if _may_count(one) and one not in setting.whole), key=str)
    if not names:
        return None
    assumed = tuple((one, sympy.S.Integers) for one in names)
    whole = replace(setting, assumed=(*setting.assumed, *assumed))
    if prove(whole, left, right) is not None:
        shown = reasons.joined(f"`{one.name}`" for one in names)
        number = "whole numbers" if len(names) > 1 else "a whole number"
        conditions = tuple(rf"{one.name} \in \mathbb{{Z}}" for one in names)
        reason = f"holds where {shown} {'are' if len(names) > 1 else 'is'} {number}"
        return Judgement(Verdict.CONDITIONAL, reason, conditions=conditions)
    found = search(whole, left, right, shown_in(step))
    if found.counterexample is None and found.agreed >= _ENOUGH:
        return Judgement(Verdict.UNCHECKED, "the sides agree at whole numbers and differ at others")
    return found.counterexample


def _may_count(one: sympy.Basic) -> bool:
    return isinstance(one, Symbol) and one.name in _LETTERS
