"""Compiled functions: the values of NumPy's for every kind of array, and NumPy where no library fits."""

import inspect
import math
import os
import shutil
import types
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from generate import LOGISTIC, REFERENCE, generate, load, readable
from sympy import Symbol, cos, exp, log, sqrt

import litgrad
from litgrad.codegen.native.lines import DOUBLE, FUNCTIONS, SINGLE, c_lines
from litgrad.codegen.native.loops import loops
from litgrad.codegen.native.names import c_name
from litgrad.codegen.native.source import c_source
from litgrad.codegen.native.stamps import is_current
from litgrad.codegen.schedule import Schedule, Step, Unfusable, scheduled
from litgrad.native import CompilerError, compile_library, compiler
from litgrad.options import Options
from litgrad.site import build_site

needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
CANCELLING = "$$n(x) = \\sqrt{1 + x^2} - x$$\n\n$$r(x, c) = \\frac{\\cos x + c}{1 + \\log (1 + e^{x})}$$\n"
SIZE = 5_000
SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, -1e-310, 1.0, -1.0, 1e300, 745.0, -745.0, 40.0]


@cache
def made_of(source: str) -> bytes:
    """The library of a text."""
    return compile_library(source, compiler())


def compiled(folder: Path, text: str) -> types.ModuleType:
    """The module of a post with its library beside it."""
    module = generate(text, native=True).module
    folder.mkdir(exist_ok=True)
    (folder / "post.native.so").write_bytes(made_of(module.native))
    return load(folder, text, native=True)


@pytest.fixture(
    scope="module", params=[REFERENCE, LOGISTIC, CANCELLING], ids=["reference", "logistic", "more"]
)
def module(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> types.ModuleType:
    return compiled(tmp_path_factory.mktemp("native"), request.param)


@pytest.fixture(scope="module")
def logistic(tmp_path_factory: pytest.TempPathFactory) -> types.ModuleType:
    return compiled(tmp_path_factory.mktemp("logistic"), LOGISTIC)


def library(module: types.ModuleType) -> dict[str, Any]:
    """The functions that a module found compiled."""
    return vars(module)["_LIBRARY"]


def functions(module: types.ModuleType) -> list[tuple[Any, int]]:
    found = [getattr(module, name) for name in module.__all__ if name in library(module)]
    return [(each, len(inspect.signature(each).parameters) - 1) for each in found]


def flat(result: np.ndarray | tuple[np.ndarray, dict[str, np.ndarray]]) -> list[np.ndarray]:
    return [result[0], *result[1].values()] if isinstance(result, tuple) else [result]


def columns(count: int, size: int = SIZE, kind: type[np.floating] = np.float64) -> list[np.ndarray]:
    generator = np.random.default_rng(count)
    return [generator.uniform(0.01, 0.99, size).astype(kind) for _ in range(count)]


# -------------------------------- the same values --------------------------------


@needs_compiler
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_every_function_has_the_values_of_the_readable_form(
    module: types.ModuleType, kind: type[np.floating]
) -> None:
    assert functions(module)
    for function, count in functions(module):
        inputs = columns(count, kind=kind)
        with np.errstate(all="ignore"):
            expected = flat(readable(function)(*inputs))
        for got, wanted in zip(flat(function(*inputs)), expected, strict=True):
            assert got.dtype == wanted.dtype == kind
            scale = 1e-14 if kind is np.float64 else 3e-6
            np.testing.assert_allclose(got, wanted, rtol=scale, atol=scale)


@needs_compiler
def test_far_out_there_are_the_same_infinities_and_no_warnings(module: types.ModuleType) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for function, count in functions(module):
            if count == 1:
                got = function(np.array(SPECIAL))
                with np.errstate(all="ignore"):
                    wanted = readable(function)(np.array(SPECIAL))
                np.testing.assert_allclose(got, wanted, rtol=1e-14, atol=1e-307)


@needs_compiler
def test_the_limits_at_the_ends_hold(logistic: types.ModuleType) -> None:
    y, a = np.resize([0.0, 1.0], 100), np.resize([0.0, 1.0], 100)
    assert not logistic.L(y, a).any()
    assert math.isinf(logistic.L(np.array([1.0]), np.array([0.0]))[0])


@needs_compiler
def test_a_value_does_not_depend_on_its_place(module: types.ModuleType) -> None:
    for function, count in functions(module):
        inputs = columns(count, 67)
        whole = flat(function(*inputs))
        for at in (0, 7, 63, 64, 66):
            alone = flat(function(*(each[at : at + 1] for each in inputs)))
            np.testing.assert_array_equal([each[0] for each in alone], [each[at] for each in whole])


SLOPE = r"""
$$
L(y, p) = -y \log p - (1 - y) \log (1 - p)
$$

$$
\frac{dL}{dp} = -\frac{y}{p} + \frac{1 - y}{1 - p} = \frac{p - y}{p (1 - p)}
$$
"""


@needs_compiler
def test_a_form_with_less_work_is_left_where_it_does_not_hold(tmp_path: Path) -> None:
    """The closed form divides once; at 0 / 0 and beyond the range the other has values, elsewhere not."""
    found = compiled(tmp_path, SLOPE)
    y, p = columns(2, 1_000)
    alone = found.dL_dp(y, p)
    np.testing.assert_array_equal(alone, (p - y) / (p * (1 - p)))
    y[[3, 700, 701, 999]], p[[3, 700, 701, 999]] = (1, 0, 0, 1), (1, 0, 1e200, 0)
    got, wanted = found.dL_dp(y, p), readable(found.dL_dp)(y, p)
    np.testing.assert_array_equal(got[[3, 700, 701]], (-1, 1, wanted[701]))
    assert got[999] == -np.inf
    kept = np.setdiff1d(np.arange(1_000), [3, 700, 701, 999])
    np.testing.assert_array_equal(got[kept], alone[kept])
    assert found.dL_dp(y, p, out=p) is p
    np.testing.assert_array_equal(p, got)


@needs_compiler
def test_small_numbers_stay_what_they_are_in_the_rest_of_the_process(module: types.ModuleType) -> None:
    assert np.float64(5e-324) * np.float64(1.0) == 5e-324


# -------------------------------- every kind of array --------------------------------


@needs_compiler
@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 255, 256, 257, 1_000])
def test_every_length_is_whole(logistic: types.ModuleType, size: int) -> None:
    inputs = columns(2, size)
    for layout in (lambda each: each, lambda each: np.repeat(each, 2)[::2], lambda each: each[::-1]):
        one, two = map(layout, inputs)
        got = logistic.L(one, two)
        assert got.shape == (size,)
        np.testing.assert_allclose(got, readable(logistic.L)(one, two), rtol=1e-14)


