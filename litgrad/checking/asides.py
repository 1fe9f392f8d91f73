"""Signs that are no identities: conditions, equations, rounded numbers, which are not refuted."""

import re
from collections.abc import Iterator
from itertools import islice

import sympy
from mpmath import mpf
from sympy import Derivative, Expr, Integral, Limit, Subs, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.cells import judge_cases
from litgrad.checking.conditions import conditions
from litgrad.checking.contexts import context_of
from litgrad.checking.normal_form import equal
from litgrad.checking.numeric import readable, same, value
from litgrad.checking.of_all import is_said_of_all
from litgrad.checking.points import random_points
from litgrad.checking.proof import prove
from litgrad.checking.setting import Setting
from litgrad.checking.solved import is_concluded
from litgrad.checking.units import units_unread
from litgrad.latex.tree import Grouped, Node, Number, Operator, walk
from litgrad.meaning.forms import name_of as called
from litgrad.meaning.names import function_head, name_of
from litgrad.meaning.statements import Derivation, Member, Statements, Step

_WORDS = 100
"""How many characters around a step may say what it is."""
_EQUAL = frozenset(["=", ":=", r"\equiv", r"\triangleq", r"\coloneqq", r"\doteq"])
"""Signs that give a name the value of the other side."""
_ARROWS = frozenset(r"\implies \Rightarrow \Longrightarrow \iff \Leftrightarrow \Longleftrightarrow".split())
_SUMS = frozenset([r"\sum", r"\prod"])
_NEAR_POINTS = 4
_NEAR_DIGITS = 6
"""To how many digits the sides of a claim agree that an equation's do not."""
_PLACED = re.compile(r"(?P<of>.+)_\{[A-Za-z](?: [+-] \d+)\}")
"""A name at a place that is counted from another: `x_{t - 1}`."""
_SOLVED = re.compile(
    r"\b(?:solv(?:e|es|ing) (?:the |this |for )?(?:\w+ )?(?:equations?)?"
    r"|(?:roots?|solutions?|zeros?) of(?: the equation)?|(?:transcendental|fixed[- ]point) equation"
    r"|satisf(?:y|ies|ying)|intersect\w*(?: where)?)\s*:?\s*\$*\s*$",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"contradict|absurd|impossible|nonsense|mistake|paradox|not true"
    r"|(?:is|are|be|clearly) (?:wrong|false|incorrect)"
    r"|does not hold|not equal|doesn't hold",
    re.IGNORECASE,
)


def no_identity(step: Step, derivation: Derivation, setting: Setting, statements: Statements) -> str | None:
    """Why a step whose sides differ is still no wrong identity, in a clause; None where it is one.

    A refutation must not rest on a guess: where the sign may be an equation to solve, a condition, a
    second meaning of a name, or a rounded number, the step is left unchecked.
    """
    left, right = _exprs(step)
    if units_unread(step, statements.source):
        return "the words behind a number may be its unit, which is not read"
    if said_to_be_wrong(step, statements):
        return "the words around say that it does not hold"
    context = context_of(step, statements)
    if context is not None:
        return context
    outside = _outside(setting, (left, right))
    if outside is not None:
        return outside
    if _never_holds(setting, left, right):
        return _rounded_number(step, setting)
    if _is_behind_an_arrow(step, derivation):
        return "an equation that is said to follow from the one before the arrow"
    if _is_before_an_arrow(step, derivation):
        return "an equation from which the arrow concludes"
    if 0 in (left, right):
        return "a condition (`= 0`), not an identity"
    rounded = _rounded_number(step, setting)
    if rounded is not None:
        return rounded
    if _odd_one_out(step, derivation, setting):
        return None
    named_twice = _second_definition(step, statements) or _restated_name(step, setting, statements)
    if (
        named_twice is not None
        or _is_of_given_numbers(setting, left, right, statements)
        or is_said_of_all(step, statements)
    ):
        return named_twice
    return _equation(step, derivation, setting, statements)


def _is_of_given_numbers(setting: Setting, left: Expr, right: Expr, statements: Statements) -> bool:
    """Whether the post gives every symbol of a step its one number: then nothing is left to choose."""
    sides = setting.expanded(left), setting.expanded(right)
    if any(side.free_symbols or side.has(AppliedUndef, Derivative) for side in sides):
        return False
    behind = _names_behind(setting, (left, right))
    steps = [step for derivation in statements.derivations for step in derivation.steps]
    given = [name for step in steps if step.sign.symbol in _EQUAL and (name := _head_of(step.left)) in behind]
    solved = any(
        is_concluded(derivation.steps[0], derivation, statements)
        for derivation in statements.derivations
        if _head_of(derivation.steps[0].left) in behind
    )
    return len(given) == len(set(given)) and not solved


