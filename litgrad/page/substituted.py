"""A formula with numbers in place of its inputs, each number marked so that a script can change it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace

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
    Styled,
    walk,
)
from litgrad.meaning.names import name_of
from litgrad.page.mathml import Drawing, Marks
from litgrad.page.numbers import shown
from litgrad.source import Source, Span


def substituted(source: Source, node: Node, values: Mapping[str, tuple[int, float]]) -> str:
    """A formula as `<math>`, with numbers for names; `values` gives index and number by canonical LaTeX."""
    marks: Marks = {}
    numbered = _numbered(node, values, marks)
    return Drawing(source, marks).math(numbered, display=True)


def in_formula(number: float) -> str:
    """A number as it stands in a formula: a negative one in parentheses.

    >>> in_formula(0.5), in_formula(-2.0)
    ('0.5', '(−2)')
    """
    text = shown(number)
    return f"({text})" if number < 0 else text


def _numbered(node: Node, values: Mapping[str, tuple[int, float]], marks: Marks) -> Node:
    name = None if isinstance(node, Grouped) else name_of(node)
    if name is not None and name in values:
        index, number = values[name]
        marks[node.span] = {"data-v": str(index)}
        return Number(node.span, in_formula(number))
    if isinstance(node, Juxtaposed):
        return _dotted(node, [_numbered(factor, values, marks) for factor in node.factors], marks)
    return _rebuilt(node, values, marks)


def _rebuilt(node: Node, values: Mapping[str, tuple[int, float]], marks: Marks) -> Node:
    """The same node around numbered children."""

    def through(part: object) -> object:
        if isinstance(part, tuple):
            return tuple(through(item) for item in part)
        return _numbered(part, values, marks) if isinstance(part, NODE_TYPES) else part

    return replace(node, **{field.name: through(getattr(node, field.name)) for field in fields(node)})


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
    return isinstance(base, (Operator, Styled)) or any(isinstance(part, Operator) for part in walk(base))