@needs_compiler
def test_shapes_and_orders(logistic: types.ModuleType) -> None:
    one, two = columns(2, 600)
    for a, b in [
        (one.reshape(20, 30), two.reshape(20, 30)),
        (np.asfortranarray(one.reshape(20, 30)), two.reshape(20, 30)),
        (one.reshape(20, 30).T, two.reshape(30, 20)),
        (one[:20, None], two[:30]),
        (np.array(0.25), two),
        (0.25, two),
        (1, two),
        (np.array(0.25), np.array(0.5)),
        (one.astype(">f8"), two),
    ]:
        got, wanted = logistic.L(a, b), readable(logistic.L)(a, b)
        assert (got.shape, got.dtype, type(got)) == (wanted.shape, wanted.dtype, type(wanted))
        np.testing.assert_allclose(got, wanted, rtol=1e-13)


@needs_compiler
@pytest.mark.parametrize("kind", [np.float16, np.longdouble, np.int8, np.int64, np.bool_])
def test_other_kinds_are_left_to_numpy(logistic: types.ModuleType, kind: type[np.generic]) -> None:
    labels, probabilities = np.array([0, 1, 1]).astype(kind), np.array([0.25, 0.5, 0.75])
    got, wanted = logistic.L(labels, probabilities), readable(logistic.L)(labels, probabilities)
    assert got.dtype == wanted.dtype
    np.testing.assert_allclose(got.astype(float), wanted.astype(float), rtol=1e-3)


@needs_compiler
def test_subclasses_and_whole_numbers_are_left_to_numpy(logistic: types.ModuleType) -> None:
    masked = np.ma.array([0.25, 0.5], mask=[False, True])
    assert isinstance(logistic.sigma(masked), np.ma.MaskedArray)
    assert type(logistic.z(1, 2, 3)) is int


