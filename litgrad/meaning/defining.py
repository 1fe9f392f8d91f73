"""Definitions: what a name is from here on, and what is said where its value is not read."""

from dataclasses import replace

from litgrad.diagnostics import Diagnostic, Label
from litgrad.meaning.forms import symbol
from litgrad.meaning.noted import Noted
from litgrad.meaning.prose import explains
from litgrad.meaning.sections import next_heading
from litgrad.meaning.statements import (
    Definition,
    Member,
    Step,
)
from litgrad.meaning.tensors.members import (
    definitions_of,
    function_of,
)
from litgrad.meaning.terms import NOT_YET
from litgrad.source import Span


def define(noted: Noted, step: Step, name: str, parameters: tuple[str, ...] | None) -> Definition | None:
    """Remember a definition by numbers; None where its value is no such."""
    if step.right.term is None:
        define_indexed(noted, step, name, parameters)
        define_by_calculus(noted, step, name, parameters)
        return None
    arguments = None if parameters is None else tuple(map(symbol, parameters))
    line = noted.source.line(step.left.span.start)
    special = parameters is None and not step.right.term.expr.free_symbols and is_special(noted, name, step)
    definition = Definition(name, arguments, step.right.term, step.left.span, line, special=special)
    noted.definitions.append(definition)
    return definition


def is_special(noted: Noted, name: str, step: Step) -> bool:
    """Whether a name that stands above is given a number, and not by words that explain a formula."""
    value = step.right.term
    is_number = value is not None and not value.expr.free_symbols
    return is_number and name in noted.seen and not explains(noted.source, step.left.span)


def define_in_tensors(noted: Noted, step: Step, name: str, parameters: tuple[str, ...] | None) -> bool:
    """Remember a definition by vectors and matrices; whether it is one."""
    if noted.world is None:
        return False
    if parameters is None:
        found = tuple(definitions_of(step.left, step.right, noted.source, noted.world))
        if is_special(noted, name, step):
            until = next_heading(noted.source, step.left.span.end)
            found = tuple(replace(one, special=True, until=until) for one in found)
    else:
        found = function_of(name, step.left, step.right, noted.source)
    noted.tensors.extend(found)
    return bool(found)


def define_indexed(noted: Noted, step: Step, name: str, parameters: tuple[str, ...] | None) -> None:
    """Remember a value or function by a sum; it counts where steps are judged size by size."""
    if step.right.indexed is None:
        return
    arguments = None if parameters is None else tuple(map(symbol, parameters))
    if arguments is not None and not set(arguments) <= step.right.indexed.expr.free_symbols:
        return  # how it depends on the others is not said
    line = noted.source.line(step.left.span.start)
    noted.indexed.append(Definition(name, arguments, step.right.indexed, step.left.span, line))


def define_by_calculus(noted: Noted, step: Step, name: str, parameters: tuple[str, ...] | None) -> None:
    """Remember a definition by an integral or a limit; it counts where steps are judged."""
    if step.right.calculus is not None:
        arguments = None if parameters is None else tuple(map(symbol, parameters))
        line = noted.source.line(step.left.span.start)
        noted.calculus.append(Definition(name, arguments, step.right.calculus, step.left.span, line))


def report_unread(noted: Noted, name: str, value: Member) -> None:
    """A definition that no code can be made of."""
    reason = value.reason or ""
    message = f"the value of `{name}` is not read: {reason}"
    if any(one is not None for one in (value.indexed, value.calculus, value.chance)):
        message = f"no function is made of `{name}` yet: its value is {reason.partition(',')[0]}"
    code = "unread-definition" if reason.endswith(NOT_YET) else "unreadable-math"
    noted.diagnostics.append(Diagnostic(code, message, value.fault or value.span))


def note_second(noted: Noted, name: str, span: Span) -> None:
    """A name that gets another value."""
    noted.again.setdefault(name, []).append(span)


def report_second(noted: Noted) -> None:
    """Each name that gets other values: told once, at the second one, with the lines of all later ones."""
    for name, spans in noted.again.items():
        first = noted.introduced[name]
        related = (Label(first, f"defined first in line {noted.source.line(first.start)}"),)
        lines = list(dict.fromkeys(noted.source.line(span.start) for span in spans))
        message = f"`{name}` is defined a second time"
        if len(lines) > 1:
            message = f"`{name}` is defined {len(lines) + 1} times, also in {_enumerated(lines[1:])}"
        noted.diagnostics.append(Diagnostic("symbol-redefined", message, spans[0], related=related))


def _enumerated(lines: list[int]) -> str:
    """`line 3`, `lines 3 and 5`, `lines 3, 5 and 8`."""
    *others, last = map(str, lines)
    return f"lines {', '.join(others)} and {last}" if others else f"line {last}"


def says_the_same(noted: Noted, step: Step, name: str) -> bool:
    """Whether a definition only repeats the last one of its name."""
    last = next((one for one in reversed(noted.definitions) if one.name == name), None)
    return last is not None and step.right.term is not None and last.body.expr == step.right.term.expr
