"""`write_module`: an importable NumPy module from a post's definitions and gradients."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from sympy import Expr, Symbol

from litgrad.codegen.composed import Composed, adjoint, compose
from litgrad.codegen.fast import Fast, section
from litgrad.codegen.generated import Function, GeneratedModule, Link, Parameter
from litgrad.codegen.identifiers import Names, derivative_identifier
from litgrad.codegen.layout import WIDTH
from litgrad.codegen.plan import Plan, Planner, derivative_key
from litgrad.codegen.printer import Piece, Printer, Unprintable, as_float
from litgrad.codegen.search import gained, reasons
from litgrad.codegen.second import in_leaves, second_derivatives
from litgrad.codegen.special import HELPERS, Choose
from litgrad.codegen.text import comment, docstring, entry, quoted, signature, statement
from litgrad.gradients.gradient import Gradient, Gradients
from litgrad.meaning.statements import Statements
from litgrad.source import Span


def write_module(
    statements: Statements, gradients: Gradients, name: str, derivatives: int = 1
) -> GeneratedModule:
    """Write the module of a post.

    Takes the statements, their gradients, the module's name, and 2 for second derivatives of what the
    definitions compose to. Gives the text, its public
    functions, and the values of its expressions by place. Functions that NumPy cannot compute are
    left out. The text depends on nothing else, so it is the same on every run.
    """
    return _Writer(statements, gradients, name, derivatives).module()


@dataclass(frozen=True, slots=True)
class Body:
    """A function's text, its `def` line within it, and its public description."""

    piece: Piece
    name: str
    latex: str
    span: Span
    parameters: tuple[Parameter, ...]
    fast: Fast | None = None
    """What its fast form computes, where it has one."""


