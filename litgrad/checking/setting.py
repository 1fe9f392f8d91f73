"""What a step is judged under: the definitions in force, what is assumed, and the domain."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import chain

import sympy
from sympy import Derivative, Expr, Set, Sum, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.calculus.bound import HELD, apart, canonical, under_derivatives
from litgrad.checking.calculus.closing import Closer
from litgrad.checking.calculus.infinite_sums import NoValue, closed_sums, converges
from litgrad.checking.calculus.substitution import by_one
from litgrad.checking.grounds import Grounds
from litgrad.checking.points import Domain, in_order, random_points, small_points
from litgrad.meaning.definitions import Definitions, definitions_in_force, without_circles
from litgrad.meaning.forms import atoms_of, name_of
from litgrad.meaning.forms import derivative as rate
from litgrad.meaning.statements import Statements, Step

SIZE_LIMIT = 20_000
"""Symbols and numbers that a side may have with all definitions put in."""


@dataclass(frozen=True)
class Setting:
    """Definitions and the values that symbols may take."""

    definitions: Definitions
    assumed: tuple[tuple[Expr, Set], ...] = ()
    by: Symbol | None = None
    """Sides are compared by their derivatives by this variable, where they hold indefinite integrals."""

    @staticmethod
    def of(statements: Statements, step: Step) -> "Setting":
        """The setting of a step: what the post defines and states of its symbols."""
        return Setting.of_definitions(statements, known(statements, step))

    @staticmethod
    def of_definitions(statements: Statements, definitions: Definitions) -> "Setting":
        """The setting of given definitions with what the post states of its symbols."""
        assumed = tuple((assumption.expr, assumption.values) for assumption in statements.assumptions)
        return Setting(definitions, assumed)

    def with_value(self, symbol: Symbol, value: Expr) -> "Setting":
        """The same with one symbol taken as an expression."""
        return replace(self, definitions=self.definitions.with_value(symbol, value))

    def without(self, symbol: Symbol) -> "Setting":
        """The same with one symbol free, as if nothing were said of it."""
        return replace(self, definitions=self.definitions.without(symbol))

    def with_unknown(self, pairs: frozenset[tuple[Symbol, Symbol]]) -> "Setting":
        """The same with symbols taken as unknown functions."""
        return replace(self, definitions=self.definitions.with_unknown(pairs))

    # -------------------------------- forms of a side --------------------------------

    def opaque(self, expr: Expr) -> Expr:
        """A side with derivatives carried out; defined symbols stay, aliases become one."""
        if self.by is not None:
            return self.expanded(expr)
        return canonical(self.definitions.settle(expr).xreplace(self.aliases))

    def inlined(self, expr: Expr) -> Expr:
        """A side with calls of the post's functions put in as well."""
        if self.by is not None:
            return self.expanded(expr)
        return canonical(self.definitions.expand_calls(expr).xreplace(self.aliases))

    def expanded(self, expr: Expr) -> Expr:
        """A side in the leaves alone, integrals and limits as their values."""
        if self.by is not None:
            expr = by_one(expr, self.by, self.definitions)
        if expr.has(*HELD):
            expr = self._with_operands_closed(expr)
        expr = self._closer.closed(self.definitions.expand(expr))
        return canonical(expr if self.by is None else self._closer.closed(rate(expr, self.by)))

    def _with_operands_closed(self, expr: Expr) -> Expr:
        """Derivatives of integrals as derivatives of their values, which need no rule for the sign."""
        for derivative in under_derivatives(expr):
            value = self._closer.closed(self.definitions.expand(derivative.expr))
            if not value.has(*HELD, sympy.oo) and not set(derivative.variables) & set(
                self.definitions.values
            ):
                expr = expr.xreplace({derivative: sympy.Derivative(value, *derivative.variable_count)})
        return expr

    @cached_property
    def _closer(self) -> Closer:
        """What puts the values of integrals and limits in."""
        return Closer(self.known_positive(leaves=True))

    @cached_property
    def aliases(self) -> dict[Symbol, Symbol]:
        """Symbols that are defined as just another symbol, by the last of their kind."""
        return {
            symbol: self._last(symbol) for symbol, value in self.definitions.values.items() if value.is_Symbol
        }

    def _last(self, symbol: Symbol) -> Symbol:
        value = self.definitions.values.get(symbol)
        return self._last(value) if isinstance(value, Symbol) else symbol

    @cached_property
    def everything(self) -> tuple[Symbol, ...]:
        """All leaves that the definitions lead to, by name."""
        leaves = {
            free
            for value in self.definitions.values
            if not self.is_too_large(value)
            for free in self.definitions.expand(value).free_symbols
        }
        return tuple(
            sorted((leaf for leaf in leaves if isinstance(leaf, Symbol)), key=lambda leaf: leaf.name)
        )

    # -------------------------------- the domain --------------------------------

    @cached_property
    def _positive(self) -> tuple[Expr, ...]:
        return tuple(dict.fromkeys(argument for body in self._bodies() for argument in _log_arguments(body)))

    @cached_property
    def _radicands(self) -> tuple[Expr, ...]:
        return tuple(dict.fromkeys(radicand for body in self._bodies() for radicand in _even_radicands(body)))

    @cached_property
    def _bounds(self) -> tuple[list[Expr], list[Expr]]:
        return [*map(self.opaque, self._positive)], [*map(self.opaque, self._radicands)]

    @cached_property
    def _bounds_in_leaves(self) -> tuple[list[Expr], list[Expr]]:
        return [*map(self.expanded, self._positive)], [*map(self.expanded, self._radicands)]

    @cached_property
    def grounds(self) -> Grounds:
        """What follows from this setting and some expressions, follows from this."""
        others = (getattr(self, one.name) for one in fields(self) if one.name != "definitions")
        return Grounds(self.definitions, tuple(others), self._bounding)

    def _bounding(self) -> tuple[Expr, ...]:
        """All terms that the domain of some expression may follow from."""
        return (*(expr for expr, _ in self.assumed), *self._positive, *self._radicands)

    def _bodies(self) -> Iterator[Expr]:
        for value in self.definitions.values.values():
            if not self.is_too_large(value) and not value.has(*HELD):
                yield self.definitions.settle(value)

    def is_too_large(self, expr: Expr) -> bool:
        """Whether an expression outgrows all bounds once its definitions are put in."""
        return self.definitions.size(expr) > SIZE_LIMIT

    def domain(self, left: Expr, right: Expr, *, leaves: bool, appearance: tuple[Symbol, ...] = ()) -> Domain:
        """Where the symbols of two sides may lie; in the leaves, or with defined symbols as they stand."""
        form = self.expanded if leaves else self.opaque
        symbols = {free for free in left.free_symbols | right.free_symbols if isinstance(free, Symbol)}
        above, radicands = self._bounds_in_leaves if leaves else self._bounds
        positive = [expr for expr in above if expr.free_symbols <= symbols]
        radicands = [expr for expr in radicands if _within(expr, symbols)]
        sets = [(form(expr), values) for expr, values in self.assumed if _within(form(expr), symbols)]
        return Domain(in_order(symbols, appearance), tuple(positive), tuple(radicands), tuple(sets))

    def has_points(self, left: Expr, right: Expr) -> bool:
        """Whether the domain of two sides is not empty, as far as a search can tell."""
        sides = self.expanded(left), self.expanded(right)
        domain = self.domain(*sides, leaves=True)
        return any(True for _ in chain(small_points(domain, 400), random_points(domain, tries=400)))

    def known_positive(self, *, leaves: bool) -> tuple[Expr, ...]:
        """Expressions that the definitions and the post's own words put above zero."""
        form = self.definitions.expand if leaves else self.opaque
        stated = (form(above) for expr, values in self.assumed for above in _positive_of(expr, values))
        return (*map(form, self._positive), *stated)

    @cached_property
    def whole(self) -> frozenset[Expr]:
        """The symbols that the post calls whole numbers."""
        return frozenset(expr for expr, values in self.assumed if values is sympy.S.Integers)

    def strictly_positive(self) -> tuple[Expr, ...]:
        """What the post's own words put strictly above zero, in the leaves."""
        return tuple(
            self.expanded(expr)
            for expr, values in self.assumed
            if isinstance(values, sympy.Interval)
            and (values.start > 0 or (values.start == 0 and values.left_open))
        )


