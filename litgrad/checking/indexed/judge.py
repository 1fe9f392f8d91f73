"""A step over indices, judged by writing it out for small sizes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import sympy
from sympy import Derivative, Expr, Set, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.conditions import Need
from litgrad.checking.indexed.every_size import proves_every_size
from litgrad.checking.indexed.induction import proves_by_induction
from litgrad.checking.indexed.instance import Instance, TooLong, instances, templates
from litgrad.checking.indexed.logarithms import arguments_of_logarithms
from litgrad.checking.indexed.world import (
    DELTA,
    Unbounded,
    World,
    counts_with_indices,
    free_letters,
    known_range,
    term_of,
    world_at,
)
from litgrad.checking.proof import prove
from litgrad.checking.reasons import joined
from litgrad.checking.refutation import ENOUGH, search
from litgrad.checking.setting import Setting, unstated_dependences
from litgrad.checking.verdicts import Counterexample, Judgement, Verdict
from litgrad.meaning.definitions import Definitions, definitions_in_force
from litgrad.meaning.forms import name_of, symbol
from litgrad.meaning.names import name_of as name_of_node
from litgrad.meaning.statements import Definition, Statements, Step
from litgrad.meaning.subscripts import subscripted
from litgrad.source import Span

_MOST_INSTANCES = 40
"""How many sizes and values of free indices are tried for one step."""
_SIZES = 3
"""The largest size that is tried."""
_FIRST_SIZES = 2
"""The largest size that is tried before a proof for every size is looked for."""
_COUNTING_SIZES = 8
"""The same where indices or sizes are used as numbers: wrong polynomials may agree at a few."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of one size."""

    instance: Instance
    exact: bool
    """Whether a proof, and not agreement at points, says that the sides are equal."""
    counterexample: Counterexample | None = None
    symbols: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    """The names that each side leads to; the sides of an identity have the same."""


def judge_by_size(step: Step, statements: Statements, world: World) -> Judgement | None:
    """Judge a step with sums, products or derivatives over indices.

    Takes the step, all statements of its post, and the post's indices. Gives None where the step is
    no such step, or where no size could settle it.
    """
    left, right = term_of(step.left), term_of(step.right)
    if left is None or right is None:
        return None
    sides = left.expr, right.expr
    world = world_at(world, sides)
    if not world.letters or not any(_is_over_indices(world, side) for side in sides):
        return None
    try:
        counts = any(counts_with_indices(world, side) for side in sides)
        largest = _COUNTING_SIZES if counts else _SIZES
        early = _early(step, statements, world, sides) if counts else None
        if early is not None:
            return early
        found = islice(_outcomes(step, statements, world, sides, largest), _MOST_INSTANCES + 1)
        outcomes = list(_to_the_first_difference(found))
    except (TooLong, Unbounded):
        return None
    if not outcomes:
        return None
    differing = [one for one in outcomes if one.counterexample is not None]
    if differing:
        doubts = [*left.doubts, *right.doubts, *_other_values(step, statements, sides)]
        doubts += _doubts_of_functions(statements, sides)
        return _refuted(differing[0], doubts, sides, alone=_is_alone(step, statements))
    complete = len(outcomes) <= _MOST_INSTANCES
    exact = complete and all(one.exact for one in outcomes) and _covers(world, sides)
    if _depends_on_size(world, sides) or not exact:
        known = _in_force(statements, step.sign.span)
        found = _for_every_size(world, known, sides, statements)
        if found is not None:
            return found
    by = proves_by_induction(world, sides)
    if by is not None:
        return Judgement(Verdict.PROVED, f"by induction on `{by.name}`", rule="induction")
    if _counted(world, sides) and not set(world.sizes) - set(world.fixed):
        return None  # an index used as a number has values that were not tried
    return _proved(world, sides, exact=exact, shown=f"up to {largest}" if complete else "that are small")


