"""The normal form of tensors: what it proves, what it must not, that it never contradicts numbers."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorgraphs import DIMS, differs, grown, mutated, point, rewritten, seeded

from litgrad.tensors.build import (
    ONE,
    ZERO,
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
)
from litgrad.tensors.differentiate import derivative
from litgrad.tensors.evaluate import evaluate
from litgrad.tensors.exact import evaluate_exact
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
    replaced,
)
from litgrad.tensors.functions import sqrt
from litgrad.tensors.normal import equal, under_logarithms

A, B = Variable("A", ("m", "n")), Variable("B", ("n", "k"))
U, W = Variable("U", ("n", "k")), Variable("W", ("k", "n"))
X, Y, Z = (Variable(name, ("n", "n")) for name in "XYZ")
S = Variable("S", ("n", "n"), symmetric=True)
x, y, z = (Variable(name, ("n",)) for name in "xyz")
r, s, t = (Variable(name) for name in "rst")
EYE, ONES = Identity("n"), Ones(("n",))
n = trace(EYE)
TWO, HALF = number(2), number(Fraction(1, 2))


def fn(name: str, argument: Tensor) -> Tensor:
    return Elementwise(name, argument)


def product(*factors: Tensor) -> Tensor:
    result = factors[0]
    for factor in factors[1:]:
        result = matmul(result, factor)
    return result


def minus(left: Tensor, right: Tensor) -> Tensor:
    return add(left, negate(right))


def everywhere(scalar: Tensor) -> Tensor:
    return broadcast(scalar, ("n",))


def over(above: Tensor, below: Tensor) -> Tensor:
    return scale(reciprocal(below), above)


T, inv, det = transpose, Inverse, Determinant
exp_x = fn("exp", x)
softmax = over(exp_x, total(exp_x))
small = minus(x, everywhere(scale(reciprocal(n), total(x))))
variance = scale(reciprocal(n), matmul(small, small))
spread = power(add(variance, s), number(Fraction(-1, 2)))
hat = scale(spread, small)
residual = minus(x, everywhere(t))
gauss = hadamard(
    power(hadamard(TWO, Constant("pi"), s, s), scale(number(Fraction(-1, 2)), n)),
    fn("exp", hadamard(number(Fraction(-1, 2)), matmul(residual, residual), power(s, number(-2)))),
)
log_gauss = minus(
    scale(
        number(Fraction(-1, 2)),
        hadamard(n, add(fn("log", hadamard(TWO, Constant("pi"))), fn("log", hadamard(s, s)))),
    ),
    hadamard(HALF, matmul(residual, residual), power(s, number(-2))),
)
low_rank = inv(add(X, product(U, W)))
core = inv(add(Identity("k"), product(W, inv(X), U)))
ridge, kernel = add(product(T(A), A), scale(s, EYE)), add(product(A, T(A)), scale(s, Identity("m")))

noise = Variable("R", ("m", "m"), symmetric=True)
mirror = minus(EYE, scale(over(TWO, matmul(y, y)), outer(y, y)))
weights, goal = Variable("w", ("m",)), Variable("g", ("m",))
weighted = product(inv(product(T(A), diagonal_matrix(weights), A)), T(A), diagonal_matrix(weights), goal)

IDENTITIES: dict[str, tuple[Tensor, Tensor]] = {
    # contractions
    "transpose of a product": (T(product(A, B)), product(T(B), T(A))),
    "trace of a product": (trace(product(X, Y, Z)), trace(product(Y, Z, X))),
    "trace of a transposed product": (trace(product(X, Y)), trace(product(T(X), T(Y)))),
    "four in a ring": (trace(product(X, X, Y, X)), trace(product(X, Y, X, X))),
    "distribution": (product(add(X, Y), add(X, Y)),
                     add(product(X, X), product(X, Y), product(Y, X), product(Y, Y))),
    "associativity": (product(A, product(B, W)), product(product(A, B), W)),
    "square of a sum of entries": (power(total(x), TWO), total(outer(x, x))),
    "symmetric": (product(S, x), product(x, S)),
    "form of the symmetric part": (product(x, X, x), scale(HALF, product(x, add(X, T(X)), x))),
    "skew form": (product(x, minus(X, T(X)), x), ZERO),
    "sizes": (total(ONES), n),
    "sum of a broadcast": (total(everywhere(s)), scale(s, n)),
    "trace of an outer product": (trace(outer(x, y)), matmul(x, y)),
    "diagonal of a diagonal": (diagonal(diagonal_matrix(x)), x),
    "product of diagonals": (product(diagonal_matrix(x), Y, diagonal_matrix(z)), hadamard(outer(x, z), Y)),
    "diagonal times matrix": (product(diagonal_matrix(x), X), einsum([(x, (0,)), (X, (0, 1))], (0, 1))),
    "centred": (total(small), ZERO),
    "variance": (variance, minus(scale(reciprocal(n), matmul(x, x)), power(over(total(x), n), TWO))),
    "fifth power of a sum": (power(total(x), number(5)), hadamard(*[total(x)] * 5)),
    # powers and fractions
    "shares": (add(hadamard(x, reciprocal(add(x, y))), hadamard(y, reciprocal(add(x, y)))), ONES),
    "sum of shares": (total(add(hadamard(x, reciprocal(add(x, y))), hadamard(y, reciprocal(add(x, y))))), n),
    "shares with two denominators": (
        total(minus(reciprocal(x), reciprocal(add(x, y)))),
        total(hadamard(y, reciprocal(x), reciprocal(add(x, y))))),
    "difference of fractions": (minus(reciprocal(s), reciprocal(t)), over(minus(t, s), hadamard(s, t))),
    "squared denominator": (reciprocal(power(add(s, t), TWO)),
                            reciprocal(add(hadamard(s, s), hadamard(TWO, s, t), hadamard(t, t)))),
    "symbolic exponents": (hadamard(power(x, s), power(x, t), x), power(x, add(s, t, ONE))),
    "power of a sum": (hadamard(power(add(x, y), s), add(x, y)), power(add(x, y), add(s, ONE))),
    "roots": (hadamard(sqrt(add(x, y)), sqrt(add(x, y))), add(x, y)),
    "root of a square": (sqrt(hadamard(x, x)), fn("abs", x)),
    "root of 12": (sqrt(number(12)), scale(TWO, sqrt(number(3)))),
    "root of a quotient": (sqrt(reciprocal(matmul(x, x))), reciprocal(sqrt(matmul(x, x)))),
    "unit length": (matmul(over(x, sqrt(matmul(x, x))), over(x, sqrt(matmul(x, x)))), ONE),
    "norm of a scaled vector": (
        sqrt(matmul(scale(s, x), scale(s, x))), scale(fn("abs", s), sqrt(matmul(x, x)))),
    # functions
    "exp of a sum": (fn("exp", add(x, y)), hadamard(exp_x, fn("exp", y))),
    "log of exp": (fn("log", exp_x), x),
    "exp of log": (fn("exp", scale(s, fn("log", x))), power(x, s)),
    "e": (fn("exp", scale(TWO, x)), hadamard(exp_x, exp_x)),
    "the number e": (fn("exp", ONE), Constant("e")),
    "log of a quotient": (fn("log", softmax), minus(x, everywhere(fn("log", total(exp_x))))),
    "softmax sums to 1": (total(softmax), ONE),
    "softmax is not moved by a shift": (
        over(fn("exp", add(x, everywhere(s))), total(fn("exp", add(x, everywhere(s))))), softmax),
    "sigmoid mirrored": (fn("sigmoid", negate(x)), minus(ONES, fn("sigmoid", x))),
    "slope of a sigmoid": (hadamard(fn("sigmoid", x), fn("sigmoid", negate(x))),
                           minus(fn("sigmoid", x), power(fn("sigmoid", x), TWO))),
    "log of a sigmoid": (fn("log", fn("sigmoid", x)), negate(fn("log", add(ONES, fn("exp", negate(x)))))),
    "log of 1 - sigmoid": (fn("log", minus(ONES, fn("sigmoid", x))), negate(fn("log", add(ONES, exp_x)))),
    "tanh by sigmoid": (fn("tanh", x), minus(scale(TWO, fn("sigmoid", scale(TWO, x))), ONES)),
    "tanh by sinh": (fn("tanh", x), hadamard(fn("sinh", x), reciprocal(fn("cosh", x)))),
    "cosh and sinh": (minus(power(fn("cosh", x), TWO), power(fn("sinh", x), TWO)), ONES),
    "sin and cos": (total(add(power(fn("sin", x), TWO), power(fn("cos", x), TWO))), n),
    "sin of a sum": (fn("sin", add(x, y)), add(hadamard(fn("sin", x), fn("cos", y)),
                                               hadamard(fn("cos", x), fn("sin", y)))),
    "sin of 2x": (fn("sin", scale(TWO, x)), scale(TWO, hadamard(fn("sin", x), fn("cos", x)))),
    "tan": (add(ONES, power(fn("tan", x), TWO)), power(fn("cos", x), number(-2))),
    "odd arctan": (fn("arctan", minus(x, y)), negate(fn("arctan", minus(y, x)))),
    "relu by abs": (fn("relu", add(x, y)), scale(HALF, add(x, y, fn("abs", add(x, y))))),
    "relu of both signs": (minus(fn("relu", x), fn("relu", negate(x))), x),
    "step of a step": (hadamard(fn("step", x), fn("step", x)), fn("step", x)),
    "abs squared": (power(fn("abs", add(x, y)), TWO), power(add(x, y), TWO)),
    "log of abs": (fn("log", fn("abs", x)), scale(HALF, fn("log", hadamard(x, x)))),
    "power of abs": (power(power(fn("abs", x), s), TWO), power(hadamard(x, x), s)),
    "root of a squared difference": (sqrt(power(minus(x, y), TWO)), fn("abs", minus(y, x))),
    "abs of a product": (fn("abs", hadamard(x, y)), hadamard(fn("abs", x), fn("abs", y))),
    "relu of a positive multiple": (fn("relu", scale(number(3), x)), scale(number(3), fn("relu", x))),
    "exp of the identity": (total(fn("exp", EYE)), add(hadamard(n, n), scale(minus(Constant("e"), ONE), n))),
    "unknown of a diagonal": (diagonal(Elementwise("f", diagonal_matrix(x))), Elementwise("f", x)),
    "unknown at a transpose": (Elementwise("f", T(add(X, Y))), T(Elementwise("f", add(X, Y)))),
    "mixed partials": (Unknown("u", (x, y), (), (0, 1)), T(Unknown("u", (x, y), (), (1, 0)))),
    "Hessian": (Unknown("u", (x,), (), (0, 0)), T(Unknown("u", (x,), (), (0, 0)))),
    "unknown at equal arguments": (Unknown("u", (product(X, add(x, y)),)),
                                   Unknown("u", (add(product(X, y), product(X, x)),))),
    # matrices
    "inverse from the right": (product(X, inv(X), Y), Y),
    "inverse from the left": (product(inv(add(X, Y)), add(X, Y)), EYE),
    "inverse of a product": (inv(product(X, Y)), product(inv(Y), inv(X))),
    "inverse of an inverse": (inv(inv(add(X, Y))), add(X, Y)),
    "inverse of a transpose": (inv(T(X)), T(inv(X))),
    "inverse of a multiple": (inv(scale(s, X)), over(inv(X), s)),
    "inverse of a diagonal": (inv(diagonal_matrix(x)), diagonal_matrix(reciprocal(x))),
    "inverse of a symmetric matrix": (T(inv(S)), inv(S)),
    "inverse of X'X": (product(inv(product(T(A), A)), T(A), A), EYE),
    "projection": (product(A, inv(product(T(A), A)), T(A), A), A),
    "trace of a projection": (trace(product(A, inv(product(T(A), A)), T(A))), n),
    "trace of I": (trace(product(inv(ridge), ridge)), n),
    "ridge shrinks": (minus(EYE, product(inv(ridge), T(A), A)), scale(s, inv(ridge))),
    "push-through": (product(inv(ridge), T(A)), product(T(A), inv(kernel))),
    "push-through in a form": (product(x, inv(ridge), T(A), goal), product(x, T(A), inv(kernel), goal)),
    "push-through from the right": (product(A, inv(ridge)), product(inv(kernel), A)),
    "push-through in a trace": (trace(product(A, inv(ridge), T(A))), trace(product(inv(kernel), A, T(A)))),
    "push-through of a low rank": (product(inv(add(EYE, product(U, W))), U),
                                   product(U, inv(add(Identity("k"), product(W, U))))),
    "Woodbury": (low_rank, minus(inv(X), product(inv(X), U, core, W, inv(X)))),
    "Sherman and Morrison": (
        inv(add(X, outer(x, y))),
        minus(inv(X), over(product(outer(product(inv(X), x), y), inv(X)), add(ONE, product(y, inv(X), x))))),
    "Kalman gain": (
        product(inv(add(inv(S), product(T(A), inv(noise), A))), T(A), inv(noise)),
        product(S, T(A), inv(add(product(A, S, T(A)), noise)))),
    "reflection": (product(mirror, mirror), EYE),
    "weighted normal equations": (
        product(T(A), diagonal_matrix(weights), minus(goal, product(A, weighted))), scale(ZERO, ONES)),
    "resolvents": (minus(inv(X), inv(Y)), product(inv(X), minus(Y, X), inv(Y))),
    "determinant of a product": (det(product(X, T(Y))), hadamard(det(Y), det(X))),
    "determinant of an inverse": (det(inv(X)), reciprocal(det(X))),
    "determinant of a multiple": (det(negate(scale(s, X))), hadamard(power(negate(s), n), det(X))),
    "determinant of a similar matrix": (det(product(inv(Y), X, Y)), det(X)),
    "determinant of a product of sums": (det(product(add(X, EYE), T(add(Y, EYE)))),
                                         hadamard(det(add(X, EYE)), det(add(EYE, Y)))),
    "inverse of a product of sums": (inv(scale(s, product(add(X, EYE), T(add(Y, EYE))))),
                                     over(product(T(inv(add(EYE, Y))), inv(add(X, EYE))), s)),
    "determinant of a product multiplied out": (det(product(add(X, EYE), Y)), det(add(Y, product(X, Y)))),
    "determinant of I": (det(EYE), ONE),
    "twice negative": (det(negate(negate(X))), det(X)),
    # statistics and learning
    "logarithm of a Gaussian": (fn("log", gauss), log_gauss),
    "normalised sum": (total(hat), ZERO),
    "normalised squares": (matmul(hat, hat), hadamard(n, variance, reciprocal(add(variance, s)))),
    "batch normalisation backward": (
        derivative(matmul(y, hat), x),
        over(scale(spread, minus(minus(scale(n, y), everywhere(total(y))), scale(matmul(y, hat), hat))), n)),
}  # fmt: skip

ONLY_SOMETIMES: dict[str, tuple[Tensor, Tensor]] = {
    "order of factors": (product(X, Y), product(Y, X)),
    "order in an inverse": (inv(product(X, Y)), product(inv(X), inv(Y))),
    "push-through to the wrong side": (product(inv(ridge), T(A), goal), product(goal, kernel, A)),
    "push-through of the wrong factor": (
        product(x, inv(add(EYE, product(X, Y))), X, y),
        product(x, X, inv(add(EYE, product(X, Y))), y),
    ),
    "order in a trace": (trace(product(X, Y, Z)), trace(product(Y, X, Z))),
    "transpose": (product(X, x), product(x, X)),
    "root of a square": (sqrt(hadamard(x, x)), x),
    "square root of a square": (sqrt(power(s, TWO)), s),
    "root of a product": (sqrt(hadamard(s, t)), hadamard(sqrt(s), sqrt(t))),
    "log of a product": (fn("log", hadamard(s, t)), add(fn("log", s), fn("log", t))),
    "log of a square": (fn("log", hadamard(s, s)), scale(TWO, fn("log", s))),
    "log of a determinant": (fn("log", det(product(X, Y))), add(fn("log", det(X)), fn("log", det(Y)))),
    "steps at 0": (add(fn("step", x), fn("step", negate(x))), ONES),
    "sign squared": (power(fn("sign", x), TWO), ONES),
    "sizes of 1": (total(everywhere(s)), s),
    "unit matrix of size 1": (EYE, outer(ONES, ONES)),
    "square of a sum": (power(total(x), TWO), matmul(x, x)),
    "norm of a product": (matmul(product(X, x), product(X, x)), product(x, X, X, x)),
    "power of a power": (power(power(x, TWO), s), power(x, scale(TWO, s))),
    "determinant of a multiple": (det(scale(s, X)), scale(s, det(X))),
    "determinant of a sum": (det(add(X, Y)), add(det(X), det(Y))),
    "missing factor": (derivative(matmul(x, x), x), x),
    "Taylor": (fn("sin", s), minus(s, over(power(s, number(3)), number(6)))),
    "unsymmetric": (derivative(product(x, X, x), x), scale(TWO, product(X, x))),
    "mean for a sum": (total(x), over(total(x), n)),
    "unknowns": (Unknown("u", (x,)), Unknown("u", (y,))),
    "derivatives": (Elementwise("f", x, 1), Elementwise("f", x, 2)),
    "partials": (Unknown("u", (x, y), (), (0, 0)), Unknown("u", (x, y), (), (1, 1))),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_identities_are_proved(name: str) -> None:
    left, right = IDENTITIES[name]
    assert equal(left, right)
    assert not differs(left, right, seeded(1))


@pytest.mark.parametrize("name", ONLY_SOMETIMES)
def test_what_fails_somewhere_is_not_proved(name: str) -> None:
    assert not equal(*ONLY_SOMETIMES[name])


@pytest.mark.parametrize("name", ["square root of a square", "root of a product", "log of a product"])
def test_positive_variables_make_the_laws_hold(name: str) -> None:
    assert equal(*ONLY_SOMETIMES[name], positive=("s", "t"))


def test_scalars_under_logarithms_are_positive_where_both_sides_are_defined() -> None:
    left, right = fn("log", power(s, n)), scale(n, fn("log", s))
    assert not equal(left, right)
    assert equal(left, right, under_logarithms(left, right))
    assert under_logarithms(fn("log", x), fn("log", hadamard(s, t)), sqrt(r)) == frozenset()


seeds = st.integers(0, 2**32)


def drawn(rng: Random) -> Tensor:
    """A random tensor with up to two axes."""
    return grown(rng, tuple(rng.choice(DIMS) for _ in range(rng.randint(0, 2))), rng.randint(1, 3))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(seeds)
def test_rewritten_tensors_are_proved_equal(seed: int) -> None:
    rng = seeded(seed)
    tensor = drawn(rng)
    other = rewritten(rng, tensor)
    assert equal(tensor, other)
    assert not differs(tensor, other, rng, 3)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(seeds)
def test_a_mistake_that_numbers_show_is_never_proved(seed: int) -> None:
    rng = seeded(seed)
    tensor = drawn(rng)
    wrong = rewritten(rng, mutated(rng, tensor), 1)
    assert not (equal(tensor, wrong) and differs(tensor, wrong, rng))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(seeds)
def test_the_chain_rule_by_hand_is_the_derivative(seed: int) -> None:
    rng = seeded(seed)
    inner = grown(rng, ("n",), 1)
    v, u = Variable("v", ("n",)), Variable("x_n", ("n",))
    outside = replaced(grown(rng, rng.choice([(), ("m",)]), 2), {u: v})
    composed = replaced(outside, {v: inner})
    direct = replaced(derivative(outside, v), {v: inner})
    partial = derivative(replaced(outside, {u: Variable("w", ("n",))}), u)
    by_hand = add(matmul(direct, derivative(inner, u)), partial)
    assert equal(derivative(composed, u), by_hand)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seeds)
def test_many_digits_agree_with_few(seed: int) -> None:
    rng = seeded(seed)
    tensor = drawn(rng)
    sizes = {letter: rng.randint(1, 3) for letter in "mnk"}
    values = point(rng, [tensor], sizes)
    rough = np.asarray(evaluate([tensor], values, sizes)[0], float)
    exact = np.asarray(evaluate_exact([tensor], values, sizes)[0].astype(float))
    assert exact.shape == rough.shape
    tame = np.isfinite(rough) & (np.abs(rough) < 1e6) & (np.abs(exact) < 1e6)
    np.testing.assert_allclose(exact[tame], rough[tame], rtol=1e-6, atol=1e-6)


HOSTILE: dict[str, Tensor] = {
    "a high power": power(add(*(Variable(f"v{place}") for place in range(12))), number(12)),
    "powers of powers": power(power(power(add(s, t, r), number(9)), number(9)), number(9)),
    "a long chain": product(*[X] * 200),
    "many equal factors": hadamard(*[product(X, x)] * 12),
    "a clique": einsum([(X, (i, j)) for i in range(9) for j in range(9) if i != j], ()),
    "nested functions": fn("f", fn("f", fn("f", add(*(Variable(f"v{p}", ("n",)) for p in range(60)))))),
    "sines of sums": fn("sin", add(*(Variable(f"v{place}") for place in range(40)))),
    "a product of sums": hadamard(
        *(add(Variable(f"v{place}"), Variable(f"w{place}")) for place in range(40))
    ),
    "a tower": power(s, power(s, power(s, power(s, add(s, t))))),
    "a huge number": power(number(10**30 + 57), Variable("s")),
    "a large exponent": power(add(s, t), number(10**12)),
    "a large power of a number": scale(power(number(3), number(10**9)), s),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tensors_come_to_an_end(name: str) -> None:
    assert not equal(HOSTILE[name], scale(TWO, HOSTILE[name]))
