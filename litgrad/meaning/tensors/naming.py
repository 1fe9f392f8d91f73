"""Names of vectors and matrices, and names with indices: `\\mathbf{x}`, `W_{ij}`, `x^{(i)}`."""

import re

from litgrad.latex.tree import (
    Accented,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Related,
    Scripted,
    Styled,
)
from litgrad.latex.unparse import unparse
from litgrad.meaning.names import items_of, name_of, primes_of, vector_style
from litgrad.records import dataclass

_GREEK_CAPITALS = frozenset(r"\Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega".split())
_STYLES = frozenset([r"\mathbf", r"\boldsymbol", r"\bm", r"\pmb", r"\bf"])
_DRESS = _STYLES | frozenset(
    r"\hat \bar \tilde \vec \overrightarrow \dot \ddot \widehat \widetilde \overline \underline "
    r"\mathcal \mathrm \mathit \mathsf \check \breve \acute \grave \mathring \operatorname \mathscr "
    r"\mathfrak \rm".split()
)
_TOKEN = re.compile(r"\\[A-Za-z]+|[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Reference:
    """A name with the indices that pick from what it stands for."""

    base: str
    """The canonical name without its indices."""
    indices: tuple[str, ...]
    styled: bool
    """Set in a vector or matrix alphabet."""
    above: bool = False
    """An index stands above, which tells members and never entries: `x^{(i)}`."""

    @property
    def family(self) -> str:
        """The name of all that the indices go through: `x_{i}` for every index."""
        return f"{self.base}_{{{'ijklmn'[: len(self.indices)]}}}" if self.indices else self.base


def tensor_name(node: Node) -> str | None:
    """The canonical name of a scalar, vector or matrix; None where the node is no name.

    Bold names are names here: `\\mathbf{x}`, `\\boldsymbol{\\Sigma}_{k}`.
    """
    match node:
        case Styled(style=style, body=Letter()) if style in _STYLES:
            return unparse(node)
        case Styled(style=style, body=Accented()) if style in _STYLES:
            return unparse(node)
        case Accented(body=body) if tensor_name(body):
            return unparse(node)
        case Grouped(open=sign, body=body) if sign.symbol == "{":
            return tensor_name(body)
        case Scripted(sub=Related()):
            return None
        case Scripted(base=base, sup=sup) if vector_style(base) and tensor_name(base):
            return unparse(node) if _is_label(sup) else None
    return name_of(node)


def _is_label(sup: Node | None) -> bool:
    """A superscript that makes another name: nothing, `*`, `(1)`, `[l]`."""
    if isinstance(sup, Letter):
        return sup.name in ("*", "+", "-", r"\star")
    return sup is None or (isinstance(sup, Grouped) and sup.open.symbol in ("(", "["))


def reference(node: Node, letters: frozenset[str]) -> Reference | None:
    """A name taken apart by the letters that are indices; None where it is no name.

    Raises nothing; a subscript that is not made of index letters alone belongs to the name.
    """
    if isinstance(node, Grouped) and node.open.symbol == "{":
        return reference(node.body, letters)
    if not isinstance(node, Scripted) or node.primes:
        name = tensor_name(node)
        return None if name is None else Reference(name, (), vector_style(node))
    above = _index_above(node.sup, letters)
    below = indices_of(node.sub, letters)
    if not above and not below:
        inner = node.base if node.sub is None and node.sup is None else node
        name = tensor_name(inner)
        return None if name is None else Reference(name, (), vector_style(node))
    sub, sup = (None if below else node.sub), (None if above else node.sup)
    rest = node.base if sub is None and sup is None else Scripted(node.span, node.base, sub, sup)
    held = reference(rest, letters)
    if held is None:
        return None
    indices = (*held.indices, *above, *below)
    return Reference(held.base, indices, held.styled, held.above or bool(above))


def _index_above(sup: Node | None, letters: frozenset[str]) -> tuple[str, ...]:
    """`(i)` where i is an index."""
    if isinstance(sup, Grouped) and sup.open.symbol in ("(", "["):
        return indices_of(sup.body, letters)
    return ()


def indices_of(node: Node | None, letters: frozenset[str]) -> tuple[str, ...]:
    """The index letters of a subscript; none where anything else stands in it."""
    match node:
        case Letter(name=name) if name in letters:
            return (name,)
        case Grouped(open=sign, body=body) if sign.symbol in ("{", "("):
            return indices_of(body, letters)
        case Juxtaposed(factors=parts) | Listed(items=parts):
            found = [indices_of(part, letters) for part in parts]
            return tuple(one for each in found for one in each) if all(found) else ()
    return ()


def function_head(node: Node) -> tuple[str, tuple[str, ...]] | None:
    """`J(\\mathbf{w}, b)` as (J, (\\mathbf{w}, b)) where all arguments are distinct names."""
    match node:
        case Juxtaposed(factors=(head, Grouped(open=sign, body=body))) if sign.symbol == "(":
            name = tensor_name(head)
            found = [tensor_name(item) for item in items_of(body)]
            arguments = tuple(one for one in found if one is not None)
            if name is not None and not primes_of(head) and len(set(arguments)) == len(found):
                return name, arguments
    return None


def is_capital(name: str) -> bool:
    """Whether the letter of a name is a capital one: `W`, `\\mathbf{X}`, `\\Sigma_{k}`, `\\hat{Y}`."""
    letter = letter_of(name)
    return letter.isupper() if len(letter) == 1 else letter in _GREEK_CAPITALS


def is_greek(name: str) -> bool:
    """Whether the letter of a name is a Greek one."""
    return letter_of(name).startswith("\\")


def letter_of(name: str) -> str:
    """The letter in a name: `W` of `\\mathbf{W}^{(1)}`, `\\beta` of `\\hat{\\beta}`, `y` of `\\hat{y}_{i}`.

    >>> letter_of(r"\\mathbf{W}^{(1)}"), letter_of(r"\\hat{\\beta}")
    ('W', '\\\\beta')
    """
    tokens = _TOKEN.findall(name)
    return next((token for token in tokens if token not in _DRESS), name)


def is_one(node: Node) -> bool:
    """`\\mathbf{1}`: the vector of ones."""
    return isinstance(node, Styled) and isinstance(node.body, Number) and node.body.text == "1"


def is_nought(node: Node) -> bool:
    """`\\mathbf{0}`."""
    return isinstance(node, Styled) and isinstance(node.body, Number) and node.body.text == "0"
