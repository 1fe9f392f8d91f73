"""Constants of integration, which change their value from row to row: `\\ln y = x + C`, `y = C e^x`."""

import re

import sympy
from sympy import Expr, Symbol

from litgrad.checking.normal_form import equal
from litgrad.checking.setting import Setting
from litgrad.meaning.forms import derivative
from litgrad.meaning.statements import Statements

_CONSTANTS = re.compile(
    r"(?:[CcKk]|\\operatorname\{const(?:ant)?\}|\\mathrm\{const\})(?:_\{\d+\}|'+|\^\{'+\})?|[A-D]"
)
_INTEGRATES = re.compile(r"\\int\b|\bintegrat|\bseparat|constant of integration", re.IGNORECASE)


def differ_by_constants(setting: Setting, left: Expr, right: Expr, statements: Statements) -> bool:
    """Whether two sides differ, in a post that integrates, by or in nothing but its constants.

    Takes what the sides are judged under. They differ so where their gap, or the quotient of both, has the
    same value wherever the other symbols lie.
    """
    if _INTEGRATES.search(statements.source.text) is None:
        return False
    first, second = setting.expanded(left), setting.expanded(right)
    names = {free for free in first.free_symbols | second.free_symbols if isinstance(free, Symbol)}
    constants = {name for name in names if _CONSTANTS.fullmatch(name.name)}
    if not constants or constants == names:
        return False
    forms = [first - second] if second == 0 else [first - second, first / second]
    return any(all(_stays(form, name) for name in names - constants) for form in forms)


def _stays(form: Expr, name: Symbol) -> bool:
    return equal(derivative(form, name), sympy.Integer(0))
