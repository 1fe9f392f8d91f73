"""The equations that a post takes as given, and what follows from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, product

import sympy
from sympy import Basic, Expr, Symbol

from litgrad.checking.asides import no_identity
from litgrad.checking.normal_form import implies_zero
from litgrad.checking.proof import prove
from litgrad.checking.setting import Setting
from litgrad.checking.sides import sides_of
from litgrad.checking.stated import stated
from litgrad.meaning.statements import Derivation, Statements, Step

_TRIED = 6
"""How many equations of a post are looked at for one step."""
_WAYS = 4
"""For how many of its symbols one equation is solved."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An equation that the post states on its own and that is no identity, as left minus right in leaves."""

    step: Step
    gap: Expr


def hypotheses(step: Step, setting: Setting, statements: Statements) -> tuple[Hypothesis, ...]:
    """The equations of a post that say something of a step's symbols, the nearest first.

    They stand above it, or below after a word such as `where`.
    """
    leaves = {free for side in sides_of(step) for free in setting.expanded(side).free_symbols}
    return tuple(islice(_stated_alone(step, leaves, statements), _TRIED))


def above(step: Step, given: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """Those of them that stand before a step, so that no two equations rest on each other."""
    return tuple(one for one in given if one.step.sign.span.start < step.sign.span.start)


def _stated_alone(step: Step, leaves: set[Basic], statements: Statements) -> Iterator[Hypothesis]:
    for other in stated(step, statements, _is_alone, below=True):
        setting = Setting.of(statements, other)
        first, second = sides_of(other)
        left, right = setting.expanded(first), setting.expanded(second)
        if _is_a_case(other) and other.sign.span.start > step.sign.span.start:
            continue
        if not (left - right).free_symbols & leaves:
            continue
        if _names_a_zero(left - right) and not _names_a_zero(setting.opaque(first) - setting.opaque(second)):
            continue  # it contradicts a definition: with that put in, anything would follow from it
        if other.aside is not None or _is_no_identity(other, setting, statements):
            yield Hypothesis(other, left - right)


def _names_a_zero(gap: Expr) -> bool:
    """Whether an equation `gap = 0` only says that one of its symbols is 0."""
    factors = sympy.Mul.make_args(sympy.factor(gap))
    return bool(gap.free_symbols) and all(
        factor.is_number or factor.as_base_exp()[0].is_Symbol for factor in factors
    )


def _is_a_case(step: Step) -> bool:
    """`if $t = 0$`: said behind a step, it is the premise of that step, and no equation that holds."""
    left, right = sides_of(step)
    return step.aside is not None and left.is_Symbol and right.is_number


def _is_alone(derivation: Derivation, step: Step) -> bool:
    return len(derivation.steps) == 1 and _is_equation(step)


def _is_equation(step: Step) -> bool:
    """Whether a step is an equation that is read without doubt and defines nothing."""
    terms = [member.term for member in (step.left, step.right) if member.term is not None]
    if len(terms) < 2 or any(term.doubts for term in terms):
        return False
    return step.sign.symbol == "=" and step.introduces is None


def _is_no_identity(step: Step, setting: Setting, statements: Statements) -> bool:
    """Whether an equation is taken for one to solve, and not for a claim."""
    if prove(setting, *sides_of(step)) is not None:
        return False
    derivation = next(one for one in statements.derivations if step in one.steps)
    return no_identity(step, derivation, setting, statements) is not None


def implied_by(step: Step, setting: Setting, given: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """The equations from which a step follows; empty where it is not seen to follow."""
    left, right = map(setting.expanded, sides_of(step))
    known = setting.known_positive(leaves=True)
    for one in given:
        if implies_zero(one.gap, left - right, known) or _follows(step, setting, (one,)):
            return (one,)
    return given if len(given) > 1 and _follows(step, setting, given) else ()


def _follows(step: Step, setting: Setting, given: tuple[Hypothesis, ...]) -> bool:
    return any(
        all(prove(one, *sides_of(step)) is not None for one in ways) for ways in _under(setting, given)
    )


def solved(setting: Setting, given: tuple[Hypothesis, ...]) -> Setting:
    """A setting in which the equations hold, as far as they can be solved."""
    for one in given:
        setting = next((ways[0] for ways in _under(setting, (one,))), setting)
    return setting


def _under(setting: Setting, given: tuple[Hypothesis, ...]) -> Iterator[tuple[Setting, ...]]:
    """Settings that together are all in which the equations hold, one of whose symbols is solved for."""
    if not given:
        yield (setting,)
        return
    first, rest = given[0], given[1:]
    for symbol, values in islice(_solutions(setting.expanded(first.gap)), _WAYS):
        held = [setting.with_value(symbol, value) for value in values]
        for ways in product(*(_under(one, rest) for one in held)):
            yield tuple(chain.from_iterable(ways))


def _solutions(gap: Expr) -> Iterator[tuple[Symbol, tuple[Expr, ...]]]:
    """Symbols of an equation `gap = 0` with all that each may be: those that enter it once, or squared."""
    above = sympy.numer(sympy.together(gap))
    for symbol in sorted((free for free in above.free_symbols if isinstance(free, Symbol)), key=str):
        coefficients = _coefficients(above, symbol)
        match coefficients:
            case [slope, rest]:
                yield symbol, (-rest / slope,)
            case [square, middle, rest] if middle == 0:
                root = sympy.sqrt(-rest / square)
                yield symbol, (root, -root)


def _coefficients(above: Expr, symbol: Symbol) -> list[Expr]:
    if not above.is_polynomial(symbol):
        return []
    return sympy.Poly(above, symbol).all_coeffs()
