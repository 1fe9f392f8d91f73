"""Values step by step, each common subterm once."""

from collections.abc import Mapping, Sequence
from dataclasses import field

import sympy
from sympy import Expr, Symbol

from litgrad.codegen.parts import factors_of, terms_of
from litgrad.codegen.sharing import (
    Top,
    is_alone,
    is_below,
    mirrored,
    shared_sigmoid,
    sign_and_size,
    upside_down,
    with_logaddexp,
    with_positive,
)
from litgrad.codegen.special import (
    Choose,
    Expm1,
    HalfSech,
    Hypot,
    Log1p,
    Logaddexp,
    Ratio,
    Sigmoid,
    Softplus,
    Xlog1py,
    Xlogy,
)
from litgrad.records import dataclass

Operand = int | str
"""A step by its number, or the text of an input or a number."""


class Unfusable(Exception):
    """An expression that has no kernel."""


@dataclass(frozen=True, slots=True)
class Step:
    """One NumPy call on whole blocks."""

    ufunc: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Steps in order, and the ones that hold the results."""

    steps: tuple[Step, ...]
    results: tuple[int, ...]


_UFUNCS: dict[type, str] = {
    sympy.exp: "exp", sympy.log: "log", sympy.sin: "sin", sympy.cos: "cos", sympy.tan: "tan",
    sympy.asin: "arcsin", sympy.acos: "arccos", sympy.atan: "arctan", sympy.sinh: "sinh",
    sympy.cosh: "cosh", sympy.tanh: "tanh", sympy.asinh: "arcsinh", sympy.acosh: "arccosh",
    sympy.atanh: "arctanh", sympy.Abs: "absolute", sympy.sign: "sign", Log1p: "log1p", Expm1: "expm1",
    Hypot: "hypot",
}  # fmt: skip
_RECIPROCALS: dict[type, str] = {sympy.cot: "tan", sympy.sec: "cos", sympy.csc: "sin", sympy.coth: "tanh"}
_GUARDED: dict[type, str] = {Xlogy: "x log", Xlog1py: "x log1p", Ratio: "ratio"}
"""What is 0 where its first argument is 0."""


def scheduled(outputs: Sequence[Expr], inputs: Mapping[Symbol, str]) -> Schedule:
    """The steps to some values.

    Takes their formulas, without calls of other functions, and the names of their symbols. Raises Unfusable.
    """
    return written(Writer(inputs, alone=is_alone(outputs)), outputs)


def written(writer: "Writer", outputs: Sequence[Expr]) -> Schedule:
    """The steps to some values by a writer of steps; raises Unfusable."""
    found: list[int] = []
    for expr in outputs:
        result = writer.lower(expr)
        found.append(result if isinstance(result, int) and result not in found else writer.own(result))
    return Schedule(tuple(writer.steps), tuple(found))


@dataclass(slots=True)
class Writer:
    """Takes steps, each once; every step is right for all numbers, the infinite ones included."""

    inputs: Mapping[Symbol, str]
    alone: bool = False
    """The value is a sigmoid, with nothing that its exponential could be shared with."""
    steps: list[Step] = field(default_factory=list)
    known: dict[Step, int] = field(default_factory=dict)

    def step(self, ufunc: str, *operands: Operand) -> int:
        """A step, the same one where it has been taken already."""
        step = Step(ufunc, operands)
        if step not in self.known:
            self.known[step] = len(self.steps)
            self.steps.append(step)
        return self.known[step]

    def own(self, result: Operand) -> int:
        """A copy of a value that is an input, a number, or another output."""
        self.steps.append(Step("positive", (result,)))
        return len(self.steps) - 1

    def lower(self, expr: Expr) -> Operand:
        """The operand that holds the value of an expression."""
        if isinstance(expr, Symbol):
            return self.inputs[expr]
        if isinstance(expr, (sympy.Rational, sympy.Float)) or expr in (sympy.pi, sympy.E):
            return repr(float(expr)).replace("e+", "e") if not expr.is_Integer else str(int(expr))
        if isinstance(expr, sympy.Add):
            return self._sum(expr)
        if isinstance(expr, sympy.Mul):
            return self._product(expr)
        if isinstance(expr, sympy.Pow):
            return self._power(expr)
        return self._call(expr)

    def _sum(self, total: Expr) -> Operand:
        shared = shared_sigmoid(total)
        if shared is not None:
            return self._shared(*shared)
        signed = [sign_and_size(term) for argument in total.args for term in terms_of(argument)]
        signed = with_positive(signed)
        first = next((index for index, (negative, _) in enumerate(signed) if not negative), 0)
        signed.insert(0, signed.pop(first))
        negative, size = signed[0]
        result = self.lower(size)
        result = self.step("negative", result) if negative else result
        for negative, size in signed[1:]:
            result = self.step("subtract" if negative else "add", result, self.lower(size))
        return result

    def _shared(self, size: Expr, above: Expr) -> Operand:
        return self.step("divide", self.lower(above), self.step("add", self._decay(size), "1"))

    def _factors(self, product: Expr) -> list[Expr]:
        return factors_of(product)

    def _product(self, product: Expr) -> Operand:
        negative, size = sign_and_size(product)
        if negative:
            return self.step("negative", self.lower(size))
        above: Operand | None = None
        below: Operand | None = None
        factors = self._factors(product)
        pair = mirrored(factors)
        if pair is not None:
            above = self._slope(pair[0].args[0])
            factors = [factor for factor in factors if factor not in pair]
        for factor in factors:
            if is_below(factor):
                operand = self.lower(upside_down(factor))
                below = operand if below is None else self.step("multiply", below, operand)
            else:
                operand = self.lower(factor)
                above = operand if above is None else self.step("multiply", above, operand)
        above = "1" if above is None else above
        return above if below is None else self.step("divide", above, below)

    def _slope(self, argument: Expr) -> Operand:
        """The product of the sigmoids of u and -u."""
        return self._over_square(self._decay(argument))

    def _over_square(self, power: Operand) -> int:
        return self.step("divide", power, self.step("square", self.step("add", power, "1")))

    def _power(self, power: Expr) -> Operand:
        if power.base is sympy.E:
            return self.step("exp", self.lower(power.exp))
        if is_below(power):
            return self.step("divide", "1", self.lower(upside_down(power)))
        base = self.lower(power.base)
        if power.exp == sympy.Rational(1, 2):
            return self.step("sqrt", base)
        if power.exp == 2:
            return self.step("square", base)
        return self.step("power", base, self.lower(power.exp))

    def _call(self, expr: Expr) -> Operand:
        folded = expr.func in (sympy.Max, sympy.Min)
        arguments = sorted(expr.args, key=lambda each: bool(each.is_Number)) if folded else expr.args
        if expr.func is HalfSech:
            return self._half_sech(expr.args[0])
        if expr.func in (Sigmoid, Top):
            return self._sigmoid(expr.args[0]) if expr.func is Sigmoid else self._top(expr.args[0])
        head, operands = expr.func, [self.lower(argument) for argument in arguments]
        if head in _UFUNCS:
            return self.step(_UFUNCS[head], *operands)
        if head in _RECIPROCALS:
            return self.step("divide", "1", self.step(_RECIPROCALS[head], *operands))
        if folded:
            return self._folded("maximum" if head is sympy.Max else "minimum", operands)
        if head is Softplus:
            tail = self.step("log1p", self._decay(expr.args[0]))
            return self.step("add", self.step("maximum", operands[0], "0"), tail)
        if head is Logaddexp:
            return self._logaddexp(*operands)
        if head in _GUARDED:
            return self.step(_GUARDED[head], *operands)
        if head is Choose:
            return self.step("choose", *operands)
        raise Unfusable(head.__name__)

    def _share(self, negative: bool, both: Logaddexp, more: Expr | None) -> Operand:
        """The sigmoid of `logaddexp(u, v) + w`, or of its negative: without a logarithm.

        With `d = max(u, v) + w` and `s = 1 + exp(-|u - v|)` it is `s exp(d)` over `1 + s exp(d)`, where the
        exponential of -|d| stands on either side.
        """
        u, v = map(self.lower, both.args)
        total = self.step("add", self.step("exp", self._gap(u, v)), "1")
        top = self.step("maximum", u, v)
        distance = top if more is None else self.step("add", top, self.lower(more))
        decay = self.step("exp", self.step("negative", self.step("absolute", distance)))
        sides = self.step("side", distance), decay, distance
        above, below = self.step("multiply", total, self.step("top", *sides)), self.step("bottom", *sides)
        return self.step("divide", below if negative else above, self.step("add", above, below))

    def _gap(self, u: Operand, v: Operand) -> Operand:
        """`-|u - v|`; of two equal infinities the gap is no number, and counts as none."""
        gap = self.step("negative", self.step("absolute", self.step("subtract", u, v)))
        return self.step("fmin", gap, "0")

    def _logaddexp(self, u: Operand, v: Operand) -> Operand:
        """`max(u, v) + log1p(exp(-|u - v|))`, several times as fast as NumPy's own."""
        tail = self.step("log1p", self.step("exp", self._gap(u, v)))
        return self.step("add", self.step("maximum", u, v), tail)

    def _folded(self, ufunc: str, operands: list[Operand]) -> Operand:
        result = operands[0]
        for operand in operands[1:]:
            result = self.step(ufunc, result, operand)
        return result

    def _decay(self, argument: Expr) -> Operand:
        """`exp(-|u|)`, one for u and -u."""
        _, size = sign_and_size(argument)
        return self.step("exp", self.step("negative", self.step("absolute", self.lower(size))))

    def _half_sech(self, argument: Expr) -> Operand:
        """`e / (1 + e**2)` with `e = exp(-|u| / 2)`."""
        size = self.step("absolute", self.lower(sign_and_size(argument)[1]))
        decay = self.step("exp", self.step("multiply", size, "-0.5"))
        return self.step("divide", decay, self.step("add", self.step("square", decay), "1"))

    def _sigmoid(self, argument: Expr) -> Operand:
        """1 or the decay above the line; as it is defined where it stands alone, which underflows early."""
        found = with_logaddexp(argument)
        if found is not None:
            return self._share(*found)
        if self.alone:
            growth = self.step("exp", self.step("negative", self.lower(argument)))
            return self.step("divide", "1", self.step("add", growth, "1"))
        return self.step("divide", self._top(argument), self.step("add", self._decay(argument), "1"))

    def _top(self, argument: Expr) -> Operand:
        """What stands above the line: 1 where the argument is not below 0, else the decay."""
        negative, size = sign_and_size(argument)
        operand = self.lower(size)
        sides = self.step("side", operand), self._decay(size), operand
        return self.step("bottom" if negative else "top", *sides)


def read_by(step: Step, form: str | None) -> list[Operand]:
    """The operands of a step that a form of it reads; all where it has none."""
    return [each for at, each in enumerate(step.operands) if form is None or f"{{{at}}}" in form]
