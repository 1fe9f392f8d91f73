"""`write_module`: an importable NumPy module from a post's definitions and gradients."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from sympy import Expr, Symbol

from litgrad.codegen.composed import Composed, adjoint, compose
from litgrad.codegen.generated import Function, GeneratedModule, Link, Parameter
from litgrad.codegen.identifiers import Names, derivative_identifier
from litgrad.codegen.plan import Plan, Planner
from litgrad.codegen.printer import Piece, Printer, Unprintable
from litgrad.codegen.special import HELPERS
from litgrad.codegen.stability import reasons
from litgrad.codegen.text import docstring, quoted, statement
from litgrad.gradients.gradient import Gradients
from litgrad.meaning.statements import Statements
from litgrad.source import Span


def write_module(statements: Statements, gradients: Gradients, name: str) -> GeneratedModule:
    """Write the module of a post.

    Takes the statements, their gradients, and the module's name. Gives the text, its public
    functions, and the values of its expressions by place. Functions that NumPy cannot compute are
    left out. The text depends on nothing else, so it is the same on every run.
    """
    return _Writer(statements, gradients, name).module()


@dataclass(frozen=True, slots=True)
class Body:
    """A function's text, its `def` line within it, and its public description."""

    piece: Piece
    name: str
    latex: str
    span: Span
    parameters: tuple[Parameter, ...]


