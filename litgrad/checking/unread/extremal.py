"""`\\arg\\max` on both sides of a step: the same point is largest where one body rises with the other."""

import re
from collections.abc import Iterator

import sympy
from sympy import Expr, Symbol

from litgrad.checking.letters import letters_of
from litgrad.checking.unread.judge import FAULTS, reader_of
from litgrad.checking.unread.linear import logarithm
from litgrad.checking.unread.reading import Reader
from litgrad.checking.unread.spelling import letters_in, spelled
from litgrad.checking.unread.values import Value, same
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.latex.tree import Juxtaposed, Letter, Listed, Node, Operator, Scripted, Sum, walk
from litgrad.meaning.statements import Statements, Step
from litgrad.records import dataclass

_EXTREMA = frozenset([r"\argmax", r"\argmin"])
_LETTER = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
_MINUS = Value.of(sympy.Integer(-1))


@dataclass(frozen=True, slots=True)
class _Extreme:
    """`\\arg\\max_{over} body`."""

    kind: str
    over: Node
    body: Node


@dataclass(frozen=True, slots=True)
class _Held:
    """What is held fixed while a body grows."""

    letters: frozenset[str]
    """All that moves: the letters of the variable and of what the post defines by it."""
    counts: frozenset[str]
    """Names of how many terms a sum has, which are above zero."""
    reader: Reader


def judge_extremal(step: Step, statements: Statements) -> Judgement | None:
    """Prove that two `arg max` are the same: constants, positive factors and logarithms do not move them.

    Gives None where that is not seen; nothing is refuted here.
    """
    if step.left.node is None or step.right.node is None or step.sign.symbol != "=":
        return None
    left, right = _read(step.left.node), _read(step.right.node)
    if left is None or right is None or spelled(left.over) != spelled(right.over):
        return None
    reader = reader_of((left.body, right.body), statements)
    held = _Held(_moving(left.over, statements), _counts(left.body, right.body), reader)
    try:
        first, second = reader.value(left.body), reader.value(right.body)
        if left.kind != right.kind:
            second = second * _MINUS
        why = _reason(first, second, held)
    except FAULTS:
        return None
    return None if why is None else Judgement(Verdict.PROVED, why, rule="arg max")


def _read(node: Node) -> _Extreme | None:
    """The operator reaches over all that follows it, also behind a plus or a wide space."""
    match node:
        case Sum(terms=(Scripted() as head, *more), signs=(None, *signs)):
            body = Sum(node.span, tuple(more), tuple(signs))
        case Juxtaposed(factors=(head, *rest)) if rest:
            body = rest[0] if len(rest) == 1 else Juxtaposed(rest[0].span | rest[-1].span, tuple(rest))
        case Listed(items=(head, body)):
            pass
        case Sum(terms=(Juxtaposed() as first, *more), signs=(None, *signs)):
            inner = _read(first)
            if inner is None:
                return None
            terms = (inner.body, *more)
            return _Extreme(inner.kind, inner.over, Sum(node.span, terms, (None, *signs)))
        case _:
            return None
    if not isinstance(head, Scripted) or head.sub is None or head.sup is not None:
        return None
    if not isinstance(head.base, Operator) or head.base.name not in _EXTREMA:
        return None
    return _Extreme(head.base.name, head.sub, body)


def _moving(over: Node, statements: Statements) -> frozenset[str]:
    """The letters of a variable, and those of what the post defines by it."""
    letters = letters_of(statements)
    moving = set(letters_in(over))
    defined = [
        (letters.of(one.left), letters.of(one.right))
        for derivation in statements.derivations
        for one in derivation.steps
        if one.introduces is not None
    ]
    grown = True
    while grown:
        more = {letter for left, right in defined if right & moving for letter in left} - moving
        moving |= more
        grown = bool(more)
    return frozenset(moving)


def _counts(*bodies: Node) -> frozenset[str]:
    """The `n` of `\\sum_{i=1}^n`."""
    heads = [part for body in bodies for part in walk(body) if isinstance(part, Scripted)]
    sums = [head for head in heads if isinstance(head.base, Operator) and head.base.name == r"\sum"]
    return frozenset(head.sup.name for head in sums if isinstance(head.sup, Letter))


# -------------------------------- what leaves the point where it is --------------------------------


def _reason(first: Value, second: Value, held: _Held) -> str | None:
    """Why one body is largest where the other is, in a clause."""
    for one, other in _with_logarithms(first, second, held.reader):
        for factor in _factors(one, other, held):
            if _is_fixed(one + other * Value.of(-factor), held):
                taken = one is not first or other is not second
                return "the logarithm grows with what it is taken of" if taken else _what(factor)
    return None


def _what(factor: Expr) -> str:
    return (
        "the bodies differ by what is held fixed" if factor == 1 else "the bodies differ by a positive factor"
    )


def _with_logarithms(first: Value, second: Value, reader: Reader) -> Iterator[tuple[Value, Value]]:
    """Two bodies as they stand, and each with its logarithm for it."""
    yield first, second
    for one, other, turned in ((first, second, False), (second, first, True)):
        number = one.scalar
        if number is not None and number.free_symbols:
            taken = logarithm(sympy.expand_log(number), reader.pieces)
            yield (other, taken) if turned else (taken, other)


def _factors(one: Value, other: Value, held: _Held) -> Iterator[Expr]:
    """Positive numbers by which the moving part of one value may be a multiple of the other's."""
    yield sympy.Integer(1)
    for word in one.terms:
        if word not in other.terms:
            continue
        above, below = _moving_part(one.terms[word], held), _moving_part(other.terms[word], held)
        if below == 0 or above == 0:
            above, below = one.terms[word], other.terms[word]
        factor = sympy.cancel(above / below)
        if factor != 1 and _is_positive(factor, held):
            yield factor


def _moving_part(expr: Expr, held: _Held) -> Expr:
    terms = sympy.Add.make_args(sympy.expand(expr))
    return sympy.Add(*(term for term in terms if _letters(term) & held.letters))


def _is_positive(factor: Expr, held: _Held) -> bool:
    """Whether a factor is above zero and does not move."""
    if _letters(factor) & held.letters:
        return False
    parts = [part.as_base_exp() for part in sympy.Mul.make_args(factor)]
    return all(
        bool((base**exponent).is_positive)
        or base in held.reader.pieces.positive
        or (isinstance(base, Symbol) and base.name in held.counts)
        or (exponent.is_even and exponent.is_negative)
        for base, exponent in parts
    )


def _is_fixed(gap: Value, held: _Held) -> bool:
    """Whether a difference holds nothing that moves."""
    kept: dict[tuple[str, ...], Expr] = {}
    for word, coefficient in gap.terms.items():
        inside = any(_letters_of(key) & held.letters for key in word)
        moving = coefficient if inside else _moving_part(coefficient, held)
        if moving != 0:
            kept[word] = moving
    return same(Value(kept), Value({}), held.reader.pieces.positive)


def _letters(expr: Expr) -> frozenset[str]:
    names = (free.name for free in expr.free_symbols if isinstance(free, Symbol))
    return frozenset().union(*map(_letters_of, names))


def _letters_of(key: str) -> frozenset[str]:
    return frozenset(_LETTER.findall(key))
