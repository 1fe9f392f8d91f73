"""`write_tests`: a pytest file that holds author, derivation and numerical differentiation against each other."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import sympy
from mpmath import mpf, nstr, workdps
from sympy import Abs, Derivative, Expr, Max, Min, Subs, Symbol, sign
from sympy.core.function import AppliedUndef

from litgrad.checking.numeric import value
from litgrad.checking.points import Domain
from litgrad.checking.setting import Setting
from litgrad.codegen.accuracy import evaluate
from litgrad.codegen.composed import Composed, compose
from litgrad.codegen.generated import Function, GeneratedModule, GeneratedTests
from litgrad.codegen.identifiers import identifier
from litgrad.codegen.plan import Plan, Planner
from litgrad.codegen.printer import Printer, Unprintable
from litgrad.codegen.special import literal
from litgrad.codegen.text import quoted
from litgrad.gradients.gradient import Composite, Gradients
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.statements import Statements

_EXTREMES = (800.0, -800.0, 40.0, -40.0, 0.0, 1.0, 0.5, 1e-12)
_EXTREME_CASES = 12

_HEADER = '''"""Holds {module}.py against the formulas of {path}, the derivation and numerical differentiation."""

import importlib.util
import pathlib

import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("error")

MODULE = pathlib.Path(__file__).resolve().parent.parent / "{module}.py"
SPEC = importlib.util.spec_from_file_location("{module}", MODULE)
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)

STEP = 1e-30
COUNT = 20_000


def points(seed, names):
    """Seeded random values for each name, mostly near zero, some far out."""
    rng = np.random.default_rng(seed)
    scale = rng.choice([1.0, 1.0, 1.0, 4.0], COUNT)
    return {{name: rng.uniform(-1, 1, COUNT) * scale for name in names}}


def inside(values, keep):
    """The values at the points that are kept; enough must be left to mean something."""
    assert keep.sum() >= 50
    return [value[keep] for value in values]


def agree(got, wanted, tolerance):
    """Equal within a tolerance relative to the value and to 1."""
    np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance)
'''


def write_tests(module: GeneratedModule, statements: Statements, gradients: Gradients) -> GeneratedTests:
    """Write the tests of a generated module; they need NumPy and pytest alone.

    Each form that the post proves is compared with the function, each function with numerical
    differentiation of the author's own definition (complex step where that is analytic), and values
    at extreme points with what fifty digits give.
    """
    writer = _Writer(module, statements, gradients)
    pieces = [text for text in writer.tests() if text]
    path = quoted(statements.source.path.rsplit("/", 1)[-1]).replace("\\", "/")
    header = _HEADER.format(module=module.name, path=path)
    return GeneratedTests(f"test_{module.name}", "\n\n".join([header, *pieces]))


@dataclass(slots=True)
class _Writer:
    module: GeneratedModule
    statements: Statements
    gradients: Gradients
    planner: Planner = field(init=False)
    functions: dict[str, Function] = field(init=False)

    def __post_init__(self) -> None:
        self.planner = Planner(self.statements, self.gradients)
        self.functions = {function.name: function for function in self.module.functions}

    def tests(self) -> Iterator[str]:
        """One test function after another."""
        plans = [(plan, self._function(plan)) for plan in self.planner.plans()]
        for plan, function in plans:
            if function is not None:
                yield from self._of_plan(plan, function)
        for composite in self.gradients.composites:
            yield from self._of_composite(composite)

    def _function(self, plan: Plan) -> Function | None:
        """The written function of a plan."""
        return next((f for f in self.module.functions if f.span == plan.span and f.latex == plan.latex), None)

    # -------------------------------- one function --------------------------------

    def _of_plan(self, plan: Plan, function: Function) -> Iterator[str]:
        settings = _definitions_of(plan, self.gradients)
        names = _Names(function, self.module)
        for number, (form, line) in enumerate(self._forms(plan), start=1):
            yield self._form_test(plan, function, form, line, number, settings, names)
        if plan.variables:
            yield self._derivative_test(plan, function, settings, names)
        yield self._extreme_test(plan, function, settings)

    def _forms(self, plan: Plan) -> Iterator[tuple[Expr, int]]:
        """The author's formulas that the function must agree with."""
        if not plan.variables:
            yield plan.literal, plan.line
            return
        for gradient in self.gradients.gradients:
            if gradient.span == plan.span:
                for form in gradient.forms:
                    yield form.expr, form.line

    def _form_test(
        self, plan: Plan, function: Function, form: Expr, line: int, number: int, settings: Definitions, names: "_Names"
    ) -> str:
        """The function against a formula of the post, printed literally."""
        wanted = settings.expand_calls(form)
        symbols = [Symbol(parameter.latex, real=True) for parameter in function.parameters]
        extra = sorted(wanted.free_symbols - set(symbols), key=str)
        if extra or wanted.has(AppliedUndef, Derivative):
            return ""
        title = f"test_{function.name}_is_the_formula_of_line_{line}" + (f"_{number}" if number > 1 else "")
        domain = self._domain(settings, wanted, wanted)
        calls = ", ".join(names.of(symbol) for symbol in symbols)
        return self._test(title, symbols, domain, [wanted], f"module.{function.name}({calls})", wanted, names, "1e-8")

    def _derivative_test(self, plan: Plan, function: Function, settings: Definitions, names: "_Names") -> str:
        """The function against numerical differentiation of the author's definition."""
        (variable, order), *more = plan.variables
        if more or order != 1:
            return ""
        upstream = settings.without(variable)
        whole = upstream.expand(_head_value(plan, settings))
        arguments = {
            parameter.latex: upstream.expand(Symbol(parameter.latex, real=True)) for parameter in function.parameters
        }
        if whole.has(AppliedUndef, Derivative, Subs) or variable not in whole.free_symbols:
            return ""
        free = set(whole.free_symbols).union(*(expr.free_symbols for expr in arguments.values()))
        symbols = [variable, *sorted(free - {variable}, key=str)]
        try:
            printed = {latex: _print(expr, names) for latex, expr in arguments.items()}
            derivative = _numerical(whole, variable, names)
        except Unprintable:
            return ""
        call = f"module.{function.name}({', '.join(printed[p.latex] for p in function.parameters)})"
        domain = self._domain(upstream, whole, whole)
        analytic = _analytic(whole)
        title = f"test_{function.name}_is_the_{'complex_step' if analytic else 'central_difference'}_derivative"
        return self._numerical_test(title, symbols, domain, [whole, *arguments.values()], call, derivative, names, analytic)

    def _extreme_test(self, plan: Plan, function: Function, settings: Definitions) -> str:
        """Values far out and at edges, computed by litgrad to fifty digits."""
        exact = settings.expand_calls(plan.literal)
        symbols = [Symbol(parameter.latex, real=True) for parameter in function.parameters]
        if exact.has(AppliedUndef, Derivative) or not symbols or exact.free_symbols - set(symbols):
            return ""
        emitted = self.planner.inlined(plan.expr)
        rows = list(_extreme_rows(exact, emitted, symbols, self._domain(settings, exact, exact)))
        if not rows:
            return ""
        listed = "\n".join(f"        (({', '.join(map(repr, point))},), {wanted})," for point, wanted in rows)
        return f'''@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
{listed}
    ],
)
def test_{function.name}_at_extreme_points(arguments, wanted):
    """Values that fifty digits give; no warning, no nan."""
    np.testing.assert_allclose(module.{function.name}(*arguments), wanted, rtol=1e-12, atol=0)
'''

    # -------------------------------- compositions --------------------------------

    def _of_composite(self, composite: Composite) -> Iterator[str]:
        name = next((f.name for f in self.module.functions if f.span == composite.span and f.name.startswith("value_and_grad")), None)
        if name is None:
            return
        function = self.functions[name]
        names = _Names(function, self.module)
        definitions = self.gradients.definitions
        whole = definitions.expand(composite.value)
        domain = self._domain(definitions, whole, whole)
        symbols = list(composite.leaves)
        calls = ", ".join(names.of(symbol) for symbol in symbols)
        yield self._test(
            f"test_{name}_gives_the_value", symbols, domain, [whole], f"module.{name}({calls})[0]", whole, names, "1e-8"
        )
        for leaf in composite.leaves:
            derivative = _numerical(whole, leaf, names)
            analytic = _analytic(whole)
            call = f'module.{name}({calls})[1]["{names.of(leaf)}"]'
            title = f"test_{name}_by_{names.of(leaf)}"
            yield self._numerical_test(title, symbols, domain, [whole], call, derivative, names, analytic)
        yield self._composite_extremes(composite, function, compose(self.planner, composite), whole)

    def _composite_extremes(self, composite: Composite, function: Function, composed: Composed, whole: Expr) -> str:
        """Gradients far out, against fifty digits."""
        rows = list(_composite_rows(composed, whole, self._domain(self.gradients.definitions, whole, whole)))
        if not rows:
            return ""
        listed = "\n".join(f"        ({point!r}, {{{wanted}}})," for point, wanted in rows)
        return f'''@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
{listed}
    ],
)
def test_{function.name}_at_extreme_points(arguments, wanted):
    """Gradients that fifty digits give; no warning, no nan."""
    _, gradient = module.{function.name}(*arguments)
    for name, number in wanted.items():
        np.testing.assert_allclose(gradient[name], number, rtol=1e-12, atol=0)
'''

    # -------------------------------- texts --------------------------------

    def _domain(self, definitions: Definitions, left: Expr, right: Expr) -> Domain:
        setting = Setting.of_definitions(self.statements, definitions)
        return setting.domain(left, right, leaves=True)

    def _test(
        self, title: str, symbols: list[Symbol], domain: Domain, exprs: list[Expr], got: str, wanted: Expr,
        names: "_Names", tolerance: str,
    ) -> str:  # fmt: skip
        try:
            setup = _setup(title, symbols, domain, exprs, names)
            text = _print(wanted, names)
        except Unprintable:
            return ""
        return f"def {title}():\n{setup}    agree({got}, {text}, {tolerance})\n"

    def _numerical_test(
        self, title: str, symbols: list[Symbol], domain: Domain, exprs: list[Expr], got: str, wanted: str,
        names: "_Names", analytic: bool,
    ) -> str:  # fmt: skip
        try:
            setup = _setup(title, symbols, domain, exprs, names)
        except Unprintable:
            return ""
        return f"def {title}():\n{setup}    agree({got}, {wanted}, {'1e-8' if analytic else '1e-4'})\n"


