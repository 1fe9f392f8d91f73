"""Iterates: the k of `x_{k+1} = x_k - \\eta (A x_k - b)` counts steps and picks no entries."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from litgrad.latex.tree import Formula, Grouped, Juxtaposed, Letter, Node, Scripted, walk
from litgrad.meaning.names import is_bracketed
from litgrad.meaning.tensors.derivatives import is_nabla
from litgrad.meaning.tensors.evidence import bound_letters, sides_of, subscript, told
from litgrad.meaning.tensors.layers import iterate_of
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import is_capital, tensor_name

_MARKED = re.compile(r"(?P<of>[^_^]+)(?:_\{(?P<step>[^{}]*)\})?(?:\^\{(?:\*|\\star)\})?")
_FIRST = re.compile(r"\d+")


def of_one_kind(name: str, iterates: Mapping[str, frozenset[int]]) -> str | None:
    """The name that a solution or an iterate is one more value of: x for `x^*`, `x_0` and `x_{k+1}`.

    >>> of_one_kind("x_{k + 1}", {"k": frozenset([0, 1])}), of_one_kind("w^{*}", {}), of_one_kind("x_{2}", {})
    ('x', 'w', None)
    """
    match = _MARKED.fullmatch(name)
    if match is None or match["of"] == name:
        return None
    step = match["step"]
    counted = step is None or (iterates and (_FIRST.fullmatch(step) or step.split(" ")[0] in iterates))
    return match["of"] if counted else None


def iterate_letters(formulas: Sequence[Formula], letters: frozenset[str]) -> dict[str, frozenset[int]]:
    """The letters that count the steps of vectors, each with the offsets it is used with.

    Takes the formulas of a post and the letters of its subscripts. Such a letter stands with a number added
    to it as well as alone, no sum goes through it, and what it stands on is used as a whole vector.
    """
    nodes = [node for side in sides_of(formulas) for node in walk(side)]
    offsets = _offsets(nodes)
    beside = {letter for node in nodes if (row := subscript(node)) and len(row[1]) > 1 for letter in row[1]}
    open_letters = {letter for letter, found in offsets.items() if len(found) > 1 and letter.islower()}
    perhaps = frozenset(open_letters - beside - bound_letters(formulas))
    if not perhaps:
        return {}
    whole = set(_of_vectors(formulas, nodes, letters - perhaps))
    return {letter: frozenset(offsets[letter]) for letter in sorted(perhaps & whole)}


def _offsets(nodes: Iterable[Node]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for node in nodes:
        step = iterate_of(node)
        if step is not None:
            found.setdefault(step[0], set()).add(step[1])
    return found


def _of_vectors(formulas: Sequence[Formula], nodes: Iterable[Node], letters: frozenset[str]) -> Iterator[str]:
    """The letters below names that are used as vectors: `x_k^T`, `A x_k`, `\\nabla f(x_k)`."""
    names = {fact.name for fact in told(formulas, letters) if fact.sure and fact.form is not Form.SCALAR}
    for node in nodes:
        step = iterate_of(node)
        if step is not None and tensor_name(_without_power(node)) in names:
            yield step[0]
        if isinstance(node, Juxtaposed):
            yield from _in_row(node.factors)


def _without_power(node: Node) -> Node:
    assert isinstance(node, Scripted)
    return Scripted(node.span, node.base, node.sub, None)


def _in_row(factors: tuple[Node, ...]) -> Iterator[str]:
    for left, right in pairwise(factors):
        step = iterate_of(right)
        name = tensor_name(left)
        if step is not None and name is not None and is_capital(name) and not _is_capital(right):
            yield step[0]
    if is_nabla(factors[0]) and len(factors) > 2 and is_bracketed(factors[2]):
        inner = factors[2].body if isinstance(factors[2], Grouped) else factors[2]
        step = iterate_of(inner)
        if step is not None and isinstance(factors[1], (Letter, Scripted)):
            yield step[0]


def _is_capital(node: Node) -> bool:
    name = tensor_name(node)
    return name is None or is_capital(name)
