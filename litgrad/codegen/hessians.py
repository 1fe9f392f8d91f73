"""The text of functions that give all second derivatives of a composite."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from sympy import Expr

from litgrad.codegen.composed import Composed
from litgrad.codegen.identifiers import derivative_identifier
from litgrad.codegen.pieces import Piece, Unprintable
from litgrad.codegen.printer import Printer
from litgrad.codegen.quiet import quiet
from litgrad.codegen.second import Pair, in_leaves, second_derivatives
from litgrad.codegen.text import docstring, entry, quoted, signature, statement
from litgrad.codegen.writing import Body, Writing, arguments_of, everywhere


def second_bodies(writing: Writing, composed: Composed) -> Iterator[Body]:
    """`hessian_L`."""
    composite = composed.composite
    symbol = writing.names.of(composite.name)
    name = writing.names.claim(f"hessian {composite.name}", f"hessian_{symbol}", composite.span)
    parameters = tuple(writing.parameter(leaf) for leaf in composite.leaves)
    locals_ = [writing.names.of(local.name) for local, _ in composed.locals]
    printer = writing.printer([*(parameter.name for parameter in parameters), *locals_])
    try:
        found = list(second_derivatives(composed))
        lines = list(_kept_lines(writing, composed, (rate for _, rate in found), printer))
        lines += _second_lines(writing, composed, found, printer)
        names = [parameter.name for parameter in parameters]
        lines = list(quiet(lines, names, in_leaves(composed)))
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


def _kept_lines(
    writing: Writing, composed: Composed, rates: Iterable[Expr], printer: Printer
) -> Iterator[Piece]:
    """The locals that the derivatives lead to."""
    needed = {symbol for rate in rates for symbol in rate.free_symbols}
    for local, body in reversed(composed.locals):
        needed |= body.free_symbols if local in needed else set()
    for local, body in composed.locals:
        if local in needed:
            yield statement(f"{writing.names.of(local.name)} = ", printer.piece(body))


def _second_lines(
    writing: Writing, composed: Composed, found: Iterable[tuple[Pair, Expr]], printer: Printer
) -> Iterator[Piece]:
    """A line for each pair of parameters, and the dicts that hold them."""
    leaves = composed.composite.leaves
    listed = [writing.names.of(leaf.name) for leaf in leaves]
    symbol, locals_ = writing.names.of(composed.composite.name), {each for each, _ in composed.locals}
    called: dict[tuple[str, ...], str] = {}
    for pair, rate in found:
        first, second = (writing.names.of(each.name) for each in pair)
        by = [(first, 2)] if first == second else [(first, 1), (second, 1)]
        name = _free(derivative_identifier(symbol, by), {*printer.hidden, *called.values()})
        piece = printer.piece(rate)
        constant = not rate.free_symbols & {*leaves, *locals_}
        called[first, second] = called[second, first] = name
        yield statement(f"{name} = ", everywhere(writing, piece, listed) if constant else piece)
    yield Piece("    return {")
    for first in listed:
        pairs = ", ".join(f'"{second}": {called[first, second]}' for second in listed)
        yield entry(first, Piece(f"{{{pairs}}}"))
    yield Piece("    }")


def _free(wanted: str, used: AbstractSet[str]) -> str:
    while wanted in used:
        wanted += "_"
    return wanted
