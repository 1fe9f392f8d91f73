"""The symbols of a post: what each is, what values it takes, where it is defined, and what uses it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup
from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.codegen.generated import GeneratedModule
from litgrad.meaning.forms import name_of
from litgrad.meaning.statements import Definition, Statements
from litgrad.page.linear import plain_name
from litgrad.page.lines import brief, where
from litgrad.page.words import math
from litgrad.source import Source, Span

_LINES = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the post with its link on the page."""

    href: str
    text: Markup
    spoken: str = ""
    """The text in letters, where it is math."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A symbol."""

    id: str
    name: str
    """Canonical LaTeX."""
    drawn: Markup
    kind: Markup
    """What it is, in a few words."""
    values: tuple[Markup, ...]
    """What the post says of its values."""
    defined: Place | None
    used_by: tuple[Place, ...]
    """The definitions in whose formulas it stands."""
    lines: tuple[Place, ...]
    """Where it stands, each line once."""
    more: int
    """How many lines are not listed."""
    counted: str = "lines"
    """What the lines are numbered by."""


def glossary_of(
    statements: Statements, module: GeneratedModule, places: Mapping[Span, str]
) -> dict[str, Entry]:
    """The symbols of a post by name, in the order in which they appear.

    `places` gives the link of each definition by the place of its left side.
    """
    found = _Glossary(statements, module, places)
    return {name: found.entry(number, name) for number, name in enumerate(found.lines, start=1)}


class _Glossary:
    def __init__(self, statements: Statements, module: GeneratedModule, places: Mapping[Span, str]) -> None:
        self.statements = statements
        self.places = places
        self.definitions: dict[str, Definition] = {}
        for definition in statements.definitions:
            self.definitions.setdefault(definition.name, definition)
        parameters = (parameter for function in module.functions for parameter in function.parameters)
        self.shapes = {parameter.latex: parameter.shape for parameter in parameters}
        self.lines = _lines(statements)

    def entry(self, number: int, name: str) -> Entry:
        definition = self.definitions.get(name)
        lines = self.lines[name]
        return Entry(
            f"sym{number}",
            name,
            math(name),
            self._kind(name, definition),
            tuple(self._values(name)),
            self._place(definition) if definition else None,
            tuple(
                Place(self.places.get(one.span, "#top"), math(one.name), plain_name(one.name))
                for one in self._users(name)
            ),
            tuple(
                Place(f"#f{formula}", Markup("{}").format(brief(self.statements.source, line)))
                for line, formula in list(lines.items())[:_LINES]
            ),
            max(0, len(lines) - _LINES),
            _counted(len(lines), self.statements.source),
        )

    def _place(self, definition: Definition) -> Place:
        return Place(
            self.places.get(definition.span, "#top"),
            Markup("{}").format(where(self.statements.source, definition.line)),
        )

    def _users(self, name: str) -> list[Definition]:
        """The definitions in whose formulas a name stands, as more than their own argument."""
        return [
            one
            for one in self.definitions.values()
            if name != one.name and name not in _arguments(one) and name in names_in(one.body.expr)
        ]

    def _kind(self, name: str, definition: Definition | None) -> Markup:
        if definition is not None and definition.parameters:
            listed = Markup(", ").join(map(math, _arguments(definition)))
            return Markup("function of {}").format(listed)
        if definition is None and name in self.statements.scope.functions:
            return Markup("function without a formula")
        calling = [one for one in self.definitions.values() if name in _arguments(one)]
        if calling and definition is None and not self._users(name):
            return Markup("argument of {}").format(Markup(", ").join(math(one.name) for one in calling))
        shape = self.shapes.get(name, ())
        sort = {0: "number", 1: "vector", 2: "matrix"}.get(len(shape), "array")
        return Markup("{}{}").format(sort, f" ({' × '.join(shape)})" if shape else "")

    def _values(self, name: str) -> Iterator[Markup]:
        symbol = Symbol(name, real=True)
        spans = [assumption.span for assumption in self.statements.assumptions if assumption.expr == symbol]
        for span in dict.fromkeys(spans):
            yield math(" ".join(self.statements.source.slice(span).split()).strip("$ "))


def _counted(count: int, source: Source) -> str:
    """What the numbers count."""
    if source.cells:
        return "cell and line" if count == 1 else "cells and lines"
    return "line" if count == 1 else "lines"


def _arguments(definition: Definition) -> list[str]:
    return [parameter.name for parameter in definition.parameters or ()]


def _lines(statements: Statements) -> dict[str, dict[int, int]]:
    """For each name the lines where it stands, each with the formula that holds it."""
    places = [
        (span, reading.formula, expr)
        for reading in statements.readings
        for term in reading.terms
        for span, expr in term.parts
    ]
    found: dict[str, dict[int, int]] = {}
    for span, formula, expr in sorted(places, key=lambda place: place[0]):
        for name in _head(expr):
            found.setdefault(name, {}).setdefault(statements.source.line(span.start), formula)
    return found


def _head(expr: Expr) -> Iterator[str]:
    """The name that an expression is, or that it calls."""
    if isinstance(expr, Symbol):
        yield expr.name
    elif isinstance(expr, AppliedUndef):
        yield name_of(expr)
    elif isinstance(expr, Derivative):
        yield from _head(expr.expr)
        for variable in expr.variables:
            yield from _head(variable)


def names_in(expr: Expr) -> set[str]:
    """The names that stand in an expression."""
    parts = (*expr.atoms(Symbol), *expr.atoms(AppliedUndef))
    return {name for part in parts if isinstance(part, Expr) for name in _head(part)}
