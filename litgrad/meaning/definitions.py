"""The definitions in force, and derivatives carried out under them."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeVar

import sympy
from sympy import Derivative, Dummy, Expr, Subs, Symbol
from sympy.core.function import AppliedUndef

from litgrad.meaning.forms import atoms_of, derivative, function, name_of, text_of
from litgrad.meaning.statements import Definition, Statements
from litgrad.source import Span

Name = TypeVar("Name", bound=Hashable)
Body = tuple[tuple[Symbol, ...], Expr]

_MOST = 2_000
"""What is worked out and kept of each kind: a post of any length stays within its memory."""


@dataclass(slots=True, eq=False)
class _Worked:
    """What was worked out under some definitions, whoever asked."""

    rates: dict[tuple[Symbol, Symbol], Expr] = field(default_factory=dict)
    """Derivatives of symbols carried out."""
    bodies: dict[str, tuple[list[Dummy], Expr]] = field(default_factory=dict)
    """Bodies of functions with calls put in, in parameters of their own."""
    carried: dict[Expr, Expr] = field(default_factory=dict)
    """Derivatives carried out."""
    calls: dict[Expr, Expr] = field(default_factory=dict)
    """Calls as their bodies."""
    called: dict[Expr, Expr] = field(default_factory=dict)
    """Expressions with all calls put in."""
    expanded: dict[Expr, Expr] = field(default_factory=dict)
    """Expressions in the leaves."""
    behind: dict[str, frozenset[Symbol]] = field(default_factory=dict)
    """The symbols of functions' bodies that are no parameters."""


@lru_cache(maxsize=32)
def _worked_out(*_content: Hashable) -> _Worked:
    """The same for the same definitions: those of each step are made anew."""
    return _Worked()


def _kept(known: dict[Expr, Expr], expr: Expr, work: Callable[[Expr], Expr]) -> Expr:
    found = known.get(expr)
    if found is None:
        found = work(expr)
        if len(known) >= _MOST:
            known.clear()
        known[expr] = found
    return found


