"""Which names of a post are random: those it takes the mean of, and those that are no constants by habit."""

import re

from litgrad.checking.unread.spelling import is_expectation
from litgrad.latex.tree import Juxtaposed, Node, walk
from litgrad.meaning.names import bracket_of, is_bracketed
from litgrad.meaning.statements import Statements
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import is_greek, letter_of, tensor_name

_CONSTANTS = frozenset("abcuAB")
_RANDOM_GREEK = frozenset([r"\\epsilon", r"\\varepsilon", r"\\xi", r"\\zeta", r"\\omega"])
_LETTER = re.compile(r"\\[A-Za-z]+|[A-Za-z]")


def random_letters(statements: Statements) -> frozenset[str] | None:
    """The letters of random names; None where the post takes the mean of no name.

    A name that is no matrix, no Greek letter and no constant by habit counts as random, too.
    """
    if not _LAST or _LAST[0][0] is not statements:
        _LAST[:] = [(statements, _found(statements))]
    return _LAST[0][1]


_LAST: list[tuple[Statements, frozenset[str] | None]] = []


def _found(statements: Statements) -> frozenset[str] | None:
    nodes = [
        inner
        for derivation in statements.derivations
        for member in derivation.members
        if member.node is not None
        for inner in walk(member.node)
    ]
    sure = {name for node in nodes for name in _alone_in_mean(node)}
    if not sure:
        return None
    forms = statements.tensors.forms
    names = {name for node in nodes if (name := tensor_name(node)) is not None}
    others = {name for name in names if forms.get(name) is not Form.MATRIX and not _is_constant(name)}
    return frozenset(letter for name in sure | others for letter in _LETTER.findall(letter_of(name)))


def _alone_in_mean(node: Node) -> list[str]:
    """The name in `\\mathbb{E}[x]`."""
    if not isinstance(node, Juxtaposed):
        return []
    found = []
    for head, behind in zip(node.factors, node.factors[1:], strict=False):
        if is_bracketed(behind) and is_expectation(head):
            name = tensor_name(bracket_of(behind).body)
            found += [name] if name is not None else []
    return found


def _is_constant(name: str) -> bool:
    letter = letter_of(name)
    return letter in _CONSTANTS or (is_greek(name) and letter not in _RANDOM_GREEK)
