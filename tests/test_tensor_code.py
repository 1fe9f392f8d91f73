"""Functions of vectors and matrices: their text, their values and gradients."""

import numpy as np
import pytest
from tensorposts import compiled, loaded, two_layers


def test_a_two_layer_network_is_one_function_with_matrix_products() -> None:
    text = compiled(two_layers())[0].text
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
