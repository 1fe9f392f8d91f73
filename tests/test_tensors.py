"""Tensors: their derivatives against differences, and the known closed forms of matrix calculus proved."""

from fractions import Fraction

import numpy as np
import pytest
from tensorgraphs import central, point, seeded

from litgrad.tensors.build import (
    ONE,
    add,
    broadcast,
    diagonal,
    diagonal_matrix,
    einsum,
    hadamard,
    matmul,
    negate,
    number,
    outer,
    power,
    reciprocal,
    scale,
    total,
    trace,
    transpose,
    zeros,
)
from litgrad.tensors.differentiate import derivative
from litgrad.tensors.evaluate import evaluate
from litgrad.tensors.expr import (
    Constant,
    Determinant,
    Elementwise,
    Identity,
    Inverse,
    Ones,
    Tensor,
    Unknown,
    Variable,
    variables,
)
from litgrad.tensors.functions import FUNCTIONS, sqrt
from litgrad.tensors.normal import equal

V = Variable
A, B, C = V("A", ("m", "n")), V("B", ("m", "n")), V("C", ("n", "k"))
M, S = V("M", ("m", "m")), V("S", ("n", "n"), symmetric=True)
X, Y = V("X", ("n", "n")), V("Y", ("n", "n"))
x, y, z = V("x", ("n",)), V("y", ("n",)), V("z", ("n",))
a, b = V("a", ("m",)), V("b", ("m",))
s, t = V("s"), V("t")
EYE, ONES = Identity("n"), Ones(("n",))
n = trace(EYE)
TWO, HALF = number(2), number(Fraction(1, 2))


def fn(name: str, argument: Tensor) -> Tensor:
    return Elementwise(name, argument)


def exp(u: Tensor) -> Tensor:
    return fn("exp", u)


def log(u: Tensor) -> Tensor:
    return fn("log", u)


def product(*factors: Tensor) -> Tensor:
    """A chain of matrices and vectors."""
    result = factors[0]
    for factor in factors[1:]:
        result = matmul(result, factor)
    return result


def times(*factors: Tensor) -> Tensor:
    """Scalars times a tensor, the last of them."""
    result = factors[-1]
    for factor in factors[:-1]:
        result = scale(factor, result)
    return result


def minus(left: Tensor, right: Tensor) -> Tensor:
    return add(left, negate(right))


def square(u: Tensor) -> Tensor:
    return hadamard(u, u)


def sum_squares(u: Tensor) -> Tensor:
    return total(square(u))


def over(above: Tensor, below: Tensor) -> Tensor:
    return scale(reciprocal(below), above)


def frobenius(u: Tensor) -> Tensor:
    return sqrt(sum_squares(u))


T, inv, det, diag = transpose, Inverse, Determinant, diagonal_matrix
residual = minus(product(A, x), b)
softmax = over(exp(x), total(exp(x)))
sigma = fn("sigmoid", product(A, x))
normed = sqrt(sum_squares(x))
ridge = add(product(T(A), A), times(s, EYE))
u = Unknown("u", (x,))
one_minus_sigma = minus(Ones(("m",)), sigma)
logistic = total(minus(log(add(Ones(("m",)), exp(product(A, x)))), hadamard(b, product(A, x))))
centred = minus(x, broadcast(times(reciprocal(n), total(x)), ("n",)))
mahalanobis = product(minus(x, y), inv(S), minus(x, y))
hidden = fn("tanh", add(product(A, x), b))

