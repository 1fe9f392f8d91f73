"""Signs that are no identities: conditions and equations, which are not refuted."""

from sympy import Derivative, Expr, Subs, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.setting import Setting
from litgrad.meaning.names import name_of
from litgrad.meaning.statements import Statements, Step


def no_identity(step: Step, setting: Setting, statements: Statements) -> str | None:
    """Why a step whose sides differ is still no wrong identity, in a clause; None where it is one."""
    assert step.left.term is not None
    assert step.right.term is not None
    left, right = step.left.term.expr, step.right.term.expr
    if 0 in (left, right):
        return "a condition (`= 0`), not an identity"
    second = _second_definition(step, statements)
    if second is not None:
        return second
    if not (_says_something(left, setting) or _says_something(right, setting)):
        ours, theirs = (_symbols(setting.expanded(side)) for side in (left, right))
        if ours != theirs and (ours - theirs or theirs - ours) and not _one_in_other(ours, theirs):
            return "an equation between its symbols, not an identity"
    return None


def _one_in_other(ours: set[Symbol], theirs: set[Symbol]) -> bool:
    """A side that merely lost a symbol, as a wrong simplification does; a number has lost all."""
    return bool(ours and theirs) and (ours < theirs or theirs < ours)


def _second_definition(step: Step, statements: Statements) -> str | None:
    """`a = ...` for an `a` that the post defines elsewhere."""
    name = name_of(step.left.node) if step.left.node is not None else None
    for definition in statements.definitions:
        if definition.name == name and definition.span != step.left.span:
            return f"it gives `{name}` another value than line {definition.line}"
    return None


def _says_something(side: Expr, setting: Setting) -> bool:
    """Whether a side holds a derivative, a function or a symbol that the post defines."""
    if side.has(Derivative, Subs, AppliedUndef):
        return True
    return any(free in setting.definitions.values for free in side.free_symbols)


def _symbols(expr: Expr) -> set[Symbol]:
    return {free for free in expr.free_symbols if isinstance(free, Symbol)}
