"""How pieces are written: one spelling for what differs in spaces, bars and sizes only."""

import re
from collections.abc import Iterator

from litgrad.latex.tree import (
    Fraction,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Operator,
    Related,
    Root,
    Scripted,
    Sign,
    Styled,
    Sum,
    Text,
    walk,
)
from litgrad.latex.unparse import unparse
from litgrad.meaning.names import is_leibniz, is_transpose, name_of, vector_style

_BARS = re.compile(r"\\mid\b|\\vert\b|\\lvert\b|\\rvert\b|\|")
_DOUBLE = re.compile(r"\\parallel\b|\\Vert\b|\\lVert\b|\\rVert\b|\\\||\|\s*\|")
_SIZES = re.compile(r"\\(?:left|right)(?![A-Za-z])")
_DENSITIES = frozenset(["p", "q", "P", "Q", r"\Pr", "N", r"\mathcal{N}", r"\mathbb{P}", r"\operatorname{P}"])
_CONDITIONS = frozenset([r"\mid", r"\vert", "|", r"\given"])


def spelled(node: Node | Sign) -> str:
    """The canonical text of a piece."""
    text = node.symbol if isinstance(node, Sign) else unparse(node)
    text = _SIZES.sub("", text)
    return " ".join(_BARS.sub("|", _DOUBLE.sub("‖", text)).split())


def letters_in(node: Node) -> frozenset[str]:
    """The names of the letters in a piece."""
    return frozenset(inner.name for inner in walk(node) if isinstance(inner, Letter))


def bound_letters(head: Node) -> frozenset[str] | None:
    """The indices under a sum or product; None where they are not told."""
    if not isinstance(head, Scripted) or head.sub is None:
        return None
    told = head.sub.sides[0] if isinstance(head.sub, Related) else head.sub
    return letters_in(told) or None


def is_density(head: Node, bracket: Grouped) -> bool:
    """Whether a call is a probability or a density, which is a positive number: `p(x \\mid z)`."""
    base = head.base if isinstance(head, Scripted) else head
    if isinstance(base, (Text, Operator)):
        return isinstance(base, Operator) and base.name == r"\Pr"
    return unparse(base) in _DENSITIES and bracket.open.symbol in ("(", "[", r"\{")


def is_expectation(head: Node) -> bool:
    """`E`, `\\mathbb{E}_{x \\sim p}` before a bracket."""
    base = head.base if isinstance(head, Scripted) and head.sup is None and not head.primes else head
    letter = base.body if isinstance(base, Styled) else base
    return isinstance(letter, Letter) and letter.name == "E"


def is_functional(base: Node, bracket: Grouped) -> bool:
    """`\\mathbb{V}(X)`, `H[X]`: what is no factor, though the post applies it nowhere else."""
    inner = base.base if isinstance(base, Scripted) else base
    if isinstance(inner, Styled):
        return inner.style in (r"\mathbb", r"\mathcal", r"\mathds", r"\mathscr")
    return isinstance(inner, Letter) and inner.name.isupper() and bracket.open.symbol == "["


def must_be_number(node: Node) -> Iterator[str]:
    """The names in a piece that only a number can stand for."""
    match node:
        case Root(radicand=inner):
            yield from _factors(inner)
        case Fraction(denominator=inner) if not is_leibniz(node):
            yield from _factors(inner)
        case Scripted(base=Letter(name="e"), sup=inner) if inner is not None:
            yield from _factors(inner)


def _factors(node: Node) -> Iterator[str]:
    """The names that are terms or factors of a piece without vectors in it."""
    if any(vector_style(inner) or _turns(inner) for inner in walk(node)):
        return
    for inner in _leaves(node):
        name = name_of(inner)
        if name is not None:
            yield name


def _turns(node: Node) -> bool:
    return isinstance(node, (Styled, Listed, Text)) or (isinstance(node, Scripted) and is_transpose(node))


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case Sum(terms=parts) | Juxtaposed(factors=parts):
            for part in parts:
                yield from _leaves(part)
        case Grouped(body=body):
            yield from _leaves(body)
        case Scripted(base=base, sup=sup) if sup is not None and name_of(node) is None:
            yield from _leaves(Scripted(node.span, base, node.sub, None) if node.sub else base)
        case _:
            yield node
