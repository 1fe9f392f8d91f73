"""`O(..)` and `o(..)` as terms: what they claim of the difference of two sides, and whether it is so."""

from fractions import Fraction

import sympy
from sympy import Expr, Integer, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.calculus.expansions import germ_of, near
from litgrad.checking.calculus.germs import Facts, Germ, Undecided, leading
from litgrad.checking.calculus.taylor import with_series
from litgrad.checking.setting import Setting
from litgrad.meaning.forms import name_of
from litgrad.records import dataclass

BIG = frozenset(["O", r"\mathcal{O}", r"\operatorname{O}"])
LITTLE = frozenset(["o", r"\mathcal{o}", r"\operatorname{o}"])


@dataclass(frozen=True, slots=True)
class Remainder:
    """A term that stands for anything of at most its size, or for anything smaller."""

    size: Expr
    strict: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What a step with remainders says: the difference of its sides is within them, where a symbol goes."""

    gap: Expr
    within: Remainder
    symbol: Symbol
    end: Expr


class NotClaimed(Exception):
    """The remainders are not judged as they stand; the message is a clause."""


def has_remainder(setting: Setting, *sides: Expr) -> bool:
    """Whether a term of a side is `O(..)` or `o(..)` that the post does not define, times powers at most."""
    terms = [term for side in sides for term in sympy.Add.make_args(side)]
    return any(_is_term(term, call) for term in terms for call in remainders_in(term, setting))


def remainders_in(expr: Expr, setting: Setting) -> list[AppliedUndef]:
    """The calls in an expression that are remainders."""
    return [call for call in expr.atoms(AppliedUndef) if _is_remainder(call, setting)]


def _is_term(term: Expr, call: AppliedUndef) -> bool:
    """Whether a call is a term, with numbers and powers of its own symbol before it."""
    factors = [factor for factor in sympy.Mul.make_args(term) if factor != call]
    return all(not one.has(AppliedUndef) and one.free_symbols <= call.free_symbols for one in factors)


def _is_remainder(call: AppliedUndef, setting: Setting) -> bool:
    name = name_of(call)
    return name in BIG | LITTLE and len(call.args) == 1 and name not in setting.definitions.functions


# -------------------------------- what is claimed --------------------------------


def claimed(setting: Setting, left: Expr, right: Expr, end: Expr) -> Claim:
    """What an equation with remainders says where their symbol goes to an end; raises NotClaimed."""
    (first, given), (second, allowed) = (apart(setting.expanded(side), setting) for side in (left, right))
    if not allowed:
        raise NotClaimed("a remainder on the left side alone")
    names = {free for one in (*given, *allowed) for free in one.size.free_symbols}
    symbol = next(iter(names)) if len(names) == 1 else None
    if not isinstance(symbol, Symbol):
        raise NotClaimed("a remainder that does not say of which symbol")
    within = max(allowed, key=lambda one: (growth(one, symbol, end), not one.strict))
    for one in given:
        if growth(one, symbol, end) > growth(within, symbol, end) or (within.strict and not one.strict):
            raise NotClaimed("the remainder on the left side is larger than that on the right")
    return Claim(with_series(first - second, symbol, end), within, symbol, end)


def apart(expr: Expr, setting: Setting) -> tuple[Expr, list[Remainder]]:
    """A side without its remainders, and those."""
    kept: list[Expr] = []
    found: list[Remainder] = []
    for term in sympy.Add.make_args(sympy.expand_mul(expr)):
        calls = remainders_in(term, setting)
        if not calls:
            kept.append(term)
            continue
        factor = term / calls[0]
        if len(calls) > 1 or remainders_in(factor, setting):
            raise NotClaimed("a remainder inside another expression")
        found.append(Remainder(_plain(factor * calls[0].args[0]), name_of(calls[0]) in LITTLE))
    return sympy.Add(*kept), found


def _plain(size: Expr) -> Expr:
    """A size without its constant factor."""
    return size.as_independent(*size.free_symbols)[1] if size.free_symbols else Integer(1)


def growth(one: Remainder, symbol: Symbol, end: Expr) -> Fraction:
    """How a size grows: the power of one over what goes to 0."""
    size, _ = leading(Facts(), germ_of(one.size, symbol, near(end, 1), Facts()))
    if size.exponent or size.logs:
        raise NotClaimed("a remainder that is no power")
    return -size.power


# -------------------------------- how large the difference is --------------------------------


def missed_by(claim: Claim, setting: Setting) -> tuple[Expr, Expr] | None:
    """The largest term that the remainder does not allow: its coefficient and its size."""
    facts = Facts(setting.known_positive(leaves=True))
    allowed = -growth(claim.within, claim.symbol, claim.end)
    for side in (1, -1) if claim.end == 0 else (1,):
        germ = germ_of(claim.gap, claim.symbol, near(claim.end, side), facts)
        found = _beyond(germ, allowed, strict=claim.within.strict)
        if found is not None:
            coefficient, power = found
            shown = claim.symbol ** sympy.Rational(power.numerator, power.denominator)
            return coefficient, shown if claim.end == 0 else 1 / shown
    return None


def _beyond(germ: Germ, allowed: Fraction, *, strict: bool) -> tuple[Expr, Fraction] | None:
    if any(size.exponent or size.logs for size in (*germ.terms, *germ.rest)):
        raise Undecided
    large = [size for size in germ.terms if size.power < allowed or (strict and size.power == allowed)]
    if large:
        first = min(large, key=lambda size: size.power)
        if any(bound.power <= first.power for bound in germ.rest):
            raise Undecided
        return germ.terms[first], first.power
    if any(bound.power < allowed or (strict and bound.power == allowed) for bound in germ.rest):
        raise Undecided
    return None