def _outside(setting: Setting, sides: tuple[Expr, ...]) -> str | None:
    """A function that is taken at a number beyond the values that the post states of its parameter."""
    for call in sorted({one for side in sides for one in side.atoms(AppliedUndef)}, key=str):
        parameters, _ = setting.definitions.functions.get(called(call), ((), None))
        for parameter, argument in zip(parameters, call.args, strict=False):
            for expr, values in setting.assumed:
                if expr == parameter and argument.is_number and values.contains(argument) == sympy.false:
                    return f"`{called(call)}` is taken at a value that the post leaves out"
    return None


def _is_behind_an_arrow(step: Step, derivation: Derivation) -> bool:
    at = next(index for index, other in enumerate(derivation.steps) if other.id == step.id)
    return at > 0 and derivation.steps[at - 1].sign.symbol in _ARROWS


def _is_before_an_arrow(step: Step, derivation: Derivation) -> bool:
    at = next(index for index, other in enumerate(derivation.steps) if other.id == step.id)
    return at + 1 < len(derivation.steps) and derivation.steps[at + 1].sign.symbol in _ARROWS


def _exprs(step: Step) -> tuple[Expr, Expr]:
    assert step.left.term is not None
    assert step.right.term is not None
    return step.left.term.expr, step.right.term.expr


def said_to_be_wrong(step: Step, statements: Statements) -> bool:
    """Whether the sentences just before and after a step call it a contradiction or a mistake.

    A step between numbers with units that are not read may say something else as well.
    """
    if units_unread(step, statements.source):
        return True
    text = statements.source.text
    before = text[max(step.left.span.start - _WORDS, 0) : step.left.span.start]
    after = text[step.right.span.end : step.right.span.end + _WORDS]
    return any(_WRONG.search(words) for words in (before.rpartition(". ")[2], after.partition(". ")[0]))


def _never_holds(setting: Setting, left: Expr, right: Expr) -> bool:
    """Whether sides that differ are numbers, or differ by a number, so that no values make them equal."""
    gap = setting.opaque(left) - setting.opaque(right)
    if gap.has(AppliedUndef, Derivative):
        return False
    if not left.free_symbols | right.free_symbols | gap.free_symbols:
        return True
    number = value(gap, dict.fromkeys(_symbols(gap), mpf(1) / 3))
    constant = readable(number) if number is not None else sympy.Integer(0)
    return (
        constant.is_Rational and constant != 0 and equal(gap, constant, setting.known_positive(leaves=False))
    )


# -------------------------------- rounded numbers --------------------------------


def _rounded_number(step: Step, setting: Setting) -> str | None:
    """A step between numbers, one of them a printed decimal."""
    left, right = (setting.expanded(side) for side in _exprs(step))
    decimals = [node for side in (step.left.node, step.right.node) if side for node in _decimals(side)]
    if left.free_symbols or right.free_symbols or not decimals:
        return None
    digits = min(len(node.text.partition(".")[2]) for node in decimals)
    a, b = value(left, {}), value(right, {})
    if a is not None and b is not None and abs(a - b) <= mpf(10) ** -digits:
        many = "digits" if digits > 1 else "digit"
        return f"rounded numbers, which agree to the {digits} {many} printed"
    return "numbers rounded on the way"


def _decimals(node: Node) -> Iterator[Number]:
    return (inner for inner in walk(node) if isinstance(inner, Number) and "." in inner.text)


# -------------------------------- names with more than one meaning --------------------------------


def _head_of(member: Member) -> str | None:
    """The name that a side gives a value: `a`, or f in `f(x)`."""
    if member.node is None:
        return None
    head = function_head(member.node)
    return head[0] if head is not None else name_of(member.node)


def _second_definition(step: Step, statements: Statements) -> str | None:
    """`a = ...` for an `a` that the post defines elsewhere."""
    name = _head_of(step.left)
    for definition in statements.definitions:
        if definition.name == name and definition.span != step.left.span:
            return f"it gives `{name}` another value than line {definition.line}"
    return None


