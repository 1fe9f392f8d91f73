"""The functions of one number in canonical form; those with a base of their own by exponentials."""

from collections.abc import Callable
from fractions import Fraction

from litgrad.tensors.normal.atoms import Poly, Table, is_integer
from litgrad.tensors.normal.content import tidy
from litgrad.tensors.normal.logarithms import log_of
from litgrad.tensors.normal.monomials import spread
from litgrad.tensors.normal.pointwise import made_again, placed_function
from litgrad.tensors.normal.polynomials import ONE, added, multiplied, relabelled, scaled, subtracted
from litgrad.tensors.normal.powers import exp_of, power
from litgrad.tensors.normal.signs import sign_of, sign_rule, step_of
from litgrad.tensors.normal.sines import arctan, cosine, sine, sine_rule
from litgrad.tensors.normal.terms import Term

Make = Callable[[Table, Poly], Poly]
HALF = Fraction(1, 2)
INVERSE = (0, Fraction(-1))


def applied(table: Table, function: str, order: int, poly: Poly) -> Poly:
    """A function of every entry; `order` counts the derivatives of an unknown function."""
    poly = tidy(table, poly)
    make = MADE.get(function)
    if make is None:
        return _on_diagonals(table, poly, lambda one: placed_function(table, function, order, one))
    if function in _EVERYWHERE:
        return _on_diagonals(table, poly, lambda one: make(table, one))
    return make(table, poly)


def _on_diagonals(table: Table, poly: Poly, make: Callable[[Poly], Poly]) -> Poly:
    """f(b + delta a) = f(b) + delta (f(b + a) - f(b)), the bracket taken where the delta is 1."""
    deltas = [f for monomial in poly for f in monomial if table.atoms[f[0]].kind == "delta"]
    if not deltas:
        return make(poly)
    delta = deltas[0]
    low, high = delta[1]
    off = {monomial: value for monomial, value in poly.items() if delta not in monomial}
    at = relabelled(table, poly, {high: low})
    difference = subtracted(
        _on_diagonals(table, at, make), _on_diagonals(table, relabelled(table, off, {high: low}), make)
    )
    return added(_on_diagonals(table, off, make), spread(table, Term((delta,), {}), difference))


def _hyperbolic(table: Table, poly: Poly) -> tuple[Poly, Poly]:
    up, down = exp_of(table, poly), exp_of(table, scaled(poly, -1))
    return scaled(subtracted(up, down), HALF), scaled(added(up, down), HALF)


def _quotient(table: Table, above: Poly, below: Poly) -> Poly:
    return multiplied(table, above, power(table, below, INVERSE))


def _tanh(table: Table, poly: Poly) -> Poly:
    square = exp_of(table, scaled(poly, 2))
    return _quotient(table, subtracted(square, ONE), added(square, ONE))


def _sigmoid(table: Table, poly: Poly) -> Poly:
    return power(table, added(ONE, exp_of(table, scaled(poly, -1))), INVERSE)


MADE: dict[str, Make] = {
    "exp": exp_of,
    "log": log_of,
    "sin": sine,
    "cos": cosine,
    "tan": lambda table, poly: _quotient(table, sine(table, poly), cosine(table, poly)),
    "sinh": lambda table, poly: _hyperbolic(table, poly)[0],
    "cosh": lambda table, poly: _hyperbolic(table, poly)[1],
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "abs": lambda table, poly: multiplied(table, poly, sign_of(table, poly)),
    "sign": sign_of,
    "relu": lambda table, poly: multiplied(table, poly, step_of(table, poly)),
    "step": step_of,
    "arctan": arctan,
}
"""How each function is brought to its canonical form."""
_EVERYWHERE = set(MADE) - {"log", "tan"}


def function_rule(table: Table, term: Term, place: int) -> Poly | None:
    """What is done to a function in a product: labels that stand twice, powers of signs and sines."""
    atom, _, exponent = term.factors[place]
    name, order, _ = table.atoms[atom].payload

    def make(poly: Poly) -> Poly:
        return power(table, applied(table, name, order, poly), exponent)

    again = made_again(table, term, place, make)
    if again is None and name == "sign" and is_integer(exponent):
        return sign_rule(table, term, place)
    if again is None and name == "sin" and is_integer(exponent) and exponent[1] >= 2:
        return sine_rule(table, term, place)
    return again
