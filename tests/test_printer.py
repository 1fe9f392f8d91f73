"""SymPy to Python text: the author's order, few parentheses, links, and nothing that cannot be printed."""

import math

import numpy as np
import pytest
import sympy
from generate import REFERENCE, generate
from sympy import Expr, Function, Integer, Rational, Symbol, cos, exp, log

from litgrad.codegen.layout import WIDTH
from litgrad.codegen.pieces import Unprintable
from litgrad.codegen.printer import Printer, Signature
from litgrad.codegen.special import Log1p, Sigmoid, Xlogy
from litgrad.codegen.text import docstring, entry, one_line, quoted, signature, statement
from litgrad.meaning.forms import add, divide, multiply, negate, power

X, Y, YHAT = Symbol("x", real=True), Symbol("y", real=True), Symbol(r"\hat{y}", real=True)
ONE, TWO, HALF = Integer(1), Integer(2), Rational(1, 2)


def name(latex: str) -> str:
    return {r"\hat{y}": "y_hat", r"\sigma": "sigma"}.get(latex, latex)


def printed(expr: Expr, **options: object) -> str:
    return Printer(name, **options).piece(expr).text  # ty: ignore[invalid-argument-type]


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (add(Y, negate(X)), "y - x"),
        (add(negate(X), Y), "-x + y"),
        (multiply(Y, X), "y * x"),
        (power(YHAT, TWO), "y_hat**2"),
        (power(add(X, Y), TWO), "(x + y) ** 2"),
        (power(negate(X), TWO), "(-x) ** 2"),
        (negate(power(X, TWO)), "-x**2"),
        (negate(power(add(X, Y), TWO)), "-((x + y) ** 2)"),
        (divide(negate(power(add(X, Y), TWO)), Y), "-((x + y) ** 2) / y"),
        (power(power(X, TWO), Y), "(x**2) ** y"),
        (divide(X, multiply(TWO, Y)), "x / (2 * y)"),
        (divide(X, power(Y, TWO)), "x / y**2"),
        (divide(ONE, X), "1 / x"),
        (divide(divide(X, Y), add(ONE, X)), "x / (y * (1 + x))"),
        (multiply(X, add(ONE, negate(Y))), "x * (1 - y)"),
        (add(X, negate(add(Y, ONE))), "x - (y + 1)"),
        (multiply(HALF, X), "x / 2"),
        (multiply(Rational(3, 4), X), "0.75 * x"),
        (multiply(Rational(2, 3), X), "2 / 3 * x"),
        (multiply(X, Rational(2, 3)), "x * (2 / 3)"),
        (multiply(Integer(-2), X), "-2 * x"),
        (add(Y, multiply(Integer(-2), X)), "y - 2 * x"),
        (negate(negate(X)), "x"),
        (add(Y, negate(multiply(negate(X), Y))), "y + x * y"),
        (exp(negate(X), evaluate=False), "np.exp(-x)"),
        (power(sympy.E, X), "np.exp(x)"),
        (power(X, HALF), "np.sqrt(x)"),
        (power(X, -HALF), "1 / np.sqrt(x)"),
        (sympy.Max(0, X, Y), "np.maximum(np.maximum(x, y), 0)"),
        (sympy.cot(X), "1 / np.tan(x)"),
        (multiply(sympy.pi, power(X, TWO)), "np.pi * x**2"),
        (Sigmoid(X), "_sigmoid(x)"),
        (Xlogy(X, Y), "_xlogy(x, y)"),
        (Log1p(X), "np.log1p(x)"),
    ],
)
def test_an_expression_prints_as(expr: Expr, text: str) -> None:
    assert printed(expr) == text


def test_a_call_passes_what_the_formula_leaves_out() -> None:
    signatures = {"f": Signature((X,), (Y,))}
    assert printed(Function("f")(X), signatures=signatures) == "f(x, y)"
    with pytest.raises(Unprintable, match="`f` is called and not computed here"):
        printed(Function("f")(X, Y), signatures=signatures)
    with pytest.raises(Unprintable, match="`g` is called and not computed here"):
        printed(Function("g")(X), signatures=signatures)


def test_a_parameter_hides_a_function_of_its_name() -> None:
    with pytest.raises(Unprintable, match="both a value and a function"):
        printed(Function("f")(X), signatures={"f": Signature((X,))}, hidden=frozenset(["f"]))
    assert printed(Sigmoid(X), sigmoid="sigma") == "sigma(x)"
    assert printed(Sigmoid(X), sigmoid="sigma", hidden=frozenset(["sigma"])) == "_sigmoid(x)"


@pytest.mark.parametrize(
    "expr",
    [
        sympy.zeta(X),
        sympy.Integral(X, X),
        sympy.Derivative(Function("f")(X), X),
        sympy.I * X,
        sympy.oo,
        Integer(10) ** 400,
        power(Integer(9), power(Integer(9), Integer(9))),
        power(power(Integer(9), power(Integer(9), Integer(9))), Integer(0)),
    ],
)
def test_what_numpy_cannot_compute_is_refused(expr: Expr) -> None:
    with pytest.raises(Unprintable):
        printed(expr)


