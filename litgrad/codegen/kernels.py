"""Values step by step, each common subterm once: as NumPy calls into buffers, and as Python for floats."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sympy
from sympy import Expr, Symbol

from litgrad.codegen.special import (
    Choose,
    Expm1,
    Hypot,
    Log1p,
    Logaddexp,
    Ratio,
    Sigmoid,
    Softplus,
    Xlog1py,
    Xlogy,
)
from litgrad.meaning.forms import add, multiply

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
    writer = _Writer(inputs, alone=_is_alone(outputs))
    found: list[int] = []
    for expr in outputs:
        result = writer.lower(expr)
        found.append(result if isinstance(result, int) and result not in found else writer.own(result))
    return Schedule(tuple(writer.steps), tuple(found))


@dataclass(slots=True)
class _Writer:
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
        shared = _shared_sigmoid(total)
        if shared is not None:
            size, above = shared
            return self.step("divide", self.lower(above), self.step("add", self._decay(size), "1"))
        signed = [_signed(term) for argument in total.args for term in _terms(argument)]
        first = next((index for index, (negative, _) in enumerate(signed) if not negative), 0)
        signed.insert(0, signed.pop(first))
        negative, size = signed[0]
        result = self.lower(size)
        result = self.step("negative", result) if negative else result
        for negative, size in signed[1:]:
            result = self.step("subtract" if negative else "add", result, self.lower(size))
        return result

    def _product(self, product: Expr) -> Operand:
        negative, size = _signed(product)
        if negative:
            return self.step("negative", self.lower(size))
        above: Operand | None = None
        below: Operand | None = None
        factors = _factors(product)
        pair = _mirrored(factors)
        if pair is not None:
            decay = self._decay(pair[0].args[0])
            above = self.step("divide", decay, self.step("square", self.step("add", decay, "1")))
            factors = [factor for factor in factors if factor not in pair]
        for factor in factors:
            if _is_below(factor):
                operand = self.lower(_upside_down(factor))
                below = operand if below is None else self.step("multiply", below, operand)
            else:
                operand = self.lower(factor)
                above = operand if above is None else self.step("multiply", above, operand)
        above = "1" if above is None else above
        return above if below is None else self.step("divide", above, below)

    def _power(self, power: Expr) -> Operand:
        if power.base is sympy.E:
            return self.step("exp", self.lower(power.exp))
        if _is_below(power):
            return self.step("divide", "1", self.lower(_upside_down(power)))
        base = self.lower(power.base)
        if power.exp == sympy.Rational(1, 2):
            return self.step("sqrt", base)
        if power.exp == 2:
            return self.step("square", base)
        return self.step("power", base, self.lower(power.exp))

    def _call(self, expr: Expr) -> Operand:
        folded = expr.func in (sympy.Max, sympy.Min)
        arguments = sorted(expr.args, key=lambda each: bool(each.is_Number)) if folded else expr.args
        if expr.func in (Sigmoid, _Top):
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

    def _logaddexp(self, u: Operand, v: Operand) -> Operand:
        """`max(u, v) + log1p(exp(-|u - v|))`, several times as fast as NumPy's own."""
        gap = self.step("absolute", self.step("subtract", u, v))
        tail = self.step("log1p", self.step("exp", self.step("negative", gap)))
        return self.step("add", self.step("maximum", u, v), tail)

    def _folded(self, ufunc: str, operands: list[Operand]) -> Operand:
        result = operands[0]
        for operand in operands[1:]:
            result = self.step(ufunc, result, operand)
        return result

    def _decay(self, argument: Expr) -> Operand:
        """`exp(-|u|)`, one for u and -u."""
        _, size = _signed(argument)
        return self.step("exp", self.step("negative", self.step("absolute", self.lower(size))))

    def _sigmoid(self, argument: Expr) -> Operand:
        """1 or the decay above the line; as it is defined where it stands alone, which underflows early."""
        if self.alone:
            growth = self.step("exp", self.step("negative", self.lower(argument)))
            return self.step("divide", "1", self.step("add", growth, "1"))
        return self.step("divide", self._top(argument), self.step("add", self._decay(argument), "1"))

    def _top(self, argument: Expr) -> Operand:
        """What stands above the line: 1 where the argument is not below 0, else the decay."""
        negative, size = _signed(argument)
        operand = self.lower(size)
        sides = self.step("side", operand), self._decay(size), operand
        return self.step("bottom" if negative else "top", *sides)


