"""Operators that take sums apart: sums and integrals over an index or variable, derivatives, gradients."""

from collections.abc import Callable

import sympy
from sympy import Expr

from litgrad.checking.unread.values import NoValue, Pieces, T, Value, Word
from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Linear:
    """An operator with `O(a f + b g) = a O(f) + b O(g)` for whatever holds none of its letters."""

    name: str
    """What tells it from others: `\\sum_{i = 1}^{n}`, `\\nabla_{w}`."""
    bound: frozenset[str] | None
    """Its indices or variables; None where only numbers may be taken out."""

    def over(self, body: Value, pieces: Pieces) -> Value:
        """The operator applied to every term of a value."""
        total = Value({})
        for word, term in body.pieces():
            total = total + self._of_term(word, term, pieces)
        return total

    def _of_term(self, word: Word, term: Expr, pieces: Pieces) -> Value:
        outside, inside = self._split(term, pieces)
        ahead, middle, behind = self._split_word(word, pieces)
        held = self._held(middle, inside, pieces)
        return Value({ahead: outside}) * held * Value({behind: sympy.Integer(1)})

    def _held(self, middle: Word, inside: Expr, pieces: Pieces) -> Value:
        key = f"{self.name}[{Value({middle: inside}).key()}]"
        letters = pieces.letters_of(inside, middle)
        return pieces.word(key, letters) if middle else Value.of(pieces.scalar(key, letters))

    def _split(self, term: Expr, pieces: Pieces) -> tuple[Expr, Expr]:
        if self.bound is None:
            return term.as_independent(*term.free_symbols) if term.free_symbols else (term, sympy.Integer(1))
        outside: list[Expr] = []
        inside: list[Expr] = []
        for factor in sympy.Mul.make_args(term):
            (inside if self.bound & pieces.letters_of(factor) else outside).append(factor)
        return sympy.Mul(*outside), sympy.Mul(*inside)

    def _split_word(self, word: Word, pieces: Pieces) -> tuple[Word, Word, Word]:
        if self.bound is None:
            return (), word, ()
        holding = [
            at for at, key in enumerate(word) if self.bound & pieces.letters_of(sympy.Integer(1), (key,))
        ]
        if not holding:
            return word, (), ()
        return word[: holding[0]], word[holding[0] : holding[-1] + 1], word[holding[-1] + 1 :]


class Averaged(Linear):
    """An expectation: of a constant it is the constant, of a transpose the transpose."""

    __slots__ = ()

    def _held(self, middle: Word, inside: Expr, pieces: Pieces) -> Value:
        if not middle and inside == 1:
            return Value.of(inside)
        if len(middle) == 1 and middle[0].endswith(T):
            return self._held((middle[0].removesuffix(T),), inside, pieces).transposed()
        key = f"{self.name}[{Value({middle: inside}).key()}]"
        return pieces.word(key, ()) if middle else Value.of(pieces.scalar(key, ()))


def product_over(name: str, body: Value, pieces: Pieces, summed: Callable[[Expr], Value]) -> Value:
    """A product over an index, whose logarithm is the sum of logarithms where its body is positive."""
    factor = body.scalar
    if factor is None:
        raise NoValue
    symbol = pieces.scalar(f"{name}[{body.key()}]", pieces.letters_of(factor))
    if factor.is_positive or (factor.free_symbols and is_positive(factor, pieces)):
        pieces.positive.add(symbol)
        pieces.products[symbol] = (factor, summed)
    return Value.of(symbol)


def is_positive(expr: Expr, pieces: Pieces) -> bool:
    """Whether an expression is a product of what is known to be positive."""
    factors = sympy.Mul.make_args(expr)
    return all(
        factor in pieces.positive
        or bool(factor.is_positive)
        or (factor.is_Pow and factor.base in pieces.positive)
        for factor in factors
    )


def logarithm(argument: Expr, pieces: Pieces) -> Value:
    """The logarithm of a number, products over an index taken apart."""
    rest: list[Expr] = []
    total = Value({})
    for factor in sympy.Mul.make_args(argument):
        base, exponent = factor.as_base_exp()
        if base in pieces.products:
            body, summed = pieces.products[base]
            total = total + summed(body) * Value.of(exponent)
        elif base in pieces.positive:
            total = total + Value.of(exponent * sympy.log(base))
        else:
            rest.append(factor)
    left = sympy.Mul(*rest)
    return total if left == 1 else total + Value.of(sympy.log(left))
