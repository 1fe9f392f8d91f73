"""Formulas without what only shows: colors, frames, brace groups, remarks in words, equation numbers."""

from dataclasses import replace

from litgrad.latex.tree import (
    Accented,
    Annotated,
    Array,
    Empty,
    Formula,
    Fraction,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Operator,
    Product,
    Related,
    Root,
    Row,
    Scripted,
    Sign,
    Styled,
    Sum,
    Text,
)
from litgrad.meaning.clauses import by_clauses

_BRACES = frozenset([r"\underbrace", r"\overbrace"])
_LEADS = frozenset([r"\therefore", r"\because", r"\square", r"\blacksquare", r"\qed", r"\Box", r"\checkmark"])
"""Symbols that say something of a formula and are no part of it."""
_COMPOUND = (Sum, Product, Juxtaposed, Related, Listed)
_DOTS = frozenset([r"\dots", r"\ldots", r"\cdots", r"\dotsc", r"\dotsb"])
_WIDE = frozenset([r"\quad", r"\qquad"])


def plain(formula: Formula) -> Formula:
    """A formula as the stage of meaning reads it; every node keeps its place in the post."""
    rows = (part for row in formula.rows for part in by_clauses(row))
    return replace(formula, rows=tuple(map(_row, rows)))


def _row(row: Row) -> Row:
    sides = tuple(None if side is None else without_remarks(bare(side)) for side in row.sides)
    held = sides[0].body if isinstance(sides[0], Grouped) and sides[0].open.symbol == "{" else sides[0]
    if len(sides) == 1 and isinstance(held, Related):  # `\\boxed{a = b}`
        inner = tuple(None if isinstance(side, Empty) else without_remarks(side) for side in held.sides)
        return replace(row, sides=inner, relations=held.signs)
    return replace(row, sides=sides)


# -------------------------------- annotations and braces --------------------------------


def bare(node: Node) -> Node:
    """A node without annotations and without braces that change nothing.

    `{x}_{1}` is `x_{1}`; `\\underbrace{x}_{y}` is `x`; `\\underset{n}{\\max}` is `\\max_{n}`.
    """
    match node:
        case Annotated():
            return _seen_through(node)
        case Grouped(open=sign, body=body) if sign.symbol == "{":
            inner = bare(body)
            return replace(node, body=inner) if isinstance(inner, _COMPOUND) else inner
        case Grouped(body=body):
            return _changed(node, body=bare(body))
        case Scripted():
            return _scripted(node)
        case Juxtaposed(factors=factors):
            return _side_by_side(node, tuple(map(bare, factors)))
        case Sum(terms=terms):
            return _changed(node, terms=_all(terms))
        case Product(factors=factors):
            return _changed(node, factors=_all(factors))
        case Listed(items=items):
            return _changed(node, items=_all(items))
        case Related(sides=sides):
            return _changed(node, sides=_all(sides))
        case Fraction(numerator=above, denominator=below):
            return _changed(node, numerator=bare(above), denominator=bare(below))
        case Root(radicand=radicand):
            return _changed(node, radicand=bare(radicand))
        case Accented(body=body) | Styled(body=body):
            return _changed(node, body=bare(body))
        case Array(rows=rows):
            return _changed(node, rows=tuple(_all(cells) for cells in rows))
    return node


