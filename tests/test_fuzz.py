"""Strange posts: whatever they hold, litgrad's promises do; the bench tries others each time."""

import json
import random
from pathlib import Path

import promises
import pytest
from fragments import post
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@st.composite
def posts(draw: st.DrawFn, paragraphs: int = 3, depth: int = 3) -> str:
    return post(lambda options: draw(st.sampled_from(options)), paragraphs, depth)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=_SLOW)
@given(posts())
def test_a_strange_post_is_read(text: str) -> None:
    promises.read(text)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.text(alphabet=st.sampled_from("$\\{}[]()^_&|<>`#*-=+ \n\txfy01'\"~%.,;!?é因\u202e\x1b"), max_size=200)
)
def test_a_heap_of_signs_is_read(text: str) -> None:
    promises.read(text)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=_SLOW)
@given(posts(paragraphs=2, depth=2))
def test_a_strange_post_is_compiled(text: str) -> None:
    promises.compiled(text)


FOUND = (
    r"$$\mathbf{y}$$ $$\frac.5$$",
    r"$\left|\sum_{i=1}^{n}\frac{\partial\mathbf{W}}{\partial\sigma}\right|=(0)$",
    r"$$i_i={\hat{y}}$$ $$\frac{\partial(e)}{\partial\hat{y}}=7$$",
    r"$\sigma(e)=\sigma\mathbf{W}$",
    r"$$\log(1)\le f(x)$$",
    r"$\begin{bmatrix} \frac{1}007 & .5 \\ .5 & \frac{1}007 \end{bmatrix}^{w} < 1$",
    r"$e_k < 9999999999999999999999999999999999999999 ! \begin{bmatrix} L & 0 \\ 0 & L \end{bmatrix}$",
)
"""What the fuzzer found once, cut short."""


@pytest.mark.parametrize("text", FOUND)
def test_what_was_found_once_is_compiled(text: str) -> None:
    promises.compiled(text)


def test_what_led_to_new_lines_of_the_reader_is_read() -> None:
    lines = Path(__file__).with_name("strange.jsonl").read_text("utf-8").splitlines()
    assert len(lines) > 100
    for line in lines:
        promises.read(json.loads(line))


@pytest.mark.parametrize("seed", range(3))
def test_the_same_post_gives_the_same_outputs(seed: int) -> None:
    text = post(random.Random(seed).choice, 2, 2)  # noqa: S311 - a test needs no secrets
    first, second = promises.compiled(text), promises.compiled(text)
    assert (first.page, first.module, first.tests) == (second.page, second.module, second.tests)


def test_of_a_formula_of_thousands_of_factors_no_function_is_made() -> None:
    made = promises.compiled(f"Let $$f(x) = {'x ' * 4000}$$")
    assert not made.module.functions
    assert "its formula has more than 3,000 parts" in made.module.text