@dataclass(slots=True)
class _Writer:
    statements: Statements
    gradients: Gradients
    name: str
    derivatives: int = 1
    names: Names = field(default_factory=Names)
    planner: Planner = field(init=False)
    known: Mapping[Expr, Expr] = field(init=False)
    helpers: set[type] = field(default_factory=set)
    sigmoid: str | None = None
    plans: list[Plan] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Comments on functions that NumPy cannot compute."""

    def __post_init__(self) -> None:
        self.planner = Planner(self.statements, self.gradients)
        self.known = _known(self.statements, self.planner)

    def module(self) -> GeneratedModule:
        """The whole module."""
        self.plans.extend(self.planner.plans())
        claimed = [(plan, self._claim(plan)) for plan in self.plans]
        for name, (line, reason) in self.planner.obstacles.items():
            self._leave_out(self.names.of(name), line, reason)
        self.sigmoid = next(
            (name for plan, name in claimed if plan.key in self.planner.measures.sigmoids), None
        )
        planned = {plan.key for plan in self.plans}
        for gradient in self.gradients.gradients:
            if gradient.missing is not None and derivative_key(gradient) not in planned:
                self._leave_out(self._derivative_name(gradient), gradient.line, gradient.missing)
        for gradient in self.gradients.superseded:
            self._leave_out(
                self._derivative_name(gradient), gradient.line, "it belongs to a later definition"
            )
        bodies = [body for plan, name in claimed if (body := self._function(plan, name)) is not None]
        for composite in self.gradients.composites:
            composed = compose(self.planner, composite)
            bodies.extend(self._composed(composed))
            bodies.extend(self._second(composed) if self.derivatives > 1 else ())
        return self._assembled(bodies)

    def _leave_out(self, name: str, line: int, reason: str) -> None:
        text = textwrap.wrap(f"{name} (line {line}) is not here: {quoted(reason)}.", WIDTH - 2)
        self.left_out.extend(f"# {part}\n" for part in text)

    def _claim(self, plan: Plan) -> str:
        """The Python name of a function."""
        base = self.names.of(plan.numerator, plan.span)
        if not plan.variables:
            return base
        variables = [(self.names.of(variable.name), order) for variable, order in plan.variables]
        return self.names.claim(plan.key, derivative_identifier(base, variables), plan.span)

    def _derivative_name(self, gradient: Gradient) -> str:
        variables = [(self.names.of(variable.name), order) for variable, order in gradient.variables]
        return derivative_identifier(self.names.of(gradient.numerator), variables)

    def _printer(self, hidden: Iterable[str], *, calls_sigmoid: bool = True) -> Printer:
        """A printer for the inside of a function that has these parameters and locals."""
        return Printer(
            self.names.of,
            self.sigmoid if calls_sigmoid else None,
            known=self.known,
            signatures=self.planner.signatures,
            hidden=frozenset(hidden),
        )

    # -------------------------------- functions --------------------------------

    def _function(self, plan: Plan, name: str) -> Body | None:
        parameters = tuple(self._parameter(symbol) for symbol in plan.parameters)
        own = plan.key in self.planner.measures.sigmoids
        printer = self._printer((parameter.name for parameter in parameters), calls_sigmoid=not own)
        try:
            piece = printer.piece(plan.expr)
        except Unprintable as fault:
            self._leave_out(name, plan.line, str(fault))
            return None
        self.helpers |= printer.helpers
        if plan.expr.is_Integer:
            piece = as_float(piece)
        head = signature(name, [parameter.name for parameter in parameters])
        comments = "".join(
            comment(line) for line in (*reasons(plan.rewrites), *gained(plan.before, plan.after))
        )
        documentation = self._docstring(plan, parameters)
        text = Piece.join(head, documentation, "\n", comments, _returned(piece, plan.expr), "\n")
        listed = tuple(parameter.name for parameter in parameters)
        plain = not listed or _is_call(piece.text)
        fast = (
            None
            if plain
            else Fast(name, listed, plan.parameters, (self.planner.measures.inlined(plan.expr),))
        )
        return Body(text, name, plan.latex, plan.span, parameters, fast)

    def _parameter(self, symbol: Symbol) -> Parameter:
        return Parameter(self.names.of(symbol.name), symbol.name)

    def _docstring(self, plan: Plan, parameters: tuple[Parameter, ...]) -> str:
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

    def _composed(self, composed: Composed) -> Iterator[Body]:
        """`value_and_grad_L` and `grad_L`."""
        composite = composed.composite
        symbol = self.names.of(composite.name)
        both = self.names.claim(
            f"value and grad {composite.name}", f"value_and_grad_{symbol}", composite.span
        )
        only = self.names.claim(f"grad {composite.name}", f"grad_{symbol}", composite.span)
        parameters = tuple(self._parameter(leaf) for leaf in composite.leaves)
        try:
            lines = list(self._lines(composed, parameters, symbol))
        except Unprintable as fault:
            self._leave_out(both, composite.line, str(fault))
            return
        listed = [parameter.name for parameter in parameters]
        value_doc = self._composed_docstring(composed, symbol, parameters, with_value=True)
        grad_doc = self._composed_docstring(composed, symbol, parameters, with_value=False)
        full = Piece.join(
            signature(both, listed), value_doc, "\n", *(part for line in lines for part in (line, "\n"))
        )
        call = Piece(f"{both}({', '.join(listed)})")
        short = Piece.join(signature(only, listed), grad_doc, "\n", statement("_, gradient = ", call), "\n")
        short = Piece.join(short, "    return gradient\n")
        fast = Fast(
            both,
            tuple(listed),
            composite.leaves,
            tuple(map(self.planner.measures.inlined, in_leaves(composed))),
            tuple(listed),
        )
        yield Body(full, both, composite.latex, composite.span, parameters, fast)
        yield Body(short, only, composite.latex, composite.span, parameters)

    def _lines(self, composed: Composed, parameters: tuple[Parameter, ...], symbol: str) -> Iterator[Piece]:
        locals_ = [self.names.of(local.name) for local, _ in composed.locals]
        used = {*(parameter.name for parameter in parameters), *locals_}
        renamed = self._adjoint_names(composed, symbol, used)
        printer = self._printer({*used, *renamed.values()})
        printer.name = lambda name: renamed.get(name) or self.names.of(name)
        for local, body in composed.locals:
            yield statement(f"{self.names.of(local.name)} = ", printer.piece(body))
        yield statement("value = ", printer.piece(composed.shown))
        for local, rate in composed.adjoints:
            yield statement(f"{renamed[adjoint(local).name]} = ", printer.piece(rate))
        yield Piece("    gradient = {")
        for leaf, rate in composed.gradients:
            yield entry(self.names.of(leaf.name), printer.piece(rate))
        yield Piece("    }")
        yield Piece("    return value, gradient")
        self.helpers |= printer.helpers

    def _second(self, composed: Composed) -> Iterator[Body]:
        """`hessian_L`."""
        composite = composed.composite
        symbol = self.names.of(composite.name)
        name = self.names.claim(f"hessian {composite.name}", f"hessian_{symbol}", composite.span)
        parameters = tuple(self._parameter(leaf) for leaf in composite.leaves)
        locals_ = [self.names.of(local.name) for local, _ in composed.locals]
        printer = self._printer([*(parameter.name for parameter in parameters), *locals_])
        try:
            lines = [*self._kept_lines(composed, printer), *self._second_lines(composed, printer)]
        except Unprintable as fault:
            self._leave_out(name, composite.line, str(fault))
            return
        self.helpers |= printer.helpers
        head = signature(name, [parameter.name for parameter in parameters])
        listed = ["", *_arguments(parameters), "", "Returns:"]
        listed += [
            "    Dicts by each parameter's name of dicts by each other's, with the derivative by both."
        ]
        title = f"Second derivatives of {symbol} (line {composite.line})."
        documentation = docstring([title, "", f"    {quoted(composite.latex)}", *listed])
        text = Piece.join(head, documentation, "\n", *(part for line in lines for part in (line, "\n")))
        yield Body(text, name, composite.latex, composite.span, parameters)

    def _kept_lines(self, composed: Composed, printer: Printer) -> Iterator[Piece]:
        for local, body in composed.locals:
            yield statement(f"{self.names.of(local.name)} = ", printer.piece(body))

    def _second_lines(self, composed: Composed, printer: Printer) -> Iterator[Piece]:
        """A line for each pair of parameters, and the dicts that hold them."""
        leaves = composed.composite.leaves
        for (first, second), rate in second_derivatives(composed):
            yield statement(f"_{leaves.index(first)}_{leaves.index(second)} = ", printer.piece(rate))
        yield Piece("    return {")
        for at, first in enumerate(leaves):
            pairs = ", ".join(
                f'"{self.names.of(leaf.name)}": _{min(at, other)}_{max(at, other)}'
                for other, leaf in enumerate(leaves)
            )
            yield entry(self.names.of(first.name), Piece(f"{{{pairs}}}"))
        yield Piece("    }")

    def _adjoint_names(self, composed: Composed, symbol: str, used: set[str]) -> dict[str, str]:
        """Local names such as `dL_dz`; one may hide a function of that name, which is not called here."""
        renamed: dict[str, str] = {}
        for local, _ in composed.locals:
            wanted = derivative_identifier(symbol, [(self.names.of(local.name), 1)])
            while wanted in used | set(renamed.values()):
                wanted = f"{wanted[:50]}_{len(renamed) + 2}"
            renamed[adjoint(local).name] = wanted
        return renamed

    def _composed_docstring(
        self, composed: Composed, symbol: str, parameters: tuple[Parameter, ...], *, with_value: bool
    ) -> str:
        what = f"{symbol} and its gradient" if with_value else f"Gradient of {symbol}"
        between = ", ".join(self.names.of(local.name) for local, _ in composed.composite.locals)
        through = f" through {between}" if between else ""
        lines = [
            f"{what}{through} (line {composed.composite.line}).",
            "",
            f"    {quoted(composed.composite.latex)}",
        ]
        lines += ["", *_arguments(parameters), "", "Returns:"]
        gradient = "the gradient as a dict from each parameter's name to the derivative by it"
        lines.append(f"    The value, and {gradient}." if with_value else f"    {gradient.capitalize()}.")
        return docstring(lines)

    # -------------------------------- the whole file --------------------------------

    def _assembled(self, bodies: list[Body]) -> GeneratedModule:
        fast = section([body.fast for body in bodies if body.fast is not None])
        parts: list[str | Piece] = [self._header([body.name for body in bodies], fast=bool(fast))]
        for head, helper in HELPERS.items():
            if head in self.helpers:
                parts += ["\n\n", helper.text]
        lines: list[int] = []
        for body in bodies:
            parts.append("\n\n")
            lines.append(Piece.join(*parts).text.count("\n") + 1)
            parts.append(body.piece)
        whole = Piece.join(*parts, *([*"\n\n", *self.left_out] if self.left_out else []), fast)
        functions = tuple(
            Function(body.name, body.latex, body.span, line, body.parameters)
            for body, line in zip(bodies, lines, strict=True)
        )
        links = tuple(Link(start, end, expr) for start, end, expr in whole.links)
        diagnostics = tuple(self.names.diagnostics)
        plans = tuple(self.plans)
        return GeneratedModule(self.name, whole.text, functions, links, diagnostics, plans, len(fast))

    def _header(self, public: list[str], *, fast: bool) -> str:
        path = quoted(PurePath(self.statements.source.path).name).replace("\\", "/")
        listed = "".join(f'    "{name}",\n' for name in public)
        every = f"__all__ = [\n{listed}]\n" if public else "__all__ = []\n"
        summary = f'"""The definitions and gradients of {path}, compiled by litgrad."""'
        standard = "import contextlib\nimport functools\nimport math\n\n" if fast else ""
        return f"{summary}\n\n{standard}import numpy as np\n\n{every}"


def _known(statements: Statements, planner: Planner) -> dict[Expr, Expr]:
    """Every value that the post writes, by what it looks like in code: as written, and after rewriting."""
    terms = (term for reading in statements.readings for term in reading.terms if term.unjudged is None)
    written = list(dict.fromkeys(expr for term in terms for _, expr in term.parts))
    rewritten = {planner.measures.looks_like(expr): expr for expr in reversed(written)}
    return {**rewritten, **{expr: expr for expr in written}}


def _returned(piece: Piece, expr: Expr) -> Piece:
    """The return statement; quiet where one of two forms is taken."""
    if not expr.has(Choose):
        return statement("return ", piece)
    quiet = '    with np.errstate(all="ignore"):  # the form that is not taken may overflow\n'
    return Piece.join(quiet, statement("return ", piece, indent=8))


def _is_call(text: str) -> bool:
    """Whether a value is another function of the post, which is fast already."""
    return re.fullmatch(r"[A-Za-z]\w*\([\w, ]*\)", text) is not None


def _arguments(parameters: tuple[Parameter, ...]) -> list[str]:
    lines = [
        f"    {parameter.name}: {quoted(parameter.latex)}, a scalar or an array." for parameter in parameters
    ]
    return ["Args:", *lines]


def _returns(parameters: tuple[Parameter, ...]) -> list[str]:
    if not parameters:
        return ["Returns:", "    A constant, which broadcasts."]
    return ["Returns:", "    The value, with the shape that the arguments broadcast to."]
