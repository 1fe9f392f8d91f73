"""A judgement as the page shows it: symbol, word, and what its popover says."""

import re
from collections.abc import Iterator, Mapping

from markupsafe import Markup
from sympy import Expr

from litgrad.checking.verdicts import CheckedStep, Judgement, Verdict
from litgrad.meaning.statements import Step
from litgrad.meaning.tensors.model import TensorTerm
from litgrad.meaning.tensors.words import described_term
from litgrad.page.counts import SYMBOLS, WORDS
from litgrad.page.linear import linear
from litgrad.page.lines import with_links
from litgrad.page.mathml import sign_glyph
from litgrad.page.words import drawn, math
from litgrad.records import dataclass
from litgrad.source import Source

_CHIP_LENGTH = 70
_READ_LENGTH = 400
_LONG_FORMULA = re.compile(r"`[^`]{30,}`")


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A verdict in the forms that templates need."""

    name: str
    """The class in the style sheet."""
    symbol: str
    word: str
    reason: Markup
    rule: str | None
    rows: tuple[tuple[Markup, str], ...]
    """The counterexample: names with values, then both sides."""
    at: Markup
    """The counterexample in a line: the names' values, then both sides."""
    repair: Markup | None
    chip: Markup
    """A few words in the gutter for a step that is not plainly proved."""
    needs: tuple[Markup, ...] = ()
    """Premises and conditions, drawn."""
    read: tuple[str, str, str] | None = None
    """Both sides as they were read, with the sign between them, on one line."""
    doubts: tuple[Markup, ...] = ()
    """Where a reader could take them otherwise."""
    shapes: tuple[str, ...] = ()
    """What both sides are in a post of vectors: one text if they are alike, else two."""
    decided: tuple[Markup, ...] = ()
    """How notations of vectors were read that have several meanings."""


def shown(checked: CheckedStep, lines: Mapping[int, str], source: Source) -> Verdicts:
    """What the page shows of a step's judgement; `lines` gives the links of lines that it names."""
    judgement = checked.judgement
    verdict = judgement.verdict
    needs = tuple(premise.latex for premise in judgement.premises) + judgement.conditions
    repair = drawn(sentence(judgement.repair.words)) if judgement.repair else None
    reason = _differing(judgement) if judgement.counterexample is not None else judgement.reason
    return Verdicts(
        verdict.value, SYMBOLS[verdict], WORDS[verdict], with_links(drawn(sentence(reason)), lines, source),
        judgement.rule,
        tuple((math(name) if index < len(_at(judgement)) else Markup(name), value)  # noqa: S704 - litgrad's own words
              for index, (name, value) in enumerate(_rows(judgement))),
        _point(judgement), repair, _chip(judgement, needs), tuple(map(math, needs)),
        _read(checked.step), tuple(_doubts(checked.step)),
        _shapes(checked.step), tuple(_decided(checked.step)),
    )  # fmt: skip


def _read(step: Step) -> tuple[str, str, str] | None:
    left, right = step.left.term, step.right.term
    if left is None or right is None:
        return None
    printed = linear(left.expr), linear(right.expr)
    if sum(map(len, printed)) > _READ_LENGTH:
        return None
    return printed[0], sign_glyph(step.sign.symbol), printed[1]


def _shapes(step: Step) -> tuple[str, ...]:
    terms = _in_vectors(step)
    return tuple(dict.fromkeys(map(described_term, terms))) if len(terms) == 2 else ()


def _decided(step: Step) -> Iterator[Markup]:
    decisions = [decision for term in _in_vectors(step) for decision in term.decisions]
    for text in dict.fromkeys(f"{one.reading}, because {one.reason}" for one in decisions):
        yield drawn(sentence(text))


def _in_vectors(step: Step) -> list[TensorTerm]:
    """The sides in which vectors, matrices or indices stand."""
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    return terms if any(term.has_axes for term in terms) else []


def _doubts(step: Step) -> Iterator[Markup]:
    doubts = [doubt for member in (step.left, step.right) if member.term for doubt in member.term.doubts]
    doubts += [doubt for term in _in_vectors(step) for doubt in term.doubts]
    for doubt in dict.fromkeys(doubts):
        yield drawn(sentence(doubt))


def _differing(judgement: Judgement) -> str:
    """The sentence above a counterexample, whose numbers stand in the table below it."""
    under = " and ".join(f"`{premise.latex}`" for premise in judgement.premises)
    return f"even with {under}, the sides differ" if under else "the sides differ"


def _point(judgement: Judgement) -> Markup:
    found = judgement.counterexample
    if found is None:
        return Markup("")
    at = (Markup("{} = {}").format(math(name), number(value)) for name, value in found.at)
    sides = Markup("the left side is {} and the right side {}").format(
        number(found.left), number(found.right)
    )
    return Markup("At {}, {}.").format(Markup(", ").join(at), sides) if found.at else sides


def _at(judgement: Judgement) -> tuple[tuple[str, Expr], ...]:
    return judgement.counterexample.at if judgement.counterexample is not None else ()


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


def _chip(judgement: Judgement, needs: tuple[str, ...]) -> Markup:
    match judgement.verdict:
        case Verdict.CONDITIONAL:
            return drawn(f"if `{needs[0]}`") if needs else Markup("under a condition")
        case Verdict.CONFIRMED:
            return Markup("points agree")
        case Verdict.REFUTED if judgement.counterexample is not None:
            found = judgement.counterexample
            return drawn(f"{number(found.left)} ≠ {number(found.right)}")
        case Verdict.UNCHECKED:
            reason = judgement.reason.removeprefix("the left side is not read: ")
            return drawn(shortened(reason.removeprefix("the right side is not read: ")))
    return Markup("")


def shortened(reason: str) -> str:
    """A reason that fits the gutter, without long formulas; a cut does not leave half of one."""
    reason = _LONG_FORMULA.sub("…", reason)
    if len(reason) <= _CHIP_LENGTH:
        return reason
    cut = reason[:_CHIP_LENGTH].rsplit(" ", 1)[0]
    return f"{cut.rsplit('`', 1)[0] if cut.count('`') % 2 else cut}…"
