"""`rate` gives what `sympy.diff` gives, term by term."""

import random

import pytest
import sympy
from sympy import Expr, Function, Max, Symbol

from litgrad.codegen.special import Ratio, Sigmoid, Softplus, Xlogy
from litgrad.meaning.cases import Cases
from litgrad.meaning.rates import rate

X, Y = Symbol("x", real=True), Symbol("y", real=True)
LEAVES = (X, Y, sympy.Integer(0), sympy.Integer(2), sympy.Rational(1, 3), sympy.pi, sympy.E)
HEADS = (sympy.exp, sympy.log, sympy.sin, sympy.tanh, sympy.Abs, sympy.sign, Sigmoid, Softplus)


def drawn(chance: random.Random, depth: int) -> Expr:
    """An expression by chance; some of it as an author writes it, nothing evaluated."""
    if depth == 0:
        return chance.choice(LEAVES)
    first, second = drawn(chance, depth - 1), drawn(chance, depth - 1)
    evaluate = chance.random() < 0.5
    match chance.randrange(6):
        case 0 | 1:
            return sympy.Add(first, second, evaluate=evaluate)
        case 2 | 3:
            return sympy.Mul(first, second, drawn(chance, 0), evaluate=evaluate)
        case 4:
            return sympy.Pow(first, chance.choice((2, -1, sympy.Rational(1, 2), second)), evaluate=evaluate)
    return chance.choice(HEADS)(first, evaluate=evaluate)


@pytest.mark.parametrize("seed", range(150))
def test_it_is_what_sympy_gives(seed: int) -> None:
    expr = drawn(random.Random(seed), 4)  # noqa: S311 - expressions, no secrets
    assert sympy.srepr(rate(expr, X)) == sympy.srepr(sympy.diff(expr, X))


@pytest.mark.parametrize(
    "expr",
    [
        Function("f")(X * Y),
        Max(0, X),
        Xlogy(X, Y) * Ratio(X, X**2),
        Cases.of([(X**2, X > 0), (X, sympy.true)]),
        sympy.Derivative(Function("f")(X), X) * X,
        sympy.Sum(X**Y, (Y, 1, 3)),
        sympy.Integral(sympy.exp(-X * Y), (Y, 0, 1)),
        sympy.oo * X,
        sympy.atan2(X, Y),
    ],
    ids=str,
)
def test_other_terms_are_left_to_sympy(expr: Expr) -> None:
    assert sympy.srepr(rate(expr, X)) == sympy.srepr(sympy.diff(expr, X))