def _early(step: Step, statements: Statements, world: World, sides: tuple[Expr, Expr]) -> Judgement | None:
    """A step that agrees at the smallest sizes and is proved for all: the larger ones need no trial."""
    outcomes = list(islice(_outcomes(step, statements, world, sides, _FIRST_SIZES), _MOST_INSTANCES))
    if not outcomes or any(one.counterexample is not None for one in outcomes):
        return None
    if not _depends_on_size(world, sides):
        return None
    return _for_every_size(world, _in_force(statements, step.sign.span), sides, statements)


def _for_every_size(
    world: World, known: list[Definition], sides: tuple[Expr, Expr], statements: Statements
) -> Judgement | None:
    """The step proved for every size; where its logarithms ask for it, under what must be above zero."""
    nothing = Setting.of_definitions(statements, Definitions())
    stated = tuple(nothing.known_positive(leaves=True))
    if proves_every_size(world, known, sides, stated):
        return Judgement(Verdict.PROVED, "equal for every size", rule="sums and indices")
    asked = dict.fromkeys(one for one in arguments_of_logarithms(sides) if one not in stated)
    if not asked or not proves_every_size(world, known, sides, (*stated, *asked)):
        return None
    needed = tuple(
        Need(one, sympy.Interval.open(0, sympy.oo)).latex({})
        for one in _fewest(asked, world, known, sides, stated)
    )
    reason = f"equal for every size, where {joined([f'`{one}`' for one in needed])}"
    return Judgement(Verdict.CONDITIONAL, reason, rule="sums and indices", conditions=needed)


def _fewest(
    asked: Iterable[Expr],
    world: World,
    known: list[Definition],
    sides: tuple[Expr, Expr],
    stated: tuple[Expr, ...],
) -> list[Expr]:
    """What a proof cannot do without."""
    kept = list(asked)
    for one in list(kept):
        rest = [other for other in kept if other != one]
        if proves_every_size(world, known, sides, (*stated, *rest)):
            kept = rest
    return kept


def _to_the_first_difference(outcomes: Iterator[_Outcome]) -> Iterator[_Outcome]:
    for outcome in outcomes:
        yield outcome
        if outcome.counterexample is not None:
            return


def _is_over_indices(world: World, expr: Expr) -> bool:
    if expr.has(sympy.Sum, sympy.Product):
        return True
    deltas = {free.name for free in expr.free_symbols if isinstance(free, Symbol) and _is_delta(free)}
    by = {variable for derivative in expr.atoms(Derivative) for variable in derivative.variables}
    names = {variable.name for variable in by if isinstance(variable, Symbol)}
    return any(world.is_indexed(name) for name in names | deltas)


def _is_delta(free: Symbol) -> bool:
    parts = subscripted(free.name)
    return parts is not None and parts.base == DELTA and len(parts.indices) == 2


# -------------------------------- one size after another --------------------------------


def _outcomes(
    step: Step, statements: Statements, world: World, sides: tuple[Expr, Expr], largest: int
) -> Iterator[_Outcome]:
    for instance in instances(world, sides, largest):
        setting = _setting(statements, world, instance, step.sign.span)
        left, right = (instance.written_out(side) for side in sides)
        found = _outcome(instance, setting, left, right)
        if found is None:
            raise TooLong  # a size that is not settled settles nothing
        yield found


def _outcome(instance: Instance, setting: Setting, left: Expr, right: Expr) -> _Outcome | None:
    pairs = unstated_dependences(setting.definitions, left, right)
    judged = setting.with_unknown(pairs) if pairs else setting
    if prove(judged, left, right) is not None:
        return _Outcome(instance, exact=True)
    if pairs:
        return None
    found = search(judged, left, right, ())
    if found.counterexample is None:
        return _Outcome(instance, exact=False) if found.agreed >= ENOUGH else None
    ours, theirs = (frozenset(map(str, judged.expanded(side).free_symbols)) for side in (left, right))
    return _Outcome(instance, exact=False, counterexample=found.counterexample, symbols=(ours, theirs))


