"""Sums, products, integrals and limits: their variable, their bounds, and what they reach over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from sympy import Expr

from litgrad.latex.tree import (
    Fraction,
    Grouped,
    Juxtaposed,
    Letter,
    Listed,
    Node,
    Number,
    Operator,
    Product,
    Related,
    Scripted,
    Styled,
    Sum,
    walk,
)
from litgrad.meaning import chances
from litgrad.meaning.names import differential_sign, name_of
from litgrad.meaning.terms import NoMeaning

if TYPE_CHECKING:
    from litgrad.meaning.interpret import Interpreter

OVER_INDEX: dict[str, tuple[Callable[..., Expr], str]] = {
    r"\sum": (sympy.Sum, "a sum over an index"),
    r"\prod": (sympy.Product, "a product over an index"),
}
INTEGRALS = {r"\int": 1, r"\iint": 2, r"\iiint": 3, r"\oint": 1}
"""How many differentials each wants."""
REACHING = frozenset([*OVER_INDEX, *INTEGRALS, r"\lim"])
"""Operators that reach over all that follows in their product."""
_FROM = {r"\ge": 0, r"\geq": 0, r"\geqslant": 0, ">": 1, r"\gt": 1}
"""Signs between an index and where it starts, and how far behind."""
_SIDED = {r"\downarrow": "+", r"\searrow": "+", r"\uparrow": "-", r"\nearrow": "-"}
_TO = frozenset([*r"\to \rightarrow \longrightarrow \Rightarrow \Longrightarrow \mapsto".split(), *_SIDED])


def operator_of(node: Node) -> Operator | None:
    """The operator at the head of a factor, scripts taken off."""
    base = node.base if isinstance(node, Scripted) else node
    return base if isinstance(base, Operator) else None


def reaches(node: Node) -> bool:
    """Whether a factor is an operator that reaches over what follows."""
    operator = operator_of(node)
    return operator is not None and operator.name in REACHING


def value(reader: "Interpreter", head: Node, rest: tuple[Node, ...]) -> Expr:
    """The operator at `head` over all the factors that follow it."""
    operator = operator_of(head)
    assert operator is not None
    if operator.name in OVER_INDEX:
        return _over_index(reader, head, operator, rest)
    if operator.name == r"\lim":
        return _limit(reader, head, rest)
    return _integral(reader, head, operator, rest)


def _body(factors: tuple[Node, ...]) -> Node:
    return factors[0] if len(factors) == 1 else Juxtaposed(factors[0].span | factors[-1].span, factors)


# -------------------------------- sums and products --------------------------------


def _over_index(reader: "Interpreter", head: Node, operator: Operator, rest: tuple[Node, ...]) -> Expr:
    kind, reason = OVER_INDEX[operator.name]
    if not rest:
        raise NoMeaning(head.span, f"`{operator.name}` of nothing")
    whole = chances.totalled(head)
    if whole is not None and kind is sympy.Sum:
        return chances.total(reader, head, whole, _body(rest))
    index, lower, upper = _bounds(reader, head, reason)
    endless = upper is sympy.oo and kind is sympy.Sum
    reader.leave(
        head.span, f"{reason}, which litgrad does not judge yet", indexed=not endless, calculus=endless
    )
    with reader.binding(index):
        body = reader.expr(_body(rest))
    return kind(body, (reader.symbol(index), lower, upper))


def _bounds(reader: "Interpreter", head: Node, reason: str) -> tuple[str, Expr, Expr]:
    """`_{i=1}^{n}`; other ways to tell what the index goes through are no single sum."""
    if not isinstance(head, Scripted) or head.sub is None:
        raise NoMeaning(head.span, f"{reason} without bounds")
    match head.sub:
        case Related(sides=(variable, start), signs=(sign,)) if sign.symbol == "=" and head.sup is not None:
            name = name_of(variable)
            if name is not None:
                return name, _bound(reader, start), _bound(reader, head.sup)
        case Related(sides=(variable, start), signs=(sign,)) if sign.symbol in _FROM and head.sup is None:
            name = name_of(variable)
            first = _bound(reader, start)
            if name is not None and first.is_Integer:
                return name, first + _FROM[sign.symbol], sympy.oo
    raise NoMeaning(head.sub.span, f"{reason} whose bounds are not `i = a` and `b`")


def _bound(reader: "Interpreter", node: Node) -> Expr:
    """A bound is a number, also where its name is elsewhere that of a function."""
    name = name_of(node)
    return reader.symbol(name) if name in reader.scope.parameters else reader.expr(node)


# -------------------------------- limits --------------------------------


def _limit(reader: "Interpreter", head: Node, rest: tuple[Node, ...]) -> Expr:
    reason = "a limit"
    if not isinstance(head, Scripted) or not isinstance(head.sub, Related) or not rest:
        raise NoMeaning(head.span, f"{reason} that does not say what goes where")
    (variable, target), sign = head.sub.sides[:2], head.sub.signs[0]
    name = name_of(variable)
    if name in (None, r"\pi") or sign.symbol not in _TO or len(head.sub.signs) != 1:
        raise NoMeaning(head.sub.span, f"{reason} that does not say what goes where")
    point, side = _approached(target)
    side = _SIDED.get(sign.symbol, side)
    reader.leave(head.span, f"{reason}, which litgrad does not judge yet", calculus=True)
    with reader.binding(name):
        body = reader.expr(_body(rest))
    at = reader.expr(point)
    return sympy.Limit(body, reader.symbol(name), at, side if at.is_finite is not False else "-")


def _approached(target: Node) -> tuple[Node, str]:
    """The point and the side of `a^{+}`."""
    if isinstance(target, Scripted) and isinstance(target.sup, Letter) and target.sup.name in ("+", "-"):
        rest = Scripted(target.span, target.base, target.sub, None, target.primes)
        return (target.base if target.sub is None else rest), target.sup.name
    return target, "+-"


# -------------------------------- integrals --------------------------------


@dataclass(frozen=True, slots=True)
class Integrand:
    """What stands under an integral, and its variables, the innermost first."""

    body: Node | None
    variables: tuple[str, ...]

    @property
    def letters(self) -> frozenset[str]:
        """The letters of its variables."""
        return frozenset(self.variables)


def _integral(reader: "Interpreter", head: Node, operator: Operator, rest: tuple[Node, ...]) -> Expr:
    reason = "an integral"
    count = INTEGRALS[operator.name]
    found = integrand(rest, count)
    if found is None:
        raise NoMeaning(head.span, f"{reason} that does not say by which variable")
    closed = operator.name == r"\oint"
    reader.leave(head.span, f"{reason}, which litgrad does not judge yet", calculus=not closed)
    body: Expr = sympy.Integer(1)
    if found.body is not None:
        with reader.binding(*found.variables):
            body = reader.expr(found.body)
    return sympy.Integral(body, *_limits(reader, head, tuple(map(reader.symbol, found.variables))))


def _limits(reader: "Interpreter", head: Node, variables: tuple[Expr, ...]) -> list[tuple[Expr, ...]]:
    if not isinstance(head, Scripted) or (head.sub is None and head.sup is None):
        return [(variable,) for variable in variables]
    own = None if head.sub is None or head.sup is not None else name_of(head.sub)
    if len(variables) == 1 and own == str(variables[0]):
        return [(variables[0],)]
    if head.sub is None or head.sup is None or len(variables) != 1:
        raise NoMeaning(head.span, "an integral over a region")
    return [(variables[0], reader.expr(head.sub), reader.expr(head.sup))]


def integrand(factors: tuple[Node, ...], count: int) -> Integrand | None:
    """Take the differentials off: behind the integrand, before it, or in a fraction's numerator."""
    variables: list[str] = []
    while len(variables) < count:
        taken = _from_end(factors) or (_from_start(factors) if not variables else None)
        if taken is None:
            break
        factors, name = taken
        variables.append(name)
    if len(variables) == count:
        return Integrand(_body(factors) if factors else None, tuple(variables))
    return _from_within(factors) if count == 1 and len(factors) == 1 else _in_fraction(factors, count)


