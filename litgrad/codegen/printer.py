"""SymPy expressions as readable Python text, with the value of every piece by its place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import field

import sympy
from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from litgrad.codegen.numbers import bounded_base, float_text, number_piece
from litgrad.codegen.parts import factors_of, terms_of
from litgrad.codegen.pieces import ADD, ATOM, MUL, POWER, UNARY, Piece, Unprintable, bracketed
from litgrad.codegen.special import HELPERS, Expm1, Hypot, Log1p, Logaddexp, Sigmoid
from litgrad.meaning.cases import Cases
from litgrad.meaning.forms import name_of
from litgrad.records import dataclass

_NUMPY: dict[type, str] = {
    sympy.exp: "np.exp", sympy.log: "np.log", sympy.sin: "np.sin", sympy.cos: "np.cos", sympy.tan: "np.tan",
    sympy.asin: "np.arcsin", sympy.acos: "np.arccos", sympy.atan: "np.arctan", sympy.sinh: "np.sinh",
    sympy.cosh: "np.cosh", sympy.tanh: "np.tanh", sympy.asinh: "np.arcsinh", sympy.acosh: "np.arccosh",
    sympy.atanh: "np.arctanh", sympy.Abs: "np.abs", sympy.sign: "np.sign", Log1p: "np.log1p",
    Expm1: "np.expm1", Logaddexp: "np.logaddexp", Hypot: "np.hypot",
}  # fmt: skip
_RECIPROCALS: dict[type, str] = {
    sympy.cot: "np.tan",
    sympy.sec: "np.cos",
    sympy.csc: "np.sin",
    sympy.coth: "np.tanh",
}
_FOLDED: dict[type, str] = {sympy.Max: "np.maximum", sympy.Min: "np.minimum"}
_CONSTANTS: dict[Expr, str] = {sympy.pi: "np.pi", sympy.E: "np.e"}
_COMPARISONS = {
    sympy.Gt: ">", sympy.Ge: ">=", sympy.Lt: "<", sympy.Le: "<=", sympy.Eq: "==", sympy.Ne: "!=",
}  # fmt: skip
_SIMPLE = re.compile(r"[A-Za-z_][\w.]*|\d+(\.\d+)?(e-?\d+)?")
"""Operands that stand beside `**` without spaces, as ruff formats them."""


@dataclass(frozen=True, slots=True)
class Signature:
    """How a generated function is called."""

    parameters: tuple[Symbol, ...]
    """The post's own: those that a call in a formula gives."""
    more: tuple[Symbol, ...] = ()
    """Further symbols of its formula, which the formula's calls do not write."""


