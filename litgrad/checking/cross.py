r"""Cross products: vectors of three dimensions, compared component by component."""

from collections.abc import Iterator
from dataclasses import field

import sympy
from sympy import Expr, ImmutableDenseMatrix, Symbol

from litgrad.checking.normal_form import equal
from litgrad.checking.verdicts import Judgement, Verdict
from litgrad.latex.tree import Fraction, Grouped, Juxtaposed, Node, Number, Product, Scripted, Sign, Sum, walk
from litgrad.meaning.names import name_of, vector_style
from litgrad.meaning.statements import Statements, Step
from litgrad.meaning.tensors.dims import is_unknown
from litgrad.meaning.tensors.model import Form, Tensors
from litgrad.meaning.tensors.naming import is_nought, tensor_name
from litgrad.records import dataclass

_NORMS = frozenset([r"\|", r"\lVert", r"\Vert", "|", r"\lvert"])
_ROUND = frozenset(["(", "[", "{"])
_DOTS = frozenset([r"\cdot"])
_CROSS = r"\times"
Value = Expr | ImmutableDenseMatrix


class _NoComponents(Exception):
    """A piece that is neither a number nor a vector of three components."""


def judge_cross(step: Step, statements: Statements) -> Judgement | None:
    """Prove a step with cross products; nothing is refuted here.

    Takes the step and all statements of its post. Gives None where it has no cross product of vectors, or no
    proof is found.
    """
    left, right = step.left.node, step.right.node
    if left is None or right is None or not (_has_cross(left) or _has_cross(right)):
        return None
    reader = _Components(statements.tensors)
    try:
        sides = reader.of(left), reader.of(right)
        pairs = list(_pairs(*sides))
    except _NoComponents:
        return None
    if not reader.crossed or not all(equal(one, other, ()) for one, other in pairs):
        return None
    return Judgement(Verdict.PROVED, "equal in every component", rule="cross product")


def _has_cross(node: Node) -> bool:
    return any(isinstance(one, Product) and any(s.symbol == _CROSS for s in one.signs) for one in walk(node))


def _pairs(left: Value, right: Value) -> Iterator[tuple[Expr, Expr]]:
    """The components to compare; 0 alone is the vector of zeros."""
    if isinstance(left, ImmutableDenseMatrix) and right == 0:
        right = sympy.zeros(3, 1).as_immutable()
    if isinstance(left, ImmutableDenseMatrix) != isinstance(right, ImmutableDenseMatrix):
        raise _NoComponents
    if isinstance(left, ImmutableDenseMatrix) and isinstance(right, ImmutableDenseMatrix):
        yield from zip(left, right, strict=True)
    elif isinstance(left, Expr) and isinstance(right, Expr):
        yield left, right


@dataclass(slots=True)
class _Components:
    """Reads the sides of one step."""

    tensors: Tensors
    crossed: bool = field(default=False)
    """Whether two vectors were multiplied."""

    def of(self, node: Node) -> Value:
        """The components of a vector, or a number."""
        name = tensor_name(node)
        if name is not None:
            return self._named(name, node)
        match node:
            case Number(text=text):
                return sympy.Rational(text)
            case Sum(terms=terms, signs=signs):
                return self._sum(terms, signs)
            case Product(factors=factors, signs=signs):
                return self._product(factors, tuple(sign.symbol for sign in signs))
            case Juxtaposed(factors=factors):
                return self._side_by_side(factors)
            case Grouped(open=sign, body=body) if sign.symbol in _ROUND:
                return self.of(body)
            case Grouped(open=sign, body=body) if sign.symbol in _NORMS:
                inner = self.of(body)
                return (
                    sympy.sqrt(inner.dot(inner))
                    if isinstance(inner, ImmutableDenseMatrix)
                    else sympy.Abs(inner)
                )
            case Fraction(numerator=above, denominator=below):
                return self._multiplied(self.of(above), 1 / self._number(below))
            case Scripted(base=base, sub=None, sup=Number(text=text)) if not node.primes:
                return self._number(base) ** sympy.Rational(text)
        if is_nought(node):
            return sympy.zeros(3, 1).as_immutable()
        raise _NoComponents

    def _number(self, node: Node) -> Expr:
        value = self.of(node)
        if isinstance(value, ImmutableDenseMatrix):
            raise _NoComponents
        return value

    def _named(self, name: str, node: Node) -> Value:
        form, shape = self.tensors.forms.get(name), self.tensors.shapes.get(name, ())
        if form is Form.COLUMN or (form is None and vector_style(node)):
            if shape and shape[0] != 3 and not is_unknown(shape[0]):
                raise _NoComponents
            return ImmutableDenseMatrix([Symbol(f"{name}_{at}", real=True) for at in (1, 2, 3)])
        if form not in (None, Form.SCALAR) or name_of(node) is None:
            raise _NoComponents
        return Symbol(name, real=True)

    def _sum(self, terms: tuple[Node, ...], signs: tuple[Sign | None, ...]) -> Value:
        total: Value | None = None
        for term, sign in zip(terms, signs, strict=True):
            if sign is not None and sign.symbol not in ("+", "-"):
                raise _NoComponents
            value = self.of(term) * (-1 if sign is not None and sign.symbol == "-" else 1)
            total = value if total is None else _added(total, value)
        assert total is not None
        return total

    def _product(self, factors: tuple[Node, ...], signs: tuple[str, ...]) -> Value:
        """Factors in the order in which they stand: `a \\cdot b \\times c` can only be one thing."""
        values = [self.of(factor) for factor in factors]
        marks = list(signs)
        while _CROSS in marks:
            at = marks.index(_CROSS)
            values[at : at + 2] = [self._crossed(values[at], values[at + 1], several=marks.count(_CROSS) > 1)]
            del marks[at]
        total = values[0]
        for mark, value in zip(marks, values[1:], strict=True):
            if mark not in _DOTS | {"*"}:
                raise _NoComponents
            total = _dotted(total, value)
        return total

    def _crossed(self, left: Value, right: Value, *, several: bool) -> Value:
        vectors = isinstance(left, ImmutableDenseMatrix) and isinstance(right, ImmutableDenseMatrix)
        if several or not vectors:
            raise _NoComponents
        self.crossed = True
        return left.cross(right)

    def _side_by_side(self, factors: tuple[Node, ...]) -> Value:
        total = self.of(factors[0])
        for factor in factors[1:]:
            total = self._multiplied(total, self.of(factor))
        return total

    def _multiplied(self, left: Value, right: Value) -> Value:
        if isinstance(left, ImmutableDenseMatrix) and isinstance(right, ImmutableDenseMatrix):
            raise _NoComponents
        return right * left if isinstance(right, ImmutableDenseMatrix) else left * right


def _added(left: Value, right: Value) -> Value:
    if isinstance(left, ImmutableDenseMatrix) and isinstance(right, ImmutableDenseMatrix):
        return left + right
    if isinstance(left, ImmutableDenseMatrix) or isinstance(right, ImmutableDenseMatrix):
        raise _NoComponents
    return left + right


def _dotted(left: Value, right: Value) -> Value:
    """The dot product of two vectors; with a number a multiple."""
    if isinstance(left, ImmutableDenseMatrix) and isinstance(right, ImmutableDenseMatrix):
        return left.dot(right)
    return left * right if isinstance(left, ImmutableDenseMatrix) else right * left
