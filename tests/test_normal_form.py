"""The exact prover: what it proves, what it must not, and that it never contradicts numbers."""

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf
from sympy import Rational, cos, cosh, exp, log, sin, sinh, sqrt, tan, tanh

from litgrad.checking.normal_form import equal
from litgrad.checking.numeric import same, value
from litgrad.meaning.forms import symbol

n, x, y, z = map(symbol, "nxyz")

IDENTITIES = [
    ((x + y) ** 2, x**2 + 2 * x * y + y**2),
    (1 / (1 + exp(-x)), exp(x) / (1 + exp(x))),
    (tanh(x), 2 / (1 + exp(-2 * x)) - 1),
    (cosh(x) ** 2 - sinh(x) ** 2, sympy.Integer(1)),
    (sin(2 * x), 2 * sin(x) * cos(x)),
    (sin(x + y), sin(x) * cos(y) + cos(x) * sin(y)),
    (tan(x) ** 2 + 1, 1 / cos(x) ** 2),
    (exp(x / 2) ** 2, exp(x)),
    (exp(-((x - y) ** 2) / (2 * z**2)), exp(-(x**2 + y**2) / (2 * z**2)) * exp(x * y / z**2)),
    (log(1 / (1 + exp(-x))), -log(1 + exp(-x))),
    (log(exp(x) / (1 + exp(x))), x - log(1 + exp(x))),
    (log(sqrt(1 + x**2)), log(1 + x**2) / 2),
    (log(sympy.Integer(6)), log(2) + log(3)),
    (1 / (sqrt(x) + 1), (sqrt(x) - 1) / (x - 1)),
    (x ** (n + 1), x * x**n),
]

NOT_FOR_ALL_REALS = [
    (sympy.Pow(x**2, Rational(1, 2), evaluate=False), x),
    (log(x * y), log(x) + log(y)),
    (log(x**2), 2 * log(x)),
    (sympy.atan(tan(x)), x),
    (sqrt(x) * sqrt(y), sympy.Pow(x * y, Rational(1, 2), evaluate=False)),
]

NEAR_MISSES = [
    (sin(x), x - x**3 / 6),
    (exp(x), exp(2 * x)),
    (1 / (1 + exp(-x)), 1 / (1 - exp(-x))),
    (x**2 + y**2, (x + y) ** 2),
    (sympy.Integer(640320) ** 3 + 744, exp(sympy.pi * sqrt(163))),
]


@pytest.mark.parametrize(("left", "right"), IDENTITIES)
def test_identities_are_proved(left: sympy.Expr, right: sympy.Expr) -> None:
    assert equal(left, right)


@pytest.mark.parametrize(("left", "right"), [*NOT_FOR_ALL_REALS, *NEAR_MISSES])
def test_what_fails_somewhere_is_not_proved(left: sympy.Expr, right: sympy.Expr) -> None:
    assert not equal(left, right)


@pytest.mark.parametrize(
    ("left", "right"), [pair for pair in NOT_FOR_ALL_REALS if not pair[0].has(sympy.atan)]
)
def test_positive_symbols_make_the_laws_hold(left: sympy.Expr, right: sympy.Expr) -> None:
    assert equal(left, right, positive=(x, y))


def test_a_power_too_large_is_given_up_not_worked_out() -> None:
    huge = sympy.Pow(x + y + z, sympy.Integer(150), evaluate=False)
    assert not equal(huge * (x + 1), huge * x + huge + 1)


def terms() -> st.SearchStrategy[sympy.Expr]:
    """Random expressions of the kinds that posts hold."""
    leaves = st.sampled_from([x, y, sympy.Integer(1), sympy.Integer(2), Rational(1, 3), -x])
    heads = st.sampled_from(
        [exp, sin, tanh, lambda u: 1 / (1 + exp(-u)), lambda u: log(1 + u**2), lambda u: u**2]
    )

    def grown(inner: st.SearchStrategy[sympy.Expr]) -> st.SearchStrategy[sympy.Expr]:
        pairs = st.tuples(inner, inner)
        return st.one_of(
            st.builds(lambda head, u: head(u), heads, inner),
            pairs.map(lambda pair: pair[0] + pair[1]),
            pairs.map(lambda pair: pair[0] * pair[1]),
        )

    return st.recursive(leaves, grown, max_leaves=5)


@given(terms(), terms())
@settings(max_examples=60, deadline=None)
def test_proofs_agree_with_numbers(left: sympy.Expr, right: sympy.Expr) -> None:
    """Where two random expressions are called equal, their values are; where values differ, no proof."""
    point = {x: mpf("0.37"), y: mpf("-0.61")}
    values = value(left, point), value(right, point)
    assume(None not in values)
    assert equal(left, right) <= same(values[0], values[1], 30)


@given(terms(), terms(), terms())
@settings(max_examples=40, deadline=None)
def test_the_distributive_law_is_always_proved(u: sympy.Expr, v: sympy.Expr, t: sympy.Expr) -> None:
    assert equal(sympy.Mul(u, v + t, evaluate=False), u * v + u * t)
