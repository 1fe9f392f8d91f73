"""Random expressions as trees, and what they are worth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import mpmath
from mpmath import mpf

Values = Mapping[str, mpf]
"""What each name is worth."""

NAMES = (
    "x",
    "y",
    "a",
    "t",
    "w",
    r"\alpha",
    r"\theta",
    r"\beta",
    r"\hat{y}",
    "x_1",
    "x_{2}",
    r"w_{ij}",
    r"\mu_t",
)
NUMBERS = ("2", "3", "10", "0.5", "1.25")
FUNCTIONS: dict[str, Callable[[mpf], mpf]] = {
    r"\sin": mpmath.sin,
    r"\cos": mpmath.cos,
    r"\tanh": mpmath.tanh,
    r"\exp": mpmath.exp,
    r"\log": mpmath.log,
    r"\ln": mpmath.log,
    r"\arctan": mpmath.atan,
}
LARGEST = mpf(10) ** 12


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Total:
    """Terms with their signs."""

    terms: tuple["Tree", ...]
    minus: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """A product."""

    factors: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Over:
    """A fraction, however it is written."""

    above: "Tree"
    below: "Tree"


@dataclass(frozen=True, slots=True)
class Raised:
    """A power."""

    base: "Tree"
    exponent: "Tree"


@dataclass(frozen=True, slots=True)
class Root:
    """A root of some degree."""

    degree: int
    inside: "Tree"


@dataclass(frozen=True, slots=True)
class Applied:
    """A function of the table, or the author's own `f`."""

    function: str
    argument: "Tree"


@dataclass(frozen=True, slots=True)
class Size:
    """An absolute value."""

    inside: "Tree"


@dataclass(frozen=True, slots=True)
class Series:
    """A sum or a product over a whole number `k` from 1, of `k` times or plus something."""

    kind: str
    last: int
    inside: "Tree"


Tree = Series | Number | Name | Total | Times | Over | Raised | Root | Applied | Size


def own(argument: Any) -> Any:  # noqa: ANN401 - a number or an expression
    """What the author's `f` is taken for."""
    return argument * argument + 2


class Outside(Exception):
    """The expression has no real value of a moderate size here."""


def value(tree: Tree, values: Values) -> mpf:
    """What the tree is worth; Outside where some part of it is no real number of moderate size."""
    result = _value(tree, values)
    if not (isinstance(result, mpf) and mpmath.isfinite(result) and abs(result) < LARGEST):
        raise Outside
    return result


def _value(tree: Tree, values: Values) -> object:
    match tree:
        case Number(text):
            return mpf(text)
        case Name(text):
            return values[text]
        case Total(terms, minus):
            return sum(
                -value(term, values) if sign else value(term, values)
                for term, sign in zip(terms, minus, strict=True)
            )
        case Times(factors):
            return mpmath.fprod(value(factor, values) for factor in factors)
        case Over(above, below):
            divisor = value(below, values)
            if abs(divisor) < 1 / LARGEST:
                raise Outside
            return value(above, values) / divisor
        case Raised(base, exponent):
            ground = value(base, values)
            if abs(ground) < 1 / LARGEST:
                raise Outside
            power = value(exponent, values)
            if abs(power) > 20:
                raise Outside
            return ground**power
        case Root(degree, inside):
            return _positive(inside, values) ** (mpf(1) / degree)
        case Applied("f", argument):
            return own(value(argument, values))
        case Applied(r"\log" | r"\ln" as function, argument):
            return FUNCTIONS[function](_positive(argument, values))
        case Applied(function, argument):
            return FUNCTIONS[function](value(argument, values))
        case Size(inside):
            return abs(value(inside, values))
        case Series(kind, last, inside):
            worth = value(inside, values)
            terms = [k * worth if kind == r"\sum" else k + worth for k in range(1, last + 1)]
            return mpmath.fsum(terms) if kind == r"\sum" else mpmath.fprod(terms)


def _positive(tree: Tree, values: Values) -> mpf:
    result = value(tree, values)
    if result < 1 / LARGEST:
        raise Outside
    return result
