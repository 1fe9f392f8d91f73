"""A tree to a value in which every piece that has no meaning stands for itself."""

from collections.abc import Mapping
from dataclasses import field

import sympy
from sympy import Expr

from litgrad.checking.unread import operators
from litgrad.checking.unread.spelling import (
    is_expectation,
    letters_in,
    must_be_number,
    spelled,
)
from litgrad.checking.unread.values import NoValue, Pieces, Value
from litgrad.latex.tree import (
    Annotated,
    Array,
    Empty,
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
    Root,
    Scripted,
    Styled,
    Sum,
    Text,
    Unreadable,
    walk,
)
from litgrad.meaning import calls, derivatives, large
from litgrad.meaning.names import (
    Scope,
    bracket_of,
    is_bracketed,
    is_leibniz,
    is_transpose,
    name_of,
    vector_style,
)
from litgrad.meaning.tensors.model import Form
from litgrad.meaning.tensors.naming import tensor_name
from litgrad.records import dataclass

_TIMES = frozenset([r"\cdot", r"\times", "*"])
_PLAIN = frozenset(["(", "[", "{", r"\{"])
_BARS = frozenset(["|", r"\vert", r"\lvert", r"\|", r"\Vert", r"\lVert"])
_LARGEST_POWER = 20
_OPEN = frozenset([r"\pm", r"\mp", r"\infty", r"\dots", r"\ldots", r"\cdots", r"\vdots", r"\ddots"])
"""What has no value of its own."""
_MAYBE_IMAGINARY = frozenset(["i", "j"])


