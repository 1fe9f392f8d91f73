"""The smallest wrong piece of a refuted step, and the repair that shows it."""

from collections.abc import Iterator
from functools import partial
from itertools import islice

import sympy
from mpmath import mpf
from sympy import Derivative, Expr, Symbol, preorder_traversal
from sympy.core.function import AppliedUndef

from litgrad.checking.calculus.bound import Clash, apart
from litgrad.checking.calculus.infinite_sums import NoValue, closed_sums, is_infinite
from litgrad.checking.lost import lost_pieces
from litgrad.checking.numeric import same, value
from litgrad.checking.points import random_points
from litgrad.checking.proof import prove
from litgrad.checking.repair import Edit, Slips, edits, first_that
from litgrad.checking.setting import Setting
from litgrad.checking.sides import sides_of
from litgrad.checking.slips import lost_factors, lost_terms, names_of
from litgrad.checking.verdicts import Repair
from litgrad.latex.tree import Node, Sum
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import Scope
from litgrad.meaning.statements import Member, Statements, Step
from litgrad.meaning.terms import Term
from litgrad.source import Span

_FILTER_POINTS = 3
_NEAR = 3
"""How far these points are from zero; far out, digits cancel."""
_WORK = 40_000
"""Nodes that may be looked at in the search for one repair."""


def find_repair(step: Step, setting: Setting, statements: Statements) -> Repair | None:
    """One small change of a side, the right one first, after which the step is proved."""
    differentiated = any(side.has(Derivative) for side in sides_of(step))
    functions = statements.scope.functions if differentiated else ()
    likely = Slips(
        names_of(step, setting),
        lost_factors(step, setting),
        functions=frozenset(functions),
        called=statements.scope.functions,
    )
    every = (likely, Slips(terms=lost_terms(step, statements), called=likely.called))
    scope, right, left = statements.scope, (step.right, step.left), (step.left, step.right)
    by_slips = (partial(_by_slips, sides, setting, scope, every) for sides in (right, left))
    by_pieces = (partial(_by_pieces, step, sides, setting, scope, likely) for sides in (right, left))
    ways = [*by_slips, *by_pieces]
    of_the_right = ways[::2]
    if differentiated:  # what is differentiated is given; the other side is where something is lost
        ways = [ways[0], ways[2], ways[1], ways[3]]
    if any(one.body.node.span == step.left.span for one in statements.definitions):
        ways = of_the_right  # a definition is as its author wants it
    found = next((edit for edit in (way() for way in ways) if edit is not None), None)
    return (
        None if found is None else Repair(found.span, found.replacement, f"{found.words} the step is proved")
    )


def _by_slips(
    sides: tuple[Member, Member], setting: Setting, scope: Scope, every: tuple[Slips, ...]
) -> Edit | None:
    found = (_repair_of(*sides, setting, scope, slips) for slips in every)
    return next((edit for edit in found if edit is not None), None)


def _by_pieces(
    step: Step, sides: tuple[Member, Member], setting: Setting, scope: Scope, likely: Slips
) -> Edit | None:
    if _is_a_copy(step, scope, likely):
        return None
    pieces = lost_pieces(*sides, setting)
    return next((edit for edit in pieces if _mends(edit.node, sides[1], setting, scope)), None)


def _is_a_copy(step: Step, scope: Scope, slips: Slips) -> bool:
    """Whether one slip parts the sides, which without it would be the same."""
    if step.right.node is None or step.left.term is None:
        return False
    terms = (interpret(edit.node, scope) for edit in edits(step.right.node, slips))
    return any(isinstance(term, Term) and term.expr == step.left.term.expr for term in terms)


def _mends(node: Node, other: Member, setting: Setting, scope: Scope) -> bool:
    """Whether a changed side is proved equal to the other one."""
    term = interpret(node, scope)
    return (
        isinstance(term, Term)
        and not term.left
        and other.term is not None
        and prove(setting, term.expr, other.term.expr) is not None
    )


def _repair_of(changed: Member, other: Member, setting: Setting, scope: Scope, slips: Slips) -> Edit | None:
    if changed.node is None or other.term is None:
        return None
    target = other.term.expr
    wanted = list(_values(setting, target))

    def holds(node: Node) -> bool:
        term = interpret(node, scope)
        if not isinstance(term, Term) or term.expr == target or (term.left and not term.is_calculus):
            return False
        expr = _bound_apart(term.expr, setting)
        return (
            expr is not None and _agrees(setting, expr, wanted) and prove(setting, expr, target) is not None
        )

    return first_that(edits(changed.node, slips)[: _affordable(setting, target)], holds)


def _bound_apart(expr: Expr, setting: Setting) -> Expr | None:
    """A changed side with the variables of its integrals set apart, as those of the step are."""
    if is_infinite(expr):
        try:
            expr = closed_sums(expr, setting.definitions.expand).value
        except NoValue:
            return None
    if expr.has(sympy.Sum):
        return None
    try:
        return apart(expr, setting.definitions)
    except Clash:
        return None


def _affordable(setting: Setting, target: Expr) -> int:
    """How many changes are tried; fewer where each takes long to judge."""
    size = sum(1 for _ in preorder_traversal(setting.expanded(target)))
    return max(_WORK // max(size, 1), 20)


def _values(setting: Setting, target: Expr) -> Iterator[tuple[dict[Symbol, mpf], mpf]]:
    """A few points with the value wanted there, to pass over most changes quickly."""
    expanded = setting.expanded(target)
    if expanded.has(Derivative, AppliedUndef):
        return
    every = [name for name in setting.everything if isinstance(name, Symbol)]
    domain = setting.domain(expanded + sum(every), expanded, leaves=True)
    found = 0
    near = (point for point in random_points(domain) if all(abs(one) <= _NEAR for one in point.values()))
    for point in islice(near, 8 * _FILTER_POINTS):
        number = value(expanded, point, 30)
        if number is not None:
            yield point, number
            found += 1
        if found == _FILTER_POINTS:
            return


def _agrees(setting: Setting, expr: Expr, wanted: list[tuple[dict[Symbol, mpf], mpf]]) -> bool:
    if not wanted:
        return True
    expanded = setting.expanded(expr)
    for point, number in wanted:
        ours = value(expanded, point, 30)
        if ours is not None and not same(ours, number, 15):
            return False
    return True


def smallest_difference(step: Step, setting: Setting) -> Span:
    """The one term of a sum that has no partner on the other side, else the whole right side."""
    right, left = step.right, step.left
    if isinstance(right.node, Sum) and isinstance(left.node, Sum) and right.term and left.term:
        odd = _unmatched(right, left, setting)
        if len(odd) == 1:
            return odd[0]
    return right.span


def _unmatched(member: Member, other: Member, setting: Setting) -> list[Span]:
    """The terms of a sum that no term of the other sum equals."""
    ours, theirs = dict(_terms(member)), dict(_terms(other))
    return [
        span
        for span, expr in ours.items()
        if not any(prove(setting, expr, candidate) is not None for candidate in theirs.values())
    ]


def _terms(member: Member) -> Iterator[tuple[Span, Expr]]:
    assert isinstance(member.node, Sum)
    assert member.term is not None
    values = dict(member.term.parts)
    for term, sign in zip(member.node.terms, member.node.signs, strict=True):
        span = term.span if sign is None or sign.symbol == "+" else sign.span | term.span
        if span in values:
            yield span, values[span]
