"""The checker on whole posts: right posts pass, every flipped sign is caught, nothing wrong is proved."""

from collections import Counter
from pathlib import Path
from time import monotonic

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from litgrad.checking import compared
from litgrad.checking.verdicts import Verdict
from litgrad.compiler import CheckedPost, check_post, compile_post
from litgrad.deadline import missed, time_limit
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
    """Every step is proved; an equation that the post solves for is no step."""
    steps = [step for derivation in _checked(path).derivations for step in derivation.steps]
    open_ = [step for step in steps if step.verdict not in (Verdict.DEFINITION, Verdict.PROVED)]
    assert [step.judgement.reason for step in open_ if step.step.aside is None] == []


def _checked(path: Path) -> CheckedPost:
    return check_post(Source("post.md", path.read_text("utf-8")))


LEFT_OPEN = frozenset(
    ["batch-normalisation", "gaussian-maximum-likelihood", "ridge-regression", "two-layer-network"]
)
"""Posts in which some wrong signs are left open: equations between matrices may be premises."""
VECTORS = [path for path in POSTS if path.stem in LEFT_OPEN]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_no_flipped_sign_passes_in_a_post_of_vectors(path: Path) -> None:
    """A formula with another sign is refuted or left open; a definition may change and stay consistent."""
    text = path.read_text("utf-8")
    whole = verdicts(text)[Verdict.PROVED]
    passed = [
        Source("post.md", text).position(at)
        for at in signs(text)[::3]
        if verdicts(text[:at] + {"+": "-", "-": "+"}[text[at]] + text[at + 1 :])[Verdict.PROVED] >= whole
        and not _is_defined_at(path, at)
    ]
    assert passed == []


def _is_defined_at(path: Path, at: int) -> bool:
    steps = [step for derivation in _checked(path).derivations for step in derivation.steps]
    return any(
        step.verdict is Verdict.DEFINITION and step.step.right.span.start <= at < step.step.right.span.end
        for step in steps
    )


@pytest.mark.parametrize("path", [path for path in POSTS if path not in VECTORS], ids=lambda path: path.stem)
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


def judged(text: str) -> list[tuple[Verdict, str]]:
    post = check_post(Source("post.md", text))
    return [(s.verdict, s.judgement.reason) for derivation in post.derivations for s in derivation.steps]


CUBES = "Let $f(x) = x^3$.\n\n$$\nf'(x) = 3x^2 = 3xx\n$$\n"


def test_without_time_every_step_is_named_and_the_page_is_made() -> None:
    with time_limit(0):
        post = compile_post(Source("post.md", CUBES))
        assert missed()
    reasons = [s.judgement.reason for derivation in post.derivations for s in derivation.steps]
    assert reasons == ["introduces the function `f(x)`", *["the time for this post is used up"] * 2]
    assert "the time for this post is used up" in post.page


def test_a_slow_step_leaves_time_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = compared.prove

    def slow(setting: compared.Setting, left: sympy.Expr, right: sympy.Expr) -> compared.Proof | None:
        while right == 3 * sympy.Symbol("x", real=True) ** 2:
            pass
        return plain(setting, left, right)

    monkeypatch.setattr(compared, "prove", slow)
    start = monotonic()
    with time_limit(2):
        found = judged(CUBES)
    assert monotonic() - start < 10
    assert [verdict for verdict, _ in found] == [Verdict.DEFINITION, Verdict.UNCHECKED, Verdict.PROVED]
    assert found[1][1].startswith("this step took more than its share of the time for this post")


def test_many_definitions_that_each_use_all_earlier_ones() -> None:
    lines = ["Let $a_{0} = x$."]
    lines += [f"Let $a_{{{i}}} = {' + '.join(f'a_{{{j}}}' for j in range(i))}$." for i in range(1, 24)]
    step = rf"$$\frac{{d a_{{23}}}}{{dx}} = {2**22}$$"
    assert judged("\n\n".join([*lines, step]))[-1][0] is Verdict.PROVED


def test_definitions_that_double_in_size_are_stopped_early() -> None:
    lines = ["Let $f_{0}(x) = x^2 + 1$."]
    lines += [f"Let $f_{{{i}}}(x) = f_{{{i - 1}}}(x) f_{{{i - 1}}}(x + 1)$." for i in range(1, 20)]
    verdict, reason = judged("\n\n".join([*lines, "$$f_{19}(x) = f_{18}(x)$$"]))[-1]
    assert verdict is Verdict.UNCHECKED
    assert reason == "with its definitions put in, the left side has more than 20,000 symbols and numbers"


def test_a_precision_left_behind_changes_no_verdict() -> None:
    with mpmath.workdps(60):
        (step,) = check_post(Source("post.md", r"Note $\sqrt{2} \approx 1.7$.")).derivations[0].steps
    assert step.judgement.reason == "the numbers differ at the digits printed: 1.41421 vs 1.70000"
