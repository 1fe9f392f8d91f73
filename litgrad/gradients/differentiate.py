"""`differentiate`: the derivatives that a post names, with the forms that it proves for each."""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace

import sympy
from sympy import Derivative, Expr, Subs, Symbol
from sympy.core.function import AppliedUndef

from litgrad.checking.normal_form import equal
from litgrad.checking.verdicts import CheckedDerivation, CheckedStep, Verdict
from litgrad.gradients.composite import composites
from litgrad.gradients.force import in_force
from litgrad.gradients.gradient import Form, Gradient, Gradients
from litgrad.gradients.unstated import unstated
from litgrad.meaning.cases import Cases
from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import name_of
from litgrad.meaning.statements import Member, Statements
from litgrad.records import dataclass

_EQUAL = frozenset(["=", r"\equiv"])
_HOLDS = frozenset([Verdict.DEFINITION, Verdict.PROVED, Verdict.CONFIRMED, Verdict.CONDITIONAL])

Key = tuple[str, tuple[tuple[Symbol, int], ...]]


def differentiate(
    statements: Statements, derivations: Sequence[CheckedDerivation], derivatives: int = 1
) -> Gradients:
    """Collect the derivatives of a post.

    Takes the statements, the checked derivations, and 2 where each definition shall be differentiated as
    compositions are. Gives each derivative once, with every form
    that steps without a fault connect it to, and the compositions of all definitions.
    """
    definitions = Definitions.of(statements)
    found: dict[Key, _Found] = {}
    later: dict[Key, _Found] = {}
    for derivation in derivations:
        for index, member in enumerate(derivation.derivation.members):
            key = _key(definitions, member)
            if key is not None:
                first = in_force(statements, definitions, member)
                entry = (found if first else later).setdefault(key, _Found(member))
                entry.forms.extend(_forms(statements, definitions, derivation, index))
    gradients = tuple(_gradient(statements, definitions, key, entry) for key, entry in found.items())
    superseded = tuple(
        _gradient(statements, definitions, key, entry) for key, entry in later.items() if key not in found
    )
    again = _restatements(statements, definitions, derivations)
    composed = composites(statements, definitions, alone=derivatives > 1)
    return Gradients(definitions, gradients, composed, again, superseded)


_PIECEWISE = (Cases, sympy.sign, sympy.Abs, sympy.Max, sympy.Min, sympy.floor)


@dataclass(slots=True)
class _Found:
    """A derivative where it first stands, and its forms so far."""

    member: Member
    forms: list[Form] = field(default_factory=list)


def _key(definitions: Definitions, member: Member) -> Key | None:
    """The derivative that a member is, if it is nothing else; `f'(x_0)` with `x_0 = 3` is a number."""
    expr = member.term.expr if member.term is not None else None
    if not isinstance(expr, Derivative) or not isinstance(expr.expr, AppliedUndef):
        return None
    if not all(isinstance(argument, Symbol) for argument in expr.expr.args):
        return None
    called = definitions.is_function(name_of(expr.expr))
    if called and any(_is_number(definitions, argument) for argument in expr.expr.args):
        return None
    return name_of(expr.expr), tuple((variable, int(order)) for variable, order in expr.variable_count)


def _is_number(definitions: Definitions, symbol: Expr) -> bool:
    """Whether the post gives a symbol a number."""
    value = definitions.values.get(symbol) if isinstance(symbol, Symbol) else None
    return value is not None and not value.free_symbols


def _gradient(statements: Statements, definitions: Definitions, key: Key, found: _Found) -> Gradient:
    member = found.member
    assert member.term is not None
    source = statements.source
    ordered = _ordered(found.forms)
    head = member.term.expr
    missing = unstated(definitions, head)
    if missing is not None and _is_by_sum(statements, head):
        missing = "its value is a sum over an index, of which litgrad makes no function yet"
    rates = [form for form in ordered if form.expr.has(Derivative, Subs)]
    value = definitions.settle(head) if missing is None else head
    ordered = [form for form in ordered if _holds_everywhere(definitions, form, value)]
    return Gradient(
        key[0],
        key[1],
        " ".join(source.slice(member.span).split()),
        member.span,
        source.line(member.span.start),
        tuple(form for form in ordered if not _unsettled(form.expr) and (missing is None or form.premises)),
        value,
        tuple(_settled(definitions, form) for form in rates if unstated(definitions, form.expr) is None),
        missing,
    )


