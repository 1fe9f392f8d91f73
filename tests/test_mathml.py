"""Drawing trees: exact markup for the families of nodes, TeX's spaces, identities that move nothing."""

import re
import string
import unicodedata

import pytest

from litgrad.compiler import compile_post
from litgrad.document import MathBlock
from litgrad.latex import commands
from litgrad.latex.parser import parse_math
from litgrad.page import glyphs
from litgrad.page.alphabets import ALPHABETS, styled
from litgrad.page.mathml import Drawing, Marks, sign_glyph
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
    (r"\textbf{so}", '<mtext class="textbf">so</mtext>'),
    (r"\boldsymbol{\theta}", "<mi>𝜽</mi>"),
    (r"\boldsymbol{\theta_1}", "<msub><mi>𝜽</mi><mn>𝟏</mn></msub>"),
    (r"\mathrm{d}", '<mi mathvariant="normal">d</mi>'),
    (r"\mathit{loss}", "<mi>𝑙𝑜𝑠𝑠</mi>"),
    (r"\overline{ab}", '<mrow class="over"><mrow><mi>a</mi><mi>b</mi></mrow></mrow>'),
    (r"\varGamma", "<mi>Γ</mi>"),
]


@pytest.mark.parametrize(("latex", "markup"), MARKUP)
def test_nodes_are_drawn(latex: str, markup: str) -> None:
    assert draw(latex) == markup


COMMANDS = {f"\\{name}" for name in commands.LETTERS}
SIGNS = {*commands.RELATIONS.values(), *commands.SUM_SIGNS.values(), *commands.PRODUCT_SIGNS.values()}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_letter_that_is_read_has_a_glyph(command: str) -> None:
    assert "\\" not in draw(command)


@pytest.mark.parametrize("sign", sorted(SIGNS))
def test_every_sign_that_is_read_has_a_glyph(sign: str) -> None:
    assert "\\" not in sign_glyph(sign) or sign_glyph(sign) == "\\"  # which is how a difference of sets looks


@pytest.mark.parametrize("command", sorted(f"\\{name}" for name in commands.ACCENTS))
def test_every_accent_that_is_read_has_a_glyph_of_its_own(command: str) -> None:
    assert command in glyphs.ACCENTS.keys() | glyphs.LINES.keys()


@pytest.mark.parametrize("style", sorted(ALPHABETS))
def test_alphabets_hold_the_letters_they_promise(style: str) -> None:
    """Unicode's own name of every styled letter says the letter and that it is mathematical."""
    for letter in string.ascii_letters:
        name = unicodedata.name(styled(style, letter))
        assert name.split()[-1] == letter.upper() or name == "PLANCK CONSTANT"
        assert ("CAPITAL" in name) == letter.isupper()


def test_an_accent_is_an_accent() -> None:
    assert draw(r"\hat{y}").startswith('<mover accent="true"><mi>y</mi>')


def test_a_sign_between_operands_has_space_and_one_in_front_has_none() -> None:
    both = draw("-x + y")
    assert '<mo lspace="0" rspace="0">−</mo>' in both
    assert '<mo form="infix">+</mo>' in both


def test_scripts_have_no_space_around_signs() -> None:
    assert "infix" not in draw("e^{a + b}")


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


def test_a_row_is_drawn_with_all_its_signs() -> None:
    latex = r"V(s) ="
    (row,) = parse_math(MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False)).rows
    drawing = Drawing(Source("p.md", latex), {})
    assert "=</mo></math>" in drawing.equation(row)


def test_cases_and_matrices_have_their_brackets() -> None:
    cases = draw(r"\begin{cases} x & y \\ z & w \end{cases}")
    assert cases.count("<mtr>") == 2
    assert cases.count(">{</mo>") == 1
    assert ">}</mo>" not in cases
    matrix = draw(r"\begin{bmatrix} a & b \end{bmatrix}")
    assert ">[</mo>" in matrix
    assert ">]</mo>" in matrix


def test_a_subterm_carries_its_identity() -> None:
    latex = "a + xy"
    assert '<mrow id="product"><mi>x</mi><mi>y</mi></mrow>' in draw(latex, {Span(4, 6): {"id": "product"}})


def test_punctuation_is_not_parted_from_its_formula() -> None:
    assert str(drawn("if `a`, then")) == 'if <span class="glue"><math><mi>a</mi></math>,</span> then'


def test_environments_are_named_not_multiplied() -> None:
    assert str(drawn("a `cases` block")) == "a <code>cases</code> block"


def test_braces_leave_their_identity_to_what_they_hold() -> None:
    assert draw("{ x } + y", {Span(0, 5): {"id": "here"}}).startswith('<mrow><mi id="here">x</mi>')


def test_sentences_draw_what_stands_between_backticks() -> None:
    assert str(drawn("if `a = b`")) == "if <math><mi>a</mi><mo>=</mo><mi>b</mi></math>"
    assert str(drawn("`<b>` stays")) == "<code>&lt;b&gt;</code> stays"


WRITTEN = {
    r"e^{-x} \, dx": '</msup><mspace width="0.1667em"/><mi>d</mi>',
    r"a + \phantom{bc} d": '<mpadded class="phantom"><mrow><mi>b</mi><mi>c</mi></mrow></mpadded><mi>d</mi>',
    r"a \vphantom{b} d": '<mi>a</mi><mpadded class="phantom" width="0"><mi>b</mi></mpadded><mi>d</mi>',
    r"x \quad y": '<mi>x</mi><mspace width="1em"/><mi>y</mi>',
    r"a \; \; b": '<mspace width="0.5556em"/>',
    r"\Big( x \Big)": '<mo stretchy="true" minsize="1.8em" maxsize="1.8em">(</mo>',
    r"a \pmod{n}": '<mo stretchy="false">(</mo><mi>mod</mi><mspace width=".333em"/><mi>n</mi>',
}


@pytest.mark.parametrize("latex", WRITTEN)
def test_spaces_and_sizes_are_as_their_author_wrote_them(latex: str) -> None:
    assert WRITTEN[latex] in draw(latex)


def test_a_note_below_a_sign_stands_below_it() -> None:
    page = compile_post(Source("p.md", r"$$ A \underset{n}{\longrightarrow} C $$")).page
    assert "<munder><mo" in page


@pytest.mark.parametrize(
    ("latex", "drawn"),
    [
        (
            r"\begin{array}{l|c|} a & b \end{array}",
            '<mtd class="to-left"><mi>a</mi></mtd><mtd class="ruled ended">',
        ),
        (r"\begin{array}{cc} a & b \\ \hline c & d \end{array}", '<mtr class="lined"><mtd><mi>c</mi>'),
        (r"\iiint f", '<mrow class="near"><mo largeop="true" lspace="0" rspace="0">∫</mo>'),
    ],
)
def test_what_trees_leave_out_is_drawn(latex: str, drawn: str) -> None:
    assert drawn in draw(latex)


def test_an_arrow_has_its_notes_on_both_sides() -> None:
    page = compile_post(Source("p.md", r"$$ A \xleftarrow[g]{h} C \xrightarrow[n]{} D $$")).page
    assert re.search(r"<munderover><mo[^>]*>←</mo><mrow>.*?<mi>g</mi>.*?</mrow><mrow>.*?<mi>h</mi>", page)
    assert re.search(r"<munder><mo[^>]*>→</mo><mrow>.*?<mi>n</mi>", page)


def test_an_equation_in_a_frame_keeps_it() -> None:
    page = compile_post(Source("p.md", "$$ \\boxed{E = m} $$\n\n$$ F = m $$\n")).page
    assert page.count('framed"') == 1