class _Top(sympy.Function):
    """What a sigmoid has above the line."""


def _shared_sigmoid(total: Expr) -> tuple[Expr, Expr] | None:
    """Of a sum in which every term has one sigmoid, of u or -u, the u and what stands above one line."""
    terms = [_factors(term) for argument in total.args for term in _terms(argument)]
    sigmoids = [[factor for factor in factors if isinstance(factor, Sigmoid)] for factors in terms]
    if len(terms) < 2 or any(len(found) != 1 for found in sigmoids):
        return None
    sizes = {_signed(found[0].args[0])[1] for found in sigmoids}
    if len(sizes) != 1:
        return None
    above = (
        multiply(*(_Top(*factor.args) if factor is found[0] else factor for factor in factors))
        for factors, found in zip(terms, sigmoids, strict=True)
    )
    return sizes.pop(), add(*above)


def _is_alone(outputs: Sequence[Expr]) -> bool:
    return len(outputs) == 1 and isinstance(outputs[0], Sigmoid) and not outputs[0].args[0].has(Sigmoid)


def _terms(expr: Expr) -> Iterable[Expr]:
    if not isinstance(expr, sympy.Add):
        return [expr]
    return [term for argument in expr.args for term in _terms(argument)]


def _factors(expr: Expr) -> list[Expr]:
    if not isinstance(expr, sympy.Mul):
        return [expr]
    return [factor for argument in expr.args for factor in _factors(argument)]


def _signed(expr: Expr) -> tuple[bool, Expr]:
    """Whether there is an odd number of minus signs in front, and what stands behind them."""
    factors = _factors(expr)
    numbers = [factor for factor in factors if isinstance(factor, sympy.Rational) and factor < 0]
    if not numbers:
        return False, expr
    kept = [-factor if factor in numbers else factor for factor in factors]
    kept = [factor for factor in kept if factor != 1] or [sympy.Integer(1)]
    return len(numbers) % 2 == 1, sympy.Mul(*kept, evaluate=False) if len(kept) > 1 else kept[0]


def _mirrored(factors: list[Expr]) -> tuple[Expr, Expr] | None:
    """`sigmoid(u)` and `sigmoid(-u)`, whose product is `exp(-|u|) / (1 + exp(-|u|))**2`."""
    sigmoids = [factor for factor in factors if isinstance(factor, Sigmoid)]
    for factor in sigmoids:
        for other in sigmoids:
            if (True, factor.args[0]) == _signed(other.args[0]):
                return factor, other
    return None


def _is_below(factor: Expr) -> bool:
    if isinstance(factor, sympy.Pow):
        return bool(factor.exp.is_Rational and factor.exp < 0 and factor.base is not sympy.E)
    return isinstance(factor, sympy.Rational) and factor.p == 1 and factor.q != 1


def _upside_down(factor: Expr) -> Expr:
    if isinstance(factor, sympy.Rational):
        return sympy.Integer(factor.q)
    return factor.base if factor.exp == -1 else sympy.Pow(factor.base, -factor.exp, evaluate=False)


# -------------------------------- as NumPy calls --------------------------------


def kernel_lines(schedule: Schedule) -> tuple[list[str], int]:
    """The lines of a kernel and the number of its buffers `_0`, `_1`, ...

    A buffer is free again after its last use. Writes `out`, or `out[0]`, `out[1]`, ... for several results.
    """
    several = len(schedule.results) > 1
    held = {step: f"out[{at}]" if several else "out" for at, step in enumerate(schedule.results)}
    last = {
        operand: at
        for at, step in enumerate(schedule.steps)
        for operand in _read(step, _TWO_PASSES.get(step.ufunc))
    }
    places: dict[int, str] = {}
    free: list[str] = []
    lines: list[str] = []
    count = 0
    for at, step in enumerate(schedule.steps):
        done = [places[each] for each in dict.fromkeys(_read(step, _TWO_PASSES.get(step.ufunc)))
                if isinstance(each, int) and last[each] == at and each not in held]  # fmt: skip
        if at in held:
            places[at] = held[at]
        elif done and step.ufunc not in _TWO_PASSES:
            places[at] = done.pop()
        elif free:
            places[at] = free.pop()
        else:
            places[at], count = f"_{count}", count + 1
        free.extend(done)
        texts = [places[each] if isinstance(each, int) else each for each in step.operands]
        lines.extend(_call(step.ufunc, texts, places[at]))
    return lines, count


