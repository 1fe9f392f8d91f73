"""SymPy expressions as readable Python text, with the value of every piece by its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from litgrad.codegen.special import HELPERS, Expm1, Log1p, Sigmoid
from litgrad.codegen.stability import factors_of, terms_of
from litgrad.meaning.forms import name_of

ADD, MUL, UNARY, POWER, ATOM = range(5)
"""Precedences, loosest first."""


class Unprintable(Exception):
    """An expression that has no NumPy text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Python text and the values of its parts: (start, end, expression)."""

    text: str
    links: tuple[tuple[int, int, Expr], ...] = ()
    precedence: int = ATOM

    def within(self, outer: int) -> "Piece":
        """In parentheses where the surroundings bind tighter."""
        if self.precedence >= outer:
            return self
        return Piece.join("(", self, ")")

    @staticmethod
    def join(*parts: "str | Piece", precedence: int = ATOM) -> "Piece":
        """Texts and pieces one after another."""
        text, links = "", []
        for part in parts:
            if isinstance(part, Piece):
                links.extend((start + len(text), end + len(text), expr) for start, end, expr in part.links)
                text += part.text
            else:
                text += part
        return Piece(text, tuple(links), precedence)


_NUMPY: dict[type, str] = {
    sympy.exp: "np.exp", sympy.log: "np.log", sympy.sin: "np.sin", sympy.cos: "np.cos", sympy.tan: "np.tan",
    sympy.asin: "np.arcsin", sympy.acos: "np.arccos", sympy.atan: "np.arctan", sympy.sinh: "np.sinh",
    sympy.cosh: "np.cosh", sympy.tanh: "np.tanh", sympy.asinh: "np.arcsinh", sympy.acosh: "np.arccosh",
    sympy.atanh: "np.arctanh", sympy.Abs: "np.abs", sympy.sign: "np.sign", Log1p: "np.log1p", Expm1: "np.expm1",
}  # fmt: skip
_RECIPROCALS: dict[type, str] = {sympy.cot: "np.tan", sympy.sec: "np.cos", sympy.csc: "np.sin", sympy.coth: "np.tanh"}
_FOLDED: dict[type, str] = {sympy.Max: "np.maximum", sympy.Min: "np.minimum"}
_CONSTANTS: dict[Expr, str] = {sympy.pi: "np.pi", sympy.E: "np.e"}


@dataclass(slots=True)
class Printer:
    """Prints expressions; remembers which helpers the text needs."""

    name: Callable[[str], str]
    """LaTeX name to Python name."""
    sigmoid: str | None = None
    """The post's own name of the sigmoid, as a Python name."""
    helpers: set[type] = field(default_factory=set)
    known: Mapping[Expr, object] = field(default_factory=dict)
    """Expressions that the post contains; others get no link."""

    def piece(self, expr: Expr) -> Piece:
        """The text of an expression; raises Unprintable."""
        printed = self._piece(expr)
        if self.known and expr not in self.known:
            return printed
        return Piece(printed.text, (*printed.links, (0, len(printed.text), expr)), printed.precedence)

    def _piece(self, expr: Expr) -> Piece:
        if isinstance(expr, Symbol):
            return Piece(self.name(expr.name))
        if expr.is_Integer:
            return Piece(str(int(expr)), precedence=ATOM if expr >= 0 else UNARY)
        if expr.is_Rational:
            return self._rational(expr)
        if isinstance(expr, sympy.Add):
            return self._sum(terms_of(expr))
        if isinstance(expr, sympy.Mul):
            return self._product(expr)
        if isinstance(expr, sympy.Pow):
            return self._power(expr)
        if expr in _CONSTANTS:
            return Piece(_CONSTANTS[expr])
        return self._call(expr)

    def _rational(self, number: Expr) -> Piece:
        if number.q in (2, 4, 5, 8, 10, 16, 20, 25, 40, 50, 100, 1000):
            text = repr(int(number.p) / int(number.q))
            return Piece(text, precedence=ATOM if number >= 0 else UNARY)
        return Piece(f"{int(number.p)} / {int(number.q)}", precedence=MUL)

    def _sum(self, terms: list[Expr]) -> Piece:
        parts: list[str | Piece] = [self.piece(terms[0]).within(ADD)]
        for term in terms[1:]:
            positive = _without_minus(term)
            if positive is None:
                parts += [" + ", self.piece(term).within(MUL)]
            else:
                parts += [" - ", self.piece(positive).within(MUL)]
        return Piece.join(*parts, precedence=ADD)

    def _product(self, product: Expr) -> Piece:
        positive = _without_minus(product)
        if positive is not None:
            return Piece.join("-", self.piece(positive).within(MUL), precedence=UNARY)
        above, below = _halves(factors_of(product))
        parts: list[str | Piece] = []
        for factor in above or [sympy.Integer(1)]:
            parts += [" * "] if parts else []
            parts.append(self.piece(factor).within(MUL if not parts else UNARY))
        if len(below) == 1:
            parts += [" / ", self.piece(below[0]).within(POWER)]
        elif below:
            divisor = [part for factor in below for part in (" * ", self.piece(factor).within(UNARY))][1:]
            parts += [" / (", *divisor, ")"]
        return Piece.join(*parts, precedence=MUL)

    def _power(self, power: Expr) -> Piece:
        base, exponent = power.base, power.exp
        if base is sympy.E:
            return self._call(sympy.exp(exponent, evaluate=False))
        if exponent == sympy.Rational(1, 2):
            return Piece.join("np.sqrt(", self.piece(base), ")")
        if exponent.is_Integer and exponent < 0:
            below = base if exponent == -1 else sympy.Pow(base, -exponent, evaluate=False)
            return Piece.join("1 / ", self.piece(below).within(POWER), precedence=MUL)
        if exponent == sympy.Rational(-1, 2):
            return Piece.join("1 / np.sqrt(", self.piece(base), ")", precedence=MUL)
        return Piece.join(self.piece(base).within(ATOM), "**", self.piece(exponent).within(ATOM), precedence=POWER)

    def _call(self, expr: Expr) -> Piece:
        head = expr.func
        if head in _FOLDED:
            return self._folded(_FOLDED[head], list(expr.args))
        if head in _RECIPROCALS:
            return Piece.join(f"1 / {_RECIPROCALS[head]}(", self.piece(expr.args[0]), ")", precedence=MUL)
        arguments = [self.piece(argument) for argument in expr.args]
        listed = [part for argument in arguments for part in (", ", argument)][1:]
        return Piece.join(f"{self._name(expr)}(", *listed, ")")

    def _name(self, expr: Expr) -> str:
        head = expr.func
        if head in _NUMPY:
            return _NUMPY[head]
        if head is Sigmoid and self.sigmoid:
            return self.sigmoid
        if head in HELPERS:
            self.helpers.add(head)
            return HELPERS[head].name
        if isinstance(expr, AppliedUndef):
            return self.name(name_of(expr))
        raise Unprintable(f"{head.__name__} has no NumPy form here")

    def _folded(self, name: str, arguments: list[Expr]) -> Piece:
        result = self.piece(arguments[0])
        for argument in arguments[1:]:
            result = Piece.join(f"{name}(", result, ", ", self.piece(argument), ")")
        return result


