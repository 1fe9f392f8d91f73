"""Derivatives under a post's definitions."""

import sympy
from sympy import Derivative

from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import function, symbol

a, b, w, x, y, z = map(symbol, "abwxyz")
guess = symbol(r"\hat{y}")
LOSS = Definitions({symbol("L"): -y * sympy.log(guess), guess: a, a: w * x + b})


def rate(name: str, by: sympy.Symbol) -> Derivative:
    return Derivative(function(name)(by), by)


def test_a_derivative_reaches_through_aliases() -> None:
    assert LOSS.settle(rate("L", w)) == -x * y / guess


def test_a_derivative_by_an_inner_symbol_stops_there() -> None:
    assert LOSS.settle(rate("L", guess)) == -y / guess
    assert LOSS.settle(rate("L", a)) == -y / guess


def test_what_does_not_lead_to_the_variable_is_constant() -> None:
    assert LOSS.settle(rate("a", z)) == 0


def test_an_unknown_function_keeps_its_rate() -> None:
    unknown = LOSS.with_unknown({(a, z)})
    assert unknown.settle(rate("a", z)) == rate("a", z)
    assert unknown.settle(rate("L", z)) == -y / guess * rate("a", z)


def test_expansion_goes_down_to_the_leaves() -> None:
    assert LOSS.expand(guess) == w * x + b


def test_definitions_that_run_in_a_circle_are_dropped() -> None:
    circle = LOSS.with_value(b, a)
    assert a not in circle.values
    assert b not in circle.values


def test_the_chain_rule_for_functions_of_which_nothing_is_known() -> None:
    f, g = function("f"), function("g")
    settled = Definitions(applied=frozenset("fg")).settle(Derivative(f(g(x)), x))
    assert settled.has(Derivative)
    known = settled.subs(f, sympy.sin).doit().subs(g, sympy.exp).doit()
    assert known == sympy.cos(sympy.exp(x)) * sympy.exp(x)
