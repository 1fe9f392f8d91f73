"""Defined symbols as functions of their leaves, through all definitions between."""

from collections.abc import Iterator

from sympy import Derivative, Expr, Integral, Subs, Sum, Symbol
from sympy.core.function import AppliedUndef

from litgrad.gradients.gradient import Composite
from litgrad.gradients.unstated import unstated_behind
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import atoms_of, name_of, substitute
from litgrad.meaning.statements import Definition, Statements


def composites(
    statements: Statements, definitions: Definitions, *, alone: bool = False
) -> tuple[Composite, ...]:
    """The plain symbols whose definitions go through at least one other definition to their leaves.

    `alone`: the other definitions, too, those of functions among them.
    """
    seen: dict[str, Composite] = {}
    for definition in statements.definitions:
        if (alone or definition.parameters is None) and definition.name not in seen:
            composite = _composite(statements, definitions, definition, alone=alone)
            if composite is not None:
                seen[definition.name] = composite
    return tuple(seen.values())


def _composite(
    statements: Statements, definitions: Definitions, definition: Definition, *, alone: bool
) -> Composite | None:
    first, written = definition.parameters or (), definitions.values.get(definition.symbol)
    if definition.parameters is not None:
        first, written = definitions.functions.get(definition.name, ((), None))
    if written is None or isinstance(written, Symbol) or unstated_behind(definitions, written) is not None:
        return None
    value = written_out(definitions, written)
    order = tuple(_between(definitions, value, {definition.symbol}))
    leaves = tuple(dict.fromkeys([*first, *_leaves(definitions, value, order)]))
    if not leaves or not (alone or order or written.has(AppliedUndef)):
        return None
    if any(_unsettled(expr) for expr in (value, *(expr for _, expr in order))):
        return None
    latex = " ".join(statements.source.slice(definition.span | definition.body.node.span).split())
    return Composite(definition.name, definition.span, definition.line, latex, leaves, order, value)


def written_out(definitions: Definitions, expr: Expr) -> Expr:
    """A formula in symbols alone: derivatives carried out, the post's functions put in as written."""
    return _without_calls(definitions, definitions.settle(expr), frozenset())


def _without_calls(definitions: Definitions, expr: Expr, above: frozenset[str]) -> Expr:
    """Calls by their bodies; a call inside its own body stays."""
    table: dict[Expr, Expr] = {}
    for call in atoms_of(expr, AppliedUndef):
        name = name_of(call)
        parameters, body = definitions.functions.get(name, ((), expr))
        if name not in above and parameters and len(parameters) == len(call.args):
            inner = _without_calls(definitions, definitions.settle(body), above | {name})
            arguments = [_without_calls(definitions, argument, above) for argument in call.args]
            table[call] = substitute(inner, dict(zip(parameters, arguments, strict=True)))
    return substitute(expr, table)


def _between(definitions: Definitions, expr: Expr, seen: set[Symbol]) -> Iterator[tuple[Symbol, Expr]]:
    """The definitions that an expression needs, each once and after those it needs itself."""
    for symbol in symbols_in_order(expr):
        if symbol in definitions.values and symbol not in seen:
            seen.add(symbol)
            body = written_out(definitions, definitions.values[symbol])
            yield from _between(definitions, body, seen)
            yield symbol, body


def _leaves(
    definitions: Definitions, value: Expr, order: tuple[tuple[Symbol, Expr], ...]
) -> tuple[Symbol, ...]:
    found = [symbol for _, body in order for symbol in symbols_in_order(body)]
    found += symbols_in_order(value)
    return tuple(symbol for symbol in dict.fromkeys(found) if symbol not in definitions.values)


def _unsettled(expr: Expr) -> bool:
    """Whether something stays that has no value: an unknown function or its derivative."""
    return expr.has(Derivative, Subs, AppliedUndef, Integral, Sum)


def symbols_in_order(expr: Expr) -> list[Symbol]:
    """The symbols of an expression in the order in which it is written."""
    if isinstance(expr, Symbol):
        return [expr]
    inner = (argument for argument in expr.args if isinstance(argument, Expr))
    return list(dict.fromkeys(symbol for argument in inner for symbol in symbols_in_order(argument)))
