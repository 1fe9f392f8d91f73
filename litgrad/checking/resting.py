"""Steps that rest on another equation: proved where that is given, else true only as far as it is."""

import re
from collections.abc import Iterable
from dataclasses import replace

from sympy import Expr
from sympy.core.function import AppliedUndef

from litgrad.checking import reasons
from litgrad.checking.letters import letters_of
from litgrad.checking.messages import diagnostics_of
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import CheckedDerivation, CheckedStep, Judgement, Verdict
from litgrad.diagnostics import Label
from litgrad.meaning.names import name_of
from litgrad.meaning.statements import Statements, Step

_HOLD = frozenset([Verdict.PROVED, Verdict.CONFIRMED, Verdict.DEFINITION])
"""What a step may rest on and be proved."""
_WORDS = 120
"""How many characters before an equation may say that it is given."""
_GIVEN = re.compile(
    r"\b(?:suppos|assum|given|if|when|where|whenever|for which|such that|subject|constrain|condition|require"
    r"|satisf|solv|set|setting|let|want|need|must|equation|find|since|because|commut|symmetric|normali[sz])",
    re.IGNORECASE,
)
"""Words that take an equation for given, or ask for what makes it true."""
_END = re.compile(r"[.!?]\s|\n#")


def rests_on(used: Iterable[Step], statements: Statements) -> Judgement:
    """The judgement on a step that follows from other equations of its post.

    Takes these equations. Gives that the step is proved; `settled` looks at how they were judged.
    """
    used = tuple(used)
    lines = sorted({statements.source.line(one.sign.span.start) for one in used})
    ids = tuple(one.id for one in used)
    return Judgement(Verdict.PROVED, reasons.follows_from(lines), rule="solve", rests=ids)


def settled(
    derivations: tuple[CheckedDerivation, ...], statements: Statements
) -> tuple[CheckedDerivation, ...]:
    """All judgements, with the steps that rest on an equation without proof conditional on it.

    Takes the judgements on all derivations of a post, in order.
    """
    known = {one.step.id: one for derivation in derivations for one in derivation.steps}
    changed: set[str] = set()
    for checked in tuple(known.values()):
        used = (known[name] for name in checked.judgement.rests)
        doubtful = [one for one in used if _does_not_hold(one, statements)]
        if doubtful:
            known[checked.step.id] = replace(checked, judgement=_under(doubtful, statements))
            changed.add(checked.step.id)
    return tuple(_with(derivation, known, changed, statements) for derivation in derivations)


def _does_not_hold(used: CheckedStep, statements: Statements) -> bool:
    if used.verdict is Verdict.REFUTED:
        return True
    return used.verdict not in _HOLD and is_doubtful(used.step, statements)


def _with(
    derivation: CheckedDerivation, known: dict[str, CheckedStep], changed: set[str], statements: Statements
) -> CheckedDerivation:
    if changed.isdisjoint(one.step.id for one in derivation.steps):
        return derivation
    steps = tuple(known[one.step.id] for one in derivation.steps)
    return replace(derivation, steps=steps, diagnostics=diagnostics_of(steps, statements))


def _under(doubtful: list[CheckedStep], statements: Statements) -> Judgement:
    """The judgement on a step that rests on steps which are not proved."""
    lines = sorted({statements.source.line(one.step.sign.span.start) for one in doubtful})
    refuted = any(one.verdict is Verdict.REFUTED for one in doubtful)
    how = "refuted" if refuted else "not proved"
    labels = tuple(Label(one.step.sign.span, f"this is {how}") for one in doubtful)
    return Judgement(Verdict.CONDITIONAL, reasons.holds_if(lines, how), rule="solve", related=labels)


def is_doubtful(given: Step, statements: Statements) -> bool:
    """Whether an equation without proof may be meant as an identity: no word says that it is given.

    Both sides are then about the same letters, as in `(a + b)^2 = a^2 + b^2`, and neither is a single
    name; or the post defines what stands in it, so that it says something new of what is known.
    """
    if _is_said_to_be_given(given, statements.source.text):
        return False
    letters = letters_of(statements)
    ours, theirs = letters.of(given.left), letters.of(given.right)
    lone = any(side.node is not None and name_of(side.node) is not None for side in (given.left, given.right))
    return (bool(ours) and ours == theirs and not lone) or _is_about_what_is_known(given, statements)


def _is_said_to_be_given(given: Step, text: str) -> bool:
    start = given.left.span.start
    before = text[max(start - _WORDS, 0) : start]
    return _GIVEN.search(_END.split(before)[-1]) is not None


def _is_about_what_is_known(given: Step, statements: Statements) -> bool:
    """Whether definitions enter an equation, other than one that puts something to zero."""
    if given.left.term is None or given.right.term is None:
        return False
    sides = given.left.term.expr, given.right.term.expr
    setting = Setting.of(statements, given)
    return 0 not in sides and any(_is_replaced(side, setting.expanded(side)) for side in sides)


def _is_replaced(side: Expr, expanded: Expr) -> bool:
    gone = side.free_symbols - expanded.free_symbols
    return bool(gone) or len(expanded.atoms(AppliedUndef)) < len(side.atoms(AppliedUndef))