@dataclass(slots=True)
class _Writer:
    statements: Statements
    gradients: Gradients
    name: str
    names: Names = field(default_factory=Names)

    def module(self) -> GeneratedModule:
        planner = Planner(self.statements, self.gradients)
        printer = Printer(self.names.of, known=_known(self.statements))
        plans = list(planner.plans())
        functions = {plan.key: self._claim(plan) for plan in plans}
        printer.sigmoid = next((functions[name] for name in sorted(planner.sigmoids) if name in functions), None)
        bodies = [body for plan in plans if (body := self._function(plan, functions[plan.key], printer, planner))]
        for composite in self.gradients.composites:
            bodies.extend(self._composed(compose(planner, composite), printer))
        return self._assembled(bodies, printer)

    def _claim(self, plan: Plan) -> str:
        """The Python name of a function."""
        base = self.names.of(plan.numerator, plan.span)
        if not plan.variables:
            return base
        variables = [(self.names.of(variable.name), order) for variable, order in plan.variables]
        return self.names.claim(plan.key, derivative_identifier(base, variables), plan.span)

    # -------------------------------- functions --------------------------------

    def _function(self, plan: Plan, name: str, printer: Printer, planner: Planner) -> Body | None:
        own = printer.sigmoid if plan.key not in planner.sigmoids else None
        try:
            inner = Printer(printer.name, own, printer.helpers, printer.known)
            piece = inner.piece(plan.expr)
        except Unprintable:
            return None
        if plan.expr.is_Integer:
            piece = Piece(f"{int(plan.expr)}.0", piece.links)
        parameters = tuple(self._parameter(symbol) for symbol in plan.parameters)
        head = f"def {name}({', '.join(parameter.name for parameter in parameters)}):\n"
        comments = "".join(f"    # {line}\n" for line in reasons(plan.rewrites) if plan.rewrites)
        text = Piece.join(head, self._docstring(plan, name, parameters), "\n", comments, statement("return ", piece), "\n")
        return Body(text, name, plan.latex, plan.span, parameters)

    def _parameter(self, symbol: Symbol) -> Parameter:
        return Parameter(self.names.of(symbol.name), symbol.name)

    def _docstring(self, plan: Plan, name: str, parameters: tuple[Parameter, ...]) -> str:
        lines = [f"{self._summary(plan)} (line {plan.line}).", "", f"    {quoted(plan.formula)}"]
        lines += ["", *(quoted(note) for note in plan.notes)] if plan.notes else []
        lines += ["", *_arguments(parameters)] if parameters else []
        return docstring([*lines, "", *_returns(parameters)])

    def _summary(self, plan: Plan) -> str:
        symbol = self.names.of(plan.numerator)
        if not plan.variables:
            return f"{symbol} as the post defines it"
        by = " and ".join(self.names.of(variable.name) for variable, _ in plan.variables)
        order = sum(count for _, count in plan.variables)
        word = {1: "Derivative", 2: "Second derivative"}.get(order, f"Derivative of order {order}")
        return f"{word} of {symbol} with respect to {by}"

    # -------------------------------- compositions --------------------------------

    def _composed(self, composed: Composed, printer: Printer) -> Iterator[Body]:
        """`value_and_grad_L` and `grad_L`."""
        composite = composed.composite
        symbol = self.names.of(composite.name)
        both = self.names.claim(f"value and grad {composite.name}", f"value_and_grad_{symbol}", composite.span)
        only = self.names.claim(f"grad {composite.name}", f"grad_{symbol}", composite.span)
        try:
            lines = list(self._lines(composed, printer, symbol))
        except Unprintable:
            return
        parameters = tuple(self._parameter(leaf) for leaf in composite.leaves)
        listed = ", ".join(parameter.name for parameter in parameters)
        value_doc = self._composed_docstring(composed, symbol, parameters, with_value=True)
        grad_doc = self._composed_docstring(composed, symbol, parameters, with_value=False)
        full = Piece.join(f"def {both}({listed}):\n", value_doc, "\n", *(part for line in lines for part in (line, "\n")))
        short = Piece.join(f"def {only}({listed}):\n", grad_doc, f"\n    return {both}({listed})[1]\n")
        yield Body(full, both, composite.latex, composite.span, parameters)
        yield Body(short, only, composite.latex, composite.span, parameters)

    def _lines(self, composed: Composed, printer: Printer, symbol: str) -> Iterator[Piece]:
        renamed = {adjoint(local).name: self._adjoint_name(symbol, local) for local, _ in composed.locals}
        inner = Printer(lambda name: renamed.get(name) or self.names.of(name), printer.sigmoid, printer.helpers, printer.known)
        value = self.names.claim("the value", "value")
        for local, body in composed.locals:
            yield statement(f"{self.names.of(local.name)} = ", inner.piece(body))
        yield statement(f"{value} = ", inner.piece(composed.value))
        for local, rate in composed.adjoints:
            yield statement(f"{renamed[adjoint(local).name]} = ", inner.piece(rate))
        yield Piece("    gradient = {")
        for leaf, rate in composed.gradients:
            yield Piece.join(f'        "{self.names.of(leaf.name)}": ', inner.piece(rate), ",")
        yield Piece("    }")
        yield Piece(f"    return {value}, gradient")

    def _adjoint_name(self, symbol: str, local: Symbol) -> str:
        """A local name; it may hide the module's function of that name, which is not called here."""
        return derivative_identifier(symbol, [(self.names.of(local.name), 1)])

    def _composed_docstring(
        self, composed: Composed, symbol: str, parameters: tuple[Parameter, ...], *, with_value: bool
    ) -> str:
        what = f"{symbol} and its gradient" if with_value else f"Gradient of {symbol}"
        through = ", ".join(self.names.of(local.name) for local, _ in composed.composite.locals)
        line = composed.composite.line
        lines = [f"{what} through {through} (line {line}).", "", f"    {quoted(composed.composite.latex)}"]
        lines += ["", *_arguments(parameters), "", "Returns:"]
        gradient = "the gradient as a dict from each parameter's name to the derivative by it"
        lines.append(f"    The value, and {gradient}." if with_value else f"    {gradient.capitalize()}.")
        return docstring(lines)

    # -------------------------------- the whole file --------------------------------

    def _assembled(self, bodies: list[Body], printer: Printer) -> GeneratedModule:
        public = [body.name for body in bodies]
        parts: list[str | Piece] = [self._header(public)]
        for head, helper in HELPERS.items():
            if head in printer.helpers:
                parts += ["\n\n", helper.text]
        lines: list[int] = []
        for body in bodies:
            parts.append("\n\n")
            lines.append(Piece.join(*parts).text.count("\n") + 1)
            parts.append(body.piece)
        whole = Piece.join(*parts)
        functions = tuple(
            Function(body.name, body.latex, body.span, line, body.parameters)
            for body, line in zip(bodies, lines, strict=True)
        )
        links = tuple(Link(start, end, expr) for start, end, expr in whole.links)
        return GeneratedModule(self.name, whole.text, functions, links, tuple(self.names.diagnostics))

    def _header(self, public: list[str]) -> str:
        path = quoted(PurePath(self.statements.source.path).name).replace("\\", "/")
        listed = "".join(f'    "{name}",\n' for name in public)
        every = f"__all__ = [\n{listed}]\n" if public else "__all__ = []\n"
        return f'"""The definitions and gradients of {path}, compiled by litgrad."""\n\nimport numpy as np\n\n{every}'


def _known(statements: Statements) -> dict[Expr, object]:
    """Every value that the post writes, as written and as it looks after rewriting."""
    known: dict[Expr, object] = {}
    for reading in statements.readings:
        for term in reading.terms:
            for _, expr in term.parts:
                known[expr] = True
    return known


def _arguments(parameters: tuple[Parameter, ...]) -> list[str]:
    lines = [f"    {parameter.name}: {quoted(parameter.latex)}, a scalar or an array." for parameter in parameters]
    return ["Args:", *lines]


def _returns(parameters: tuple[Parameter, ...]) -> list[str]:
    if not parameters:
        return ["Returns:", "    A constant, which broadcasts."]
    return ["Returns:", "    The value, with the shape that the arguments broadcast to."]