ROWS: list[tuple[str, Tensor, Variable, Tensor]] = [
    # sums, products and traces
    ("sum of a vector", total(x), x, ONES),
    ("inner product", product(x, y), x, y),
    ("squared norm", product(x, x), x, times(TWO, x)),
    ("linear form", product(b, A, x), x, product(T(A), b)),
    ("bilinear form by its matrix", product(b, A, x), A, outer(b, x)),
    ("quadratic form", product(x, X, x), x, product(add(X, T(X)), x)),
    ("quadratic form by its matrix", product(x, X, x), X, outer(x, x)),
    ("symmetric quadratic form", product(x, S, x), x, times(TWO, product(S, x))),
    ("matrix times vector", product(A, x), x, A),
    ("vector times matrix", product(b, A), b, T(A)),
    ("outer product", product(outer(x, y), z), x, times(product(y, z), EYE)),
    ("trace", trace(X), X, EYE),
    ("trace of a product", trace(product(X, Y)), X, T(Y)),
    ("trace of three", trace(product(Y, X, S)), X, product(T(Y), S)),
    ("trace of a square", trace(product(X, X)), X, times(TWO, T(X))),
    ("trace of X'X", trace(product(T(X), X)), X, times(TWO, X)),
    ("trace of A'MA", trace(product(T(A), M, A)), A, product(add(M, T(M)), A)),
    ("trace of a cube", trace(product(X, X, X)), X, times(number(3), T(product(X, X)))),
    ("norm of AC", sum_squares(product(A, C)), A, times(TWO, product(A, C, T(C)))),
    # least squares, norms
    ("least squares", sum_squares(residual), x, times(TWO, product(T(A), residual))),
    ("least squares by A", sum_squares(residual), A, times(TWO, outer(residual, x))),
    ("least squares by b", sum_squares(residual), b, times(number(-2), residual)),
    ("ridge", add(sum_squares(residual), times(s, product(x, x))), x,
     times(TWO, minus(product(ridge, x), product(T(A), b)))),
    ("norm2", normed, x, over(x, normed)),
    ("norm2 of a residual", sqrt(sum_squares(residual)), x,
     over(product(T(A), residual), sqrt(sum_squares(residual)))),
    ("norm1", total(fn("abs", x)), x, fn("sign", x)),
    ("norm1 of Ax", total(fn("abs", product(A, x))), x, product(T(A), fn("sign", product(A, x)))),
    ("Frobenius norm", frobenius(A), A, over(A, frobenius(A))),
    ("squared Frobenius distance", sum_squares(minus(A, B)), A, times(TWO, minus(A, B))),
    ("unit vector", over(x, normed), x,
     minus(over(EYE, normed), over(outer(x, x), power(normed, number(3))))),
    ("Rayleigh quotient", over(product(x, S, x), product(x, x)), x,
     times(TWO, reciprocal(product(x, x)),
           minus(product(S, x), times(over(product(x, S, x), product(x, x)), x)))),
    ("cosine similarity", over(product(x, y), hadamard(normed, sqrt(product(y, y)))), x,
     times(reciprocal(hadamard(normed, sqrt(product(y, y)))),
           minus(y, times(over(product(x, y), product(x, x)), x)))),
    ("Mahalanobis distance", mahalanobis, x, times(TWO, product(inv(S), minus(x, y)))),
    ("hinge", total(fn("relu", minus(Ones(("m",)), product(A, x)))), x,
     negate(product(T(A), fn("step", minus(Ones(("m",)), product(A, x)))))),
    # inverses and determinants
    ("determinant", det(X), X, times(det(X), T(inv(X)))),
    ("log determinant", log(det(X)), X, T(inv(X))),
    ("log determinant of a product", log(det(product(X, Y))), X, T(inv(X))),
    ("determinant of the inverse", det(inv(X)), X, negate(times(reciprocal(det(X)), T(inv(X))))),
    ("power of a determinant", power(det(X), s), X, times(s, power(det(X), s), T(inv(X)))),
    ("log determinant of X'X", log(det(product(T(X), X))), X, times(TWO, T(inv(X)))),
    ("log determinant of A'A", log(det(product(T(A), A))), A, times(TWO, product(A, inv(product(T(A), A))))),
    ("adjugate", trace(times(det(X), inv(X))), X,
     times(det(X), minus(times(trace(inv(X)), T(inv(X))), T(product(inv(X), inv(X)))))),
    ("solution of a system", product(y, inv(X), x), x, product(T(inv(X)), y)),
    ("inverse in a form", product(x, inv(X), y), X, negate(product(T(inv(X)), outer(x, y), T(inv(X))))),
    ("trace of the inverse", trace(inv(X)), X, negate(T(product(inv(X), inv(X))))),
    ("trace of a quotient", trace(product(Y, inv(X))), X, negate(T(product(inv(X), Y, inv(X))))),
    ("ridge solution", product(inv(ridge), T(A), b), s, negate(product(inv(ridge), inv(ridge), T(A), b))),
    ("inverse by a scalar", inv(add(X, times(s, EYE))), s,
     negate(product(inv(add(X, times(s, EYE))), inv(add(X, times(s, EYE)))))),
    ("Gaussian log likelihood by the mean",
     minus(times(number(Fraction(-1, 2)), log(det(S))), times(HALF, mahalanobis)), y,
     product(inv(S), minus(x, y))),
    ("Gaussian log likelihood by the precision",
     minus(times(HALF, log(det(X))), times(HALF, product(x, X, x))), X,
     minus(times(HALF, T(inv(X))), times(HALF, outer(x, x)))),
    # entry by entry
    ("exp", exp(x), x, diag(exp(x))),
    ("sum of exp", total(exp(x)), x, exp(x)),
    ("log", log(x), x, diag(reciprocal(x))),
    ("log of Ax", total(log(product(A, x))), x, product(T(A), reciprocal(product(A, x)))),
    ("entropy", negate(product(x, log(x))), x, negate(add(log(x), ONES))),
    ("elementwise power", power(x, s), x, diag(times(s, power(x, minus(s, ONE))))),
    ("elementwise power by its exponent", total(power(x, s)), s, product(power(x, s), log(x))),
    ("cube", total(power(x, number(3))), x, times(number(3), square(x))),
    ("quotient", total(hadamard(x, reciprocal(y))), y, negate(hadamard(x, power(y, number(-2))))),
    ("Hadamard product", hadamard(x, y), x, diag(y)),
    ("Hadamard product of matrices", total(hadamard(A, B, B)), A, square(B)),
    ("square root", total(sqrt(x)), x, times(HALF, power(x, number(Fraction(-1, 2))))),
    ("sine", total(fn("sin", x)), x, fn("cos", x)),
    ("tangent", total(fn("tan", x)), x, power(fn("cos", x), number(-2))),
    ("tanh of Wx", total(fn("tanh", product(A, x))), x,
     product(T(A), minus(Ones(("m",)), square(fn("tanh", product(A, x)))))),
    ("arctan", total(fn("arctan", x)), x, reciprocal(add(ONES, square(x)))),
    ("absolute value", total(log(fn("abs", x))), x, reciprocal(x)),
    ("unknown function of entries", total(fn("f", product(A, x))), x,
     product(T(A), Elementwise("f", product(A, x), 1))),
    ("unknown function of a product", Unknown("h", (product(A, x),)), A,
     outer(Unknown("h", (product(A, x),), (), (0,)), x)),
    # diagonals
    ("diagonal matrix", product(diag(x), y), x, diag(y)),
    ("diagonal", total(diagonal(X)), X, EYE),
    ("form with a diagonal", product(y, diag(x), z), x, hadamard(y, z)),
    ("A' diag(b) A", trace(product(T(A), diag(b), A)), b, product(square(A), ONES)),
    ("log determinant of a diagonal", total(log(diagonal(diag(x)))), x, reciprocal(x)),
    # learning
    ("softmax", softmax, x, minus(diag(softmax), outer(softmax, softmax))),
    ("log sum exp", log(total(exp(x))), x, softmax),
    ("softmax with cross entropy", negate(product(y, log(softmax))), x, minus(times(total(y), softmax), y)),
    ("sigmoid", sigma, x, product(diag(hadamard(sigma, one_minus_sigma)), A)),
    ("logistic loss", logistic, x, product(T(A), minus(sigma, b))),
    ("cross entropy of a sigmoid",
     negate(add(product(b, log(sigma)), product(minus(Ones(("m",)), b), log(one_minus_sigma)))), x,
     product(T(A), minus(sigma, b))),
    ("softplus", total(log(add(ONES, exp(x)))), x, fn("sigmoid", x)),
    ("variance", times(reciprocal(n), product(centred, centred)), x, times(TWO, reciprocal(n), centred)),
    ("dense layer by its weights", product(a, fn("relu", product(A, x))), A,
     outer(hadamard(a, fn("step", product(A, x))), x)),
    ("squared loss of a tanh layer by its bias", times(HALF, sum_squares(minus(hidden, a))), b,
     hadamard(minus(hidden, a), minus(Ones(("m",)), square(hidden)))),
    ("Poisson likelihood", minus(product(b, product(A, x)), total(exp(product(A, x)))), x,
     product(T(A), minus(b, exp(product(A, x))))),
    ("matrix factorization", times(HALF, sum_squares(minus(product(A, C), V("R", ("m", "k"))))), C,
     product(T(A), minus(product(A, C), V("R", ("m", "k"))))),
    ("radial kernel", exp(negate(times(s, sum_squares(minus(x, y))))), x,
     times(number(-2), s, exp(negate(times(s, sum_squares(minus(x, y))))), minus(x, y))),
]  # fmt: skip