class _Names:
    """Python names in a test: the module's own for its parameters, made likewise for others."""

    def __init__(self, function: Function, module: GeneratedModule) -> None:
        self._known = {
            parameter.latex: parameter.name for other in module.functions for parameter in other.parameters
        } | {parameter.latex: parameter.name for parameter in function.parameters}

    def of(self, symbol: Symbol) -> str:
        return self.name(symbol.name)

    def name(self, latex: str) -> str:
        return self._known.get(latex) or identifier(latex)


def _definitions_of(plan: Plan, gradients: Gradients) -> Definitions:
    """The definitions with the premises that a gradient's chosen form needs."""
    definitions = gradients.definitions
    for gradient in gradients.gradients:
        if gradient.span == plan.span and plan.variables:
            for form in gradient.forms:
                for symbol, premise, _ in form.premises:
                    definitions = definitions.with_value(symbol, premise)
    return definitions


def _head_value(plan: Plan, definitions: Definitions) -> Expr:
    """What is differentiated: the symbol, or the function at its parameters."""
    body = definitions.functions.get(plan.numerator)
    if body is not None:
        return sympy.Function(plan.numerator)(*body[0])
    return Symbol(plan.numerator, real=True)


def _print(expr: Expr, names: _Names) -> str:
    return Printer(names.name).piece(literal(expr)).text


