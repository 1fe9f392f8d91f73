"""Layers and iterates: what is said of `z^{(l)}` or `x_k` is said of `z^{(l+1)}` and `x_{k+1}`, too."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Any, cast

from litgrad.latex.tree import (
    NODE_TYPES,
    Formula,
    Grouped,
    Letter,
    Node,
    Number,
    Operator,
    Scripted,
    Sign,
    Sum,
    walk,
)
from litgrad.meaning.chains import Chain
from litgrad.meaning.tensors.evidence import sides_of

_INNER = r"(?P<inner>(?P<letter>[A-Za-z]|\\ell)(?: (?P<sign>[+-]) (?P<number>\d+))?)"
_LAYER = re.compile(rf"\^\{{[(\[]{_INNER}[)\]]\}}")
_ITERATE = re.compile(rf"_\{{{_INNER}\}}")
_BRACKETS = frozenset(["(", "["])


def layer_letters(formulas: Iterable[Formula], indices: frozenset[str]) -> dict[str, frozenset[int]]:
    """The letters that count layers, each with the offsets it is used with: -1, 0 and 1.

    A letter counts layers where it stands in a bracketed superscript, also with a number added to it.
    """
    found: dict[str, set[int]] = {}
    for side in sides_of(formulas):
        for node in walk(side):
            layer = layer_of(node)
            if layer is not None and layer[0] not in indices:
                found.setdefault(layer[0], set()).add(layer[1])
    return {letter: frozenset(offsets) for letter, offsets in found.items() if len(offsets) > 1}


def layer_of(node: Node) -> tuple[str, int] | None:
    """The letter and the offset in `z^{(l)}` and `W^{[l-1]}`."""
    if not isinstance(node, Scripted) or not isinstance(node.sup, Grouped):
        return None
    if node.sup.open.symbol not in _BRACKETS:
        return None
    return _counted(node.sup.body)


def iterate_of(node: Node) -> tuple[str, int] | None:
    """The letter and the offset in `x_k` and `x_{k+1}`."""
    if not isinstance(node, Scripted) or node.sub is None or isinstance(node.base, Operator):
        return None
    inner = node.sub
    return _counted(inner.body if isinstance(inner, Grouped) and inner.open.symbol == "{" else inner)


def _place(node: Node) -> tuple[str, int] | None:
    return layer_of(node) or iterate_of(node)


def _counted(node: Node) -> tuple[str, int] | None:
    match node:
        case Letter(name=name) if len(name) == 1 or name == r"\ell":
            return name, 0
        case Sum(terms=(Letter(name=name), Number(text=text)), signs=(None, Sign(symbol=sign))) if (
            text.isdigit()
        ):
            return name, int(text) if sign == "+" else -int(text)
    return None


def shifted_chains(chain: Chain, letters: dict[str, frozenset[int]]) -> Iterator[Chain]:
    """The chain for the other layers that the post speaks of, where its first side is of a layer."""
    layer = _place(chain.sides[0]) if chain.sides and chain.sides[0] is not None else None
    if layer is None or layer[0] not in letters:
        return
    letter, here = layer
    for offset in sorted(letters[letter] - {here}):
        sides = tuple(None if side is None else shifted(side, letter, offset - here) for side in chain.sides)
        yield replace(chain, sides=sides)


def other_layers(name: str, letters: dict[str, frozenset[int]]) -> Iterator[str]:
    """The names of the same thing in the other layers.

    >>> list(other_layers("W^{(l)}", {"l": frozenset([0, 1])}))
    ['W^{(l + 1)}']
    """
    match = _LAYER.search(name) or _ITERATE.search(name)
    if match is None or match["letter"] not in letters:
        return
    here = int((match["sign"] or "+") + (match["number"] or "0"))
    for offset in sorted(letters[match["letter"]] - {here}):
        layer = match["letter"] + (f" {'+' if offset > 0 else '-'} {abs(offset)}" if offset else "")
        yield name[: match.start("inner")] + layer + name[match.end("inner") :]


def shifted(node: Node, letter: str, by: int) -> Node:
    """A tree with every layer further by a number.

    >>> from litgrad.latex.unparse import unparse
    >>> from litgrad.source import Span
    >>> here = Span(0, 0)
    >>> bracket = Grouped(here, Sign(here, "("), Sign(here, ")"), Letter(here, "l"))
    >>> unparse(shifted(Scripted(here, Letter(here, "z"), None, bracket), "l", 1))
    'z^{(l + 1)}'
    """
    layer = layer_of(node)
    if layer is not None and layer[0] == letter:
        assert isinstance(node, Scripted)
        assert isinstance(node.sup, Grouped)
        body = _written(node.sup.body, letter, layer[1] + by)
        return replace(node, sup=replace(node.sup, body=body), base=shifted(node.base, letter, by))
    step = iterate_of(node)
    if step is not None and step[0] == letter:
        assert isinstance(node, Scripted)
        assert node.sub is not None
        below = _written(node.sub, letter, step[1] + by)
        return replace(node, sub=below, base=shifted(node.base, letter, by))
    changed: dict[str, Any] = {
        slot.name: _shifted(getattr(node, slot.name), letter, by) for slot in fields(node)
    }
    return replace(node, **changed)


def _shifted(value: object, letter: str, by: int) -> object:
    if isinstance(value, tuple):
        return tuple(_shifted(item, letter, by) for item in value)
    return shifted(cast("Node", value), letter, by) if isinstance(value, NODE_TYPES) else value


def _written(old: Node, letter: str, offset: int) -> Node:
    name = Letter(old.span, letter)
    if offset == 0:
        return name
    sign = Sign(old.span, "+" if offset > 0 else "-")
    return Sum(old.span, (name, Number(old.span, str(abs(offset)))), (None, sign))
