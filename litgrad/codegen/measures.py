"""What forms of a value lose: stable forms of expressions, measured over samples of the domain."""

from collections.abc import Sequence
from functools import cached_property

from sympy import Expr, Symbol, tanh
from sympy.core.function import AppliedUndef

from litgrad.checking.setting import Setting
from litgrad.codegen.accuracy import Sample, same_values
from litgrad.codegen.found import found
from litgrad.codegen.inputs import inputs
from litgrad.codegen.parts import is_long
from litgrad.codegen.sampledata import sample_of
from litgrad.codegen.search import ENOUGH, Form, Loss, Row, loss
from litgrad.codegen.signatures import settled
from litgrad.codegen.special import Sigmoid
from litgrad.codegen.stability import Rewrite, stabilise
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import atoms_of, name_of, substitute, text_of
from litgrad.meaning.statements import Statements


class Measures:
    """Stable forms under a post's definitions, and their errors; samples are drawn once."""

    def __init__(self, statements: Statements, definitions: Definitions) -> None:
        self.definitions = definitions
        self.setting = Setting.of_definitions(statements, definitions)
        self._samples: dict[tuple[frozenset[Expr], int], Sample] = {}
        self._prepared: dict[Expr, tuple[Expr, tuple[Rewrite, ...]]] = {}

    @cached_property
    def sigmoids(self) -> frozenset[str]:
        """The functions that the post defines as the logistic sigmoid, whatever it calls them."""
        return self._standing_for(Sigmoid)

    @cached_property
    def tangents(self) -> frozenset[str]:
        """The functions that the post defines as the hyperbolic tangent."""
        return self._standing_for(tanh)

    def _standing_for(self, head: type[Expr]) -> frozenset[str]:
        return frozenset(
            name
            for name, (parameters, body) in self.definitions.functions.items()
            if len(parameters) == 1 and not is_long(body) and stabilise(body)[0] == head(parameters[0])
        )

    def prepared(self, expr: Expr) -> tuple[Expr, tuple[Rewrite, ...]]:
        """An expression in stable form; calls of the post's sigmoid and tangent take part."""
        if expr not in self._prepared:
            self._prepared[expr] = self._stable(expr)
        return self._prepared[expr]

    def _stable(self, expr: Expr) -> tuple[Expr, tuple[Rewrite, ...]]:
        through_sigmoid = _with_head(expr, self.sigmoids, Sigmoid)
        plain = stabilise(through_sigmoid)
        through = stabilise(_with_head(through_sigmoid, self.tangents, tanh)) if self.tangents else plain
        best = through if through[1] != plain[1] else plain
        return best if not best[1] or same_values(best[0], through_sigmoid) else (through_sigmoid, ())

    def looks_like(self, expr: Expr) -> Expr:
        """What a subterm of the post is in code, where it is rewritten as it stands."""
        return stabilise(_with_head(expr, self.sigmoids, Sigmoid))[0]

    def measured(self, expr: Expr, sample: Sample) -> Form:
        """An expression in stable form with its errors on a sample."""
        stable = self.inlined(self.prepared(expr)[0])
        return Form(stable, (), sample.errors(stable))

    def samples_of(self, exprs: Sequence[Expr]) -> list[Sample]:
        """A sample for each form; those in the same symbols share one."""
        exact = [self.definitions.expand_calls(expr) for expr in exprs]
        return [
            self.sample(tuple(other for other in exact if other.free_symbols == each.free_symbols))
            for each in exact
        ]

    def sample(self, exact: tuple[Expr, ...], seed: int = 1) -> Sample:
        """Points of the domain with the values of a formula without calls, in the first form that has one."""
        key = (frozenset(exact), seed)
        if key not in self._samples:
            symbols = tuple(symbol for symbol in exact[0].free_symbols if isinstance(symbol, Symbol))
            ordered = tuple(sorted(symbols, key=lambda symbol: symbol.name))
            points = inputs(ordered, exact[0], self.setting, seed)
            self._samples[key] = sample_of(exact, points)
        return self._samples[key]

    def computed(
        self, chosen: Expr, written: Expr, forms: Sequence[Expr] = ()
    ) -> tuple[Expr, tuple[Row, ...], Loss | None, Loss | None]:
        """The form that is computed, the rows that led to it, and what is lost as written and so."""
        expr, rewrites = self.prepared(chosen)
        exact = tuple(dict.fromkeys(map(self.definitions.expand_calls, (chosen, *forms))))
        exact = tuple(each for each in exact if each.free_symbols == exact[0].free_symbols)
        sample = self.sample(exact)
        form = self.measured(chosen, sample)
        if form.worst > ENOUGH:
            others = [self.inlined(self.prepared(each)[0]) for each in exact[1:]]
            best = found([form.expr, *others], sample, self.sample(exact, seed=2))
            if best.expr != form.expr:
                expr, rewrites, form = best.expr, tuple(dict.fromkeys((*rewrites, *best.rows))), best
        if not rewrites and chosen == written:
            return expr, rewrites, None, None
        literal = self.definitions.expand_calls(written)
        before = sample if literal in exact else self.sample((literal,))
        return expr, rewrites, loss(Form(literal, (), before.errors(literal))), loss(form)

    def inlined(self, expr: Expr) -> Expr:
        """A stable form with the calls of the post's other functions put in, stable as well."""
        for call in atoms_of(expr, AppliedUndef):
            parameters, body = self.definitions.functions[name_of(call)]
            inner = self.inlined(self.prepared(settled(self.definitions, body))[0])
            expr = substitute(expr, {call: substitute(inner, dict(zip(parameters, call.args, strict=True)))})
        return expr


def _with_head(expr: Expr, names: frozenset[str], head: type[Expr]) -> Expr:
    """An expression with the calls of some functions as calls of a known one."""
    found = (call for call in expr.atoms(AppliedUndef) if name_of(call) in names)
    calls: list[AppliedUndef] = sorted(found, key=text_of)
    unary = [call for call in calls if len(call.args) == 1]
    if not unary:
        return expr
    table = {call: head(_with_head(call.args[0], names, head), evaluate=False) for call in unary}
    return substitute(expr, table)