@dataclass(frozen=True, slots=True)
class Definitions:
    """What names stand for: symbols by value, functions by parameters and body.

    A derivative by `v` reaches every symbol whose definition leads to `v`: the chain rule with all
    the post's definitions. Symbols in `unknown` are taken as functions of a variable that the post
    does not spell out; their derivatives stay as they are.
    """

    values: Mapping[Symbol, Expr] = field(default_factory=dict)
    functions: Mapping[str, Body] = field(default_factory=dict)
    unknown: frozenset[tuple[Symbol, Symbol]] = frozenset()
    """Pairs (symbol, variable): the symbol depends on the variable in a way that is not stated."""
    applied: frozenset[str] = frozenset()
    """Names that the post applies to arguments; without a body nothing is known of them."""
    circular: frozenset[str] = frozenset()
    """Names of functions that are defined by themselves: their bodies are not put in."""
    _worked: "_Worked" = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        content = (tuple(self.values.items()), tuple(self.functions.items()))
        object.__setattr__(self, "_worked", _worked_out(*content, self.unknown, self.applied, self.circular))

    @staticmethod
    def of(statements: Statements, at: Span | None = None) -> "Definitions":
        """The definitions of a post; of a name defined twice, the last before a place, else the first."""
        values: dict[Symbol, Expr] = {}
        functions: dict[str, Body] = {}
        for definition in definitions_in_force(statements.definitions, at):
            if definition.parameters is None:
                values[definition.symbol] = definition.body.expr
            else:
                functions[definition.name] = (definition.parameters, definition.body.expr)
        values = _without_cycles(values)
        plain = without_circles(functions, values)
        circular = frozenset(functions.keys() - plain.keys())
        return Definitions(values, plain, applied=statements.scope.functions, circular=circular)

    def with_value(self, symbol: Symbol, value: Expr) -> "Definitions":
        """These definitions with one symbol taken as another expression."""
        return replace(self, values=_without_cycles({**self.values, symbol: value}), unknown=frozenset())

    def without(self, symbol: Symbol) -> "Definitions":
        """These definitions with one symbol free, as if nothing were said of it."""
        return replace(self, values={name: value for name, value in self.values.items() if name != symbol})

    def with_unknown(self, pairs: Iterable[tuple[Symbol, Symbol]]) -> "Definitions":
        """These definitions with symbols taken as unknown functions of a variable, not as defined."""
        pairs = frozenset(pairs)
        hidden = {symbol for symbol, _ in pairs}
        values = {symbol: value for symbol, value in self.values.items() if symbol not in hidden}
        return replace(self, values=values, unknown=pairs)

    # -------------------------------- dependence --------------------------------

    def reaches(self, symbol: Symbol, variable: Symbol) -> bool:
        """Whether a symbol is, or by its definitions leads to, a variable."""
        seen: set[Symbol] = set()
        waiting = [symbol]
        while waiting:
            name = waiting.pop()
            if name == variable:
                return True
            if name not in seen:
                seen.add(name)
                waiting.extend(self._unknown_via(name))
                waiting.extend(symbols_of(self, self.values[name]) if name in self.values else ())
        return False

    def behind(self, function: str) -> frozenset[Symbol]:
        """The symbols of a function's body that are no parameters: sigma in `f(x) = x / \\sigma`."""
        known = self._worked.behind
        if function not in known:
            known[function] = frozenset()  # until it is known: a function may lead back to itself
            parameters, body = self.functions.get(function, ((), sympy.Integer(0)))
            known[function] = frozenset(symbols_of(self, body)) - frozenset(parameters)
        return known[function]

    def _unknown_via(self, symbol: Symbol) -> list[Symbol]:
        """The variables that a symbol depends on in a way that is not stated."""
        return sorted((via for name, via in self.unknown if name == symbol), key=lambda via: via.name)

    # -------------------------------- derivatives --------------------------------

    def settle(self, expr: Expr) -> Expr:
        """The expression with every derivative carried out, defined symbols kept as symbols.

        `dL/dw` with L of y_hat and y_hat = wx + b becomes `(dL/dy_hat) * x` written out in y and y_hat.
        A derivative of a name that does not lead to the variable stays as it is.
        """
        if isinstance(expr, Derivative):
            return _kept(self._worked.carried, expr, self._differentiated)
        if isinstance(expr, Subs):
            inner = self.settle(expr.expr)
            return inner.subs(
                dict(zip(expr.variables, map(self.settle, expr.point), strict=True)), simultaneous=True
            )
        if not expr.has(Derivative, Subs):
            return expr
        return expr.func(*map(self.settle, expr.args))

    def _differentiated(self, derivative: Derivative) -> Expr:
        if self._is_unknown(derivative):
            return derivative
        inner = self.settle(self._as_value(derivative.expr, derivative.variables))
        if self._is_rate(inner, derivative):
            return Derivative(inner, *derivative.variable_count)
        for variable, order in derivative.variable_count:
            for _ in range(int(order)):
                inner = self.total_derivative(inner, variable)
        return inner

    def _is_unknown(self, derivative: Derivative) -> bool:
        """Whether it is the rate of a symbol that is taken as an unknown function."""
        call = derivative.expr
        if not isinstance(call, AppliedUndef):
            return False
        symbol = Symbol(name_of(call), real=True)
        return all((symbol, variable) in self.unknown for variable in derivative.variables)

    def is_function(self, name: str) -> bool:
        """Whether a name is applied to arguments in the post, with a body or without."""
        return name in self.functions or name in self.applied

    def _is_rate(self, inner: Expr, derivative: Derivative) -> bool:
        """Whether it is `f'(x)` of a function without a body, which stays as it is."""
        if not isinstance(inner, AppliedUndef) or self._has_body(inner):
            return False
        plain = all(isinstance(argument, Symbol) for argument in inner.args)
        by_argument = not all(isinstance(variable, Symbol) for variable in derivative.variables)
        return (plain or by_argument) and set(derivative.variables) <= set(inner.args)

    def _has_body(self, call: AppliedUndef) -> bool:
        """Whether a call is of a function that the post defines, with as many arguments."""
        body = self.functions.get(name_of(call))
        return body is not None and len(body[0]) == len(call.args)

    def _as_value(self, expr: Expr, variables: tuple[Symbol, ...]) -> Expr:
        """`L(y_hat)` in a derivative by y_hat stands for the symbol L, unless L is a function of the post."""
        calls = [
            call
            for call in atoms_of(expr, AppliedUndef)
            if not self.is_function(name_of(call)) and set(call.args) <= set(variables)
        ]
        values = {call: Symbol(name_of(call), real=True) for call in calls}
        known = {
            call: value
            for call, value in values.items()
            if any(self.reaches(value, variable) for variable in variables) or value in self.values
        }
        return expr.xreplace(known)

    def total_derivative(self, expr: Expr, variable: Symbol) -> Expr:
        """The derivative by a variable through every symbol that leads to it."""
        total: Expr = sympy.Integer(0)
        for free in symbols_of(self, expr):
            rate = self._rate(free, variable)
            if rate != 0:
                total += self._partial(expr, free) * rate
        return total

    def _rate(self, symbol: Symbol, variable: Symbol) -> Expr:
        if symbol == variable:
            return sympy.Integer(1)
        unknown = self._unknown_via(symbol)
        if unknown:
            steps = (
                Derivative(function(symbol.name)(via), via) * self._rate(via, variable) for via in unknown
            )
            return sympy.Add(*steps)
        if not self.reaches(symbol, variable):
            return sympy.Integer(0)
        rates = self._worked.rates
        if (symbol, variable) not in rates:
            rates[symbol, variable] = self.total_derivative(self.settle(self.values[symbol]), variable)
        return rates[symbol, variable]

    def _partial(self, expr: Expr, symbol: Symbol) -> Expr:
        """The partial derivative, calls of the post's functions differentiated by their bodies."""
        return self.settle(derivative(self._inlined(expr, symbol), symbol))

    def _inlined(self, expr: Expr, symbol: Symbol) -> Expr:
        """Calls that hold the symbol replaced by the function's body; other calls stay."""
        calls = [
            call
            for call in expr.atoms(AppliedUndef)
            if symbol in call.free_symbols or symbol in self.behind(name_of(call))
        ]
        bodies = {call: self._body(call) for call in sorted(calls, key=text_of) if self._has_body(call)}
        return expr.xreplace(bodies) if bodies else expr

    def _body(self, call: Expr) -> Expr:
        return _kept(self._worked.calls, call, self._called)

    def _called(self, call: Expr) -> Expr:
        slots, body = self._body_of(call.func.__name__)
        return body.xreplace(dict(zip(slots, call.args, strict=True)))

    def _body_of(self, name: str) -> tuple[list[Dummy], Expr]:
        """A function's body in parameters of its own, its own calls inlined and derivatives settled."""
        known = self._worked.bodies
        if name not in known:
            rest = {other: body for other, body in self.functions.items() if other != name}
            inner = replace(self, functions=rest)
            parameters, body = self.functions[name]
            hidden = {symbol: value for symbol, value in self.values.items() if symbol not in parameters}
            plain = replace(inner, values=hidden).expand_calls(inner.settle(body))
            slots = [Dummy(parameter.name, real=True) for parameter in parameters]
            known[name] = slots, plain.xreplace(dict(zip(parameters, slots, strict=True)))
        return known[name]

    # -------------------------------- expansion --------------------------------

    def expand_calls(self, expr: Expr) -> Expr:
        """The expression with every call of a defined function replaced by its body."""
        return _kept(self._worked.called, expr, self._with_bodies)

    def _with_bodies(self, expr: Expr) -> Expr:
        expr = self.settle(expr)
        while True:
            calls = sorted(expr.atoms(AppliedUndef), key=_depth)
            first = next((call for call in calls if self._has_body(call)), None)
            if first is None:
                return expr
            expr = self.settle(expr.xreplace({first: self._body(first)}))

    def expand(self, expr: Expr) -> Expr:
        """The expression with derivatives carried out and every definition put in, down to the leaves."""
        return _kept(self._worked.expanded, expr, self._in_leaves)

    def _in_leaves(self, expr: Expr) -> Expr:
        while True:
            expr = self.expand_calls(expr)
            defined = {symbol for symbol in _free_outside_rates(expr) if symbol in self.values}
            if not defined:
                return expr
            values = {symbol: self.settle(self.values[symbol]) for symbol in sorted(defined, key=text_of)}
            expr = _replaced_outside_rates(expr, values)

    def size(self, expr: Expr, limit: int = 1 << 20) -> int:
        """About how many symbols and numbers an expression has with every definition put in, up to a limit.

        >>> x, f = sympy.Symbol("x", real=True), sympy.Function("f", real=True)
        >>> Definitions(functions={"f": ((x,), x * x + x)}).size(f(f(x)))
        7
        """
        return _Sizes(self, limit).of(expr, {})