def _restated_name(judged: Step, setting: Setting, statements: Statements) -> str | None:
    """A name in the step, or behind it, that the post gives two different values."""
    behind = _names_behind(setting, _exprs(judged))
    for derivation in statements.derivations:
        introduced = derivation.steps[0].introduces
        for step in derivation.steps:
            name = introduced if introduced and not step.introduces else _head_of(step.left)
            other = step.id != judged.id and not (step.introduces or step.aside) and _gives(step)
            if other and name in behind and _differs(step, setting, statements):
                return f"the post gives `{name}` more than one value"
    return None


def _gives(step: Step) -> bool:
    """Whether a step gives its left side a value; `\\gamma \\approx 1 + x` gives none."""
    return step.sign.symbol in _EQUAL


def _differs(step: Step, setting: Setting, statements: Statements) -> bool:
    if step.left.term is None or step.right.term is None:
        return step.left.term is not None
    left, right = _exprs(step)
    if prove(setting, left, right) is not None or judge_cases(setting, left, right) is not None:
        return False
    return not (conditions(setting, left, right) or _is_of_an_example(step, setting, statements))


def _is_of_an_example(step: Step, setting: Setting, statements: Statements) -> bool:
    """Whether a value holds with the numbers that conditions above give: `\\rho = 0.8` of `\\lambda = 8`."""
    above = [one for one in statements.conditions if one.span.start < step.sign.span.start]
    for condition in above:
        setting = setting.with_value(condition.symbol, condition.value)
    return bool(above) and prove(setting, *_exprs(step)) is not None


def _names_behind(setting: Setting, sides: tuple[Expr, ...]) -> set[str]:
    """The names that sides use, through all definitions."""
    found: set[str] = set()
    waiting = list(sides)
    while waiting:
        expr = waiting.pop()
        names = {called(call) for call in expr.atoms(AppliedUndef)}
        names |= {free.name for free in expr.free_symbols if isinstance(free, Symbol)}
        for name in sorted(names - found):
            found.add(name)
            body = setting.definitions.functions.get(name)
            waiting.extend([body[1]] if body is not None else [])
            waiting.extend(v for symbol, v in setting.definitions.values.items() if symbol.name == name)
    return found


# -------------------------------- equations --------------------------------


def _equation(step: Step, derivation: Derivation, setting: Setting, statements: Statements) -> str | None:
    """An equation between symbols, such as `x + y = 1`, rather than a claim that two formulas are equal."""
    left, right = _exprs(step)
    derives = any(side.has(Derivative, Subs, Integral, Limit) for side in (left, right)) or _works_out(step)
    ours, theirs = (_symbols(setting.expanded(side)) for side in (left, right))
    alone = len(derivation.steps) == 1
    if (left.free_symbols or right.free_symbols) and not (ours or theirs or derives):
        return "an equation between its symbols, not an identity"
    unknown = {symbol.name for symbol in ours | theirs} & _without_value(statements)
    if unknown and ours != theirs:
        return f"the value of `{min(unknown)}` is not read"
    if not derives and not (left.free_symbols and right.free_symbols) and (ours or theirs):
        return "a condition on its symbols, not an identity"
    if alone and _is_solved(step, derivation, statements):
        return "an equation between its symbols, not an identity"
    rates = any(side.has(Derivative, Subs) for side in (left, right))
    if derives and not rates and _normalizes(setting.expanded(left), setting.expanded(right)):
        return "a condition on its symbols, not an identity"
    if derives and (theirs - ours) - _defined_leaves(setting):
        return f"`{min(symbol.name for symbol in theirs - ours)}` stands on one side only and is not defined"
    if derives or _agree_nearly(setting, left, right) or _is_factor_of(step.right, left, right):
        return None
    if ours != theirs and (alone or not theirs < ours):
        return "an equation between its symbols, not an identity"
    if alone and _plain_polynomial(left) and _plain_polynomial(right):
        return "an equation between its symbols, not an identity"
    return None


def _is_solved(step: Step, derivation: Derivation, statements: Statements) -> bool:
    """Whether the words before a step ask for its solution, or the value behind it is said to be one."""
    text = statements.source.text
    before = text[max(step.left.span.start - _WORDS, 0) : step.left.span.start].rpartition(". ")[2]
    if _SOLVED.search(before) is not None:
        return True
    below = statements.derivations[derivation.index + 1 : derivation.index + 2]
    return any(
        one.steps[0].left.node is not None
        and name_of(one.steps[0].left.node) in {free.name for side in _exprs(step) for free in _symbols(side)}
        and is_concluded(one.steps[0], one, statements)
        for one in below
    )


