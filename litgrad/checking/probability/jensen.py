"""Inequalities between expectations: Jensen's, for functions whose second derivative keeps its sign."""

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.normal_form import is_nonnegative
from litgrad.checking.probability.atoms import Moment
from litgrad.checking.probability.canonical import Reader
from litgrad.checking.probability.totals import as_means
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.meaning.chances import Mean
from litgrad.meaning.forms import atoms_of, name_of

_RULE = "Jensen's inequality"
Sides = tuple[Expr, Expr]


def bounded(reader: Reader, written: Sides, sides: Sides, *, greater: bool) -> Judgement | None:
    """Judge `left >= right`, or `left <= right`."""
    large, small = sides if greater else sides[::-1]
    spread = _spread(reader, sympy.expand(large - small))
    if spread:
        reason = "the difference is a variance, which is not negative"
        return Judgement(Verdict.PROVED, reason, rule="variance")
    for upper, lower in as_means(written if greater else written[::-1], reader.world.laws):
        for whole, inside, convex in ((upper, lower, True), (lower, upper, False)):
            found = _jensen(whole, inside, convex=convex)
            if found is not None:
                return found
    return None


def _spread(reader: Reader, gap: Expr) -> bool:
    """Whether a difference is `E[X^2] - E[X]^2`, for any random X."""
    for free in gap.free_symbols:
        atom = reader.atoms.get(free)
        root = sympy.sqrt(atom.of) if isinstance(atom, Moment) else None
        if isinstance(atom, Moment) and isinstance(root, (Symbol, sympy.Abs)):
            of = root if isinstance(root, Symbol) else root.args[0]
            mean = reader.moment_symbol(of, atom.law, atom.given)
            ratio = sympy.cancel(gap / (free - mean**2))
            if ratio.is_number and ratio > 0:
                return True
    return False


def _jensen(whole: Expr, inside: Expr, *, convex: bool) -> Judgement | None:
    """`E[f(U)]` beside `f(E[U])`."""
    if not isinstance(whole, Mean):
        return None
    for held in atoms_of(inside, Mean):
        if held.args[1:] != whole.args[1:]:
            continue
        slot = sympy.Dummy("u", positive=True) if _needs_positive(inside) else sympy.Dummy("u", real=True)
        curve = inside.xreplace({held: slot})
        if curve.has(Mean) or curve.xreplace({slot: held.args[0]}) != whole.args[0]:
            continue
        return _of_curve(curve, slot, convex=convex)
    return None


def _needs_positive(expr: Expr) -> bool:
    return expr.has(sympy.log) or any(not power.exp.is_Integer for power in expr.atoms(sympy.Pow))


def _of_curve(curve: Expr, slot: sympy.Dummy, *, convex: bool) -> Judgement | None:
    bend = "convex" if convex else "concave"
    if curve.has(AppliedUndef):
        if not isinstance(curve, AppliedUndef):
            return None
        reason = f"holds where `{name_of(curve)}` is {bend}"
        return Judgement(Verdict.CONDITIONAL, reason, rule=_RULE)
    second = sympy.diff(curve, slot, 2) * (1 if convex else -1)
    known = (slot,) if slot.is_positive else ()
    if is_nonnegative(sympy.simplify(second), known, strict=False):
        return Judgement(Verdict.PROVED, f"the function of the expectation is {bend}", rule=_RULE)
    return None