@pytest.mark.parametrize(("value", "by", "closed"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_closed_forms_of_derivatives_are_proved(value: Tensor, by: Variable, closed: Tensor) -> None:
    assert equal(derivative(value, by), closed)


@pytest.mark.parametrize(("value", "by", "closed"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_wrong_closed_forms_are_not_proved(value: Tensor, by: Variable, closed: Tensor) -> None:
    assert not equal(derivative(value, by), negate(closed))
    assert not equal(derivative(value, by), scale(TWO, closed))


@pytest.mark.parametrize(
    "sizes", [{"m": 3, "n": 2, "k": 4}, {"m": 1, "n": 1, "k": 1}, {"m": 4, "n": 3, "k": 1}]
)
@pytest.mark.parametrize(("value", "by"), [row[1:3] for row in ROWS], ids=[row[0] for row in ROWS])
def test_derivatives_are_those_of_differences(value: Tensor, by: Variable, sizes: dict[str, int]) -> None:
    assert_differences(value, by, sizes)


def assert_differences(value: Tensor, by: Variable, sizes: dict[str, int]) -> None:
    """The derivative of a tensor is that of differences, at a random point where it is defined."""
    found = derivative(value, by)
    tried = 0
    for seed in range(40):
        values = point(seeded(seed), [value, by], sizes, 0.3 if seed % 2 else -1.5)
        exact = evaluate([found], values, sizes)[0]
        rough = central(value, by, values, sizes)
        assert exact.shape == rough.shape
        if np.isfinite(exact).all() and np.isfinite(rough).all() and np.abs(exact).max() < 1e4:
            np.testing.assert_allclose(exact, rough, rtol=1e-5, atol=1e-6)
            tried += 1
        if tried == 3:
            return
    raise AssertionError("no point where it is defined")


HESSIANS: list[tuple[str, Tensor, Tensor]] = [
    ("quadratic form", product(x, X, x), add(X, T(X))),
    ("least squares", sum_squares(residual), times(TWO, product(T(A), A))),
    ("logistic loss", logistic, product(T(A), diag(hadamard(sigma, one_minus_sigma)), A)),
    ("log sum exp", log(total(exp(x))), minus(diag(softmax), outer(softmax, softmax))),
    ("norm2", normed, minus(over(EYE, normed), over(outer(x, x), power(normed, number(3))))),
    ("squared norm to the fourth", power(product(x, x), TWO),
     add(times(number(4), product(x, x), EYE), times(number(8), outer(x, x)))),
    ("sum of logarithms", total(log(x)), negate(diag(power(x, number(-2))))),
    ("linear form", product(y, x), zeros(("n", "n"))),
    ("unknown function", u, T(derivative(derivative(u, x), x))),
]  # fmt: skip


@pytest.mark.parametrize(("value", "closed"), [row[1:] for row in HESSIANS], ids=[row[0] for row in HESSIANS])
def test_hessians_are_proved_and_those_of_differences(value: Tensor, closed: Tensor) -> None:
    gradient = derivative(value, x)
    assert equal(derivative(gradient, x), closed)
    assert_differences(gradient, x, {"m": 3, "n": 2, "k": 1})


NODES: list[tuple[str, Tensor]] = [
    *((name, fn(name, times(s, x))) for name in FUNCTIONS),
    ("unknown of entries", Elementwise("f", product(X, x))),
    ("derivative of an unknown of entries", Elementwise("f", product(X, x), 2)),
    ("unknown", Unknown("h", (x, product(X, x)))),
    ("unknown with axes", Unknown("h", (product(A, x), x), ("k",))),
    ("derivative of an unknown", Unknown("h", (x, product(X, x)), (), (1, 0))),
    ("sum", add(x, square(x), product(X, x))),
    ("power", power(add(ONES, square(x)), s)),
    ("exponent", power(add(ONES, square(x)), product(x, y))),
    ("constant", times(Constant("pi"), power(Constant("e"), product(x, y)), x)),
    ("inverse", inv(add(X, outer(x, square(x))))),
    ("determinant", det(add(X, outer(x, square(x))))),
    ("repeated label", einsum([(outer(x, product(X, x)), (0, 0)), (x, (0,)), (X, (0, 1))], (0, 1))),
    (
        "repeated output",
        einsum([(square(x), (0,)), (Identity("n"), (0, 1)), (Identity("n"), (1, 2))], (0, 1, 2)),
    ),
    ("lone summed label", einsum([(outer(x, square(x)), (0, 1)), (x, (2,))], (2,))),
]


@pytest.mark.parametrize("value", [row[1] for row in NODES], ids=[row[0] for row in NODES])
@pytest.mark.parametrize("n_is", [1, 3])
def test_every_kind_of_node_is_differentiated(value: Tensor, n_is: int) -> None:
    assert_differences(value, x, {"m": 2, "n": n_is, "k": 2})
    if s in (found := variables(value)):
        assert_differences(value, s, {"m": 2, "n": n_is, "k": 2})
    assert x in found