def _normalizes(left: Expr, right: Expr) -> bool:
    """Whether one side is a number and the other a multiple of a power of a symbol: `\\int c x^2 dx = 1`."""
    number, other = (left, right) if not left.free_symbols else (right, left)
    if number.free_symbols or number == 0:
        return False
    factors = [factor.as_base_exp() for factor in sympy.Mul.make_args(sympy.factor(other))]
    return any(
        base.is_Symbol
        and power.is_Integer
        and power > 0
        and not any(base in one.free_symbols for one, _ in factors if one != base)
        for base, power in factors
    )


def _works_out(step: Step) -> bool:
    """Whether a side is written as a sum, which has been worked out."""
    nodes = [side.node for side in (step.left, step.right) if side.node is not None]
    return any(isinstance(inner, Operator) and inner.name in _SUMS for node in nodes for inner in walk(node))


def _odd_one_out(step: Step, derivation: Derivation, setting: Setting) -> bool:
    """Whether one side of the step alone disagrees with members that agree around it."""
    members = derivation.members
    if _is_unrolled(*(_symbols(setting.expanded(side)) for side in _exprs(step))):
        return False
    at = next(index for index, other in enumerate(derivation.steps) if other.id == step.id)
    around = ((at - 1, at + 1), (at, at + 2))
    return any(
        first >= 0 and last < len(members) and _agree(members[first], members[last], setting)
        for first, last in around
    )


def _is_unrolled(ours: set[Symbol], theirs: set[Symbol]) -> bool:
    """Whether the sides are about one family at different places, as where `x_{t-1}` is put into `x_t`."""
    only, others = (
        {match["of"] for one in names if (match := _PLACED.fullmatch(one.name))}
        for names in (ours - theirs, theirs - ours)
    )
    return bool(only & others)


def _agree(first: Member, last: Member, setting: Setting) -> bool:
    if first.term is None or last.term is None:
        return False
    return prove(setting, first.term.expr, last.term.expr) is not None


def _agree_nearly(setting: Setting, left: Expr, right: Expr) -> bool:
    """Whether sides that differ agree to many digits everywhere, as no equation to be solved does."""
    sides = setting.expanded(left), setting.expanded(right)
    domain = setting.domain(*sides, leaves=True)
    points = list(islice(random_points(domain, tries=100), 4 * _NEAR_POINTS))
    pairs = [(value(sides[0], point), value(sides[1], point)) for point in points]
    known = [(a, b) for a, b in pairs if a is not None and b is not None and a]
    return len(known) >= _NEAR_POINTS and all(same(a, b, _NEAR_DIGITS) for a, b in known)


def _is_factor_of(member: Member, left: Expr, right: Expr) -> bool:
    """Whether the right side stands in brackets and divides the left: a factorisation with a factor lost."""
    if not (isinstance(member.node, Grouped) and left.is_polynomial() and right.is_polynomial()):
        return False
    symbols = sorted(right.free_symbols, key=str)
    if not symbols or left.free_symbols != right.free_symbols:
        return False
    quotient, rest = sympy.div(sympy.expand(left), sympy.expand(right), *symbols)
    return rest == 0 and bool(quotient.free_symbols)


def _plain_polynomial(side: Expr) -> bool:
    """A side without functions, fractions or brackets."""
    if side.has(AppliedUndef) or not side.is_polynomial():
        return False
    return not any(
        factor.is_Add for product in side.atoms(type(side)) for factor in product.args if side.is_Mul
    )


def _symbols(expr: Expr) -> set[Symbol]:
    return {free for free in expr.free_symbols if isinstance(free, Symbol)}


def _defined_leaves(setting: Setting) -> set[Symbol]:
    leaves = set(setting.everything)
    for parameters, body in setting.definitions.functions.values():
        leaves |= set(parameters) | _symbols(body)
    return leaves


def _without_value(statements: Statements) -> set[str]:
    """Names that the post relates to something that litgrad does not read."""
    found: set[str] = set()
    for derivation in statements.derivations:
        for step in derivation.steps:
            if step.introduces is not None and step.definition is None:
                found.add(step.introduces)
            if step.sign.symbol not in _EQUAL:
                continue
            for member, other in ((step.left, step.right), (step.right, step.left)):
                name = name_of(member.node) if member.node is not None else None
                if name is not None and other.term is None:
                    found.add(name)
    return found
