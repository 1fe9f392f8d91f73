"""Steps of probabilities and expectations: proved from the axioms, under a named premise, or refuted."""

import re
from functools import partial

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.asides import said_to_be_wrong
from litgrad.checking.probability.atoms import Beyond, Joint
from litgrad.checking.probability.canonical import Reader, is_complement, random_names
from litgrad.checking.probability.hypotheses import follows
from litgrad.checking.probability.jensen import bounded
from litgrad.checking.probability.premises import Needed, agree, exclusive, premises
from litgrad.checking.probability.trials import Trial, trial
from litgrad.checking.probability.world import COVARIANCES, World, is_moment, known_world, patterns_in
from litgrad.checking.reasons import joined
from litgrad.checking.verdicts import Counterexample, Judgement, Premise, Verdict
from litgrad.meaning.chances import Chance, Join, Mean, Slope, Total
from litgrad.meaning.forms import atoms_of, name_of
from litgrad.meaning.statements import Member, Statements, Step
from litgrad.meaning.terms import Term

_EQUAL = frozenset(["=", r"\equiv"])
_PROPORTIONAL = frozenset([r"\propto"])
_LESS, _GREATER = frozenset([r"\le", r"\leq", r"\leqslant"]), frozenset([r"\ge", r"\geq", r"\geqslant"])
_WORDS = 300
"""How many characters before a step may say that something is independent."""
_INDEPENDENT = re.compile(r"(?<!not )(?<!non-)\bindependen(?:t|ce|tly)\b|i\.i\.d|\biid\b", re.IGNORECASE)

Sides = tuple[Expr, Expr]


def judge_chances(step: Step, statements: Statements) -> Judgement | None:
    """Judge a step with probabilities, expectations, variances or totals over all values.

    Takes the step and all statements of its post. Gives None where it has none of them or nothing is found.
    """
    left, right = (_read(member) for member in (step.left, step.right))
    if left is None or right is None:
        return None
    world = known_world(statements)
    if not any(_has_chances(term.expr, world) for term in (left, right)):
        return None
    try:
        return _judged(step, statements, world, (left, right))
    except Beyond:
        return None


def _read(member: Member) -> Term | None:
    return member.term or member.chance or member.calculus or member.indexed


def _has_chances(expr: Expr, world: World) -> bool:
    if expr.has(Chance, Mean, Total):
        return True
    calls = expr.atoms(AppliedUndef)
    return any(name_of(call) in world.laws or is_moment(call, world) for call in calls)


def _judged(step: Step, statements: Statements, world: World, terms: tuple[Term, Term]) -> Judgement | None:
    written = terms[0].expr, terms[1].expr
    table = {name: value for by, name, value in world.values if by != step.id}
    exprs = written[0].xreplace(table), written[1].xreplace(table)
    reader = _reader(world, exprs)
    sides = reader.value(exprs[0]), reader.value(exprs[1])
    sign = step.sign.symbol
    if sign in _PROPORTIONAL:
        return _proportional(reader, sides, exprs[0])
    if sign in _LESS | _GREATER:
        found = bounded(reader, exprs, sides, greater=sign in _GREATER)
        return found or Judgement(Verdict.UNCHECKED, "an inequality between expectations that is not settled")
    if sign not in _EQUAL:
        return None
    if agree(reader, sides):
        used = [by for by, name, _ in world.values if by != step.id and name in _symbols(written)]
        reason = _reason(reader, table, exprs) + _as_said(used, statements)
        return Judgement(Verdict.PROVED, reason, rule=_rule(written, world))
    as_read = partial(_agree_as_read, world)
    given = follows(step, written, statements, as_read, defined=True)
    if given is not None:
        return given
    joins = any(expr.has(Join) for expr in exprs)
    needed = exclusive(reader, sides) if joins else None
    if needed is None and not _is_of_covariance(written):
        conditioned = any(one.args[2] for expr in exprs for one in expr.atoms(Chance))
        needed = next(premises(reader, sides, conditioned=conditioned), None)
    if needed is not None:
        return _under(needed, step, statements, _rule(written, world))
    settled = (
        follows(step, written, statements, as_read)
        or _named(world, step, written)
        or _refuted(step, statements, terms, reader, sides)
    )
    return settled or Judgement(Verdict.UNCHECKED, _OPEN)


def _reader(world: World, exprs: Sides) -> Reader:
    names = frozenset(free.name for free in _symbols(exprs))
    patterns = dict(world.patterns) | patterns_in(exprs)
    return Reader(world, random_names(world, exprs), barred=names, ranges=names, patterns=patterns)


