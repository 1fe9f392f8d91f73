"""The text of functions that give a value and its rate of change along a direction: forward mode."""

from collections.abc import Iterator, Mapping

from sympy import Expr, Integer, Symbol

from litgrad.codegen.composed import Composed
from litgrad.codegen.pieces import Piece, Unprintable
from litgrad.codegen.quiet import quiet
from litgrad.codegen.second import in_leaves
from litgrad.codegen.stability import stabilise
from litgrad.codegen.text import docstring, quoted, signature, statement
from litgrad.codegen.writing import Body, Writing, arguments_of
from litgrad.meaning.forms import derivative


def rate(symbol: Symbol) -> Symbol:
    """The symbol that stands for how fast a leaf or a local changes."""
    return Symbol(f"rate {symbol.name}", real=True)


def rates(composed: Composed) -> Iterator[tuple[Symbol | None, Expr]]:
    """For each local, in order, and at last for the value, under None, its rate in those before it."""
    moving = list(composed.composite.leaves)
    for local, body in composed.locals:
        yield local, _along(body, moving)
        moving.append(local)
    yield None, _along(composed.value, moving)


def _along(expr: Expr, moving: list[Symbol]) -> Expr:
    """The products of the derivatives by what moves and its rates; each derivative in its stable form."""
    total: Expr = Integer(0)
    for symbol in moving:
        found = derivative(expr, symbol)
        if found != Integer(0):
            total = total + stabilise(found)[0] * rate(symbol)
    return total


def directional_bodies(writing: Writing, composed: Composed) -> Iterator[Body]:
    """`value_and_jvp_L`."""
    composite = composed.composite
    symbol = writing.names.of(composite.name)
    name = writing.names.claim(f"value and jvp {composite.name}", f"value_and_jvp_{symbol}", composite.span)
    parameters = tuple(writing.parameter(leaf) for leaf in composite.leaves)
    listed = [parameter.name for parameter in parameters]
    along = _free("along", {*listed, *(writing.names.of(local.name) for local, _ in composed.locals)})
    try:
        lines = list(quiet(list(_lines(writing, composed, along)), listed, in_leaves(composed)))
    except Unprintable as fault:
        writing.leave_out(name, composite.line, str(fault))
        return
    title = f"{symbol} and how fast it changes along a direction (line {composite.line})."
    documentation = docstring([
        title, "", f"    {quoted(composite.latex)}", "", *arguments_of(parameters),
        f"    {along}: a dict from the names of parameters to how fast they change; the others stay.",
        "", "Returns:", "    The value, and its derivative along the direction.",
    ])  # fmt: skip
    head = signature(name, [*listed, along])
    text = Piece.join(head, documentation, "\n", *(part for line in lines for part in (line, "\n")))
    yield Body(text, name, composite.latex, composite.span, parameters)


def _lines(writing: Writing, composed: Composed, along: str) -> Iterator[Piece]:
    """The locals and their rates, one after the other; then the value and its own."""
    renamed = _names_of_rates(writing, composed, along)
    plain = {writing.names.of(each.name) for each in (*composed.composite.leaves, *dict(composed.locals))}
    printer = writing.printer({*plain, *renamed.values(), along})
    printer.name = lambda name: renamed.get(name) or writing.names.of(name)
    found = dict(rates(composed))
    for leaf in composed.composite.leaves:
        own = writing.names.of(leaf.name)
        yield Piece(f'    {renamed[rate(leaf).name]} = {along}.get("{own}", 0.0)')
    for local, body in composed.locals:
        yield statement(f"{writing.names.of(local.name)} = ", printer.piece(body))
        yield statement(f"{renamed[rate(local).name]} = ", printer.piece(found[local]))
    yield statement("value = ", printer.piece(composed.shown))
    yield statement("return value, ", printer.piece(found[None]))
    writing.helpers |= printer.helpers


def _names_of_rates(writing: Writing, composed: Composed, along: str) -> Mapping[str, str]:
    """`dw`, `dz`, or what is free."""
    symbols = [*composed.composite.leaves, *dict(composed.locals)]
    used = {along, "value", *(writing.names.of(symbol.name) for symbol in symbols)}
    renamed: dict[str, str] = {}
    for symbol in symbols:
        renamed[rate(symbol).name] = _free(f"d{writing.names.of(symbol.name)}", used)
        used.add(renamed[rate(symbol).name])
    return renamed


def _free(wanted: str, used: set[str]) -> str:
    while wanted in used:
        wanted += "_"
    return wanted
