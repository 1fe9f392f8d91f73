"""The picture of a counterexample: both sides as curves through the point where they differ."""

import math as floats
from collections.abc import Iterator

import numpy as np
import sympy
from markupsafe import Markup
from sympy import Expr, Symbol

from litgrad.checking.verdicts import CheckedStep, Counterexample
from litgrad.codegen.identifiers import identifier
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.statements import Statements
from litgrad.page.numbers import shown
from litgrad.page.plots import SAMPLES, Plot, picture
from litgrad.page.program import NoProgram, Program, program_of, run, value_at
from litgrad.page.size import is_large
from litgrad.page.words import math

_REACH = 2.0
_LONGEST = 300


def gap_of(statements: Statements, checked: CheckedStep) -> Plot | None:
    """The picture of a refuted step over the first name of its counterexample; None if there is none."""
    found = checked.judgement.counterexample
    left, right = checked.step.left.term, checked.step.right.term
    if found is None or not found.at or left is None or right is None or not found.left.is_real:
        return None
    if left.expr.count_ops() + right.expr.count_ops() > _LONGEST:
        return None
    definitions = Definitions.of(statements, checked.step.sign.span)
    try:
        sides = [_program(definitions, term.expr, found) for term in (left, right)]
    except NoProgram:
        return None
    values = [float(found.left), float(found.right)]
    start = float(found.at[0][1])
    if not all(_same(value_at(side, [start]), value) for side, value in zip(sides, values, strict=True)):
        return None
    return _drawn(sides, values, found)


def _program(definitions: Definitions, expr: Expr, found: Counterexample) -> Program:
    """A side as a program of the first name, the others at their values."""
    names = [Symbol(name, real=True) for name, _ in found.at]
    if is_large(definitions, expr):
        raise NoProgram
    expr = definitions.expand_calls(expr)
    while expr.free_symbols - set(names):
        inner = {symbol: definitions.values[symbol] for symbol in _defined(definitions, expr, names)}
        if not inner:
            raise NoProgram
        expr = expr.xreplace(inner)
        if is_large(definitions, expr):
            raise NoProgram
        expr = definitions.expand_calls(expr)
    fixed = dict(zip(names[1:], (value for _, value in found.at[1:]), strict=True))
    return program_of(expr.xreplace(fixed), names[:1])


def _defined(definitions: Definitions, expr: Expr, names: list[Symbol]) -> Iterator[Symbol]:
    for symbol in expr.free_symbols:
        if isinstance(symbol, Symbol) and symbol not in names and symbol in definitions.values:
            yield symbol


def _same(ours: float, theirs: float) -> bool:
    return floats.isclose(ours, theirs, rel_tol=1e-4, abs_tol=1e-9)


def _drawn(sides: list[Program], values: list[float], found: Counterexample) -> Plot | None:
    latex, number = found.at[0]
    start = float(number)
    reach = max(_REACH, abs(start)) if abs(start) >= 0.01 else _REACH
    xs = np.linspace(start - reach, start + reach, SAMPLES)
    curves = [run(side, [xs]) for side in sides]
    labels = [(Markup(words), f"the {words} side") for words in ("left", "right")]  # noqa: S704 - litgrad's own words
    others = ", ".join(f"{identifier(name)} = {shown(float(sympy.N(value)))}" for name, value in found.at[1:])
    spoken = f"both sides{f' for {others}' if others else ''}"
    return picture(xs, curves, (start, values), Markup(""), math(latex), labels, (spoken, identifier(latex)))
