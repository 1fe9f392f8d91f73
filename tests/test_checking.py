"""The checker on whole posts: right posts pass, every flipped sign is caught, nothing wrong is proved."""

from collections import Counter
from pathlib import Path

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from litgrad.checking.verdicts import Verdict
from litgrad.compiler import check_post
from litgrad.latex.lexer import Kind, tokenize
from litgrad.markdown import read_markdown
from litgrad.source import Source

POSTS = sorted((Path(__file__).parent.parent / "posts").glob("*.md"))


def verdicts(text: str) -> Counter[Verdict]:
    post = check_post(Source("post.md", text))
    return Counter(step.verdict for derivation in post.derivations for step in derivation.steps)


def signs(text: str) -> list[int]:
    """The places of the plus and minus signs in a post's math; `= 0` may be a condition, left out."""
    blocks = read_markdown(Source("post.md", text)).math
    return [
        block.locate(token.start, token.end).start
        for block in blocks
        for token in tokenize(block.latex)
        if "= 0" not in block.latex and token.kind is Kind.SUM_SIGN
    ]


@pytest.mark.parametrize("path", POSTS, ids=lambda path: path.stem)
def test_the_posts_are_right(path: Path) -> None:
    assert set(verdicts(path.read_text("utf-8"))) == {Verdict.DEFINITION, Verdict.PROVED}


@pytest.mark.parametrize("path", POSTS, ids=lambda path: path.stem)
def test_every_flipped_sign_is_caught(path: Path) -> None:
    text = path.read_text("utf-8")
    missed = [
        Source("post.md", text).position(at)
        for at in signs(text)
        if not verdicts(text[:at] + {"+": "-", "-": "+"}[text[at]] + text[at + 1 :])[Verdict.REFUTED]
    ]
    assert missed == []


TERMS = st.sampled_from(
    ["x", "y", "x y", "x^2", r"e^{-x}", r"\frac{1}{1 + x^2}", r"\sin x", r"\log(1 + y^2)"]
)


@given(st.lists(TERMS, min_size=1, max_size=3, unique=True), st.sampled_from(["2", "3", r"\frac{1}{2}"]))
@settings(max_examples=30, deadline=None)
def test_a_wrong_derivative_is_never_proved(terms: list[str], factor: str) -> None:
    """The derivative of a random sum, and the same times a number, which is wrong unless it is 0."""
    value = " + ".join(terms)
    step = rf"\frac{{dF}}{{dx}} = {factor} \frac{{d}}{{dx}} \left[ {value} \right]"
    found = verdicts(f"Let $F = {value}$.\n\n$$\n{step}\n$$\n")
    depends = any("x" in term for term in terms)
    assert found[Verdict.PROVED] == 0 or not depends
    assert not found[Verdict.CONFIRMED]


def test_numbers_that_nearly_agree_pass_for_nothing() -> None:
    post = "$$\n\\frac{x}{\\pi} \\log(640320^3 + 744) = \\sqrt{163} x\n$$\n"
    found = verdicts(post)
    assert not found[Verdict.PROVED]
    assert not found[Verdict.CONFIRMED]
    assert sympy.N(sympy.log(640320**3 + 744) / sympy.pi - sympy.sqrt(163), 20) < 1e-29
