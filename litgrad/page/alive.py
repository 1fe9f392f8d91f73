"""What a reader can see and move of a function: curves, sliders, the formula in numbers, derivatives."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup
from sympy import Derivative, Symbol

from litgrad.checking.setting import Setting
from litgrad.codegen.generated import Function as Generated
from litgrad.codegen.generated import GeneratedModule
from litgrad.codegen.identifiers import identifier
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.statements import Definition, Statements
from litgrad.page.digits import Digits, digits_of, merged
from litgrad.page.functions import Function, Rate, functions_of
from litgrad.page.numbers import shown
from litgrad.page.plots import Plot, plot_of
from litgrad.page.program import value_at
from litgrad.page.substituted import substituted
from litgrad.page.windows import Range, Window, around, ranges_of, window_of
from litgrad.page.words import math
from litgrad.records import dataclass
from litgrad.source import Span


@dataclass(frozen=True, slots=True)
class Slider:
    """An input that the reader can move."""

    name: Markup
    spoken: str
    start: float
    end: float
    step: float
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A value with its name and the program that computes it."""

    name: Markup
    program: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """One function on the page."""

    id: str
    spoken: str
    value: Shown
    numbers: Markup
    """The formula with the inputs' values; empty where it cannot be drawn so."""
    rates: tuple[Shown, ...]
    sliders: tuple[Slider, ...]
    plots: tuple[Plot, ...]
    digits: tuple[Digits, ...] = ()
    """What the forms gain that it and its derivatives are computed by."""
    call: str = ""
    """Its name in the module; empty where the module has no such function."""
    line: int = 0
    """Its line in the module."""


def cards_of(statements: Statements, module: GeneratedModule) -> dict[Span, Card]:
    """The cards of a post's functions, by the place where each is defined."""
    definitions = Definitions.of(statements)
    setting = Setting.of_definitions(statements, definitions)
    generated = {function.span: function for function in reversed(module.functions)}
    bodies = {definition.span: definition for definition in reversed(statements.definitions)}
    return {
        function.plan.span: _card(
            f"g{number}", statements, setting, function, generated.get(function.plan.span),
            bodies.get(function.plan.span), _digits(definitions, function, module),
        )
        for number, function in enumerate(functions_of(definitions, module), start=1)
    }  # fmt: skip


def _card(
    id_: str,
    statements: Statements,
    setting: Setting,
    function: Function,
    generated: Generated | None,
    definition: Definition | None,
    digits: Iterator[Digits],
) -> Card:
    ranges = list(ranges_of(setting, function))
    window = window_of(setting, function, ranges)
    if window is not None:
        ranges[window.axis] = window.range
        if len(ranges) == 2:
            other = 1 - window.axis
            ranges[other] = around(ranges[other], [curve[other] for curve in window.curves])
    begin = _begin(ranges, window)
    spoken = generated.name if generated is not None else identifier(function.plan.numerator)
    return Card(
        id_,
        spoken,
        Shown(math(function.plan.latex), function.program.text, _at(function, begin)),
        _numbers(statements, function, definition, begin),
        tuple(Shown(math(rate.latex), rate.program.text, _at(rate, begin)) for rate in function.rates),
        tuple(map(_slider, function.inputs, ranges, begin)),
        tuple(_plots(function, window, begin, spoken)) if window is not None else (),
        merged(digits),
        generated.name if generated is not None else "",
        generated.module_line if generated is not None else 0,
    )


def _digits(definitions: Definitions, function: Function, module: GeneratedModule) -> Iterator[Digits]:
    """What is gained for a function and for its derivatives that the post names."""
    for plan in module.plans:
        own = plan == function.plan
        if own or (
            plan.numerator == function.plan.numerator and plan.variables and not function.plan.variables
        ):
            found = digits_of(definitions, plan)
            if found is not None:
                yield found


def _begin(ranges: Sequence[Range], window: Window | None) -> list[float]:
    """Where the inputs begin: on the last curve, if there are curves."""
    begin = [each.begin(index) for index, each in enumerate(ranges)]
    if window is not None and len(ranges) == 2:
        begin[1 - window.axis] = window.curves[-1][1 - window.axis]
    return begin


def _at(function: Function | Rate, begin: Sequence[float]) -> str:
    return shown(value_at(function.program, begin))


def _slider(symbol: Symbol, each: Range, value: float) -> Slider:
    return Slider(
        math(symbol.name), identifier(symbol.name), each.start, each.end, each.step, value, shown(value)
    )


def _numbers(
    statements: Statements, function: Function, definition: Definition | None, begin: Sequence[float]
) -> Markup:
    if definition is None or definition.body.expr.has(Derivative):
        return Markup("")
    values = {symbol.name: (index, begin[index]) for index, symbol in enumerate(function.inputs)}
    return Markup(substituted(statements.source, definition.body, values) or "")  # noqa: S704 - escaped when drawn


def _plots(function: Function, window: Window, begin: Sequence[float], spoken: str) -> Iterator[Plot]:
    variable = function.inputs[window.axis]
    axis, labels = math(variable.name), list(_labels(function, window))
    over = identifier(variable.name)
    own = plot_of(function.program, window, begin, math(function.plan.latex), axis, labels, (spoken, over))
    if own is not None:
        yield own
    for rate in function.rates:
        if rate.variable == variable:
            words = f"the derivative of {spoken} by {over}"
            drawn = plot_of(rate.program, window, begin, math(rate.latex), axis, labels, (words, over))
            if drawn is not None:
                yield drawn


def _labels(function: Function, window: Window) -> Iterator[tuple[Markup, str]]:
    """What tells the curves apart, drawn and in words."""
    for curve in window.curves:
        if len(curve) == 1:
            yield Markup(""), ""
        else:
            other = function.inputs[1 - window.axis]
            value = shown(curve[1 - window.axis])
            yield Markup("{} = {}").format(math(other.name), value), f"{identifier(other.name)} = {value}"
