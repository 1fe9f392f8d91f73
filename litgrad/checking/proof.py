"""The exact provers, in order: the same expression, algebra, functions put in, all definitions put in."""

from enum import Enum

from sympy import Expr

from litgrad.checking.calculus.bound import HELD
from litgrad.checking.normal_form import equal, is_nonnegative
from litgrad.checking.setting import Setting
from litgrad.checking.whole import divisors, equal_for_whole
from litgrad.records import dataclass


class Level(Enum):
    """How much had to be put in before the sides became equal."""

    IDENTICAL = "both sides are the same expression"
    OPAQUE = "both sides have the same normal form"
    INLINED = "equal with the functions put in"
    EXPANDED = "equal with all definitions put in"
    WHOLE = "equal for whole numbers"


@dataclass(frozen=True, slots=True)
class Proof:
    """How far a proof had to go."""

    level: Level


def prove(setting: Setting, left: Expr, right: Expr) -> Proof | None:
    """An exact proof that two sides are equal wherever both are defined, or None."""
    if left == right:
        return Proof(Level.IDENTICAL)
    sides = (left, right)
    return setting.grounds.kept(
        "proof", sides, sides, lambda: _proof(setting, left, right), _written, _from_notes
    )


def _written(proof: Proof | None) -> str:
    return proof.level.name if proof is not None else ""


def _from_notes(noted: str) -> Proof | None:
    return Proof(Level[noted]) if noted else None


def _proof(setting: Setting, left: Expr, right: Expr) -> Proof | None:
    forms = (
        (Level.OPAQUE, setting.opaque, False),
        (Level.INLINED, setting.inlined, False),
        (Level.EXPANDED, setting.expanded, True),
    )
    for level, form, leaves in forms:
        if equal(form(left), form(right), setting.known_positive(leaves=leaves)):
            return Proof(level)
    return Proof(Level.WHOLE) if _equal_for_whole(setting, left, right) else None


def _equal_for_whole(setting: Setting, left: Expr, right: Expr) -> bool:
    sides = setting.expanded(left), setting.expanded(right)
    known = setting.known_positive(leaves=True)
    if not equal_for_whole(*sides, setting.whole, known):
        return False
    held = any(side.has(*HELD) for side in (left, right))
    return not held or all(_is_apart_from_zero(one, known) for one in divisors(sides, setting.whole))


def _is_apart_from_zero(expr: Expr, known: tuple[Expr, ...]) -> bool:
    return any(is_nonnegative(sign * expr, known, strict=True) for sign in (1, -1))
