"""The generated module: what its functions take, what they give, and that its text is fit to be kept."""

import ast
import math
import os
import shutil
import subprocess
import sys
import types
import warnings
from pathlib import Path

import mpmath
import numpy as np
import pytest
from generate import LOGISTIC, REFERENCE, Generated, body, generate, load, parameters, write

ROOT = Path(__file__).resolve().parent.parent
POSTS = sorted((ROOT / "posts").glob("*.md"))


@pytest.fixture(scope="module")
def reference() -> Generated:
    return generate(REFERENCE)


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> types.ModuleType:
    return load(tmp_path_factory.mktemp("reference"), REFERENCE)


@pytest.fixture(scope="module")
def logistic(tmp_path_factory: pytest.TempPathFactory) -> types.ModuleType:
    return load(tmp_path_factory.mktemp("logistic"), LOGISTIC)


# -------------------------------- names and parameters --------------------------------


def test_functions_take_the_symbols_of_their_formula_in_order_of_appearance(reference: Generated) -> None:
    assert parameters(reference) == {
        "L": ("y", "y_hat"),
        "y_hat": ("w", "x", "b"),
        "a": ("w", "x", "b"),
        "dL_dy_hat": ("y", "y_hat"),
        "dy_hat_dw": ("x",),
        "dy_hat_db": (),
        "dL_dw": ("x", "y", "y_hat"),
        "dL_dz": ("y", "a"),
        "sigma": ("x",),
        "f": ("x",),
        "df_dx": ("x",),
        "dsigma_dx": ("x",),
        "value_and_grad_L": ("w", "x", "b", "y"),
        "grad_L": ("w", "x", "b", "y"),
    }


def test_every_function_is_public_and_where_its_line_says(reference: Generated) -> None:
    lines = reference.module.text.splitlines()
    listed = reference.module.text.split("__all__ = ")[1].split("]")[0] + "]"
    assert ast.literal_eval(listed) == [function.name for function in reference.module.functions]
    for function in reference.module.functions:
        assert lines[function.module_line - 1].startswith(f"def {function.name}(")


def test_calls_of_the_post_s_functions_stay_calls(reference: Generated) -> None:
    text = reference.module.text
    assert body(text, "dsigma_dx").endswith("return sigma(x) * sigma(-x)")
    assert body(text, "f").endswith("return 1 / sigma(x)")


def test_a_call_gets_the_symbols_that_a_definition_leaves_out(tmp_path: Path) -> None:
    found = load(tmp_path, "Let $f(x) = wx + b$ and $g(x) = f(x)^2$.\n\n$$g'(x) = 2 w f(x)$$\n")
    assert found.g(2.0, 3.0, 1.0) == 49.0
    assert found.dg_dx(2.0, 3.0, 1.0) == 42.0


def test_a_premise_that_the_post_does_not_state_is_told(reference: Generated) -> None:
    text = reference.module.text.split("def dL_dz(")[1]
    assert r"Holds if a = \frac{1}{1 + e^{-z}}, which the post does not state." in text.split("def ")[0]


def test_what_cannot_be_computed_is_left_out_with_a_reason() -> None:
    text = generate("$$g(x) = h(x)^2$$\n\n$$k(x) = g(x) + 1$$\n\n$$m(x) = x^2$$\n").module.text
    assert "def g" not in text
    assert "def k" not in text
    assert "def m(x):" in text
    assert "# g (line 1) is not here: `h` has no formula that can be computed.\n" in text
    assert "# k (line 3) is not here: `g` has no formula that can be computed.\n" in text


def test_why_another_form_than_the_last_is_computed() -> None:
    post = r"""
$$g(x) = e^x - x$$

$$g'(x) = e^x - 1 = e^x (1 - e^{-x}) = \frac{e^{2x} - e^x}{e^x}$$
"""
    text = generate(post).module.text
    assert "Of 3 forms that the post proves equal, this one keeps the most digits." in text
    assert body(text, "dg_dx").endswith("return np.expm1(x)")


def test_a_refuted_form_is_not_told_as_missing() -> None:
    text = generate("Let $L = w^2$.\n\n$$\\frac{dL}{dw} = 3w$$\n").module.text
    assert "Derived from the definition; the post proves no form of it." in text


