"""Which functions a module gets, with the form that each is computed by and why."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from sympy import Expr, Symbol

from litgrad.codegen.accuracy import Sample, same_values
from litgrad.codegen.found import Computed, read_computed, write_computed
from litgrad.codegen.measures import Measures
from litgrad.codegen.parts import length
from litgrad.codegen.search import ENOUGH, Loss, Row
from litgrad.codegen.signatures import Signatures, computable, needed, obstacle, settled, signatures_of
from litgrad.codegen.text import one_line
from litgrad.gradients.gradient import Form, Gradient, Gradients
from litgrad.gradients.unstated import unstated
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.statements import Definition, Statements
from litgrad.records import dataclass
from litgrad.source import Span

_EQUAL = 8
"""Errors up to this many units of the last place count as equal."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A formula that a function could be computed by."""

    expr: Expr
    form: Form | None
    """Where the post writes it; None for what litgrad derives."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The formula that a function is computed by, and why if it is not the author's last."""

    candidate: Candidate
    reason: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A function to be written."""

    key: str
    """`L` or `\\frac{dL}{dw}`: what the name is made of and claimed for."""
    numerator: str
    variables: tuple[tuple[Symbol, int], ...]
    """Empty for a definition."""
    latex: str
    """The author's left side."""
    formula: str
    """The author's whole formula, on one line, for the docstring."""
    span: Span
    line: int
    parameters: tuple[Symbol, ...]
    literal: Expr
    """The author's form, with calls of the post's functions."""
    expr: Expr
    """The form that is computed."""
    rewrites: tuple[Row, ...]
    notes: tuple[str, ...]
    """Sentences for the docstring: premises, choice of form."""
    forms: tuple[Form, ...] = ()
    """What the post proves it equal to under the premises of the chosen form."""
    before: Loss | None = None
    """What the formula loses as written; None where it is computed as written."""
    after: Loss | None = None
    """What the computed form loses."""


