"""`render_page`: a compiled post to one HTML page."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from markupsafe import Markup

from litgrad.checking.verdicts import CheckedDerivation
from litgrad.codegen.generated import Function, GeneratedModule
from litgrad.diagnostics import Diagnostic, Severity
from litgrad.document import Document, MathBlock, Prose
from litgrad.latex.tree import Formula
from litgrad.meaning.statements import Statements
from litgrad.page.alive import Card, cards_of
from litgrad.page.code import Back, code_blocks
from litgrad.page.controls import visible
from litgrad.page.counts import counted
from litgrad.page.dependencies import graph_of
from litgrad.page.environment import template
from litgrad.page.example import Example, examples_of
from litgrad.page.glossary import Entry, definitions_of, glossary_of
from litgrad.page.identity import Identities
from litgrad.page.lines import brief, where, with_links
from litgrad.page.mathml import Drawing
from litgrad.page.plots import FRAME
from litgrad.page.prose import fit
from litgrad.page.references import References
from litgrad.page.rows import Post, views_of
from litgrad.page.short import Short, shorts_of
from litgrad.page.words import drawn, leading_punctuation
from litgrad.source import Source, Span

_SIGNS = re.compile(r"\\[a-zA-Z]+|[^\s{}^_&]")
_SHORT = 16
"""Signs of a formula in a sentence that is not parted at the end of a line."""
_MOST_TOLD = 200
"""Messages at the head of a page; the report holds all."""


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
        self.statements = statements
        self.derivations = derivations
        self.module = module
        self.root = root
        self.identities = Identities(statements, module)
        self.functions: dict[Span, Function] = {}
        for function in module.functions:
            self.functions.setdefault(function.span, function)
        self.cards: dict[Span, Card] = cards_of(statements, module)
        self.examples: dict[Span, Example] = examples_of(module)
        self.shorts: dict[Span, Short] = shorts_of(module)
        self.references = References(document.math, formulas)
        self.lines = {index: self.source.line(block.span.start) for index, block in enumerate(document.math)}
        places = self._definitions()
        self.glossary = glossary_of(statements, module, places)
        named = {line: f"#f{index}" for index, line in reversed(self.lines.items())}
        named |= {self.source.line(span.start): place for span, place in places.items()}
        self.post = Post(statements, self.functions, self._entries(), named)

    def html(self) -> str:
        body = Markup("").join(self._body())
        diagnostics = self._diagnostics()
        head = min((function.module_line for function in self.module.functions), default=1) - 1
        page = template("post.html").render(
            title=self.document.title,
            direction=_direction(self.document.title),
            root=self.root,
            body=body,
            counts=self._counts(),
            firsts=self._firsts(),
            glossary=self.glossary.values(),
            graph=graph_of(self.statements, self.glossary),
            diagnostics=[self._shown(one) for one in diagnostics[:_MOST_TOLD]],
            more=max(0, len(diagnostics) - _MOST_TOLD),
            told=_told(Counter(one.severity.value for one in diagnostics)),
            module=self.module,
            head=head,
            blocks=code_blocks(self.module, self.identities, self._backs(), head),
        )
        return visible(page)

    def _counts(self) -> list[tuple[str, str, str, int]]:
        return counted(Counter(step.verdict for one in self.derivations for step in one.steps))

    def _firsts(self) -> dict[str, str]:
        """The first step of each verdict."""
        steps = [step for one in self.derivations for step in one.steps]
        return {step.verdict.value: step.step.id for step in reversed(steps)}

    def _diagnostics(self) -> list[Diagnostic]:
        """All that fails or warns, by place."""
        found: list[Diagnostic] = [
            *self.document.diagnostics,
            *(diagnostic for formula in self.formulas for diagnostic in formula.diagnostics),
            *self.statements.diagnostics,
            *(diagnostic for derivation in self.derivations for diagnostic in derivation.diagnostics),
            *self.module.diagnostics,
        ]
        told = [one for one in dict.fromkeys(found) if one.severity is not Severity.NOTE]
        return sorted(told, key=lambda one: one.span)

    def _shown(self, diagnostic: Diagnostic) -> tuple[str, str, str, Markup]:
        """Severity, place in words, link and message."""
        at, place = self.source.where(diagnostic.span.start), self._place(diagnostic.span)
        message = with_links(drawn(diagnostic.message), self.post.lines, self.source)
        return diagnostic.severity.value, at, place, message

    def _place(self, span: Span) -> str:
        """Where the page shows a place of the post: the formula around it, else the top."""
        inside = (index for index, formula in enumerate(self.formulas) if span in formula.span)
        return next((f"#f{index}" for index in inside), "#top")

    # -------------------------------- the post --------------------------------

    def _body(self) -> Iterator[Markup]:
        index, taken = 0, ""
        waiting: list[Markup] = []
        flow = self.document.flow
        for number, piece in enumerate(flow):
            if isinstance(piece, MathBlock):
                taken = "" if piece.display else _punctuation(flow[number + 1 : number + 2])
                yield self._math(index, piece, taken)
                waiting += self._figures_in(self.formulas[index].span)
                index += 1
                if piece.display:
                    yield from waiting
                    waiting = []
            else:
                html = (piece.html if number else self._without_title(piece.html)).removeprefix(taken)
                html = fit(self.references.linked(html, self.lines))
                taken = ""
                before, closed, after = html.partition("</p>")
                yield Markup(before + closed)  # noqa: S704 - rendered by markdown-it with raw HTML off
                if closed:
                    yield from waiting
                    waiting = []
                yield Markup(after)  # noqa: S704 - as above
        yield from waiting

    def _figures_in(self, span: Span) -> list[Markup]:
        """The functions that a formula defines: those that move, and examples of those of vectors."""
        cards = [_figure(card, self.module.name) for place, card in self.cards.items() if place in span]
        examples = [example for place, example in self.examples.items() if place in span]
        shorts = [short for place, short in self.shorts.items() if place in span]
        return [
            *cards,
            *(_template("short.html", short=short) for short in shorts),
            *(_template("example.html", example=example) for example in examples),
        ]

    def _without_title(self, html: str) -> str:
        """The first heading is left out where the page's own head shows it."""
        match = re.match(r"\s*<h1[^>]*>(.*?)</h1>", html)
        return html[match.end() :] if match and match[1] == escape(self.document.title) else html

    def _math(self, index: int, block: MathBlock, after: str) -> Markup:
        """A math segment, with the punctuation that may not be parted from it."""
        formula = self.formulas[index]
        derivations = [one for one in self.derivations if one.derivation.formula == index]
        drawing = Drawing(self.source, self.identities.marks(index))
        views = views_of(formula, derivations, drawing, self.post)
        self.identities.settle(drawing.places)
        line = where(self.source, self.lines[index])
        if not views:
            reason = self._reason(index)
            return (
                _template("raw.html", latex=block.latex.strip(), block=block, index=index, reason=reason)
                + after
            )
        name = "derivation.html" if block.display else "inline.html"
        latex = " ".join(block.latex.split())
        return _template(
            name,
            rows=views,
            index=index,
            line=line,
            latex=latex,
            after=after,
            frame=FRAME,
            short=_is_short(latex),
        )

    def _definitions(self) -> Mapping[Span, str]:
        """The link of each definition: its step, else its formula."""
        steps = {
            step.left.span: f"#s-{step.id}"
            for one in self.statements.derivations
            for step in reversed(one.steps)
        }
        places = (definition.span for definition in definitions_of(self.statements))
        return {place: steps.get(place) or self._place(place) for place in places}

    def _entries(self) -> Mapping[Span, Entry]:
        """What the glossary says of each name, by the place where it is defined."""
        named = [one for one in definitions_of(self.statements) if one.name in self.glossary]
        return {definition.span: self.glossary[definition.name] for definition in named}

    def _reason(self, index: int) -> str:
        """Why a formula is shown as its author typed it."""
        messages = (diagnostic.message for diagnostic in self.formulas[index].diagnostics)
        return next(messages, self.statements.readings[index].reason or "there is nothing to draw")

    # -------------------------------- the code --------------------------------

    def _backs(self) -> Mapping[int, Back]:
        """For each function, the step or formula that it was made from."""
        steps = {
            checked.step.left.span: checked.step.id
            for one in self.derivations
            for checked in reversed(one.steps)
        }
        backs: dict[int, Back] = {}
        for function in self.module.functions:
            step = steps.get(function.span)
            target = self._place(function.span) if step is None else f"#s-{step}"
            line = self.source.line(function.span.start)
            named = brief(self.source, line), where(self.source, line)
            backs[function.module_line] = Back(target, *named, function.name)
        return backs


def _direction(text: str) -> str:
    """The direction of a text's first letter."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return "rtl" if next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


def _told(counts: Mapping[str, int]) -> str:
    """How many messages of each severity there are: `1 error, 2 warnings`."""
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in sorted(counts.items()))


def _is_short(latex: str) -> bool:
    """Whether a formula may stay on one line of a phone.

    >>> _is_short("W_1 + b_1")
    True
    """
    return len(_SIGNS.findall(latex)) <= _SHORT


def _punctuation(following: Sequence[Prose | MathBlock]) -> str:
    """The punctuation with which the prose goes on."""
    return leading_punctuation(following[0].html) if following and isinstance(following[0], Prose) else ""


def _figure(card: Card, module: str) -> Markup:
    return _template("alive.html", card=card, frame=FRAME, module=module)


def _template(name: str, **values: object) -> Markup:
    return Markup(template(name).render(**values))  # noqa: S704 - autoescaped
