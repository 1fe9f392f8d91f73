"""What the author wrote: a closed union of frozen nodes, each with its place in the post.

Syntax never guesses: `f(x)`, `a(1-a)` and `wx` are all `Juxtaposed`, `\\frac{dL}{dw}` is a
`Fraction`; the meaning stage decides, once, with the symbol table of the whole post.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias, get_args

from litgrad.diagnostics import Diagnostic
from litgrad.latex.macros import Macro
from litgrad.source import Span


@dataclass(frozen=True, slots=True)
class Sign:
    """An operator or relation sign and its place: `+`, `-`, `\\cdot`, `/`, `=`, `\\le`."""

    span: Span
    symbol: str
    above: "Node | None" = None
    """What is set over or under it: `\\overset{!}{=}`."""


@dataclass(frozen=True, slots=True)
class Number:
    """An unsigned decimal literal: `2`, `0.36`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter or letter command: `x`, `\\sigma`, `\\partial`, `\\infty`."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Operator:
    """A named function or large operator without its argument: `\\log`, `\\max`, `\\sum`."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """Upright words: `\\text{..}`, `\\mathrm{..}`, `\\operatorname{..}`."""

    span: Span
    command: str
    text: str


@dataclass(frozen=True, slots=True)
class Accented:
    """A letter under an accent, one symbol: `\\hat{y}`, `\\bar x`."""

    span: Span
    accent: str
    """The command: `\\hat`."""
    body: "Node"


@dataclass(frozen=True, slots=True)
class Styled:
    """A letter in another alphabet: `\\mathbf{x}`, `\\mathcal L`."""

    span: Span
    style: str
    """The command: `\\mathbf`."""
    body: "Node"


@dataclass(frozen=True, slots=True)
class Annotated:
    """A piece with a brace, a frame, a color or a note, which means what the piece alone means."""

    span: Span
    command: str
    body: "Node"
    note: "Node | None" = None
    """What `\\overset` and `\\underset` set above or below."""
    words: str = ""
    """The color of `\\color{red}{..}`."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """A delimited expression; a bare brace group opens with `{`, what an evaluation bar ends with `.`."""

    span: Span
    open: Sign
    close: Sign
    body: "Node"
    stretchy: bool = False
    """Written with `\\left` and `\\right`."""


@dataclass(frozen=True, slots=True)
class Fraction:
    """`\\frac` and its kin."""

    span: Span
    command: str
    numerator: "Node"
    denominator: "Node"


@dataclass(frozen=True, slots=True)
class Root:
    """`\\sqrt[degree]{radicand}`."""

    span: Span
    degree: "Node | None"
    radicand: "Node"


@dataclass(frozen=True, slots=True)
class Scripted:
    """A base with a subscript, a superscript, primes, or several of them."""

    span: Span
    base: "Node"
    sub: "Node | None"
    sup: "Node | None"
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Juxtaposed:
    """Two or more pieces side by side without a sign: a product, a call, a differential."""

    span: Span
    factors: tuple["Node", ...]
    apart: tuple[int, ...] = ()
    """Where factors begin that a space sets apart from a function before them."""


@dataclass(frozen=True, slots=True)
class Product:
    """Pieces joined by explicit signs `\\cdot \\times * /`, read from the left."""

    span: Span
    factors: tuple["Node", ...]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Signed terms; the first sign is None when nothing is written. `-x` is a Sum of one term."""

    span: Span
    terms: tuple["Node", ...]
    signs: tuple[Sign | None, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """Pieces separated by `,`, `;`, `:` or `\\mid`; one separator fewer than items."""

    span: Span
    items: tuple["Node", ...]
    separators: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A relation below the top level: `i = 1` in a subscript, `y = 1` in `p(y = 1)`."""

    span: Span
    sides: tuple["Node", ...]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """A matrix or cases environment inside a formula, or the lines of `\\substack`."""

    span: Span
    environment: str
    rows: tuple[tuple["Node", ...], ...]
    """Rows of cells; an empty cell is Empty."""


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing, where something may be missing: `{}`."""

    span: Span


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A piece that is not understood; its diagnostic says why."""

    span: Span
    reason: str


Node: TypeAlias = (
    Number
    | Letter
    | Operator
    | Text
    | Accented
    | Styled
    | Annotated
    | Grouped
    | Fraction
    | Root
    | Scripted
    | Juxtaposed
    | Product
    | Sum
    | Listed
    | Related
    | Array
    | Empty
    | Unreadable
)

NODE_TYPES = get_args(Node)
_KINDS = frozenset(NODE_TYPES)


@dataclass(frozen=True, slots=True)
class Row:
    """One equation or chain: sides with relation signs between them.

    A row that continues the one above (`& = x`) has `sides[0] is None`; one that ends in a
    sign has `sides[-1] is None`. There is one sign fewer than sides.
    """

    span: Span
    sides: tuple[Node | None, ...]
    relations: tuple[Sign, ...]
    tag: str | None = None
    """The text of `\\tag{..}`."""
    punctuation: str = ""
    """What ends the row in print: `,` or `.`."""
    breaks_line: bool = True
    """Starts a new line; False for the second of two equations set apart by `\\quad` or a comma."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One math segment, read: its rows and what could not be read."""

    span: Span
    display: bool
    latex: str
    rows: tuple[Row, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    defines: Mapping[str, Macro] = field(default_factory=dict)
    """The author's macros that it defines."""


def children(node: Node) -> list[Node]:
    """The nodes directly below a node, in reading order."""
    found: list[Node] = []
    for name in _PARTS[type(node)]:
        value = getattr(node, name)
        if type(value) is tuple:
            _add_nodes(value, found)
        elif type(value) in _KINDS:
            found.append(value)
    return found


def _parts_of(kind: type[Node]) -> tuple[str, ...]:
    """The fields that may hold nodes."""
    return tuple(part.name for part in fields(kind) if "Node" in str(part.type))


_PARTS = {kind: _parts_of(kind) for kind in NODE_TYPES}


def _add_nodes(values: tuple[Any, ...], found: list[Node]) -> None:
    for value in values:
        if type(value) is tuple:
            _add_nodes(value, found)
        elif type(value) in _KINDS:
            found.append(value)


def with_children(node: Node, change: Callable[[Node], Node]) -> Node:
    """A node with other nodes directly below it; the node itself where none of them is changed."""
    values = {slot.name: getattr(node, slot.name) for slot in fields(node)}
    changed = {name: _changed(value, change) for name, value in values.items()}
    return node if changed == values else replace(node, **changed)


def _changed(value: object, change: Callable[[Node], Node]) -> object:
    if isinstance(value, tuple):
        return tuple(_changed(one, change) for one in value)
    return change(value) if isinstance(value, NODE_TYPES) else value


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in reading order."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        if _PARTS[type(found)]:
            waiting.extend(reversed(children(found)))


def word_of(node: Node) -> str | None:
    """The word that several plain letters side by side make; None where a node is anything else."""
    if not isinstance(node, Juxtaposed):
        return None
    names = [factor.name if isinstance(factor, Letter) else "" for factor in node.factors]
    return "".join(names) if all(name.isalpha() for name in names) else None
