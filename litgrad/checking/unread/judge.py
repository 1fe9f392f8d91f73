"""`judge_unread`: a step that holds whatever its pieces without a meaning are."""

from litgrad.checking.reasons import joined
from litgrad.checking.unread.random import random_letters
from litgrad.checking.unread.reading import Reader, names_of_numbers
from litgrad.checking.unread.spelling import spelled
from litgrad.checking.unread.values import NoValue, Pieces, Value, same
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.latex.tree import Node
from litgrad.meaning.statements import Statements, Step

_MOST_SHOWN = 2
FAULTS = (NoValue, RecursionError, ArithmeticError)
"""What says that a side is no value, or outgrows what SymPy works with."""


def judge_unread(step: Step, statements: Statements) -> Judgement | None:
    """Prove a step by the laws of sums and products alone.

    Takes the step and all statements of its post. Gives None where no proof is found; nothing is
    refuted here.
    """
    left, right = step.left.node, step.right.node
    if left is None or right is None:
        return None
    reader = reader_of((left, right), statements)
    try:
        sides = reader.value(left), reader.value(right)
        if not same(*sides, reader.pieces.positive):
            return None
    except FAULTS:
        return None
    return Judgement(Verdict.PROVED, _reason(step, reader.pieces, sides), rule="algebra")


def reader_of(nodes: tuple[Node, ...], statements: Statements) -> Reader:
    """What reads some formulas of a post with the same pieces."""
    tensors = statements.tensors
    forms = None if tensors.world is None else tensors.forms
    return Reader(statements.scope, forms, names_of_numbers(nodes), random_letters(statements))


def _reason(step: Step, pieces: Pieces, sides: tuple[Value, Value]) -> str:
    """Which pieces the step does not depend on."""
    assert step.left.node is not None
    assert step.right.node is not None
    if spelled(step.left.node) == spelled(step.right.node):
        return "both sides are the same expression"
    used = {key for side in sides for key in side.used()}
    shown = [f"`{text}`" for key, text in pieces.kept.items() if any(key in one for one in used)]
    shown = list(dict.fromkeys(shown))
    if not shown:
        return "equal by the laws of sums and products"
    if len(shown) > _MOST_SHOWN:
        return f"equal whatever {shown[0]} and the other functions in it are"
    return f"equal whatever {joined(shown)} {'are' if len(shown) > 1 else 'is'}"