def _analytic(expr: Expr) -> bool:
    """Whether a complex step may be taken."""
    return not expr.has(Abs, Max, Min, sign, sympy.floor, sympy.atan2)


def _numerical(whole: Expr, variable: Symbol, names: _Names) -> str:
    """The text of a numerical derivative of an expression."""
    marker = Symbol("stepped variable", real=True)

    def name(latex: str) -> str:
        return "stepped" if latex == marker.name else names.name(latex)

    text = Printer(name).piece(literal(whole.xreplace({variable: marker}))).text
    own = names.of(variable)
    if _analytic(whole):
        return f"(lambda stepped: {text})({own} + 1j * STEP).imag / STEP"
    return f"((lambda stepped: {text})({own} + 1e-6) - (lambda stepped: {text})({own} - 1e-6)) / 2e-6"


def _setup(title: str, symbols: list[Symbol], domain: Domain, exprs: list[Expr], names: _Names) -> str:
    """Sampling of the symbols and the mask of the domain."""
    listed = ", ".join(names.of(symbol) for symbol in symbols)
    if not symbols:
        return ""
    quoted_names = ", ".join(f'"{names.of(symbol)}"' for symbol in symbols)
    seed = sum(map(ord, title)) % 10_000
    trailing = "," if len(symbols) == 1 else ""
    lines = [f"    {listed}{trailing} = points({seed}, [{quoted_names}]).values()"]
    conditions = list(_conditions(domain, exprs, names))
    if conditions:
        lines.append(f"    keep = {' & '.join(conditions)}")
        lines.append(f"    {listed}{trailing} = inside([{listed}], keep)")
    return "\n".join(lines) + "\n"


