"""Defined symbols as functions of their leaves, through all definitions between."""

from collections.abc import Iterator

from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.gradients.gradient import Composite
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import name_of
from litgrad.meaning.statements import Definition, Statements


def composites(statements: Statements, definitions: Definitions) -> tuple[Composite, ...]:
    """The plain symbols whose definitions go through at least one other definition to their leaves."""
    seen: dict[str, Composite] = {}
    for definition in statements.definitions:
        if definition.parameters is None and definition.name not in seen:
            composite = _composite(statements, definitions, definition)
            if composite is not None:
                seen[definition.name] = composite
    return tuple(seen.values())


def _composite(statements: Statements, definitions: Definitions, definition: Definition) -> Composite | None:
    value = definitions.values.get(definition.symbol)
    if value is None or isinstance(value, Symbol):
        return None
    value = definitions.settle(value)
    between = list(_between(definitions, value, frozenset()))
    order = tuple(dict.fromkeys(between))
    leaves = _leaves(definitions, value, order)
    if not order or not leaves or _open(definitions, [value, *(expr for _, expr in order)]):
        return None
    latex = " ".join(statements.source.slice(definition.span | definition.body.node.span).split())
    return Composite(definition.name, definition.span, definition.line, latex, leaves, order, value)


def _between(
    definitions: Definitions, expr: Expr, above: frozenset[Symbol]
) -> Iterator[tuple[Symbol, Expr]]:
    """The definitions that an expression needs, each after those it needs itself."""
    for symbol in symbols_in_order(expr):
        if symbol in definitions.values and symbol not in above:
            body = definitions.settle(definitions.values[symbol])
            yield from _between(definitions, body, above | {symbol})
            yield symbol, body


def _leaves(
    definitions: Definitions, value: Expr, order: tuple[tuple[Symbol, Expr], ...]
) -> tuple[Symbol, ...]:
    found = [symbol for _, body in order for symbol in symbols_in_order(body)]
    found += symbols_in_order(value)
    return tuple(symbol for symbol in dict.fromkeys(found) if symbol not in definitions.values)


def _open(definitions: Definitions, exprs: list[Expr]) -> bool:
    """Whether something stays that has no value: an unknown function or its derivative."""
    return any(
        expr.has(Derivative) or any(name_of(call) not in definitions.functions for call in expr.atoms(AppliedUndef))
        for expr in exprs
    )


def symbols_in_order(expr: Expr) -> list[Symbol]:
    """The symbols of an expression in the order in which it is written."""
    if isinstance(expr, Symbol):
        return [expr]
    found = [symbol for argument in expr.args if isinstance(argument, Expr) for symbol in symbols_in_order(argument)]
    return list(dict.fromkeys(found))