def _all(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    found = tuple(map(bare, nodes))
    return nodes if all(new is old for new, old in zip(found, nodes, strict=True)) else found


def _changed(node: Node, **fields: object) -> Node:
    """The node with other fields; itself where they are the same objects."""
    if all(getattr(node, name) is value for name, value in fields.items()):
        return node
    return replace(node, **fields)


def _seen_through(node: Annotated) -> Node:
    body = bare(node.body)
    if node.note is not None and isinstance(body, Operator):
        below = node.command == r"\underset"
        return Scripted(
            node.span, body, bare(node.note) if below else None, None if below else bare(node.note)
        )
    if isinstance(body, (Sum, Product, Juxtaposed)) and not isinstance(node.body, Grouped):
        brace = Sign(node.span, "{")
        return Grouped(node.span, brace, brace, body)
    return body


def _scripted(node: Scripted) -> Node:
    base = node.base
    if isinstance(base, Annotated) and base.command in _BRACES and not node.primes:
        noted = node.sup is None if base.command == r"\underbrace" else node.sub is None
        if noted:
            return bare(base)
    inner = bare(base)
    sub = None if node.sub is None else bare(node.sub)
    sup = None if node.sup is None else bare(node.sup)
    if isinstance(inner, Scripted) and not isinstance(base, Grouped):
        return _merged(node, inner, sub, sup)
    if isinstance(inner, Scripted) and _is_free(inner, sub, sup, node.primes):
        return _merged(node, inner, sub, sup)
    return _changed(node, base=inner, sub=sub, sup=sup)


def _is_free(inner: Scripted, sub: Node | None, sup: Node | None, primes: int) -> bool:
    """Whether the scripts of `{x_1}^2` could as well stand on one base."""
    if inner.sup is not None or inner.primes:
        return False
    return (sub is None or inner.sub is None) and (sup is not None or primes > 0 or sub is not None)


def _merged(node: Scripted, inner: Scripted, sub: Node | None, sup: Node | None) -> Node:
    if (sub is not None and inner.sub is not None) or (sup is not None and inner.sup is not None):
        return replace(node, base=inner, sub=sub, sup=sup)
    return Scripted(
        node.span,
        inner.base,
        sub if inner.sub is None else inner.sub,
        sup if inner.sup is None else inner.sup,
        node.primes + inner.primes,
    )


def _side_by_side(node: Juxtaposed, factors: tuple[Node, ...]) -> Node:
    """Factors in one row, those of a factor in braces among them."""
    flat: list[Node] = []
    for factor in factors:
        braced = isinstance(factor, Grouped) and factor.open.symbol == "{"
        if braced and isinstance(factor.body, Juxtaposed):
            flat.extend(factor.body.factors)
        else:
            flat.append(factor)
    if len(flat) == 2 and _goes_on(*flat):
        return replace(flat[0], span=node.span)
    if len(flat) == len(node.factors) and all(
        new is old for new, old in zip(flat, node.factors, strict=True)
    ):
        return node
    return replace(node, factors=tuple(flat))


def _goes_on(number: Node, dots: Node) -> bool:
    """Whether dots say that decimals go on: `0.333\\ldots`."""
    decimal = isinstance(number, Number) and "." in number.text
    return decimal and isinstance(dots, Letter) and dots.name in _DOTS


# -------------------------------- remarks --------------------------------


def without_remarks(side: Node) -> Node:
    """A side without words about it: `b \\text{ (by (3))}` is `b`, `b \\quad \\forall x` is `b`."""
    if isinstance(side, Listed):
        return _main_item(side)
    if isinstance(side, Juxtaposed):
        return _without_words(side)
    if isinstance(side, (Sum, Product)):
        return _last_without_words(side)
    return side


def _main_item(side: Listed) -> Node:
    """Of items set apart by wide spaces, those that are no remarks."""
    kept = list(zip((None, *side.separators), side.items, strict=True))
    while len(kept) > 1 and _is_remark(kept[-1][1], after=kept[-1][0].symbol if kept[-1][0] else ""):
        kept.pop()
        while len(kept) > 1 and isinstance(kept[-1][1], Empty):
            kept.pop()
    while len(kept) > 1 and _is_words(kept[0][1]):
        kept.pop(0)
    items = tuple(item for _, item in kept)
    if len(items) == 1:
        return without_remarks(items[0])
    signs = tuple(sign for sign, _ in kept[1:] if sign is not None)
    return replace(side, items=items, separators=signs)


def _is_remark(node: Node, *, after: str) -> bool:
    head = node.factors[0] if isinstance(node, Juxtaposed) else node
    if isinstance(head, Letter) and head.name in (r"\forall", *_LEADS):
        return True
    inner = node.body if after in _WIDE and isinstance(node, Grouped) else None
    numbered = isinstance(inner, (Number, Text, Letter, Related))
    return numbered or _is_words(head)


def _is_words(node: Node) -> bool:
    """Whether a node is words to read, not a name."""
    if not isinstance(node, Text) or "operatorname" in node.command:
        return isinstance(node, Letter) and node.name in _LEADS
    words = node.text.strip()
    return (
        not words or " " in words or node.text != words or words.lower() in SMALL_WORDS or not words.isalnum()
    )


SMALL_WORDS = frozenset(
    "if for and or where when with then so since because thus hence otherwise else let is by as to in of on "
    "we have get that such all any iff therefore given from also but not are be st subject assuming "
    "using".split()
)
"""Words that are never the name of a quantity."""


def _without_words(side: Juxtaposed) -> Node:
    factors = list(side.factors)
    while len(factors) > 1 and _is_words(factors[-1]):
        factors.pop()
    while len(factors) > 1 and _is_words(factors[0]):
        factors.pop(0)
    if len(factors) == len(side.factors):
        return side
    span = factors[0].span | factors[-1].span
    return factors[0] if len(factors) == 1 else Juxtaposed(span, tuple(factors))


def _last_without_words(side: Sum | Product) -> Node:
    parts = side.terms if isinstance(side, Sum) else side.factors
    last = without_remarks(parts[-1]) if isinstance(parts[-1], (Juxtaposed, Product)) else parts[-1]
    first = parts[0]
    if isinstance(first, Juxtaposed):
        first = _without_words(first)
    if last is parts[-1] and first is parts[0]:
        return side
    changed = (first, *parts[1:-1], last) if len(parts) > 1 else (last,)
    span = first.span | last.span
    if isinstance(side, Sum):
        lead = side.signs[0].span if side.signs[0] else first.span
        return replace(side, terms=changed, span=lead | last.span)
    return replace(side, factors=changed, span=span)
