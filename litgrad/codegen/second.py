"""Second derivatives of a composite by its leaves, in its leaves and locals."""

from collections.abc import Iterator, Mapping
from itertools import combinations_with_replacement

import sympy
from sympy import Expr, Integer, Symbol

from litgrad.codegen.composed import Composed, adjoint
from litgrad.codegen.stability import stabilise
from litgrad.meaning.forms import derivative, substitute

Pair = tuple[Symbol, Symbol]

_LARGEST = 60
"""Operations of a derivative beyond which no shorter form is sought."""


def in_leaves(composed: Composed, *, computed: bool = False) -> tuple[Expr, ...]:
    """The value and, behind it, its derivatives by the leaves, written in the leaves alone.

    `computed` are those of the readable function, which is there where nothing else holds.
    """
    table: dict[Expr, Expr] = {}
    for local, body in composed.locals:
        table[local] = substitute(body, table)
    for local, rate in composed.adjoints:
        table[adjoint(local)] = substitute(rate, table)
    rates = composed.computed if computed else composed.gradients
    return tuple(substitute(expr, table) for expr in (composed.shown, *(rate for _, rate in rates)))


def second_derivatives(composed: Composed) -> Iterator[tuple[Pair, Expr]]:
    """For each pair of leaves the derivative by both, each pair once."""
    adjoints: dict[Expr, Expr] = {}
    for local, rate in composed.adjoints:
        adjoints[adjoint(local)] = substitute(rate, adjoints)
    rates = {leaf: substitute(rate, adjoints) for leaf, rate in composed.gradients}
    bodies = dict(composed.locals)
    for first, second in combinations_with_replacement(composed.composite.leaves, 2):
        ways = (_through(rates[first], second, bodies), _through(rates[second], first, bodies))
        yield (first, second), min((stabilise(way)[0] for way in ways), key=lambda way: way.count_ops())


def _through(expr: Expr, leaf: Symbol, bodies: Mapping[Symbol, Expr]) -> Expr:
    """The derivative by a leaf, through the locals that lead to it."""
    total = derivative(expr, leaf)
    for local, body in bodies.items():
        rate = derivative(expr, local)
        if rate != Integer(0):
            total = total + _shorter(rate * _through(body, leaf, bodies))
    return total


def _shorter(expr: Expr) -> Expr:
    """What cancels is gone and what is common stands in front, where that is shorter.

    One product at a time: multiplied out, a sum of them would lose the form that keeps its digits.
    """
    if expr.count_ops() > _LARGEST:
        return expr
    found = sympy.factor_terms(sympy.expand(expr))
    return found if found.count_ops() < expr.count_ops() else expr
