"""The generated tests pass on the generated module and fail on a wrong one."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from generate import LOGISTIC, REFERENCE, Generated, generate, write


@pytest.fixture(scope="module")
def reference() -> Generated:
    return generate(REFERENCE)


@pytest.fixture(scope="module")
def logistic() -> Generated:
    return generate(LOGISTIC)


def failures(folder: Path, laid_out: Mapping[str, tuple[Generated, str]]) -> dict[str, str]:
    """What fails when pytest runs generated tests, one folder for each: the failed test's names by folder."""
    for name, (generated, module_text) in laid_out.items():
        write(folder / name, generated, module_text)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--tb=no",
        "-rfE",
        "-p",
        "no:cacheprovider",
        f"--rootdir={folder}",
    ]
    command += ["--import-mode=importlib", "."]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert re.search(r"\d+ (passed|failed)", done.stdout), done.stdout
    found = re.findall(r"^(?:FAILED|ERROR) ([^/]+)/\S*?(?:::(\S+))?(?: |$)", done.stdout, re.MULTILINE)
    return {name: " ".join(test for at, test in found if at == name) for name in {at for at, _ in found}}


def test_the_tests_of_a_right_module_pass(tmp_path: Path, reference: Generated, logistic: Generated) -> None:
    right = {"reference": (reference, reference.module.text), "logistic": (logistic, logistic.module.text)}
    assert failures(tmp_path, right) == {}


STRANGE = {
    "constants": r"Take $p = 61$ and $q = 53$. Then $n = pq = 61 \cdot 53 = 3233$.",
    "one_name_twice": r"""CES: $u(x,y) = (x^\rho + y^\rho)^2$.
CAPM: $\beta = \frac{\sigma_{im}}{\sigma_m^2}$ and $r_i = r_f + \beta (r_m - r_f)$.""",
    "logarithm": r"""$$\ell(\lambda) = \sum_{i=1}^n \left( \ln \lambda - \lambda x_i \right)$$""",
}
"""Constants put in, one letter with two shapes, a logarithm of what a draw may leave positive by chance."""


def test_the_tests_of_strange_posts_pass(tmp_path: Path) -> None:
    made = {name: generate(text) for name, text in STRANGE.items()}
    assert failures(tmp_path, {name: (one, one.module.text) for name, one in made.items()}) == {}


MUTATIONS = [
    ("return -_xlogy(y, y_hat)", "return _xlogy(y, y_hat)", "test_L_is_the_formula_of_line_2"),
    ("_xlog1py(1 - y, -y_hat)", "1.001 * _xlog1py(1 - y, -y_hat)", "test_L_is_the_formula_of_line_2"),
    ("return -_ratio(x * y, y_hat)", "return -2 * _ratio(x * y, y_hat)", "test_dL_dw_is_the_formula"),
    ("return w * x + b", "return w * x - b", "test_y_hat_is_the_formula_of_line_4"),
    ("return 1.0", "return 1.5", "test_dy_hat_db_is_the_formula_of_line_10"),
    ("return a - y", "return y - a", "test_dL_dz_is_the_formula"),
    ("return -np.exp(-x)", "return np.exp(-x)", "test_df_dx_is_the_formula"),
    ("return sigma(x) * sigma(-x)", "return sigma(x) * sigma(x)", "test_dsigma_dx_is_the_formula"),
    ("    e = np.exp(-np.abs(u))\n", "    e = np.exp(np.abs(u))\n", "test_sigma_is_the_formula"),
    ('"w": dL_dy_hat * x', '"w": dL_dy_hat * w', "test_value_and_grad_L_by_w"),
    ("value = -_xlogy", "value = _xlogy", "test_value_and_grad_L_gives_the_value"),
]


def mutated(generated: Generated, right: str, wrong: str) -> tuple[Generated, str]:
    text = generated.module.text
    assert right in text
    return generated, text.replace(right, wrong, 1)


def test_every_wrong_module_fails_at_what_is_wrong(tmp_path: Path, reference: Generated) -> None:
    mutants = {f"m{at}": mutated(reference, right, wrong) for at, (right, wrong, _) in enumerate(MUTATIONS)}
    failed = failures(tmp_path, mutants)
    missed = [wrong for at, (_, wrong, test) in enumerate(MUTATIONS) if test not in failed.get(f"m{at}", "")]
    assert missed == []


