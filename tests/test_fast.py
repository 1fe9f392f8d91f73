"""The fast half of a module: the same values on every path, every kind of array, and nothing left behind."""

import inspect
import math
import pickle
import sys
import tracemalloc
import types
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from generate import LOGISTIC, REFERENCE, generate, is_fast, load, readable
from mpmath import exp as exp_of
from mpmath import mpf, workdps
from sympy import Symbol, cos, exp, log, sqrt

from litgrad.codegen.floats import evaluate
from litgrad.codegen.kernels import Kernel, kernel_of
from litgrad.codegen.scalars import python_lines
from litgrad.codegen.schedule import scheduled
from litgrad.codegen.shortcuts import shortcut
from litgrad.codegen.special import Choose, HalfSech, Logaddexp, Ratio, Sigmoid, Softplus, Xlog1py, Xlogy

CANCELLING = "$$n(x) = \\sqrt{1 + x^2} - x$$\n\n$$r(x, c) = \\frac{\\cos x + c}{1 + \\log (1 + e^{x})}$$\n"
SIZE = 50_000
X, Y = Symbol("x", real=True), Symbol("y", real=True)


@pytest.fixture(
    scope="module", params=[REFERENCE, LOGISTIC, CANCELLING], ids=["reference", "logistic", "more"]
)
def module(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> types.ModuleType:
    return load(tmp_path_factory.mktemp("fast"), request.param)


@pytest.fixture(scope="module")
def logistic(tmp_path_factory: pytest.TempPathFactory) -> types.ModuleType:
    return load(tmp_path_factory.mktemp("logistic"), LOGISTIC)


def functions(module: types.ModuleType) -> list[tuple[Any, int]]:
    """The functions of one value that have a fast form, and how many arguments each takes."""
    found = [getattr(module, name) for name in module.__all__ if "grad" not in name]
    return [(each, len(inspect.signature(each).parameters) - 1) for each in found if is_fast(each)]


def columns(count: int, size: int = SIZE, kind: type[np.floating] = np.float64) -> list[np.ndarray]:
    generator = np.random.default_rng(count)
    return [generator.uniform(0.01, 0.99, size).astype(kind) for _ in range(count)]


# -------------------------------- the same values --------------------------------


@pytest.mark.parametrize("size", [SIZE, 100])
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_arrays_have_the_values_of_the_readable_form(
    module: types.ModuleType, kind: type[np.floating], size: int
) -> None:
    for function, count in functions(module):
        inputs = columns(count, size, kind)
        got, wanted = function(*inputs), readable(function)(*inputs)
        assert got.dtype == wanted.dtype == kind
        near, least = 1e-13 if kind is np.float64 else 1e-5, 4 * float(np.finfo(kind).eps)
        # where the terms cancel, two forms round apart by some digits of the terms
        np.testing.assert_allclose(got, wanted, rtol=near, atol=least)


def test_python_floats_have_them_too(module: types.ModuleType) -> None:
    for function, count in functions(module):
        inputs = columns(count, 50)
        for point in zip(*inputs, strict=True):
            got = function(*map(float, point))
            assert type(got) is float
            assert got == pytest.approx(float(readable(function)(*point)), rel=1e-14)


@pytest.mark.parametrize("size", [16_383, 16_384, 16_385, 2_000, 1_999, 1, 0])
def test_every_length_is_whole(logistic: types.ModuleType, size: int) -> None:
    inputs = columns(2, size)
    np.testing.assert_allclose(logistic.L(*inputs), readable(logistic.L)(*inputs), rtol=1e-14)
    assert logistic.L(*inputs).shape == (size,)


def test_far_out_nothing_overflows_and_no_warning_is_let_out(logistic: types.ModuleType) -> None:
    z = np.resize([-1e4, -745.0, -40.0, -0.0, 0.0, 1e-300, 40.0, 745.0, 1e4, np.inf, -np.inf], SIZE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, gradient = logistic.value_and_grad_L(z, np.ones(SIZE), np.zeros(SIZE), np.ones(SIZE))
        single = [logistic.sigma(float(each)) for each in z[:11]]
    np.testing.assert_allclose(logistic.sigma(z)[:11], single, rtol=1e-15, atol=1e-300)
    np.testing.assert_allclose(
        value[:9], np.maximum(-z, 0)[:9] + np.log1p(np.exp(-np.abs(z[:9]))), rtol=1e-15
    )
    np.testing.assert_allclose(gradient["b"][:9], -logistic.sigma(-z)[:9], rtol=1e-15, atol=1e-300)


def test_the_limits_at_the_ends_hold_in_every_block(logistic: types.ModuleType) -> None:
    y, a = np.resize([0.0, 1.0], SIZE), np.resize([0.0, 1.0], SIZE)
    assert not logistic.L(y, a).any()
    a[-1] = 0.5
    assert logistic.L(y, a)[-1] == pytest.approx(math.log(2))


def test_value_and_gradient_are_those_of_the_readable_form(logistic: types.ModuleType) -> None:
    inputs = columns(4)
    value, gradient = logistic.value_and_grad_L(*inputs)
    wanted, rates = readable(logistic.value_and_grad_L)(*inputs)
    np.testing.assert_allclose(value, wanted, rtol=1e-14)
    assert list(gradient) == list(rates)
    for name, rate in rates.items():
        np.testing.assert_allclose(gradient[name], rate, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize(
    ("w", "x", "b"),
    [(2.3e-308, -1e100, -745.0), (1e100, 0.0, -710.0), (2.3e-308, 1e200, 745.0), (1e200, 0.0, 1_100.0)],
)
def test_a_slope_that_underflows_takes_no_product_with_it(
    logistic: types.ModuleType, w: float, x: float, b: float
) -> None:
    """The slope of the sigmoid is no normal number there; its products with w and x are."""
    z = mpf(w) * mpf(x) + mpf(b)
    with workdps(30):
        slope = exp_of(-abs(z)) / (1 + exp_of(-abs(z))) ** 2
        wanted = [float(slope * mpf(x)), float(slope * mpf(w))]
    assert max(map(abs, wanted)) > 1e-300
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for inputs in ((w, x, b), [np.full(5, each) for each in (w, x, b)],
                       [np.resize([0.5] * 9 + [each], SIZE) for each in (w, x, b)]):  # fmt: skip
            _, gradient = logistic.value_and_grad_a(*inputs)
            got = [np.ravel(gradient[name])[-1] for name in "wx"]
            np.testing.assert_allclose(got, wanted, rtol=1e-13)


# -------------------------------- every kind of array --------------------------------


def test_arrays_of_every_shape_and_order(logistic: types.ModuleType) -> None:
    one, two = columns(2)
    wanted = readable(logistic.L)(one, two)
    for layout in (
        lambda each: each.reshape(100, -1),
        lambda each: np.asfortranarray(each.reshape(100, -1)),
        lambda each: np.repeat(each, 2)[::2],
        lambda each: each[::-1],
    ):
        got = logistic.L(layout(one), layout(two))
        np.testing.assert_allclose(got, layout(wanted), rtol=1e-14)
    one.flags.writeable = False
    np.testing.assert_allclose(logistic.L(one, two), wanted, rtol=1e-14)
    np.testing.assert_allclose(logistic.L(one, two[::-1]), readable(logistic.L)(one, two[::-1]), rtol=1e-14)


def test_broadcasting_kinds_and_numbers(logistic: types.ModuleType) -> None:
    column, row = columns(2, 300)
    got = logistic.L(column[:, None], row)
    np.testing.assert_allclose(got, readable(logistic.L)(column[:, None], row), rtol=1e-14)
    (many,) = columns(1, kind=np.float32)
    assert logistic.L(1.0, many).dtype == np.float32
    assert logistic.L(np.float64(1.0), many).dtype == np.float64
    np.testing.assert_allclose(logistic.L(1, many), -np.log(many), rtol=1e-6)
    labels = np.arange(SIZE) % 2
    np.testing.assert_allclose(logistic.L(labels, many), readable(logistic.L)(labels, many), rtol=1e-6)


def test_a_derivative_by_a_number_keeps_its_own_shape(logistic: types.ModuleType) -> None:
    labels = np.arange(SIZE) % 2 * 1.0
    value, gradient = logistic.value_and_grad_L(0.5, 2.0, 0.1, labels)
    assert value.shape == gradient["w"].shape == (SIZE,)
    assert np.shape(gradient["y"]) == ()
    (inputs,) = columns(1)
    assert logistic.value_and_grad_L(0.5, inputs, 0.1, labels)[1]["y"].shape == (SIZE,)


@pytest.mark.parametrize("size", [SIZE, 100, 0])
def test_results_go_where_they_are_wanted(logistic: types.ModuleType, size: int) -> None:
    one, two = columns(2, size)
    wanted = readable(logistic.L)(one, two)
    for out in (np.empty(size), np.empty(2 * size)[::2], np.empty(size, np.float32)):
        assert logistic.L(one, two, out=out) is out
        np.testing.assert_allclose(out, wanted, rtol=1e-6)
    assert logistic.L(one, two.copy(), out=two) is two
    np.testing.assert_allclose(two, wanted, rtol=1e-14)
    assert logistic.L(0.5, 0.5, out=np.empty(())) == pytest.approx(math.log(2))
    with pytest.raises(ValueError, match="broadcast"):
        logistic.L(one, one, out=np.empty(3))


@pytest.mark.parametrize("size", [SIZE, 100])
def test_an_overlapping_output_is_filled_from_what_was_there(logistic: types.ModuleType, size: int) -> None:
    base = columns(1, size + 1)[0]
    wanted = readable(logistic.sigma)(base[:-1].copy())
    logistic.sigma(base[:-1], out=base[1:])
    np.testing.assert_allclose(base[1:], wanted, rtol=1e-14)


def test_what_math_refuses_is_left_to_numpy(tmp_path: Path) -> None:
    found = load(tmp_path, "$$k(x) = \\frac{1}{x} + e^x$$\n\n$$h(x) = 2 \\sqrt{x} + 1$$\n")
    with np.errstate(all="ignore"):
        assert found.k(0.0) == math.inf
        assert found.k(1000.0) == math.inf
        assert math.isnan(found.h(-1.0))


def test_memory_beyond_the_result_does_not_grow(logistic: types.ModuleType) -> None:
    inputs = columns(4, 1_000_000)
    out = np.empty(1_000_000)
    tracemalloc.start()
    logistic.L(inputs[0], inputs[1], out=out)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


# -------------------------------- names and text --------------------------------


def test_a_function_is_what_the_reader_saw(logistic: types.ModuleType) -> None:
    assert logistic.L.__name__ == "L"
    assert "L = -y" in logistic.L.__doc__
    assert logistic.L(a=0.5, y=1.0) == logistic.L(1.0, 0.5)
    sys.modules[logistic.__name__] = logistic
    try:
        assert pickle.loads(pickle.dumps(logistic.L)) is logistic.L  # noqa: S301 - our own
    finally:
        del sys.modules[logistic.__name__]


def test_the_readable_half_comes_first() -> None:
    text = generate(LOGISTIC).module.text
    first, second = text.split("# -------------------------------- the same functions, fast")
    assert "def value_and_grad_L(" in first
    assert "_kernel_" not in first
    assert "_kernel_value_and_grad_L" in second


def test_a_module_of_simple_functions_has_no_second_half() -> None:
    assert "_kernel_" not in generate("$$f(x) = x^2$$\n").module.text


# -------------------------------- kernels --------------------------------


@pytest.mark.parametrize(
    "expr",
    [
        exp(-X) + Y, -X - Y, X - Y - 1, sqrt(X) / Y, 2 * X / (3 * Y**2), X**3, 1 / X,
        X ** sympy.Rational(3, 2),
        Sigmoid(X) * Sigmoid(-X), Sigmoid(X) + Sigmoid(-X) * Y, Softplus(X) - Softplus(-X), Logaddexp(X, Y),
        Sigmoid(Logaddexp(X, Y) - 1), Sigmoid(X - Logaddexp(X, 2 * Y)), Sigmoid(Logaddexp(X, Y)),
        Xlogy(X, Y), Xlog1py(1 - X, -Y), Ratio(X, Y), Choose(X - Y, X * Y, log(X)), cos(X) ** 2,
        HalfSech(X) * Y * HalfSech(X),
        sympy.Max(X, Y, 0.5), sympy.Abs(X - Y), sympy.pi * X, sympy.tanh(X) / 2,
    ],
    ids=str,
)  # fmt: skip
def test_kernels_and_the_steps_for_floats_compute_the_formula(expr: sympy.Expr) -> None:
    names = {X: "x", Y: "y"}
    short = shortcut([expr], names)
    kernel = kernel_of(short)
    floats = [
        python_lines(scheduled([expr], names)),
        python_lines(shortcut([expr], names, floats=True).schedule),
    ]
    for x, y in ((0.3, 0.8), (0.9, 0.2)):
        wanted = evaluate(expr, {X: x, Y: y})
        room: dict[str, Any] = {name: np.empty(1) for name in (*kernel.outs, *kernel.room)}
        arrays = {"np": np, "_chosen": chosen, "x": np.array([x]), "y": np.array([y])}
        arrays |= {name: np.array(float(number)) for name, number in kernel.numbers}
        for given in (room, dict.fromkeys(room)):
            assert run([*kernel.lines, "result = out[0]"], given | arrays) == pytest.approx(wanted, rel=1e-14)
        for lines in floats:
            assert run(resulting(lines), {"math": math, "x": x, "y": y}) == pytest.approx(wanted, rel=1e-14)


def chosen(test: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.where(test >= 0, one, other)


def resulting(lines: tuple[list[str], list[str]]) -> list[str]:
    return [*lines[0], f"result = {lines[1][0]}"]


def run(lines: list[str], space: dict[str, Any]) -> Any:  # noqa: ANN401 - what generated lines compute
    exec("\n".join(lines), space)  # noqa: S102 - our own text
    return space["result"]


def kernel(*outputs: sympy.Expr) -> Kernel:
    return kernel_of(shortcut(outputs, {X: "x", Y: "y"}))


def test_common_terms_are_computed_once() -> None:
    assert sum("np.exp" in line for line in kernel(exp(X) + Y, exp(X) * Y).lines) == 1
    assert sum("np.exp" in line for line in kernel(Y * Sigmoid(X) - Sigmoid(-X)).lines) == 1


def test_a_minus_is_taken_where_a_difference_can_be_turned_round() -> None:
    assert [line.split(" = ")[-1].split("(")[0] for line in kernel(-Y * log(X) - (1 - Y) * cos(X)).lines] == [
        "np.subtract", "np.cos", "np.multiply", "np.log", "np.multiply", "np.subtract",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("expr", "guard"),
    [
        (Sigmoid(X) * Sigmoid(-X), "raising"), (Sigmoid(X), "silent"), (Xlogy(X, Y), "raising"),
        (Softplus(X), "raising"), (Sigmoid(X - Logaddexp(X, Y)), "raising"),
        (sympy.Abs(X) * 2, "silent"),
    ],
)  # fmt: skip
def test_kernels_warn_of_nothing(expr: sympy.Expr, guard: str) -> None:
    """What may warn is silenced; what may not hold raises, and the readable form takes its place."""
    assert kernel(expr).guard == guard


def test_where_a_kernel_does_not_hold_the_readable_form_does(tmp_path: Path) -> None:
    found = load(tmp_path, "$$f(x, y) = x \\log y$$\n\n$$s(x) = \\log (1 + e^x) + x$$\n")
    size = 40_000
    x, y = np.ones(size), np.full(size, 0.5)
    x[17], y[17], x[20_000], y[20_000] = 0, 0, 1, 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = found.f(x, y)
        assert (got[17], got[20_000], got[1]) == (0, -np.inf, math.log(0.5))
        assert list(found.f(x[:20], y[:20])) == list(got[:20])
        x[100] = 800
        assert found.s(x)[100] == 1600
        assert found.s(x[90:110])[10] == found.s(800.0) == 1600


SLOPE = """
$$
L(y, p) = -y \\log p - (1 - y) \\log (1 - p)
$$

$$
\\frac{dL}{dp} = -\\frac{y}{p} + \\frac{1 - y}{1 - p} = \\frac{p - y}{p (1 - p)}
$$
"""


def test_a_kernel_takes_the_form_of_the_post_with_the_least_work(tmp_path: Path) -> None:
    """The closed form divides once; where it is 0 / 0 the readable function's values stand."""
    text = generate(SLOPE).module.text
    assert text.split("def _kernel_dL_dp(")[1].split("\n\n")[0].count("_divide(") == 1
    found = load(tmp_path, SLOPE)
    y, p = np.array([1.0, 0.0, 1.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.25, 0.25, 1e-300])
    np.testing.assert_array_equal(found.dL_dp(y, p), readable(found.dL_dp)(y, p))
    assert list(found.dL_dp(y, p)[:2]) == [-1, 1]


def test_names_of_a_post_are_not_those_of_the_fast_half(tmp_path: Path) -> None:
    post = r"$$f(\text{found}, \text{out}) = \log (1 + e^{\text{found}}) + \text{out}$$"
    module = load(tmp_path, post)
    one, two = columns(2, 10)
    np.testing.assert_allclose(module.f(one, two), np.log1p(np.exp(one)) + two)
    np.testing.assert_allclose(readable(module.f)(one, two), np.log1p(np.exp(one)) + two)
    assert module.f(800.0, 1.0) == 801


def test_a_formula_for_floats_that_is_too_long_for_a_line_is_python(tmp_path: Path) -> None:
    post = r"$$ r(u, v) = \log(e^u + e^v) - \frac{1}{1 + e^{v - u}} + 10^{-9} u $$"
    found = load(tmp_path, post)
    assert found.r(1.0, 2.0) == pytest.approx(float(np.logaddexp(1, 2)) - 1 / (1 + math.e) + 1e-9, rel=1e-14)


MANY = [f"x_{{{index}}}" for index in range(250)]
HORNER = X
for _ in range(60):
    HORNER = Y + X * HORNER


@pytest.mark.parametrize(
    "post",
    [
        f"$$ f({', '.join(MANY)}) = {' + '.join(f'{name}^2' for name in MANY)} $$",
        f"$$ f(x) = {'x * (x + ' * 30}x{')' * 30} $$",
    ],
    ids=["a long sum", "brackets in brackets"],
)
def test_no_bracket_stands_deeper_than_python_reads(post: str, tmp_path: Path) -> None:
    assert load(tmp_path, post).f


def test_floats_take_a_formula_of_any_depth() -> None:
    lines, (result,) = python_lines(scheduled((HORNER,), {X: "x", Y: "y"}))
    places: dict[str, Any] = {"x": 0.5, "y": 1.0}
    for line in lines:
        exec(line, {}, places)  # noqa: S102 - it is litgrad's own
    assert eval(result, {}, places) == pytest.approx(2)  # noqa: S307