@dataclass(slots=True)
class Reader:
    """Reads the two sides of one step."""

    scope: Scope
    forms: Mapping[str, Form] | None
    """The forms of the post's names; None for a post of single numbers."""
    numbers: frozenset[str] = frozenset()
    """Names that stand where only a number can."""
    random: frozenset[str] | None = None
    """The letters of random names, where the post takes means of some."""
    pieces: Pieces = field(default_factory=Pieces)

    # -------------------------------- sums and products --------------------------------

    def value(self, node: Node) -> Value:
        """The value of a tree; raises NoValue."""
        match node:
            case Number(text=text):
                return Value.of(sympy.Rational(text) if len(text) < _LARGEST_POWER else self._refused())
            case Sum():
                return self._sum(node)
            case Product():
                return self._product(node)
            case Juxtaposed(factors=factors):
                return self.side_by_side(factors)
            case Fraction():
                return self._fraction(node)
            case Root(degree=None, radicand=radicand):
                return self._root(radicand)
            case Grouped():
                return self._grouped(node)
            case Annotated(body=body):
                return self.value(body)
            case Scripted() if not isinstance(node.base, (Operator, Empty)):
                return self._scripted(node)
        return self.as_it_stands(node)

    def _refused(self) -> Expr:
        raise NoValue

    def _sum(self, node: Sum) -> Value:
        joined = large.over_later_terms(node) or large.regrouped(node) or calls.with_signed_arguments(node)
        total = Value({})
        for term, sign in zip(joined.terms, joined.signs, strict=True):
            symbol = sign.symbol if sign is not None else "+"
            if symbol not in ("+", "-"):
                raise NoValue
            total = total + self.value(term) * Value.of(sympy.Integer(-1 if symbol == "-" else 1))
        return total

    def _product(self, node: Product) -> Value:
        if is_leibniz(node):
            return self.as_it_stands(node)
        spread = large.spread(node)
        if spread is not None:
            return self.value(spread)
        total = self.value(node.factors[0])
        for sign, before, factor in zip(node.signs, node.factors, node.factors[1:], strict=False):
            if sign.symbol in _TIMES:
                total = self._times(total, sign.symbol, factor, before)
            elif sign.symbol == "/":
                total = total * self._over(self.value(factor))
            else:
                return self.as_it_stands(node)
        return total

    def _times(self, left: Value, sign: str, factor: Node, before: Node) -> Value:
        """The product; dot and cross products of vectors distribute and do not associate."""
        right = self.value(factor)
        if left.scalar is not None or right.scalar is not None or sign == "*":
            return left * right
        if sign == r"\cdot" and (self._is_matrix(factor) or self._is_matrix(before)):
            return left * right
        first, middle, last = (self.pieces.word(mark, ()) for mark in ("<", sign, ">"))
        return first * left * middle * right * last

    def _is_matrix(self, node: Node) -> bool:
        name = tensor_name(node)
        return name is not None and (self.forms or {}).get(name) is Form.MATRIX

    def side_by_side(self, factors: tuple[Node, ...]) -> Value:
        """The product of factors, calls and operators taken together first."""
        total, rest = Value.of(sympy.Integer(1)), factors
        while rest:
            value, rest = self._leading(rest)
            total = total * value
        return total

    def _leading(self, factors: tuple[Node, ...]) -> tuple[Value, tuple[Node, ...]]:
        """The value of the first factor with all that it applies to, and the factors left."""
        head, rest = factors[0], factors[1:]
        if isinstance(head, Letter) and head.name in ("!", "d", r"\partial"):
            raise NoValue
        if large.reaches(head):
            return operators.reaching(self, head, rest), ()
        base = head.base if isinstance(head, Scripted) else head
        if isinstance(base, Operator):
            return operators.named_function(self, head, base, rest)
        if isinstance(base, Letter) and base.name == r"\nabla":
            return operators.nabla(self, head, rest)
        if rest and is_bracketed(rest[0]) and is_expectation(head):
            return operators.expectation(self, head, rest[0]), rest[1:]
        if is_leibniz(head) and derivatives.is_operator(head):
            return operators.differentiated(self, head, rest)
        if rest and is_bracketed(rest[0]) and operators.is_call(self, head, bracket_of(rest[0])):
            return operators.call(self, head, rest[0]), rest[1:]
        return self.value(head), rest

    def _fraction(self, node: Fraction) -> Value:
        if is_leibniz(node):
            return operators.leibniz(self, node)
        if "binom" in node.command:
            return self.as_it_stands(node)
        return self.value(node.numerator) * self._over(self.value(node.denominator))

    def _over(self, below: Value) -> Value:
        number = below.scalar
        if number == 0:
            raise NoValue
        if number is not None:
            return Value.of(1 / number)
        letters = frozenset[str]().union(
            *(self.pieces.letters_of(one, word) for word, one in below.terms.items())
        )
        return Value.of(1 / self.pieces.scalar(f"({below.key()})", letters))

    def _root(self, radicand: Node) -> Value:
        number = self.value(radicand).scalar
        if number is None:
            raise NoValue
        return Value.of(sympy.sqrt(number))

    # -------------------------------- brackets and scripts --------------------------------

    def _grouped(self, node: Grouped) -> Value:
        if isinstance(node.body, (Listed, Related, Empty)) or node.open.symbol not in _PLAIN | _BARS:
            return self.as_it_stands(node)
        if node.open.symbol in _PLAIN:
            return self.value(node.body)
        key = f"|{self.value(node.body).key()}|"
        double = node.open.symbol not in ("|", r"\vert", r"\lvert")
        return Value.of(self.pieces.scalar(f"|{key}|" if double else key, letters_in(node)))

    def _scripted(self, node: Scripted) -> Value:
        bare = Scripted(node.span, node.base, node.sub, None, node.primes)
        plain: Node = node.base if node.sub is None and not node.primes else bare
        if node.sup is None or _is_name(node):
            return self.as_it_stands(node)
        if is_transpose(node):
            return self.value(plain).transposed()
        if node.base == Letter(node.base.span, "e") and node.sub is None and not node.primes:
            return self._exponential(node.sup)
        return self._power(node, plain, node.sup)

    def _exponential(self, sup: Node) -> Value:
        exponent = self.value(sup).scalar
        if exponent is None:
            raise NoValue
        return Value.of(sympy.exp(exponent))

    def _power(self, node: Scripted, plain: Node, sup: Node) -> Value:
        exponent = self._exponent(sup)
        is_index = exponent is None or (_is_name(plain) and not exponent.is_number)
        base = None if is_index else self.value(plain).scalar
        if base is None or exponent is None:
            return self.as_it_stands(node)
        if (
            base.is_number
            and exponent.is_number
            and not (exponent.is_Rational and abs(exponent) < _LARGEST_POWER)
        ):
            raise NoValue
        return Value.of(base**exponent)

    def _exponent(self, sup: Node) -> Expr | None:
        if any(isinstance(node, (Listed, Related, Text)) or _is_mark(node) for node in walk(sup)):
            return None
        return self.value(sup).scalar

    # -------------------------------- as it stands --------------------------------

    def as_it_stands(self, node: Node) -> Value:
        """A piece that stands for itself: a number where it must be one, else what may not commute."""
        if any(isinstance(inner, (Unreadable, Empty)) or _is_mark(inner) for inner in walk(node)):
            raise NoValue
        if isinstance(node, Letter) and node.name in _MAYBE_IMAGINARY - self.scope.defined:
            raise NoValue
        if isinstance(node, (Listed, Related, Operator)):
            raise NoValue
        key, letters = spelled(node), letters_in(node)
        if self._is_number(node):
            return Value.of(self._symbol(key, letters))
        return self.pieces.word(key, letters)

    def _symbol(self, key: str, letters: frozenset[str]) -> Expr:
        return (
            sympy.pi
            if key == r"\pi" and r"\pi" not in self.scope.defined
            else self.pieces.scalar(key, letters)
        )

    def _is_number(self, node: Node) -> bool:
        name = tensor_name(node)
        if isinstance(node, Array) or (name is not None and vector_style(node)):
            return False
        if self.forms is None:
            return not isinstance(node, (Grouped, Styled))
        if name is not None and name in self.forms:
            return self.forms[name] is Form.SCALAR
        return name in self.numbers


def _is_name(node: Node) -> bool:
    return name_of(node) is not None or tensor_name(node) is not None


def _is_mark(node: Node) -> bool:
    """Dots, and signs that stand for two values."""
    return isinstance(node, Letter) and node.name in _OPEN


def names_of_numbers(nodes: tuple[Node, ...]) -> frozenset[str]:
    """The names that stand where only a number can: under a root or a line, in an exponent."""
    return frozenset(name for node in nodes for inner in walk(node) for name in must_be_number(inner))