UNSTABLE = [
    ("dL_dz = (1 - y) * sigma(z) - y * sigma(-z)", "dL_dz = sigma(z) - y"),
    ("value = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))",
     "value = -y * np.log(sigma(z)) - (1 - y) * np.log(1 - sigma(z))"),
    ("    return np.maximum(u >= 0, e) / (1 + e)", "    return 1 / (1 + np.exp(-u))"),
]  # fmt: skip


def test_the_literal_forms_fail_far_out(tmp_path: Path, logistic: Generated) -> None:
    mutants = {f"m{at}": mutated(logistic, stable, plain) for at, (stable, plain) in enumerate(UNSTABLE)}
    failed = failures(tmp_path, mutants)
    assert sorted(failed) == sorted(mutants)
    assert all("at_extreme_points" in tests for tests in failed.values())


def test_every_proved_form_has_a_test(reference: Generated) -> None:
    for title in (
        "test_f_is_the_formula_of_line_32",
        "test_f_is_the_formula_of_line_32_2",
        "test_df_dx_is_the_formula_of_line_36",
        "test_df_dx_is_the_formula_of_line_42_2",
        "test_dsigma_dx_is_the_formula_of_line_48_2",
        "test_dsigma_dx_is_the_complex_step_derivative",
        "test_dL_dw_is_the_complex_step_derivative",
        "test_value_and_grad_L_by_b",
        "test_sigma_at_extreme_points",
    ):
        assert f"def {title}(" in reference.tests.text, title


POSTS = {
    "beyond_ten": "$$f(x) = \\log(x - 10)$$\n\n$$f'(x) = \\frac{1}{x - 10}$$\n",
    "steep": "$$f(x) = e^{e^{e^x}}$$\n\n$$f'(x) = e^x e^{e^x} e^{e^{e^x}}$$\n",
    "absolute": "$$g(x) = |x|^3$$\n\n$$g'(x) = 3 x |x|$$\n",
    "root": "$$q = \\sqrt{1 + x} - 1$$\n\n$$\\frac{dq}{dx} = \\frac{1}{2 \\sqrt{1 + x}}$$\n",
    "normal": "$$p(x) = e^{-\\frac{(x - \\mu)^2}{2 s^2}}$$\n\n$$p'(x) = -\\frac{x - \\mu}{s^2} p(x)$$\n",
    "braced_e": "$$f(a) = \\frac{{ e }^{ a }}{1 + { e }^{ a }}$$\n",
    "mixed": (
        "$$f = x^2 y^3 + e^{x y}$$\n\n"
        "$$\\frac{\\partial^2 f}{\\partial x \\partial y} = 6 x y^2 + (1 + x y) e^{x y}$$\n"
    ),
    "second": "$$s(x) = \\log(1 + e^x)$$\n\n$$s''(x) = \\frac{e^x}{(1 + e^x)^2}$$\n",
    "tangent": "$$t(x) = \\frac{e^x - e^{-x}}{e^x + e^{-x}}$$\n\n$$t'(x) = 1 - t(x)^2$$\n",
}


def test_points_are_sought_where_a_formula_has_values(tmp_path: Path) -> None:
    generated = {name: generate(post) for name, post in POSTS.items()}
    assert all("_is_the_formula_of_line_1(" in made.tests.text for made in generated.values())
    assert failures(tmp_path, {name: (made, made.module.text) for name, made in generated.items()}) == {}


def test_a_formula_without_values_has_no_test_of_values() -> None:
    text = generate("$$f(x) = \\frac{x}{x - x}$$\n").tests.text
    assert "is_the_formula" not in text


@pytest.mark.parametrize(("name", "title"), [("mixed", "d2f_dx_dy"), ("second", "d2s_dx2")])
def test_a_higher_derivative_is_held_against_a_numerical_one(name: str, title: str) -> None:
    assert f"def test_{title}_is_the_complex_step_derivative(" in generate(POSTS[name]).tests.text


def test_a_derivative_that_is_not_analytic_is_held_against_central_differences() -> None:
    text = generate(POSTS["absolute"]).tests.text
    assert "agree(got, central_difference(literal, x), 1e-4)" in text
