"""Pictures of what a form loses: only where digits are gained, and with the digits that are lost."""

import re

import pytest

from litgrad.compiler import compile_post
from litgrad.meaning.definitions import Definitions
from litgrad.page.digits import Digits, digits_of
from litgrad.source import Source


def digits(body: str) -> Digits | None:
    compiled = compile_post(Source("post.md", f"Let $f(x) = {body}$.\n"))
    (plan,) = (plan for plan in compiled.module.plans if plan.key == "f")
    return digits_of(Definitions.of(compiled.statements), plan)


@pytest.mark.parametrize("body", ["x^2 + 1", r"\sin x", "3 x"])
def test_a_formula_that_is_computed_as_written_has_no_picture(body: str) -> None:
    assert digits(body) is None


@pytest.mark.parametrize("body", [r"\frac{e^x - 1}{x}", r"\log(1 + x)", r"1 - \cos x"])
def test_cancellation_near_zero_loses_all_digits_and_the_computed_form_keeps_them(body: str) -> None:
    found = digits(body)
    assert found is not None
    lost = re.fullmatch(
        r"As written up to (\d+) of 16 digits are lost, as computed up to (\d+)\.", found.plot.description
    )
    assert lost is not None
    assert int(lost[1]) == 16
    assert int(lost[2]) <= 1
    assert found.reasons
    assert [str(curve.label) for curve in found.plot.curves] == ["as computed", "as written"]


def test_a_domain_that_begins_at_zero_has_one_side() -> None:
    found = digits(r"\sqrt{x + 1} - \sqrt{x}")
    assert found is not None
    assert found.plot.zero[0] is None
