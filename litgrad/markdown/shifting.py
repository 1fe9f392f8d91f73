"""What was read of one cell, moved to where the cell stands in the text of its notebook."""

from dataclasses import replace
from typing import TypeVar

from litgrad.diagnostics import Diagnostic
from litgrad.document import Hint, MathBlock, Prose
from litgrad.source import Span

Placed = TypeVar("Placed", Prose, MathBlock, Diagnostic, Hint, Prose | MathBlock)


def shifted(thing: Placed, by: int) -> Placed:
    """The same thing, so many characters further on.

    >>> shifted(Hint(Span(0, 1), "x"), 5)
    Hint(span=Span(start=5, end=6), text='x')
    """
    if not by or isinstance(thing, Prose):
        return thing
    span = Span(thing.span.start + by, thing.span.end + by)
    match thing:
        case MathBlock(origin=origin):
            return replace(thing, span=span, origin=tuple((at, source + by) for at, source in origin))
        case Diagnostic(related=related):
            labels = tuple(
                replace(label, span=Span(label.span.start + by, label.span.end + by)) for label in related
            )
            return replace(thing, span=span, related=labels)
    return replace(thing, span=span)
