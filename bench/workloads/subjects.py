"""What is compared: each value that a generated function gives, with the exact formula of it."""

import importlib.util
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import sympy
from sympy import Expr, Symbol

from litgrad.checking.points import Domain
from litgrad.checking.setting import Setting
from litgrad.codegen.module import write_module
from litgrad.codegen.plan import Plan
from litgrad.compiler import CompiledPost, compile_post
from litgrad.gradients.gradient import Composite
from litgrad.meaning.definitions import Definitions
from litgrad.native import CompilerError, compile_library, compiler
from litgrad.options import Options
from litgrad.source import Source

OPTIONS = Options(fast=True, native=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """One value of one function of a post."""

    post: str
    name: str
    """`dL_dw`, or `value_and_grad_L` with `: w` for its derivative by w."""
    symbols: tuple[Symbol, ...]
    call: Callable[..., Any]
    """Takes the symbols' values in order, scalars or arrays."""
    exact: tuple[Expr, ...]
    """Formulas of the value, tried in turn where one has no value."""
    literal: Expr
    """What an author's reader types: the post's own formula, or the last one it proves."""
    source: tuple[Expr, Symbol] | None
    """What the value is the derivative of, in the same symbols, and by which."""
    domain: Domain
    native: Callable[..., Any] | None = None
    """The compiled function, where there is a C compiler."""


def subjects(path: Path) -> Iterator[Subject]:
    """All values that the functions of a post give."""
    post = compile_post(Source(str(path), path.read_text(encoding="utf-8")), OPTIONS)
    module, library = load(post), load(post, native=True)
    definitions = post.gradients.definitions
    setting = Setting.of_definitions(post.statements, definitions)
    functions = {(function.span, function.latex): function.name for function in post.module.functions}
    for plan in post.module.plans:
        name = functions.get((plan.span, plan.latex))
        if name is not None and plan.parameters:
            compiled = getattr(library, name) if has_library(library) else None
            yield replace(_of_plan(path.stem, plan, getattr(module, name), name, setting), native=compiled)
    for composite in post.gradients.composites:
        pairs = zip(
            *(_of_composite(path.stem, composite, each, setting) for each in (module, library)), strict=True
        )
        for subject, compiled in pairs:
            yield replace(subject, native=compiled.call if has_library(library) else None)


def made(path: Path) -> tuple[float, int]:
    """Processor seconds to write the module of a post, and how many functions it has."""
    post = compile_post(Source(str(path), path.read_text(encoding="utf-8")), Options())
    start = time.process_time()
    module = write_module(post.statements, post.gradients, "made", fast=False)
    return time.process_time() - start, len(module.functions)


def has_library(module: ModuleType) -> bool:
    """Whether a module found its compiled functions."""
    return bool(getattr(module, "_LIBRARY", None))


def load(post: CompiledPost, *, native: bool = False) -> ModuleType:
    """The generated module, imported; with its functions compiled, where there is a C compiler."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{post.module.name}.py"
        path.write_text(post.module.text, encoding="utf-8")
        if native:
            with suppress(CompilerError):
                library = compile_library(post.module.native, compiler())
                path.with_suffix(".native.so").write_bytes(library)
        spec = importlib.util.spec_from_file_location(post.module.name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def _of_plan(post: str, plan: Plan, call: Callable[..., Any], name: str, setting: Setting) -> Subject:
    definitions = setting.definitions
    written = [plan.literal, *(form.expr for form in plan.forms)]
    exact = tuple(dict.fromkeys(definitions.expand_calls(expr) for expr in written))
    literal = exact[-1] if plan.variables else exact[0]
    usable = tuple(expr for expr in exact if expr.free_symbols <= set(plan.parameters))
    literal = literal if literal in usable else usable[0]
    domain = _domain(plan, literal, setting)
    source = _source(plan, definitions)
    return Subject(post, name, plan.parameters, call, usable, literal, source, domain)


def _domain(plan: Plan, literal: Expr, setting: Setting) -> Domain:
    """The domain with its bounds, in the function's own names: `p` of `log p` may be 0."""
    aliases = {symbol: setting.aliases[symbol] for symbol in plan.parameters if symbol in setting.aliases}
    own = {target: symbol for symbol, target in aliases.items() if target not in plan.parameters}
    found = setting.domain(
        sympy.Add(*plan.parameters).xreplace(aliases), literal.xreplace(aliases), leaves=False
    )
    inside = tuple(expr.xreplace(own) for expr in (*found.positive, *found.nonnegative))
    return Domain(plan.parameters, (), inside, tuple((expr.xreplace(own), each) for expr, each in found.sets))


def _source(plan: Plan, definitions: Definitions) -> tuple[Expr, Symbol] | None:
    """What automatic differentiation would start from, if it needs the same inputs."""
    if len(plan.variables) != 1 or plan.variables[0][1] != 1:
        return None
    variable = plan.variables[0][0]
    function = definitions.functions.get(plan.numerator)
    value = function[1] if function else definitions.values.get(Symbol(plan.numerator, real=True))
    if value is None:
        return None
    value = definitions.expand_calls(value)
    plain = {variable} <= value.free_symbols <= set(plan.parameters)
    return (value, variable) if plain else None


def _of_composite(post: str, composite: Composite, module: ModuleType, setting: Setting) -> Iterator[Subject]:
    name = f"value_and_grad_{composite.name}"
    function = getattr(module, name, None)
    if function is None:
        return
    whole = setting.definitions.expand(Symbol(composite.name, real=True))
    domain = setting.domain(sympy.Add(*composite.leaves), whole, leaves=True, appearance=composite.leaves)
    domain = Domain(composite.leaves, (), (), domain.sets)
    value = _first(function)
    yield Subject(post, f"{name}: value", composite.leaves, value, (whole,), whole, None, domain)
    keys = list(function(*[0.5] * len(composite.leaves))[1])
    for leaf, key in zip(composite.leaves, keys, strict=True):
        rate = sympy.diff(whole, leaf)
        by = _rate(function, key)
        yield Subject(post, f"{name}: {key}", composite.leaves, by, (rate,), rate, (whole, leaf), domain)


def _first(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: function(*values)[0]


def _rate(function: Callable[..., Any], key: str) -> Callable[..., Any]:
    return lambda *values: function(*values)[1][key]
