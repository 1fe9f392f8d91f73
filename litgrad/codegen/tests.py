"""`write_tests`: a pytest file that holds author, derivation and numerical derivatives together."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sympy
from sympy import Abs, Derivative, Expr, Max, Min, Subs, Symbol, sign
from sympy.core.function import AppliedUndef

from litgrad.checking.points import Domain
from litgrad.checking.setting import Setting
from litgrad.codegen.composed import compose
from litgrad.codegen.extremes import composite_rows, function_rows, parametrized
from litgrad.codegen.generated import Function, GeneratedModule, GeneratedTests
from litgrad.codegen.harness import HARNESS
from litgrad.codegen.pieces import Piece, Unprintable
from litgrad.codegen.plan import Plan, Planner
from litgrad.codegen.sampling import printed, sampled
from litgrad.codegen.tensors.tests import tensor_tests
from litgrad.codegen.testnames import Names
from litgrad.codegen.text import quoted, statement
from litgrad.gradients.composite import written_out
from litgrad.gradients.gradient import Composite, Gradients
from litgrad.meaning.cases import Cases
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import function as function_called
from litgrad.meaning.forms import text_of
from litgrad.meaning.statements import Statements


def write_tests(module: GeneratedModule, statements: Statements, gradients: Gradients) -> GeneratedTests:
    """Write the tests of a generated module; they need NumPy and pytest alone.

    Each form that the post proves is compared with the function, each function with numerical
    differentiation of the author's own definition (complex step where that is analytic), and values
    at extreme points with what fifty digits give.
    """
    writer = _Writer(module, statements, gradients)
    pieces = [text for text in (*writer.tests(), *tensor_tests(module)) if text]
    path = quoted(statements.source.path.rsplit("/", 1)[-1]).replace("\\", "/")
    blocks = ', "in blocks"' if "\n_LEAST = " in module.text else ""
    header = HARNESS.format(module=module.name, path=path, readable=_readable(module), blocks=blocks)
    return GeneratedTests(f"test_{module.name}", "\n\n".join([header, *pieces]))


def _readable(module: GeneratedModule) -> str:
    """The lines that put the functions as they read in the place of the fast ones."""
    asked = re.findall(r"^def _kernel_(\w+)\(", module.text, re.MULTILINE)
    lines = "".join(f"        loaded._fast_{name} = nothing\n" for name in asked)
    text = f'    if request.param == "readable":\n{lines}' if lines else ""
    blocks = "loaded._ROOM, loaded._LEAST, loaded._SMALL = 12, 1, 0"
    if "\n_LEAST = " in module.text:
        text += f'    if request.param == "in blocks":\n        {blocks}\n'
    return text


@dataclass(slots=True)
class _Writer:
    module: GeneratedModule
    statements: Statements
    gradients: Gradients
    planner: Planner = field(init=False)
    settings: list[Setting] = field(default_factory=list)
    """The settings of definitions that were asked for; what they work out serves many tests."""

    def __post_init__(self) -> None:
        self.planner = Planner(self.statements, self.gradients)

    def tests(self) -> Iterator[str]:
        """One test function after another."""
        for plan in self.module.plans:
            function = self._function(plan)
            if function is not None:
                yield from self._kept_of_plan(plan, function)
        for composite in self.gradients.composites:
            yield from self._kept_of_composite(composite)

    def _kept_of_plan(self, plan: Plan, function: Function) -> list[str]:
        """The tests of a function, those of the last run where nothing changed that they follow from."""
        forms = [(form.expr, form.line, form.premises) for form in plan.forms]
        premises = [
            part for form in plan.forms for symbol, value, _ in form.premises for part in (symbol, value)
        ]
        whole = self.gradients.definitions if premises else None
        about = (plan.key, plan.numerator, plan.variables, plan.line, plan.literal, plan.expr, forms,
                 _called(function), Names(function, self.module).known, self.module.name, whole)  # fmt: skip
        head = _head_value(plan, self.gradients.definitions)
        exprs = [plan.literal, plan.expr, head, *(form.expr for form in plan.forms), *premises,
                 *(symbol for symbol, _ in plan.variables), *_symbols(function)]  # fmt: skip
        return self._kept("tests", about, exprs, lambda: list(self._of_plan(plan, function)))

    def _kept_of_composite(self, composite: Composite) -> list[str]:
        functions = [each for each in self.module.functions if each.span == composite.span]
        names = [Names(each, self.module).known for each in functions]
        about = (composite.name, composite.latex, composite.leaves, composite.locals, composite.value,
                 [_called(each) for each in functions], names, self.module.name)  # fmt: skip
        exprs = [composite.value, *composite.leaves, *(part for local in composite.locals for part in local)]
        return self._kept("composite tests", about, exprs, lambda: list(self._of_composite(composite)))

    def _kept(self, name: str, about: object, exprs: list[Expr], make: Callable[[], list[str]]) -> list[str]:
        return self.planner.grounds.kept(name, about, exprs, make, list, _texts)

    def _function(self, plan: Plan) -> Function | None:
        """The written function of a plan."""
        return next((f for f in self.module.functions if f.span == plan.span and f.latex == plan.latex), None)

    # -------------------------------- one function --------------------------------

    def _of_plan(self, plan: Plan, function: Function) -> Iterator[str]:
        definitions = _definitions_of(plan, self.gradients)
        names = Names(function, self.module)
        for number, (form, line) in enumerate(self._forms(plan), start=1):
            yield self._form_test(function, form, line, number, definitions, names)
        if plan.variables:
            yield self._derivative_test(plan, function, definitions, names)
        yield self._extreme_test(plan, function, definitions)

    def _forms(self, plan: Plan) -> Iterator[tuple[Expr, int]]:
        """The author's formulas that the function must agree with."""
        if not plan.variables:
            yield plan.literal, plan.line
        yield from ((form.expr, form.line) for form in plan.forms)

    def _form_test(
        self, function: Function, form: Expr, line: int, number: int, definitions: Definitions, names: Names
    ) -> str:
        """The function against a formula of the post, printed literally."""
        wanted = written_out(definitions, form)
        symbols = _symbols(function)
        if wanted.free_symbols - set(symbols) or wanted.has(AppliedUndef, Derivative, Subs):
            return ""
        if any(name in self.gradients.definitions.values for name in set(symbols) - wanted.free_symbols):
            return ""  # the values of its arguments are put in: `n = pq = 61 \\cdot 53`
        title = f"test_{function.name}_is_the_formula_of_line_{line}" + (f"_{number}" if number > 1 else "")
        call = f"module.{function.name}({', '.join(map(names.of, symbols))})"
        return self._value_test(title, symbols, definitions, wanted, call, names)

    def _derivative_test(self, plan: Plan, function: Function, definitions: Definitions, names: Names) -> str:
        """The function against numerical differentiation of the author's definition.

        Of a higher derivative the last step is numerical, by the variable that is differentiated by last.
        """
        steps = [variable for variable, order in plan.variables for _ in range(order)]
        upstream, variable = definitions, steps[-1]
        for each in steps:
            upstream = upstream.without(each)
        whole = upstream.expand(_head_value(plan, definitions))
        arguments = [upstream.expand(symbol) for symbol in _symbols(function)]
        if whole.has(AppliedUndef, Derivative, Subs) or not set(steps) <= whole.free_symbols:
            return ""
        whole = sympy.diff(whole, *steps[:-1]) if steps[:-1] else whole
        if whole.has(Derivative, Subs) or variable not in whole.free_symbols:
            return ""
        free = set(whole.free_symbols).union(*(expr.free_symbols for expr in arguments)) - {variable}
        symbols = [variable, *sorted((symbol for symbol in free if isinstance(symbol, Symbol)), key=text_of)]
        try:
            call = f"module.{function.name}({', '.join(printed(argument, names) for argument in arguments)})"
        except Unprintable:
            return ""
        title = f"test_{function.name}_is_the_{_method(whole)}_derivative".replace(
            "central_difference_d", "numerical_d"
        )
        return self._numerical_test(title, symbols, variable, upstream, [whole, *arguments], call, names)

    def _extreme_test(self, plan: Plan, function: Function, definitions: Definitions) -> str:
        """Values far out and at edges, computed by litgrad to fifty digits."""
        exact = definitions.expand_calls(plan.literal)
        symbols = _symbols(function)
        if exact.has(AppliedUndef, Derivative) or not symbols or exact.free_symbols - set(symbols):
            return ""
        emitted = self.planner.measures.inlined(plan.expr)
        rows = list(function_rows(exact, emitted, symbols, self._domain(definitions, exact)))
        if not rows:
            return ""
        got = statement("got = ", Piece(f"module.{function.name}(*arguments)")).text
        return f'''{parametrized(rows)}def test_{function.name}_at_extreme_points(module, arguments, wanted):
    """Values that fifty digits give; no warning, no nan."""
{got}
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=0)
'''

    # -------------------------------- compositions --------------------------------

    def _of_composite(self, composite: Composite) -> Iterator[str]:
        function = next(
            (
                f
                for f in self.module.functions
                if f.span == composite.span
                and f.name.startswith("value_and_grad")
                and [one.latex for one in f.parameters] == [leaf.name for leaf in composite.leaves]
            ),
            None,
        )
        if function is None:
            return
        name = function.name
        names = Names(function, self.module)
        definitions = self.gradients.definitions
        whole = definitions.expand(composite.value)
        symbols = list(composite.leaves)
        call = f"module.{name}({', '.join(map(names.of, symbols))})"
        yield self._value_test(
            f"test_{name}_gives_the_value", symbols, definitions, whole, f"{call}[0]", names
        )
        for leaf in composite.leaves:
            got = f'{call}[1]["{names.of(leaf)}"]'
            title = f"test_{name}_by_{names.of(leaf)}"
            yield self._numerical_test(title, symbols, leaf, definitions, [whole], got, names)
        yield from self._directional_tests(composite, whole, names)
        yield from self._second_tests(composite, whole, names)
        yield self._composite_extremes(composite, function, whole, names)

    def _directional_tests(self, composite: Composite, whole: Expr, names: Names) -> Iterator[str]:
        """The derivative along each parameter, where the module has it, against a numerical one."""
        wanted = [each for each in self.module.functions if each.span == composite.span]
        function = next((each for each in wanted if each.name.startswith("value_and_jvp_")), None)
        if function is None:
            return
        symbols = list(composite.leaves)
        for leaf in symbols:
            along = f'{{"{names.of(leaf)}": 1.0}}'
            got = f"module.{function.name}({', '.join(map(names.of, symbols))}, {along})[1]"
            title = f"test_{function.name}_along_{names.of(leaf)}"
            yield self._numerical_test(title, symbols, leaf, self.gradients.definitions, [whole], got, names)

    def _second_tests(self, composite: Composite, whole: Expr, names: Names) -> Iterator[str]:
        """Second derivatives, where the module has them, against numerical ones of the first."""
        wanted = [each for each in self.module.functions if each.span == composite.span]
        function = next((each for each in wanted if each.name.startswith("hessian_")), None)
        if function is None:
            return
        symbols = list(composite.leaves)
        call = f"module.{function.name}({', '.join(map(names.of, symbols))})"
        for first in symbols:
            rate = sympy.diff(whole, first)
            for second in symbols if rate.free_symbols else ():
                got = f'{call}["{names.of(first)}"]["{names.of(second)}"]'
                title = f"test_{function.name}_by_{names.of(first)}_and_{names.of(second)}"
                yield self._numerical_test(
                    title, symbols, second, self.gradients.definitions, [rate], got, names
                )

    def _composite_extremes(self, composite: Composite, function: Function, whole: Expr, names: Names) -> str:
        """Values and gradients far out, against fifty digits."""
        composed = compose(self.planner, composite)
        domain = self._domain(self.gradients.definitions, whole)
        rows = list(composite_rows(composed, whole, domain, names))
        if not rows:
            return ""
        return f'''{parametrized(rows)}def test_{function.name}_at_extreme_points(module, arguments, wanted):
    """The value, under None, and the gradient that fifty digits give; no warning, no nan."""
    got, gradient = module.{function.name}(*arguments)
    for name, number in wanted.items():
        np.testing.assert_allclose({{None: got, **gradient}}[name], number, rtol=1e-12, atol=0)
'''

    # -------------------------------- texts --------------------------------

    def _domain(self, definitions: Definitions, expr: Expr) -> Domain:
        setting = next((one for one in self.settings if one.definitions is definitions), None)
        if setting is None:
            setting = Setting.of_definitions(self.statements, definitions)
            self.settings.append(setting)
        return setting.domain(expr, expr, leaves=True)

    def _value_test(
        self,
        title: str,
        symbols: list[Symbol],
        definitions: Definitions,
        wanted: Expr,
        got: str,
        names: Names,
    ) -> str:
        """A test that a call gives a formula's values."""
        try:
            setup = sampled(title, symbols, self._domain(definitions, wanted), [wanted], names)
            text = printed(wanted, names)
        except Unprintable:
            return ""
        lines = [statement("got = ", Piece(got)).text, statement("wanted = ", Piece(text)).text]
        return f"def {title}(module):\n{setup}" + "\n".join(lines) + "\n    agree(got, wanted, 1e-8)\n"

    def _numerical_test(
        self, title: str, symbols: list[Symbol], by: Symbol, definitions: Definitions,
        exprs: list[Expr], got: str, names: Names,
    ) -> str:  # fmt: skip
        """A test that a call gives the numerical derivative of the first formula."""
        try:
            setup = sampled(title, symbols, self._domain(definitions, exprs[0]), exprs, names)
            text = printed(exprs[0], names)
        except Unprintable:
            return ""
        method = _method(exprs[0])
        tolerance = "1e-8" if method == "complex_step" else "1e-4"
        formula = statement("return ", Piece(text), indent=8).text
        lines = [
            f"    def literal({names.of(by)}):\n{formula}\n",
            statement("got = ", Piece(got)).text,
            f"    agree(got, {method}(literal, {names.of(by)}), {tolerance})\n",
        ]
        return f"def {title}(module):\n{setup}\n" + "\n".join(lines)


