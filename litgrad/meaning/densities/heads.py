"""The heads that densities are defined with: plain arguments, squares, events and observations."""

from collections.abc import Iterator
from dataclasses import replace

from litgrad.latex.tree import (
    Accented,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Operator,
    Related,
    Scripted,
    Styled,
    children,
    walk,
)
from litgrad.meaning.densities.model import Argument, Density
from litgrad.meaning.names import name_of, primes_of

BARS = frozenset(["|", r"\mid", r"\vert", r"\big|"])
_APART = BARS | {",", ";"}
_DOTS = frozenset([r"\dots", r"\ldots", r"\cdots", r"\dotsc"])


def head_of(node: Node, value: Node) -> Density | None:
    """`f(x \\mid \\mu, \\sigma^2)` with plain names in it."""
    match node:
        case Juxtaposed(factors=(head, Grouped(open=sign, body=body))) if sign.symbol == "(":
            name = name_of(head)
            items, before = arguments_in(body)
            held = items[:before] + _without_data(items[before:], value)
            arguments = tuple(_argument(item) if kept else _DATA for item, kept in _marked(items, held))
            known = tuple(one for one in arguments if one is not None)
            if name is None or primes_of(head) or len(known) != len(items) or before < 0:
                return None
            plain = [one.name for one in known if not one.is_data]
            return Density(name, known, before) if len(set(plain)) == len(plain) else None
    return None


_DATA_SETS = frozenset("DXY")
_DATA = Argument("", "", squared=False, is_data=True)


def _marked(items: tuple[Node, ...], held: tuple[Node, ...]) -> Iterator[tuple[Node, bool]]:
    yield from ((item, item in held) for item in items)


def _without_data(items: tuple[Node, ...], value: Node) -> tuple[Node, ...]:
    """Arguments without the observations, which the value only names by index: `x_1, \\dots, x_n`."""
    if not any(isinstance(one, Operator) and one.name in (r"\sum", r"\prod") for one in walk(value)):
        return items
    names = list(whole_names(value))
    used = {name_of(one) for one in names}
    families = {_base(one) for one in names if isinstance(one, Scripted) and one.sub is not None}
    dots = any(isinstance(item, Letter) and item.name in _DOTS for item in items)
    return tuple(item for item in items if not _is_data(item, used, families, dots=dots))


def _is_data(item: Node, used: set[str | None], families: set[str | None], *, dots: bool) -> bool:
    """`x` and `x_1, \\dots, x_n` of the `x_i` in a value, and the letter of a data set."""
    if isinstance(item, Letter) and item.name in _DOTS:
        return True
    name = name_of(without_square(item) if is_square(item) else item)
    if name in used:
        return False
    if isinstance(item, Scripted):
        return dots and _base(item) in families
    base = _base(item)
    return base is not None and (base in families or base in _DATA_SETS)


def whole_names(node: Node) -> Iterator[Node]:
    """The names in a tree, each whole: of `x_i` not the x."""
    if name_of(node) is not None:
        yield node
        return
    for child in children(node):
        yield from whole_names(child)


def arguments_in(body: Node) -> tuple[tuple[Node, ...], int]:
    """The arguments in a bracket, and how many stand before its bar."""
    if not isinstance(body, Listed) or any(sign.symbol not in _APART for sign in body.separators):
        return (body,), 1
    bars = [at + 1 for at, sign in enumerate(body.separators) if sign.symbol in BARS]
    if not bars and any(isinstance(item, Letter) and item.name in _DOTS for item in body.items):
        bars = [at + 1 for at, sign in enumerate(body.separators) if sign.symbol == ";"]
    return body.items, (bars[0] if len(bars) == 1 else len(body.items) if not bars else -1)


def _argument(node: Node) -> Argument | None:
    if isinstance(node, Related):
        return _event(node)
    squared = is_square(node)
    name = name_of(without_square(node)) if squared else name_of(node)
    base = _base(node)
    return Argument(name, base, squared) if name is not None and base is not None else None


def _event(node: Related) -> Argument | None:
    """`X = k`."""
    if len(node.sides) != 2 or node.signs[0].symbol != "=":
        return None
    variable, value = name_of(node.sides[0]), _argument(node.sides[1])
    if variable is None or not variable[0].isupper() or value is None or value.squared:
        return None
    return replace(value, event=variable)


def is_square(node: Node) -> bool:
    """`\\sigma^2`."""
    return isinstance(node, Scripted) and isinstance(node.sup, Number) and node.sup.text == "2"


def without_square(node: Node) -> Node:
    """`\\sigma_0^2` as `\\sigma_0`."""
    assert isinstance(node, Scripted)
    if node.sub is None:
        return node.base
    return replace(node, sup=None)


def _base(node: Node) -> str | None:
    """The letter under accents and scripts."""
    match node:
        case Letter(name=name):
            return name
        case Scripted(base=inner) | Accented(body=inner) | Styled(body=inner):
            return _base(inner)
        case Grouped(open=sign, body=inner) if sign.symbol == "{":
            return _base(inner)
    return None
