"""Factorials, binomials and the gamma function over one atom for each argument up to whole numbers."""

import math

import sympy
from sympy import Expr

from litgrad.checking.powers import root
from litgrad.checking.rational import Quotient
from litgrad.checking.workspace import Workspace

_SHIFT_LIMIT = 40
"""How far an argument is shifted; beyond it the function stays an atom."""


def gamma(workspace: Workspace, argument: Expr) -> Quotient:
    """`\\Gamma(u + k)` as a product of linear factors and `\\Gamma(u)`."""
    return _gamma(workspace, workspace.reduced(workspace.of(argument)))


def factorial(workspace: Workspace, argument: Expr) -> Quotient:
    """`n!` as `\\Gamma(n + 1)`."""
    return _gamma(workspace, workspace.reduced(workspace.of(argument)) + workspace.number(1))


def binomial(workspace: Workspace, above: Expr, below: Expr) -> Quotient:
    """`n` over `k` in gamma functions."""
    n, k = workspace.reduced(workspace.of(above)), workspace.reduced(workspace.of(below))
    one = workspace.number(1)
    return _gamma(workspace, n + one) / (_gamma(workspace, k + one) * _gamma(workspace, n - k + one))


def digamma(workspace: Workspace, order: Expr, argument: Expr) -> Quotient:
    """`\\psi(u + k)` as `\\psi(u)` and a sum of reciprocals."""
    inner = workspace.reduced(workspace.of(argument))
    shift = _shift(workspace, inner) if order == 0 else 0
    base = inner - workspace.number(shift)
    total = workspace.atom(("function", "polygamma", str(order), base.key))
    for step in range(min(shift, 0), max(shift, 0)):
        part = workspace.number(1) / (base + workspace.number(step))
        total = total + part if shift > 0 else total - part
    return total


def _gamma(workspace: Workspace, argument: Quotient) -> Quotient:
    shift = _shift(workspace, argument)
    base = argument - workspace.number(shift)
    if base.key == workspace.number(0).key:
        if shift <= 0:
            raise ZeroDivisionError
        return workspace.number(math.factorial(shift - 1))
    value = _at(workspace, base)
    for step in range(min(shift, 0), max(shift, 0)):
        factor = base + workspace.number(step)
        value = value * factor if shift > 0 else value / factor
    return value


def _at(workspace: Workspace, base: Quotient) -> Quotient:
    if base.key == workspace.of(sympy.Rational(1, 2)).key:
        return root(workspace, workspace.of(sympy.pi), 2)
    return workspace.atom(("function", "gamma", base.key))


def _shift(workspace: Workspace, argument: Quotient) -> int:
    """The whole part of an argument's constant term."""
    one = workspace.number(1).key
    constant = next((number for number, unit in workspace.terms(argument) if unit.key == one), 0)
    whole = math.floor(constant)
    return whole if abs(whole) <= _SHIFT_LIMIT else 0
