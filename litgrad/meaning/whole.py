r"""Probabilities of vectors: `p(\mathbf{x} \mid \mathbf{z})`, in which vectors stand as wholes."""

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.faults import attempt
from litgrad.latex.tree import NODE_TYPES, Accented, Juxtaposed, Letter, Listed, Node, Scripted, Styled, walk
from litgrad.latex.unparse import unparse
from litgrad.meaning.chances import Chance, Mean, Slope, Total, is_bar, is_slope
from litgrad.meaning.forms import name_of as function_name
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import Scope, is_bracketed, name_of
from litgrad.meaning.terms import NotRead, Term

_BOLD = frozenset([r"\mathbf", r"\boldsymbol", r"\bm", r"\pmb", r"\bf"])
_ARROWS = frozenset([r"\vec", r"\overrightarrow"])
_LAWS = frozenset(["p", "P", "q", "Q", r"\Pr"])


def read_as_chance(node: Node, scope: Scope, vectors: Mapping[str, object]) -> Term | None:
    """The meaning of a side in probabilities of vectors; None where it has none.

    Takes the side, the symbol table and the names that are vectors or matrices. A vector may stand as what
    a law or a function is of, is summed or integrated over, or is drawn; nowhere else.
    """
    if not _is_call(node) and not any(map(_tells_of_chance, walk(node))):
        return None
    names: set[str] = set()
    plain = _plainly(node, names)
    free = replace(scope, vectors=frozenset(), defined=scope.defined - names)
    term = attempt(partial(interpret, plain, free), partial(NotRead, node.span))
    if not isinstance(term, Term) or not _is_of_chance(term):
        return None
    whole = names | scope.vectors | set(vectors)
    return replace(term, node=node) if _stands_whole(term.expr, whole) else None


def _is_call(node: Node) -> bool:
    """`J(\\theta)`, which may be given the value of an expectation."""
    match node:
        case Juxtaposed(factors=(head, bracket)):
            return name_of(head) is not None and is_bracketed(bracket)
    return False


def _is_of_chance(term: Term) -> bool:
    """Whether nothing but probabilities, sums and integrals keeps a side from being judged."""
    return all(piece.chance or piece.indexed or piece.calculus for piece in term.left)


def _tells_of_chance(node: Node) -> bool:
    """A bracket with a bar, a law's call, an expectation, or a gradient by a name."""
    if is_slope(node):
        return True
    if isinstance(node, Listed):
        return is_bar(node)
    if not isinstance(node, Juxtaposed):
        return False
    return any(
        is_bracketed(behind) and ((name_of(_base(head)) or "") in _LAWS or _is_mean(_base(head)))
        for head, behind in zip(node.factors, node.factors[1:], strict=False)
    )


def _base(node: Node) -> Node:
    return node.base if isinstance(node, Scripted) else node


def _is_mean(node: Node) -> bool:
    body = node.body if isinstance(node, Styled) else node
    return isinstance(body, Letter) and body.name == "E"


# -------------------------------- trees --------------------------------


def _plainly(node: Node, names: set[str]) -> Node:
    """A tree in which bold names are plain ones; notes these names."""
    if (
        isinstance(node, Styled)
        and node.style in _BOLD
        and isinstance(node.body, (Letter, Accented, Scripted))
    ):
        return _letter(node, names)
    if isinstance(node, Accented) and node.accent in _ARROWS:
        return _letter(node, names)
    values = {field.name: getattr(node, field.name) for field in fields(node)}
    changed = {name: _each(value, names) for name, value in values.items()}
    return node if changed == values else replace(node, **changed)


def _letter(node: Node, names: set[str]) -> Letter:
    names.add(unparse(node))
    return Letter(node.span, unparse(node))


def _each(value: object, names: set[str]) -> object:
    if isinstance(value, tuple):
        return tuple(_each(one, names) for one in value)
    return _plainly(value, names) if isinstance(value, NODE_TYPES) else value


# -------------------------------- places --------------------------------


def _stands_whole(expr: Expr, vectors: set[str]) -> bool:
    """Whether vectors stand only where a law or a function takes them, or where they are gone through."""
    match expr:
        case Symbol():
            return not _is_vector(expr, vectors)
        case Chance():
            return True
        case Mean():
            return _stands_whole(expr.args[0], vectors)
        case Total() | Slope():
            return _stands_whole(expr.args[0], vectors)
        case sympy.Integral():
            return _stands_whole(expr.function, vectors) and all(len(one) == 1 for one in expr.limits)
        case AppliedUndef():
            own = function_name(expr) not in vectors
            return own and all(isinstance(one, Symbol) or _stands_whole(one, vectors) for one in expr.args)
        case sympy.Derivative():
            return not any(_is_vector(one, vectors) for one in expr.free_symbols)
    return all(_stands_whole(one, vectors) for one in expr.args)


def _is_vector(symbol: Symbol, vectors: set[str]) -> bool:
    name = symbol.name
    return name in vectors or any(name.startswith((f"{one}_", f"{one}^")) for one in vectors)
