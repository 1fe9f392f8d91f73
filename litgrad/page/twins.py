"""Links of code that computes a term of the post in another form: they are found by value."""

from collections.abc import Iterator, Mapping, Sequence

from sympy import Derivative, Expr, Symbol

from litgrad.codegen.generated import Function, GeneratedModule
from litgrad.codegen.search import reasons
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import symbol
from litgrad.meaning.statements import Statements
from litgrad.page.linked import Linked, Value
from litgrad.page.running import Code, Place, names_of
from litgrad.page.worths import Worths, is_constant, told
from litgrad.records import dataclass
from litgrad.source import Span


@dataclass(frozen=True, slots=True)
class _Term:
    """A term where the post writes it."""

    span: Span
    expr: Expr


def twins_of(statements: Statements, module: GeneratedModule) -> Iterator[Linked]:
    """Links to terms of the post for expressions of the code that have none.

    Two values are taken as one where nine digits agree at all points, of which several lie in the
    usual domains; of several terms with that value the nearest to the function's formula counts.
    """
    worths = Worths(Definitions.of(statements), module.plans)
    terms: dict[tuple[str, ...], list[_Term]] = {}
    for reading in statements.readings:
        for term in reading.terms:
            for span, expr in term.parts:
                digits = told(worths.of(expr))
                if digits is not None:
                    terms.setdefault(digits, []).append(_Term(span, expr))
    if not terms:
        return
    linked = {(link.start, link.end) for link in module.links}
    code = Code.of(module.readable)
    for function in module.functions:
        if not any(each.shape for each in function.parameters):
            yield from _of_function(function, module, code, worths, terms, linked)


def _of_function(
    function: Function,
    module: GeneratedModule,
    code: Code,
    worths: Worths,
    terms: Mapping[tuple[str, ...], Sequence[_Term]],
    linked: set[tuple[int, int]],
) -> Iterator[Linked]:
    names = {each.name: each.latex for each in function.parameters}
    own = code.functions.get(function.name)
    if own is None or set(names_of(own)) != set(names):
        return
    inputs = {name: worths.of(symbol(latex)) for name, latex in names.items()}
    known = {name: values for name, values in inputs.items() if values is not None}
    for place, values in code.values(function.name, known).items():
        digits = told(values)
        if place in linked or digits is None or digits not in terms:
            continue
        named = module.text[place[0] : place[1]].isidentifier()
        nearest = min(terms[digits], key=lambda term: _distance(term, function, named=named))
        if not is_constant(digits) or not nearest.expr.free_symbols:
            linked.add(place)
            yield Linked(*place, nearest.expr)


def _distance(term: _Term, function: Function, *, named: bool) -> tuple[bool, int]:
    """How far a term is from a function's formula; what is worked out is rather no name in the post, too."""
    is_name = isinstance(term.expr, Symbol | Derivative)
    return is_name != named, abs(term.span.start - function.span.start)


def origins_of(parts: Mapping[Span, Value], module: GeneratedModule) -> Iterator[Linked]:
    """Links of each whole formula in the code to the left side that its function was made from.

    Takes the values of the post by place.
    """
    code = Code.of(module.readable)
    for function in module.functions:
        if function.span in parts and function.name in code.functions:
            for place in code.formulas(function.name):
                yield Linked(*place, parts[function.span])


def reasons_of(module: GeneratedModule) -> dict[Place, str]:
    """Why a formula in the code is not the author's, by its place."""
    code = Code.of(module.readable)
    plans = {plan.span: plan for plan in reversed(module.plans)}
    found: dict[Place, str] = {}
    for function in module.functions:
        plan = plans.get(function.span)
        places = list(code.formulas(function.name)) if function.name in code.functions else []
        if plan is not None and plan.rewrites and places:
            found[places[-1]] = "; ".join(dict.fromkeys(reasons(plan.rewrites)))
    return found
