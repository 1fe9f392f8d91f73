"""Second derivatives, and those along a direction: on demand, right, held by the generated tests."""

import math
import runpy
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from generate import LOGISTIC, Generated, generate, write

import litgrad
from litgrad.codegen.module import write_module
from litgrad.codegen.tests import write_tests
from litgrad.compiler import compile_post
from litgrad.options import Options
from litgrad.source import Source


@pytest.fixture(scope="module")
def second() -> Generated:
    """The logistic post with second derivatives."""
    plain = generate(LOGISTIC)
    module = write_module(plain.statements, plain.gradients, plain.module.name, 2)
    tests = write_tests(module, plain.statements, plain.gradients)
    return Generated(plain.statements, plain.gradients, module, tests)


def run(folder: Path, made: Generated, text: str) -> str:
    write(folder, made, text)
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rf", "-p", "no:cacheprovider"]
    command += ["-k", "hessian or jvp", "--import-mode=importlib", f"--rootdir={folder}", "."]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder).stdout


def test_they_are_computed_in_the_post_s_own_terms(second: Generated) -> None:
    text = second.module.text.split("def hessian_L(w, x, b, y):")[1].split("\ndef ")[0]
    assert "    z = w * x + b\n" in text
    assert "= x**2 * sigma(z) * sigma(-z)\n" in text
    assert "- y * sigma(-z)" in text
    assert "d2L_dw_dy = -x\n" in text
    assert '"b": {"w": d2L_dw_db, "x": d2L_dx_db, "b": d2L_db2, "y": d2L_db_dy},\n' in text


def test_the_generated_tests_hold_them(tmp_path: Path, second: Generated) -> None:
    assert "passed" in run(tmp_path / "right", second, second.module.text)
    wrong = second.module.text.replace("= x**2 * sigma(z)", "= x**2 * sigma(-z)")
    assert wrong != second.module.text
    assert "test_hessian_L_by_w_and_w" in run(tmp_path / "wrong", second, wrong)


def test_a_direction_is_followed_through_the_definitions(tmp_path: Path, second: Generated) -> None:
    write(tmp_path, second)
    found = runpy.run_path(str(tmp_path / "post.py"))
    point, generator = (0.5, 2.0, 0.1, 1.0), np.random.default_rng(1)
    direction = dict(zip("wxby", generator.normal(size=(4, 3)), strict=True))
    value, gradient = found["value_and_grad_L"](*point)
    got, rate = found["value_and_jvp_L"](*point, direction)
    assert got == value
    np.testing.assert_allclose(rate, sum(gradient[name] * direction[name] for name in "wxby"), rtol=1e-13)
    assert found["value_and_jvp_L"](*point, {"b": 2.0})[1] == pytest.approx(2 * gradient["b"])
    assert found["value_and_jvp_L"](*point, {})[1] == 0


def test_the_generated_tests_hold_the_rates_along_a_direction(tmp_path: Path, second: Generated) -> None:
    wrong = second.module.text.replace("dz = db + dw * x", "dz = db - dw * x")
    assert wrong != second.module.text
    assert "test_value_and_jvp_L_along_w" in run(tmp_path, second, wrong)


def test_a_parameter_named_as_the_direction_keeps_its_name() -> None:
    plain = generate(
        "Let $z = \\text{along} + dw$ and $L = z^2$, where $dw$ and $w$ are numbers. $v = w L$\n"
    )
    text = write_module(plain.statements, plain.gradients, "post", 2).text
    compile(text, "post", "exec")


def test_they_come_on_demand_alone() -> None:
    source = Source("post.md", LOGISTIC)
    assert "hessian" not in compile_post(source).module.text
    assert "jvp" not in compile_post(source).module.text
    assert "def hessian_L(" in compile_post(source, Options(derivatives=2)).module.text
    asked = Source("post.md", f"---\nderivatives: 2\n---\n{LOGISTIC}")
    assert "def hessian_L(" in compile_post(asked).module.text


def test_far_out_they_keep_their_digits(tmp_path: Path, second: Generated) -> None:
    write(tmp_path, second)
    found = runpy.run_path(str(tmp_path / "post.py"))
    z = np.array([40.0, 700.0])
    got = found["hessian_L"](z, 1.0, 0.0, 1.0)["b"]["b"]
    np.testing.assert_allclose(got, np.exp(-z), rtol=1e-13)


