r"""Estimators: `\hat\mu = \frac{1}{n} \sum_i x_i` where the condition before the arrow has one solution."""

import re
from collections.abc import Iterator
from itertools import islice

import sympy
from sympy import Expr, Indexed, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits

from litgrad.checking.indexed.every_size import in_normal_form
from litgrad.checking.indexed.world import World, known_world, term_of
from litgrad.checking.normal_form import equal
from litgrad.meaning.forms import symbol
from litgrad.meaning.statements import Statements, Step

_MARKED = re.compile(r"(?:\\(?:hat|widehat|tilde|bar)\{(?P<under>.+)\}|(?P<before>.+?)(?P<mark>\^\{\*\}))")
_SEVERAL = 12
"""How many values of other estimators are tried."""

Solution = tuple[Symbol, int, Expr]
"""The unknown, the power of it that is given, and its value."""


def estimates(step: Step, premise: Step, statements: Statements) -> bool:
    """Whether an estimator is the only solution of an equation for the letter under its hat.

    Other letters of the equation may have the values that the post gives their estimators above.
    """
    world = known_world(statements)
    sides = [term_of(side) for one in (step, premise) for side in (one.left, one.right)]
    if any(side is None for side in sides):
        return False
    left, right, first, second = (side.expr for side in sides if side is not None)
    unknown = _unknown(left)
    if unknown is None or second.has(sympy.oo) or unknown[0] in right.free_symbols:
        return False
    gap = first - second
    for table in _estimated(step, statements, gap, unknown[0]):
        if _is_solution(world, gap.xreplace(table), (*unknown, right)):
            return True
    return False


def _unknown(left: Expr) -> tuple[Symbol, int] | None:
    """The letter and its power in `\\hat\\mu`, `\\hat\\sigma^2`, `\\theta^*`."""
    power = int(left.exp) if left.is_Pow and left.exp == 2 else 1
    name = left.base if power == 2 else left
    if not isinstance(name, Symbol):
        return None
    found = _MARKED.fullmatch(name.name)
    return None if found is None else (symbol(found["under"] or found["before"]), power)


def _estimated(step: Step, statements: Statements, gap: Expr, unknown: Symbol) -> Iterator[dict[Expr, Expr]]:
    """Nothing, and then each value of another letter of an equation by which its estimator was given."""
    yield {}
    found = (pair for pair in _given(statements, step.left.span.start) if pair[0] in gap.free_symbols)
    yield from ({name: value} for name, value in islice(found, _SEVERAL) if name != unknown)


def _given(statements: Statements, place: int) -> Iterator[tuple[Symbol, Expr]]:
    """The letters that estimators above a place stand for, with the estimator and each of its values."""
    for derivation in statements.derivations:
        read = [term_of(one) for one in derivation.members if one.span.start < place]
        exprs = [term.expr for term in read if term is not None]
        for at, expr in enumerate(exprs):
            marked = _unknown(expr)
            if marked is not None and marked[1] == 1:
                yield from ((marked[0], value) for value in exprs[at:])


def _is_solution(world: World, gap: Expr, solution: Solution) -> bool:
    """Whether an equation, cleared of denominators, is of degree one in the unknown, with this root."""
    unknown, power, value = solution
    forms = in_normal_form(world, (gap, value))
    if forms is None:
        return False
    pieces = sorted({one for form in forms for one in form.atoms(Indexed, ExprWithLimits)}, key=_weight)
    if any(unknown in piece.free_symbols for piece in pieces):
        return False
    for at, piece in enumerate(reversed(pieces)):
        mask = Symbol(f"p{at}", real=True)
        forms = [form.xreplace({piece: mask}) for form in forms]
    plain = [form.xreplace({one: symbol(one.name) for one in form.free_symbols}) for form in forms]
    above = sympy.fraction(sympy.together(plain[0]))[0]
    place = sympy.Dummy("place", positive=True)
    if power == 2:
        above = sympy.expand(above).subs(unknown, sympy.sqrt(place))
        unknown = place
    return _is_only_root(sympy.expand(above), unknown, plain[1])


def _weight(piece: Expr) -> tuple[int, str]:
    """Entries before the sums that hold them."""
    return (len(piece.atoms(ExprWithLimits)), str(piece))


def _is_only_root(above: Expr, unknown: Symbol, value: Expr) -> bool:
    if not above.is_polynomial(unknown) or unknown not in above.free_symbols:
        return False
    polynomial = sympy.Poly(above, unknown)
    if polynomial.degree() != 1:
        return False
    slope, offset = polynomial.all_coeffs()
    return equal(-offset / slope, value)


def is_mean(name: Symbol, value: Expr, world: World) -> bool:
    r"""Whether a value is `\frac{1}{n} \sum_{i=1}^n x_i`, by convention written `\bar{x}`."""
    found = re.fullmatch(r"\\(?:bar|overline)\{(?P<base>[^{}_^]+)\}", name.name)
    range_ = world.ranges.get((found["base"], 0)) if found is not None else None
    if found is None or range_ is None:
        return False
    first, last = range_
    for letter in sorted(world.letters):
        entry = symbol(f"{found['base']}_{{{letter}}}")
        if entry in value.free_symbols or value.has(entry):
            usual = sympy.Sum(entry, (symbol(letter), first, last)) / (last - first + 1)
            forms = in_normal_form(world, (value, usual))
            return forms is not None and sympy.expand(forms[0] - forms[1]) == 0
    return False
