"""Pages in a real browser: no error, nothing cut off, and sliders that compute what NumPy computes."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from chromium import needs_chromium, probed

from litgrad.loader import load
from litgrad.page.numbers import shown
from litgrad.page.substituted import in_formula
from litgrad.site import build_site

pytestmark = needs_chromium

MOVING = r"""# Moving

Let $f(x) = x^2 e^{-x} + \tan x$ and $g(x, k) = \max(0, k x) - |x - k|$. For $0 < t < 2$ let
$h(t) = t \log t + \sqrt{t} \tanh t$. With $m = a b^2 / (1 + c^2)$ we are done.

$$ s(x) = \frac{1}{1 + e^{-x}} \label{eq:s} $$

$$ r(u, v) = \log(e^u + e^v) - \frac{1}{1 + e^{v - u}} + 10^{-9} u $$

See \eqref{eq:s}; here is a long formula:

$$ Q = a + b + c + d + a b c d + (a + b)(c + d) + a b^2 c^3 d^4 + \frac{a + b + c + d}{a b c d} $$
"""
POSTS = Path(__file__).parents[2] / "posts"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "moving.md").write_text(MOVING, "utf-8")
    build_site([POSTS, folder / "moving.md"], folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def moving(site: Path) -> dict[str, Any]:
    return probed(site / "moving" / "index.html")


PAGES = ["backpropagation/index.html", "softmax-two-classes/index.html", "moving/index.html"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("width", "dark"), [(1360, False), (768, True), (375, False)])
def test_a_page_is_without_fault(site: Path, page: str, width: int, *, dark: bool) -> None:
    found = probed(site / page, width, dark=dark)
    assert found["width"] == width
    for name in ("errors", "violations", "overflow", "unnamed", "popovers", "faint"):
        assert found[name] == [], name
    assert found["preview"] not in ("", "hidden")
    assert found["shift"] < 0.05  # half of what counts as good; only the arrival of the fonts moves anything


def test_the_index_is_without_fault(site: Path) -> None:
    found = probed(site / "index.html", 375)
    assert [found[name] for name in ("errors", "violations", "overflow", "unnamed", "faint")] == [[]] * 5


def test_the_keyboard_walks_from_step_to_step(moving: dict[str, Any]) -> None:
    assert moving["walked"] == ["v-r1", "v-r2", "v-r3"]


def test_formulas_are_copied_as_their_author_wrote_them(moving: dict[str, Any]) -> None:
    display, sentence = moving["copied"]
    assert display == r"$$ s(x) = \frac{1}{1 + e^{-x}} \label{eq:s} $$"
    assert sentence.startswith(
        r"Let $f(x) = x^2 e^{-x} + \tan x$ and $g(x, k) = \max(0, k x) - |x - k|$. For"
    )


def test_sliders_compute_what_numpy_computes(site: Path, moving: dict[str, Any]) -> None:
    module = load(site.parent / "moving.md")
    assert {row["name"] for row in moving["moved"]} == {f"The function {name}" for name in "fghmsrQ"}
    for row in moving["moved"]:
        function = getattr(module, row["name"].removeprefix("The function "))
        with np.errstate(all="ignore"):
            expected = shown(float(function(*map(np.float64, row["inputs"]))))
        assert row["outputs"][0] == expected, row


def test_derivatives_on_the_page_are_those_of_numpy(site: Path, moving: dict[str, Any]) -> None:
    module = load(site.parent / "moving.md")
    checked = 0
    for row in moving["moved"]:
        function = getattr(module, row["name"].removeprefix("The function "))
        for index, text in enumerate(row["outputs"][1:]):
            slope = _slope(function, row["inputs"], index)
            if abs(slope) > 1e-3:
                assert _number(text) == pytest.approx(slope, rel=2e-3), row
                checked += 1
    assert checked > 40


VECTORS = {
    "two-layer-network": ("value_and_grad_L", "W_1 x b_1 W_2 b_2 y", "L W_1 x b_1 W_2 b_2 y"),
    "softmax-cross-entropy": ("value_and_grad_L", "z y", "L z y"),
    "ridge-regression": ("value_and_grad_J", "X w y lambda_", "J X w y lambda_"),
}
"""A post, a function of vectors in it, its parameters, and what the page shows last of it."""


@pytest.mark.parametrize("post", VECTORS)
def test_numbers_in_vectors_lead_to_what_numpy_computes(site: Path, post: str) -> None:
    name, parameters, results = VECTORS[post]
    function = getattr(load(POSTS / f"{post}.md"), name)
    rows = [row for row in probed(site / post / "index.html")["moved"] if row["name"] == f"{name} in numbers"]
    assert len(rows) == 4
    for row in rows:
        given = {one: _entries(row, one) for one in parameters.split()}
        value, gradient = function(**given)
        expected = [np.ravel(value if one == results[0] else gradient[one]) for one in results.split()]
        numbers = np.concatenate(expected)
        assert [_number(text) for text in row["entries"][-len(numbers) :]] == pytest.approx(numbers, rel=1e-3)


def _entries(row: dict[str, Any], name: str) -> np.ndarray:
    """The entries that a page has for a parameter; their labels tell their places."""
    found = {
        tuple(int(place) - 1 for place in label.split()[1:]): number
        for label, number in zip(row["labels"], row["inputs"], strict=True)
        if label.split()[0] == name
    }
    values = np.zeros(np.max(list(found), axis=0) + 1)
    for place, number in found.items():
        values[place] = number
    return values


def _slope(function: Callable[..., Any], inputs: list[float], index: int, step: float = 1e-5) -> float:
    sides = [
        float(function(*(np.float64(x + sign * step * (i == index)) for i, x in enumerate(inputs))))
        for sign in (1, -1)
    ]
    return (sides[0] - sides[1]) / (2 * step)


def _number(text: str) -> float:
    digits = text.replace("−", "-").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(digits.replace("×10", "e"))


def test_the_formula_shows_the_numbers_of_the_sliders(moving: dict[str, Any]) -> None:
    shown_numbers = [(row["inputs"], pair) for row in moving["moved"] for pair in row["numbers"]]
    assert len(shown_numbers) > 50
    for inputs, (index, text) in shown_numbers:
        assert text == in_formula(inputs[index])