_TWO_PASSES: dict[str, str] = {
    "x log": "np.log({1}, out={place})\nnp.multiply({0}, {place}, out={place})\n_mend({place}, {0})",
    "x log1p": "np.log1p({1}, out={place})\nnp.multiply({0}, {place}, out={place})\n_mend({place}, {0})",
    "ratio": "np.divide({0}, {1}, out={place})\n_mend({place}, {0})",
    "choose": "np.copyto({place}, {2})\nnp.copyto({place}, {1}, where=np.greater_equal({0}, 0))",
    "side": "np.copysign(0.5, {0}, out={place})\nnp.add({place}, 0.5, out={place})",
    "top": "np.maximum({0}, {1}, out={place})",
    "bottom": "np.subtract(1, {0}, out={place})\nnp.maximum({place}, {1}, out={place})",
}
"""Steps of several calls, the first of which writes before the last has read."""


def _read(step: Step, form: str | None) -> list[Operand]:
    """The operands of a step that a form of it reads; all where it has none."""
    return [each for at, each in enumerate(step.operands) if form is None or f"{{{at}}}" in form]


def _call(ufunc: str, operands: list[str], place: str) -> list[str]:
    if ufunc in _TWO_PASSES:
        return _TWO_PASSES[ufunc].format(*operands, place=place).split("\n")
    return [f"np.{ufunc}({', '.join(operands)}, out={place})"]


# -------------------------------- as Python --------------------------------

_PYTHON: dict[str, str] = {
    "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0} * {1}", "divide": "{0} / {1}",
    "negative": "-{0}", "positive": "{0}", "absolute": "abs({0})", "maximum": "max({0}, {1})",
    "minimum": "min({0}, {1})", "power": "math.pow({0}, {1})", "square": "{0} * {0}",
    "x log": "{0} * math.log({1}) if {0} else 0.0", "x log1p": "{0} * math.log1p({1}) if {0} else 0.0",
    "ratio": "{0} / {1} if {0} else 0.0", "choose": "{1} if {0} >= 0 else {2}",
    "side": "", "top": "1.0 if {2} >= 0 else {1}", "bottom": "{1} if {2} >= 0 else 1.0",
    "arcsin": "math.asin({0})", "arccos": "math.acos({0})", "arctan": "math.atan({0})",
    "arcsinh": "math.asinh({0})", "arccosh": "math.acosh({0})", "arctanh": "math.atanh({0})",
    "hypot": "math.hypot({0}, {1})",
    **{name: f"math.{name}({{0}})" for name in "exp log log1p expm1 sqrt sin cos tan sinh cosh tanh".split()},
}  # fmt: skip
_CLOSED = frozenset("abs max min math".split())
_REPEATED = frozenset(["square", "x log", "x log1p", "ratio"])


def python_lines(schedule: Schedule) -> tuple[list[str], list[str]]:
    """Assignments to `_0`, `_1`, ... and an expression for each result; raises Unfusable."""
    uses = Counter(operand for step in schedule.steps for operand in _read(step, _PYTHON.get(step.ufunc)))
    uses.update({each: 1 for step in schedule.steps if step.ufunc in _REPEATED for each in step.operands})
    texts: dict[int, str] = {}
    lines: list[str] = []
    for at, step in enumerate(schedule.steps):
        if step.ufunc not in _PYTHON:
            raise Unfusable(step.ufunc)
        operands = [texts[each] if isinstance(each, int) else each for each in step.operands]
        form = _PYTHON[step.ufunc]
        texts[at] = form.format(*(operands if form.endswith(")") else map(_closed, operands)))
        if uses[at] + (at in schedule.results) > 1:
            lines.append(f"_{len(lines)} = {texts[at]}")
            texts[at] = f"_{len(lines) - 1}"
    return lines, [texts[each] for each in schedule.results]


def _closed(text: str) -> str:
    """In parentheses, unless it is one name, number or call."""
    opening = text.split("(", 1)[0]
    if re.fullmatch(r"[\w.]+", text) or (opening.split(".")[0] in _CLOSED and _is_one_call(text)):
        return text
    return f"({text})"


def _is_one_call(text: str) -> bool:
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == ")" and depth == 0:
            return place == len(text) - 1
    return False
