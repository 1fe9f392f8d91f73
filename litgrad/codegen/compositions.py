"""The text of functions that go through several definitions: a value with its gradient."""

from collections.abc import Iterator, Sequence

from sympy import Basic, Expr

from litgrad.codegen.composed import Composed, adjoint
from litgrad.codegen.fast import Fast, first_lines, fused
from litgrad.codegen.generated import Parameter
from litgrad.codegen.identifiers import derivative_identifier
from litgrad.codegen.measures import Measures
from litgrad.codegen.parts import is_long
from litgrad.codegen.pieces import Piece, Unprintable
from litgrad.codegen.quiet import quiet
from litgrad.codegen.search import Form, Loss, gained, reasons
from litgrad.codegen.second import in_leaves
from litgrad.codegen.text import comment, docstring, entry, quoted, signature, statement
from litgrad.codegen.underflow import WHY
from litgrad.codegen.writing import OUTS, Body, Writing, arguments_of, everywhere
from litgrad.meaning.forms import derivative, substitute
from litgrad.plain import from_plain, to_plain


def composed_bodies(writing: Writing, composed: Composed) -> Iterator[Body]:
    """`value_and_grad_L` and `grad_L`."""
    composite = composed.composite
    symbol = writing.names.of(composite.name)
    both = writing.names.claim(f"value and grad {composite.name}", f"value_and_grad_{symbol}", composite.span)
    only = writing.names.claim(f"grad {composite.name}", f"grad_{symbol}", composite.span)
    parameters = tuple(writing.parameter(leaf) for leaf in composite.leaves)
    listed = [parameter.name for parameter in parameters]
    try:
        lines = list(_lines(writing, composed, parameters, symbol))
        lines = list(quiet(lines, listed, in_leaves(composed)))
    except Unprintable as fault:
        writing.leave_out(both, composite.line, str(fault))
        return
    inlined = writing.planner.measures.inlined
    quick = tuple(map(inlined, in_leaves(composed)))
    formulas = tuple(map(inlined, in_leaves(composed, computed=True)))
    made = Fast(both, tuple(listed), composite.leaves, formulas, tuple(listed), quick, wary=quick != formulas)
    fast = fused(made)
    value_doc = _composed_docstring(
        writing, composed, symbol, parameters, with_value=True, out=fast is not None
    )
    grad_doc = _composed_docstring(writing, composed, symbol, parameters, with_value=False, out=False)
    head = signature(both, [*listed, "*", "out=None"] if fast else listed)
    start = Piece.join(head, value_doc, "\n", first_lines(fast.function) if fast else Piece(""))
    start = Piece.join(start, *(comment(line) for line in _why(writing, composed, formulas)))
    full = Piece.join(start, *(part for line in lines for part in (line, "\n")))
    call = Piece(f"{both}({', '.join(listed)})")
    short = Piece.join(signature(only, listed), grad_doc, "\n", statement("_, gradient = ", call), "\n")
    short = Piece.join(short, "    return gradient\n")
    yield Body(full, both, composite.latex, composite.span, parameters, fast)
    yield Body(short, only, composite.latex, composite.span, parameters)


def _why(writing: Writing, composed: Composed, formulas: Sequence[Expr]) -> list[str]:
    """Why the forms are not the author's, and what the value and its derivatives gain."""
    if not composed.rows:
        return []
    measures, table = writing.planner.measures, dict[Expr, Expr]()
    for local, body in composed.composite.locals:
        table[local] = substitute(body, table)
    whole = substitute(composed.composite.value, table)
    written = [whole, *(derivative(whole, leaf) for leaf in composed.composite.leaves)]
    before, after = writing.planner.grounds.kept(
        "loss of a composite",
        (written, formulas),
        [*written, *formulas],
        lambda: _losses(measures, written, formulas),
        lambda losses: list(map(to_plain, losses)),
        lambda noted: tuple(from_plain(Loss, one) for one in noted),
    )
    ordered = [WHY] if composed.computed != composed.gradients else []
    return [*reasons(composed.rows), *ordered, *gained(before, after)]


