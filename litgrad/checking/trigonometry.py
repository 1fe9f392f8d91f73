"""Sines and cosines as quotients over one pair of atoms for each unit of the angle."""

from fractions import Fraction

from sympy import Expr

from litgrad.checking.powers import root
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


def inverse(workspace: Workspace, kind: str, argument: Expr) -> Quotient:
    """`arcsin`, `arccos` or `arctan` as an atom whose sine and cosine are known."""
    inner = workspace.reduced(workspace.of(argument))
    index = workspace.atom_index(("function", kind, inner.key))
    workspace.inverses[index] = (kind, inner)
    return Quotient.generator(workspace.generators, index)


def _of_inverse(workspace: Workspace, angle: Quotient) -> tuple[Quotient, Quotient] | None:
    """Sine and cosine of an angle that is just `arcsin u`, `arccos u` or `arctan u`."""
    for index, (kind, inner) in workspace.inverses.items():
        if angle.key == Quotient.generator(workspace.generators, index).key:
            one = workspace.number(1)
            if kind == "atan":
                hypotenuse = root(workspace, one + inner * inner, 2)
                return inner / hypotenuse, one / hypotenuse
            other = root(workspace, one - inner * inner, 2)
            return (inner, other) if kind == "asin" else (other, inner)
    return None


def _multiple(workspace: Workspace, coefficient: Fraction, unit: Quotient) -> tuple[Quotient, Quotient]:
    half_turns = coefficient * 2
    if unit.key == workspace.atom(("constant", "pi")).key and half_turns.denominator == 1:
        quarter = int(half_turns) % 4
        return workspace.number((0, 1, 0, -1)[quarter]), workspace.number((1, 0, -1, 0)[quarter])
    count, denominator = coefficient.numerator, coefficient.denominator
    if abs(count) > _MULTIPLE_LIMIT:
        count, denominator, unit = 1, 1, unit * workspace.number(coefficient)
    s, c = _pair(workspace, unit * workspace.number(Fraction(1, denominator)))
    sine, cosine = workspace.number(0), workspace.number(1)
    for _ in range(abs(count)):
        sine, cosine = sine * c + cosine * s, cosine * c - sine * s
    return (sine, cosine) if count > 0 else (-sine, cosine)


def _pair(workspace: Workspace, angle: Quotient) -> tuple[Quotient, Quotient]:
    """Sine and cosine of one unit as atoms with `cos**2 = 1 - sin**2`."""
    known = _of_inverse(workspace, angle)
    if known is not None:
        return known
    indices = [workspace.atom_index((kind, angle.key)) for kind in ("sin", "cos")]
    s, c = (Quotient.generator(workspace.generators, index) for index in indices)
    workspace.relations[indices[1]] = (2, workspace.number(1) - s * s)
    return s, c