def _holds_everywhere(definitions: Definitions, form: Form, value: Expr) -> bool:
    """Whether a form is the derivative on all pieces: `-1` is that of `\\max(0, 1 - z)` for `z < 1` only.

    A form by cases is proved for all of them; it counts where it has a value everywhere.
    """
    if not value.has(*_PIECEWISE) or form.expr.has(Derivative, Subs) or form.premises:
        return True
    cases = form.expr.atoms(Cases)
    if cases:
        return all(one.is_whole for one in cases)
    return equal(definitions.expand(form.expr), definitions.expand(value))


def _is_by_sum(statements: Statements, expr: Expr) -> bool:
    """Whether an expression differentiates a name that the post defines by a sum over an index."""
    names = {definition.name for definition in statements.indexed}
    calls = [call for derivative in expr.atoms(Derivative) for call in derivative.atoms(AppliedUndef)]
    return any(name_of(call) in names for call in calls)


def _ordered(forms: Sequence[Form]) -> list[Form]:
    """Each form once, where it first stands, in the order of the post."""
    return sorted({form.expr: form for form in reversed(forms)}.values(), key=lambda form: form.span)


def _unsettled(expr: Expr) -> bool:
    return expr.has(Derivative, Subs, sympy.Integral, sympy.Sum)


def _settled(definitions: Definitions, form: Form) -> Form:
    return replace(form, expr=definitions.settle(form.expr))


# -------------------------------- forms along a chain --------------------------------


def _forms(
    statements: Statements, definitions: Definitions, derivation: CheckedDerivation, index: int
) -> Iterator[Form]:
    """The members on both sides of a head that sound steps lead to."""
    members = derivation.derivation.members
    forward = [(derivation.steps[at], members[at + 1]) for at in range(index, len(derivation.steps))]
    backward = [(derivation.steps[at], members[at]) for at in range(index - 1, -1, -1)]
    for side in (forward, backward):
        yield from _linked(statements, definitions, side)


def _linked(
    statements: Statements, definitions: Definitions, side: list[tuple[CheckedStep, Member]]
) -> Iterator[Form]:
    premises: tuple[tuple[Symbol, Expr, str], ...] = ()
    for checked, member in side:
        if not _is_equality(checked) or member.term is None:
            return
        needed = ((premise.symbol, premise.value, premise.latex) for premise in checked.judgement.premises)
        premises = tuple(dict.fromkeys([*premises, *needed]))
        if in_force(statements, definitions, member):
            yield Form(member.term.expr, member.span, statements.source.line(member.span.start), premises)


def _is_equality(checked: CheckedStep) -> bool:
    """Whether a step makes two members equal: an approximation or an inequality that holds does not."""
    sign = checked.step.sign.symbol
    holds = checked.verdict in _HOLDS and not checked.judgement.conditions
    return holds and (sign in _EQUAL or checked.step.definition is not None)


def _restatements(
    statements: Statements, definitions: Definitions, derivations: Sequence[CheckedDerivation]
) -> dict[str, tuple[Form, ...]]:
    """For each name, what follows its first definition: `1 + e^{-x}` in `f(x) = a = 1 + e^{-x}`."""
    found: dict[str, tuple[Form, ...]] = {}
    for derivation in derivations:
        members = derivation.derivation.members
        for index, checked in enumerate(derivation.steps):
            definition = checked.step.definition
            if definition is not None and definition.name not in found:
                rest = list(zip(derivation.steps[index + 1 :], members[index + 2 :], strict=True))
                forms = _ordered(list(_linked(statements, definitions, rest)))
                found[definition.name] = tuple(form for form in forms if not _unsettled(form.expr))
    return found
