"""Calls of densities, and whether they have the pattern of the definition."""

from collections.abc import Iterator

from litgrad.latex.tree import (
    Grouped,
    Juxtaposed,
    Letter,
    Node,
    Operator,
    Related,
    Scripted,
    walk,
)
from litgrad.meaning.densities.heads import arguments_in
from litgrad.meaning.densities.model import Argument, Density
from litgrad.meaning.names import name_of

_SHARED = frozenset(["p", "P", "q", "Q", "f", "g", r"\pi", "L", r"\ell", r"\mathcal{L}"])
"""Letters that stand for another function with other arguments: `p(x | y)` and `p(y | x)`."""


def letters_in(node: Node) -> Iterator[str]:
    """The names of the letters in a tree."""
    for one in walk(node):
        if isinstance(one, Letter):
            yield one.name


def calls_in(node: Node) -> Iterator[tuple[str, Grouped]]:
    """All names with a bracket behind them."""
    for one in walk(node):
        if isinstance(one, Juxtaposed):
            for head, behind in zip(one.factors, one.factors[1:], strict=False):
                bracket = bracket_behind(behind)
                name = name_of(without_primes(head))
                if bracket is not None and name is not None:
                    yield name, bracket


def without_primes(node: Node) -> Node:
    """A head without its superscript: `f` of `f^2`."""
    if isinstance(node, Scripted) and node.sub is None and node.sup is not None and not node.primes:
        return node.base
    return node


def bracket_behind(node: Node) -> Grouped | None:
    """The round bracket that a factor is, scripts taken off; None where it is none."""
    while isinstance(node, Scripted):
        node = node.base
    return node if isinstance(node, Grouped) and node.open.symbol == "(" else None


def fits(density: Density, bracket: Grouped) -> bool:
    """Whether a call has the pattern of the definition."""
    items, before = arguments_in(bracket.body)
    if before < 0 or len(items) != len(density.arguments) or before != density.before:
        return False
    return all(_agrees(density, one, item) for one, item in zip(density.arguments, items, strict=True))


def _agrees(density: Density, argument: Argument, item: Node) -> bool:
    if argument.is_data:
        return True
    if argument.event is not None:
        held = isinstance(item, Related) and len(item.sides) == 2 and item.signs[0].symbol == "="
        return held and name_of(item.sides[0]) == argument.event and not isinstance(item.sides[1], Related)
    if isinstance(item, (Related, Operator)):
        return False
    letters = set(letters_in(item))
    return density.name not in _SHARED or not letters or argument.base in letters