def _agree_as_read(world: World, exprs: Sides) -> bool:
    """Whether two sides as written are equal by the rules of probability."""
    reader = _reader(world, exprs)
    try:
        return agree(reader, (reader.value(exprs[0]), reader.value(exprs[1])))
    except Beyond:
        return False


def _symbols(exprs: Sides) -> frozenset[Symbol]:
    return frozenset(free for expr in exprs for free in expr.free_symbols if isinstance(free, Symbol))


def _as_said(ids: list[str], statements: Statements) -> str:
    """The lines that say what the names of a step stand for, in a clause."""
    steps = [step for derivation in statements.derivations for step in derivation.steps if step.id in ids]
    lines = sorted({statements.source.line(step.sign.span.start) for step in steps})
    return "" if not lines else f", as line{'s' if len(lines) > 1 else ''} {joined(map(str, lines))} says"


# -------------------------------- proved --------------------------------


def _reason(reader: Reader, table: dict[Symbol, Expr], exprs: Sides) -> str:
    """Why an identity holds, with the names that it takes for constants."""
    moments = [
        one for expr in exprs for one in expr.atoms(Mean, AppliedUndef) if is_moment(one, reader.world)
    ]
    plain = [one for one in moments if not isinstance(one, Mean) or not one.args[2].name]
    bodies = [body for one in plain for body in (one.args[:1] if isinstance(one, Mean) else one.args)]
    inside = {free.name for body in bodies for free in body.free_symbols if isinstance(free, Symbol)} - {""}
    fixed = sorted(inside - reader.random - {str(name) for name in table})
    if moments and fixed:
        under = ", the gradient taken under the integral" if _goes_under(reader, exprs) else ""
        return f"equal by the rules of expectation, with {_listed(fixed)} constant{under}"
    under = ", the gradient taken under the integral" if _goes_under(reader, exprs) else ""
    return f"equal by the rules of {'expectation' if moments else 'probability'}{under}"


def _goes_under(reader: Reader, exprs: Sides) -> bool:
    """Whether a gradient of an expectation, a sum or an integral is taken."""
    slopes = [one for expr in exprs for one in expr.atoms(Slope)]
    return any(one.args[0].has(Mean, Total, sympy.Integral) for one in slopes)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _rule(written: Sides, world: World) -> str:
    """What the step applies, as a reader would call it."""
    slopes = [one for side in written for one in side.atoms(Slope)]
    if slopes:
        return "log-derivative" if any(one.has(sympy.log) for one in slopes) else "differentiation"
    kinds = {name_of(call) for side in written for call in side.atoms(AppliedUndef)}
    if any("ov" in kind for kind in kinds if kind.startswith(r"\operatorname")):
        return "covariance"
    if any("ar" in kind for kind in kinds if kind.startswith(r"\operatorname")):
        return "variance"
    if any(side.has(Mean) for side in written) or kinds & world.means:
        return "linearity of expectation"
    if any(side.has(Total, sympy.Integral) for side in written):
        return "marginalisation"
    chances = [one for side in written for one in side.atoms(Chance) if one.args[2]]
    turned = any(set(a.args[1]) & set(b.args[2]) for a in chances for b in chances)
    return "Bayes' rule" if turned else "product rule of probability"


def _proportional(reader: Reader, sides: Sides, left: Expr) -> Judgement | None:
    """`p(\\theta | x) \\propto p(x | \\theta) p(\\theta)`: the quotient does not depend on theta."""
    if not isinstance(left, Chance) or not left.args[2]:
        return None
    free = {one.name for one in left.args[1]}
    quotient = sympy.cancel(sides[0] / sides[1])
    factors = sympy.Mul.make_args(quotient)
    held = [one for one in factors if any(reader.depends(one, name) for name in free)]
    prior = reader.atoms.get(next(iter(held[0].free_symbols))) if len(held) == 1 else None
    if isinstance(prior, Joint) and prior.events <= free:
        reason = f"holds where `{prior.law}({', '.join(sorted(prior.events))})` is constant"
        return Judgement(Verdict.CONDITIONAL, reason, rule="Bayes' rule")
    if held:
        return Judgement(Verdict.UNCHECKED, f"the quotient of the sides depends on {_listed(sorted(free))}")
    reason = f"the quotient of the sides does not depend on {_listed(sorted(free))}"
    return Judgement(Verdict.PROVED, reason, rule="Bayes' rule")


