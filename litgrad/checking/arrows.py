"""Steps that follow from an equation above or before an arrow, and the arrows themselves."""

from litgrad.checking.case import Case
from litgrad.checking.consequences import BOTH_WAYS, concludes, premise_of
from litgrad.checking.resting import rests_on
from litgrad.checking.signs import IDENTITY_SIGNS
from litgrad.checking.solved import fails
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.meaning.statements import Step


def from_above(case: Case, step: Step) -> Judgement | None:
    """An equation that follows from the one in the row above."""
    above = premise_of(step, case.derivation, case.statements)
    if above is None:
        return None
    if above in case.derivation.steps:
        return Judgement(Verdict.PROVED, "follows from the equation before the arrow", rule="solve")
    return rests_on((above,), case.statements)


def implied(case: Case, step: Step) -> Judgement:
    """An arrow between two equations."""
    at = [one.sign for one in case.derivation.steps].index(step.sign)
    around = case.derivation.steps[max(at - 1, 0) : at + 2]
    if len(around) < 3 or any(one.sign.symbol not in IDENTITY_SIGNS for one in (around[0], around[2])):
        return Judgement(Verdict.UNCHECKED, "an arrow that does not stand between two equations")
    ways = [(around[2], around[0])]
    ways += [(around[0], around[2])] if step.sign.symbol in BOTH_WAYS else []
    if all(concludes(one, other, case.statements) for one, other in ways):
        return Judgement(
            Verdict.PROVED, "the equation behind it follows from the one before it", rule="solve"
        )
    if fails(around[2], around[0], case.statements):
        wrong = "the equation before the arrow does not hold with the value behind it"
        return Judgement(Verdict.REFUTED, wrong, blame=around[2].right.span)
    return Judgement(
        Verdict.UNCHECKED, "it is not shown that the equation behind it follows from the one before it"
    )
