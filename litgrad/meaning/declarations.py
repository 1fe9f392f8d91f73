"""Signs that declare: what a symbol is, where it lies, how it is distributed, what a function maps."""

import re
from collections.abc import Iterator
from itertools import pairwise

from litgrad.latex.tree import (
    Empty,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Related,
    Scripted,
    Text,
    walk,
)
from litgrad.meaning.names import is_bracketed, items_of, name_of
from litgrad.meaning.tensors.naming import tensor_name

STATES_VALUES = "it states the values of a symbol"
STATES_LAW = "it states how a symbol is distributed"
STATES_SETS = "it states between which sets a function goes"
STATES_MEANING = "it states what its left side stands for"
DECLARED = frozenset([STATES_VALUES, STATES_LAW, STATES_SETS, STATES_MEANING])
"""What a sign says that is no claim: it introduces, as a definition does."""
NEW_VALUE = "it gives a symbol a new value"
_OUTRIGHT = frozenset([":=", r"\triangleq", r"\coloneqq", r"\doteq"])
_ARROWS = frozenset([r"\to", r"\rightarrow", r"\longrightarrow", r"\mapsto"])
_ASSIGNS = frozenset([r"\leftarrow", r"\gets"])
_BEHIND_BAR = frozenset([",", ";", "|", r"\mid", r"\vert", r"\parallel", r"\|", r"\Vert", "||"])
_NEVER_DEFINED = frozenset("E Var Cov cov var P Pr Corr corr exp log det tr Tr max min".split())

_OF_MATRICES = frozenset("tr Tr trace det rank diag vec".split())


def declares(left: Node, symbol: str) -> str | None:
    """What a sign between two formulas declares of its left side, in a clause; None where it claims.

    Takes the left side and the sign's LaTeX.
    """
    if symbol in _ASSIGNS:
        return NEW_VALUE
    if symbol in _OUTRIGHT:
        return STATES_MEANING
    if symbol == r"\in" and _all_named(left):
        return STATES_VALUES
    if symbol == r"\sim" and _all_named(left):
        return STATES_LAW
    if symbol in _ARROWS and _is_map(left):
        return STATES_SETS
    return None


def _all_named(node: Node) -> bool:
    """`x`, `x_1, \\dots, x_n`, `(x, y)`, `\\forall x`, `\\{x_i\\}_{i=1}^n`."""
    if isinstance(node, Scripted) and isinstance(node.base, Grouped) and not node.primes:
        return node.base.open.symbol == r"\{" and _all_named(node.base.body)
    if isinstance(node, Grouped):
        return not isinstance(node.body, (Related, Empty)) and _all_named(node.body)
    if isinstance(node, Juxtaposed) and node.factors[0] == Letter(node.factors[0].span, r"\forall"):
        rest = node.factors[1:]
        return len(rest) == 1 and _all_named(rest[0])
    if isinstance(node, Listed):
        return all(map(_all_named, items_of(node)))
    is_dots = isinstance(node, Letter) and "dots" in node.name
    return is_dots or name_of(node) is not None or tensor_name(node) is not None


def _is_map(node: Node) -> bool:
    """`f: X`."""
    if not isinstance(node, Listed) or node.separators[0].symbol not in (":", r"\colon"):
        return False
    return len(node.items) > 1 and _all_named(node.items[0])


def head_of_call(node: Node) -> str | None:
    """The function in `L(\\theta \\mid D)`, `D_{KL}[q \\parallel p]`, `P(X = k)`; None for anything else.

    Its arguments are names, numbers and conditions, as where a function is introduced.
    """
    match node:
        case Juxtaposed(factors=(head, Grouped(open=sign, body=body))) if sign.symbol in ("(", "["):
            return _function_name(head) if _is_argument(body) else None
    return None


def called_in(node: Node) -> Iterator[str]:
    """The functions that a tree applies, read or not."""
    for inner in walk(node):
        if isinstance(inner, Juxtaposed):
            for head, behind in pairwise(inner.factors):
                name = _function_name(head) if isinstance(behind, (Grouped, Scripted)) else None
                if name is not None and is_bracketed(behind):
                    yield name


def is_matrix_function(name: str) -> bool:
    """Whether a name means the same in every post: `\\operatorname{tr}`, `\\det`.

    >>> is_matrix_function(r"\\operatorname{tr}"), is_matrix_function("f")
    (True, False)
    """
    return name.removeprefix(r"\operatorname{").rstrip("}").strip("\\") in _OF_MATRICES


def is_operator(name: str) -> bool:
    """Whether a name is one that posts use and do not define: a mean, a variance, a probability."""
    return (
        name.strip("\\") in _NEVER_DEFINED or re.fullmatch(r"\\math\w+\{[EVP]\}(_.*)?|E_.*", name) is not None
    )


def _function_name(node: Node) -> str | None:
    if isinstance(node, Text):
        return node.text
    return tensor_name(node)


def _is_argument(node: Node) -> bool:
    """Names and numbers, with bars and commas between them."""
    match node:
        case Listed(items=items, separators=signs):
            return all(sign.symbol in _BEHIND_BAR for sign in signs) and all(map(_is_argument, items))
        case Related(sides=sides):
            return all(map(_is_argument, sides))
        case Juxtaposed(factors=(head, Grouped(body=body))):
            return tensor_name(head) is not None and _is_argument(body)
        case Number():
            return True
    return tensor_name(node) is not None
