"""What a heading ends: below it a name may get another value, and `y = f(x)` says nothing of an unknown f."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.meaning.definitions import Definitions, without_circles
from litgrad.meaning.forms import function, name_of
from litgrad.meaning.statements import Definition
from litgrad.source import Source

_HEADING = re.compile(r"^(?:#{1,6}\s|<h[1-6]\b|\*\*[^*\n]+\*\*[.:]?[ \t]*$)", re.MULTILINE)
"""Also a line in bold letters alone."""
_POINTS = (sympy.Rational(3, 7), sympy.Rational(11, 13), sympy.Rational(17, 19))
"""Values that the symbols take in turn."""
_DIGITS = 20
_CLOSE = sympy.Float("1e-12", _DIGITS)


def heading_between(source: Source, start: int, end: int) -> bool:
    """Whether a heading stands between two places of a post."""
    return _HEADING.search(source.text, start, end) is not None


def gives_another_value(
    name: str, parameters: tuple[Symbol, ...] | None, value: Expr, earlier: Sequence[Definition]
) -> bool:
    """Whether a value differs from the one that a post gave a name before, as far as points can tell.

    Takes the definitions so far. Names whose values cannot be computed differ where they are written
    differently.
    """
    known = _definitions(earlier)
    head = Symbol(name, real=True) if parameters is None else function(name)(*parameters)
    ours, theirs = known.expand(value), known.expand(head)
    if theirs == head:
        return True
    if any(side.atoms(AppliedUndef, sympy.Derivative) for side in (ours, theirs)):
        return ours != theirs
    return any(_apart(ours, theirs, shift) for shift in range(len(_POINTS)))


def _definitions(earlier: Iterable[Definition]) -> Definitions:
    found = Definitions()
    for one in earlier:
        if one.parameters is None:
            found = found.with_value(one.symbol, one.body.expr)
        else:
            functions = {**found.functions, one.name: (one.parameters, one.body.expr)}
            found = replace(found, functions=without_circles(functions, found.values))
    return found


def _apart(ours: Expr, theirs: Expr, shift: int) -> bool:
    names = sorted(ours.free_symbols | theirs.free_symbols, key=str)
    point = {free: _POINTS[(at + shift) % len(_POINTS)] + at for at, free in enumerate(names)}
    values = [sympy.N(side.xreplace(point), _DIGITS) for side in (ours, theirs)]
    if not all(value.is_Number for value in values):
        return ours != theirs
    return abs(values[0] - values[1]) > _CLOSE * (1 + abs(values[0]))


def ending(definitions: Sequence[Definition], source: Source) -> tuple[Definition, ...]:
    """The definitions with the place where those end that say little, or give a special value.

    `y = f(x)` says that y depends on x until the next heading; "set $x = 0$" of an x used before is meant
    until there as well.
    """
    bodies = {one.name: len(one.parameters) for one in definitions if one.parameters is not None}
    return tuple(
        _until_heading(one, source) if one.special or _says_little(one, bodies) else one
        for one in definitions
    )


def _says_little(definition: Definition, bodies: dict[str, int]) -> bool:
    body = definition.body.expr
    if definition.parameters is not None or not isinstance(body, AppliedUndef):
        return False
    named = len(name_of(body)) == 1 and all(isinstance(argument, Symbol) for argument in body.args)
    return named and bodies.get(name_of(body)) != len(body.args)


def _until_heading(definition: Definition, source: Source) -> Definition:
    return replace(definition, until=next_heading(source, definition.span.end))


def next_heading(source: Source, start: int) -> int | None:
    """The offset of the first heading behind a place."""
    heading = _HEADING.search(source.text, start)
    return None if heading is None else heading.start()
