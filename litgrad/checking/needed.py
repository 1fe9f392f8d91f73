"""Which definitions a proof rests on; of those further down, only what it cannot do without."""

import sympy
from sympy import Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.proof import Level, Proof, prove
from litgrad.checking.setting import Setting
from litgrad.checking.sides import sides_of
from litgrad.meaning.forms import name_of
from litgrad.meaning.statements import Statements, Step


def needed(step: Step, found: Proof) -> set[str]:
    """The names whose definitions a proof has put in."""
    assert step.left.term is not None
    assert step.right.term is not None
    names: set[str] = set()
    for expr in (step.left.term.expr, step.right.term.expr):
        for derivative in expr.atoms(sympy.Derivative):
            names |= {name_of(call) for call in derivative.atoms(AppliedUndef)}
        if found.level in (Level.INLINED, Level.EXPANDED):
            names |= {name_of(call) for call in expr.atoms(AppliedUndef)}
        if found.level is Level.EXPANDED:
            names |= {free.name for free in expr.free_symbols if isinstance(free, Symbol)}
    return names


def needless(step: Step, found: Proof, setting: Setting, statements: Statements) -> frozenset[str]:
    """The names given a value below a step that its proof can do without.

    A name that is free in a step may get a value in a later example; the step is then no less true.
    """
    if found.level is Level.IDENTICAL:
        return frozenset()
    put_in = needed(step, found)
    used = [one.symbol for one in statements.definitions if one.name in put_in]
    below = [one for one in used if _is_below(one, step, statements)]
    names = frozenset(one for one in below if one in setting.definitions.values)
    if not names or prove(_without(setting, names), *sides_of(step)) is None:
        return frozenset()
    return frozenset(one.name for one in names)


def _is_below(symbol: Symbol, step: Step, statements: Statements) -> bool:
    own = (one for one in statements.definitions if one.symbol == symbol)
    return all(one.span.start > step.sign.span.start for one in own)


def _without(setting: Setting, names: frozenset[Symbol]) -> Setting:
    for name in sorted(names, key=str):
        setting = setting.without(name)
    return setting
