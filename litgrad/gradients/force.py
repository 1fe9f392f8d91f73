"""Whether a formula means the same under the definitions at its place and under those that code goes by."""

from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.meaning.definitions import Body, Definitions
from litgrad.meaning.forms import name_of
from litgrad.meaning.statements import Member, Statements


def in_force(statements: Statements, definitions: Definitions, member: Member) -> bool:
    """Whether no name that a member leads to has been given another definition before it."""
    if member.term is None:
        return True
    here = Definitions.of(statements, member.span)
    names = _reached(here, member.term.expr) | _reached(definitions, member.term.expr)
    return all(_meaning(here, name) == _meaning(definitions, name) for name in names)


def bodies_behind(definitions: Definitions, expr: Expr) -> tuple[Expr, ...]:
    """The bodies of all definitions that an expression leads to, by name."""
    pairs = (_meaning(definitions, name) for name in sorted(_reached(definitions, expr)))
    return tuple(
        each
        for function, value in pairs
        for each in (function[1] if function else None, value)
        if isinstance(each, Expr)
    )


def _meaning(definitions: Definitions, name: str) -> tuple[Body | None, Expr | None]:
    return definitions.functions.get(name), definitions.values.get(Symbol(name, real=True))


def _reached(definitions: Definitions, expr: Expr) -> set[str]:
    """The names in an expression, and in the definitions of those."""
    found: set[str] = set()
    waiting = [expr]
    while waiting:
        for name in _names(waiting.pop()) - found:
            found.add(name)
            function, value = _meaning(definitions, name)
            waiting += [function[1]] if isinstance(function, tuple) else []
            waiting += [value] if isinstance(value, Expr) else []
    return found


def _names(expr: Expr) -> set[str]:
    symbols = {symbol.name for symbol in expr.free_symbols if isinstance(symbol, Symbol)}
    return symbols | {name_of(call) for call in expr.atoms(AppliedUndef)}
