"""The symbols of a post: what each is, what values it takes, where it is defined, and what uses it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup
from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.codegen.generated import GeneratedModule
from litgrad.meaning.forms import name_of
from litgrad.meaning.statements import Definition, Reading, Statements
from litgrad.meaning.tensors.dims import is_unknown
from litgrad.meaning.tensors.model import Form, TensorDefinition
from litgrad.meaning.tensors.words import described, kind_of
from litgrad.page.lines import brief, where
from litgrad.page.words import math
from litgrad.source import Source, Span
from litgrad.tensors.expr import Variable, variables

Defined = Definition | TensorDefinition
_LINES = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the post with its link on the page."""

    href: str
    text: Markup


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
        self.definitions: dict[str, Defined] = {}
        for definition in definitions_of(statements):
            self.definitions.setdefault(definition.name, definition)
        self.arrays = {
            tensor.name: tensor.shape
            for reading in statements.readings
            for term in reading.tensors
            for tensor in variables(term.tensor)
        }
        shapes = (*self.arrays.values(), *statements.tensors.shapes.values())
        self.lengths = {
            size for shape in shapes for size in shape if isinstance(size, str) and not is_unknown(size)
        }
        self.lines = _lines(statements)
        self.named = {name: names_of(one) for name, one in self.definitions.items()}

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
            tuple(Place(self.places.get(one.span, "#top"), math(one.name)) for one in self._users(name)),
            tuple(
                Place(f"#f{formula}", Markup("{}").format(brief(self.statements.source, line)))
                for line, formula in list(lines.items())[:_LINES]
            ),
            max(0, len(lines) - _LINES),
            _counted(len(lines), self.statements.source),
        )

    def _place(self, definition: Defined) -> Place:
        return Place(
            self.places.get(definition.span, "#top"),
            Markup("{}").format(where(self.statements.source, definition.line)),
        )

    def _users(self, name: str) -> list[Defined]:
        """The definitions in whose formulas a name stands, as more than their own argument."""
        return [
            one
            for known, one in self.definitions.items()
            if name in self.named[known] and name != one.name and name not in arguments_of(one)
        ]

    def _kind(self, name: str, definition: Defined | None) -> Markup:
        shape = self._shape(name, definition)
        if shape is not None:
            return Markup(" ").join(math(word) if word in self.lengths else word for word in shape.split(" "))
        if definition is not None and arguments_of(definition):
            listed = Markup(", ").join(map(math, arguments_of(definition)))
            return Markup("function of {}").format(listed)
        if definition is None and name in self.statements.scope.functions:
            return Markup("function without a formula")
        calling = [one for one in self.definitions.values() if name in arguments_of(one)]
        if calling and definition is None and not self._users(name):
            return Markup("argument of {}").format(Markup(", ").join(math(one.name) for one in calling))
        return Markup("length") if name in self.lengths else Markup("number")

    def _shape(self, name: str, definition: Defined | None) -> str | None:
        """What a name is in a post of vectors; None where it is a plain number or a function of numbers."""
        if isinstance(definition, TensorDefinition):
            kind = described(definition.form, definition.body.shape)
        else:
            kind = kind_of(name, self.statements.tensors) or self._family(name)
        return None if kind == "number" and not isinstance(definition, TensorDefinition) else kind

    def _family(self, name: str) -> str | None:
        """`n numbers`, of a name that has indices wherever it stands."""
        shape = self.arrays.get(name)
        return described(Form.SCALAR, shape) if shape else None

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


def definitions_of(statements: Statements) -> tuple[Defined, ...]:
    """All definitions of a post, of numbers and of vectors, in source order; of each place one."""
    found: dict[Span, Defined] = {one.span: one for one in statements.definitions}
    arrays = [one for one in statements.tensors.definitions if not one.implied]
    found |= {one.span: one for one in arrays if one.term.has_axes or one.span not in found}
    return tuple(found[span] for span in sorted(found))


def arguments_of(definition: Defined) -> list[str]:
    """The names of a function's parameters."""
    if isinstance(definition, TensorDefinition):
        return []
    return [parameter.name for parameter in definition.parameters or ()]


def names_of(definition: Defined) -> set[str]:
    """The names that stand in the value of a definition."""
    if isinstance(definition, TensorDefinition):
        return {variable.name for variable in variables(definition.body)}
    return names_in(definition.body.expr)


def _lines(statements: Statements) -> dict[str, dict[int, int]]:
    """For each name the lines where it stands, each with the formula that holds it."""
    defined = frozenset(definition.name for definition in statements.tensors.definitions)
    places = [place for reading in statements.readings for place in _names_at(reading, defined)]
    found: dict[str, dict[int, int]] = {}
    for span, name, formula in sorted(places):
        found.setdefault(name, {}).setdefault(statements.source.line(span.start), formula)
    return found


def _names_at(reading: Reading, defined: frozenset[str]) -> Iterator[tuple[Span, str, int]]:
    """Names with their places; where a side is one of vectors, those of the vectors and defined functions."""
    in_vectors = [term for term in reading.tensors if term.has_axes]
    for term in in_vectors:
        for span, tensor in term.parts:
            if isinstance(tensor, Variable):
                yield span, tensor.name, reading.formula
    for term in reading.terms:
        covered = any(term.node.span == one.node.span for one in in_vectors)
        for span, expr in term.parts:
            for name in _head(expr):
                if not covered or name in defined:
                    yield span, name, reading.formula


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
