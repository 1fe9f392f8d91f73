"""Functions of vectors and matrices: their text, their values and gradients."""

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from generate import as_it_reads, generate, load
from tensorposts import CASES, batch_network, compiled, loaded, name, two_layers

from litgrad.tensors.build import matmul


def test_a_two_layer_network_is_one_function_with_matrix_products() -> None:
    text = compiled(two_layers())[0].readable
    assert "    z_1 = x @ W_1.T + b_1\n" in text
    assert '        "W_1": _outer(dL_dz_1, x),\n' in text
    assert "    dL_dz_1 = dL_da_1 * (1 - a_1 * a_1)\n" in text
    assert "einsum" not in text


def test_rows_of_examples_give_the_sum_of_their_gradients() -> None:
    net = loaded(compiled(two_layers())[0])
    rng = np.random.default_rng(1)
    w1, b1, w2, b2 = (rng.normal(size=shape) for shape in [(4, 3), 4, (5, 4), 5])
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 5))
    value, gradient = net.value_and_grad_L(w1, x, b1, w2, b2, y)
    one = [net.value_and_grad_L(w1, *pair[:1], b1, w2, b2, pair[1]) for pair in zip(x, y, strict=True)]
    np.testing.assert_allclose(value, [each for each, _ in one])
    for latex in ("W_1", "b_1", "W_2", "b_2"):
        np.testing.assert_allclose(gradient[latex], sum(each[latex] for _, each in one))
    np.testing.assert_allclose(gradient["x"], [each["x"] for _, each in one])


def test_shapes_that_do_not_fit_are_named() -> None:
    net = loaded(compiled(two_layers())[0])
    ones = np.ones
    with pytest.raises(ValueError, match=r"W_1 has shape \(4, 3\), b_1 has shape \(5,\): its h is 5, not 4"):
        net.z_1(ones((4, 3)), ones(3), ones(5))


def failures(folder: Path, modules: Mapping[str, tuple[str, str]]) -> set[str]:
    """Which folders have a failing test; for each the name of the case and a changed text."""
    for at, (case, change) in modules.items():
        module, tests = compiled(CASES[case])
        old, _, new = change.partition(" -> ")
        assert old in module.text
        (folder / at / "tests").mkdir(parents=True)
        (folder / at / "net.py").write_text(module.text.replace(old, new) if change else module.text)
        (folder / at / "tests" / "test_net.py").write_text(tests.text)
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider"]
    command += [f"--rootdir={folder}", "--import-mode=importlib", "."]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert re.search(r"\d+ (passed|failed)", done.stdout), done.stdout
    return set(re.findall(r"^(?:FAILED|ERROR) ([^/]+)/", done.stdout, re.MULTILINE))


def test_the_generated_tests_pass(tmp_path: Path) -> None:
    assert failures(tmp_path, {case: (case, "") for case in CASES}) == set()


WRONG = [
    ("two_layers", "x @ W_1.T + b_1 -> x @ W_1.T - b_1"),
    ("two_layers", "_outer(dL_dz_1, x) -> _outer(dL_da_1, x)"),
    ("two_layers", "p - y -> p + y"),
    ("batch_network", "(Z_1 > 0) -> (Z_1 > 1)"),
    ("batch_network", "A_1.T @ dL_dZ_2 -> 2 * A_1.T @ dL_dZ_2"),
    ("batch_norm", "dL_dmu / N -> dL_dmu"),
    ("gaussian", "np.linalg.solve(S -> np.linalg.solve(2 * S"),
    ("symmetric", "return np.sum( -> return np.float64(1) * np.sum("),
    ("ridge", "np.broadcast_to(array, shape) -> array"),
    ("quadratic", "kind = kind if -> kind = np.dtype(float) if"),
]


def test_the_generated_tests_fail_on_a_wrong_module(tmp_path: Path) -> None:
    wrong = {str(at): row for at, row in enumerate(WRONG)}
    assert failures(tmp_path, wrong) == set(wrong)


