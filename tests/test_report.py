"""The JSON report: fields, places and values."""

import json

import pytest

from litgrad.compiler import check_post, compile_post
from litgrad.diagnostics import Diagnostic
from litgrad.report import post_report, report, unread_report
from litgrad.source import Source, Span

WRONG = r"""Let

$$
\begin{align}
f(\hat{y}) & = \hat{y}^2 + 1 \\
& = (\hat{y} + 1)^2
\end{align}
$$
"""
RELATION = {
    *("id", "line", "column", "chain", "sign", "left", "right", "verdict", "reason", "rule", "assumptions"),
    *("counterexample", "repair"),
}


@pytest.fixture(scope="module")
def wrong() -> dict:
    return post_report(compile_post(Source("p.md", WRONG)))


def test_a_relation_has_the_place_of_its_sign_and_both_sides(wrong: dict) -> None:
    first, second = wrong["relations"]
    assert set(first) >= RELATION
    assert (first["line"], first["column"], first["verdict"]) == (5, 14, "definition")
    assert (second["line"], second["column"], second["verdict"]) == (6, 3, "refuted")
    assert second["left"] == r"\hat{y}^2 + 1"
    assert second["right"] == r"(\hat{y} + 1)^2"
    assert (first["id"], second["id"]) == ("r1", "r2")


def test_a_counterexample_holds_numbers_by_python_name_that_refute(wrong: dict) -> None:
    found = wrong["relations"][1]["counterexample"]
    y = found["at"]["y_hat"]
    assert found["left"] == pytest.approx(y**2 + 1)
    assert found["right"] == pytest.approx((y + 1) ** 2)
    assert found["left"] != pytest.approx(found["right"])


def test_formulas_and_functions_are_listed(wrong: dict) -> None:
    (formula,) = wrong["formulas"]
    assert (formula["line"], formula["column"], formula["display"], formula["read"]) == (3, 1, True, True)
    assert formula["reason"] is None
    function = next(row for row in wrong["functions"] if row["name"] == "f")
    assert (function["line"], function["module"]) == (5, "p.py")
    assert function["parameters"] == [{"name": "y_hat", "latex": r"\hat{y}", "shape": []}]


def test_the_line_of_a_function_in_its_module_is_its_def() -> None:
    post = compile_post(Source("p.md", WRONG))
    lines = post.module.text.splitlines()
    rows = post_report(post)["functions"]
    assert rows
    assert all(lines[row["module_line"] - 1].startswith(f"def {row['name']}(") for row in rows)


def test_diagnostics_have_their_place_and_words(wrong: dict) -> None:
    row = next(row for row in wrong["diagnostics"] if row["code"] == "refuted-step")
    assert row["severity"] == "error"
    assert row["line"] == 6
    assert row["end_column"] > row["column"]


def test_an_unread_formula_says_why() -> None:
    rows = post_report(check_post(Source("p.md", "$$\nx = \\foo{2}\n$$")))["formulas"]
    assert rows[0]["read"] is False
    assert rows[0]["reason"]


def test_a_post_that_is_not_read_has_its_diagnostic() -> None:
    found = Diagnostic("unreadable-file", "the file is not UTF-8", Span(0, 0))
    row = unread_report(Source("p.md", ""), [found])
    assert row["relations"] == []
    assert row["diagnostics"][0]["line"] == 1


def test_the_report_is_json_without_loss(wrong: dict) -> None:
    whole = report([wrong], "9.9")
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole
    assert whole["litgrad"] == "9.9"
