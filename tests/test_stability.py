"""Each rewrite keeps the value and gains digits at its witness; forms are chosen by measured error."""

import mpmath
import pytest
import sympy
from generate import LOGISTIC, body, generate
from mpmath import mpf
from sympy import Rational, Symbol, cos, exp, log, sqrt, tanh

from litgrad.checking.numeric import value
from litgrad.codegen.accuracy import error, same_values
from litgrad.codegen.floats import evaluate
from litgrad.codegen.special import Expm1, Log1p, Logaddexp, Sigmoid, Softplus, Xlog1py, Xlogy, literal
from litgrad.codegen.stability import REWRITES, Rewrite, stabilise
from litgrad.meaning.forms import add, divide, multiply, negate, power

U, V, X = (Symbol(name, real=True) for name in "uvx")
ONE = sympy.Integer(1)


def exact(rewrite: Rewrite) -> mpf:
    """The value at the witness to fifty digits; of the limit, where it has none."""
    expr, point = rewrite.witness()
    with mpmath.workdps(50):
        found = value(literal(expr), {symbol: mpf(number) for symbol, number in point}, 800)
        return mpf(0) if found is None else found


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.pattern)
def test_a_rewrite_keeps_the_value(rewrite: Rewrite) -> None:
    expr, _ = rewrite.witness()
    changed = rewrite.apply(expr)
    assert changed is not None
    assert changed != expr
    assert same_values(expr, changed, 2)


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.pattern)
def test_a_rewrite_gains_digits_at_its_witness(rewrite: Rewrite) -> None:
    expr, point = rewrite.witness()
    changed = rewrite.apply(expr)
    assert changed is not None
    true = exact(rewrite)
    after = evaluate(changed, dict(point))
    before = evaluate(expr, dict(point))
    smallest = mpf(2) ** -1074
    assert abs(mpf(after) - true) <= abs(true) * mpf(2) ** -50 + smallest
    assert not abs(mpf(before) - true) <= abs(true) * mpf(2) ** -40


@pytest.mark.parametrize(
    ("expr", "stable"),
    [
        (power(add(ONE, exp(-X, evaluate=False)), -ONE), Sigmoid(X)),
        (divide(exp(X), add(ONE, exp(X))), Sigmoid(X)),
        (multiply(power(sympy.E, X), power(add(ONE, power(sympy.E, X)), -ONE)), Sigmoid(X)),
        (divide(exp(U), add(exp(U), exp(V))), Sigmoid(U - V)),
        (log(add(ONE, exp(X))), Softplus(X)),
        (log(add(exp(U), exp(V)), evaluate=False), Logaddexp(U, V)),
        (log(add(ONE, X), evaluate=False), Log1p(X)),
        (log(add(ONE, negate(X)), evaluate=False), Log1p(negate(X))),
        (add(exp(X), negate(ONE)), Expm1(X)),
        (add(ONE, negate(exp(X))), multiply(-ONE, Expm1(X))),
        (multiply(U, log(V)), Xlogy(U, V)),
        (multiply(U, log(add(ONE, V), evaluate=False)), Xlog1py(U, V)),
        (
            add(power(U, sympy.Integer(2)), negate(power(V, sympy.Integer(2)))),
            multiply(add(U, negate(V)), add(U, V)),
        ),
    ],
)
def test_a_formula_becomes(expr: sympy.Expr, stable: sympy.Expr) -> None:
    assert stabilise(expr)[0] == stable


def test_the_logarithm_of_a_sigmoid_never_sees_its_zero() -> None:
    sigmoid = power(add(ONE, exp(-X, evaluate=False)), -ONE)
    assert stabilise(log(sigmoid, evaluate=False))[0] == multiply(-ONE, Softplus(-X))
    assert stabilise(log(add(ONE, negate(sigmoid)), evaluate=False))[0] == multiply(-ONE, Softplus(X))


@pytest.mark.parametrize(
    "expr", [U - 1, cos(U) - V, sqrt(U) - 1, log(2 + U), exp(U) + 1, 1 - tanh(U), U**2 + V**2]
)
def test_what_is_stable_stays(expr: sympy.Expr) -> None:
    assert stabilise(expr) == (expr, ())


def test_every_row_says_why_in_words_of_its_own() -> None:
    assert len({rewrite.pattern for rewrite in REWRITES}) == len(REWRITES)
    assert all(rewrite.why and rewrite.replacement for rewrite in REWRITES)


def test_the_error_of_a_cancelling_form_is_seen() -> None:
    point = {X: 1e-12}
    assert error(Expm1(X), exp(X) - 1, [point]) < 4
    assert error(exp(X) - 1, exp(X) - 1, [point]) > 1e6
    assert error(1 / (1 + exp(-X)), 1 / (1 + exp(-X)), [{X: 800.0}, {X: -745.0}]) < 1e18
    assert error(log(X), log(X), [{X: 0.5}]) < 4


def test_formulas_that_differ_have_different_values() -> None:
    assert same_values(X + 1, 1 + X)
    assert not same_values(X + 1, X + Rational(1000001, 1000000))
    assert not same_values(log(-(X**2) - 1), X, 1)


def test_the_author_s_last_form_gives_way_to_one_that_keeps_more_digits() -> None:
    post = r"""
$$g(x) = \log(1 + e^x)$$

$$g'(x) = \frac{1}{1 + e^{-x}} = 1 - \frac{e^{-x}}{1 + e^{-x}}$$
"""
    text = generate(post).module.text
    assert "_sigmoid(x)" in body(text, "dg_dx")
    assert body(text, "dg_dx").endswith("return _sigmoid(x)")


def test_a_second_derivative_is_computed_by_the_author_s_own_product() -> None:
    post = r"""
$$s(x) = \log(1 + e^x)$$

$$s'(x) = \frac{1}{1 + e^{-x}}$$

$$s''(x) = s'(x) (1 - s'(x))$$
"""
    assert "exp" not in body(generate(post).module.text, "d2s_dx2").split("return")[1]


def test_a_loss_of_a_sigmoid_has_a_gradient_that_does_not_cancel() -> None:
    lines = body(generate(LOGISTIC).module.text, "value_and_grad_L").splitlines()
    assert "    value = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))" in lines
    assert "    dL_dz = (1 - y) * sigma(z) - y * sigma(-z)" in lines
