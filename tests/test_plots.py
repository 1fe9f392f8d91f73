"""Functions on the page: programs compute what formulas say, and pictures show it."""

import math
import re

import numpy as np
import pytest
import sympy
from sympy import Expr, Symbol

from litgrad.checking.numeric import value
from litgrad.codegen.special import Log1p, Sigmoid, Softplus, Xlogy, literal
from litgrad.compiler import compile_post
from litgrad.meaning.definitions import Definitions
from litgrad.page import static_files
from litgrad.page.alive import Card, cards_of
from litgrad.page.curves import Box, box_of, path
from litgrad.page.program import OPERATIONS, NoProgram, program_of, value_at
from litgrad.page.size import is_large
from litgrad.source import Source

X, Y = Symbol("x", real=True), Symbol("y", real=True)
FORMULAS: list[Expr] = [
    X + Y, X - 2 * Y, X * Y / 3, -X / Y, X**2 * Y**-3, 1 / sympy.sqrt(X), X**Y, sympy.exp(-X) / (1 + Y),
    sympy.log(X) * sympy.sin(Y) - sympy.cos(X), sympy.tanh(X) + sympy.atan(Y), sympy.cot(X) + sympy.sec(Y),
    sympy.Max(X, Y, 1) - sympy.Min(X, Y), sympy.Abs(X - Y) + sympy.sign(Y - X), sympy.pi * X + sympy.E,
    Sigmoid(X - Y), Softplus(X), Log1p(X * Y), Xlogy(X, Y), sympy.Rational(1, 3) * X,
]  # fmt: skip
POINTS = [(0.3, 0.7), (1.5, 0.25), (2.0, 3.0)]


@pytest.mark.parametrize("expr", FORMULAS, ids=str)
def test_a_program_computes_its_formula(expr: Expr) -> None:
    program = program_of(expr, [X, Y])
    for x, y in POINTS:
        exact = value(literal(expr), {X: sympy.Float(x, 30), Y: sympy.Float(y, 30)}, 30)
        assert exact is not None
        assert value_at(program, [x, y]) == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize(
    "expr", [sympy.gamma(X), Symbol("z"), sympy.Integer(10) ** 400, sympy.Function("f")(X)]
)
def test_other_formulas_have_no_program(expr: Expr) -> None:
    with pytest.raises(NoProgram):
        program_of(expr, [X, Y])


def test_the_script_has_every_operation() -> None:
    script = static_files()["litgrad.js"].decode()
    table = re.search(
        r'const OPERATIONS = \{(.*?)\n\};\nfor \(const name of "([a-z0-9 ]+)"', script, re.DOTALL
    )
    assert table is not None
    own = re.findall(r'^"?([^\s":,]+)"?[:,]', table[1], re.MULTILINE)
    assert {*own, *table[2].split()} == set(OPERATIONS)


def cards(text: str) -> list[Card]:
    post = compile_post(Source("post.md", text))
    return list(cards_of(post.statements, post.module).values())


WINDOWS = [
    (r"Let $f(x) = x^3$.", "-4 4", 1),
    (r"Let $f(x) = \log x$.", "0 4", 1),
    (r"Let $f(x) = \sqrt{1 - x^2}$.", "-1 1", 1),
    (r"For $0 < t < 3$ let $f(t) = t^2$.", "0 3", 1),
    (r"For $t > 2$ let $f(t) = t^2$.", "2 6", 1),
    (r"Let $L = -y \log p - (1 - y) \log (1 - p)$ and $\frac{dL}{dp} = -\frac{y}{p} + \frac{1 - y}{1 - p}$.",
     "0 1", 3),
    (r"For $k \in \{1, 2\}$ let $f(x, k) = e^{k x}$.", "-4 4", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "window", "curves"), WINDOWS)
def test_the_window_follows_the_domain(text: str, window: str, curves: int) -> None:
    plots = cards(text)[0].plots
    assert len(plots) == 2
    for plot in plots:
        assert " ".join(plot.box.split()[:2]) == window
        assert len(plot.curves) == curves
        assert all(curve.path for curve in plot.curves)


