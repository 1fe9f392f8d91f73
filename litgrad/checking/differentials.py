"""Steps between differentials, such as `du = 2x dx` where the post says `u = x^2`."""

from dataclasses import fields, replace
from functools import reduce

import sympy
from sympy import Expr, Symbol

from litgrad.checking.normal_form import equal
from litgrad.checking.setting import Setting
from litgrad.latex.tree import NODE_TYPES, Juxtaposed, Letter, Node, Number, Scripted
from litgrad.meaning.forms import symbol
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import Scope, name_of
from litgrad.meaning.statements import Member, Step
from litgrad.meaning.terms import Term
from litgrad.records import dataclass

_MARK = "§d"
"""Begins the names of differentials while a step is judged."""


@dataclass(frozen=True, slots=True)
class Differentials:
    """A step with each differential as the sum of its rates times those of the leaves."""

    step: Step
    leaves: tuple[frozenset[str], frozenset[str]]
    """Whose differentials each side has left."""


def in_differentials(step: Step, setting: Setting, scope: Scope) -> Differentials | None:
    """The step between differentials; None where a side is not one differential, or a sum of them."""
    if "d" in scope.defined:
        return None
    read = [_read(member, scope) for member in (step.left, step.right)]
    if read[0] is None or read[1] is None or not any(one.expr != 0 for one in read if one):
        return None
    marks = {free for one in read if one for free in one.expr.free_symbols if free.name.startswith(_MARK)}
    sides = [one.expr for one in read if one]
    if any(side.has(symbol("d")) for side in sides) or not _are_alike(sides, marks):
        return None
    table = {mark: _total(mark, setting) for mark in sorted(marks, key=str)}
    left, right = (_with(one.expr.xreplace(table), one, two) for one, two in _pairs(step, read))
    found = replace(step, left=left, right=right)
    return Differentials(found, (_leaves(left, setting), _leaves(right, setting)))


def _are_alike(sides: list[Expr], marks: set[Symbol]) -> bool:
    """Whether both sides are sums of single differentials, or both of products of two."""
    twice = {mark: 2 * mark for mark in marks}
    return any(all(equal(side.xreplace(twice), 2**k * side) for side in sides) for k in (1, 2))


def _pairs(step: Step, read: list[Term | None]) -> list[tuple[Term, Member]]:
    return [
        (term, side) for term, side in zip(read, (step.left, step.right), strict=True) if term is not None
    ]


def _with(expr: Expr, term: Term, member: Member) -> Member:
    return replace(member, term=replace(term, expr=expr))


def _read(member: Member, scope: Scope) -> Term | None:
    """A side with every `dx` as one name."""
    if member.node is None or member.term is None:
        return None
    changed = _marked(member.node)
    if changed is member.node:
        return member.term if member.term.expr == 0 else None
    term = interpret(changed, scope)
    return term if isinstance(term, Term) and not term.left else None


def _marked(node: Node) -> Node:
    """A tree with `d` and the name behind it joined."""
    if isinstance(node, Juxtaposed):
        factors = reduce(_joined, map(_marked, node.factors), ())
        if len(factors) == 1:
            return factors[0]
        return node if factors == node.factors else replace(node, factors=factors)
    changes = {}
    for slot in fields(node):
        held = getattr(node, slot.name)
        if isinstance(held, NODE_TYPES):
            changes[slot.name] = _marked(held)
        elif isinstance(held, tuple) and any(isinstance(one, NODE_TYPES) for one in held):
            changes[slot.name] = tuple(_marked(one) if isinstance(one, NODE_TYPES) else one for one in held)
    changed = {name: held for name, held in changes.items() if held != getattr(node, name)}
    return replace(node, **changed) if changed else node


def _joined(before: tuple[Node, ...], node: Node) -> tuple[Node, ...]:
    last = before[-1] if before else None
    if isinstance(node, Scripted) and isinstance(node.sup, Number) and not node.primes:
        plain = node.base if node.sub is None else replace(node, sup=None)
        joined = _joined(before, plain)
        if joined != (*before, plain):  # the square of `dx` is written `dx^2`
            return (*joined[:-1], Scripted(joined[-1].span | node.span, joined[-1], None, node.sup))
    name = name_of(node)
    if name is not None and name != "d" and isinstance(last, Letter) and last.name == "d":
        return (*before[:-1], Letter(last.span | node.span, _MARK + name))
    return (*before, node)


def _total(mark: Symbol, setting: Setting) -> Expr:
    """The differential of a name by the rates of its leaves."""
    body = setting.expanded(symbol(mark.name.removeprefix(_MARK)))
    leaves = sorted((free for free in body.free_symbols if isinstance(free, Symbol)), key=str)
    return sympy.Add(*(sympy.diff(body, leaf) * symbol(_MARK + leaf.name) for leaf in leaves))


def _leaves(member: Member, setting: Setting) -> frozenset[str]:
    assert member.term is not None
    names = {free.name for free in setting.expanded(member.term.expr).free_symbols}
    return frozenset(name.removeprefix(_MARK) for name in names if name.startswith(_MARK))


def is_of_one(found: Differentials) -> bool:
    """Whether both sides are about the same leaves, so that a difference is a fault."""
    return bool(found.leaves[0]) and found.leaves[0] == found.leaves[1]


def fixed(found: Differentials) -> tuple[Step, tuple[str, ...]]:
    """The step with the leaves of one side alone held fixed, and their names."""
    alone = sorted(found.leaves[0] ^ found.leaves[1])
    table = {symbol(_MARK + name): sympy.Integer(0) for name in alone}
    sides = []
    for member in (found.step.left, found.step.right):
        assert member.term is not None
        term = replace(member.term, expr=member.term.expr.xreplace(table))
        sides.append(replace(member, term=term))
    return replace(found.step, left=sides[0], right=sides[1]), tuple(alone)


def missing(found: Differentials) -> str:
    """Two names of which the post does not say how they are connected."""
    left, right = (sorted(names) for names in found.leaves)
    return f"how `{(left or right)[0]}` and `{(right or left)[-1]}` are connected"


def written(name: str) -> str:
    """A differential's name as the post writes it.

    >>> written("§dx"), written("x")
    ('dx', 'x')
    """
    return name.replace(_MARK, "d")