@pytest.mark.parametrize(
    "formula",
    [
        r"\prod_{i=1}^{n} i",
        r"\int_0^1 x \, dx",
        r"\int \frac{1}{e} dw",
        r"\lim_{h \to 0} h x",
        r"\begin{bmatrix} 1 & x \\ x & 1 \end{bmatrix}",
    ],
)
def test_what_is_read_and_not_judged_is_not_in_the_module(formula: str) -> None:
    slope = rf"$$\frac{{dS}}{{dx}} = {formula}$$"
    post = f"Let $f(x) = x^2$ and $S = {formula}$.\n\n$$T = 1 + {formula} = f(S)$$\n\n{slope}\n"
    assert [function.name for function in generate(post).module.functions] == ["f"]


def test_a_large_whole_number_is_a_float(tmp_path: Path) -> None:
    assert load(tmp_path, f"Let $x = {'9' * 40}$ and $m = -{'9' * 40}$.\n").x() == 1e40


# -------------------------------- values --------------------------------


@pytest.mark.parametrize("far", [800.0, -800.0, 745.0, -745.0, 40.0, -40.0, 0.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_the_gradient_is_right_far_out(logistic: types.ModuleType, far: float, y: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, gradient = logistic.value_and_grad_L(far, 1.0, 0.0, y)
    towards = far if y == 0 else -far
    share = 1 / (1 + math.exp(-towards)) if towards > -700 else math.exp(towards)
    assert value == pytest.approx(max(towards, 0) + math.log1p(math.exp(-abs(far))), rel=1e-15)
    assert gradient["b"] == pytest.approx(share if y == 0 else -share, rel=1e-15, abs=5e-324)
    assert gradient["w"] == gradient["b"]
    assert gradient["x"] == far * gradient["b"]
    assert gradient["y"] == -far


@pytest.mark.parametrize("y", [32.8, -7.5, 1e6, 0.25, 1.0, 0.0])
@pytest.mark.parametrize("z", [1e-16, -1e-16, 3e-7, 2.0, -2.0])
def test_a_loss_is_right_for_labels_outside_of_0_and_1(
    logistic: types.ModuleType, y: float, z: float
) -> None:
    softplus = mpmath.log(1 + mpmath.exp(mpmath.mpf(z)))
    wanted, loss = softplus - mpmath.mpf(y) * z, abs(z / (1 + mpmath.exp(-mpmath.mpf(z))) - y * z)
    for count in (None, 3, 5_000):
        got, _ = logistic.value_and_grad_L(1.0, 0.0, z if count is None else np.full(count, z), y)
        assert abs(np.ravel(got)[0] - wanted) <= 4 * (abs(wanted) + loss) * 2**-52


def test_no_warning_leaks_at_any_size(tmp_path: Path) -> None:
    found = load(tmp_path, "$$g(x) = \\frac{e^x - 1}{x}$$\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for count in (1, 3, 5_000):
            assert np.isinf(found.g(np.full(count, 1e3))).all()


def test_the_gradient_alone_is_that_of_value_and_gradient(logistic: types.ModuleType) -> None:
    point = (0.3, -1.2, 0.5, 1.0)
    assert logistic.grad_L(*point) == logistic.value_and_grad_L(*point)[1]
    assert list(logistic.grad_L(*point)) == ["w", "x", "b", "y"]


def test_a_confident_right_answer_costs_nothing(module: types.ModuleType) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert module.L(1.0, 1.0) == 0.0
        assert module.L(0.0, 0.0) == 0.0
        assert module.L(1.0, 1e-300) == pytest.approx(300 * math.log(10), rel=1e-15)


def test_the_reference_values(module: types.ModuleType) -> None:
    y, y_hat, x = 0.3, 0.8, 2.0
    assert module.dL_dw(x, y, y_hat) == pytest.approx(x * (y_hat - y) / (y_hat * (1 - y_hat)))
    assert module.dL_dw(y_hat=y_hat, y=y, x=x) == module.dL_dw(x, y, y_hat)
    assert module.dy_hat_db() == 1.0
    assert module.dy_hat_dw(x) == x
    assert module.dL_dz(y, 0.8) == 0.8 - y
    assert module.df_dx(0.5) == -math.exp(-0.5)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_kind_of_float_is_kept(module: types.ModuleType, logistic: types.ModuleType, kind: type) -> None:
    array = np.array([0.25, 0.5, 0.75], kind)
    assert module.sigma(array).dtype == kind
    assert module.L(array, array).dtype == kind
    assert logistic.value_and_grad_L(array, array, array, array)[1]["w"].dtype == kind
    assert module.L(kind(0.5), kind(0.5)).dtype == kind


def test_every_shape_is_taken(module: types.ModuleType) -> None:
    column, row = np.full((3, 1), 0.25), np.full(4, 0.5)
    assert module.L(column, row).shape == (3, 4)
    assert module.L(np.zeros(0), np.zeros(0)).shape == (0,)
    assert module.L(np.array(0.5), 0.5) == module.L(0.5, 0.5)
    assert not isinstance(module.L(np.array(0.5), np.array(0.5)), np.ndarray)
    assert np.ndim(module.L(1, 0.5)) == 0
    assert not isinstance(module.L(1, 0.5), np.ndarray)
    assert module.sigma(3) == pytest.approx(1 / (1 + math.exp(-3)))


def test_a_sigmoid_far_out_is_no_number_only_where_its_input_is_none(module: types.ModuleType) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = module.sigma(np.array([-np.inf, -800.0, 800.0, np.inf, np.nan]))
    assert got[:4].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert np.isnan(got[4])


# -------------------------------- the text --------------------------------


@pytest.mark.parametrize("text", [REFERENCE, LOGISTIC])
def test_a_module_holds_functions_and_imports_numpy(text: str) -> None:
    tree = ast.parse(generate(text, fast=False).module.text)
    kinds = [type(node).__name__ for node in tree.body]
    assert kinds[:4] == ["Expr", "Import", "Import", "Assign"]
    assert set(kinds[4:]) == {"FunctionDef", "Assign"}
    assert [
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    ] == ["math", "numpy"]
    attributes = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert not [attribute for attribute in attributes if attribute.startswith("_")]
    bound = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(bound) == len(set(bound))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"globals", "getattr", "setattr", "vars", "exec", "eval", "open", "compile"}


def test_only_helpers_that_are_used_are_there() -> None:
    assert "_softplus" not in generate(REFERENCE).module.text
    assert "_xlogy" in generate(REFERENCE).module.text
    assert "def _" not in generate("$$f(x) = x^2$$\n").module.text


@pytest.mark.parametrize("path", POSTS, ids=lambda path: path.stem)
def test_the_text_is_formatted(path: Path, tmp_path: Path) -> None:
    ruff = shutil.which("ruff") or shutil.which("ruff", path=str(Path(sys.executable).parent))
    generated = generate(path.read_text(encoding="utf-8"))
    lines = (generated.module.text + generated.tests.text).splitlines()
    assert max(map(len, lines)) <= 100
    assert not any(line != line.rstrip() for line in lines)
    if ruff is None:
        pytest.skip("ruff is not installed")
    write(tmp_path, generated)
    command = [ruff, "format", "--diff", "--isolated", "--no-cache", "--line-length", "100", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_text_is_the_same_under_every_hash_seed(tmp_path: Path) -> None:
    script = tmp_path / "print_generated.py"
    script.write_text(
        "from generate import REFERENCE, LOGISTIC, generate\n"
        "for text in (REFERENCE, LOGISTIC):\n"
        "    made = generate(text)\n"
        "    print(made.module.text, made.tests.text, made.module.links)\n",
        encoding="utf-8",
    )
    found = {_output(script, seed) for seed in ("0", "1", "12345")}
    assert len(found) == 1
    assert "def value_and_grad_L(w, x, b, y, *, out=None):" in found.pop()


def _output(script: Path, seed: str) -> str:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
    command = [sys.executable, str(script)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def test_a_constant_derivative_has_the_shape_of_the_arguments(tmp_path: Path) -> None:
    post = (
        "$$g(x, y) = 2x + y^2$$\n\n$$\\frac{\\partial g}{\\partial x} = 2$$\n\n$$z = 3t$$\n\n$$L = 4z + 1$$\n"
    )
    module = load(tmp_path, post)
    x, y = np.ones((3, 1), np.float32), np.ones(2, np.float32)
    found = module.dg_dx(x, y)
    assert (found.shape, found.dtype) == ((3, 2), np.float32)
    assert (found == 2).all()
    assert module.dg_dx(1.0, 5) == 2
    np.testing.assert_array_equal(module.grad_L(np.zeros(3))["t"], [12, 12, 12])