def test_values_are_those_of_the_formula_and_its_derivative() -> None:
    (card,) = cards(r"Let $f(x) = x^3$.")
    x = card.sliders[0].value
    assert float(card.value.value) == pytest.approx(x**3, rel=1e-3)
    assert float(card.rates[0].value) == pytest.approx(3 * x**2, rel=1e-3)


def test_a_derivative_has_the_name_of_the_post_only_if_it_is_that() -> None:
    right, wrong = (cards(rf"Let $f(x) = x^3$. Then $f'(x) = {claim}$.")[0] for claim in ("3x^2", "2x^2"))
    assert "′" in right.rates[0].name
    (x,) = (slider.value for slider in wrong.sliders)
    assert float(wrong.rates[0].value) == pytest.approx(3 * x**2, rel=1e-3)


def test_no_picture_of_what_has_no_values_or_is_a_line() -> None:
    assert cards(r"Let $f(x) = \log(x - 100)$.")[0].plots == ()
    assert cards(r"Let $f(x) = 2x + 1$.")[0].plots == ()


def test_a_pole_is_cut_and_not_crossed() -> None:
    xs = np.linspace(-4, 4, 385)
    with np.errstate(divide="ignore"):
        ys = 1 / xs
    box = box_of(xs, [ys])
    assert box is not None
    assert box.y1 < 20
    assert path(box, xs, ys).count("M") == 2


def test_a_path_stays_near_its_curve() -> None:
    xs = np.linspace(0, math.tau, 385)
    box = Box(0, math.tau, -1.1, 1.1)
    numbers = [int(number) for number in re.findall(r"-?\d+", path(box, xs, np.sin(xs)))]
    steps = np.array(numbers).reshape(-1, 2).cumsum(axis=0)
    assert len(steps) < 60
    for across, up in steps:
        x = (across - box.across(0)) / (box.across(1) - box.across(0))
        assert abs(up - box.up(math.sin(x))) < 3


def test_the_formula_in_numbers_keeps_its_meaning() -> None:
    numbers = [re.sub(r"<[^>]*>", "", cards(text)[0].numbers) for text in (
        r"Let $f(x) = 2x$.", r"Let $f(a, b) = ab$.", r"Let $f(x) = x(3 - x)$.", r"Let $f(x) = \sin x$.",
        r"Let $f(x) = x \sin 2x$.", r"Let $f(x) = \frac{1}{2} x \log (x + 1) x^2$.",
        r"Let $f(x) = (\log x) x$.",
    )]  # fmt: skip
    assert numbers == [
        "2⋅1.2",
        "1.2⋅2",
        "1.2(3−1.2)",
        "sin1.2",
        "1.2sin(2⋅1.2)",
        "12⋅2.2log(2.2+1)⋅2.22",
        "(log2.6)⋅2.6",
    ]


def test_pictures_are_small_and_the_same_each_time() -> None:
    text = "\n\n".join(text for text, *_ in WINDOWS[-2:])
    pages = [compile_post(Source("post.md", text)).page for _ in range(2)]
    assert pages[0] == pages[1]
    pictures = re.findall(r"<svg.*?</svg>", pages[0], re.DOTALL)
    assert pictures
    assert max(map(len, pictures)) < 4_000


def test_pictures_are_told_in_words() -> None:
    page = compile_post(Source("post.md", "Let $f(x) = e^x$.")).page
    told = re.findall(r'<svg [^>]*role="img" [^>]*aria-label="([^"]*)"', page)
    assert told
    course = "over x from −4 to 4. It rises from 0.01832 to 54.6."
    assert told == [f"f {course}", f"the derivative of f by x {course}"]


def test_functions_that_grow_without_end_are_left_out_at_once() -> None:
    x, calls = X, [sympy.Function(f"f{index}") for index in range(40)]
    grown = {f"f{index}": ((x,), calls[index - 1](x) * calls[index - 1](x + 1)) for index in range(1, 40)}
    definitions = Definitions(functions={"f0": ((x,), x**2), **grown})
    assert is_large(definitions, calls[39](x))
    assert not is_large(definitions, calls[3](x))