# -------------------------------- conditional --------------------------------


def _under(needed: Needed, step: Step, statements: Statements, rule: str) -> Judgement:
    """The step under a premise, which the words before it may state."""
    if needed.independent:
        line = _said_independent(step, statements)
        if line is not None:
            reason = f"holds where {needed.words}, as line {line} says"
            return Judgement(Verdict.PROVED, reason, rule=rule)
    return Judgement(Verdict.CONDITIONAL, f"holds where {needed.words}", rule=rule)


def _said_independent(step: Step, statements: Statements) -> int | None:
    """The line of the words just before a step that call something independent."""
    start = max(step.left.span.start - _WORDS, 0)
    found = list(_INDEPENDENT.finditer(statements.source.text, start, step.left.span.start))
    return statements.source.line(found[-1].start()) if found else None


def _named(world: World, step: Step, written: Sides) -> Judgement | None:
    """The step with a constant that stands for an expectation: `\\mu = E[X]`."""
    if any(isinstance(side, Symbol) for side in written):
        return None  # it says what the name stands for
    means = [one for side in written for one in atoms_of(side, Mean)]
    random = random_names(world, written)
    bodies = (means[0].args[0], means[-1].args[0]) if means else written
    drawn = [one for one in _symbols(bodies) if one.name in random]
    plain = means[0] if means else None
    for name in sorted(_symbols(written), key=str):
        for variable in sorted(set(drawn), key=str):
            if name.name in random or plain is None or plain.args[1]:
                continue
            mean = Mean(variable, *plain.args[1:])
            sides = tuple(side.xreplace({name: mean}) for side in written)
            reader = Reader(world, random)
            if agree(reader, (reader.value(sides[0]), reader.value(sides[1]))):
                latex = rf"{name.name} = \mathbb{{E}}[{variable.name}]"
                reason = f"holds if `{latex}`; the post does not say what `{name.name}` is"
                return Judgement(Verdict.CONDITIONAL, reason, premises=(Premise(name, mean, latex),))
    return None


# -------------------------------- refuted --------------------------------


def _refuted(
    step: Step, statements: Statements, terms: tuple[Term, Term], reader: Reader, sides: Sides
) -> Judgement | None:
    """A step that fails for some distribution, where its sides are about the same names."""
    doubts = [doubt for term in terms for doubt in term.doubts]
    exprs = terms[0].expr, terms[1].expr
    if any(isinstance(one, Joint) and one.law in reader.world.given for one in reader.atoms.values()):
        return None
    if _names(exprs[0]) != _names(exprs[1]) or said_to_be_wrong(step, statements):
        return None
    if all(_is_single(expr, reader.world) for expr in exprs):
        return None
    if _SAMPLES.search(statements.source.text) or _said_independent(step, statements) is not None:
        return None
    found = trial(reader, sides, together=_is_of_covariance(exprs))
    if found is None:
        return None
    if doubts:
        return Judgement(Verdict.UNCHECKED, f"the sides differ as read, but {doubts[0]}")
    return _with_counterexample(found)


def _is_of_covariance(written: Sides) -> bool:
    """Whether a step names a covariance, which independence would make 0."""
    return any(name_of(call) in COVARIANCES for side in written for call in side.atoms(AppliedUndef))


def _names(expr: Expr) -> set[str]:
    """The names in a side, without the sign of a complement."""
    if is_complement(expr):
        return _names(expr.args[0])
    if isinstance(expr, Symbol):
        return {expr.name}
    return set().union(*map(_names, expr.args))


def _is_single(expr: Expr, world: World) -> bool:
    """Whether a side is one probability or expectation: two of them make an equation, not a claim."""
    called = isinstance(expr, AppliedUndef) and name_of(expr) in world.laws
    return isinstance(expr, (Chance, Mean)) or called or is_moment(expr, world)


_OPEN = "the rules of probability do not prove it, and it may be no claim that holds for every distribution"

_SAMPLES = re.compile(
    r"\\sim\s*\\?(?:mathcal|text|mathrm|operatorname|[A-Z])|Bernoulli|Poisson|Gaussian|[Bb]inomial"
)
"""Words of a distribution that gives a random name more than any name has."""


def _with_counterexample(found: Trial) -> Judgement:
    values = "".join(f"`{name}` = {number}, " for name, number in found.at)
    reason = f"the sides differ at {values}{found.words}: {found.left} vs {found.right}"
    return Judgement(
        Verdict.REFUTED, reason, counterexample=Counterexample(found.at, found.left, found.right)
    )
