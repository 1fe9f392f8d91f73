"""Numbers as Python writes them, none beyond the range of a double."""

import math

import sympy
from sympy import Expr

from litgrad.codegen.floats import evaluate
from litgrad.codegen.pieces import ATOM, MUL, UNARY, Piece, Unprintable

_EXACT = 2**53
"""Whole numbers up to here are doubles."""


def number_piece(number: sympy.Rational) -> Piece:
    """A number as Python writes it; a fraction that no double holds stays a fraction."""
    above, below = int(number.p), int(number.q)
    if max(abs(above), below) > _EXACT:
        return _rounded(number)
    sign = ATOM if above >= 0 else UNARY
    if below == 1:
        return Piece(str(above), precedence=sign)
    if below in (2, 4, 5, 8, 10, 16, 20, 25, 40, 50, 100, 1000):
        return Piece(float_text(above / below), precedence=sign)
    return Piece(f"{above} / {below}", precedence=MUL)


def _rounded(number: sympy.Rational) -> Piece:
    """A float without the plus of its exponent."""
    try:
        nearest = int(number.p) / int(number.q)
    except OverflowError:
        raise Unprintable("a number is beyond the range of a double") from None
    return Piece(float_text(nearest), precedence=ATOM if nearest >= 0 else UNARY)


def float_text(number: float) -> str:
    """A float without the plus of its exponent."""
    return repr(number).replace("e+", "e")


def as_float(piece: Piece) -> Piece:
    """The text of a whole number as that of a float.

    >>> as_float(Piece("3")).text, as_float(Piece("1e40")).text
    ('3.0', '1e40')
    """
    text = float_text(float(piece.text))
    return Piece(text, tuple((start, len(text), expr) for start, _, expr in piece.links), piece.precedence)


def bounded_base(power: sympy.Pow) -> Expr:
    """The base of a power of numbers; as a double where the result is no exact whole number.

    Raises Unprintable where the power is no double: Python would compute it to its last digit.
    """
    size = evaluate(power, {})
    if not math.isfinite(size):
        raise Unprintable("a number is beyond the range of a double")
    whole = isinstance(power.base, sympy.Integer) and abs(size) > _EXACT
    return sympy.Float(float(power.base), 17) if whole else power.base
