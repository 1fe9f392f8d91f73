"""What would make a step true: single small changes of one side, tried and proved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

from litgrad.checking.slips import bracketed
from litgrad.latex.tree import (
    NODE_TYPES,
    Fraction,
    Grouped,
    Juxtaposed,
    Letter,
    Node,
    Number,
    Operator,
    Scripted,
    Sign,
    Sum,
)
from litgrad.latex.unparse import unparse
from litgrad.meaning.names import name_of, without_primes
from litgrad.source import Span

_PAIRS = {
    r"\log": (r"\exp",), r"\exp": (r"\log",), r"\sin": (r"\cos",), r"\cos": (r"\sin",), r"\tan": (r"\tanh",),
    r"\tanh": (r"\tan",), r"\sinh": (r"\cosh",), r"\cosh": (r"\sinh",), r"\ln": (r"\exp",),
    r"\max": (r"\min",), r"\min": (r"\max",),
}  # fmt: skip
_SQUARED = frozenset([r"\sin", r"\cos", r"\tan", r"\sinh", r"\cosh", r"\tanh", r"\sec"])
"""Functions whose square is written behind their name."""
_CANDIDATE_LIMIT = 800


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed side, and the change in the post's own text."""

    node: Node
    span: Span
    replacement: str
    words: str
    cost: int


@dataclass(frozen=True, slots=True)
class Slips:
    """What may have been written in another's place, or lost."""

    names: tuple[Node, ...] = ()
    """The names of the step, tried in each other's place."""
    factors: tuple[Node, ...] = ()
    """Factors that may have been lost."""
    terms: tuple[Node, ...] = ()
    """Terms that may have been lost."""
    functions: frozenset[str] = frozenset()
    """Functions whose prime may have been lost."""
    called: frozenset[str] = frozenset()
    """All functions of the post."""


def edits(node: Node, slips: Slips) -> list[Edit]:
    """All single changes of a tree, the likeliest slips first."""
    every = (*_edits(node, slips), *(() if isinstance(node, Sum) else _more_terms(node, slips)))
    found = sorted(every, key=lambda edit: edit.cost)
    return found[:_CANDIDATE_LIMIT]


def first_that(candidates: list[Edit], holds: Callable[[Node], bool]) -> Edit | None:
    """The first edit whose tree passes."""
    return next((edit for edit in candidates if holds(edit.node)), None)


def _edits(node: Node, slips: Slips) -> Iterator[Edit]:
    """Changes at this node, then changes below it, put back in place."""
    yield from _here(node, slips)
    for field in fields(node):
        below = getattr(node, field.name)
        for position, child in enumerate(below if isinstance(below, tuple) else (below,)):
            if not isinstance(child, NODE_TYPES):
                continue
            for edit in _edits(child, slips):
                changed = _put(below, position, edit.node)
                yield replace(edit, node=replace(node, **{field.name: changed}))


def _put(held: object, position: int, node: Node) -> object:
    if isinstance(held, tuple):
        return (*held[:position], node, *held[position + 1 :])
    return node


def _here(node: Node, slips: Slips) -> Iterator[Edit]:
    match node:
        case Sum():
            yield from _signs(node)
            for changed, span, text in bracketed(node):
                yield Edit(changed, span, text, f"with brackets, `{text}`,", 2)
            yield from _dropped_terms(node)
            yield from _more_terms(node, slips)
        case Number():
            yield from _numbers(node)
        case Fraction():
            yield from _more_terms_of_a_fraction(node, slips)
            swapped = replace(node, numerator=node.denominator, denominator=node.numerator)
            text = unparse(swapped)
            yield Edit(swapped, node.span, text, f"with the fraction turned over, `{text}`", 3)
        case Scripted():
            yield from _scripts(node)
        case Letter() if node.name in slips.functions:
            slope = Scripted(node.span, node, None, None, 1)
            yield Edit(slope, node.span, f"{node.name}'", f"with `{node.name}'` for `{node.name}`", 3)
        case Operator(name=name):
            for other in _PAIRS.get(name, ()):
                yield Edit(replace(node, name=other), node.span, other, f"with `{other}` for `{name}`", 5)
            if name in _SQUARED:
                squared = Scripted(node.span, node, None, Number(node.span, "2"))
                yield Edit(squared, node.span, f"{name}^2", f"with `{name}^2` for `{name}`", 5)
        case Juxtaposed():
            yield from _dropped_factors(node, slips)
    yield from _other_names(node, slips)
    yield from _wrapped(node, slips)


def _other_names(node: Node, slips: Slips) -> Iterator[Edit]:
    """A name of the step in another's place."""
    name = name_of(node)
    if name not in map(name_of, slips.names):
        return
    for other in slips.names:
        if name_of(other) != name and (name in slips.called) == (name_of(other) in slips.called):
            text = unparse(other)
            cost = 1 if isinstance(node, Scripted) else 4
            yield Edit(other, node.span, text, f"with `{text}` for `{unparse(node)}`", cost)


