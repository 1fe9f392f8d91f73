"""Inequalities: proved by squares and positive terms, refuted by a point where words make them a claim."""

import re
from dataclasses import replace
from itertools import chain, islice

import sympy
from mpmath import mpf
from sympy import Expr, Symbol

from litgrad.checking.normal_form import is_nonnegative
from litgrad.checking.numeric import readable, value
from litgrad.checking.points import random_points, small_points
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Counterexample
from litgrad.meaning.forms import atoms_of
from litgrad.meaning.statements import Step
from litgrad.records import dataclass
from litgrad.source import Source

LESS = frozenset(["<", r"\lt", r"\le", r"\leq", r"\leqslant"])
GREATER = frozenset([">", r"\gt", r"\ge", r"\geq", r"\geqslant"])
STRICT = frozenset(["<", ">", r"\lt", r"\gt"])
_COUNTS = frozenset(["i", "j", "k", "l", "m", "n", "d", "D", "K", "M", "N", "T"])
"""Names that mostly stand for whole numbers."""
_DIGITS = (30, 60)
_TANGENTS = tuple(sympy.Rational(text) for text in "0 1 -1 2 1/2".split())
"""Where a convex function is looked at for its minimum."""
_CLAIMS = re.compile(
    r"\b(so|hence|thus|therefore|then|we have|we get|follows|shows?|prove|implies|always|clearly|note that"
    r"|because|since|inequality)\b[^.;]*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(if|when|whenever|where|assum\w+|suppos\w+|let|such that|subject|constrain\w*|condition\w*|requir\w+"
    r"|wants?|unless|until|while|choos\w+|given|needs?|must|for|only|should|as long as|provided|region)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of an inequality."""

    proved: str | None
    """Why it holds, in a clause."""
    counterexample: Counterexample | None = None
    agreed: int = 0
    """At how many points it holds."""


def judge(setting: Setting, step: Step, shown: tuple[Symbol, ...]) -> Found:
    """Look for a proof, then for a point of the domain where an inequality fails.

    Of what the post states only the bounds of symbols are used: other inequalities may be claims, too.
    """
    assert step.left.term is not None
    assert step.right.term is not None
    left, right = setting.expanded(step.left.term.expr), setting.expanded(step.right.term.expr)
    large, small = (right, left) if step.sign.symbol in LESS else (left, right)
    strict = step.sign.symbol in STRICT
    gap = large - small
    setting = replace(setting, assumed=tuple(pair for pair in setting.assumed if pair[0].is_Symbol))
    known = setting.strictly_positive() if strict else setting.known_positive(leaves=True)
    if is_nonnegative(gap, known, strict=strict):
        return Found("the difference of the sides is made of squares and positive terms")
    if not strict and _is_convex_above(gap, known):
        return Found("the difference of the sides is convex, and zero together with its derivative")
    return _search(setting, (left, right), gap, shown)


def _search(setting: Setting, sides: tuple[Expr, Expr], gap: Expr, shown: tuple[Symbol, ...]) -> Found:
    domain = setting.domain(*sides, leaves=True, appearance=shown)
    agreed = 0
    stated = {free for expr, _ in domain.sets for free in expr.free_symbols}
    for point in chain(small_points(domain, 400), islice(random_points(domain), 200)):
        left, right = (value(side, point) for side in sides)
        if left is None or right is None or not _is_usual(point, stated):
            continue
        if _fails(gap, point):
            at = tuple((symbol.name, readable(number)) for symbol, number in point.items())
            return Found(None, Counterexample(at, readable(left), readable(right)))
        agreed += 1
    return Found(None, None, agreed)


def _is_usual(point: dict[Symbol, mpf], stated: set[Expr]) -> bool:
    """Whether no convention excludes a point: counts are counts, the rest lies between 0 and 1."""
    return all(
        symbol in stated
        or (number >= 1 and number == int(number) if symbol.name in _COUNTS else 0 < number < 1)
        for symbol, number in point.items()
    )


def _fails(gap: Expr, point: dict[Symbol, mpf]) -> bool:
    """Whether a difference is below zero at two precisions; at zero nothing is said."""
    for digits in _DIGITS:
        number = value(gap, point, digits)
        if number is None or number >= -(mpf(10) ** -20):
            return False
    return True


def is_claim(step: Step, source: Source, *, later: bool) -> bool:
    """Whether the words before an inequality, or its place behind an equality, make it a claim."""
    before = source.text[max(step.left.span.start - 200, 0) : step.left.span.start]
    after = source.text[step.right.span.end : step.right.span.end + 40]
    sentence = re.split(r"[.!?]\s|\n\s*\n(?!\s*\$\$)", before)[-1]
    if _ASKS.search(sentence) or re.match(r"\s*[,$\\\]\s]*\b(if|when|where|must)\b", after):
        return False
    return later or _CLAIMS.search(sentence) is not None


# -------------------------------- convex functions of one symbol --------------------------------


def _is_convex_above(gap: Expr, known: tuple[Expr, ...]) -> bool:
    """A smooth function on an interval whose second derivative is not negative and that touches zero."""
    if len(gap.free_symbols) != 1 or not _on_an_interval(gap, known):
        return False
    (symbol,) = gap.free_symbols
    slope = sympy.diff(gap, symbol)
    if not is_nonnegative(sympy.diff(slope, symbol), _with_logs(gap, known), strict=False):
        return False
    return any(_vanish((gap, slope), symbol, place) for place in _TANGENTS)


def _vanish(exprs: tuple[Expr, ...], symbol: Symbol, place: Expr) -> bool:
    """Whether expressions are exactly zero at a place."""
    return all(expr.subs(symbol, place) == 0 for expr in exprs)


def _with_logs(gap: Expr, known: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """What is positive wherever the expression is defined."""
    return (*known, *(log.args[0] for log in atoms_of(gap, sympy.log)))


def _on_an_interval(gap: Expr, known: tuple[Expr, ...]) -> bool:
    """Whether an expression is smooth and its domain has no holes: a half-line at most."""
    for part in sympy.preorder_traversal(gap):
        if isinstance(part, sympy.Pow):
            if part.base is sympy.E or (part.exp.is_Integer and part.exp > 0):
                continue
            if not (part.exp.is_number and is_nonnegative(part.base, known, strict=True)):
                return False
        elif isinstance(part, sympy.log):
            if part.args[0].is_number and part.args[0].is_positive:
                continue
            if not (
                part.free_symbols
                and part.args[0].is_polynomial()
                and sympy.Poly(part.args[0]).total_degree() <= 1
            ):
                return False
        elif part.args and not isinstance(part, (sympy.Add, sympy.Mul, *_SMOOTH)):
            return False
    return True


_SMOOTH = (sympy.exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.tanh, sympy.atan, sympy.asinh)