@dataclass(slots=True)
class Printer:
    """Prints expressions; remembers which helpers the text needs."""

    name: Callable[[str], str]
    """LaTeX name to Python name."""
    sigmoid: str | None = None
    """The post's own name of the sigmoid, as a Python name."""
    helpers: set[type] = field(default_factory=set)
    known: Mapping[Expr, Expr] = field(default_factory=dict)
    """What expressions are called in the post; others get no link."""
    signatures: Mapping[str, Signature] = field(default_factory=dict)
    """The functions that may be called, by LaTeX name."""
    hidden: frozenset[str] = frozenset()
    """Python names of parameters and locals, under which no function can be called."""

    def piece(self, expr: Expr) -> Piece:
        """The text of an expression; raises Unprintable."""
        printed = _as_number(expr, self._piece(expr))
        if expr not in self.known:
            return printed
        links = (*printed.links, (0, len(printed.text), self.known[expr]))
        return Piece(printed.text, links, printed.precedence)

    def _piece(self, expr: Expr) -> Piece:
        if isinstance(expr, Symbol):
            return Piece(self.name(expr.name))
        if isinstance(expr, sympy.Rational):
            return number_piece(expr)
        if isinstance(expr, sympy.Float):
            return Piece(float_text(float(expr)))
        if isinstance(expr, sympy.Add):
            return self._sum(terms_of(expr))
        if isinstance(expr, sympy.Mul):
            return self._product(expr)
        if isinstance(expr, sympy.Pow):
            return self._power(expr)
        if expr in _CONSTANTS:
            return Piece(_CONSTANTS[expr])
        return self._call(expr)

    def _sum(self, terms: list[Expr]) -> Piece:
        parts: list[str | Piece] = [self.piece(terms[0]).within(ADD)]
        for term in terms[1:]:
            negative, size = _signed(term)
            parts += [" - " if negative else " + ", self.piece(size).within(MUL)]
        return Piece.join(*parts, precedence=ADD)

    def _product(self, product: Expr) -> Piece:
        negative, size = _signed(product)
        if negative:
            return Piece.join("-", self._behind_minus(size), precedence=UNARY)
        if size is not product:
            return self.piece(size)
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

    def _behind_minus(self, size: Expr) -> Piece:
        """What stands behind a minus sign; a power with spaces comes first only in parentheses."""
        piece = self.piece(size).within(MUL)
        above = _halves(factors_of(size))[0]
        first = self.piece(above[0]) if above else piece
        if first.precedence == POWER and " ** " in first.text:
            return bracketed(piece, len(first.text))
        return piece

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
        if not power.free_symbols:
            base = bounded_base(power)
        below, above = self.piece(base).within(ATOM), self.piece(exponent).within(ATOM)
        sign = "**" if _SIMPLE.fullmatch(below.text) and _SIMPLE.fullmatch(above.text) else " ** "
        return Piece.join(below, sign, above, precedence=POWER)

    def _call(self, expr: Expr) -> Piece:
        head = expr.func
        if head in _FOLDED:
            return self._folded(_FOLDED[head], sorted(expr.args, key=lambda each: bool(each.is_Number)))
        if isinstance(expr, Cases):
            return self._by_cases(expr)
        if head in _RECIPROCALS:
            return Piece.join(f"1 / {_RECIPROCALS[head]}(", self.piece(expr.args[0]), ")", precedence=MUL)
        name, more = self._name(expr)
        arguments = [self.piece(argument) for argument in (*expr.args, *more) if isinstance(argument, Expr)]
        listed = [part for argument in arguments for part in (", ", argument)][1:]
        return Piece.join(f"{name}(", *listed, ")")

    def _by_cases(self, cases: Cases) -> Piece:
        """`np.where`, one in the other; outside of all cases it is NaN."""
        pairs = list(cases.pairs)
        constant = all(value.is_Rational for value, _ in pairs)
        print_ = self._as_float if constant else self.piece
        last = print_(pairs.pop()[0]) if cases.is_whole else Piece("np.nan")
        for value, condition in reversed(pairs):
            parts = (self._condition(condition), ", ", print_(value), ", ", last)
            last = Piece.join("np.where(", *parts, ")")
        return Piece.join(last, "[()]")

    def _as_float(self, number: Expr) -> Piece:
        """A number that makes floats, also where all others are whole."""
        return Piece(float_text(float(number)))

    def _condition(self, condition: Boolean) -> Piece:
        """A comparison, or several in brackets with `&` between."""
        if isinstance(condition, (sympy.And, sympy.Or)):
            sign = " & " if isinstance(condition, sympy.And) else " | "
            held = [part for each in condition.args for part in (sign, "(", self._condition(each), ")")]
            return Piece.join(*held[1:])
        left, right = map(self.piece, condition.args)
        return Piece.join(left, f" {_COMPARISONS[condition.func]} ", right)

    def _name(self, expr: Expr) -> tuple[str, tuple[Symbol, ...]]:
        """What is called for a head, and the arguments that the formula leaves out."""
        head = expr.func
        if head in _NUMPY:
            return _NUMPY[head], ()
        if head is Sigmoid and self.sigmoid and self.sigmoid not in self.hidden:
            return self.sigmoid, ()
        if head in HELPERS:
            self.helpers.add(head)
            return HELPERS[head].name, ()
        if isinstance(expr, AppliedUndef):
            return self._own(expr)
        raise Unprintable(f"{head.__name__} has no NumPy form")

    def _own(self, call: AppliedUndef) -> tuple[str, tuple[Symbol, ...]]:
        """A function of the post."""
        signature = self.signatures.get(name_of(call))
        name = self.name(name_of(call))
        if signature is None or len(signature.parameters) != len(call.args):
            raise Unprintable(f"`{name}` is called and not computed here")
        if name in self.hidden:
            raise Unprintable(f"`{name}` is both a value and a function")
        return name, signature.more

    def _folded(self, name: str, arguments: list[Expr]) -> Piece:
        """`Max` and `Min` of several, two at a time."""
        result = self.piece(arguments[0])
        for argument in arguments[1:]:
            result = Piece.join(f"{name}(", result, ", ", self.piece(argument), ")")
        return result


def _as_number(expr: Expr, piece: Piece) -> Piece:
    """A number of NumPy, which would make float32 wider, as one of Python.

    >>> _as_number(sympy.sqrt(2), Piece("np.sqrt(2)")).text
    'float(np.sqrt(2))'
    """
    called = piece.precedence == ATOM and piece.text.startswith("np.") and piece.text.endswith(")")
    return Piece.join("float(", piece, ")") if called and not expr.free_symbols else piece


def _signed(expr: Expr) -> tuple[bool, Expr]:
    """Whether an expression is written with an odd number of minus signs, and what stands behind them."""
    if isinstance(expr, sympy.Rational):
        return expr < 0, abs(expr)
    factors = factors_of(expr)
    minus = [factor for factor in factors if isinstance(factor, sympy.Rational) and factor < 0]
    if not minus or len(factors) == 1:
        return False, expr
    kept = [abs(factor) if factor in minus else factor for factor in factors if factor != -1]
    return len(minus) % 2 == 1, _same_product(expr, kept or [sympy.Integer(1)])


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
        if (
            isinstance(factor, sympy.Pow)
            and factor.exp.is_Integer
            and factor.exp < 0
            and factor.base is not sympy.E
        ):
            below.append(
                factor.base if factor.exp == -1 else sympy.Pow(factor.base, -factor.exp, evaluate=False)
            )
        elif factor.is_Rational and factor.p == 1 and factor.q != 1:
            below.append(sympy.Integer(factor.q))
        else:
            above.append(factor)
    return above, below
