"""A modulus behind a formula: `5 \\pmod{12}`, `5 \\bmod 12`, `5 (\\text{mod } 12)`."""

from dataclasses import dataclass

from litgrad.latex.tree import Grouped, Juxtaposed, Node, Product, Sum, Text

_MODULO = frozenset([r"\pmod", r"\bmod"])


@dataclass(frozen=True, slots=True)
class Congruence:
    """A formula and the modulus behind it."""

    inner: Node
    modulus: Node


def congruence_of(node: Node) -> Congruence | None:
    """A formula with a modulus behind it taken apart; None where there is none."""
    match node:
        case Product(factors=(*first, last), signs=(*before, sign)) if sign.symbol in _MODULO:
            whole = first[0].span | first[-1].span
            inner = first[0] if len(first) == 1 else Product(whole, tuple(first), tuple(before))
            return Congruence(inner, last)
        case Sum(terms=(*first, last), signs=signs):
            behind = congruence_of(last)
            if behind is not None:
                inner = Sum(node.span, (*first, behind.inner), signs)
                return Congruence(inner, behind.modulus)
        case Juxtaposed(factors=(*first, Grouped(body=Juxtaposed(factors=(Text(text=text), modulus))))):
            if text.strip() == "mod" and first:
                whole = first[0].span | first[-1].span
                inner = first[0] if len(first) == 1 else Juxtaposed(whole, tuple(first))
                return Congruence(inner, modulus)
    return None