def _without_minus(expr: Expr) -> Expr | None:
    """What follows a minus sign, where the expression begins with one."""
    if expr.is_Rational and expr < 0:
        return -expr
    if not isinstance(expr, sympy.Mul):
        return None
    factors = factors_of(expr)
    for index, factor in enumerate(factors):
        if factor.is_Rational and factor < 0:
            rest = factors[:index] + ([] if factor == -1 else [-factor]) + factors[index + 1 :]
            return _same_product(expr, rest)
    return None


def _same_product(expr: Expr, factors: list[Expr]) -> Expr:
    """A product of factors; where only one argument is left, that argument, so that links keep it."""
    if len(factors) == 1:
        return factors[0]
    for argument in expr.args:
        if isinstance(argument, sympy.Mul) and factors_of(argument) == factors:
            return argument
    return sympy.Mul(*factors, evaluate=False)


def _halves(factors: list[Expr]) -> tuple[list[Expr], list[Expr]]:
    """What stands above and below the fraction line."""
    above: list[Expr] = []
    below: list[Expr] = []
    for factor in factors:
        if isinstance(factor, sympy.Pow) and factor.exp.is_Integer and factor.exp < 0 and factor.base is not sympy.E:
            below.append(factor.base if factor.exp == -1 else sympy.Pow(factor.base, -factor.exp, evaluate=False))
        elif factor.is_Rational and factor.p == 1 and factor.q != 1:
            below.append(sympy.Integer(factor.q))
        else:
            above.append(factor)
    return above, below
