"""Python names from LaTeX names: readable, safe, and never shared."""

import builtins
import keyword
import re

import pytest
from generate import generate
from hypothesis import given
from hypothesis import strategies as st

from litgrad.codegen.identifiers import Names, derivative_identifier, identifier
from litgrad.source import Span

SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


@pytest.mark.parametrize(
    ("latex", "name"),
    [
        ("y", "y"),
        (r"\hat{y}", "y_hat"),
        (r"\sigma", "sigma"),
        (r"\ell", "ell"),
        ("W_{1}", "W_1"),
        ("x_{i}", "x_i"),
        (r"\theta_{t + 1}", "theta_t_plus_1"),
        (r"\mathbf{x}", "x"),
        (r"\hat{y}_{i}", "y_hat_i"),
        (r"\lambda", "lambda_"),
        (r"\operatorname{exec}", "exec_"),
        (r"\operatorname{np}", "np_"),
        ("é", "e_with_acute"),
        ("损", "cjk_unified_ideograph_635f"),
        ("__class__", "class_"),
        ("2", "n2"),
        ("", "unnamed"),
    ],
)
def test_a_latex_name_is_spoken(latex: str, name: str) -> None:
    assert identifier(latex) == name


def test_derivatives_are_named_as_they_are_read() -> None:
    assert derivative_identifier("L", [("w", 1)]) == "dL_dw"
    assert derivative_identifier("sigma", [("x", 1)]) == "dsigma_dx"
    assert derivative_identifier("L", [("w", 2)]) == "d2L_dw2"
    assert derivative_identifier("L", [("w", 1), ("b", 1)]) == "d2L_dw_db"
    assert derivative_identifier("L", [("y_hat", 1)]) == "dL_dy_hat"


@given(st.text(max_size=90))
def test_any_text_gives_a_plain_name(latex: str) -> None:
    name = identifier(latex)
    assert SAFE.fullmatch(name.removesuffix("_"))
    assert not keyword.iskeyword(name)
    assert not hasattr(builtins, name)


@given(st.lists(st.text(alphabet="ab\\hat{}_1 λ", max_size=80), unique=True, max_size=12))
def test_two_names_never_share_one(latex: list[str]) -> None:
    names = Names()
    given_names = [names.of(each) for each in latex]
    assert len(set(given_names)) == len(latex)
    assert [names.of(each) for each in latex] == given_names
    assert all(SAFE.fullmatch(name.removesuffix("_")) for name in given_names)


def test_long_names_are_cut_and_still_differ() -> None:
    names = Names()
    first, second = (names.of("a" * 80 + end) for end in "bc")
    assert first == "a" * 60
    assert second == "a" * 58 + "_2"


def test_a_collision_is_told_with_its_place() -> None:
    names = Names()
    assert names.of("x", Span(0, 1)) == "x"
    assert names.of(r"\mathbf{x}", Span(5, 15)) == "x_2"
    (diagnostic,) = names.diagnostics
    assert (diagnostic.code, diagnostic.span) == ("name-collision", Span(5, 15))
    assert diagnostic.message == r"`\mathbf{x}` and `x` would both be `x` in Python; this one is `x_2`"


def test_a_post_with_names_from_python_gives_a_module_with_other_ones() -> None:
    text = generate(r"$$\operatorname{eval}(x) = x^2 + \lambda \operatorname{open}$$").module.text
    assert "def eval_(x, lambda_, open_):" in text
