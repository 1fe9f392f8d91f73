"""`\\nabla f = (2xy, x^2)`: the gradient of a function that the post defines, entry by entry."""

from sympy import Expr, Symbol

from litgrad.checking.proof import prove
from litgrad.checking.refutation import search
from litgrad.checking.setting import Setting
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.latex.tree import Array, Grouped, Juxtaposed, Letter, Listed, Node
from litgrad.meaning.forms import derivative
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import Scope, items_of, name_of
from litgrad.meaning.statements import Statements, Step
from litgrad.meaning.terms import Term

_FEWEST = 2
"""Entries that make a vector."""


def judge_gradient(step: Step, statements: Statements) -> Judgement | None:
    """Judge a step between `\\nabla f`, or `\\nabla f(a, b)`, and its entries written out.

    Takes the step and all statements of its post. Gives None for any other step, and where an entry is
    not settled.
    """
    setting = Setting.of(statements, step)
    for one, other in ((step.left.node, step.right.node), (step.right.node, step.left.node)):
        rates = None if one is None else _rates(one, setting, statements.scope)
        entries = None if other is None or rates is None else _entries(other, statements.scope)
        if rates is not None and entries is not None and len(rates) == len(entries):
            return _compared(rates, entries, setting, step)
    return None


def _compared(rates: list[Expr], entries: list[Expr], setting: Setting, step: Step) -> Judgement | None:
    pairs = list(zip(rates, entries, strict=True))
    wrong = [(at, pair) for at, pair in enumerate(pairs, 1) if prove(setting, *pair) is None]
    if not wrong:
        return Judgement(Verdict.PROVED, "equal in every entry", rule="differentiation")
    for at, pair in wrong:
        found = search(setting, *pair, ()).counterexample
        if found is not None:
            reason = f"entry {at} of the gradient is another"
            return Judgement(Verdict.REFUTED, reason, counterexample=found, blame=step.right.span)
    return None


def _rates(node: Node, setting: Setting, scope: Scope) -> list[Expr] | None:
    """The partial derivatives that a side names, at the point that it gives."""
    match node:
        case Juxtaposed(factors=(Letter(name=r"\nabla"), head)):
            given = None
        case Juxtaposed(factors=(Letter(name=r"\nabla"), head, Grouped(body=body))):
            given = _values(items_of(body), scope)
            if given is None:
                return None
        case _:
            return None
    parameters, value = setting.definitions.functions.get(name_of(head) or "", ((), None))
    if value is None or len(parameters) < _FEWEST or (given is not None and len(given) != len(parameters)):
        return None
    rates = [derivative(setting.expanded(value), parameter) for parameter in parameters]
    place = dict(zip(parameters, given or parameters, strict=True))
    return (
        [rate.xreplace(place) for rate in rates] if all(isinstance(p, Symbol) for p in parameters) else None
    )


def _entries(node: Node, scope: Scope) -> list[Expr] | None:
    match node:
        case Grouped(body=Listed() as body):
            return _values(items_of(body), scope)
        case Grouped(body=body):
            return _entries(body, scope)
        case Array(rows=rows) if len(rows) == 1 or all(len(row) == 1 for row in rows):
            return _values(tuple(cell for row in rows for cell in row), scope)
    return None


def _values(nodes: tuple[Node, ...], scope: Scope) -> list[Expr] | None:
    """The values of formulas; None where one is not read without doubt."""
    terms = [interpret(node, scope) for node in nodes]
    if not all(isinstance(term, Term) and term.unjudged is None and not term.doubts for term in terms):
        return None
    return [term.expr for term in terms if isinstance(term, Term)]
