"""Drawing trees: exact markup for the families of nodes, TeX's spaces, identities that move nothing."""

import re

import pytest

from litgrad.document import MathBlock
from litgrad.latex.parser import parse_math
from litgrad.page.mathml import Drawing, Marks
from litgrad.page.words import drawn
from litgrad.source import Source, Span


def draw(latex: str, marks: Marks | None = None) -> str:
    block = MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False)
    (row,) = parse_math(block).rows
    node = row.sides[0]
    assert node is not None
    return Drawing(Source("p.md", latex), dict(marks or {})).row(node).html()


MARKUP = [
    ("x", "<mi>x</mi>"),
    (r"\sigma", "<mi>σ</mi>"),
    ("0.5", "<mn>0.5</mn>"),
    (r"\frac{1}{y}", "<mfrac><mn>1</mn><mi>y</mi></mfrac>"),
    (r"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
    ("x_1^2", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
    (r"\mathbb{R}", "<mi>ℝ</mi>"),
    (r"\text{if <b>}", "<mtext>if\u00a0&lt;b&gt;</mtext>"),
]


@pytest.mark.parametrize(("latex", "markup"), MARKUP)
def test_nodes_are_drawn(latex: str, markup: str) -> None:
    assert draw(latex) == markup


def test_an_accent_is_an_accent() -> None:
    assert draw(r"\hat{y}").startswith('<mover accent="true"><mi>y</mi>')


def test_a_sign_between_operands_has_space_and_one_in_front_has_none() -> None:
    both = draw("-x + y")
    assert '<mo stretchy="false" lspace="0" rspace="0">−</mo>' in both
    assert '<mo stretchy="false" lspace=".2222em" rspace=".2222em">+</mo>' in both


def test_scripts_have_no_space_around_signs() -> None:
    assert ".2222em" not in draw("e^{a + b}")


def test_a_named_function_stands_apart_from_its_argument() -> None:
    assert draw(r"y \log x").count("<mspace") == 2
    assert "<mspace" not in draw(r"\log(x)")


def test_unread_pieces_are_shown_escaped() -> None:
    assert draw(r"\foo<script>").count("<script>") == 0


@pytest.mark.parametrize("latex", ["-y + ay", r"\log (1 - p) + x", r"\frac{a + b}{c} d", "x(1 - y)^2"])
def test_identities_do_not_change_what_is_drawn(latex: str) -> None:
    """Wrapping any run of characters that is a subterm only adds rows and attributes."""
    plain = draw(latex)
    for start in range(len(latex)):
        for end in range(start + 1, len(latex) + 1):
            marked = draw(latex, {Span(start, end): {"id": "here"}})
            assert _leaves(marked) == _leaves(plain)


def _leaves(markup: str) -> list[str]:
    """Everything but rows, without ids."""
    return re.findall(r"<(?!/?mrow)[^>]*>[^<]*", markup.replace(' id="here"', ""))


def test_a_subterm_carries_its_identity() -> None:
    latex = "a + xy"
    assert '<mrow id="product"><mi>x</mi><mi>y</mi></mrow>' in draw(latex, {Span(4, 6): {"id": "product"}})


def test_sentences_draw_what_stands_between_backticks() -> None:
    assert str(drawn("if `a = b`")) == "if <math><mi>a</mi><mo>=</mo><mi>b</mi></math>"
    assert str(drawn("`<b>` stays")) == "<code>&lt;b&gt;</code> stays"
