"""Formulas of short vectors as programs: the numbers on the page are those of the module."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from litgrad.compiler import compile_post
from litgrad.loader import load
from litgrad.page.entries import Lines, inputs_of
from litgrad.page.program import NoProgram
from litgrad.page.short import shorts_of
from litgrad.source import Source
from litgrad.tensors.expr import Determinant, Elementwise, Inverse, Number, Power, Tensor, Unknown, Variable

POSTS = Path(__file__).parent.parent / "posts"
X, A = Variable("x", ("n",)), Variable("A", ("n", "n"))
SIZES = {"n": 2}


def worked_out(tensor: Tensor, variable: Variable, inputs: list[float]) -> list[float]:
    grids = inputs_of([variable], SIZES)
    lines = Lines(SIZES, len(inputs), grids=dict(grids))
    places = [lines.place(words) for words in lines.grid(tensor).values()]
    values = lines.values(inputs)
    return [values[place] for place in places]


def test_an_inverse_and_a_determinant_of_two_rows() -> None:
    entries = [2.0, 1.0, -3.0, 0.5]
    matrix = np.reshape(entries, (2, 2))
    assert worked_out(Inverse(A), A, entries) == pytest.approx(np.linalg.inv(matrix).ravel())
    assert worked_out(Determinant(A), A, entries) == pytest.approx([np.linalg.det(matrix)])


def test_a_softmax_of_large_numbers_has_a_value() -> None:
    softmax = Unknown(" softmax 1", (X,), ("n",))
    assert worked_out(softmax, X, [1000.0, 1001.0]) == pytest.approx([0.26894142, 0.73105858])


def test_a_function_that_the_post_does_not_give_has_no_program() -> None:
    with pytest.raises(NoProgram):
        worked_out(Elementwise("f", X), X, [1.0, 2.0])


def test_powers_are_shared_between_entries() -> None:
    grids = inputs_of([X], SIZES)
    lines = Lines(SIZES, 2, grids=dict(grids))
    lines.grid(Power(X, Number(Fraction(2))))
    lines.grid(Power(X, Number(Fraction(2))))
    assert lines.text == "$0 2 ^;$1 2 ^"


@pytest.mark.parametrize(
    ("post", "shown"),
    [("two-layer-network", {"value_and_grad_L"}), ("softmax-cross-entropy", {"value_and_grad_L"}),
     ("ridge-regression", {"value_and_grad_J", "w_hat", "alpha"})],
)  # fmt: skip
def test_what_leads_to_a_value_stands_with_it(post: str, shown: set[str]) -> None:
    file = POSTS / f"{post}.md"
    compiled = compile_post(Source(file.name, file.read_text("utf-8")))
    assert {short.spoken for short in shorts_of(compiled.module).values()} == shown


def test_numbers_before_a_script_runs_are_those_of_the_module() -> None:
    file = POSTS / "softmax-cross-entropy.md"
    compiled = compile_post(Source(file.name, file.read_text("utf-8")))
    (short,) = (one for one in shorts_of(compiled.module).values() if one.spoken == "value_and_grad_L")
    given = [np.array([one.value for one in group.rows[0]]) for group in short.groups]
    value, gradient = load(file).value_and_grad_L(*given)
    shown = [[text for _, text in result.rows[0]] for result in (*short.values[-1:], *short.rates)]
    expected = [np.atleast_1d(value), gradient["z"], gradient["y"]]
    for texts, numbers in zip(shown, expected, strict=True):
        assert [float(re.sub("−", "-", text)) for text in texts] == pytest.approx(numbers, rel=1e-3)
