"""`e^x = 1 + x + \\frac{x^2}{2} + \\cdots`: whether the series of one side begins with the terms shown."""

import sympy
from sympy import Derivative, Expr, Integer, Symbol, latex
from sympy.core.function import AppliedUndef

from litgrad.checking.calculus.germs import Undecided
from litgrad.checking.calculus.remainders import Claim, Remainder, missed_by
from litgrad.checking.case import Case
from litgrad.checking.refutation import search
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.latex.tree import Juxtaposed, Letter, Node, Sum
from litgrad.meaning.interpret import interpret
from litgrad.meaning.statements import Member, Step
from litgrad.meaning.terms import Term

_DOTS = frozenset([r"\dots", r"\cdots", r"\ldots", r"\dotsb", r"\dotsc", "...", "…"])
_FEWEST = 3
"""Terms that must be shown for a beginning to be told from a sum of a few."""


def judge_begun(case: Case, step: Step) -> Judgement | None:
    """The judgement on a step of which one side is a series that ends in dots; None for any other."""
    if step.introduces is not None or step.aside is not None or step.sign.symbol != "=":
        return None
    for whole, series in ((step.left, step.right), (step.right, step.left)):
        shown = None if series.node is None else _without_dots(series.node)
        if shown is not None and whole.term is not None:
            return _judged(case, step, whole, shown)
    return None


def _without_dots(node: Node) -> Node | None:
    """The terms before the dots that end a sum; None where no dots do."""
    if not isinstance(node, Sum):
        return None
    *terms, last = node.terms
    if _is_dots(last) and len(terms) >= _FEWEST:
        return Sum(node.span, tuple(terms), node.signs[:-1])
    if isinstance(last, Juxtaposed) and _is_dots(last.factors[-1]) and len(node.terms) >= _FEWEST:
        kept = last.factors[:-1]
        term = kept[0] if len(kept) == 1 else Juxtaposed(kept[0].span | kept[-1].span, kept)
        return Sum(node.span, (*terms, term), node.signs)
    return None


def _is_dots(node: Node) -> bool:
    return isinstance(node, Letter) and node.name in _DOTS


def _judged(case: Case, step: Step, whole: Member, shown: Node) -> Judgement | None:
    term = interpret(shown, case.statements.scope)
    if not isinstance(term, Term) or term.unjudged is not None or whole.term is None:
        return None
    setting = Setting.of(case.statements, step)
    left, right = setting.expanded(whole.term.expr), setting.expanded(term.expr)
    found = _last_of(right)
    if found is None or found[0] not in left.free_symbols or left.has(AppliedUndef, Derivative):
        return None
    symbol, power = found
    claim = Claim(left - right, Remainder(symbol**power, strict=True), symbol, Integer(0))
    try:
        missed = missed_by(claim, setting)
    except Undecided:
        return None
    where = f"as `{latex(symbol)}` goes to 0"
    if missed is None:
        return Judgement(Verdict.PROVED, f"the series begins with the terms shown, {where}", rule="series")
    coefficient, size = missed
    doubts = (*term.doubts, *whole.term.doubts)
    if doubts or search(setting, coefficient, Integer(0), ()).counterexample is None:
        return None
    reason = f"the series and the terms shown differ by `{latex(coefficient * size)}`, {where}"
    return Judgement(Verdict.REFUTED, reason, blame=step.right.span)


def _last_of(series: Expr) -> tuple[Symbol, int] | None:
    """The symbol of a power series and the power of its last term; None for what is no such series."""
    terms = sympy.Add.make_args(sympy.expand(series))
    for symbol in sorted(series.free_symbols, key=str):
        if not isinstance(symbol, Symbol) or not all(term.is_polynomial(symbol) for term in terms):
            continue
        powers = {int(sympy.degree(term, symbol)) for term in terms}
        if len(powers) >= _FEWEST:
            return symbol, max(powers)
    return None
