"""Equations being solved row by row: whether a row follows from the one above it."""

import re
from collections.abc import Callable

import sympy
from sympy import Expr

from litgrad.checking.normal_form import equal, implies_zero
from litgrad.checking.setting import Setting
from litgrad.meaning.statements import Derivation, Statements, Step

_APPLIED: tuple[Callable[[Expr], Expr], ...] = (sympy.exp, sympy.log, sympy.sqrt, lambda side: side**2)
"""What may be done to both sides at once."""


_CASE = re.compile(r"\b(?:if|when|whenever|unless|for|case|at|or)\b[^.]{0,20}$", re.IGNORECASE)
"""Words before an equation that holds in one case only."""
_ENDS = re.compile(r"[.!?]\s")
HEADING = re.compile(r"^(?:#{1,6}\s|<h[1-6])", re.MULTILINE)


def still_holds(above: Step, place: int, text: str) -> bool:
    """Whether an equation may still be taken as given further down.

    Not below the next heading, and of a single case, as in `if $x = y$`, not beyond its sentence.
    """
    start, end = above.left.span.start, above.right.span.end
    if _CASE.search(text, max(start - 40, 0), start) and _ENDS.search(text, end, max(place, end)):
        return False
    return end > place or HEADING.search(text, end, place) is None


def row_above(derivation: Derivation, statements: Statements) -> Step | None:
    """The equation in the row or displayed formula just above an equation that stands in a row of its own."""
    if derivation.index == 0 or len(derivation.steps) != 1:
        return None
    above = statements.derivations[derivation.index - 1]
    step, below = above.steps[-1], derivation.steps[0]
    if derivation.formula - above.formula > 1 or len(above.steps) != 1 or step.sign.symbol != "=":
        return None
    if step.left.term is None or step.right.term is None or _same(step, below):
        return None
    return step if all(is_in_a_row(one, statements.source.text) for one in (step, below)) else None


def _same(step: Step, other: Step) -> bool:
    """Whether two equations are written alike."""
    first, second = ({side.term.expr for side in (one.left, one.right) if side.term} for one in (step, other))
    return first == second


def is_in_a_row(step: Step, text: str) -> bool:
    """Whether nothing but the beginning of a formula stands on the line before an equation."""
    before = text[: step.left.span.start].rpartition("\n")[2]
    return re.fullmatch(r"(\\begin\{\w+\*?\}|\\\\|\\\[|[\s$&{>])*", before) is not None


def follows(step: Step, above: Step, setting: Setting) -> bool:
    """Whether an equation holds wherever the one above holds and both are defined.

    Takes two equations whose sides are read; what the post defines is left out of both.
    """
    (first, second), (left, right) = _sides(above, setting), _sides(step, setting)
    if not (left.free_symbols | right.free_symbols) & (first.free_symbols | second.free_symbols):
        return False
    known = setting.known_positive(leaves=False)
    if implies_zero(first - second, left - right, known):
        return True
    return any(_both(apply, (first, second), (left, right), known) for apply in _APPLIED)


def _both(
    apply: Callable[[Expr], Expr], above: tuple[Expr, Expr], below: tuple[Expr, Expr], known: tuple[Expr, ...]
) -> bool:
    """Whether the same was done to both sides; the sides may have changed places."""
    changed = apply(above[0]), apply(above[1])
    return any(
        equal(changed[0], left, known) and equal(changed[1], right, known)
        for left, right in (below, below[::-1])
    )


def _sides(step: Step, setting: Setting) -> tuple[Expr, Expr]:
    assert step.left.term is not None
    assert step.right.term is not None
    return setting.opaque(step.left.term.expr), setting.opaque(step.right.term.expr)
