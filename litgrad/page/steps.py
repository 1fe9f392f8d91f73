"""A judgement as the page shows it: symbol, word, and what its popover says."""

from dataclasses import dataclass

from sympy import Expr

from litgrad.checking.verdicts import CheckedStep, Judgement, Verdict

SYMBOLS = {
    Verdict.DEFINITION: "≔",
    Verdict.PROVED: "✓",
    Verdict.CONFIRMED: "≈",
    Verdict.CONDITIONAL: "✓∗",
    Verdict.REFUTED: "✗",
    Verdict.UNCHECKED: "?",
}
WORDS = {
    Verdict.DEFINITION: "definition",
    Verdict.PROVED: "proved",
    Verdict.CONFIRMED: "confirmed numerically",
    Verdict.CONDITIONAL: "holds under a premise",
    Verdict.REFUTED: "refuted",
    Verdict.UNCHECKED: "not checked",
}
_CHIP_LENGTH = 70


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A verdict in the forms that templates need."""

    name: str
    """The class in the style sheet."""
    symbol: str
    word: str
    reason: str
    rule: str | None
    needs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    """The counterexample: names with values, then both sides."""
    repair: str | None
    chip: str
    """A few words in the gutter for a step that is not plainly proved."""


def shown(checked: CheckedStep) -> Verdicts:
    """What the page shows of a step's judgement."""
    judgement = checked.judgement
    verdict = judgement.verdict
    needs = tuple(premise.latex for premise in judgement.premises) + judgement.conditions
    return Verdicts(
        verdict.value, SYMBOLS[verdict], WORDS[verdict], sentence(judgement.reason), judgement.rule, needs,
        _rows(judgement), judgement.repair.words if judgement.repair else None, _chip(judgement, needs),
    )  # fmt: skip


def sentence(reason: str) -> str:
    """A clause as a sentence."""
    return f"{reason[:1].upper()}{reason[1:]}." if reason else ""


def _rows(judgement: Judgement) -> tuple[tuple[str, str], ...]:
    found = judgement.counterexample
    if found is None:
        return ()
    at = tuple((name, number(value)) for name, value in found.at)
    return (*at, ("left side", number(found.left)), ("right side", number(found.right)))


def number(value: Expr) -> str:
    """A number with a proper minus sign."""
    return str(value).replace("-", "−")


def _chip(judgement: Judgement, needs: tuple[str, ...]) -> str:
    match judgement.verdict:
        case Verdict.CONDITIONAL:
            return "under a premise"
        case Verdict.CONFIRMED:
            return "points agree"
        case Verdict.REFUTED if judgement.counterexample is not None:
            found = judgement.counterexample
            return f"{number(found.left)} ≠ {number(found.right)}"
        case Verdict.UNCHECKED:
            reason = judgement.reason.removeprefix("the left side is not read: ").removeprefix("the right side is not read: ")
            return reason if len(reason) <= _CHIP_LENGTH else f"{reason[:_CHIP_LENGTH]}…"
    return ""
