"""A formula's rows as the templates draw them: steps with their verdicts, and rows without one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from markupsafe import Markup

from litgrad.checking.verdicts import CheckedDerivation, CheckedStep
from litgrad.codegen.generated import Function
from litgrad.latex.tree import Formula, Node, Row
from litgrad.meaning.statements import Statements
from litgrad.page.gap import gap_of
from litgrad.page.glossary import Entry
from litgrad.page.mathml import Drawing, sign_glyph
from litgrad.page.plots import Plot
from litgrad.page.steps import Verdicts, shown
from litgrad.source import Span


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a derivation."""

    id: str
    line: int
    left: Markup
    """Empty where the row above shows it."""
    sign: str
    right: Markup
    verdict: Verdicts
    code: int | None
    """The line of the module that was made from the left side."""
    entry: Entry | None = None
    """The symbol that the step defines."""
    ending: str = ""
    """The comma or full stop after the row."""
    tag: str | None = None
    gap: Plot | None = None
    """Both sides at the counterexample."""


@dataclass(frozen=True, slots=True)
class PlainView:
    """A row without a judged sign."""

    math: Markup
    ending: str = ""
    tag: str | None = None


View: TypeAlias = StepView | PlainView


@dataclass(frozen=True, slots=True)
class Post:
    """What the rows of all formulas of a post are drawn from."""

    statements: Statements
    functions: Mapping[Span, Function]
    """What the module has of a left side."""
    entries: Mapping[Span, Entry]
    """What the glossary has of a defined left side."""
    lines: Mapping[int, str]
    """The links of lines of the post."""


def views_of(
    formula: Formula, derivations: Sequence[CheckedDerivation], drawing: Drawing, post: Post
) -> list[View]:
    """All rows of a formula in order; `derivations` are those that the formula holds.

    A row that only carries on the side above it is drawn with that side.
    """
    rows = _Rows(formula, derivations, drawing, post)
    views: list[View] = []
    for row in formula.rows:
        new = list(rows.views(row))
        views.extend(new)
        if views and (new or row.punctuation or row.tag):
            views[-1] = replace(views[-1], ending=row.punctuation, tag=row.tag)
    return views


class _Rows:
    """What drawing the rows of one formula takes."""

    def __init__(
        self,
        formula: Formula,
        derivations: Sequence[CheckedDerivation],
        drawing: Drawing,
        post: Post,
    ) -> None:
        self.formula = formula
        self.drawing = drawing
        self.post = post
        self.steps = {checked.step.sign.span: checked for one in derivations for checked in one.steps}
        self.first = {one.steps[0].step.sign.span for one in derivations}
        self.members = [member.span for one in derivations for member in one.derivation.members]

    def views(self, row: Row) -> Iterator[View]:
        steps = [self.steps[sign.span] for sign in row.relations if sign.span in self.steps]
        if steps:
            yield from map(self._step, steps)
        elif row.relations or not any(row.span in member for member in self.members):
            yield PlainView(_safe(self.drawing.equation(row, display=self.formula.display)))

    def _step(self, checked: CheckedStep) -> StepView:
        step = checked.step
        opens = step.sign.span in self.first and step.left.span in self.formula.span
        function = self.post.functions.get(step.left.span)
        return StepView(
            id=step.id,
            line=self.drawing.source.line(step.sign.span.start),
            left=self._side(step.left.node) if opens else Markup(),
            sign=sign_glyph(step.sign.symbol),
            right=self._side(step.right.node),
            verdict=shown(checked, self.post.lines),
            gap=gap_of(self.post.statements, checked),
            code=function.module_line if function is not None else None,
            entry=self.post.entries.get(step.left.span) if step.definition is not None else None,
        )

    def _side(self, node: Node | None) -> Markup:
        return Markup() if node is None else _safe(self.drawing.math(node, display=self.formula.display))


def _safe(math: str) -> Markup:
    return Markup(math)  # noqa: S704 - every text in it is escaped
