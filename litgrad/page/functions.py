"""The functions of a post that the page can draw and evaluate, each with its derivatives."""

from collections.abc import Iterator, Sequence

import numpy as np
from sympy import Expr, Symbol

from litgrad.codegen.generated import GeneratedModule
from litgrad.codegen.plan import Plan
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.rates import rate
from litgrad.page.program import NoProgram, Program, program_of, run
from litgrad.page.size import is_large
from litgrad.records import dataclass

_MOST_INPUTS = 5
_MOST_FUNCTIONS = 30
_LONGEST = 300
"""Operations of a formula; a longer one is not drawn."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The derivative of a function by one of its inputs."""

    variable: Symbol
    latex: str
    """The post's name of it, else a name in Leibniz's way."""
    program: Program
    named: bool
    """Whether the post names it."""


@dataclass(frozen=True, slots=True)
class Function:
    """A definition of the post, in its inputs alone."""

    plan: Plan
    inputs: tuple[Symbol, ...]
    expr: Expr
    program: Program
    rates: tuple[Rate, ...]


def functions_of(definitions: Definitions, module: GeneratedModule) -> list[Function]:
    """The definitions that can be evaluated, in the order of the post, those that repeat another left out."""
    found: dict[Program, Function] = {}
    arrays = {one.span for one in module.functions if any(parameter.shape for parameter in one.parameters)}
    for plan in module.plans:
        few = 0 < len(plan.parameters) <= _MOST_INPUTS
        if len(found) < _MOST_FUNCTIONS and not plan.variables and few and plan.span not in arrays:
            for function in _function(definitions, plan, module.plans):
                found.setdefault(function.program, function)
    return list(found.values())


def _function(definitions: Definitions, plan: Plan, plans: Sequence[Plan]) -> Iterator[Function]:
    """The function of a plan, if all its operations are known."""
    if is_large(definitions, plan.expr) or is_large(definitions, plan.literal):
        return
    expr = definitions.expand_calls(plan.expr)
    if expr.count_ops() > _LONGEST:
        return
    try:
        program = program_of(expr, plan.parameters)
    except NoProgram:
        return
    rates = tuple(_rates(definitions, plan, expr, plans))
    yield Function(plan, plan.parameters, expr, program, rates)


def _rates(definitions: Definitions, plan: Plan, expr: Expr, plans: Sequence[Plan]) -> Iterator[Rate]:
    for variable in plan.parameters:
        try:
            program = program_of(rate(expr, variable), plan.parameters)
        except NoProgram:
            continue
        name = _name(definitions, plan, variable, program, plans)
        yield Rate(variable, name or _leibniz(plan, variable), program, name is not None)


def _leibniz(plan: Plan, variable: Symbol) -> str:
    sign = "d " if len(plan.parameters) == 1 else r"\partial "
    return rf"\frac{{{sign}{plan.numerator}}}{{{sign}{variable.name}}}"


def _name(
    definitions: Definitions, plan: Plan, variable: Symbol, program: Program, plans: Sequence[Plan]
) -> str | None:
    """The post's own name of a derivative, if what it calls so has the same values."""
    for other in plans:
        if other.numerator == plan.numerator and other.variables == ((variable, 1),):
            try:
                theirs = program_of(_in_terms_of(definitions, other.expr, plan), plan.parameters)
            except NoProgram:
                return None
            return other.latex if _agree(program, theirs, len(plan.parameters)) else None
    return None


def _in_terms_of(definitions: Definitions, expr: Expr, plan: Plan) -> Expr:
    """An expression with definitions put in until only the inputs of a function are left."""
    if is_large(definitions, expr):
        raise NoProgram
    expr = definitions.expand_calls(expr)
    for _ in range(len(definitions.values)):
        free = (symbol for symbol in expr.free_symbols if symbol not in plan.parameters)
        values = {
            symbol: definitions.values[symbol]
            for symbol in free
            if isinstance(symbol, Symbol) and symbol in definitions.values
        }
        if not values:
            break
        expr = expr.xreplace(values)
        if is_large(definitions, expr):
            raise NoProgram
        expr = definitions.expand_calls(expr)
    return expr


def _agree(ours: Program, theirs: Program, count: int) -> bool:
    """Whether two programs have the same values at points of which some lie in every usual domain."""
    grid = np.random.default_rng(1).uniform(-2, 2, (count, 200))
    inputs = [*np.concatenate([grid, np.abs(grid) / 2], axis=1)]
    left, right = run(ours, inputs), run(theirs, inputs)
    both = np.isfinite(left) & np.isfinite(right)
    return bool(both.any()) and bool(np.allclose(left[both], right[both], rtol=1e-6, atol=1e-9))
