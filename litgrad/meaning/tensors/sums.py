"""Sums over indices: their letter, how far it goes, and what they reach over."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from litgrad.latex.tree import (
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Operator,
    Product,
    Related,
    Scripted,
    Sum,
    children,
    walk,
)
from litgrad.latex.unparse import unparse
from litgrad.meaning.large import over_later_terms, spread
from litgrad.meaning.names import is_bracketed
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import indices_of, reference
from litgrad.meaning.tensors.values import Value, contracted, summed, summed_over
from litgrad.meaning.terms import NoMeaning
from litgrad.tensors.build import einsum, negate
from litgrad.tensors.expr import Dim, Identity, Ones

if TYPE_CHECKING:
    from litgrad.meaning.tensors.read import Reader

__all__ = ["is_sum", "over_index", "over_later_terms", "spread"]


def is_sum(node: Node) -> bool:
    """Whether a factor is a sum sign, which reaches over what follows."""
    base = node.base if isinstance(node, Scripted) else node
    return isinstance(base, Operator) and base.name == r"\sum"


def ends_in_sum(node: Node) -> bool:
    """Whether a term is a sum over an index that a later term may belong to."""
    factors = node.factors if isinstance(node, Juxtaposed) else (node,)
    opens = next((place for place, factor in enumerate(factors) if is_sum(factor)), None)
    return opens is not None and not is_bracketed(factors[-1])


def may_reach_on(node: Sum, letters: frozenset[str]) -> bool:
    """Whether a term after a sum over an index tells by no index of its own that it stands outside."""
    opens = [place for place, term in enumerate(node.terms[:-1]) if ends_in_sum(term)]
    later = node.terms[opens[0] + 1 :] if opens else ()
    return any(
        not any(isinstance(part, Letter) and part.name in letters for part in walk(term)) for term in later
    )


def over_index(reader: "Reader", head: Node, rest: tuple[Node, ...]) -> Value:
    """`\\sum_{i=1}^{n}`, `\\sum_i`, `\\sum_{i, j}`, `\\sum_{i \\ne j}` over all that follows."""
    if not rest:
        raise NoMeaning(head.span, r"`\sum` of nothing")
    body = rest[0] if len(rest) == 1 else Juxtaposed(rest[0].span | rest[-1].span, rest)
    if not isinstance(head, Scripted) or head.sub is None:
        raise NoMeaning(head.span, "a sum without an index")
    excluded = _excluded(head.sub)
    if excluded is not None and head.sup is None:
        return _all_but(reader, *excluded, body)
    return _summed(reader, _letters(head), head, body)


def _summed(reader: "Reader", letters: tuple[str, ...], head: Scripted, body: Node) -> Value:
    if not letters:
        return reader.value(body)
    letter, *others = letters
    length = _length(reader, letter, head)
    with reader.binding(letter, length):
        inner = _summed(reader, tuple(others), head, body)
        length = reader.length(letter)
    return summed_over(inner, letter, length)


def standing_twice(reader: "Reader", factors: tuple[Node, ...]) -> tuple[str, ...]:
    """The indices that stand twice in a product and that nothing has bound yet."""
    found = [letter for factor in factors for letter in _free(reader, factor)]
    return tuple(sorted({one for one in found if found.count(one) == 2 and one not in reader.lengths}))


def _free(reader: "Reader", node: Node) -> Iterator[str]:
    """The free indices of a factor: of a sum those of its terms, of a product those that stand once."""
    match node:
        case Grouped(body=body):
            yield from _free(reader, body)
        case Sum(terms=terms):
            yield from sorted({letter for term in terms for letter in _free(reader, term)})
        case Juxtaposed(factors=parts) | Product(factors=parts):
            found = [letter for part in parts for letter in _free(reader, part)]
            yield from (one for one in found if found.count(one) == 1)
        case _:
            yield from _indices(reader, node)


def _indices(reader: "Reader", node: Node) -> Iterator[str]:
    """The indices of the names in a factor; those below a sum sign stand for all of its product."""
    name = reference(node, reader.world.letters)
    if name is not None:
        yield from name.indices
        return
    if isinstance(node, Scripted) and isinstance(node.base, Grouped):
        yield from indices_of(node.sub, reader.world.letters)
    if is_sum(node):
        yield from (one.name for one in walk(node) if isinstance(one, Letter))
        return
    for child in children(node):
        yield from _indices(reader, child)


def over_repeated(reader: "Reader", node: Node, letters: tuple[str, ...]) -> Value:
    """A product summed over the indices that stand twice in it."""
    letter, *others = letters
    length = reader.length(letter)
    with reader.binding(letter, length):
        inner = over_repeated(reader, node, tuple(others)) if others else reader.value(node)
        length = reader.length(letter)
    return summed_over(inner, letter, length)


def _letters(head: Scripted) -> tuple[str, ...]:
    """The letters that a sum goes through."""
    sub = head.sub
    if (
        isinstance(sub, Related)
        and len(sub.sides) == 2
        and sub.signs[0].symbol == "="
        and head.sup is not None
    ):
        sub = sub.sides[0]
    items = sub.items if isinstance(sub, Listed) else sub.factors if isinstance(sub, Juxtaposed) else (sub,)
    names = tuple(item.name for item in items if isinstance(item, Letter))
    if len(names) != len(items):
        raise NoMeaning(head.span, "a sum whose bounds are not `i = 1` and `n`")
    return names


def _length(reader: "Reader", letter: str, head: Scripted) -> Dim:
    """How far the letter goes: `n` for i = 1..n and for i = 0..n-1; open where no bounds are given."""
    key = f"@{head.span.start}:{letter}:{reader.depth}"
    return reader.world.length_at(key, _bound(reader, head))


def _bound(reader: "Reader", head: Scripted) -> Dim | None:
    if not isinstance(head.sub, Related):
        return None
    start, end = head.sub.sides[1], head.sup
    assert end is not None
    if isinstance(start, Number) and start.text == "0" and isinstance(end, Sum):
        match end:
            case Sum(terms=(last, Number(text="1")), signs=(None, sign)) if (
                sign is not None and sign.symbol == "-"
            ):
                start, end = Number(start.span, "1"), last
    if not (isinstance(start, Number) and start.text == "1"):
        raise NoMeaning(head.span, "a sum whose index does not start at 1")
    return named_length(reader, end)


def named_length(reader: "Reader", node: Node) -> Dim:
    """A bound or a size as the length of an axis: a number or a name."""
    if isinstance(node, Number) and node.text.isdigit() and int(node.text) > 0:
        return int(node.text)
    match node:
        case Letter() | Scripted():
            return unparse(node)
    raise NoMeaning(node.span, f"the length `{unparse(node)}`")


def _excluded(sub: Node) -> tuple[str, str] | None:
    """`i \\ne j`."""
    match sub:
        case Related(sides=(Letter(name=one), Letter(name=other)), signs=(sign,)) if sign.symbol in (
            r"\ne",
            r"\neq",
        ):
            return one, other
    return None


def _all_but(reader: "Reader", letter: str, other: str, body: Node) -> Value:
    """The sum over every value of a letter but one."""
    length = reader.length(other)
    with reader.binding(letter, length):
        inner = reader.value(body)
    letters = tuple(sorted((letter, other)))
    delta = Value(Identity(length), Form.SCALAR, letters)
    ones = Value(Ones((length, length)), Form.SCALAR, letters)
    mask = summed(ones, Value(negate(delta.tensor), Form.SCALAR, letters))
    own = tuple(range(len(inner.shape)))
    masked = contracted(mask, (), inner, own, own, inner.form)
    return summed_over(masked, letter, length)


def diagonal_of(value: Value) -> Value:
    """The diagonal of a matrix as a column."""
    shift = len(value.letters)
    labels = (*range(shift), shift, shift)
    return Value(einsum([(value.tensor, labels)], (*range(shift), shift)), Form.COLUMN, value.letters)