@needs_compiler
def test_results_go_where_they_are_wanted(logistic: types.ModuleType) -> None:
    one, two = columns(2)
    wanted = readable(logistic.L)(one, two)
    for out in (np.empty(SIZE), np.empty(2 * SIZE)[::2], np.empty(SIZE, np.float32)):
        assert logistic.L(one, two, out=out) is out
        np.testing.assert_allclose(out, wanted, rtol=1e-6)
    assert logistic.L(one, two.copy(), out=two) is two
    np.testing.assert_allclose(two, wanted, rtol=1e-14)
    base = columns(1, SIZE + 1)[0]
    wanted = readable(logistic.sigma)(base[:-1].copy())
    logistic.sigma(base[:-1], out=base[1:])
    np.testing.assert_allclose(base[1:], wanted, rtol=1e-14)
    with pytest.raises(ValueError, match="broadcast"):
        logistic.L(one, one, out=np.empty(3))
    one.flags.writeable = False
    np.testing.assert_allclose(logistic.sigma(one), readable(logistic.sigma)(one), rtol=1e-14)


@needs_compiler
def test_a_derivative_by_a_number_keeps_its_own_shape(logistic: types.ModuleType) -> None:
    labels = np.arange(SIZE) % 2 * 1.0
    value, gradient = logistic.value_and_grad_L(0.5, 2.0, 0.1, labels)
    assert value.shape == gradient["w"].shape == (SIZE,)
    assert np.shape(gradient["y"]) == ()
    (inputs,) = columns(1)
    assert logistic.value_and_grad_L(0.5, inputs, 0.1, labels)[1]["y"].shape == (SIZE,)


# -------------------------------- a library that does not fit --------------------------------


@needs_compiler
@pytest.mark.parametrize("fault", ["missing", "stale", "cut", "changed", "foreign", "empty"])
def test_a_library_that_does_not_fit_is_not_loaded(tmp_path: Path, fault: str) -> None:
    module = generate(LOGISTIC, native=True).module
    made, path = made_of(module.native), tmp_path / "post.native.so"
    other = module.native.replace("1.0", "2.0")
    held = {
        "stale": made_of(other),
        "cut": made[:-100],
        "changed": made[:5_000] + b"?" + made[5_001:],
        "foreign": made_of(other)[:-32] + made[-32:],
        "empty": b"",
    }
    if fault != "missing":
        path.write_bytes(held[fault])
        assert not is_current(held[fault], module.native)
    found = load(tmp_path, LOGISTIC, native=True)
    assert library(found) == {}
    one, two = columns(2)
    np.testing.assert_allclose(found.L(one, two), readable(found.L)(one, two), rtol=1e-14)


def test_without_a_compiler_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -O3")
    with pytest.raises(CompilerError, match=r"^there is no C compiler \(no-such-compiler\)"):
        compiler()


@needs_compiler
def test_what_the_compiler_says_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CompilerError, match=r"the module uses NumPy: .*error"):
        compile_library("this is no C", compiler())


@needs_compiler
def test_a_post_loads_with_compiled_functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    post = tmp_path / "neuron.md"
    post.write_text(LOGISTIC, "utf-8")
    found = litgrad.load(post, Options(native=True))
    assert library(found)
    np.testing.assert_allclose(found.sigma(np.zeros(5)), 0.5)
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.warns(UserWarning, match="there is no C compiler"):
        assert not library(litgrad.load(post, Options(native=True)))


# -------------------------------- in a site --------------------------------


@needs_compiler
def test_a_site_has_libraries_until_they_are_not_wanted(tmp_path: Path) -> None:
    post, out = tmp_path / "neuron.md", tmp_path / "build"
    post.write_text(LOGISTIC, "utf-8")
    assert not build_site([post], out, Options(fast=True, native=True)).notices
    held = (out / "python/neuron.native.so").read_bytes()
    assert is_current(held, (out / "python/neuron.c").read_text("utf-8"))
    assert build_site([post], out, Options(fast=True, native=True)).written == 0
    assert "_taken_over" not in (out / "neuron/index.html").read_text("utf-8")
    build_site([post], out)
    assert not {*out.glob("python/*.so"), *out.glob("python/*.c")}


def test_a_site_without_a_compiler_says_so_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    for name in ("one", "two"):
        (tmp_path / f"{name}.md").write_text(LOGISTIC, "utf-8")
    result = build_site([tmp_path], tmp_path / "build", Options(fast=True, native=True))
    assert result.notices == ("there is no C compiler (no-such-compiler); the modules use NumPy",)
    assert not {*(tmp_path / "build").glob("python/*.so")}


# -------------------------------- the text --------------------------------

X, Y = Symbol("x", real=True), Symbol("y", real=True)


