"""`judge_unread`: a step that holds whatever its pieces without a meaning are."""

from litgrad.checking.unread.reading import Reader, names_of_numbers
from litgrad.checking.unread.values import NoValue, same
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.meaning.statements import Statements, Step

_FAULTS = (NoValue, RecursionError, ValueError, TypeError, ArithmeticError, AttributeError)


def judge_unread(step: Step, statements: Statements) -> Judgement | None:
    """Prove a step by the laws of sums and products alone.

    Takes the step and all statements of its post. Gives None where no proof is found; nothing is
    refuted here.
    """
    left, right = step.left.node, step.right.node
    if left is None or right is None:
        return None
    tensors = statements.tensors
    forms = None if tensors.world is None else tensors.forms
    reader = Reader(statements.scope, forms, names_of_numbers((left, right)))
    try:
        sides = reader.value(left), reader.value(right)
        if not same(*sides, reader.pieces.positive):
            return None
    except _FAULTS:
        return None
    if left == right or sides[0].key() == "":
        return Judgement(Verdict.PROVED, "both sides are the same expression", rule="algebra")
    return Judgement(Verdict.PROVED, "equal whatever its pieces that are not read are", rule="algebra")
