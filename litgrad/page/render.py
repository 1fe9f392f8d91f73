"""`render_page`: a compiled post to one HTML page."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from litgrad.checking.verdicts import CheckedDerivation, CheckedStep
from litgrad.codegen.generated import Function, GeneratedModule
from litgrad.diagnostics import Diagnostic, Severity
from litgrad.document import Document, MathBlock
from litgrad.latex.tree import Formula, Node, Row
from litgrad.meaning.statements import Statements
from litgrad.page.code import code_lines
from litgrad.page.controls import visible
from litgrad.page.identity import Identities
from litgrad.page.mathml import Drawing, sign_glyph
from litgrad.page.steps import Verdicts, counted, shown
from litgrad.page.words import drawn
from litgrad.source import Source, Span

_ENVIRONMENT = Environment(
    loader=PackageLoader("litgrad.page"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a derivation as the template draws it."""

    id: str
    line: int
    left: Markup
    """Empty where the row above shows it."""
    sign: str
    right: Markup
    verdict: Verdicts
    code: str
    """The code line that was made from the left side: `#L41`."""


@dataclass(frozen=True, slots=True)
class LoneView:
    """A row of a display without a relation."""

    math: Markup


def render_page(
    document: Document,
    formulas: Sequence[Formula],
    statements: Statements,
    derivations: Sequence[CheckedDerivation],
    module: GeneratedModule,
    *,
    root: str = "../",
) -> str:
    """The page of a post.

    Takes what the stages made of the post and the way from the page to the site's root. Gives a
    whole HTML document that needs nothing but the site's static files and works without scripts.
    """
    return _Page(document, formulas, statements, derivations, module, root).html()


class _Page:
    def __init__(
        self,
        document: Document,
        formulas: Sequence[Formula],
        statements: Statements,
        derivations: Sequence[CheckedDerivation],
        module: GeneratedModule,
        root: str,
    ) -> None:
        self.document = document
        self.source: Source = document.source
        self.formulas = formulas
        self.derivations = derivations
        self.module = module
        self.root = root
        self.identities = Identities(statements, module)
        self.functions: dict[Span, Function] = {}
        for function in module.functions:
            self.functions.setdefault(function.span, function)

    def html(self) -> str:
        body = Markup("").join(self._body())
        template = _ENVIRONMENT.get_template("post.html")
        page = template.render(
            title=self.document.title,
            root=self.root,
            body=body,
            counts=self._counts(),
            diagnostics=self._diagnostics(),
            module=self.module,
            lines=code_lines(self.module, self.identities, self._backs()),
        )
        return visible(page)

    def _counts(self) -> list[tuple[str, str, str, int]]:
        return counted(Counter(step.verdict for one in self.derivations for step in one.steps))

    def _diagnostics(self) -> list[tuple[str, int, Markup]]:
        found: list[Diagnostic] = [
            *self.document.diagnostics,
            *(diagnostic for formula in self.formulas for diagnostic in formula.diagnostics),
            *(diagnostic for derivation in self.derivations for diagnostic in derivation.diagnostics),
        ]
        shown_ones = [one for one in found if one.severity is not Severity.NOTE]
        ordered = sorted(dict.fromkeys(shown_ones), key=lambda one: one.span)
        return [(one.severity.value, self.source.line(one.span.start), drawn(one.message)) for one in ordered]

    # -------------------------------- the post --------------------------------

    def _body(self) -> Iterator[Markup]:
        index = 0
        for number, piece in enumerate(self.document.flow):
            if isinstance(piece, MathBlock):
                yield self._math(index, piece)
                index += 1
            else:
                html = piece.html if number else self._without_title(piece.html)
                yield Markup(html)  # noqa: S704 - rendered by markdown-it with raw HTML off

    def _without_title(self, html: str) -> str:
        """The first heading is left out where the page's own head shows it."""
        match = re.match(r"\s*<h1[^>]*>(.*?)</h1>", html)
        return html[match.end() :] if match and match[1] == escape(self.document.title) else html

    def _math(self, index: int, block: MathBlock) -> Markup:
        formula = self.formulas[index]
        marks = self.identities.marks(index)
        drawing = Drawing(self.source, marks)
        derivations = [one for one in self.derivations if one.derivation.formula == index]
        if not formula.rows:
            return _template("raw.html", latex=block.latex.strip(), display=block.display)
        rows = list(self._rows(formula, derivations, drawing))
        name = "derivation.html" if block.display else "inline.html"
        return _template(name, rows=rows, index=index, line=self.source.line(block.span.start))

    def _rows(
        self, formula: Formula, derivations: list[CheckedDerivation], drawing: Drawing
    ) -> Iterator[StepView | LoneView]:
        """Steps and lone rows in the order of the formula."""
        pieces: list[tuple[int, CheckedDerivation | Row]] = [
            (derivation.steps[0].step.sign.span.start, derivation) for derivation in derivations
        ]
        covered = [member.span for one in derivations for member in one.derivation.members]
        lone = (
            row for row in formula.rows if not row.relations and not any(row.span in span for span in covered)
        )
        pieces.extend((row.span.start, row) for row in lone)
        for _, piece in sorted(pieces, key=lambda pair: pair[0]):
            if isinstance(piece, CheckedDerivation):
                yield from self._steps(formula, piece, drawing)
            elif piece.sides[0] is not None:
                yield LoneView(self._draw(drawing, piece.sides[0], display=formula.display))

    def _steps(self, formula: Formula, derivation: CheckedDerivation, drawing: Drawing) -> Iterator[StepView]:
        for number, checked in enumerate(derivation.steps):
            yield self._step(formula, checked, drawing, first=number == 0)

    def _step(self, formula: Formula, checked: CheckedStep, drawing: Drawing, *, first: bool) -> StepView:
        step = checked.step
        own = step.left.span in formula.span
        left = self._draw(drawing, step.left.node, display=formula.display) if first and own else Markup("")
        function = self.functions.get(step.left.span)
        return StepView(
            step.id,
            self.source.line(step.sign.span.start),
            left,
            sign_glyph(step.sign.symbol),
            self._draw(drawing, step.right.node, display=formula.display),
            shown(checked),
            f"#L{function.module_line}" if function is not None else "",
        )

    def _draw(self, drawing: Drawing, node: Node | None, *, display: bool) -> Markup:
        if node is None:
            return Markup("")
        return Markup(drawing.math(node, display=display))  # noqa: S704 - every text in it is escaped

    # -------------------------------- the code --------------------------------

    def _backs(self) -> Mapping[int, tuple[str, int, str]]:
        """For each function, the step or formula that it was made from."""
        steps = {
            checked.step.left.span: checked.step.id
            for one in self.derivations
            for checked in reversed(one.steps)
        }
        backs: dict[int, tuple[str, int, str]] = {}
        for function in self.module.functions:
            step = steps.get(function.span)
            target = f"#s-{step}" if step is not None else "#top"
            backs[function.module_line] = (target, self.source.line(function.span.start), function.name)
        return backs


def _template(name: str, **values: object) -> Markup:
    return Markup(_ENVIRONMENT.get_template(name).render(**values))  # noqa: S704 - autoescaped
