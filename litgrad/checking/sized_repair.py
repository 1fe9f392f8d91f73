"""A repair of a step over indices: the changed step is judged size by size, as the step itself was."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from litgrad.checking.repair import Edit, Slips, edits
from litgrad.checking.slips import names_as_written
from litgrad.checking.verdicts import Judgement, Repair, Verdict
from litgrad.latex.tree import Node
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import Scope
from litgrad.meaning.statements import Member, Step
from litgrad.meaning.terms import Term

_TRIED = 120
"""How many changes of a side are judged."""


def find_sized_repair(step: Step, scope: Scope, judge: Callable[[Step], Judgement | None]) -> Repair | None:
    """One small change of a side after which the step is proved for every size."""
    slips = Slips(names_as_written(step))
    for field in ("right", "left"):
        member: Member = getattr(step, field)
        for edit, changed in _changes(member, slips, scope):
            if _is_proved(judge, replace(step, **{field: changed})):
                return Repair(edit.span, edit.replacement, f"{edit.words} the step is proved")
    return None


def _is_proved(judge: Callable[[Step], Judgement | None], step: Step) -> bool:
    try:
        found = judge(step)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return False  # a change may make no sense, such as a derivative by a number
    return found is not None and found.verdict is Verdict.PROVED


def _changes(member: Member, slips: Slips, scope: Scope) -> Iterator[tuple[Edit, Member]]:
    for edit in edits(member.node, slips)[:_TRIED] if member.node is not None else ():
        changed = _read(edit.node, member, scope)
        if changed is not None:
            yield edit, changed


def _read(node: Node, member: Member, scope: Scope) -> Member | None:
    term = interpret(node, scope)
    if not isinstance(term, Term) or (term.left and not term.is_indexed):
        return None
    plain = None if term.left else term
    return replace(member, node=node, term=plain, indexed=term if term.left else None)