def _from_end(factors: tuple[Node, ...]) -> tuple[tuple[Node, ...], str] | None:
    """`f(x) dx`, also where the differential ends a longer sum or product."""
    if len(factors) >= 2 and _is_d(factors[-2]):
        name = name_of(factors[-1])
        return None if name is None else (factors[:-2], name)
    if not factors:
        return None
    inner = _shortened(factors[-1])
    return None if inner is None else ((*factors[:-1], inner[0]), inner[1])


def _shortened(node: Node) -> tuple[Node, str] | None:
    """A sum or product without the differential at its end."""
    match node:
        case Sum(terms=terms, signs=signs):
            taken = _from_end((terms[-1],)) if not isinstance(terms[-1], Juxtaposed) else _of_row(terms[-1])
            if taken is not None and taken[0]:
                return Sum(node.span, (*terms[:-1], _body(taken[0])), signs), taken[1]
        case Product(factors=factors, signs=signs):
            taken = _of_row(factors[-1])
            if taken is not None and taken[0]:
                return Product(node.span, (*factors[:-1], _body(taken[0])), signs), taken[1]
        case Juxtaposed():
            taken = _of_row(node)
            if taken is not None and taken[0]:
                return _body(taken[0]), taken[1]
    return None


def _of_row(node: Node) -> tuple[tuple[Node, ...], str] | None:
    return _from_end(node.factors) if isinstance(node, Juxtaposed) else None