@dataclass(slots=True)
class _Sizes:
    """Counts leaves without putting definitions in; what is counted once is remembered."""

    definitions: Definitions
    limit: int
    symbols: dict[Symbol, int] = field(default_factory=dict)
    calls: dict[tuple[str, tuple[int, ...]], int] = field(default_factory=dict)

    def of(self, expr: Expr, arguments: Mapping[Symbol, int]) -> int:
        """The leaves of an expression whose parameters stand for so many each."""
        if expr in arguments:
            return arguments[expr]
        if expr in self.definitions.values:
            return self._once(self.symbols, expr, self.definitions.values[expr], {})
        name = name_of(expr) if isinstance(expr, AppliedUndef) else ""
        if name in self.definitions.functions:
            parameters, body = self.definitions.functions[name]
            sizes = tuple(self.of(argument, arguments) for argument in expr.args)
            if len(sizes) == len(parameters):
                return self._once(self.calls, (name, sizes), body, dict(zip(parameters, sizes, strict=True)))
        total = 0
        for argument in expr.args:
            total = min(total + self.of(argument, arguments), self.limit)
        return max(total, 1)

    def _once(self, known: dict, key: object, body: Expr, arguments: Mapping[Symbol, int]) -> int:
        """A count that is remembered; one that leads back to itself is endless."""
        if key not in known:
            known[key] = self.limit
            known[key] = self.of(body, arguments)
        return known[key]


