"""What the common form of probabilities and expectations is made of: joint laws, moments, totals, rates."""

import re

from sympy import Expr, Symbol

from litgrad.checking.probability.ranges import may_overlap
from litgrad.records import dataclass

_TOKEN = re.compile(r"\\[A-Za-z]+|[A-Za-z]")


class Beyond(Exception):
    """The step has something that this form does not cover."""


@dataclass(frozen=True, slots=True)
class Joint:
    """The probability that some events happen together, under a law."""

    law: str
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Moment:
    """The expectation of a product of random factors."""

    of: Expr
    law: str
    given: frozenset[str]


@dataclass(frozen=True, slots=True)
class Whole:
    """A sum or an integral over all values of some variables."""

    over: frozenset[str]
    of: Expr


@dataclass(frozen=True, slots=True)
class Rate:
    """The derivative of a law, or of a function without a formula, by a parameter."""

    of: Expr
    by: str


Atom = Joint | Moment | Whole | Rate
Pattern = tuple[tuple[Symbol, ...], tuple[Symbol, ...]]
"""What a law is of, and what it is given: z and x in `q(z | x)`."""


def mentions(name: str, index: str) -> bool:
    """Whether a name is a variable, or has it in its scripts, as its value, or in its range.

    >>> mentions("x_{i}", "i"), mentions("X = i", "i"), mentions("x_{0}", "x"), mentions("x", "x")
    (True, True, False, True)
    >>> mentions("x_{2}", "x_{1 : T}"), mentions("x_{0}", "x_{1 : T}")
    (True, False)
    """
    scripts = re.split(r"[_^=]", name, maxsplit=1)
    inside = len(scripts) > 1 and index in _TOKEN.findall(scripts[1])
    return name == index or inside or may_overlap(name, index)
