"""Probabilities, expectations and totals in one form: joint probabilities, moments, sums that do not part."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

import sympy
from sympy import Expr, Integral, Symbol, oo
from sympy.core.function import AppliedUndef
from sympy.core.symbol import Str

from litgrad.checking.probability.atoms import Atom, Beyond, Joint, Moment, Pattern, Rate, Whole, mentions
from litgrad.checking.probability.ranges import parts_of
from litgrad.checking.probability.slopes import Slopes
from litgrad.checking.probability.world import COVARIANCES, VARIANCES, World, is_upper
from litgrad.meaning.chances import Chance, Join, Mean, Meet, Slope, Total
from litgrad.meaning.forms import name_of, symbol
from litgrad.records import dataclass

_COMPLEMENTS = frozenset(["c", "C", r"\complement", r"\mathsf{c}", r"\mathrm{c}"])
_BARRED = re.compile(r"\\(?:bar|overline)\{(?P<of>[A-Z])\}")
_CONSTANTS = re.compile(
    r"[abckmnN](_\{.*\})?|\\(?:alpha|beta|gamma|lambda|mu|nu|sigma|tau|theta|rho|eta|phi|pi)(_\{.*\})?"
)


@dataclass(slots=True)
class Reader:
    """Puts expressions into the common form; remembers what each of its symbols stands for."""

    world: World
    random: frozenset[str]
    atoms: dict[Symbol, Atom] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()
    """Events whose bar means that they do not happen."""
    ranges: frozenset[str] = frozenset()
    """The names of the step that may be parts of ranges."""
    patterns: Mapping[str, Pattern] = field(default_factory=dict)
    """What the laws are of that stand alone below an expectation: the z of `\\mathbb{E}_q`."""

    def value(self, expr: Expr) -> Expr:
        """An expression in symbols that stand for joint probabilities, moments and totals."""
        if isinstance(expr, Chance):
            return self._named_chance(*expr.args)
        if isinstance(expr, Mean):
            return self._mean(expr)
        if isinstance(expr, Slope):
            return Slopes(self, str(expr.args[1])).of(self.value(expr.args[0]))
        if isinstance(expr, sympy.log):
            return self._logarithm(expr.args[0])
        if isinstance(expr, Total):
            if not isinstance(expr.args[1], Symbol):
                raise Beyond
            return self.total(expr.args[1].name, self.value(expr.args[0]))
        if isinstance(expr, Integral):
            return self._integral(expr)
        if isinstance(expr, AppliedUndef):
            return self._call(expr)
        if isinstance(expr, sympy.Sum):
            return self._sum(expr)
        if isinstance(expr, (sympy.Derivative, sympy.Limit, sympy.Product, sympy.Subs, Meet, Join)):
            raise Beyond
        return expr.func(*map(self.value, expr.args)) if expr.args else expr

    def _logarithm(self, of: Expr) -> Expr:
        """The logarithm of a product over an index is a sum."""
        parts = sympy.Mul.make_args(of)
        products = [one for one in parts if isinstance(one, sympy.Product)]
        rest = sympy.Mul(*(self.value(one) for one in parts if not isinstance(one, sympy.Product)))
        sums = [self._sum(sympy.Sum(sympy.log(one.function), *one.limits)) for one in products]
        return sympy.Add(*sums, sympy.log(rest))

    def _named_chance(self, law: Str, events: sympy.Tuple, given: sympy.Tuple) -> Expr:
        """`P(A | B)`, and `Var(X | Y)`, which is written like it."""
        if law.name in self.world.laws:
            return self.chance(law.name, tuple(events), tuple(given))
        known = _names(given)
        if law.name in VARIANCES and len(events) == 1:
            return self.covariance(events[0], events[0], known)
        if law.name in COVARIANCES and len(events) == 2:
            return self.covariance(*events, known)
        if law.name in self.world.means and len(events) == 1:
            return self.moment(self.value(events[0]), "", known)
        raise Beyond

    def _call(self, call: AppliedUndef) -> Expr:
        name = name_of(call)
        if name in VARIANCES and len(call.args) == 1:
            return self.covariance(call.args[0], call.args[0])
        if name in COVARIANCES and len(call.args) == 2:
            return self.covariance(*call.args)
        if name in self.world.means and len(call.args) == 1:
            return self.moment(self.value(call.args[0]), "", frozenset())
        if name in self.world.laws:
            return self.chance(name, call.args, ())
        return call.func(*map(self.value, call.args))

    # -------------------------------- probabilities --------------------------------

    def chance(self, law: str, events: tuple[Expr, ...], given: tuple[Expr, ...]) -> Expr:
        """`P(A, B | C)` as `P(A, B, C) / P(C)`."""
        whole = self._joint(law, (*events, *given))
        return whole / self._joint(law, given) if given else whole

    def _joint(self, law: str, events: tuple[Expr, ...]) -> Expr:
        happens = sympy.expand(sympy.Mul(*map(self._indicator, self._apart(events))))
        total: Expr = sympy.Integer(0)
        for term in sympy.Add.make_args(happens):
            coefficient, rest = term.as_coeff_Mul()
            names = frozenset(free.name for free in rest.free_symbols)
            total += coefficient * (self.joint(law, names) if names else 1)
        return total

    def _apart(self, events: tuple[Expr, ...]) -> Iterator[Expr]:
        """Events with ranges of names as the parts that the step speaks of."""
        for event in events:
            parts = parts_of(event.name, self.ranges) if isinstance(event, Symbol) else ()
            yield from map(symbol, parts) if parts else (event,)

    def joint(self, law: str, names: frozenset[str]) -> Symbol:
        """The symbol of a joint probability."""
        name = f"{law}({', '.join(sorted(names))})"
        found = Symbol(name, positive=True)
        self.atoms[found] = Joint(law, names)
        return found

    def _indicator(self, event: Expr) -> Expr:
        """1 where an event happens, 0 elsewhere, as a polynomial in single events."""
        if isinstance(event, Meet):
            return self._indicator(event.args[0]) * self._indicator(event.args[1])
        if isinstance(event, Join):
            left, right = map(self._indicator, event.args)
            return left + right - left * right
        if is_complement(event):
            return 1 - self._indicator(event.base)
        if not isinstance(event, Symbol):
            raise Beyond
        barred = _BARRED.fullmatch(event.name)
        if barred and barred["of"] in self.barred:
            return 1 - symbol(barred["of"])
        return event

    # -------------------------------- expectations --------------------------------

    def _mean(self, expr: Mean) -> Expr:
        body, variables, law, given, condition = expr.args
        inner = self.value(body)
        if not variables and not condition and law.name in self.patterns:
            variables, given = map(tuple, self.patterns[law.name])
        if variables and not given and law.name in self.patterns:
            of, under = self.patterns[law.name]
            given = under if set(of) == set(variables) else given
        if variables and not condition and law.name:
            density = self.chance(law.name, tuple(variables), tuple(given))
            value = density * inner
            for variable in variables:
                value = self.total(variable.name, value)
            return value
        return self.moment(inner, law.name, _names(condition))

    def covariance(self, first: Expr, second: Expr, given: frozenset[str] = frozenset()) -> Expr:
        """`E[XY] - E[X] E[Y]`, each under a condition."""
        left, right = self.value(first), self.value(second)
        means = self.moment(left, "", given) * self.moment(right, "", given)
        return self.moment(left * right, "", given) - means

    def moment(self, body: Expr, law: str, given: frozenset[str]) -> Expr:
        """The expectation of a sum term by term, constants taken out."""
        terms = sympy.Add.make_args(sympy.expand(body))
        return sympy.Add(*(self._moment_of(term, law, given) for term in terms))

    def _moment_of(self, term: Expr, law: str, given: frozenset[str]) -> Expr:
        factors = sympy.Mul.make_args(term)
        loose = [factor for factor in factors if self._is_random(factor, given)]
        fixed = [factor for factor in factors if not self._is_random(factor, given)]
        if not loose:
            return term
        if len(loose) == 1 and isinstance(loose[0], sympy.Sum):
            return sympy.Mul(*fixed) * self._sum_of_moments(loose[0], law, given)
        inner = self._inner_condition(loose, given)
        if inner is not None:
            return sympy.Mul(*fixed) * self.moment(inner, law, given)
        return sympy.Mul(*fixed) * self.moment_symbol(sympy.Mul(*loose), law, given)

    def _sum_of_moments(self, total: sympy.Sum, law: str, given: frozenset[str]) -> Expr:
        if len(total.limits) != 1 or any(map(self._is_random_bound, total.limits[0][1:])):
            raise Beyond
        return self.summed(self.moment(total.function, law, given), total.limits[0])

    def _is_random_bound(self, bound: Expr) -> bool:
        return self._is_random(bound, frozenset())

    def _inner_condition(self, loose: list[Expr], given: frozenset[str]) -> Expr | None:
        """The tower rule: under `E`, `E[X | Y] g(Y)` is `X g(Y)`."""
        held = [one for one in loose if isinstance(self.atoms.get(one), Moment)]
        atom = self.atoms.get(held[0]) if len(held) == 1 else None
        if not isinstance(atom, Moment) or not given <= atom.given:
            return None
        others = [one for one in loose if one is not held[0]]
        if any(self._is_random(one, atom.given) for one in others):
            return None
        return sympy.Mul(atom.of, *others)

    def moment_symbol(self, of: Expr, law: str, given: frozenset[str]) -> Symbol:
        """The symbol of the expectation of a random product."""
        found = Symbol(f"E{law}[{of} | {', '.join(sorted(given))}]", real=True)
        self.atoms[found] = Moment(of, law, given)
        return found

    def _is_random(self, factor: Expr, given: frozenset[str]) -> bool:
        for free in factor.free_symbols:
            atom = self.atoms.get(free)
            if isinstance(atom, Moment) and atom.given - given:
                return True
            if atom is None and free.name in self.random and free.name not in given:
                return True
            if isinstance(atom, (Joint, Whole, Rate)):
                raise Beyond
        return False

    # -------------------------------- totals --------------------------------

    def _integral(self, expr: Integral) -> Expr:
        inner = self.value(expr.function)
        for limit in expr.limits:
            if len(limit) != 1 and tuple(limit[1:]) != (-oo, oo):
                raise Beyond
            inner = self.total(limit[0].name, inner)
        return inner

    def total(self, over: str, body: Expr) -> Expr:
        """A total of a sum term by term: constants taken out, joint probabilities summed out."""
        flat = sympy.expand(sympy.expand_log(body))
        return sympy.Add(*(self._total_of(over, term) for term in sympy.Add.make_args(flat)))

    def _total_of(self, over: str, term: Expr) -> Expr:
        factors = sympy.Mul.make_args(term)
        held = [factor for factor in factors if self.depends(factor, over)]
        fixed = sympy.Mul(*(factor for factor in factors if not self.depends(factor, over)))
        only = self.atoms.get(held[0]) if len(held) == 1 else None
        if isinstance(only, Joint):
            summed = frozenset(one for one in only.events if one == over or one.endswith(f" = {over}"))
            rest = only.events - summed
            if len(summed) == 1 and not any(mentions(one, over) for one in rest):
                return fixed * (self.joint(only.law, rest) if rest else 1)
        if isinstance(only, Rate):
            return fixed * Slopes(self, only.by).of(self.total(over, only.of))
        inner = next((one for one in held if isinstance(self.atoms.get(one), Whole)), None)
        whole = self.atoms.get(inner) if inner is not None else None
        if not isinstance(whole, Whole):
            return fixed * self.whole_symbol(frozenset([over]), sympy.Mul(*held))
        others = [one for one in held if one is not inner]
        if any(self.depends(one, name) for one in others for name in whole.over):
            raise Beyond
        return fixed * self.whole_symbol(whole.over | {over}, sympy.Mul(whole.of, *others))

    def whole_symbol(self, over: frozenset[str], of: Expr) -> Symbol:
        """The symbol of a total that nothing is summed out of."""
        found = Symbol(f"total over {', '.join(sorted(over))} of {of}", real=True)
        self.atoms[found] = Whole(over, of)
        return found

    def depends(self, factor: Expr, name: str) -> bool:
        """Whether a factor has another value where a variable has one."""
        return any(self._symbol_depends(free, name) for free in factor.free_symbols)

    def _symbol_depends(self, free: Symbol, name: str) -> bool:
        atom = self.atoms.get(free)
        if isinstance(atom, Joint):
            return any(mentions(one, name) for one in atom.events)
        if isinstance(atom, Rate):
            return self.depends(atom.of, name)
        if isinstance(atom, Whole):
            return name not in atom.over and self.depends(atom.of, name)
        if isinstance(atom, Moment):
            return name in atom.given
        return mentions(free.name, name)

    def _sum(self, expr: sympy.Sum) -> Expr:
        if len(expr.limits) != 1 or len(expr.limits[0]) != 3:
            raise Beyond
        return self.summed(self.value(expr.function), expr.limits[0])

    def summed(self, body: Expr, limit: tuple[Expr, Expr, Expr]) -> Expr:
        """A sum with bounds term by term, constants taken out."""
        terms = []
        for term in sympy.Add.make_args(sympy.expand(body)):
            factors = sympy.Mul.make_args(term)
            held = [one for one in factors if limit[0].name in _letters(one)]
            fixed = [one for one in factors if limit[0].name not in _letters(one)]
            count = limit[2] - limit[1] + 1
            terms.append(sympy.Mul(*fixed) * (sympy.Sum(sympy.Mul(*held), limit) if held else count))
        return sympy.Add(*terms)


def is_complement(event: Expr) -> bool:
    """`A^c`."""
    return isinstance(event, sympy.Pow) and event.exp.is_Symbol and event.exp.name in _COMPLEMENTS


def _names(condition: sympy.Tuple) -> frozenset[str]:
    """The names that a condition is made of; raises Beyond."""
    if not all(isinstance(one, Symbol) for one in condition):
        raise Beyond
    return frozenset(one.name for one in condition)


def _letters(expr: Expr) -> set[str]:
    """The letters of all names in an expression, those of subscripts among them."""
    return {letter for free in expr.free_symbols for letter in re.findall(r"[A-Za-z]+", free.name)}


def random_names(world: World, sides: tuple[Expr, ...]) -> frozenset[str]:
    """Which names of a step are random: those the post takes means of, and those written as random ones.

    Where a step has neither, all names are but those that are constants by habit.
    """
    bodies = [body for side in sides for body in _bodies(side, world)]
    names = {free.name for body in bodies for free in body.free_symbols if isinstance(free, Symbol)}
    known = {name for name in names if name in world.random or is_upper(name)}
    if known:
        return frozenset(known)
    return frozenset(name for name in names if not _CONSTANTS.fullmatch(name))


def _bodies(side: Expr, world: World) -> list[Expr]:
    found = [one.args[0] for one in side.atoms(Mean)]
    for one in side.atoms(Chance):
        if one.args[0].name in VARIANCES | COVARIANCES | world.means:
            found.extend(one.args[1])
    for call in side.atoms(AppliedUndef):
        if name_of(call) in VARIANCES | COVARIANCES | world.means:
            found.extend(call.args)
    return found