def _replaced_outside_rates(expr: Expr, values: Mapping[Symbol, Expr]) -> Expr:
    """Put values in, except into derivatives of unknown functions, whose variables must stay names."""
    rates = atoms_of(expr, Derivative, Subs)
    masks = {rate: Dummy(f"rate{index}", real=True) for index, rate in enumerate(rates)}
    replaced = expr.xreplace(masks).xreplace(dict(values))
    return replaced.xreplace({mask: rate for rate, mask in masks.items()})


def _free_outside_rates(expr: Expr) -> set[Symbol]:
    """The symbols of an expression, derivatives of unknown functions left out."""
    if isinstance(expr, (Derivative, Subs)):
        return set()
    if isinstance(expr, Symbol):
        return {expr}
    return set().union(*(_free_outside_rates(argument) for argument in expr.args))


def symbols_of(definitions: Definitions, expr: Expr) -> list[Symbol]:
    """The free symbols of an expression and of the bodies of its calls, in a fixed order."""
    found = {free for free in expr.free_symbols if isinstance(free, Symbol)}
    for call in expr.atoms(AppliedUndef):
        found |= definitions.behind(name_of(call))
    return sorted(found, key=lambda free: free.name)


def _depth(call: AppliedUndef) -> tuple[int, str]:
    """Inner calls first."""
    return (call.count(AppliedUndef), text_of(call))


def definitions_in_force(definitions: Iterable[Definition], at: Span | None) -> list[Definition]:
    """One definition per name: the last before a place, else the first; none where it has ended.

    A special value of a name holds below it only.

    Takes the definitions in source order, and None where no place is meant.
    """
    chosen: dict[str, Definition] = {}
    ended: set[str] = set()
    for definition in definitions:
        before = at is not None and definition.span.start <= at.start
        if before and definition.until is not None and definition.until <= at.start:
            chosen.pop(definition.name, None)
            ended.add(definition.name)
        elif before or (
            definition.name not in chosen and definition.name not in ended and not definition.special
        ):
            chosen[definition.name] = definition
    return list(chosen.values())


def _without_cycles(values: Mapping[Symbol, Expr]) -> dict[Symbol, Expr]:
    """The values without those that lead back to themselves."""
    uses = {symbol: [name for name in _named_in(value) if name in values] for symbol, value in values.items()}
    return {symbol: value for symbol, value in values.items() if symbol not in _reached(symbol, uses)}


def without_circles(functions: Mapping[str, Body], values: Mapping[Symbol, Expr]) -> dict[str, Body]:
    """The functions without those whose bodies lead back to them: nothing can be put in for a call of one."""
    uses: dict[Symbol | str, list[Symbol | str]] = {
        **{symbol: list(_used_in(value, functions, values)) for symbol, value in values.items()},
        **{name: list(_used_in(body, functions, values)) for name, (_, body) in functions.items()},
    }
    return {name: body for name, body in functions.items() if name not in _reached(name, uses)}


def _used_in(
    expr: Expr, functions: Mapping[str, Body], values: Mapping[Symbol, Expr]
) -> Iterator[Symbol | str]:
    """The defined symbols and functions of an expression."""
    yield from (free for free in expr.free_symbols if free in values)
    yield from (name for call in expr.atoms(AppliedUndef) if (name := name_of(call)) in functions)


def _named_in(value: Expr) -> Iterator[Symbol]:
    """The symbols of a value, and those whose rates it holds: the mu of `d mu(x) / dx`."""
    yield from (free for free in value.free_symbols if isinstance(free, Symbol))
    if value.has(Derivative):
        yield from (Symbol(name_of(call), real=True) for call in value.atoms(AppliedUndef))


def _reached(start: Name, uses: Mapping[Name, list[Name]]) -> set[Name]:
    """What a definition leads to, each looked at once."""
    found: set[Name] = set()
    waiting = list(uses[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(uses[name])
    return found