def _setting(statements: Statements, world: World, instance: Instance, at: Span) -> Setting:
    """The definitions and assumptions of the post, written out for one size."""
    values: dict[Symbol, Expr] = {}
    functions: dict[str, tuple[tuple[Symbol, ...], Expr]] = {}
    for definition in _in_force(statements, at):
        if definition.parameters is not None:
            body = instance.written_out(definition.body.expr)
            functions[definition.name] = (definition.parameters, body)
            continue
        for each in templates(definition.name, world, instance):
            values[symbol(each.name(definition.name))] = each.written_out(definition.body.expr)
    definitions = Definitions({}, functions, applied=statements.scope.functions)
    for name, value in values.items():
        definitions = definitions.with_value(name, value)
    return Setting(definitions, tuple(_assumed(statements, world, instance)))


def _in_force(statements: Statements, at: Span) -> list[Definition]:
    """The definitions in force at a place, those by sums among them."""
    everything = sorted((*statements.definitions, *statements.indexed), key=lambda one: one.span)
    return definitions_in_force(everything, at)


def _assumed(statements: Statements, world: World, instance: Instance) -> Iterator[tuple[Expr, Set]]:
    for assumption in statements.assumptions:
        names = [free.name for free in assumption.expr.free_symbols if isinstance(free, Symbol)]
        if any(name in world.letters or symbol(name) in instance.sizes for name in names):
            continue
        indexed = next((name for name in names if world.is_indexed(name)), None)
        for each in templates(indexed, world, instance) if indexed is not None else (instance,):
            yield each.written_out(assumption.expr), assumption.values


# -------------------------------- judgements --------------------------------


def _covers(world: World, sides: tuple[Expr, Expr]) -> bool:
    """Whether the free indices have no other values than those that were tried."""
    ranges = [known_range(world, letter, sides) for letter in free_letters(world, sides)]
    return None not in ranges and not _counted(world, sides)


def _counted(world: World, sides: tuple[Expr, Expr]) -> bool:
    """Whether a free index is used as a number."""
    names = {free.name for side in sides for free in side.free_symbols if isinstance(free, Symbol)}
    return bool(names & set(free_letters(world, sides)))


def _proved(world: World, sides: tuple[Expr, Expr], *, exact: bool, shown: str) -> Judgement:
    """Sizes that are numbers were all tried; of a size that is a letter, small numbers were."""
    if not _depends_on_size(world, sides):
        if exact:
            return Judgement(Verdict.PROVED, "equal with the sums written out", rule="sum written out")
        reason = "no proof found; with the sums written out, the sides agree to 80 digits at many points"
        return Judgement(Verdict.CONFIRMED, reason, rule="sum written out")
    used = sides[0].free_symbols | sides[1].free_symbols
    open_sizes = [size for size in world.sizes if size not in world.fixed]
    sizes = ", ".join(f"`{one.name}`" for one in [one for one in open_sizes if one in used] or open_sizes)
    reason = f"equal with the sums written out for {sizes} {shown}; not proved for every size"
    return Judgement(Verdict.CONFIRMED, reason, rule="sum written out")


def _depends_on_size(world: World, sides: tuple[Expr, Expr]) -> bool:
    open_sizes = set(world.sizes) - set(world.fixed)
    bounded = any(side.free_symbols & open_sizes for side in sides)
    return bounded or bool(open_sizes and free_letters(world, sides))


def _is_alone(step: Step, statements: Statements) -> bool:
    """Whether a step is a chain of its own, as an equation to be solved is."""
    return any(one.steps[0].id == step.id and len(one.steps) == 1 for one in statements.derivations)


