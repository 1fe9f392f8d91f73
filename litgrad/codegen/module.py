"""`write_module`: an importable NumPy module from a post's definitions and gradients."""

import re
from dataclasses import replace
from pathlib import PurePath

from sympy import Expr

from litgrad.codegen.composed import compose
from litgrad.codegen.compositions import composed_bodies
from litgrad.codegen.directional import directional_bodies
from litgrad.codegen.fast import section
from litgrad.codegen.functions import function_body
from litgrad.codegen.generated import Function, GeneratedModule, Link
from litgrad.codegen.hessians import second_bodies
from litgrad.codegen.native.section import Native, native
from litgrad.codegen.parts import is_long
from litgrad.codegen.pieces import Piece
from litgrad.codegen.plan import Plan, Planner, derivative_key
from litgrad.codegen.special import HELPERS
from litgrad.codegen.tensors.fast import tensor_section
from litgrad.codegen.tensors.functions import tensor_bodies
from litgrad.codegen.tensors.helpers import TENSOR_HELPERS
from litgrad.codegen.text import quoted
from litgrad.codegen.writing import Body, Writing
from litgrad.gradients.gradient import Gradients
from litgrad.gradients.tensors.program import programs
from litgrad.meaning.statements import Statements

_STANDARD = ("contextlib", "functools", "math")
"""Modules of Python that the fast half may need."""


def write_module(
    statements: Statements,
    gradients: Gradients,
    name: str,
    derivatives: int = 1,
    *,
    fast: bool = True,
    compiled: bool = False,
) -> GeneratedModule:
    """Write the module of a post.

    Takes the statements, their gradients, the module's name, 2 for derivatives along directions and second
    derivatives of what the definitions compose to, whether a fast form stands behind each readable function,
    and whether a library behind that. Gives the text, its public functions, and the values of its expressions
    by place. Functions that NumPy cannot compute are left out. The text depends on nothing else, so it is the
    same on every run.
    """
    planner = Planner(statements, gradients)
    found = tuple(programs(statements.tensors, derivatives))
    arrays = [one.definition for one in found if one.has_arrays]
    taken = {*(one.name for one in arrays), *(one.span for one in arrays)}
    plans = tuple(
        plan for plan in planner.plans() if plan.variables or not {plan.numerator, plan.span} & taken
    )
    writing = Writing(planner, _known(statements, planner))
    claimed = [(plan, writing.claim(plan)) for plan in plans]
    sigmoids = planner.measures.sigmoids
    writing.sigmoid = next((own for plan, own in claimed if plan.key in sigmoids), None)
    _leave_out(writing, gradients, {plan.key for plan in plans}, _of_arrays(statements))
    bodies = [body for plan, own in claimed if (body := function_body(writing, plan, own)) is not None]
    for composite in (one for one in gradients.composites if not {one.name, one.span} & taken):
        composed = compose(planner, composite)
        bodies.extend(composed_bodies(writing, composed))
        if derivatives > 1:
            bodies.extend(directional_bodies(writing, composed))
            bodies.extend(second_bodies(writing, composed))
    file = PurePath(statements.source.path).name
    needed: set[str] = set()
    tensors = tuple(tensor_bodies(writing, found, statements.source, needed, derivatives))
    bodies.extend(body for made in tensors for body in made.bodies)
    quick = [body.fast for body in bodies if body.fast is not None]
    library = native(name, [each.function for each in quick]) if compiled else None
    loaded = (library.functions, library.section) if library else (frozenset[str](), "")
    text = section(quick, *loaded, elsewhere=fast)
    text += tensor_section(tensors)
    module = _assembled(writing, name, file, bodies, plans, text, needed, library)
    return replace(module, tensors=tuple((made.bodies[0].name, made.program) for made in tensors))


def _of_arrays(statements: Statements) -> set[str]:
    """The names that the post speaks of as vectors and matrices, or defines by them."""
    return {*statements.tensors.shapes, *(one.name for one in statements.tensors.definitions)}


def _leave_out(writing: Writing, gradients: Gradients, planned: set[str], arrays: set[str]) -> None:
    """Comments on what has no function."""
    for name, (line, reason) in writing.planner.obstacles.items():
        if name in arrays:
            continue
        writing.leave_out(writing.names.of(name), line, reason)
    for gradient in gradients.gradients:
        told = gradient.numerator not in arrays and derivative_key(gradient) not in planned
        if gradient.missing is not None and told:
            writing.leave_out(writing.derivative_name(gradient), gradient.line, gradient.missing)
    for gradient in gradients.superseded:
        name = writing.derivative_name(gradient)
        writing.leave_out(name, gradient.line, "it belongs to a later definition")


def _assembled(
    writing: Writing,
    name: str,
    file: str,
    bodies: list[Body],
    plans: tuple[Plan, ...],
    fast: str,
    needed: set[str],
    library: Native | None,
) -> GeneratedModule:
    """The whole module."""
    compiled = library is not None and bool(library.functions)
    modules = [each for each in _STANDARD if re.search(rf"\b{each}\.", fast)]
    parts: list[str | Piece] = [_header(file, bodies, modules, compiled=compiled)]
    for head, helper in HELPERS.items():
        parts += ["\n\n", helper.text] if head in writing.helpers else []
    parts += [f"\n\n{text}" for helper, text in TENSOR_HELPERS.items() if helper in needed]
    lines: list[int] = []
    for body in bodies:
        parts.append("\n\n")
        lines.append(Piece.join(*parts).text.count("\n") + 1)
        parts.append(body.piece)
    whole = Piece.join(*parts, *(["\n\n", *writing.left_out] if writing.left_out else []), fast)
    functions = tuple(
        Function(body.name, body.latex, body.span, line, body.parameters)
        for body, line in zip(bodies, lines, strict=True)
    )
    links = tuple(Link(start, end, expr) for start, end, expr in whole.links)
    diagnostics = tuple(writing.names.diagnostics)
    source = library.source if library is not None else ""
    return GeneratedModule(name, whole.text, functions, links, diagnostics, plans, len(fast), native=source)


def _header(file: str, bodies: list[Body], modules: list[str], *, compiled: bool) -> str:
    path = quoted(file).replace("\\", "/")
    listed = "".join(f'    "{body.name}",\n' for body in bodies)
    every = f"__all__ = [\n{listed}]\n" if bodies else "__all__ = []\n"
    summary = f'"""The definitions and gradients of {path}, compiled by litgrad."""'
    modules = [*modules, *(("ctypes", "hashlib", "pathlib") if compiled else ())]
    standard = "".join([*(f"import {each}\n" for each in sorted(modules)), "\n" if modules else ""])
    return f"{summary}\n\n{standard}import numpy as np\n\n{every}"


def _known(statements: Statements, planner: Planner) -> dict[Expr, Expr]:
    """Every value that the post writes, by what it looks like in code: as written, and after rewriting."""
    read = (term for reading in statements.readings for term in reading.terms if term.unjudged is None)
    terms = (term for term in read if not is_long(term.expr))
    written = list(dict.fromkeys(expr for term in terms for _, expr in term.parts))
    rewritten = {planner.measures.looks_like(expr): expr for expr in reversed(written)}
    return {**rewritten, **{expr: expr for expr in written}}