def _from_start(factors: tuple[Node, ...]) -> tuple[tuple[Node, ...], str] | None:
    """`dx f(x)`, as physicists write."""
    if len(factors) >= 2 and _is_d(factors[0]):
        name = name_of(factors[1])
        return None if name is None else (factors[2:], name)
    return None


def _from_within(factors: tuple[Node, ...]) -> Integrand | None:
    """`(x dx)`, `\\frac{dz}{z}`."""
    node = factors[0]
    if isinstance(node, Grouped) and not isinstance(node.body, (Listed, Related)):
        return integrand((node.body,) if not isinstance(node.body, Juxtaposed) else node.body.factors, 1)
    return _in_fraction(factors, 1)


def _in_fraction(factors: tuple[Node, ...], count: int) -> Integrand | None:
    last = factors[-1] if factors else None
    if not isinstance(last, Fraction) or count != 1 or not isinstance(last.numerator, Juxtaposed):
        return None
    taken = _from_end(last.numerator.factors)
    if taken is None:
        return None
    above: Node = _body(taken[0]) if taken[0] else Number(last.numerator.span, "1")
    whole = Fraction(last.span, last.command, above, last.denominator)
    return Integrand(_body((*factors[:-1], whole)), (taken[1],))


def _is_d(node: Node) -> bool:
    upright = isinstance(node, Styled) and differential_sign(node) == "d"
    return upright or (isinstance(node, Letter) and node.name == "d")


# -------------------------------- reach --------------------------------


def over_a_negative(node: Sum) -> Sum | None:
    """A sum, product or limit of a term that begins with a sign: `\\lim_{x \\to 0} -x`, `\\sum_i -a_i`.

    None where none stands just before a sign.
    """
    for at, term in enumerate(node.terms[:-1]):
        factors = term.factors if isinstance(term, Juxtaposed) else (term,)
        if not reaches(factors[-1]) or _is_integral(factors[-1]) or not isinstance(factors[-1], Scripted):
            continue
        held, sign = node.terms[at + 1], node.signs[at + 1]
        inner = Sum((sign.span if sign else held.span) | held.span, (held,), (sign,))
        whole = Juxtaposed(term.span | inner.span, (*factors, inner))
        terms = (*node.terms[:at], whole, *node.terms[at + 2 :])
        return Sum(node.span, terms, (*node.signs[: at + 1], *node.signs[at + 2 :]))
    return None


