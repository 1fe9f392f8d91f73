"""Formulas as lists of steps on balls of reals: each subterm is computed once per point."""

from collections.abc import Callable, Sequence

import sympy
from flint import arb, fmpq
from sympy import Expr, Symbol

from litgrad.meaning.forms import text_of
from litgrad.records import dataclass

Values = list[arb | None]
"""The values of the steps so far; None where there is no real value, nor a limit that stands for one."""
Step = Callable[[Values], arb | None]
_ONE = arb(1)


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """The steps that compute a formula, the last of which gives its value; symbols come first."""

    symbols: tuple[Symbol, ...]
    steps: tuple[Step, ...]
    result: int
    after: tuple[tuple[int, ...], ...]
    """For each symbol the places that its value leads to."""

    def values(self, given: Sequence[arb]) -> Values:
        """Balls around the values of all subterms for those of the symbols; None where there is no value."""
        values: Values = [*given]
        for step in self.steps:
            values.append(step(values))
        return values

    def moved(self, values: Values, symbol: int, ball: arb) -> arb | None:
        """The value of the formula where one symbol, by its place, has another one."""
        values = values.copy()
        values[symbol] = ball
        first = len(self.symbols)
        for place in self.after[symbol]:
            values[place] = self.steps[place - first](values)
        return values[self.result]


def tape_of(expr: Expr) -> Tape:
    """The steps of a formula in plain functions."""
    symbols = tuple(sorted((each for each in expr.free_symbols if isinstance(each, Symbol)), key=text_of))
    places: dict[Expr, int] = {symbol: place for place, symbol in enumerate(symbols)}
    steps: list[Step] = []
    result = _place(expr, places, steps)
    after = tuple(
        tuple(place for term, place in places.items() if symbol in term.free_symbols and term is not symbol)
        for symbol in symbols
    )
    return Tape(symbols, tuple(steps), result, after)


def _place(expr: Expr, places: dict[Expr, int], steps: list[Step]) -> int:
    """Where the value of a term stands, its steps put in front of it."""
    if expr not in places:
        step = _step(expr, lambda part: _place(part, places, steps))
        places[expr] = len(places)
        steps.append(step)
    return places[expr]


def _step(expr: Expr, place: Callable[[Expr], int]) -> Step:
    if isinstance(expr, sympy.Rational):
        number = fmpq(int(expr.p), int(expr.q))
        return lambda _: arb(number)
    if isinstance(expr, sympy.Float):
        double = arb(float(expr))
        return lambda _: double
    if expr is sympy.pi or expr is sympy.E:
        return (lambda _: arb.pi()) if expr is sympy.pi else (lambda _: arb.const_e())
    if isinstance(expr, sympy.Mul):
        return _product([(place(factor), factor.free_symbols) for factor in expr.args])
    if isinstance(expr, sympy.Add):
        return _sum([place(term) for term in expr.args])
    if isinstance(expr, sympy.Pow):
        return _call(arb.exp, [place(expr.exp)]) if expr.base is sympy.E else _power(expr, place)
    rule = _RULES.get(type(expr))
    arguments = [place(argument) for argument in expr.args]
    return (lambda _: None) if rule is None else _call(rule, arguments)


def _sum(terms: Sequence[int]) -> Step:
    first, *rest = terms

    def added(values: Values) -> arb | None:
        total = values[first]
        for term in rest:
            value = values[term]
            if total is None or value is None:
                return None
            total = total + value
        return total

    return added


def _product(factors: Sequence[tuple[int, set[Expr]]]) -> Step:
    """A factor that is 0 settles those without a value that share no symbol with it."""
    places = [place for place, _ in factors]

    def multiplied(values: Values) -> arb | None:
        result = _ONE
        for place in places:
            value = values[place]
            if value is None:
                return _zero(values)
            result = result * value
        return result

    def _zero(values: Values) -> arb | None:
        pairs = [(values[place], symbols) for place, symbols in factors]
        missing = {symbol for value, symbols in pairs if value is None for symbol in symbols}
        zeros = {
            symbol for value, symbols in pairs if value is not None and value.is_zero() for symbol in symbols
        }
        return arb(0) if zeros and not zeros & missing else None

    return multiplied


def _power(power: sympy.Pow, place: Callable[[Expr], int]) -> Step:
    base, exponent = place(power.base), place(power.exp)
    whole = int(power.exp) if power.exp.is_Integer else None
    is_root = power.exp == sympy.Rational(1, 2)

    def raised(values: Values) -> arb | None:
        below, above = values[base], values[exponent]
        if below is None or above is None:
            return None
        if whole is not None:
            return None if whole < 0 and below.is_zero() else below**whole
        if is_root:
            return _real(below.sqrt(), (below,))
        if below.is_zero() and above > 0:
            return below
        return _real(below**above, (below,))

    return raised


def _call(rule: Callable[..., arb | None], arguments: Sequence[int]) -> Step:
    def called(values: Values) -> arb | None:
        given = [value for place in arguments if (value := values[place]) is not None]
        return _real(rule(*given), given) if len(given) == len(arguments) else None

    def of_one(values: Values) -> arb | None:
        value = values[place]
        if value is None:
            return None
        number = rule(value)
        return None if number is None or (number.is_nan() and value.is_exact()) else number

    place = arguments[0]
    return of_one if len(arguments) == 1 else called


def _real(number: arb | None, arguments: Sequence[arb]) -> arb | None:
    """Nothing where exact arguments have no value; what more bits may settle stays."""
    if number is None or (number.is_nan() and all(argument.is_exact() for argument in arguments)):
        return None
    return number


def _log(argument: arb) -> arb | None:
    return None if argument.is_exact() and argument <= 0 else argument.log()


_RULES: dict[type, Callable[..., arb | None]] = {
    sympy.exp: arb.exp, sympy.log: _log, sympy.sin: arb.sin, sympy.cos: arb.cos, sympy.tan: arb.tan,
    sympy.cot: arb.cot, sympy.sec: arb.sec, sympy.csc: arb.csc, sympy.asin: arb.asin, sympy.acos: arb.acos,
    sympy.atan: arb.atan, sympy.sinh: arb.sinh, sympy.cosh: arb.cosh, sympy.tanh: arb.tanh,
    sympy.coth: arb.coth, sympy.asinh: arb.asinh, sympy.acosh: arb.acosh, sympy.atanh: arb.atanh,
    sympy.Abs: abs, sympy.sign: arb.sgn, sympy.Max: arb.max, sympy.Min: arb.min, sympy.erf: arb.erf,
}  # fmt: skip
