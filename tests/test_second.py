"""Second derivatives, and those along a direction: on demand, right, held by the generated tests."""

import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from generate import LOGISTIC, Generated, generate, write

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
