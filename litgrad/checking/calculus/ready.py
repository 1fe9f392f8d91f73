"""Steps with integrals and limits, made ready to be judged as any other."""

from dataclasses import replace

import sympy
from sympy import Derivative, Expr, Integral, Limit, Symbol, oo
from sympy.core.function import AppliedUndef

from litgrad.checking.calculus.bound import HELD, Clash, apart, under_derivatives
from litgrad.checking.calculus.continuity import at, between, is_continuous
from litgrad.checking.calculus.substitution import base_of, indefinite_variables
from litgrad.checking.setting import Setting
from litgrad.meaning.statements import Member, Step
from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Ready:
    """A step whose integrals can be judged, and what it is judged under."""

    step: Step
    setting: Setting


def with_integrals(step: Step) -> Step:
    """A step whose members are read although they hold integrals or limits."""
    left, right = (_read(member) for member in (step.left, step.right))
    return step if (left, right) == (step.left, step.right) else replace(step, left=left, right=right)


def _read(member: Member) -> Member:
    return member if member.term is not None else replace(member, term=member.calculus)


def holds_integrals(step: Step) -> bool:
    """Whether a side holds an integral, a limit or an infinity."""
    return any(
        member.term is not None and member.term.expr.has(*HELD, oo) for member in (step.left, step.right)
    )


def made_ready(step: Step, setting: Setting) -> Ready | str:
    """A step with its bound variables set apart; else why it is not judged, in a clause."""
    try:
        left, right = (_apart(member, setting) for member in (step.left, step.right))
    except Clash as clash:
        return str(clash)
    ready = replace(step, left=left, right=right)
    sides = [member.term.expr for member in (left, right) if member.term is not None]
    variables = indefinite_variables(sides)
    if variables:
        return _by_one_variable(ready, sides, variables, setting)
    problem = next((why for side in sides for why in _unjustified(side, setting)), None)
    return problem or Ready(ready, setting)


def _by_one_variable(
    step: Step, sides: list[Expr], variables: frozenset[Symbol], setting: Setting
) -> Ready | str:
    """Indefinite integrals, to be compared by their derivatives by one variable."""
    base = base_of(variables, _written_in(sides), setting.definitions)
    if base is None:
        return "its indefinite integrals are by several variables"
    definitions = setting.definitions.without(base)
    if variables == {base} and not _are_primitives(sides, base):
        # perhaps over a domain that is not written: as they stand
        return Ready(step, replace(setting, definitions=definitions))
    return Ready(step, replace(setting, definitions=definitions, by=base))


def _written_in(sides: list[Expr]) -> frozenset[Symbol]:
    """The symbols that stand outside all integrals."""
    bare = [side.xreplace({one: sympy.Integer(0) for one in side.atoms(Integral)}) for side in sides]
    return frozenset(free for side in bare for free in side.free_symbols if isinstance(free, Symbol))


def _are_primitives(sides: list[Expr], variable: Expr) -> bool:
    """Whether sides are plainly antiderivatives: each one is, and one of them is written out."""
    written = any(outside(side, variable) for side in sides)
    return written and all(_is_primitive(side, variable) for side in sides)


def _is_primitive(side: Expr, variable: Expr) -> bool:
    whole = sympy.Tuple(variable)
    return any(one.limits[-1] == whole for one in side.atoms(Integral)) or outside(side, variable)


def outside(side: Expr, variable: Expr) -> bool:
    """Whether a side depends on a variable otherwise than under an integral, as an antiderivative does."""
    bare = {one: sympy.Integer(0) for one in side.atoms(Integral)}
    return side.xreplace(bare).has(variable) or side.has(AppliedUndef)


def _apart(member: Member, setting: Setting) -> Member:
    assert member.term is not None
    expr = apart(member.term.expr, setting.definitions)
    return replace(member, term=replace(member.term, expr=expr))


def _unjustified(side: Expr, setting: Setting) -> list[str]:
    """Derivatives under an integral or a limit that may not be taken without more being known."""
    found = []
    for derivative in under_derivatives(side):
        inner = setting.expanded(derivative.expr)
        if any(not _differentiable_inside(one, derivative, setting) for one in inner.atoms(*HELD)):
            found.append("whether the derivative may be taken under the sign is not known")
    return found


def _differentiable_inside(held: Expr, derivative: Derivative, setting: Setting) -> bool:
    """Leibniz's rule: over a bounded interval on which the integrand and its derivative are continuous."""
    if isinstance(held, Limit) or len(held.limits) != 1:
        return False
    variable, below, above = held.limits[0]
    if {below, above} & {oo, -oo} or any(v in setting.definitions.values for v in derivative.variables):
        return False
    positive = setting.known_positive(leaves=True)
    places = [
        at(variable, below, positive),
        between(variable, below, above, positive),
        at(variable, above, positive),
    ]
    rates = [held.function]
    for by in derivative.variables:
        rates.append(sympy.diff(rates[-1], by))
    return all(is_continuous(rate, place) for rate in rates for place in places)