def known(statements: Statements, step: Step) -> Definitions:
    """The definitions in force at a step, those by integrals and limits among them."""
    found = Definitions.of(statements, step.sign.span)
    for definition in definitions_in_force(statements.calculus, step.sign.span):
        value = _summed(definition.body.expr, found, statements)
        if value is None:
            continue
        body = apart(value, found)
        if definition.parameters is None:
            found = found.with_value(definition.symbol, body)
        else:
            functions = {**found.functions, definition.name: (definition.parameters, body)}
            found = replace(found, functions=without_circles(functions, found.values))
    return found


def _summed(body: Expr, found: Definitions, statements: Statements) -> Expr | None:
    """A value with its infinite sums worked out; None where one is not known to converge."""
    if not body.has(Sum):
        return body
    given = [(found.expand(one.expr), one.values) for one in statements.assumptions]
    positive = [above for expr, values in given for above in _positive_of(expr, values)]
    try:
        total = closed_sums(body, found.expand)
    except NoValue:
        return None
    sure = all(converges(found.expand(ratio), given, positive) for ratio in total.ratios)
    return total.value if sure and not total.value.has(Sum) else None


def _within(expr: Expr, symbols: set[Symbol]) -> bool:
    return bool(expr.free_symbols) and expr.free_symbols <= symbols