def test_each_step_of_a_schedule_has_its_text_in_c() -> None:
    known = [
        *FUNCTIONS,
        *"add subtract multiply divide negative positive square maximum minimum sign ratio".split(),
    ]
    for name in known:
        lines = c_lines(Schedule((Step(name, ("x", "y")),), (0,)), {"x", "y"}, SINGLE)
        assert "x" in "".join((*lines.constants, *lines.results))
    with pytest.raises(Unfusable):
        c_lines(Schedule((Step("gamma", ("x",)),), (0,)), {"x"}, DOUBLE)


@pytest.mark.parametrize(
    ("expr", "constants", "results"),
    [
        (exp(-X) + Y, ["exp(-x)"], ["y + _0"]),
        (sqrt(X) / Y, ["sqrt(x)"], ["_0 / y"]),
        (X**2 / 4, ["x * x"], ["_0 / 4.0"]),
        (X - Y - 1, [], ["(x - 1.0) - y"]),
        (log(X + 1) * cos(X), ["cos(x)", "log(1.0 + x)"], ["_0 * _1"]),
    ],
    ids=str,
)
def test_formulas_read_as_c(expr: sympy.Expr, constants: list[str], results: list[str]) -> None:
    lines = c_lines(scheduled([expr], {X: "x", Y: "y"}), {"x", "y"}, DOUBLE)
    assert (list(lines.constants), list(lines.results)) == (constants, results)


def test_each_call_has_a_loop_of_its_own() -> None:
    lines = c_lines(scheduled([log(X) * exp(-X) + X * Y], {X: "x", Y: "y"}), {"x", "y"}, DOUBLE)
    text = list(loops(lines, ["x", "y"], DOUBLE))
    assert text.count("#pragma omp simd") == 3
    assert sum("_at1[_i]" in line for line in text) == 1
    assert [line.strip() for line in text if "exp(" in line or "log(" in line] == [
        "_called[0][_i - _start] = exp(-x);",
        "_called[1][_i - _start] = log(x);",
    ]
    assert text[-3].strip() == "_at2[_i] = (x * y) + (_0 * _1);"


def test_a_number_beyond_float32_is_left_out() -> None:
    with pytest.raises(Unfusable):
        c_lines(scheduled([X + 10**40], {X: "x"}), {"x"}, SINGLE)
    with pytest.raises(Unfusable):
        c_lines(scheduled([X + 10**400], {X: "x"}), {"x"}, DOUBLE)


HOSTILE = [
    r"$$f(\text{double}, n) = e^{\text{double}} + n$$",
    r"$$f(\mathrm{exp}, i, \text{NULL}) = e^{\mathrm{exp} i} + \text{NULL}$$",
    r"$$f(\text{x; system(1);}, y) = \log(\text{x; system(1);}) + y$$",
    r"$$f(\text{*/ int main}, \text{asm}) = \cos(\text{*/ int main}) \text{asm}$$",
    r"$$f(\text{\#include}, \text{\%:include}) = \sin(\text{\#include}) + \text{\%:include}$$",
]


@needs_compiler
@pytest.mark.parametrize("post", HOSTILE)
def test_names_of_a_post_mean_nothing_in_c(tmp_path: Path, post: str) -> None:
    source = generate(post, native=True).module.native
    assert source.isascii()
    assert "system" not in source.replace("x_system", "")
    if "void litgrad_" in source:
        found = compiled(tmp_path / "at", post)
        assert library(found)
        count = len(inspect.signature(found.f).parameters) - 1
        np.testing.assert_allclose(found.f(*columns(count)), readable(found.f)(*columns(count)), rtol=1e-14)


def test_names_are_letters_digits_and_underscores(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x;"):
        c_source("x;", [])
    assert {c_name(name) for name in ("int", "restrict", "exp", "expf", "FE_ALL", "inf")} == {
        *("int_", "restrict_", "exp_", "expf_", "FE_ALL_", "inf_")
    }


def test_the_text_is_the_same_on_every_run() -> None:
    first, second = (generate(REFERENCE, native=True).module for _ in range(2))
    assert first.native == second.native
    assert first.text == second.text
    assert all(len(line) <= 110 for line in first.native.splitlines())


def test_a_module_without_fast_functions_has_no_library() -> None:
    module = generate("$$f(x) = x^2$$\n", native=True).module
    assert "_LIBRARY" not in module.text
    assert "void litgrad_" not in module.native


@needs_compiler
def test_no_text_of_a_post_is_in_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "cc"
    script.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/said\nexec /usr/bin/env cc "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("CC", os.fspath(script))
    compile_library(generate(LOGISTIC, "secret", native=True).module.native, compiler())
    said = (tmp_path / "said").read_text()
    assert "secret" not in said
    assert "-x c - -o " in said
