"""Value and gradient of a composite: reverse mode over its definitions, in stable form."""

from collections.abc import Mapping

from sympy import Expr, Integer, Symbol

from litgrad.codegen.alternatives import ALTERNATIVES
from litgrad.codegen.parts import terms_of
from litgrad.codegen.plan import Planner
from litgrad.codegen.quotient_rows import weighted_softplus
from litgrad.codegen.search import Row
from litgrad.codegen.special import Sigmoid
from litgrad.codegen.stability import stabilise
from litgrad.codegen.underflow import spread
from litgrad.gradients.gradient import Composite
from litgrad.meaning.forms import add, derivative, substitute
from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class Composed:
    """What `value_and_grad` computes, line by line."""

    composite: Composite
    locals: tuple[tuple[Symbol, Expr], ...]
    """Definitions that are kept as lines, in order of evaluation."""
    value: Expr
    """As it is differentiated."""
    shown: Expr
    """As it is computed."""
    adjoints: tuple[tuple[Symbol, Expr], ...]
    """For each local, last first, the derivative of the value by it; later adjoints as symbols."""
    gradients: tuple[tuple[Symbol, Expr], ...]
    """For each leaf the derivative, in adjoints, locals and leaves."""
    computed: tuple[tuple[Symbol, Expr], ...] = ()
    """The same in an order in which nothing underflows before the whole does."""
    rows: tuple[Row, ...] = ()
    """What led from the author's formulas to these."""


def adjoint(symbol: Symbol) -> Symbol:
    """The symbol that stands for the derivative of the value by a local."""
    return Symbol(f"adjoint {symbol.name}", real=True)


def compose(planner: Planner, composite: Composite) -> Composed:
    """Differentiate a composite once through all its definitions.

    Definitions that are aliases or sigmoids are put in, so that logarithms of them become softplus;
    the others stay as lines, computed once.
    """
    kept, put_in = _locals(planner, composite)
    value, rows = planner.measures.prepared(substitute(composite.value, put_in))
    adjoints = _adjoints(kept, value)
    gradients = tuple((leaf, _rate(leaf, value, kept)) for leaf in composite.leaves)
    inside: dict[Expr, Expr] = {}
    for local, rate in adjoints:
        inside[adjoint(local)] = substitute(rate, inside)
    computed = tuple((leaf, _spread(rate, inside)) for leaf, rate in gradients)
    shown = weighted_softplus(value)
    rows = (*rows, *(row for row in ALTERNATIVES if shown is not None and row.apply is weighted_softplus))
    return Composed(composite, kept, value, shown or value, adjoints, gradients, computed, rows)


def _spread(rate: Expr, adjoints: Mapping[Expr, Expr]) -> Expr:
    """A derivative whose products of an adjoint with other factors do not underflow before they are whole."""
    terms = [spread(substitute(term, adjoints)) or term for term in terms_of(rate)]
    return add(*terms) if terms != terms_of(rate) else rate


def _locals(
    planner: Planner, composite: Composite
) -> tuple[tuple[tuple[Symbol, Expr], ...], dict[Expr, Expr]]:
    kept: list[tuple[Symbol, Expr]] = []
    put_in: dict[Expr, Expr] = {}
    for symbol, body in composite.locals:
        stable = planner.measures.prepared(substitute(body, put_in))[0]
        if kept and stable == kept[-1][0]:
            kept[-1] = (symbol, kept[-1][1])
            put_in = {**put_in, stable: symbol}
        elif isinstance(stable, (Symbol, Sigmoid)):
            put_in[symbol] = stable
        else:
            kept.append((symbol, stable))
    return tuple(kept), put_in


def _adjoints(kept: tuple[tuple[Symbol, Expr], ...], value: Expr) -> tuple[tuple[Symbol, Expr], ...]:
    """The derivative by each local, the last one first."""
    return tuple(
        (symbol, _rate(symbol, value, kept[index + 1 :]))
        for index, (symbol, _) in reversed(list(enumerate(kept)))
    )


def _rate(symbol: Symbol, value: Expr, later: tuple[tuple[Symbol, Expr], ...]) -> Expr:
    """The direct derivative and what comes through later locals."""
    rate = derivative(value, symbol)
    for local, body in later:
        inner = derivative(body, symbol)
        if inner != Integer(0):
            rate = rate + adjoint(local) * inner
    return stabilise(rate)[0]