def _may_be_equation(found: _Outcome, *, alone: bool) -> bool:
    """Whether the sides lead to names that differ, as those of an equation do.

    In a chain they may have too many or too few entries of one family: a sum that ends at the wrong index.
    """
    ours, theirs = found.symbols
    if ours == theirs:
        return False
    families = [{parts.base for parts in map(subscripted, names) if parts} for names in (ours, theirs)]
    odd = [
        parts for parts in map(subscripted, ours ^ theirs) if parts and all(map(str.isdigit, parts.indices))
    ]
    if alone or len(odd) < len(ours ^ theirs):
        return True
    return not all(parts.base in families[0] & families[1] for parts in odd)


def _refuted(
    found: _Outcome, doubts: list[str], sides: tuple[Expr, Expr], *, alone: bool
) -> Judgement | None:
    if doubts:
        return Judgement(Verdict.UNCHECKED, f"the sides differ as read, but {doubts[0]}")
    if 0 in sides:
        return Judgement(Verdict.UNCHECKED, "a condition (`= 0`), not an identity")
    if _may_be_equation(found, alone=alone) and not any(side.has(Derivative) for side in sides):
        return Judgement(Verdict.UNCHECKED, "an equation between its symbols, not an identity")
    counterexample = found.counterexample
    assert counterexample is not None
    at = (*_numbers(found.instance, sides), *counterexample.at)
    shown = ", ".join(f"`{name} = {value}`" for name, value in at)
    reason = f"the sides differ at {shown}: {counterexample.left} vs {counterexample.right}"
    whole = Counterexample(at, counterexample.left, counterexample.right)
    return Judgement(Verdict.REFUTED, reason, counterexample=whole)


def _other_values(step: Step, statements: Statements, sides: tuple[Expr, Expr]) -> Iterator[str]:
    """Names in the step that the post gives more than one value."""
    head = name_of_node(step.left.node) if step.left.node is not None else None
    values = Counter(one.name for one in (*statements.definitions, *statements.indexed))
    names = {free.name for side in sides for free in side.free_symbols if isinstance(free, Symbol)}
    for name in sorted(names):
        if values[name] > 1 or (values[name] and name == head):
            yield f"the post gives `{name}` more than one value"
    for name in sorted({name_of(call) for side in sides for call in side.atoms(AppliedUndef)}):
        if _is_given_otherwise(name, statements):
            yield f"the post gives `{name}` more than one value"
    given = {name.rpartition("_{")[0] for name in values}
    for name in sorted(names - values.keys()):
        if subscripted(name) is None and name.rpartition("_{")[0] in given - {""}:
            yield f"`{name}` is one of a family that the post gives values"


def _is_given_otherwise(name: str, statements: Statements) -> bool:
    """Whether `\\ell(\\mu)` is given a value that is no definition, where the post defines `\\ell(p)`."""
    given = (*statements.definitions, *statements.indexed, *statements.calculus)
    valued = {one.name for one in given if one.parameters is None}
    known = {tuple(map(str, one.parameters)) for one in given if one.name == name and one.parameters}
    heads = statements.scope.heads.get(name, ())
    return any(head not in known and valued.isdisjoint(head) for head in heads) if known else False


def _doubts_of_functions(statements: Statements, sides: tuple[Expr, ...]) -> Iterator[str]:
    """What may be read otherwise in the functions by sums that sides lead to."""
    waiting = [name_of(call) for side in sides for call in side.atoms(AppliedUndef)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for one in (*statements.definitions, *statements.indexed):
            if one.name == name and one.parameters is not None:
                powers = [f"superscript `{parameter.name}`" for parameter in one.parameters]
                yield from (doubt for doubt in one.body.doubts if not any(map(doubt.__contains__, powers)))
                waiting.extend(name_of(call) for call in one.body.expr.atoms(AppliedUndef))


def _numbers(instance: Instance, sides: tuple[Expr, Expr]) -> Iterator[tuple[str, Expr]]:
    used = sides[0].free_symbols | sides[1].free_symbols
    named = [size for size in instance.sizes if size in used]
    for size in named or (instance.sizes if instance.indices else ()):
        yield size.name, sympy.Integer(instance.sizes[size])
    for letter, value in instance.indices.items():
        yield letter, sympy.Integer(value)