def regrouped(node: Sum) -> Sum | None:
    """A sum whose integral reaches over later terms: `\\int x + a dx`.

    None where no integral waits for its differential.
    """
    for at, term in enumerate(node.terms[:-1]):
        factors = term.factors if isinstance(term, Juxtaposed) else (term,)
        opens = next((index for index, factor in enumerate(factors) if _is_integral(factor)), None)
        if opens is None or _closed(factors[opens + 1 :]):
            continue
        return _reaching(node, at, factors, opens)
    return None


def _is_integral(node: Node) -> bool:
    operator = operator_of(node)
    return operator is not None and operator.name in INTEGRALS


def _closed(factors: tuple[Node, ...]) -> bool:
    return bool(factors) and integrand(factors, 1) is not None


def _reaching(node: Sum, at: int, factors: tuple[Node, ...], opens: int) -> Sum | None:
    for end in range(at + 1, len(node.terms)):
        if not _closed((node.terms[end],)) and _of_row(node.terms[end]) is None:
            continue
        first = factors[opens + 1 :]
        held = (_body(first), *node.terms[at + 1 : end + 1]) if first else node.terms[at + 1 : end + 1]
        signs = (None, *node.signs[at + 1 : end + 1]) if first else node.signs[at + 1 : end + 1]
        inner = Sum(held[0].span | held[-1].span, held, signs)
        whole = Juxtaposed(factors[0].span | inner.span, (*factors[: opens + 1], inner))
        terms = (*node.terms[:at], whole, *node.terms[end + 1 :])
        return Sum(node.span, terms, (*node.signs[: at + 1], *node.signs[end + 1 :]))
    return None


def over_later_terms(node: Sum) -> Sum | None:
    """A sum over an index that goes on behind a plus: `\\sum_i a_i + (1 - b_i)`.

    Its index in a later term tells so. None where no later term holds the index of an earlier sum.
    """
    for at, term in enumerate(node.terms[:-1]):
        factors = term.factors if isinstance(term, Juxtaposed) else (term,)
        opens = next((place for place, factor in enumerate(factors) if _index_of(factor)), None)
        if opens is None or opens + 1 == len(factors):
            continue
        index = _index_of(factors[opens])
        last = max((n for n in range(at + 1, len(node.terms)) if _holds(node.terms[n], index)), default=None)
        if last is None:
            continue
        held = (_body(factors[opens + 1 :]), *node.terms[at + 1 : last + 1])
        inner = Sum(held[0].span | held[-1].span, held, (None, *node.signs[at + 1 : last + 1]))
        whole = Juxtaposed(factors[0].span | inner.span, (*factors[: opens + 1], inner))
        terms = (*node.terms[:at], whole, *node.terms[last + 1 :])
        return Sum(node.span, terms, (*node.signs[: at + 1], *node.signs[last + 1 :]))
    return None


def _index_of(node: Node) -> str | None:
    operator = operator_of(node)
    if operator is None or operator.name not in OVER_INDEX or not isinstance(node, Scripted):
        return None
    variable = node.sub.sides[0] if isinstance(node.sub, Related) else node.sub
    return variable.name if isinstance(variable, Letter) else None


def _holds(node: Node, index: str | None) -> bool:
    """Whether a term uses an index, and is no sum over it itself."""
    if isinstance(node, Juxtaposed) and any(_index_of(factor) == index for factor in node.factors):
        return False
    return any(isinstance(inner, Letter) and inner.name == index for inner in walk(node))


def spread(node: Product) -> Product | Juxtaposed | None:
    """A product whose first reaching operator takes all that follows: `a \\sum_i b_i \\cdot c`."""
    for at, factor in enumerate(node.factors[:-1]):
        pieces = factor.factors if isinstance(factor, Juxtaposed) else (factor,)
        opens = next((index for index, piece in enumerate(pieces) if reaches(piece)), None)
        if opens is None:
            continue
        after = pieces[opens + 1 :]
        if not after:
            return None
        first = _body(after)
        tail = Product(first.span | node.span, (first, *node.factors[at + 1 :]), node.signs[at:])
        whole = Juxtaposed(pieces[0].span | node.span, (*pieces[: opens + 1], tail))
        if at == 0:
            return whole
        return Product(node.span, (*node.factors[:at], whole), node.signs[:at])
    return None
