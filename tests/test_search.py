"""Forms that keep more digits are found, each rewrite keeps the value, and what is good is left alone."""

from pathlib import Path

import numpy as np
import pytest
from generate import body, generate, load
from sympy import Integer, Symbol, cos, exp, log, sqrt

from litgrad.codegen.accuracy import FAULT, Sample, same_values
from litgrad.codegen.alternatives import ALTERNATIVES, Alternative
from litgrad.codegen.exact import truth
from litgrad.codegen.search import ENOUGH, improved
from litgrad.meaning.forms import divide, power

U, V, X = (Symbol(name, real=True) for name in "uvx")


@pytest.mark.parametrize("row", ALTERNATIVES, ids=lambda row: row.pattern)
def test_a_row_keeps_the_value(row: Alternative) -> None:
    example = row.example()
    changed = row.apply(example)
    assert changed is not None
    assert changed != example
    assert same_values(example, changed, 2)


def test_every_row_is_named_once() -> None:
    assert len({row.pattern for row in ALTERNATIVES}) == len(ALTERNATIVES)


@pytest.mark.parametrize("row", ALTERNATIVES, ids=lambda row: row.pattern)
def test_a_row_says_nothing_of_other_formulas(row: Alternative) -> None:
    assert row.apply(X) is None
    assert row.apply(cos(X)) is None


# -------------------------------- the search --------------------------------

POINTS = [{X: x} for x in (1e-300, 1e-12, 1e-4, 0.1, 0.5, 1.0, 3.0, 28.0, 700.0, 1e5, 1e15, 1e100)]
BOTH = POINTS + [{X: -point[X]} for point in POINTS]


@pytest.mark.parametrize(
    ("expr", "points"),
    [
        (sqrt(X + 1) - sqrt(X), POINTS),
        (sqrt(X**2 + 1) - X, BOTH),
        (log(X + 1) - log(X), POINTS),
        (1 / (X + 1) - 1 / X, POINTS),
        ((exp(X) - exp(-X)) / 2, BOTH),
        (cos(X + 1) - cos(1), [{X: x} for x in (1e-300, 1e-12, 1e-4, 0.1, 0.5)]),
        (log((X + 1) / X), POINTS),
    ],
    ids=str,
)
def test_a_form_within_the_bound_is_found(expr: Symbol, points: list[dict[Symbol, float]]) -> None:
    sample = Sample.of([expr], points)
    found = improved([expr], sample, sample)
    assert sample.error(expr) > ENOUGH
    assert found.worst <= ENOUGH
    assert found.rows


def test_a_good_form_is_left_as_it_is() -> None:
    sample = Sample.of([exp(X) + 1], BOTH)
    found = improved([exp(X) + 1], sample, sample)
    assert found.expr == exp(X) + 1
    assert found.rows == ()


def test_a_gain_must_show_on_the_second_sample_too() -> None:
    expr = sqrt(X + 1) - sqrt(X)
    nothing = Sample.of([expr], [{X: 0.25}])
    assert improved([expr], Sample.of([expr], POINTS), nothing).expr == expr


# -------------------------------- exact values --------------------------------


@pytest.mark.parametrize(
    ("expr", "point", "value"),
    [
        (1 - 1 / (1 + exp(-X)), 740.0, 4.19e-322),
        (log(1 - 1 / (1 + exp(-X))), 700.0, -700.0),
        (V * log(X), 0.0, 0.0),
        (X - 1, 1.0, 0.0),
        (log(X), 0.0, None),
        (1 / (X - 1), 1.0, None),
        (sqrt(X), -1.0, None),
        (X * log(X), 0.0, None),
        (exp(X), 1e5, None),
    ],
    ids=str,
)
def test_exact_values(expr: Symbol, point: float, value: float | None) -> None:
    found = truth(expr, {X: point, V: 0.0})
    assert (None if found is None else float(found.value)) == value


def test_a_condition_number_says_how_errors_of_arguments_grow() -> None:
    at = truth(log(X), {X: 1 + 2.0**-20})
    assert at is not None
    assert at.condition == pytest.approx(2**20, rel=1e-5)
    assert at.error(float("nan")) == float("inf")


def test_faults_count_more_than_digits() -> None:
    sample = Sample.of([X], [{X: 1e-200}, {X: 1.0}])
    assert sample.error(divide(power(X, Integer(2)), X)) == FAULT
    assert sample.error(X) == 0


# -------------------------------- in the module --------------------------------

CANCELLING = "$$r(x) = \\sqrt{x + 1} - \\sqrt{x}$$\n\n$$n(x) = \\sqrt{1 + x^2} - x$$\n"


def test_what_is_found_is_what_the_module_computes(tmp_path: Path) -> None:
    text = generate(CANCELLING).module.text
    assert body(text, "r").endswith("return 1 / (np.sqrt(x + 1) + np.sqrt(x))")
    assert "# sqrt(u) - v as (u - v**2) / (sqrt(u) + v): where sqrt(u) is near v" in body(text, "r")
    assert "# ULP / (1 + condition number): over 1e" in body(text, "r")


def test_two_forms_stand_side_by_side_without_a_warning(tmp_path: Path) -> None:
    found = load(tmp_path, CANCELLING)
    with np.errstate(all="raise"):
        got = found.n(np.array([-1e8, 0.0, 1e8, 1e200]))
    np.testing.assert_allclose(got, [2e8, 1.0, 5e-9, 5e-201], rtol=1e-15)


def test_a_ratio_at_the_end_of_the_domain_is_its_limit(tmp_path: Path) -> None:
    post = "$$L = -y \\log p - (1 - y) \\log (1 - p)$$\n\n"
    post += "$$\\frac{dL}{dp} = -\\frac{y}{p} + \\frac{1 - y}{1 - p}$$\n"
    found = load(tmp_path, post)
    assert found.dL_dp(0.0, 0.0) == 1.0
    assert found.dL_dp(np.array([1.0]), np.array([1.0])).tolist() == [-1.0]
