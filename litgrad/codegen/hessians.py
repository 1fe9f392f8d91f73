"""The text of functions that give all second derivatives of a composite."""

from collections.abc import Iterator

from litgrad.codegen.composed import Composed
from litgrad.codegen.pieces import Piece, Unprintable
from litgrad.codegen.printer import Printer
from litgrad.codegen.second import second_derivatives
from litgrad.codegen.text import docstring, entry, quoted, signature, statement
from litgrad.codegen.writing import Body, Writing, arguments_of


def second_bodies(writing: Writing, composed: Composed) -> Iterator[Body]:
    """`hessian_L`."""
    composite = composed.composite
    symbol = writing.names.of(composite.name)
    name = writing.names.claim(f"hessian {composite.name}", f"hessian_{symbol}", composite.span)
    parameters = tuple(writing.parameter(leaf) for leaf in composite.leaves)
    locals_ = [writing.names.of(local.name) for local, _ in composed.locals]
    printer = writing.printer([*(parameter.name for parameter in parameters), *locals_])
    try:
        lines = [*_kept_lines(writing, composed, printer), *_second_lines(writing, composed, printer)]
    except Unprintable as fault:
        writing.leave_out(name, composite.line, str(fault))
        return
    writing.helpers |= printer.helpers
    head = signature(name, [parameter.name for parameter in parameters])
    listed = ["", *arguments_of(parameters), "", "Returns:"]
    listed += ["    Dicts by each parameter's name of dicts by each other's, with the derivative by both."]
    title = f"Second derivatives of {symbol} (line {composite.line})."
    documentation = docstring([title, "", f"    {quoted(composite.latex)}", *listed])
    text = Piece.join(head, documentation, "\n", *(part for line in lines for part in (line, "\n")))
    yield Body(text, name, composite.latex, composite.span, parameters)


def _kept_lines(writing: Writing, composed: Composed, printer: Printer) -> Iterator[Piece]:
    for local, body in composed.locals:
        yield statement(f"{writing.names.of(local.name)} = ", printer.piece(body))


def _second_lines(writing: Writing, composed: Composed, printer: Printer) -> Iterator[Piece]:
    """A line for each pair of parameters, and the dicts that hold them."""
    leaves = composed.composite.leaves
    for (first, second), rate in second_derivatives(composed):
        yield statement(f"_{leaves.index(first)}_{leaves.index(second)} = ", printer.piece(rate))
    yield Piece("    return {")
    for at, first in enumerate(leaves):
        pairs = ", ".join(
            f'"{writing.names.of(leaf.name)}": _{min(at, other)}_{max(at, other)}'
            for other, leaf in enumerate(leaves)
        )
        yield entry(writing.names.of(first.name), Piece(f"{{{pairs}}}"))
    yield Piece("    }")