def _conditions(domain: Domain, exprs: list[Expr], names: _Names) -> Iterator[str]:
    """Where the formulas have values: the stated domain, positive logarithms, denominators off zero."""
    allowed = set(domain.symbols).union(*(expr.free_symbols for expr in exprs))
    found: dict[str, None] = {}
    for expr in (*domain.positive, *_positive_arguments(exprs)):
        if expr.free_symbols and expr.free_symbols <= allowed:
            found[f"({_print(expr, names)} > 1e-3)"] = None
    for expr in _denominators(exprs):
        found[f"(np.abs({_print(expr, names)}) > 1e-3)"] = None
    for expr, values in domain.sets:
        if isinstance(values, sympy.Interval):
            found.update(dict.fromkeys(_bounds(_print(expr, names), values)))
    yield from found


def _bounds(text: str, values: sympy.Interval) -> Iterator[str]:
    if values.start.is_finite:
        yield f"({text} > {float(values.start)!r})"
    if values.end.is_finite:
        yield f"({text} < {float(values.end)!r})"


def _positive_arguments(exprs: list[Expr]) -> Iterator[Expr]:
    for expr in exprs:
        for call in sorted(literal(expr).atoms(sympy.log), key=str):
            yield call.args[0]
        for power in sorted(expr.atoms(sympy.Pow), key=str):
            if power.exp.is_Rational and not power.exp.is_Integer:
                yield power.base


def _denominators(exprs: list[Expr]) -> Iterator[Expr]:
    for expr in exprs:
        for power in sorted(literal(expr).atoms(sympy.Pow), key=str):
            if power.exp.is_Integer and power.exp < 0 and power.base.free_symbols:
                yield power.base


# -------------------------------- extreme points --------------------------------


def _extreme_rows(
    exact: Expr, emitted: Expr, symbols: list[Symbol], domain: Domain
) -> Iterator[tuple[tuple[float, ...], str]]:
    """Points far out with exact values, where the function is well conditioned enough to be right."""
    count = 0
    for point in _extreme_points(symbols):
        if count == _EXTREME_CASES or not domain.holds({symbol: mpf(number) for symbol, number in point.items()}):
            continue
        wanted = _exact_value(exact, point)
        if wanted is not None and _right(emitted, point, wanted):
            count += 1
            yield tuple(point.values()), wanted


def _extreme_points(symbols: list[Symbol]) -> Iterator[dict[Symbol, float]]:
    for shift in range(len(_EXTREMES)):
        for first in range(len(symbols)):
            yield {
                symbol: _EXTREMES[(shift + (index - first) * 3) % len(_EXTREMES)] for index, symbol in enumerate(symbols)
            }


def _exact_value(exact: Expr, point: dict[Symbol, float]) -> str | None:
    """The correctly rounded value, None where it is no ordinary double."""
    with workdps(60):
        number = value(exact, {symbol: mpf(x) for symbol, x in point.items()}, 400)
        if number is None or (number != 0 and not mpf("1e-300") < abs(number) < mpf("1e300")):
            return None
        return repr(float(nstr(number, 25)))


def _right(emitted: Expr, point: dict[Symbol, float], wanted: str) -> bool:
    got = evaluate(emitted, point)
    return abs(got - float(wanted)) <= 1e-13 * abs(float(wanted))


def _composite_rows(composed: Composed, whole: Expr, domain: Domain) -> Iterator[tuple[tuple[float, ...], str]]:
    leaves = list(composed.composite.leaves)
    for number in (800.0, -800.0, 40.0, -40.0):
        for other in (0.0, 1.0):
            point = _pushed(leaves, composed, number, other)
            if not domain.holds({symbol: mpf(x) for symbol, x in point.items()}):
                continue
            wanted = {leaf.name: _exact_value(whole.diff(leaf), point) for leaf in leaves}
            listed = ", ".join(f'"{identifier(name)}": {text}' for name, text in wanted.items() if text is not None)
            if listed:
                yield tuple(point.values()), listed


def _pushed(leaves: list[Symbol], composed: Composed, number: float, other: float) -> dict[Symbol, float]:
    """The leaves of the first inner definition far out, the others at 0 or 1."""
    inner = composed.locals[0][1].free_symbols if composed.locals else set(leaves[:1])
    first = next((leaf for leaf in leaves if leaf in inner), leaves[0])
    return {leaf: number if leaf == first else (1.0 if leaf in inner else other) for leaf in leaves}
