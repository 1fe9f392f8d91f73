"""Steps about functions that the post does not spell out: what can be refuted all the same."""

from mpmath import mpf
from sympy import Derivative, Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.normal_form import equal
from litgrad.checking.numeric import readable, value
from litgrad.checking.points import Domain, small_points
from litgrad.checking.refutation import Search, differ
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Counterexample
from litgrad.meaning.forms import name_of, symbol


def homogeneous_difference(setting: Setting, left: Expr, right: Expr, shown: tuple[Symbol, ...]) -> Search:
    """A counterexample that any choice of the unknown function allows.

    Both sides must be proportional to the one derivative `da/dz` of the unknown function; then a
    value of that derivative can be chosen freely, and a difference of the factors refutes.
    """
    sides = setting.opaque(left), setting.opaque(right)
    rates = {atom for side in sides for atom in side.atoms(Derivative)}
    if len(rates) != 1 or any(side.has(AppliedUndef) for side in _without(sides, rates)):
        return Search(None, 0)
    rate = rates.pop()
    slope = symbol(_leibniz(rate))
    plain = tuple(side.xreplace({rate: slope}) for side in sides)
    if not all(equal(side.xreplace({slope: 2 * slope}), 2 * side) for side in plain):
        return Search(None, 0)
    return _first_difference(setting, (plain[0], plain[1]), (*shown, slope))


def _without(sides: tuple[Expr, Expr], rates: set[Derivative]) -> list[Expr]:
    return [side.xreplace(dict.fromkeys(rates, symbol("slope"))) for side in sides]


def _leibniz(rate: Derivative) -> str:
    """`\\frac{da}{dz}`."""
    (call,) = rate.expr.atoms(AppliedUndef)
    return rf"\frac{{d{name_of(call)}}}{{d{rate.variables[0].name}}}"


def _first_difference(setting: Setting, sides: tuple[Expr, Expr], shown: tuple[Symbol, ...]) -> Search:
    domain: Domain = setting.domain(*sides, leaves=False, appearance=shown)
    for point in small_points(domain):
        if differ(*sides, point):
            return Search(_counterexample(setting, sides, point, shown), 0)
    return Search(None, 0)


def _counterexample(
    setting: Setting, sides: tuple[Expr, Expr], point: dict[Symbol, mpf], shown: tuple[Symbol, ...]
) -> Counterexample:
    at: list[tuple[str, Expr]] = []
    for name in shown:
        number = point.get(name, point.get(setting.aliases.get(name, name)))
        if number is not None:
            at.append((name.name, readable(number)))
    left, right = (value(side, point) for side in sides)
    assert left is not None
    assert right is not None
    return Counterexample(tuple(dict.fromkeys(at)), readable(left), readable(right))