def test_the_text_is_the_same_on_every_run() -> None:
    command = [sys.executable, "-c", "import tensorposts as t; print(t.compiled(t.batch_norm())[0].text)"]
    paths = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    texts = {
        subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": ":".join(paths), "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1


def test_a_softmax_far_out_neither_overflows_nor_loses_its_logarithm() -> None:
    net = loaded(compiled(batch_network())[0])
    scores = np.array([[800.0, -800.0]])
    eye = np.eye(2)
    value, gradient = net.value_and_grad_L(scores, eye, np.zeros(2), eye, np.zeros(2), np.array([[0.0, 1.0]]))
    assert value == 800
    np.testing.assert_array_equal(gradient["b_2"], [1, -1])


def test_names_and_lengths_of_a_post_reach_the_text_sanitised() -> None:
    hostile = 'x"""\nimport os\n#'
    length = 'n"); import os; ("'
    vector, matrix = name(hostile, length), name("W\u202e", length, length)
    module, tests = compiled([("f", matmul(vector, matmul(matrix, vector))), ("by", matmul(matrix, vector))])
    for text in (module.text, tests.text):
        tree = ast.parse(text)
        imports = {
            each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names
        }
        assert imports <= {"numpy", "pytest", "importlib.util"}
        assert text.isascii()
    assert "by_" in {function.name for function in module.functions}


def test_a_gradient_is_no_view_of_an_argument() -> None:
    net = loaded(compiled([("f", matmul(name("x", "n"), name("y", "n")))])[0])
    x, y = np.ones(3), np.ones(3)
    _, gradient = net.value_and_grad_f(x, y)
    gradient["y"] += 1
    np.testing.assert_array_equal(x, np.ones(3))


def test_a_gradient_is_by_what_is_asked_into_what_is_given() -> None:
    module, _ = compiled(batch_network())
    net = loaded(module)
    rng = np.random.default_rng(2)
    arguments = [rng.normal(size=shape) for shape in [(5, 4), (4, 3), 3, (3, 2), 2, (5, 2)]]
    value, gradient = as_it_reads(net.value_and_grad_L)(*arguments)
    room = {"W_1": np.empty((4, 3)), "b_2": np.empty(2)}
    again, chosen = net.value_and_grad_L(*arguments, by=("W_1", "b_2"), out=room)
    assert again == pytest.approx(value)
    assert set(chosen) == {"W_1", "b_2"}
    for latex, array in room.items():
        assert chosen[latex] is array
        np.testing.assert_allclose(array, gradient[latex])


def test_a_large_softmax_goes_block_by_block() -> None:
    net = loaded(compiled(batch_network())[0])
    scores = np.random.default_rng(3).normal(scale=300, size=(60_000, 3))
    np.testing.assert_allclose(net.P(scores), as_it_reads(net.P)(scores), rtol=1e-13)


ROWS_OF_EXAMPLES = r"""
Let $X \in \mathbb{R}^{n \times d}$, $c \in \mathbb{R}^d$ and $m \in \mathbb{R}^d$.

$$
L = \frac{1}{n} \sum_{i=1}^n \sum_{j=1}^d c_j (X_{ij} - m_j)^2
$$
"""
SOFTMAX_ROWS = r"""
Let $Z \in \mathbb{R}^{n \times k}$ and $Y \in \mathbb{R}^{n \times k}$.

$$
P_{ij} = \frac{e^{Z_{ij}}}{\sum_{l=1}^k e^{Z_{il}}}
$$

$$
L = -\frac{1}{n} \sum_{i=1}^n \sum_{j=1}^k Y_{ij} \log P_{ij}
$$
"""


@pytest.mark.parametrize(
    ("post", "shapes"),
    [
        (ROWS_OF_EXAMPLES, {"X": (9_001, 7), "c": 7, "m": 7}),
        (SOFTMAX_ROWS, {"Z": (9_001, 7), "Y": (9_001, 7)}),
    ],
)
def test_sums_over_examples_are_added_up_some_rows_at_a_time(
    tmp_path: Path, post: str, shapes: dict[str, tuple[int, ...]]
) -> None:
    assert "for at in range(0, n, step):" in generate(post).module.text
    function = load(tmp_path, post).value_and_grad_L
    rng = np.random.default_rng(3)
    arguments = {parameter: rng.random(shape) for parameter, shape in shapes.items()}
    first = next(iter(shapes))
    room = {first: np.empty(shapes[first])}
    value, gradient = function(**arguments, out=room)
    wanted, rates = as_it_reads(function)(**arguments)
    np.testing.assert_allclose(value, wanted, rtol=1e-13)
    assert gradient[first] is room[first]
    for parameter, rate in rates.items():
        np.testing.assert_allclose(gradient[parameter], rate, rtol=1e-11, atol=1e-16)
    assert set(function(**arguments, by=[first])[1]) == {first}


def test_what_depends_on_all_rows_waits_for_a_pass_over_them() -> None:
    """Of a variance the mean is that of all rows."""
    post = r"""
Let $X \in \mathbb{R}^{n \times d}$.

$$
\mu_j = \frac{1}{n} \sum_{i=1}^n X_{ij}
$$

$$
L = \sum_{i=1}^n \sum_{j=1}^d (X_{ij} - \mu_j)^4
$$
"""
    text = generate(post).module.text
    kernel = text[text.index("def _kernel_value_and_grad_L") :].split("\n\n\n")[0]
    assert kernel.count("for at in range(0, n, step)") == 3
