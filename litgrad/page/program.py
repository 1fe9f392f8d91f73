"""Formulas as short programs that NumPy here and a script on the page run alike: `x 1 +` for `x + 1`."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy import Expr, Symbol

from litgrad.codegen.special import Expm1, Log1p, Logaddexp, Sigmoid, Softplus, Xlog1py, Xlogy
from litgrad.records import dataclass

Values = NDArray[np.float64]

_LONGEST = 400
"""Words of a program; a longer formula is not evaluated on the page."""


class NoProgram(Exception):
    """A formula with operations that the page does not have."""


@dataclass(frozen=True, slots=True)
class Program:
    """Words in the order of a stack machine: numbers, `$0` for the first input, names of operations."""

    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words with spaces between."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Operation:
    """A word that takes values from the stack and puts one back."""

    arity: int
    compute: Callable[..., Any]


def _softplus(u: Values) -> Values:
    return np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u)))


def _sigmoid(u: Values) -> Values:
    e = np.exp(-np.abs(u))
    return np.where(u >= 0, 1, e) / (1 + e)


def _limited(function: Callable[[Values], Values]) -> Callable[[Values, Values], Values]:
    """A product with a logarithm, 0 where the factor is 0."""
    return lambda x, y: np.where(np.equal(x, 0), 0, x * function(y))


OPERATIONS: dict[str, Operation] = {
    "+": Operation(2, np.add), "-": Operation(2, np.subtract), "*": Operation(2, np.multiply),
    "/": Operation(2, np.divide), "^": Operation(2, np.power), "neg": Operation(1, np.negative),
    "exp": Operation(1, np.exp), "log": Operation(1, np.log), "sqrt": Operation(1, np.sqrt),
    "sin": Operation(1, np.sin), "cos": Operation(1, np.cos), "tan": Operation(1, np.tan),
    "asin": Operation(1, np.arcsin), "acos": Operation(1, np.arccos), "atan": Operation(1, np.arctan),
    "sinh": Operation(1, np.sinh), "cosh": Operation(1, np.cosh), "tanh": Operation(1, np.tanh),
    "asinh": Operation(1, np.arcsinh), "acosh": Operation(1, np.arccosh), "atanh": Operation(1, np.arctanh),
    "abs": Operation(1, np.abs), "sign": Operation(1, np.sign),
    "step": Operation(1, lambda u: np.heaviside(u, 0.5)),
    "max": Operation(2, np.maximum), "min": Operation(2, np.minimum),
    "log1p": Operation(1, np.log1p), "expm1": Operation(1, np.expm1), "logaddexp": Operation(2, np.logaddexp),
    "sigmoid": Operation(1, _sigmoid), "softplus": Operation(1, _softplus),
    "xlogy": Operation(2, _limited(np.log)), "xlog1py": Operation(2, _limited(np.log1p)),
}  # fmt: skip
"""Every operation; `litgrad.js` has one of the same name for each."""

CALLS: dict[type, str] = {
    sympy.exp: "exp", sympy.log: "log", sympy.sin: "sin", sympy.cos: "cos", sympy.tan: "tan",
    sympy.asin: "asin", sympy.acos: "acos", sympy.atan: "atan", sympy.sinh: "sinh", sympy.cosh: "cosh",
    sympy.tanh: "tanh", sympy.asinh: "asinh", sympy.acosh: "acosh", sympy.atanh: "atanh", sympy.Abs: "abs",
    sympy.sign: "sign", sympy.Max: "max", sympy.Min: "min", Log1p: "log1p", Expm1: "expm1",
    Logaddexp: "logaddexp", Sigmoid: "sigmoid", Softplus: "softplus", Xlogy: "xlogy", Xlog1py: "xlog1py",
}  # fmt: skip
RECIPROCALS: dict[type, str] = {sympy.cot: "tan", sympy.sec: "cos", sympy.csc: "sin", sympy.coth: "tanh"}
CONSTANTS: dict[Expr, float] = {sympy.pi: math.pi, sympy.E: math.e}


def program_of(expr: Expr, inputs: Sequence[Symbol]) -> Program:
    """The program of an expression in its inputs; raises NoProgram.

    >>> x = Symbol("x", real=True)
    >>> program_of(1 / (1 + sympy.exp(-x)), [x]).text
    '1 1 $0 neg exp + /'
    """
    words: list[str] = []
    for word in _words(expr, {symbol: f"${index}" for index, symbol in enumerate(inputs)}):
        words.append(word)
        if len(words) > _LONGEST:
            raise NoProgram
    return Program(tuple(words))


def run(program: Program, inputs: Sequence[Values]) -> Values:
    """The values of a program; nan where there is none, infinite at poles."""
    shape = np.broadcast_shapes(*(np.shape(each) for each in inputs)) if inputs else ()
    stack: list[Any] = []
    with np.errstate(all="ignore"):
        for word in program.words:
            operation = OPERATIONS.get(word)
            if operation is None:
                stack.append(inputs[int(word[1:])] if word[0] == "$" else np.float64(word))
            else:
                given = stack[-operation.arity :]
                stack[-operation.arity :] = [operation.compute(*given)]
    return np.broadcast_to(stack[0], shape).astype(np.float64)


def value_at(program: Program, inputs: Sequence[float]) -> float:
    """The value of a program at one point."""
    return float(run(program, [np.asarray(number, dtype=np.float64) for number in inputs]))


# -------------------------------- words --------------------------------


def _words(expr: Expr, inputs: dict[Symbol, str]) -> Iterator[str]:
    if isinstance(expr, Symbol):
        if expr not in inputs:
            raise NoProgram
        yield inputs[expr]
    elif expr.is_Rational:
        yield from _ratio(int(expr.p), int(expr.q))
    elif expr.is_Float or expr in CONSTANTS:
        yield repr(float(CONSTANTS.get(expr, expr)))
    elif expr.is_Add:
        yield from _chained(expr.args, "+", inputs)
    elif expr.is_Mul:
        yield from _product(expr, inputs)
    elif expr.is_Pow:
        yield from _power(expr, inputs)
    else:
        yield from _call(expr, inputs)


def _ratio(above: int, below: int) -> Iterator[str]:
    if max(abs(above), below) > 2**53:
        raise NoProgram
    yield str(above)
    if below != 1:
        yield from (str(below), "/")


def _chained(parts: Sequence[Expr], word: str, inputs: dict[Symbol, str]) -> Iterator[str]:
    """Several parts joined by an operation of two."""
    for index, part in enumerate(parts):
        yield from _words(part, inputs)
        if index:
            yield word


def _product(product: Expr, inputs: dict[Symbol, str]) -> Iterator[str]:
    below = [factor for factor in product.args if _is_divisor(factor)]
    above = [factor for factor in product.args if factor not in below and factor != -1]
    yield from _chained(above or [sympy.Integer(1)], "*", inputs)
    for factor in below:
        yield from _words(_divisor(factor), inputs)
        yield "/"
    if product.args.count(sympy.Integer(-1)) % 2:
        yield "neg"


def _is_divisor(factor: Expr) -> bool:
    return bool(factor.is_Pow and factor.base is not sympy.E and factor.exp.is_Rational and factor.exp < 0)


def _divisor(factor: Expr) -> Expr:
    return factor.base if factor.exp == -1 else sympy.Pow(factor.base, -factor.exp, evaluate=False)


def _power(power: Expr, inputs: dict[Symbol, str]) -> Iterator[str]:
    if power.base is sympy.E:
        yield from (*_words(power.exp, inputs), "exp")
    elif _is_divisor(power):
        yield from ("1", *_words(_divisor(power), inputs), "/")
    elif power.exp == sympy.Rational(1, 2):
        yield from (*_words(power.base, inputs), "sqrt")
    else:
        yield from (*_words(power.base, inputs), *_words(power.exp, inputs), "^")


def _call(expr: Expr, inputs: dict[Symbol, str]) -> Iterator[str]:
    head = expr.func
    if head in RECIPROCALS:
        yield from ("1", *_words(expr.args[0], inputs), RECIPROCALS[head], "/")
    elif isinstance(expr, sympy.Heaviside) and expr.args[-1] == sympy.Rational(1, 2):
        yield from (*_words(expr.args[0], inputs), "step")
    elif head in (sympy.Max, sympy.Min):
        yield from _chained(expr.args, CALLS[head], inputs)
    elif head in CALLS and len(expr.args) == OPERATIONS[CALLS[head]].arity:
        for argument in expr.args:
            yield from _words(argument, inputs)
        yield CALLS[head]
    else:
        raise NoProgram
