"""Integrals and limits as atoms: linear in what they reach over, constants in front."""

import re

from sympy import Expr, oo

from litgrad.checking.rational import Quotient
from litgrad.checking.workspace import Workspace

_GENERATOR = re.compile(r"\bg(\d+)\b")


def integral(workspace: Workspace, body: Expr, *limits: Expr) -> Quotient:
    """An integral, term by term.

    Where the written integrals exist, so that a sum of them is the integral of the sum, a combination of
    them whose terms cancel is 0; whether the terms have integrals of their own does not matter.
    """
    result = workspace.of(body)
    for variable, *ends in limits:
        result = _over(workspace, result, workspace.of(variable), tuple(_end(workspace, end) for end in ends))
    return result


def _end(workspace: Workspace, end: Expr) -> tuple[str, ...]:
    return (str(end),) if end in (oo, -oo) else workspace.of(end).key


def _over(
    workspace: Workspace, body: Quotient, variable: Quotient, ends: tuple[tuple[str, ...], ...]
) -> Quotient:
    sign = workspace.number(1)
    if len(ends) == 2 and ends[0] == ends[1]:
        return workspace.number(0)
    if len(ends) == 2 and ends[0] > ends[1]:
        sign, ends = workspace.number(-1), ends[::-1]
    total = workspace.number(0)
    moving = _moving(workspace, variable)
    for coefficient, unit in workspace.terms(workspace.reduced(body)):
        fixed, inside = _parted(workspace, unit, moving)
        atom = workspace.atom(("integral", inside.key, variable.key, *ends))
        total = total + workspace.number(coefficient) * fixed * atom
    return sign * total


def limit(workspace: Workspace, body: Expr, variable: Expr, point: Expr, side: Expr) -> Quotient:
    """A limit with the factors in front that do not move."""
    name = workspace.of(variable)
    fixed, inside = _parted(workspace, workspace.reduced(workspace.of(body)), _moving(workspace, name))
    return fixed * workspace.atom(("limit", inside.key, name.key, _end(workspace, point), str(side)))


def _parted(workspace: Workspace, unit: Quotient, moving: set[int]) -> tuple[Quotient, Quotient]:
    """The factors that do not depend on the variable, and those that do."""
    sign, factors = workspace.factors(unit)
    fixed, inside = workspace.number(sign), workspace.number(1)
    for factor, count in factors:
        quotient = Quotient.of(workspace.generators, factor, workspace.generators.constant(1)) ** count
        if _used(str(factor)) & moving:
            inside = inside * quotient
        else:
            fixed = fixed * quotient
    return fixed, inside


def _moving(workspace: Workspace, variable: Quotient) -> set[int]:
    """The atoms that depend on a variable."""
    found = _used(str(variable.above))
    for index in sorted(workspace.keys):
        if _used(str(workspace.keys[index])) & found:
            found.add(index)
    return found


def _used(text: str) -> set[int]:
    return set(map(int, _GENERATOR.findall(text)))
