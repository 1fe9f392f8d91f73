"""Values that an equation above is said to give: whether they make it true."""

import re

import sympy
from sympy import Basic, Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.calculus.bound import HELD
from litgrad.checking.constants import differ_by_constants
from litgrad.checking.equations import HEADING, is_in_a_row
from litgrad.checking.normal_form import equal
from litgrad.checking.printed import has_decimals
from litgrad.checking.proof import prove
from litgrad.checking.refutation import search
from litgrad.checking.setting import Setting
from litgrad.checking.sides import shown_in, sides_of
from litgrad.meaning.statements import Derivation, Statements, Step

_CONCLUDES = re.compile(
    r"\b(?:so|hence|thus|therefore|gives?|giving|yields?|yielding|implies|then|we (?:get|obtain|find|have)"
    r"|it follows|solving|follows)\b",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(r"\b(?:with|where|for|if|when|using|setting|taking|let|at)\s+\$?\s*$", re.IGNORECASE)
"""Words just before a value that is put in, and not concluded."""
_BETWEEN = " \t\n$&\\.,;"
"""What stands between two rows without a word."""
_NEAR = 80
"""How many characters may stand between an equation and what is concluded from it."""


def failed(step: Step, derivation: Derivation, statements: Statements) -> Step | None:
    """The equation above that a value is said to solve and does not; None where it does or none is told.

    Takes a step `x = ...` behind words such as `so` or `gives`. An equation counts that holds x, and
    besides it only what the value is made of, so that nothing else could make it true.
    """
    premise = _told(step, derivation, statements)
    if premise is None or not _is_read(step) or not _is_read(premise):
        return None
    return premise if fails(step, premise, statements) else None


def fails(step: Step, premise: Step, statements: Statements) -> bool:
    """Whether an equation is false with the value that a step gives a name, whatever the rest is."""
    if not _is_read(step) or not _is_read(premise):
        return False
    name, value = sides_of(step)
    if not isinstance(name, Symbol) or name in value.free_symbols:
        return False
    if any(has_decimals(side.node) for one in (step, premise) for side in (one.left, one.right)):
        return False  # they may be rounded
    setting = Setting.of(statements, premise).without(name)
    first, second = map(setting.expanded, sides_of(premise))
    given = setting.expanded(value)
    around = first.free_symbols | second.free_symbols
    if name not in around or name in given.free_symbols:
        return False
    if not _cancels(around - {name} - given.free_symbols, first, second):
        return False
    meant = setting.with_value(name, given)
    if differ_by_constants(meant, first, second, statements):
        return False
    put_in = [side.xreplace({name: given}) for side in (first, second)]
    if any(side.has(AppliedUndef, Derivative, *HELD) for side in put_in) or prove(meant, *put_in) is not None:
        return False
    return search(meant, put_in[0], put_in[1], shown_in(premise)).counterexample is not None


def _cancels(names: set[Basic], first: Expr, second: Expr) -> bool:
    """Whether an equation says the same whatever some of its symbols are, as both sides have them."""
    if not names:
        return True
    doubled = {name: 2 * name for name in names}
    return second != 0 and equal(first / second, (first / second).xreplace(doubled))


def is_concluded(step: Step, derivation: Derivation, statements: Statements) -> bool:
    """Whether the words before a value say that the equation above gives it."""
    return _told(step, derivation, statements) is not None


def _told(step: Step, derivation: Derivation, statements: Statements) -> Step | None:
    """The equation just before the words that announce a value."""
    if step is not derivation.steps[0] or derivation.index == 0:
        return None
    text, end = statements.source.text, step.left.span.start
    if _CONCLUDES.search(text, max(end - _NEAR, 0), end) is None and not is_in_a_row(step, text):
        return None  # before another derivation is looked at: this one is remembered without it
    premise = statements.derivations[derivation.index - 1].steps[-1]
    start = premise.right.span.end
    if premise.introduces is not None or premise.sign.symbol != "=" or end - start > _NEAR:
        return None
    in_rows = all(is_in_a_row(one, text) for one in (premise, step)) and not text[start:end].strip(_BETWEEN)
    if (_CONCLUDES.search(text, start, end) is None and not in_rows) or HEADING.search(text, start, end):
        return None
    if _SUPPOSES.search(text, start, end) is not None:
        return None
    return premise


def _is_read(step: Step) -> bool:
    """Whether both sides are read, and in one way only."""
    terms = [member.term for member in (step.left, step.right)]
    return all(term is not None and not term.doubts for term in terms) and not _is_wide(step)


def _is_wide(step: Step) -> bool:
    return any(isinstance(side, (sympy.MatrixBase,)) or not isinstance(side, Expr) for side in sides_of(step))
