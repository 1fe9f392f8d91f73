"""The text of a function: a definition or a derivative of the post."""

import re

from litgrad.codegen.fast import Fast, Fused, first_lines, fused
from litgrad.codegen.found import read_formula, write_formula
from litgrad.codegen.generated import Parameter
from litgrad.codegen.numbers import as_float
from litgrad.codegen.pieces import Piece, Unprintable
from litgrad.codegen.plan import Plan
from litgrad.codegen.quicker import quicker
from litgrad.codegen.quiet import quiet
from litgrad.codegen.search import gained, reasons
from litgrad.codegen.text import comment, docstring, quoted, signature, statement
from litgrad.codegen.writing import OUT, Body, Writing, arguments_of, everywhere


def function_body(writing: Writing, plan: Plan, name: str) -> Body | None:
    """A planned function under its Python name; None, with a comment, where it does not print."""
    parameters = tuple(writing.parameter(symbol) for symbol in plan.parameters)
    own = plan.key in writing.planner.measures.sigmoids
    printer = writing.printer((parameter.name for parameter in parameters), calls_sigmoid=not own)
    try:
        piece = printer.piece(plan.expr)
    except Unprintable as fault:
        writing.leave_out(name, plan.line, str(fault))
        return None
    writing.helpers |= printer.helpers
    if plan.expr.is_Integer:
        piece = as_float(piece)
    listed = tuple(parameter.name for parameter in parameters)
    if not plan.expr.free_symbols:
        piece = everywhere(writing, piece, listed)
    plain = not listed or _is_call(piece.text)
    fast = None if plain else _fast(writing, plan, name, listed)
    head = signature(name, [*listed, "*", "out=None"] if fast else [*listed])
    comments = "".join(comment(line) for line in (*reasons(plan.rewrites), *gained(plan.before, plan.after)))
    documentation = _docstring(writing, plan, parameters, out=fast is not None)
    start = Piece.join(head, documentation, "\n", first_lines(fast.function) if fast else Piece(""))
    lines = quiet([statement("return ", piece)], listed, [plan.expr])
    text = Piece.join(start, comments, *(part for line in lines for part in (line, "\n")))
    return Body(text, name, plan.latex, plan.span, parameters, fast)


def _fast(writing: Writing, plan: Plan, name: str, listed: tuple[str, ...]) -> Fused | None:
    measures = writing.planner.measures
    inputs = dict(zip(plan.parameters, listed, strict=True))
    forms = (plan.expr, plan.literal, *(form.expr for form in plan.forms))
    quick = writing.planner.grounds.kept(
        "quicker form",
        (forms, inputs),
        [*forms, *plan.parameters],
        lambda: quicker(plan, measures, inputs),
        write_formula,
        read_formula,
    )
    return fused(Fast(name, listed, plan.parameters, (measures.inlined(plan.expr),), quick=(quick,)))


def _docstring(writing: Writing, plan: Plan, parameters: tuple[Parameter, ...], *, out: bool) -> str:
    lines = [f"{_summary(writing, plan)} (line {plan.line}).", "", f"    {quoted(plan.formula)}"]
    lines += ["", *(quoted(note) for note in plan.notes)] if plan.notes else []
    lines += ["", *arguments_of(parameters, OUT if out else "")] if parameters else []
    return docstring([*lines, "", *_returns(parameters)])


def _summary(writing: Writing, plan: Plan) -> str:
    symbol = writing.names.of(plan.numerator)
    if not plan.variables:
        return f"{symbol} as the post defines it"
    by = " and ".join(writing.names.of(variable.name) for variable, _ in plan.variables)
    order = sum(count for _, count in plan.variables)
    word = {1: "Derivative", 2: "Second derivative"}.get(order, f"Derivative of order {order}")
    return f"{word} of {symbol} with respect to {by}"


def _is_call(text: str) -> bool:
    """Whether a value is another function of the post, which is fast already."""
    return re.fullmatch(r"[A-Za-z]\w*\([\w, ]*\)", text) is not None


def _returns(parameters: tuple[Parameter, ...]) -> list[str]:
    if not parameters:
        return ["Returns:", "    A constant, which broadcasts."]
    return ["Returns:", "    The value, with the shape that the arguments broadcast to."]