def _losses(measures: Measures, written: Sequence[Expr], formulas: Sequence[Expr]) -> tuple[Loss, ...]:
    """What a value with its derivatives loses as written and as computed."""
    lost: list[list[Form]] = [[], []]
    for exact, computed in zip(written, formulas, strict=True):
        if exact.free_symbols and not is_long(exact):
            sample = measures.sample((exact,))
            for forms, expr in zip(lost, (exact, computed), strict=True):
                forms.append(Form(expr, (), sample.errors(expr)))
    return tuple(
        Loss(max((form.sound for form in forms), default=0.0), sum(form.faults for form in forms))
        for forms in lost
    )


def _used(composed: Composed) -> set[Basic]:
    """The symbols of the derivatives that are computed, and of what leads to them."""
    found = {symbol for _, rate in composed.computed for symbol in rate.free_symbols}
    for local, rate in reversed(composed.adjoints):
        found |= rate.free_symbols if adjoint(local) in found else set()
    return found


def _lines(
    writing: Writing, composed: Composed, parameters: tuple[Parameter, ...], symbol: str
) -> Iterator[Piece]:
    locals_ = [writing.names.of(local.name) for local, _ in composed.locals]
    used = {*(parameter.name for parameter in parameters), *locals_}
    renamed = _adjoint_names(writing, composed, symbol, used)
    printer = writing.printer({*used, *renamed.values()})
    printer.name = lambda name: renamed.get(name) or writing.names.of(name)
    for local, body in composed.locals:
        yield statement(f"{writing.names.of(local.name)} = ", printer.piece(body))
    yield statement("value = ", printer.piece(composed.shown))
    for local, rate in composed.adjoints:
        if adjoint(local) in _used(composed):
            yield statement(f"{renamed[adjoint(local).name]} = ", printer.piece(rate))
    yield Piece("    gradient = {")
    listed, (_, *whole) = [parameter.name for parameter in parameters], in_leaves(composed)
    for (leaf, rate), formula in zip(composed.computed, whole, strict=True):
        piece = printer.piece(rate)
        piece = piece if formula.free_symbols else everywhere(writing, piece, listed)
        yield entry(writing.names.of(leaf.name), piece)
    yield Piece("    }")
    yield Piece("    return value, gradient")
    writing.helpers |= printer.helpers


def _adjoint_names(writing: Writing, composed: Composed, symbol: str, used: set[str]) -> dict[str, str]:
    """Local names such as `dL_dz`; one may hide a function of that name, which is not called here."""
    renamed: dict[str, str] = {}
    for local, _ in composed.locals:
        wanted = derivative_identifier(symbol, [(writing.names.of(local.name), 1)])
        while wanted in used | set(renamed.values()):
            wanted = f"{wanted[:50]}_{len(renamed) + 2}"
        renamed[adjoint(local).name] = wanted
    return renamed


def _composed_docstring(
    writing: Writing,
    composed: Composed,
    symbol: str,
    parameters: tuple[Parameter, ...],
    *,
    with_value: bool,
    out: bool,
) -> str:
    what = f"{symbol} and its gradient" if with_value else f"Gradient of {symbol}"
    between = ", ".join(writing.names.of(local.name) for local, _ in composed.composite.locals)
    through = f" through {between}" if between else ""
    lines = [
        f"{what}{through} (line {composed.composite.line}).",
        "",
        f"    {quoted(composed.composite.latex)}",
    ]
    lines += ["", *arguments_of(parameters, OUTS if out else ""), "", "Returns:"]
    gradient = "the gradient as a dict from each parameter's name to the derivative by it"
    lines.append(f"    The value, and {gradient}." if with_value else f"    {gradient.capitalize()}.")
    return docstring(lines)