def test_large_numbers_are_doubles() -> None:
    assert printed(Integer(2) ** 60) == "1.152921504606847e18"
    assert printed(multiply(power(TWO, Integer(100)), X)) == "2.0**100 * x"
    assert printed(power(TWO, Integer(10))) == "2**10"


@pytest.mark.parametrize(
    "expr",
    [
        add(divide(X, multiply(TWO, Y)), negate(power(add(X, negate(Y)), Integer(3)))),
        multiply(negate(X), divide(negate(Y), add(ONE, power(X, TWO)))),
        divide(divide(X, Y), divide(Y, X)),
        negate(divide(negate(exp(negate(X))), power(cos(Y), TWO))),
        power(power(X, TWO), Rational(3, 2)),
    ],
)
def test_the_text_computes_the_expression(expr: Expr) -> None:
    point = {X: 0.7, Y: 1.3}
    scope = {"x": 0.7, "y": 1.3, "np": np}
    got = eval(printed(expr), {"__builtins__": {}}, scope)  # noqa: S307 - the text of this test's own expressions
    assert math.isclose(got, float(expr.doit().subs(point)), rel_tol=1e-14)


def test_a_subterm_of_the_post_is_linked() -> None:
    whole = add(Y, negate(log(X)))
    piece = Printer(name, known={whole: whole, log(X): log(X), X: X}).piece(whole)
    assert [(piece.text[a:b], expr) for a, b, expr in piece.links] == [
        ("x", X),
        ("np.log(x)", log(X)),
        ("y - np.log(x)", whole),
    ]


def test_links_keep_their_place_behind_inserted_parentheses() -> None:
    square = power(add(X, Y), TWO)
    whole = divide(negate(square), Y)
    piece = Printer(name, known={square: square, add(X, Y): add(X, Y), Y: Y}).piece(whole)
    assert piece.text == "-((x + y) ** 2) / y"
    assert {piece.text[a:b] for a, b, _ in piece.links} == {"((x + y) ** 2)", "x + y", "y"}


def test_every_link_of_a_module_covers_text_that_stands_for_its_value() -> None:
    module = generate(REFERENCE).module
    texts = {(str(link.expr), module.text[link.start : link.end]) for link in module.links}
    assert (r"\hat{y}", "y_hat") in texts
    assert (r"a - y", "a - y") in texts
    assert (r"y*log(\hat{y})", "_xlogy(y, y_hat)") in texts
    assert (r"1 - \sigma(x)", "sigma(-x)") in texts


# -------------------------------- text --------------------------------


def test_a_long_sum_goes_over_lines_at_its_signs() -> None:
    terms = [Symbol(letter * 30, real=True) for letter in "abcd"]
    text = statement("return ", Printer(name).piece(add(*terms))).text
    assert text.splitlines() == [
        "    return (",
        f"        {'a' * 30}",
        f"        + {'b' * 30}",
        f"        + {'c' * 30}",
        f"        + {'d' * 30}",
        "    )",
    ]


def test_a_long_call_goes_over_lines_inside_its_bracket() -> None:
    argument = multiply(*(Symbol(letter * 44, real=True) for letter in "ab"))
    text = statement("return ", Printer(name).piece(exp(argument))).text
    assert text.splitlines() == ["    return np.exp(", f"        {'a' * 44} * {'b' * 44}", "    )"]


def test_a_long_row_and_a_long_signature_fit() -> None:
    names = [letter * 40 for letter in "abc"]
    assert max(map(len, signature("f", names).splitlines())) <= WIDTH
    piece = Printer(name).piece(add(*(Symbol(each, real=True) for each in names)))
    assert max(map(len, entry("w", piece).text.splitlines())) <= WIDTH


def test_breaks_keep_the_links_between_them() -> None:
    terms = [Symbol(letter * 30, real=True) for letter in "abcd"]
    piece = statement("return ", Printer(name, known={term: term for term in terms}).piece(add(*terms)))
    assert [piece.text[a:b] for a, b, _ in piece.links] == [term.name for term in terms]


@pytest.mark.parametrize(
    "text", ['"""', "a\nb", "\u202eabc", "\x00", 'ends with "', "ends with \\", "\\N{DASH}"]
)
def test_nothing_breaks_out_of_a_docstring(text: str) -> None:
    source = f"def f():\n{docstring(['One line.', '', quoted(text)])}\n    return 1\n"
    scope: dict[str, object] = {}
    exec(compile(source, "test", "exec"), scope)  # noqa: S102 - the text under test, built here
    assert scope["f"]() == 1  # ty: ignore[not-callable]
    assert source.isprintable() or set(source) - {"\n"} <= set(filter(str.isprintable, source))


def test_alignment_marks_are_no_part_of_a_formula() -> None:
    assert one_line("L & = a \\& b\n  + c") == "L = a \\& b + c"