def _signs(node: Sum) -> Iterator[Edit]:
    flips = {"+": "-", "-": "+"}
    for index, sign in enumerate(node.signs):
        if sign is None:
            place = Span(node.terms[0].span.start, node.terms[0].span.start)
            signs = (Sign(place, "-"), *node.signs[1:])
            yield Edit(
                replace(node, signs=signs),
                node.terms[0].span,
                f"-{unparse(node.terms[0])}",
                "with `-` in front",
                1,
            )
        elif sign.symbol in flips:
            other = flips[sign.symbol]
            signs = (*node.signs[:index], Sign(sign.span, other), *node.signs[index + 1 :])
            replacement = "" if index == 0 and other == "+" else other
            words = f"with `{other}` for `{sign.symbol}`" if replacement else "without the `-`"
            yield Edit(replace(node, signs=signs), sign.span, replacement, words, 0)


def _dropped_terms(node: Sum) -> Iterator[Edit]:
    if len(node.terms) < 2:
        return
    for index, term in enumerate(node.terms):
        sign = node.signs[index]
        rest = replace(
            node,
            terms=node.terms[:index] + node.terms[index + 1 :],
            signs=node.signs[:index] + node.signs[index + 1 :],
        )
        span = term.span if sign is None else sign.span | term.span
        yield Edit(rest, span, "", f"without the term `{unparse(term)}`", 4)


def _more_terms(node: Node, slips: Slips) -> Iterator[Edit]:
    """A term that was lost."""
    terms, signs = (node.terms, node.signs) if isinstance(node, Sum) else ((node,), (None,))
    written = [unparse(term) for term in terms]
    for term in slips.terms:
        if any(unparse(term) in other for other in written):
            continue
        for symbol in ("+", "-"):
            longer = Sum(node.span, (*terms, term), (*signs, Sign(node.span, symbol)))
            lost = f"{symbol} {unparse(term)}"
            yield Edit(longer, node.span, unparse(longer), f"with the term `{lost}`", 6)


def _more_terms_of_a_fraction(node: Fraction, slips: Slips) -> Iterator[Edit]:
    for field, part in (("numerator", node.numerator), ("denominator", node.denominator)):
        for edit in () if isinstance(part, Sum) else _more_terms(part, slips):
            yield replace(edit, node=replace(node, **{field: edit.node}))


def _dropped_factors(node: Juxtaposed, slips: Slips) -> Iterator[Edit]:
    """A factor too many; the f and the (x) of `f(x)` are none."""
    for index, factor in enumerate(node.factors):
        called = {name_of(without_primes(one)) for one in node.factors[max(index - 1, 0) : index + 1]}
        if isinstance(factor, Operator) or not called.isdisjoint(slips.called):
            continue
        rest = node.factors[:index] + node.factors[index + 1 :]
        smaller = rest[0] if len(rest) == 1 else replace(node, factors=rest)
        yield Edit(smaller, factor.span, "", f"without the factor `{unparse(factor)}`", 4)


def _numbers(node: Number) -> Iterator[Edit]:
    if not node.text.isdigit() or len(node.text) > 6:
        return
    value = int(node.text)
    for other in dict.fromkeys((value + 1, value - 1, 2 * value, value // 2, value * value)):
        if other != value and other >= 0:
            yield Edit(
                replace(node, text=str(other)), node.span, str(other), f"with `{other}` for `{value}`", 2
            )


def _scripts(node: Scripted) -> Iterator[Edit]:
    if node.sup is not None and node.sub is None and not node.primes:
        yield Edit(node.base, node.sup.span, "", "without the exponent", 3)
        if isinstance(node.sup, Sum) and len(node.sup.terms) == 1 and node.sup.signs[0] is not None:
            sign = node.sup.signs[0]
            positive = replace(node, sup=node.sup.terms[0])
            yield Edit(positive, sign.span, "", "without the `-` in the exponent", 1)
        else:
            negative = Sum(node.sup.span, (node.sup,), (Sign(node.sup.span, "-"),))
            text = f"-{unparse(node.sup)}"
            yield Edit(replace(node, sup=negative), node.sup.span, text, "with `-` in the exponent", 3)


def _wrapped(node: Node, slips: Slips) -> Iterator[Edit]:
    """A square or a factor that was lost."""
    if isinstance(node, (Number, Operator)):
        return
    two = Number(node.span, "2")
    if not isinstance(node, (Sum, Juxtaposed, Fraction, Scripted)):
        squared = Scripted(node.span, node, None, two)
        yield Edit(
            squared, node.span, unparse(squared), f"with `{unparse(squared)}` for `{unparse(node)}`", 5
        )
    if isinstance(node, Sum):
        yield from _times_sum(node, slips)
        return
    minus = Sum(node.span, (node,), (Sign(node.span, "-"),))
    yield Edit(minus, node.span, f"-{unparse(node)}", f"with `-` in front of `{unparse(node)}`", 6)
    for factor in (two, *slips.names, *slips.factors):
        product = Juxtaposed(node.span, (factor, node))
        yield Edit(product, node.span, unparse(product), f"with the factor `{unparse(factor)}`", 7)


def _times_sum(node: Sum, slips: Slips) -> Iterator[Edit]:
    """A factor before a whole sum, which then needs brackets."""
    if len(node.terms) < 2:
        return
    whole = Grouped(node.span, Sign(node.span, "("), Sign(node.span, ")"), node)
    for factor in (Number(node.span, "2"), *slips.names, *slips.factors):
        product = Juxtaposed(node.span, (factor, whole))
        yield Edit(product, node.span, unparse(product), f"with the factor `{unparse(factor)}`", 7)
