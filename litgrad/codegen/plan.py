"""Which functions a module gets, with the form that each is computed by and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy import Derivative, Expr, Subs, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.setting import Setting
from litgrad.codegen.accuracy import error, sample
from litgrad.codegen.special import Sigmoid
from litgrad.codegen.stability import Rewrite, stabilise
from litgrad.gradients.composite import symbols_in_order
from litgrad.gradients.gradient import Form, Gradient, Gradients
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import name_of, substitute
from litgrad.meaning.statements import Definition, Statements
from litgrad.source import Span

_ULP_STEP = 8
"""Errors up to this many units of the last place count as equal."""


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
    rewrites: tuple[Rewrite, ...]
    notes: tuple[str, ...]
    """Sentences for the docstring: premises, choice of form."""


class Planner:
    """Chooses the functions of a post and their forms."""

    def __init__(self, statements: Statements, gradients: Gradients) -> None:
        self.statements = statements
        self.gradients = gradients
        self.definitions: Definitions = gradients.definitions

    def plans(self) -> Iterator[Plan]:
        """All functions in the order of the post, definitions before derivatives of the same line."""
        found = [plan for plan in (*self._definitions(), *self._gradients()) if plan is not None]
        seen: set[str] = set()
        for plan in sorted(found, key=lambda plan: plan.span):
            if plan.key not in seen:
                seen.add(plan.key)
                yield plan

    @cached_property
    def sigmoids(self) -> frozenset[str]:
        """The functions that the post defines as the logistic sigmoid, whatever it calls them."""
        return frozenset(
            name
            for name, (parameters, body) in self.definitions.functions.items()
            if len(parameters) == 1 and stabilise(body)[0] == Sigmoid(parameters[0])
        )

    def prepared(self, expr: Expr) -> tuple[Expr, tuple[Rewrite, ...]]:
        """An expression in stable form; calls of the post's sigmoid take part in the rewriting."""
        calls = {
            call: Sigmoid(call.args[0])
            for call in expr.atoms(AppliedUndef)
            if name_of(call) in self.sigmoids and len(call.args) == 1
        }
        return stabilise(substitute(expr, calls))

    # -------------------------------- definitions --------------------------------

    def _definitions(self) -> Iterator[Plan | None]:
        for definition in self.statements.definitions:
            yield self._definition(definition)

    def _definition(self, definition: Definition) -> Plan | None:
        body = self._resolved(definition.body.expr)
        parameters = definition.parameters or tuple(symbols_in_order(body))
        extra = tuple(symbol for symbol in symbols_in_order(body) if symbol not in parameters)
        if not self._computable(body):
            return None
        expr, rewrites = self.prepared(body)
        source = self.statements.source
        latex = " ".join(source.slice(definition.span).split())
        formula = " ".join(source.slice(definition.span | definition.body.node.span).split())
        return Plan(
            definition.name, definition.name, (), latex, formula, definition.span, definition.line,
            (*parameters, *extra), body, expr, rewrites, (),
        )  # fmt: skip

    def _resolved(self, body: Expr) -> Expr:
        """An alias as what it stands for; derivatives in a body carried out."""
        seen: set[Expr] = set()
        while isinstance(body, Symbol) and body in self.definitions.values and body not in seen:
            seen.add(body)
            body = self.definitions.values[body]
        return self.definitions.settle(body) if body.has(Derivative, Subs) else body

    def _computable(self, expr: Expr) -> bool:
        """Whether every call is of a function that the post defines."""
        known = all(name_of(call) in self.definitions.functions for call in expr.atoms(AppliedUndef))
        return known and not expr.has(Derivative, Subs, sympy.Integral, sympy.Sum)

    # -------------------------------- gradients --------------------------------

    def _gradients(self) -> Iterator[Plan | None]:
        for gradient in self.gradients.gradients:
            yield self._gradient(gradient)

    def _gradient(self, gradient: Gradient) -> Plan | None:
        forms = [form for form in gradient.forms if self._computable(form.expr)]
        candidates: list[tuple[Expr, Form | None]] = [(form.expr, form) for form in forms]
        if not any(form.premises for form in forms) and self._computable(gradient.derived):
            candidates.append((gradient.derived, None))
        if not candidates:
            return None
        chosen, form = self._best(candidates, gradient)
        expr, rewrites = self.prepared(chosen)
        notes = tuple(self._notes(form, forms))
        formula = f"{gradient.latex} = {self._latex(form)}" if form else gradient.latex
        return Plan(
            _head(gradient), gradient.numerator, gradient.variables, gradient.latex, formula, gradient.span,
            form.line if form else gradient.line, self._parameters(gradient, forms, chosen), chosen, expr,
            rewrites, notes,
        )  # fmt: skip

    def _latex(self, form: Form) -> str:
        return " ".join(self.statements.source.slice(form.span).split())

    def _notes(self, form: Form | None, forms: list[Form]) -> Iterator[str]:
        if form is None:
            yield "Derived from the definition; the post writes no other form of it."
            return
        for _, _, latex in form.premises:
            yield f"Holds if {latex}, which the post does not state."
        if form is not forms[-1]:
            yield f"Of {len(forms)} forms that the post proves equal, this one keeps the most digits."

    def _parameters(self, gradient: Gradient, forms: list[Form], chosen: Expr) -> tuple[Symbol, ...]:
        """The symbols of the chosen form, in the order in which the chain first shows them."""
        shown = [symbol for form in forms for symbol in symbols_in_order(form.expr)]
        needed = set(symbols_in_order(chosen))
        function = self.definitions.functions.get(gradient.numerator)
        fixed = function[0] if function is not None else ()
        ordered = [symbol for symbol in (*shown, *symbols_in_order(chosen)) if symbol in needed]
        return tuple(dict.fromkeys([*fixed, *ordered]))

    def _best(self, candidates: list[tuple[Expr, Form | None]], gradient: Gradient) -> tuple[Expr, Form | None]:
        """The most accurate form over the domain; then the post's own; the shortest; the last."""
        settled = [self._expanded(expr) for expr, _ in candidates]
        setting = Setting.of_definitions(self.statements, self.definitions)
        domain = setting.domain(settled[0], settled[-1], leaves=False)
        points = sample(domain)

        def rank(index: int) -> tuple[int, bool, int, int]:
            expr, _ = self.prepared(candidates[index][0])
            lost = error(self.inlined(expr), settled[0], points)
            return (int(lost / _ULP_STEP).bit_length(), candidates[index][1] is None, expr.count_ops(), -index)

        return candidates[min(range(len(candidates)), key=rank)]

    def _expanded(self, expr: Expr) -> Expr:
        return self.definitions.expand_calls(expr)

    def inlined(self, expr: Expr) -> Expr:
        """A stable form with the calls of the post's other functions put in, stable as well."""
        calls = sorted(expr.atoms(AppliedUndef), key=str)
        for call in calls:
            parameters, body = self.definitions.functions[name_of(call)]
            if len(parameters) == len(call.args):
                inner = self.inlined(self.prepared(body)[0])
                expr = substitute(expr, {call: inner.xreplace(dict(zip(parameters, call.args, strict=True)))})
        return expr


def _head(gradient: Gradient) -> str:
    below = "".join(rf"d{variable.name}^{order}" for variable, order in gradient.variables)
    return rf"\frac{{d{gradient.numerator}}}{{{below}}}"
