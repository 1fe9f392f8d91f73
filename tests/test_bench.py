"""The benchmarks count what is right as right: the comparison of meanings, the rows, the fit."""

import random
import sys
from pathlib import Path

import pytest
from comparison import same
from derivations import true_step, wrong_step
from environments import ADAPTERS, PEERS
from judging import Row, judge
from linear import SHAPES, Shape, exponent
from peer_checkers import verdict
from readings import Reading, readings
from srepr import from_srepr

x, y = "Symbol('x')", "Symbol('y')"

ALIKE = [
    (f"Add({x}, {y})", f"Add({y}, {x})"),
    (f"Mul(Float('0.5', precision=53), {x})", f"Mul(Rational(1, 2), {x})"),
    (f"StrictLessThan({x}, {y})", f"StrictGreaterThan({y}, {x})"),
    (f"Equality({x}, {y})", f"Equality({y}, {x})"),
    ("Symbol('\\\\mathit{x}_{1}', real=True)", "Symbol('x_1')"),
    ("Symbol('xbar_n')", "Symbol('\\\\bar{x}_{n}')"),
    ("Symbol(Token('SYMBOL', 'x'))", x),
    (f"log({x}, E)", f"log({x})"),
    (f"Sum({x}, Tuple(Symbol('k'), Integer(1), Integer(3)))", f"Mul(Integer(3), {x})"),
    (
        f"Derivative(Function('L')({x}), Tuple({x}, Integer(1)))",
        f"Derivative(Symbol('L'), Tuple({x}, Integer(1)))",
    ),
    (f"MutableDenseMatrix([[{x}, Integer(1)]])", f"ImmutableDenseMatrix([[{x}, Integer(1)]])"),
    (f"Pow({x}, Integer(2))", f"Mul({x}, {x})"),
    (
        f"Pow(Add({x}, {y}), Integer(2))",
        f"Add(Pow({x}, Integer(2)), Mul(Integer(2), {x}, {y}), Pow({y}, Integer(2)))",
    ),
    ("Pow(Integer(10), Integer(-5678))", "Integer(0)"),
    ("True", "true"),
]

UNLIKE = [
    (x, y),
    (f"log({x}, Integer(10))", f"log({x})"),
    (f"StrictLessThan({x}, {y})", f"LessThan({x}, {y})"),
    (f"StrictLessThan({x}, {y})", f"StrictLessThan({y}, {x})"),
    (f"Mul(Function('f')({x}), {y})", f"Mul(Symbol('f'), {x}, {y})"),
    (f"ImmutableDenseMatrix([[{x}], [{y}]])", f"ImmutableDenseMatrix([[{x}, {y}]])"),
    ("Symbol('pi')", "pi"),
    ("Integer(1)", "Float('1.0001', precision=53)"),
    (f"Derivative({y}, Tuple({x}, Integer(1)))", f"Derivative({y}, Tuple({x}, Integer(2)))"),
    (f"[{x}, {y}]", x),
    ("oo", "Integer(1)"),
]


@pytest.mark.parametrize(("found", "expected"), ALIKE)
def test_one_meaning_written_in_two_ways_is_the_same(found: str, expected: str) -> None:
    assert same(from_srepr(found), from_srepr(expected))


@pytest.mark.parametrize(("found", "expected"), UNLIKE)
def test_two_meanings_are_not_the_same(found: str, expected: str) -> None:
    assert not same(from_srepr(found), from_srepr(expected))


def test_a_text_that_calls_anything_but_constructors_is_not_built() -> None:
    for text in ("sympify('1')", "__import__('os')", "Symbol('x').subs(1, 2)", "x"):
        with pytest.raises(ValueError, match="not a"):
            from_srepr(text)


@pytest.mark.parametrize(
    ("latex", "side", "kind"),
    [
        (r"\lim_{x \to 0} \frac{1}{x}", "+", "right"),
        (r"\lim_{x \to 0^+} \frac{1}{x}", "+", "right"),
        (r"\lim_{x \to 0^{-}} \frac{1}{x}", "+", "wrong"),
    ],
)
def test_a_limit_has_the_side_that_is_written(latex: str, side: str, kind: str) -> None:
    written = "-" if "-" in latex else "+"
    limit = f"Limit(Pow({x}, Integer(-1)), {x}, Integer(0), Symbol('{{}}'))"
    row = Row(latex, limit.format(written), must_fail=False, peers_right=())
    assert judge(row, Reading(limit.format(side), None, "")) == kind


def test_a_refusal_is_not_a_wrong_reading() -> None:
    row = Row("x", x, must_fail=False, peers_right=())
    assert judge(row, Reading("", None, "a reason")) == "refused"
    assert judge(row, Reading(y, None, "")) == "wrong"


def test_the_protocol_carries_readings_refusals_and_times() -> None:
    taken, refused = readings(Path(sys.executable), "with_litgrad.py", [r"\frac{x}{2}", r"\frac{x}{"], 1)
    assert judge(Row("", f"Mul({x}, Rational(1, 2))", must_fail=False, peers_right=()), taken) == "right"
    assert taken.seconds is not None
    assert not refused.taken
    assert refused.error


def test_every_peer_has_an_adapter_and_exact_pins() -> None:
    for peer in PEERS:
        assert (ADAPTERS / peer.adapter).is_file()
        assert all("==" in package and "*" not in package for package in peer.packages)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_shape_comes_in_the_length_that_is_asked_for(shape: Shape) -> None:
    assert 0.9 * 3_000 < len(shape.of_length(3_000)) <= 3_000


@pytest.mark.parametrize("power", [1, 1.5, 2])
def test_the_exponent_of_a_growth_is_found(power: float) -> None:
    lengths = [100, 1_000, 10_000]
    assert exponent(lengths, [3e-6 * length**power for length in lengths]) == pytest.approx(power)


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ("f(2x)", "4x^2", {"SymPy alone": "accepted", "sampled": "accepted"}),
        (r"\sin(x)", r"\cos(x)", {"SymPy alone": "accused", "sampled": "accused"}),
        (r"\sqrt{x^2}", "x", {"sampled": "accused"}),
    ],
)
def test_the_other_ways_to_check_say_what_they_say(left: str, right: str, said: dict[str, str]) -> None:
    pytest.importorskip("antlr4", reason="SymPy reads LaTeX with antlr4")
    assert {way: verdict(way, left, right, ["f(x) = x^2"]) for way in said} == said


def test_a_step_made_at_random_is_true_and_its_mutant_is_not() -> None:
    source = random.Random(1)  # noqa: S311 - no secret
    steps = [true_step(source) for _ in range(40)]
    assert not any(step.is_true() is False for step in steps)
    wrong = [step for _ in range(20) if (step := wrong_step(source)) is not None]
    assert wrong
    assert not any(step.is_true() for step in wrong)
