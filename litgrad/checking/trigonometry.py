"""Sines and cosines as quotients over one pair of atoms for each unit of the angle."""

from fractions import Fraction

from sympy import Expr

from litgrad.checking.rational import Quotient
from litgrad.checking.workspace import Workspace

_MULTIPLE_LIMIT = 24
"""Multiples of an angle beyond it stay atoms."""


def sine(workspace: Workspace, angle: Expr) -> Quotient:
    """`sin`."""
    return _sine_cosine(workspace, workspace.of(angle))[0]


def cosine(workspace: Workspace, angle: Expr) -> Quotient:
    """`cos`."""
    return _sine_cosine(workspace, workspace.of(angle))[1]


def _sine_cosine(workspace: Workspace, angle: Quotient) -> tuple[Quotient, Quotient]:
    """Sine and cosine by the addition theorems over the angle's terms."""
    sine, cosine = workspace.number(0), workspace.number(1)
    for coefficient, unit in workspace.terms(workspace.reduced(angle)):
        s, c = _multiple(workspace, coefficient, unit)
        sine, cosine = sine * c + cosine * s, cosine * c - sine * s
    return sine, cosine


def _multiple(workspace: Workspace, coefficient: Fraction, unit: Quotient) -> tuple[Quotient, Quotient]:
    half_turns = coefficient * 2
    if unit.key == workspace.atom(("constant", "pi")).key and half_turns.denominator == 1:
        quarter = int(half_turns) % 4
        return workspace.number((0, 1, 0, -1)[quarter]), workspace.number((1, 0, -1, 0)[quarter])
    count, denominator = coefficient.numerator, coefficient.denominator
    if abs(count) > _MULTIPLE_LIMIT:
        count, denominator, unit = 1, 1, unit * workspace.number(coefficient)
    base = (unit * workspace.number(Fraction(1, denominator))).key
    sine_index, cosine_index = workspace.atom_index(("sin", base)), workspace.atom_index(("cos", base))
    s, c = (Quotient.generator(workspace.generators, index) for index in (sine_index, cosine_index))
    workspace.relations[cosine_index] = (2, workspace.number(1) - s * s)
    sine, cosine = workspace.number(0), workspace.number(1)
    for _ in range(abs(count)):
        sine, cosine = sine * c + cosine * s, cosine * c - sine * s
    return (sine, cosine) if count > 0 else (-sine, cosine)
