"""Functions whose values are matrices written out: `R(\\theta)` with its entries, and its calls."""

from collections.abc import Mapping
from dataclasses import replace

from litgrad.latex.tree import (
    NODE_TYPES,
    Array,
    Grouped,
    Juxtaposed,
    Letter,
    Node,
    Scripted,
    Sign,
    with_children,
)
from litgrad.meaning.names import Scope, bracket_of, function_head, is_bracketed, items_of, name_of
from litgrad.meaning.statements import Statements, Step
from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class WrittenFunction:
    """A function of numbers and the matrix that it gives."""

    parameters: tuple[str, ...]
    entries: Node


def functions_above(statements: Statements, step: Step) -> dict[str, WrittenFunction]:
    """The functions whose entries stand above a step; the nearest of a name counts."""
    found: dict[str, WrittenFunction] = {}
    for derivation in statements.derivations:
        for other in derivation.steps:
            left, right = other.left.node, other.right.node
            if other.sign.span.start >= step.sign.span.start or left is None or right is None:
                continue
            head = function_head(left)
            if head is not None and isinstance(_bare(right), Array) and other.introduces is not None:
                found[head[0]] = WrittenFunction(tuple(head[1]), right)
    return found


def is_identity(node: Node, scope: Scope) -> bool:
    """Whether a side is an `I` that the post does not define."""
    inner = node.body if not isinstance(node, Letter) and hasattr(node, "body") else node
    return isinstance(inner, Letter) and inner.name == "I" and "I" not in scope.defined


def with_calls_put_in(node: Node, functions: Mapping[str, WrittenFunction]) -> Node:
    """A tree with the calls of such functions as their matrices."""
    if not functions or not isinstance(node, NODE_TYPES):
        return node
    if isinstance(node, Juxtaposed):
        node = _in_row(node, functions)
    return with_children(node, lambda below: with_calls_put_in(below, functions))


def _in_row(node: Juxtaposed, functions: Mapping[str, WrittenFunction]) -> Node:
    factors: list[Node] = []
    rest = list(node.factors)
    while rest:
        head = rest.pop(0)
        function = functions.get(name_of(head) or "")
        if function is not None and rest and is_bracketed(rest[0]):
            factors.append(_called(function, rest.pop(0)))
        else:
            factors.append(head)
    return factors[0] if len(factors) == 1 else replace(node, factors=tuple(factors))


def _called(function: WrittenFunction, behind: Node) -> Node:
    """The matrix with arguments for its parameters, under the scripts of the bracket."""
    if isinstance(behind, Scripted):
        return replace(behind, base=_called(function, behind.base))
    items = items_of(bracket_of(behind).body)
    if len(items) != len(function.parameters):
        return behind
    sign = Sign(behind.span, "("), Sign(behind.span, ")")
    values = {
        name: Grouped(item.span, *sign, item) for name, item in zip(function.parameters, items, strict=True)
    }
    return Grouped(behind.span, *sign, _put_in(function.entries, values))


def _put_in(node: Node, values: Mapping[str, Node]) -> Node:
    value = values.get(name_of(node) or "")
    if value is not None:
        return value
    return with_children(node, lambda below: _put_in(below, values))


def _bare(node: Node) -> Node:
    return _bare(node.body) if isinstance(node, Grouped) else node