VECTORS = r"""---
derivatives: 2
---

Let $X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^d$ and $t \in \mathbb{R}^n$.

$$
z = X w
$$

$$
a_i = \frac{1}{1 + e^{-z_i}}
$$

$$
L = -\sum_{i=1}^n \left( t_i \log a_i + (1 - t_i) \log (1 - a_i) \right)
$$
"""
SCALARS = "$$f(x, y) = (1 - x)^2 + 100 (y - x^2)^2$$\n"
SOFTMAX = r"""
Let $z \in \mathbb{R}^k$ and $y \in \mathbb{R}^k$.

$$
L = \log \sum_{j=1}^k e^{z_j} - y^\top z
$$
"""


@pytest.mark.parametrize(
    ("text", "asked", "names"),
    [
        (VECTORS, 1, {"value_and_jvp_L", "hessian_L_by_w", "hessian_L_by_t"}),
        (SOFTMAX, 2, {"value_and_jvp_L", "hessian_L_by_z", "hessian_L_by_y"}),
        (SCALARS, 2, {"value_and_jvp_f", "hessian_f"}),
    ],
)
def test_posts_ask_for_them_and_options_do(tmp_path: Path, text: str, asked: int, names: set[str]) -> None:
    post = compile_post(Source("post.md", text), Options(derivatives=asked), name="post")
    found = {each.name for each in post.module.functions}
    assert {each for each in found if "hessian" in each or "jvp" in each} == names
    made = Generated(post.statements, post.gradients, post.module, post.tests)
    assert "passed" in run(tmp_path / "right", made, made.module.text)
    assert "failed" not in run(tmp_path / "again", made, made.module.text)


def test_the_hessian_of_a_softmax_loss_is_that_of_its_shares(tmp_path: Path) -> None:
    post = compile_post(Source("post.md", SOFTMAX), Options(derivatives=2), name="post")
    path = tmp_path / "post.py"
    path.write_text(post.module.text, encoding="utf-8")
    module = runpy.run_path(str(path))
    z = np.array([0.5, -1.0, 2.0])
    share = np.exp(z) / np.exp(z).sum()
    found = module["hessian_L_by_z"](z, np.zeros(3))["z"]
    np.testing.assert_allclose(found, np.diag(share) - np.outer(share, share), rtol=1e-13)


# -------------------------------- cases --------------------------------

CASES = r"""
$$
p(x) = \begin{cases} \frac{1}{x} & x \ne 0 \\ 0 & x = 0 \end{cases}
$$

$$
g(x) = \begin{cases} e^{x} - 1 & x < 0 \\ \log(1 + x) & x \ge 0 \end{cases}
$$

Let $z = wx + b$ and

$$
a = \begin{cases} \frac{\sin z}{z} & z \ne 0 \\ 1 & z = 0 \end{cases}
$$

$$
L = (a - y)^2
$$
"""


@pytest.mark.parametrize("kind", [float, np.float64, int, np.array, lambda each: np.full(3, each)])
def test_a_case_that_is_not_taken_warns_of_nothing(tmp_path: Path, kind: Callable[[float], Any]) -> None:
    """Where it is a division by zero, an overflow, or a logarithm of what is not positive."""
    post = tmp_path / "cases.md"
    post.write_text(CASES, "utf-8")
    found = litgrad.load(post, Options(derivatives=2))
    zero, one = kind(0), kind(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = [found.p(zero), found.p(one), found.g(kind(-1)), found.g(kind(800)), found.a(zero)]
        value, gradient = found.value_and_grad_L(zero, one, zero, zero)
        value_along, rate = found.value_and_jvp_L(zero, one, zero, zero, {"y": 1})
        second = found.hessian_L(zero, one, zero, zero)
    got = [*got, value, gradient["y"], gradient["w"], value_along, rate, second["y"]["y"]]
    wanted = [0, 1, math.expm1(-1), math.log(801), 1, 1, -2, 0, 1, -2, 2]
    assert [float(np.ravel(each)[0]) for each in got] == pytest.approx(wanted, rel=1e-15)
    assert np.shape(found.p(zero)) == np.shape(zero)
