"""Derivatives whose value would rest on something that the post leaves out."""

from collections.abc import Iterator

from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.setting import unstated_dependences
from litgrad.gradients.force import bodies_behind
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import atoms_of, name_of


def unstated(definitions: Definitions, expr: Expr) -> str | None:
    """Why a derivative in an expression has no value that the post justifies, in a clause.

    With `L = (y - a)^2` and nothing said of a, `dL/dw` is not 0: the post may mean an a that
    depends on w. None where every derivative follows from the definitions.
    """
    return next(_reasons(definitions, expr, frozenset()), None)


def unstated_behind(definitions: Definitions, expr: Expr) -> str | None:
    """The same for an expression with all definitions that it leads to."""
    whole = (expr, *bodies_behind(definitions, expr))
    return next((reason for each in whole for reason in _reasons(definitions, each, frozenset())), None)


def _reasons(definitions: Definitions, expr: Expr, above: frozenset[Expr]) -> Iterator[str]:
    for derivative in atoms_of(expr, Derivative):
        yield from _missing(definitions, derivative)
        for body in bodies_behind(definitions, derivative.expr):
            if body not in above:
                yield from _reasons(definitions, body, above | {body})


def _name_behind(definitions: Definitions, expr: Expr) -> Symbol | None:
    """The name with a value that is differentiated, which stands as a call of the variables."""
    if not isinstance(expr, AppliedUndef) or definitions.is_function(name_of(expr)):
        return None
    name = Symbol(name_of(expr), real=True)
    return name if name in definitions.values else None


def _missing(definitions: Definitions, derivative: Derivative) -> Iterator[str]:
    for symbol, variable in sorted(unstated_dependences(definitions, derivative), key=str):
        yield f"the post does not say how `{symbol.name}` depends on `{variable.name}`"
    free = [symbol for symbol in derivative.expr.free_symbols if isinstance(symbol, Symbol)]
    named = _name_behind(definitions, derivative.expr)
    if named is not None:
        free = [named]
    for variable in derivative.variables:
        if free and not any(definitions.reaches(symbol, variable) for symbol in free):
            yield f"the post does not say how what it differentiates depends on `{variable.name}`"
