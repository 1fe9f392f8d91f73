"""The two sides of a step whose sides are both read."""

from sympy import Expr, Symbol

from litgrad.latex.tree import Letter, Scripted, walk
from litgrad.meaning.forms import text_of
from litgrad.meaning.interpret import EULER_OR_NOT
from litgrad.meaning.statements import Derivation, Member, Step


def sides_of(step: Step) -> tuple[Expr, Expr]:
    """Left and right as expressions."""
    assert step.left.term is not None
    assert step.right.term is not None
    return step.left.term.expr, step.right.term.expr


def shown_in(step: Step) -> tuple[Symbol, ...]:
    """The symbols of a step as written, in order of appearance."""
    shown: list[Symbol] = []
    for member in (step.left, step.right):
        assert member.term is not None
        for _, expr in sorted(member.term.parts, key=lambda part: part[0].start):
            shown.extend([expr] if isinstance(expr, Symbol) else [])
    inner = [expr for side in sides_of(step) for expr in sorted(side.free_symbols, key=text_of)]
    return tuple(dict.fromkeys([*shown, *(free for free in inner if isinstance(free, Symbol))]))


def doubt_of(step: Step, derivation: Derivation) -> str | None:
    """A reading of the step that could be taken otherwise; such a step is not refuted."""
    doubts = [doubt for member in (step.left, step.right) if member.term for doubt in member.term.doubts]
    if EULER_OR_NOT in doubts and any(_has_powers_of_e(member) for member in derivation.members):
        doubts = [doubt for doubt in doubts if doubt != EULER_OR_NOT]
    if doubts:
        return f"the sides differ as read, but {doubts[0]}"
    return None


def _has_powers_of_e(member: Member) -> bool:
    """Whether `e^x` stands in a member: beside it `e` is Euler's number."""
    nodes = walk(member.node) if member.node is not None else ()
    return any(
        isinstance(node, Scripted) and node.base == Letter(node.base.span, "e") and node.sup is not None
        for node in nodes
    )
