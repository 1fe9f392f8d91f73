"""`f(x) = p(x) + O(x^3)`: what a remainder claims of the difference of two sides."""

import sympy
from sympy import Derivative, Dummy, Expr, Integer, Symbol, latex, oo
from sympy.core.function import AppliedUndef

from litgrad.checking import reasons
from litgrad.checking.calculus.germs import Undecided
from litgrad.checking.calculus.remainders import BIG, LITTLE, NotClaimed, apart, claimed, growth, missed_by
from litgrad.checking.case import Case
from litgrad.checking.refutation import search
from litgrad.checking.setting import Setting
from litgrad.checking.sides import doubt_of, sides_of
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.latex.tree import Grouped, Juxtaposed, Node, Sum
from litgrad.meaning.forms import name_of
from litgrad.meaning.names import name_of as name_in
from litgrad.meaning.statements import Statements, Step

_LARGE_NAMES = frozenset("nNmMkKTdp")
"""Names that grow where a remainder in them is small."""


def judge_remainder(case: Case, step: Step, setting: Setting) -> Judgement:
    """The judgement on an equation with remainders on its right, or on both sides."""
    if step.sign.symbol != "=":
        return Judgement(Verdict.UNCHECKED, "a remainder beside a sign that is no `=`")
    try:
        end, is_sure = _end_of(case, setting, *sides_of(step))
        claim = claimed(setting, *sides_of(step), end)
        missed = missed_by(claim, setting)
    except NotClaimed as fault:
        return Judgement(Verdict.UNCHECKED, str(fault))
    except Undecided:
        return Judgement(Verdict.UNCHECKED, "how the difference of the sides behaves is not settled")
    where = rf"as `{latex(claim.symbol)}` goes to {'0' if end == 0 else 'infinity'}"
    if missed is None:
        unknown = sorted({name_of(call) for side in sides_of(step) for call in side.atoms(AppliedUndef)})
        smooth = [
            f"`{name}`" for name in unknown if name not in BIG | LITTLE | {*setting.definitions.functions}
        ]
        where += f", for smooth {reasons.joined(smooth)}" if smooth else ""
        return Judgement(Verdict.PROVED, f"the sides differ by no more {where}", rule="series")
    coefficient, size = missed
    letter = "o" if claim.within.strict else "O"
    allowed = f"`{letter}({latex(claim.within.size)})`"
    reason = f"the sides differ by `{latex(coefficient * size)}`, which is no {allowed} {where}"
    differs = is_sure and _is_apart(setting, coefficient) and doubt_of(step, case.derivation) is None
    if not differs:
        return Judgement(Verdict.UNCHECKED, f"as read, {reason}")
    return Judgement(Verdict.REFUTED, reason, blame=step.right.span)


def _smooth(setting: Setting, *sides: Expr) -> str:
    """The unknown functions that are expanded, in a clause."""
    unknown = {name_of(call) for side in sides for call in side.atoms(AppliedUndef)}
    names = sorted(unknown - BIG - LITTLE - set(setting.definitions.functions))
    return f", for smooth {reasons.joined(f'`{name}`' for name in names)}" if names else ""


def _is_apart(setting: Setting, coefficient: Expr) -> bool:
    """Whether a coefficient is not 0 everywhere; nothing is known of that of an unknown function."""
    known = not any(coefficient.has(kind) for kind in (AppliedUndef, Derivative, Dummy))
    return known and search(setting, coefficient, Integer(0), ()).counterexample is not None


def _end_of(case: Case, setting: Setting, left: Expr, right: Expr) -> tuple[Expr, bool]:
    """Where the symbol of a step goes, 0 or infinity, and whether nothing else can be meant.

    Where it goes to infinity `O(x^3)` would swallow the `x` of `x + O(x^3)`: then it goes to 0.
    """
    claim = claimed(setting, left, right, Integer(0))
    power = -growth(claim.within, claim.symbol, Integer(0))
    if power <= 0:
        return oo, True
    kept, _ = apart(setting.expanded(right), setting)
    terms = [term for term in sympy.Add.make_args(kept) if term != 0]
    degrees = [sympy.degree(term, claim.symbol) for term in terms if term.is_polynomial(claim.symbol)]
    if any(degree < power for degree in degrees):
        return Integer(0), True
    if claim.symbol.name.partition("_")[0] in _LARGE_NAMES or _goes_to_infinity(case, claim.symbol):
        return oo, True
    return Integer(0), False


def _goes_to_infinity(case: Case, symbol: Symbol) -> bool:
    """Whether the post says `n \\to \\infty`."""
    text = case.statements.source.text
    return any(rf"{symbol.name} {arrow} \infty" in text for arrow in (r"\to", r"\rightarrow"))


def mentions_remainder(step: Step, statements: Statements) -> bool:
    """Whether a term of a step is `O(..)` or `o(..)`, and the post defines no such name."""
    nodes = [member.node for member in (step.left, step.right) if member.node is not None]
    terms = [term for node in nodes for term in (node.terms if isinstance(node, Sum) else (node,))]
    defined = {one.name for one in statements.definitions} | set(statements.scope.defined)
    return any(_head_of(term) in (BIG | LITTLE) - defined for term in terms)


def _head_of(term: Node) -> str | None:
    """The `O` of `h O(h^2)`."""
    if not isinstance(term, Juxtaposed) or not isinstance(term.factors[-1], Grouped):
        return None
    return name_in(term.factors[-2])
