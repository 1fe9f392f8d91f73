"""Rates of an input by what it leads to: `\\frac{dw}{dz}` where the post says `z = wx + b`."""

from dataclasses import replace

import sympy
from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.refutation import search
from litgrad.checking.setting import Setting
from litgrad.checking.sides import shown_in, sides_of
from litgrad.meaning.forms import function, name_of, symbol
from litgrad.meaning.statements import Member, Step
from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Inverted:
    """A step whose inverse rates are read as one over the rates that the post gives."""

    step: Step
    without: Step
    """The same with these rates as 0, as if the inputs did not follow what they lead to."""
    pairs: tuple[tuple[Symbol, Symbol], ...]
    """An input and what it leads to, for each rate."""
    certain: bool
    """Whether nothing else leads there, so that no other reading is left."""


def inverted(step: Step, setting: Setting) -> Inverted | None:
    """The step with the inverse function's rule put in; None where it has no such rate."""
    rates = {rate: pair for side in sides_of(step) for rate, pair in _inverse_rates(side, setting).items()}
    if not rates:
        return None
    over = {rate: 1 / Derivative(function(to.name)(of), of) for rate, (of, to) in rates.items()}
    certain = all(setting.expanded(to).free_symbols == {of} for of, to in rates.values())
    pairs = tuple(dict.fromkeys(rates.values()))
    return Inverted(_with(step, over), _with(step, dict.fromkeys(rates, sympy.S.Zero)), pairs, certain)


def differs_anyway(found: Inverted, setting: Setting) -> bool:
    """Whether the sides also differ where the inputs do not follow."""
    if found.certain:
        return True
    return search(setting, *sides_of(found.without), shown_in(found.step)).counterexample is not None


def _inverse_rates(side: Expr, setting: Setting) -> dict[Expr, tuple[Symbol, Symbol]]:
    found: dict[Expr, tuple[Symbol, Symbol]] = {}
    for rate in side.atoms(Derivative):
        if not isinstance(rate.expr, AppliedUndef) or rate.variable_count[0][1] != 1:
            continue
        of, by = symbol(name_of(rate.expr)), rate.variables
        leads = len(by) == 1 and rate.expr.args == tuple(by) and setting.definitions.reaches(by[0], of)
        if leads and of != by[0] and not setting.definitions.is_function(of.name):
            found[rate] = (of, by[0])
    return found


def _with(step: Step, table: dict[Expr, Expr]) -> Step:
    return replace(step, left=_put_in(step.left, table), right=_put_in(step.right, table))


def _put_in(member: Member, table: dict[Expr, Expr]) -> Member:
    assert member.term is not None
    return replace(member, term=replace(member.term, expr=member.term.expr.xreplace(table)))