class Planner:
    """Chooses the functions of a post and their forms."""

    def __init__(self, statements: Statements, gradients: Gradients) -> None:
        self.statements = statements
        self.gradients = gradients
        self.definitions: Definitions = gradients.definitions
        self.measures = Measures(statements, self.definitions)
        self.grounds = self.measures.setting.grounds
        self.obstacles: dict[str, tuple[int, str]] = {}
        """Definitions that cannot be computed: by name the line and the reason, once planned."""

    def plans(self) -> Iterator[Plan]:
        """All functions in the order of the post, definitions before derivatives of the same line."""
        found = [plan for plan in (*self._definitions(), *self._gradients()) if plan is not None]
        seen: set[str] = set()
        for plan in sorted(found, key=lambda plan: plan.span):
            if plan.key not in seen:
                seen.add(plan.key)
                yield plan

    @cached_property
    def signatures(self) -> Signatures:
        """The functions that generated code can call."""
        return signatures_of(self.definitions)

    def _computable(self, expr: Expr) -> bool:
        return computable(expr, self.signatures)

    # -------------------------------- what is remembered --------------------------------

    def _chosen(
        self, name: str, candidates: list[Candidate], choose: Callable[[list[Candidate]], Choice]
    ) -> Choice:
        """The choice among forms; that of the last run where nothing changed that it follows from."""

        def read(noted: Any) -> Choice:  # noqa: ANN401 - what JSON gives
            index, reason = noted
            return Choice(candidates[index], reason)

        about = [(one.expr, None if one.form is None else one.form.line) for one in candidates]
        return self.grounds.kept(
            f"choice of a {name}",
            about,
            [one.expr for one in candidates],
            lambda: choose(candidates),
            lambda choice: [candidates.index(choice.candidate), choice.reason],
            read,
        )

    def _computed(self, chosen: Expr, written: Expr, forms: Sequence[Expr] = ()) -> Computed:
        """`Measures.computed`; what the last run found where nothing changed that it follows from."""
        return self.grounds.kept(
            "computed",
            (chosen, written, forms),
            [chosen, written, *forms],
            lambda: self.measures.computed(chosen, written, forms),
            write_computed,
            read_computed,
        )

    # -------------------------------- definitions --------------------------------

    def _definitions(self) -> Iterator[Plan | None]:
        for definition in self.statements.definitions:
            yield self._definition(definition)

    def _definition(self, definition: Definition) -> Plan | None:
        body = self._resolved(definition.body.expr)
        reason = unstated(self.definitions, body) or obstacle(body, self.signatures)
        if reason is not None:
            self.obstacles.setdefault(definition.name, (definition.line, reason))
            return None
        symbols = needed(body, self.signatures)
        parameters = definition.parameters or symbols
        source = self.statements.source
        latex = " ".join(source.slice(definition.span).split())
        formula = one_line(source.slice(definition.span | definition.body.node.span))
        again = self.gradients.restatements.get(definition.name, ())
        candidates = [
            Candidate(body, None),
            *(Candidate(form.expr, form) for form in self._usable(again, symbols)),
        ]
        choice = self._chosen("definition", candidates, self._kept)
        expr, rewrites, before, after = self._computed(choice.candidate.expr, body)
        return Plan(
            definition.name, definition.name, (), latex, formula, definition.span, definition.line,
            tuple(dict.fromkeys([*parameters, *symbols])), body, expr, rewrites, _listed(choice.reason),
            again, before, after,
        )  # fmt: skip

    def _usable(self, forms: tuple[Form, ...], symbols: tuple[Symbol, ...]) -> Iterator[Form]:
        """The forms that need no premise, and nothing that the definition does not need."""
        for form in forms:
            plain = not form.premises and self._computable(form.expr)
            if plain and set(needed(form.expr, self.signatures)) <= set(symbols):
                yield form

    def _kept(self, candidates: list[Candidate]) -> Choice:
        """The definition itself, unless a later form of the post loses less than half as many digits."""
        if len(candidates) == 1:
            return Choice(candidates[0], None)
        samples = self.measures.samples_of([candidate.expr for candidate in candidates])
        forms = [
            self.measures.measured(candidate.expr, at)
            for candidate, at in zip(candidates, samples, strict=True)
        ]
        best = min(range(len(forms)), key=lambda index: (forms[index].worst, index))
        if forms[0].worst <= max(1.0, 2 * forms[best].worst):
            return Choice(candidates[0], None)
        form = candidates[best].form
        assert form is not None
        return Choice(candidates[best], f"Computed as line {form.line} has it, which keeps more digits.")

    def _resolved(self, body: Expr) -> Expr:
        """An alias as what it stands for; derivatives in a body carried out."""
        seen: set[Expr] = set()
        while isinstance(body, Symbol) and body in self.definitions.values and body not in seen:
            seen.add(body)
            body = self.definitions.values[body]
        return settled(self.definitions, body)

    # -------------------------------- gradients --------------------------------

    def _gradients(self) -> Iterator[Plan | None]:
        for gradient in self.gradients.gradients:
            yield self._gradient(gradient)

    def _gradient(self, gradient: Gradient) -> Plan | None:
        forms = [form for form in _consistent(gradient.forms) if self._computable(form.expr)]
        candidates = [*(Candidate(form.expr, form) for form in forms), *self._derived(gradient)]
        if not candidates:
            return None
        choice = self._chosen("gradient", candidates, self._best)
        chosen, form = choice.candidate.expr, choice.candidate.form
        expr, rewrites, before, after = self._computed(
            chosen, forms[-1].expr if forms else chosen, [each.expr for each in forms]
        )
        formula = f"{gradient.latex} = {self._latex(form)}" if form else gradient.latex
        return Plan(
            derivative_key(gradient), gradient.numerator, gradient.variables, gradient.latex, formula,
            gradient.span, form.line if form else gradient.line, self._parameters(gradient, forms, chosen),
            chosen, expr, rewrites, tuple(self._notes(choice)), tuple(forms), before, after,
        )  # fmt: skip

    def _derived(self, gradient: Gradient) -> Iterator[Candidate]:
        """What follows from the definitions; nothing where the post's own forms need more than it states."""
        if any(form.premises for form in (*gradient.forms, *gradient.implicit)):
            return
        if not self._computable(gradient.derived):
            return
        whole = self.definitions.expand(gradient.derived)
        for form in gradient.implicit:
            if self._computable(form.expr) and same_values(self.definitions.expand(form.expr), whole, 3):
                yield Candidate(form.expr, None)
        yield Candidate(gradient.derived, None)

    def _latex(self, form: Form) -> str:
        return " ".join(self.statements.source.slice(form.span).split())

    def _notes(self, choice: Choice) -> Iterator[str]:
        for _, _, latex in choice.candidate.form.premises if choice.candidate.form else ():
            yield f"Holds if {latex}, which the post does not state."
        if choice.reason is not None:
            yield choice.reason

    def _parameters(self, gradient: Gradient, forms: list[Form], chosen: Expr) -> tuple[Symbol, ...]:
        """The symbols of the chosen form, in the order in which the chain first shows them."""
        shown = [symbol for form in forms for symbol in needed(form.expr, self.signatures)]
        symbols = needed(chosen, self.signatures)
        function = self.definitions.functions.get(gradient.numerator)
        fixed = function[0] if function is not None else ()
        return tuple(dict.fromkeys([*fixed, *(symbol for symbol in (*shown, *symbols) if symbol in symbols)]))

    # -------------------------------- the choice among forms --------------------------------

    def _best(self, candidates: list[Candidate]) -> Choice:
        """The most accurate form over the domain; then the post's own; the shortest; the last."""
        written = [candidate for candidate in candidates if candidate.form is not None]
        if len(candidates) == 1:
            return Choice(candidates[0], None if written else _DERIVED)
        samples = self.measures.samples_of([candidate.expr for candidate in candidates])
        ranks = [self._rank(candidate, index, samples[index]) for index, candidate in enumerate(candidates)]
        best = min(range(len(candidates)), key=lambda index: ranks[index])
        if not written:
            return Choice(candidates[best], _DERIVED)
        if candidates[best] is written[-1]:
            return Choice(candidates[best], None)
        lost, last = ranks[best][:3], ranks[len(written) - 1][:3]
        return Choice(candidates[best], _reason(candidates[best], len(written), better=lost < last))

    def _rank(self, candidate: Candidate, index: int, sample: Sample) -> tuple[int, int, int, bool, int, int]:
        """Points without a number, digits lost beyond what counts as none, and then what reads best."""
        expr, _ = self.measures.prepared(candidate.expr)
        form = self.measures.measured(candidate.expr, sample)
        lost, units = (
            int(form.sound / ENOUGH).bit_length(),
            int(sample.units(form.expr) / _EQUAL).bit_length(),
        )
        return form.faults, lost, units, candidate.form is None, length(expr), -index


def _listed(reason: str | None) -> tuple[str, ...]:
    return (reason,) if reason is not None else ()


def _consistent(forms: tuple[Form, ...]) -> list[Form]:
    """The forms that need no premise; if there are none, those that need what the first needs."""
    first = forms[0].premises if forms else ()
    needs = () if any(not form.premises for form in forms) else first
    return [form for form in forms if form.premises == needs]


_DERIVED = "Derived from the definition; the post proves no form of it."


def _reason(chosen: Candidate, count: int, *, better: bool) -> str:
    """Why the author's last form is not the one that is computed."""
    forms = "the form" if count == 1 else f"all {count} forms"
    if chosen.form is None:
        return f"Derived from the definition, as it loses fewer digits than {forms} of the post."
    if better:
        return f"Of {count} forms that the post proves equal, this one keeps the most digits."
    return f"Of {count} forms that the post proves equal, this one is as accurate as the last and shorter."


def derivative_key(gradient: Gradient) -> str:
    """What the name of a derivative is claimed for."""
    below = "".join(rf"d{variable.name}^{order}" for variable, order in gradient.variables)
    return rf"\frac{{d{gradient.numerator}}}{{{below}}}"
