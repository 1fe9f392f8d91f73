"""What the functions of a module share: names, helpers, and the values that the post writes."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from sympy import Expr, Symbol

from litgrad.codegen.fast import Fused
from litgrad.codegen.generated import Parameter
from litgrad.codegen.identifiers import Names, derivative_identifier
from litgrad.codegen.layout import WIDTH
from litgrad.codegen.pieces import Piece
from litgrad.codegen.plan import Plan, Planner
from litgrad.codegen.printer import Printer
from litgrad.codegen.special import Everywhere
from litgrad.codegen.text import quoted
from litgrad.gradients.gradient import Gradient
from litgrad.records import dataclass
from litgrad.source import Span


@dataclass(frozen=True, slots=True)
class Body:
    """A function's text, its `def` line within it, and its public description."""

    piece: Piece
    name: str
    latex: str
    span: Span
    parameters: tuple[Parameter, ...]
    fast: Fused | None = None
    """Its fast form, where it has one."""


@dataclass(slots=True)
class Writing:
    """What the functions of one module share while they are written."""

    planner: Planner
    known: Mapping[Expr, Expr]
    """What expressions are called in the post."""
    names: Names = field(default_factory=Names)
    helpers: set[type] = field(default_factory=set)
    """The helpers that the functions so far need."""
    sigmoid: str | None = None
    """The post's own name of the sigmoid, as a Python name."""
    left_out: list[str] = field(default_factory=list)
    """Comments on functions that NumPy cannot compute."""

    def leave_out(self, name: str, line: int, reason: str) -> None:
        """Note why a function is not there."""
        text = textwrap.wrap(f"{name} (line {line}) is not here: {quoted(reason)}.", WIDTH - 2)
        self.left_out.extend(f"# {part}\n" for part in text)

    def claim(self, plan: Plan) -> str:
        """The Python name of a function."""
        base = self.names.of(plan.numerator, plan.span)
        if not plan.variables:
            return base
        variables = [(self.names.of(variable.name), order) for variable, order in plan.variables]
        return self.names.claim(plan.key, derivative_identifier(base, variables), plan.span)

    def derivative_name(self, gradient: Gradient) -> str:
        """What a derivative would be called."""
        variables = [(self.names.of(variable.name), order) for variable, order in gradient.variables]
        return derivative_identifier(self.names.of(gradient.numerator), variables)

    def printer(self, hidden: Iterable[str], *, calls_sigmoid: bool = True) -> Printer:
        """A printer for the inside of a function that has these parameters and locals."""
        return Printer(
            self.names.of,
            self.sigmoid if calls_sigmoid else None,
            known=self.known,
            signatures=self.planner.signatures,
            hidden=frozenset(hidden),
        )

    def parameter(self, symbol: Symbol) -> Parameter:
        """A symbol as a parameter."""
        return Parameter(self.names.of(symbol.name), symbol.name)


def everywhere(writing: Writing, number: Piece, names: Sequence[str]) -> Piece:
    """A number in the shape that arguments broadcast to; as it is where there are none."""
    if not names:
        return number
    writing.helpers.add(Everywhere)
    return Piece.join("_everywhere(", number, f", {', '.join(names)})")


OUT = "    out: an array for the value."
OUTS = "    out: arrays for derivatives, by name."


def arguments_of(parameters: tuple[Parameter, ...], more: str = "") -> list[str]:
    """The part of a docstring on parameters."""
    lines = [
        f"    {parameter.name}: {quoted(parameter.latex)}, a scalar or an array." for parameter in parameters
    ]
    return ["Args:", *lines, *([more] if more else [])]
