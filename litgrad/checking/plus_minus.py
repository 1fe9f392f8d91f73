"""`\\pm` and `\\mp` on both sides of a step: it holds for the upper signs and for the lower ones."""

from collections.abc import Callable
from dataclasses import fields, replace

from litgrad.checking.case import Case
from litgrad.checking.printed import has_decimals
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.latex.tree import NODE_TYPES, Node, Sign, Sum, walk
from litgrad.meaning.interpret import interpret
from litgrad.meaning.statements import Member, Step
from litgrad.meaning.terms import Term

_UPPER = {r"\pm": "+", r"\mp": "-", "±": "+", "∓": "-"}
_LOWER = {sign: "-" if upper == "+" else "+" for sign, upper in _UPPER.items()}
_SETTLED = (Verdict.PROVED, Verdict.CONFIRMED)


def judge_both(case: Case, step: Step, judge: Callable[[Case, Step], Judgement]) -> Judgement | None:
    """The judgement on a step with double signs on both sides; None where it has none, or on one side only.

    `judge` settles a step with single signs.
    """
    if step.introduces is not None or step.aside is not None or step.sign.symbol != "=":
        return None
    if not all(_is_double(member) for member in (step.left, step.right)):
        return None
    found: list[tuple[str, Judgement]] = []
    for which, signs in (("upper", _UPPER), ("lower", _LOWER)):
        members = [_with_signs(member, signs, case) for member in (step.left, step.right)]
        if None in members:
            return None
        left, right = members
        assert left is not None
        assert right is not None
        single = replace(step, left=left, right=right)
        found.append((which, judge(_with_step(case, step, single), single)))
    decimals = has_decimals(step.left.node) or has_decimals(step.right.node)
    return _together(found, rounded=decimals)


def _with_step(case: Case, step: Step, single: Step) -> Case:
    """The case of a derivation in which a step has single signs."""
    steps = tuple(single if one.id == step.id else one for one in case.derivation.steps)
    return replace(case, derivation=replace(case.derivation, steps=steps))


def _is_double(member: Member) -> bool:
    return member.node is not None and any(
        isinstance(part, Sum) and any(sign and sign.symbol in _UPPER for sign in part.signs)
        for part in walk(member.node)
    )


def _with_signs(member: Member, signs: dict[str, str], case: Case) -> Member | None:
    """A member read with one sign for each double one; None where it still has no value."""
    assert member.node is not None
    node = _rewritten(member.node, signs)
    term = interpret(node, case.statements.scope)
    if not isinstance(term, Term) or term.unjudged is not None:
        return None
    return Member(member.span, node, term)


def _rewritten(node: Node, signs: dict[str, str]) -> Node:
    values = {field.name: getattr(node, field.name) for field in fields(node)}
    changed = {name: _each(value, signs) for name, value in values.items()}
    return node if changed == values else replace(node, **changed)


def _each(value: object, signs: dict[str, str]) -> object:
    if isinstance(value, tuple):
        return tuple(_each(one, signs) for one in value)
    if isinstance(value, Sign) and value.symbol in signs:
        return replace(value, symbol=signs[value.symbol])
    return _rewritten(value, signs) if isinstance(value, NODE_TYPES) else value


def _together(found: list[tuple[str, Judgement]], *, rounded: bool) -> Judgement:
    """One judgement of the two; printed decimals, as in an interval, may be rounded."""
    wrong = next((pair for pair in found if pair[1].verdict is Verdict.REFUTED), None)
    if wrong is not None:
        which, judgement = wrong
        reason = f"with the {which} signs, {judgement.reason}"
        if rounded:
            return Judgement(Verdict.UNCHECKED, reason)
        return Judgement(Verdict.REFUTED, reason, counterexample=judgement.counterexample)
    open_ = next((judgement for _, judgement in found if judgement.verdict not in _SETTLED), None)
    if open_ is not None:
        return replace(open_, reason=f"{open_.reason}, with one of its signs")
    last = next((one for _, one in found if one.verdict is Verdict.CONFIRMED), found[0][1])
    return replace(last, reason=f"{last.reason}, with either sign")
