"""A formula's rows as the templates draw them: steps with their verdicts, and rows without one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from markupsafe import Markup

from litgrad.checking.verdicts import CheckedDerivation, CheckedStep
from litgrad.codegen.generated import Function
from litgrad.latex.tree import Annotated, Formula, Node, Row
from litgrad.meaning.statements import Member, Statements
from litgrad.page.gap import gap_of
from litgrad.page.glossary import Entry
from litgrad.page.glyphs import FRAMED
from litgrad.page.mathml import Drawing, sign_glyph
from litgrad.page.plots import Plot
from litgrad.page.steps import Verdicts, shown
from litgrad.records import dataclass
from litgrad.source import Span


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a derivation."""

    id: str
    where: str
    """Its line in words."""
    left: Markup
    """Empty where the row above shows it."""
    sign: str
    """The relation sign as a character, for those who hear the page."""
    mark: Markup
    """The relation sign as drawn, with the note over it."""
    right: Markup
    verdict: Verdicts
    code: int | None
    """The line of the module that was made from the left side."""
    noted: bool = False
    """Whether a note stands over the sign."""
    entry: Entry | None = None
    """The symbol that the step defines."""
    ending: str = ""
    """The comma or full stop after the row."""
    tag: str | None = None
    framed: bool = False
    """Whether the author put the equation in a frame."""
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
        steps = [checked for span, checked in self.steps.items() if span in row.span]
        if steps:
            yield from (self._step(checked, row) for checked in steps)
        elif row.relations or not any(row.span in member for member in self.members):
            yield PlainView(_safe(self.drawing.equation(row)))

    def _step(self, checked: CheckedStep, row: Row) -> StepView:
        step = checked.step
        before, after = _beside(row, step.sign.span)
        opens = step.sign.span in self.first and step.left.span in self.formula.span
        function = self.post.functions.get(step.left.span)
        return StepView(
            id=step.id,
            where=self.drawing.source.where(step.sign.span.start),
            left=self._side(_written(before, step.left)) if opens else Markup(),
            sign=sign_glyph(step.sign.symbol),
            mark=_safe(self.drawing.sign(step.sign)),
            right=self._side(_written(after, step.right)),
            verdict=shown(checked, self.post.lines, self.drawing.source),
            gap=gap_of(self.post.statements, checked),
            code=function.module_line if function is not None else None,
            noted=step.sign.above is not None,
            framed=_is_framed(row),
            entry=self.post.entries.get(step.left.span) if step.definition is not None else None,
        )

    def _side(self, node: Node | None) -> Markup:
        return Markup() if node is None else _safe(self.drawing.math(node))


def _is_framed(row: Row) -> bool:
    return not row.relations and isinstance(row.sides[0], Annotated) and row.sides[0].command in FRAMED


def _beside(row: Row, sign: Span) -> tuple[Node | None, Node | None]:
    """What the author wrote to the left and to the right of a sign of a row."""
    for at, relation in enumerate(row.relations):
        if relation.span == sign:
            return row.sides[at], row.sides[at + 1]
    return None, None


def _written(side: Node | None, member: Member) -> Node | None:
    """A side with its colors and remarks; what was understood of it where it goes on in another row."""
    whole = side is not None and (member.node is None or member.node.span in side.span)
    return side if whole else member.node


def _safe(math: str) -> Markup:
    return Markup(math)  # noqa: S704 - every text in it is escaped
