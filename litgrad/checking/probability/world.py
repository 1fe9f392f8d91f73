"""What a post says of chance: which names are laws, which are random, what means and variances are called."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.probability.atoms import Pattern
from litgrad.meaning.chances import Chance, Mean, Total
from litgrad.meaning.forms import name_of
from litgrad.meaning.statements import Member, Statements, Step
from litgrad.records import dataclass

VARIANCES = frozenset([r"\operatorname{Var}", r"\operatorname{var}", r"\mathbb{V}", r"\mathrm{Var}"])
COVARIANCES = frozenset([r"\operatorname{Cov}", r"\operatorname{cov}", r"\mathrm{Cov}"])
_MEANS = frozenset(["E", r"\operatorname{E}", r"\mathrm{E}", r"\mathbb{E}"])
_LAW = re.compile(
    r"(?:\\(?:hat|tilde|bar)\{)?"
    r"(?:[PpqQfg]|Pr|\\Pr|\\pi|\\(?:mathbb|mathcal|mathrm|operatorname)\{(?:P|Pr|p)\})"
    r"\}?(?:[_^]\{.*\})*"
)
"""What laws are called."""
_LAWS = frozenset(["P", "p", "q", r"\mathbb{P}", r"\operatorname{P}", r"\operatorname{Pr}", "Pr"])
_OF_CHANCE = re.compile(
    r"probabilit|distribution|densit|random|likelihood|bayes|expectation|expected", re.IGNORECASE
)
_OF_MEANS = re.compile(r"expectation|expected|mean\b|variance", re.IGNORECASE)
_UPPER = re.compile(
    r"(?:\\(?:bar|hat|tilde|overline|mathbf|boldsymbol|mathrm)\{)?[A-Z]\}?(?:_\{.*\}|\^\{.*\})?"
)


@dataclass(frozen=True, slots=True)
class World:
    """The laws and random names of a post."""

    laws: frozenset[str]
    means: frozenset[str]
    """Functions that are expectations: `E` in `E(X)`."""
    random: frozenset[str]
    """Names of which the post takes the expectation, the variance or a draw."""
    values: tuple[tuple[str, Symbol, Expr], ...]
    """What names stand for, with the step that says so: `\\mu` for an expectation."""
    given: frozenset[str] = frozenset()
    """Laws that the post also gives a formula."""
    patterns: tuple[tuple[str, Pattern], ...] = ()
    """What the laws are of that have one pattern in all of the post."""


@lru_cache(maxsize=4)
def world_of(key: "Key") -> World:
    """The laws and random names of a post."""
    statements = key.statements
    exprs = [term.expr for _, member in _members(statements) if (term := member.chance or member.term)]
    text = statements.source.text
    bodies = {one.name for one in (*statements.definitions, *statements.calculus) if one.parameters}
    said = _LAWS if _OF_CHANCE.search(text) else frozenset()
    named = {one.args[0].name for expr in exprs for one in expr.atoms(Chance)}
    chances = {name for name in named if _LAW.fullmatch(name)}
    below = [(one.args[2].name, one.args[1]) for expr in exprs for one in expr.atoms(Mean)]
    drawn = {law for law, variables in below if variables or _LAW.fullmatch(law)}
    drawn |= {law for expr in exprs for law in _summed_out(expr) if _LAW.fullmatch(law)}
    means = _MEANS if _OF_MEANS.search(text) else frozenset()
    given = frozenset(chances & bodies)
    laws = frozenset((said | chances | drawn) - (bodies - chances) - {""})
    world = World(laws, frozenset(means - bodies), frozenset(), ())
    random = frozenset(free.name for expr in exprs for free in _alone(expr, world))
    patterns = tuple(sorted(patterns_in(exprs).items()))
    return World(world.laws, world.means, random, tuple(_values(statements)), given, patterns)


def patterns_in(exprs: Sequence[Expr]) -> dict[str, Pattern]:
    """What the laws in some expressions are of and given, where all their uses agree."""
    found: dict[str, set[Pattern]] = {}
    for expr in exprs:
        for one in expr.atoms(Chance, AppliedUndef):
            law, events, given = one.args if isinstance(one, Chance) else (name_of(one), one.args, ())
            pattern = tuple(events), tuple(given)
            found.setdefault(str(getattr(law, "name", law)), set()).add(pattern)
    single = {law: next(iter(each)) for law, each in found.items() if len(each) == 1}
    return {
        law: pattern
        for law, pattern in single.items()
        if pattern[0] and all(isinstance(one, Symbol) for part in pattern for one in part)
    }


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """A post's statements, told apart as objects."""

    statements: Statements


_LAST: list[Key] = []


def known_world(statements: Statements) -> World:
    """The world of a post, found once for its derivations."""
    if not _LAST or _LAST[0].statements is not statements:
        _LAST[:] = [Key(statements)]
    return world_of(_LAST[0])


def _members(statements: Statements) -> Iterator[tuple[Step, Member]]:
    for derivation in statements.derivations:
        for step in derivation.steps:
            yield step, step.left
            yield step, step.right


def is_moment(expr: Expr, world: World) -> bool:
    """Whether an expression is an expectation, a variance or a covariance."""
    if isinstance(expr, Mean):
        return True
    return isinstance(expr, AppliedUndef) and name_of(expr) in VARIANCES | COVARIANCES | world.means


def _alone(expr: Expr, world: World) -> Iterator[Symbol]:
    """The names that stand alone under an expectation or a variance, or are drawn."""
    for one in expr.atoms(Mean, AppliedUndef):
        if is_moment(one, world):
            held = (one.args[0], *one.args[1]) if isinstance(one, Mean) else one.args
            yield from (each for each in held if isinstance(each, Symbol))


def _summed_out(expr: Expr) -> Iterator[str]:
    """The functions that a sum over all values of a variable goes through: `\\sum_z p(x, z)`."""
    for total in expr.atoms(Total):
        calls = total.args[0].atoms(AppliedUndef)
        yield from (name_of(call) for call in calls if total.args[1] in call.args)


def _values(statements: Statements) -> Iterator[tuple[str, Symbol, Expr]]:
    """`\\mu = E[X]` and `E[X] = \\mu`, `\\sigma^2 = Var(X)`."""
    found: dict[Symbol, tuple[str, Symbol, Expr]] = {}
    clashing: set[Symbol] = set()
    for derivation in statements.derivations:
        for step in derivation.steps:
            for name, value in _value_in(step):
                if name in found and found[name][2] != value:
                    clashing.add(name)
                found.setdefault(name, (step.id, name, value))
    yield from (one for name, one in found.items() if name not in clashing)


def _value_in(step: Step) -> Iterator[tuple[Symbol, Expr]]:
    if step.sign.symbol not in ("=", ":=", r"\equiv", r"\triangleq", r"\coloneqq"):
        return
    sides = [term.expr if (term := one.term or one.chance) else None for one in (step.left, step.right)]
    for name, value in (sides, sides[::-1]):
        single = isinstance(value, Mean) or (
            isinstance(value, AppliedUndef) and name_of(value) in VARIANCES | COVARIANCES
        )
        if isinstance(name, Symbol) and single:
            yield name, value
        elif isinstance(name, sympy.Pow) and single and name.exp == 2 and isinstance(name.base, Symbol):
            yield name.base, sympy.sqrt(value)


def is_upper(name: str) -> bool:
    """Whether a name is written as random variables are: `X`, `Y_i`, `\\bar{X}`."""
    return _UPPER.fullmatch(name) is not None and name != "N"