def _called(function: Function) -> tuple[object, ...]:
    """What a test must know of a function, wherever it stands."""
    return function.name, function.latex, function.parameters


def _texts(noted: object) -> list[str]:
    if not isinstance(noted, list) or not all(isinstance(one, str) for one in noted):
        raise TypeError
    return noted


def _symbols(function: Function) -> list[Symbol]:
    return [Symbol(parameter.latex, real=True) for parameter in function.parameters]


def _definitions_of(plan: Plan, gradients: Gradients) -> Definitions:
    """The definitions with the premises that a gradient's chosen form needs."""
    definitions = gradients.definitions
    for form in plan.forms:
        for symbol, premise, _ in form.premises:
            definitions = definitions.with_value(symbol, premise)
    return definitions


def _head_value(plan: Plan, definitions: Definitions) -> Expr:
    """What is differentiated: the symbol, or the function at its parameters."""
    body = definitions.functions.get(plan.numerator)
    return (
        function_called(plan.numerator)(*body[0]) if body is not None else Symbol(plan.numerator, real=True)
    )


def _method(expr: Expr) -> str:
    """How a formula is differentiated numerically: by a complex step where that may be taken."""
    if expr.has(Abs, Max, Min, sign, Cases, sympy.floor, sympy.atan2):
        return "central_difference"
    return "complex_step"
