"""How steps were read, and what their popovers say of it."""

import re
from html import unescape

import pytest

from litgrad.compiler import check_post, compile_post
from litgrad.page.linear import linear
from litgrad.source import Source

TERMS = {
    r"\frac{1}{1 + e^{-x}}": "1/(1 + e^(−x))",
    r"2xy": "2·x·y",
    r"-\frac{a}{b c}": "−a/(b·c)",
    r"(a - b) - (c - d)": "a − b − (c − d)",
    r"a (b + c)^{2k}": "a·(b + c)^(2·k)",
    r"(-x)^2": "(−x)^2",
    r"x^{-1} + \sqrt{x}": "1/x + √(x)",
    r"\hat{y} \log \hat{y}": "ŷ·log(ŷ)",
    r"\frac{d}{dx}[x^2 y]": "d/dx [x^2·y]",
    r"\frac{dL}{dw} b + \frac{d^2 L}{dw^2}": "(dL/dw)·b + d²L/dw²",
    r"|x| + \max(x, 0)": "|x| + max(0, x)",
    r"\theta_1 + \bar{x}_{ab}": "θ_1 + x̄_ab",
}


@pytest.mark.parametrize("latex", TERMS)
def test_a_term_is_printed_back_with_all_its_signs(latex: str) -> None:
    post = check_post(Source("post.md", f"$$ Q = {latex} $$"))
    term = post.statements.derivations[0].steps[0].right.term
    assert term is not None
    assert linear(term.expr) == TERMS[latex]


STEPS = {
    r"$f(x) = \sin 2x$ and $f'(x) = \cos 2x$": ["Read as df/dx = cos(2·x)", "left side 2", "right side 1"],
    r"$i + 1 = 1 + i$": ["In doubt: i may be the imaginary unit.", "Read as i + 1 = 1 + i"],
    r"$\sqrt{x^2} = x$": ["Needs x≥0, which the post does not state.", "Read as √(x^2) = x"],
}


@pytest.mark.parametrize("text", STEPS)
def test_a_popover_says_how_its_step_was_read(text: str) -> None:
    page = compile_post(Source("post.md", text)).page
    popover = re.findall(r"<span popover.*?</button>|<span popover.*", page, re.DOTALL)[-1]
    words = " ".join(unescape(re.sub(r"<[^>]*>", " ", popover)).split()).replace(" , ", ", ")
    squeezed = words.replace(" ", "")
    for sentence in STEPS[text]:
        assert sentence.replace(" ", "") in squeezed


def test_a_refuted_step_shows_both_sides_at_the_counterexample() -> None:
    page = compile_post(Source("post.md", r"$f(x) = \sin 2x$ and $f'(x) = \cos 2x$.")).page
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    (picture,) = [one for one in pictures if "both sides over x from −2 to 2" in one]
    assert picture.count("<circle") == 2
    assert len(picture) < 4_000


def test_reasons_link_the_lines_that_they_name() -> None:
    page = compile_post(Source("post.md", "$$ L = a^2 $$\n\nThen $$ \\frac{dL}{da} = 2a $$\n")).page
    assert re.search(r'by the definition of line <a href="#s-r1">1</a>', page)
