"""A formula with numbers in place of its inputs, each number marked so that a script can change it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace

from sympy import Expr, Function, Pow, Symbol

from litgrad.latex.tree import (
    NODE_TYPES,
    Grouped,
    Juxtaposed,
    Node,
    Number,
    Operator,
    Product,
    Scripted,
    Sign,
    Text,
    walk,
)
from litgrad.meaning.names import name_of
from litgrad.meaning.terms import Term
from litgrad.page.mathml import Drawing, Marks
from litgrad.page.numbers import shown
from litgrad.source import Source, Span

Values = Mapping[str, tuple[int, float]]
"""Index and number of each input, by canonical LaTeX."""


def substituted(source: Source, body: Term, values: Values) -> str | None:
    """A formula as `<math>` with numbers for its inputs; None if they would hide how far a call reaches."""
    marks: Marks = {}
    numbering = _Numbering(body, values, marks)
    try:
        numbered = numbering.node(body.node)
    except _Unclear:
        return None
    return Drawing(source, marks).math(numbered)


def in_formula(number: float) -> str:
    """A number as it stands in a formula: a negative one in parentheses.

    >>> in_formula(0.5), in_formula(-2.0)
    ('0.5', '(−2)')
    """
    text = shown(number)
    return f"({text})" if number < 0 else text


class _Unclear(Exception):
    """A named function without brackets whose argument cannot be told."""


class _Numbering:
    """Puts numbers into a tree and marks their places."""

    def __init__(self, body: Term, values: Values, marks: Marks) -> None:
        self.values = values
        self.marks = marks
        calls = (call for call in body.expr.atoms(Function, Pow) if call.args)
        self.arguments = [
            {symbol.name for symbol in part.free_symbols if isinstance(symbol, Symbol)}
            for call in calls
            for part in call.args
            if isinstance(part, Expr)
        ]

    def node(self, node: Node) -> Node:
        """The same node with numbers in it."""
        name = None if isinstance(node, Grouped) else name_of(node)
        if name is not None and name in self.values:
            index, number = self.values[name]
            self.marks[node.span] = {"data-v": str(index)}
            return Number(node.span, in_formula(number))
        if isinstance(node, Juxtaposed):
            return _dotted(node, list(self._factors(node.factors)), self.marks)
        return replace(
            node, **{field.name: self._through(getattr(node, field.name)) for field in fields(node)}
        )

    def _through(self, part: object) -> object:
        if isinstance(part, tuple):
            return tuple(self._through(item) for item in part)
        return self.node(part) if isinstance(part, NODE_TYPES) else part

    def _factors(self, factors: Sequence[Node]) -> Iterator[Node]:
        """Factors with numbers; several that are one argument stand in brackets."""
        at = 0
        while at < len(factors):
            yield self.node(factors[at])
            run = _run(factors[at + 1 :]) if _calls(factors[at]) else []
            if len(run) > 1 and self._names(run):
                yield from self._argument(run)
                at += len(run)
            at += 1

    def _argument(self, run: Sequence[Node]) -> Iterator[Node]:
        if self._names(run) in self.arguments:
            span = Span(run[0].span.start, run[-1].span.end)
            inside = _dotted(Juxtaposed(span, tuple(run)), [self.node(node) for node in run], self.marks)
            start, end = Sign(Span(span.start, span.start), "("), Sign(Span(span.end, span.end), ")")
            yield Grouped(span, start, end, inside)
        elif self._names(run[:1]) in self.arguments:
            yield from map(self.node, run)
        else:
            raise _Unclear

    def _names(self, nodes: Sequence[Node]) -> set[str]:
        """The inputs in some nodes."""
        names = (name_of(part) for node in nodes for part in walk(node) if not isinstance(part, Grouped))
        return {name for name in names if name is not None and name in self.values}


def _run(factors: Sequence[Node]) -> list[Node]:
    """The factors up to a bracket or the next named function."""
    stops = (at for at, factor in enumerate(factors) if isinstance(factor, Grouped) or _calls(factor))
    return list(factors[: next(stops, len(factors))])


def _dotted(node: Juxtaposed, factors: list[Node], marks: Marks) -> Node:
    """Factors side by side, with a dot where a number would otherwise run into what stands before it."""
    groups = list(_groups(factors, marks))
    if len(groups) == 1:
        return replace(node, factors=tuple(factors))
    parts = tuple(_side_by_side(group) for group in groups)
    dots = tuple(Sign(Span(part.span.start, part.span.start), r"\cdot") for part in parts[1:])
    return Product(node.span, parts, dots)


def _groups(factors: list[Node], marks: Marks) -> Iterator[list[Node]]:
    group = [factors[0]]
    for factor in factors[1:]:
        if _begins_with_number(factor, marks) and not _calls(group[-1]):
            yield group
            group = []
        group.append(factor)
    yield group


def _side_by_side(group: list[Node]) -> Node:
    if len(group) == 1:
        return group[0]
    return Juxtaposed(Span(group[0].span.start, group[-1].span.end), tuple(group))


def _begins_with_number(node: Node, marks: Marks) -> bool:
    if isinstance(node, Scripted):
        return _begins_with_number(node.base, marks)
    return isinstance(node, Number) and node.span in marks


def _calls(node: Node) -> bool:
    """Whether what follows is an argument: after `\\log`, `\\log^2`."""
    base = node.base if isinstance(node, Scripted) else node
    return isinstance(base, (Operator, Text))
