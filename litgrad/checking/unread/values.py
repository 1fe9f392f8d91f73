"""Sums of products in which some factors may not commute: matrices, vectors, pieces without a meaning."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field

import sympy
from sympy import Expr, Symbol

from litgrad.checking.normal_form import equal, implies_zero
from litgrad.records import dataclass

Word = tuple[str, ...]
"""Keys of pieces in the order of their product."""
_MOST_TERMS = 200
T = "^T"
"""The end of the key of a transposed piece."""


class NoValue(Exception):
    """A piece that cannot be kept as it stands, or grows too large."""


@dataclass(slots=True)
class Pieces:
    """The pieces met in one step; two that are written alike are one."""

    symbols: dict[str, Symbol] = field(default_factory=dict)
    letters: dict[str, frozenset[str]] = field(default_factory=dict)
    """The letters that a piece is written with, by its key."""
    positive: set[Symbol] = field(default_factory=set)
    kept: dict[str, str] = field(default_factory=dict)
    """Calls of functions by key, as written."""
    products: dict[Symbol, tuple[Expr, Callable[[Expr], "Value"]]] = field(default_factory=dict)
    """For a product over an index: its body, and what sums over the same."""

    def scalar(self, key: str, letters: Iterable[str], *, positive: bool = False) -> Symbol:
        """The number that a piece stands for."""
        symbol = self.symbols.setdefault(key, Symbol(key, real=True))
        self.letters[key] = frozenset(letters)
        if positive:
            self.positive.add(symbol)
        return symbol

    def word(self, key: str, letters: Iterable[str]) -> "Value":
        """A piece that may not commute."""
        self.letters[key] = frozenset(letters)
        return Value({(key,): sympy.Integer(1)})

    def letters_of(self, expr: Expr, word: Word = ()) -> frozenset[str]:
        """The letters of all pieces of a term."""
        keys = {free.name for free in expr.free_symbols if isinstance(free, Symbol)}
        found = (self.letters.get(key.removesuffix(T), frozenset()) for key in (*keys, *word))
        return frozenset().union(*found)


@dataclass(frozen=True, slots=True)
class Value:
    """Coefficients, which commute, by word."""

    terms: dict[Word, Expr]

    @staticmethod
    def of(expr: Expr) -> "Value":
        """A number."""
        return Value({(): expr} if expr != 0 else {})

    @property
    def scalar(self) -> Expr | None:
        """The value as a number; None where a piece of it may not commute."""
        if any(self.terms):
            return None
        return self.terms.get((), sympy.Integer(0))

    def __add__(self, other: "Value") -> "Value":
        terms = dict(self.terms)
        for word, coefficient in other.terms.items():
            terms[word] = terms.get(word, sympy.Integer(0)) + coefficient
        return Value({word: coefficient for word, coefficient in terms.items() if coefficient != 0})

    def __mul__(self, other: "Value") -> "Value":
        if len(self.terms) * len(other.terms) > _MOST_TERMS:
            raise NoValue
        total = Value({})
        for word, coefficient in self.terms.items():
            for behind, factor in other.terms.items():
                total = total + Value({(*word, *behind): coefficient * factor})
        return total

    def transposed(self) -> "Value":
        """With every product turned round."""
        return Value({tuple(map(_turned, reversed(word))): one for word, one in self.terms.items()})

    def pieces(self) -> Iterator[tuple[Word, Expr]]:
        """The terms of the sum, coefficients taken apart as well."""
        for word, coefficient in self.terms.items():
            expanded = sympy.expand(coefficient)
            if isinstance(expanded, sympy.Add) and len(expanded.args) > _MOST_TERMS:
                raise NoValue
            for term in sympy.Add.make_args(expanded):
                yield word, term

    def lone(self) -> str | None:
        """The key of a value that is one piece alone."""
        if len(self.terms) != 1:
            return None
        ((word, coefficient),) = self.terms.items()
        if not word and isinstance(coefficient, Symbol):
            return coefficient.name
        return word[0] if len(word) == 1 and coefficient == 1 else None

    def put_in(self, key: str, other: "Value") -> "Value":
        """The value with another one for a piece; raises NoValue where that is no sum of products."""
        total = Value({})
        symbol, number = Symbol(key, real=True), other.scalar
        for word, coefficient in self.terms.items():
            if symbol in coefficient.free_symbols and number is None:
                raise NoValue
            left = coefficient if number is None else coefficient.xreplace({symbol: number})
            term = Value({(): left})
            for one in word:
                turned = other.transposed() if one == key + T else None
                term = term * (other if one == key else turned or Value({(one,): sympy.Integer(1)}))
            total = total + term
        return total

    def used(self) -> set[str]:
        """The keys of all its pieces."""
        symbols = {free.name for one in self.terms.values() for free in one.free_symbols}
        return symbols | {key for word in self.terms for key in word}

    def key(self) -> str:
        """One spelling per value, as far as multiplying out tells."""
        spelled = sorted(f"{'·'.join(word)}*{sympy.expand(one)}" for word, one in self.terms.items())
        return " + ".join(spelled) or "0"


def _turned(key: str) -> str:
    return key.removesuffix(T) if key.endswith(T) else key + T


def same(left: Value, right: Value, positive: Iterable[Expr]) -> bool:
    """Whether two values are equal whatever their pieces are."""
    known = tuple(positive)
    return all(
        equal(left.terms.get(word, sympy.Integer(0)), right.terms.get(word, sympy.Integer(0)), known)
        for word in dict.fromkeys([*left.terms, *right.terms])
    )


def follows_from(one: Value, other: Value, positive: Iterable[Expr]) -> bool:
    """Whether the first value vanishes wherever the second does and both are defined."""
    if not one.terms or not other.terms or one.terms.keys() != other.terms.keys():
        return False
    known = tuple(positive)
    if other.scalar is not None and one.scalar is not None:
        return implies_zero(other.scalar, one.scalar, known)
    word = next(iter(other.terms))
    factor = sympy.cancel(one.terms[word] / other.terms[word])
    below = sympy.prod(sympy.denom(sympy.together(term)) for term in one.terms.values())
    if sympy.denom(sympy.cancel(below / sympy.denom(factor))).free_symbols:
        return False
    return all(equal(term, factor * other.terms[at], known) for at, term in one.terms.items())