def _log_arguments(body: Expr) -> Iterator[Expr]:
    for call in atoms_of(body, sympy.log):
        if call.args[0].free_symbols:
            yield call.args[0]


def _even_radicands(body: Expr) -> Iterator[Expr]:
    for power in atoms_of(body, sympy.Pow):
        if power.exp.is_Rational and power.exp.q % 2 == 0 and power.base.free_symbols:
            yield power.base


def _positive_of(expr: Expr, values: Set) -> Iterator[Expr]:
    """What an interval puts above zero; at its closed end the laws that use it hold by continuity."""
    if not isinstance(values, sympy.Interval):
        return
    if values.start.is_finite:
        yield expr - values.start
        if values.start > 0:
            yield expr
    if values.end.is_finite:
        yield values.end - expr


# -------------------------------- what derivatives ask for --------------------------------


def unstated_dependences(definitions: Definitions, *exprs: Expr) -> frozenset[tuple[Symbol, Symbol]]:
    """Pairs (symbol, variable) that derivatives ask for and the definitions do not give.

    In `\\frac{dL}{da} \\frac{da}{dz}` with `a = wx + b` it is (a, z): L then leads to z through a.
    """
    asked = [pair for expr in exprs for pair in _asked(definitions, expr)]
    pairs = list(dict.fromkeys(pair for pair in asked if not definitions.reaches(*pair)))
    ends = [pair for pair in pairs if not _passes_on(definitions, pair, pairs)]
    return _acyclic(definitions, [pair for pair in ends if not _via_others(definitions, pair, ends)])


def _asked(definitions: Definitions, expr: Expr) -> Iterator[tuple[Symbol, Symbol]]:
    for derivative in atoms_of(expr, Derivative):
        for call in atoms_of(derivative.expr, AppliedUndef):
            name = Symbol(name_of(call), real=True)
            if definitions.is_function(name.name) or _is_defined_in(definitions, name, derivative):
                continue
            for variable in derivative.variables:
                beside = _stand_side_by_side(definitions, {name, variable}, derivative.expr)
                if variable in call.args and not beside:
                    yield name, variable


def _stand_side_by_side(definitions: Definitions, names: set[Symbol], whole: Expr) -> bool:
    """Whether all are parameters of the function that is differentiated: one moves, the others are held."""
    if not isinstance(whole, AppliedUndef) or name_of(whole) not in definitions.functions:
        return False
    parameters, _ = definitions.functions[name_of(whole)]
    return names <= set(parameters)


def _is_defined_in(definitions: Definitions, name: Symbol, derivative: Derivative) -> bool:
    """Whether a symbol's definition leads to one variable of a mixed derivative: then it is meant for all."""
    return name in definitions.values and any(definitions.reaches(name, by) for by in derivative.variables)


def _passes_on(
    definitions: Definitions, pair: tuple[Symbol, Symbol], pairs: list[tuple[Symbol, Symbol]]
) -> bool:
    """Whether a symbol's own definition leads to another that would carry it to the variable."""
    symbol, variable = pair
    return any(
        other != symbol and by == variable and definitions.reaches(symbol, other) for other, by in pairs
    )


def _via_others(
    definitions: Definitions, pair: tuple[Symbol, Symbol], pairs: list[tuple[Symbol, Symbol]]
) -> bool:
    """Whether a chain of other pairs, and definitions behind it, leads from the symbol to the variable."""
    symbol, variable = pair
    edges = [other for other in pairs if other != pair]
    reached, grown = {symbol}, True
    while grown:
        more = {by for name, by in edges if name in reached} - reached
        reached |= more
        grown = bool(more)
    return any(definitions.reaches(name, variable) for name in reached - {symbol})


def _acyclic(
    definitions: Definitions, pairs: list[tuple[Symbol, Symbol]]
) -> frozenset[tuple[Symbol, Symbol]]:
    kept: list[tuple[Symbol, Symbol]] = []
    for symbol, variable in pairs:
        if not definitions.with_unknown(kept).reaches(variable, symbol):
            kept.append((symbol, variable))
    return frozenset(kept)
