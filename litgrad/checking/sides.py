"""The two sides of a step whose sides are both read."""

from sympy import Expr, Symbol

from litgrad.meaning.statements import Step


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
    inner = [expr for side in sides_of(step) for expr in sorted(side.free_symbols, key=str)]
    return tuple(dict.fromkeys([*shown, *(free for free in inner if isinstance(free, Symbol))]))


def doubt_of(step: Step) -> str | None:
    """A reading of the step that could be taken otherwise; such a step is not refuted."""
    doubts = [doubt for member in (step.left, step.right) if member.term for doubt in member.term.doubts]
    if doubts:
        return f"the sides differ as read, but {doubts[0]}"
    return None
