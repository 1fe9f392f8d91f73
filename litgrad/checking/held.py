"""Partial derivatives of written formulas, in which the other letters are held fixed."""

from collections.abc import Iterable

from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.proof import prove
from litgrad.checking.setting import Setting
from litgrad.checking.sides import sides_of
from litgrad.latex.tree import Letter, walk
from litgrad.meaning.forms import name_of
from litgrad.meaning.statements import Statements, Step


def held_fixed(step: Step, setting: Setting, pairs: Iterable[tuple[Symbol, Symbol]]) -> tuple[Symbol, ...]:
    """The names that a step holds fixed while it differentiates, where that makes it true.

    Takes the dependences that the post does not state; empty where holding them fixed proves nothing.
    """
    names = frozenset(name for name, _ in pairs)
    sides = sides_of(step)
    held = tuple(_with_fixed(side, names) for side in sides)
    if held == sides or prove(setting, held[0], held[1]) is None:
        return ()
    return tuple(sorted(names, key=str))


def _with_fixed(side: Expr, names: frozenset[Symbol]) -> Expr:
    """A side in which names inside a differentiated formula are plain symbols."""
    table = {}
    for rate in side.atoms(Derivative):
        if isinstance(rate.expr, AppliedUndef):
            continue
        calls = [call for call in rate.expr.atoms(AppliedUndef) if Symbol(name_of(call), real=True) in names]
        fixed = {call: Symbol(name_of(call), real=True) for call in calls}
        if fixed and all(variable in rate.expr.xreplace(fixed).free_symbols for variable in rate.variables):
            table[rate] = Derivative(rate.expr.xreplace(fixed), *rate.variable_count)
    return side.xreplace(table)


def is_partial(step: Step) -> bool:
    """Whether a step is written with `\\partial`, which holds everything else fixed."""
    nodes = [side.node for side in (step.left, step.right) if side.node is not None]
    letters = {inner.name for node in nodes for inner in walk(node) if isinstance(inner, Letter)}
    return r"\partial" in letters and "d" not in letters


def is_free(name: Symbol, step: Step, statements: Statements) -> bool:
    """Whether nothing above a step says what a name is, or a heading has ended what was said."""
    at = step.sign.span.start
    ended = {one.name for one in statements.definitions if one.until is not None and one.until <= at}
    steps = (one for derivation in statements.derivations for one in derivation.steps)
    said = {one.introduces for one in steps if one.sign.span.start < at}
    return name.name in ended or name.name not in said
