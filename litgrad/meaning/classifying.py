"""What a relation sign does: it defines, states values, or claims something to judge."""

from collections.abc import Iterator
from dataclasses import replace

import sympy
from sympy import Derivative
from sympy.core.function import AppliedUndef

from litgrad.latex.tree import Letter, Node, Product, Sum, children
from litgrad.latex.unparse import unparse
from litgrad.meaning.constants import recalls_a_constant
from litgrad.meaning.declarations import (
    STATES_VALUES,
    called_in,
    declares,
    head_of_call,
    is_matrix_function,
    is_operator,
)
from litgrad.meaning.defining import (
    define,
    define_in_tensors,
    note_second,
    report_unread,
    says_the_same,
)
from litgrad.meaning.domains import stated_domain
from litgrad.meaning.forms import name_of as called
from litgrad.meaning.forms import symbol
from litgrad.meaning.names import (
    Scope,
    function_head,
    name_of,
)
from litgrad.meaning.noted import Noted, names_in
from litgrad.meaning.prose import Cue, is_in_a_case, is_in_a_clause
from litgrad.meaning.remainders import congruence_of
from litgrad.meaning.said import said_whole
from litgrad.meaning.sections import gives_another_value, heading_between
from litgrad.meaning.statements import (
    Assumption,
    Condition,
    Definition,
    Member,
    Step,
)
from litgrad.meaning.tensors.members import (
    head_of,
)
from litgrad.meaning.tensors.naming import function_head as function_of_vectors
from litgrad.meaning.tensors.naming import tensor_name

_DEFINING = frozenset([":=", r"\triangleq", r"\coloneqq", r"\doteq"])
"""Signs that say outright that they define."""
_EQUAL = frozenset(["=", r"\equiv"])


def classified(noted: Noted, step: Step, cue: Cue | None, *, leading: bool, inline: bool) -> Step:
    """A step as a definition, an aside, or an identity to judge."""
    if step.left.node is None or step.right.node is None:
        return step
    if step.sign.symbol in _EQUAL and congruence_of(step.right.node) is not None and not _is_remainder(step):
        return step
    if is_in_a_case(noted.source, step.left.span.start):
        return replace(step, aside="it is a condition, not an identity")
    inline = inline or is_in_a_clause(noted.source, step.left.span.start)
    domain = stated_domain(step.left.node, step.sign, step.right.node, noted.scope, inline=inline)
    if domain:
        place = step.left.span | step.right.span
        noted.assumptions.extend(Assumption(expr, values, place) for expr, values in domain)
        if inline and said_whole(noted.source, place):
            whole = dict.fromkeys(expr for expr, _ in domain if expr.is_Symbol)
            noted.assumptions.extend(Assumption(name, sympy.S.Integers, place) for name in whole)
        return replace(step, aside=STATES_VALUES)
    head = _head(step.left.node, noted.scope, bold=noted.world is not None)
    if leading and _is_new_function(noted, step, head):
        cue = Cue.DEFINES
    if inline and cue is Cue.SUPPOSES and not _gives_a_function(step, head):
        note_condition(noted, step)
        return replace(step, aside="it is a condition, not an identity")
    if head is None or step.sign.symbol not in _DEFINING | _EQUAL or not leading or _is_rate(noted, step):
        return declared(noted, step, leading=leading)
    if head[0] not in noted.introduced and _is_of_given(noted, step, head[1]):
        noted.introduced[head[0]] = step.left.span
        return replace(step, introduces=unparse(step.left.node))
    if recalls_a_constant(head[0], step.right.node) or is_matrix_function(head[0]):
        return declared(noted, step, leading=leading)
    return declared(noted, introduction(noted, step, *head, cue=cue), leading=leading)


def _gives_a_function(step: Step, head: tuple[str, tuple[str, ...] | None] | None) -> bool:
    """`if $f(x) := x^2$`: it says outright what f is, also where a value would be a condition."""
    return step.sign.symbol in _DEFINING and head is not None and head[1] is not None


def _is_of_given(noted: Noted, step: Step, parameters: tuple[str, ...] | None) -> bool:
    """`\\varphi(n) = (p - 1)(q - 1)` of an n that has its value: it says nothing of another argument."""
    if not parameters or step.right.term is None:
        return False
    given = {one.name for one in noted.definitions if one.parameters is None}
    return given >= set(parameters) and set(map(symbol, parameters)).isdisjoint(
        step.right.term.expr.free_symbols
    )


def _is_remainder(step: Step) -> bool:
    """`r = a \\bmod n`, which gives r a value."""
    node = step.right.node
    return step.sign.symbol == "=" and isinstance(node, Product) and node.signs[-1].symbol == r"\bmod"


def _is_new_function(noted: Noted, step: Step, head: tuple[str, tuple[str, ...] | None] | None) -> bool:
    """`f(x) = x^2` of an f that stands nowhere above: `for` before it makes no condition of it.

    `f(x) = 0`, `f(x) = x` and `f(x) = g(x)` may be equations.
    """
    name, parameters = head or ("", None)
    if parameters is None or step.sign.symbol not in _EQUAL or step.right.term is None:
        return False
    value = step.right.term.expr
    if value.is_Symbol or value.atoms(AppliedUndef) or not set(map(symbol, parameters)) <= value.free_symbols:
        return False
    return name not in noted.introduced and name not in noted.seen and name not in noted.called


def _is_rate(noted: Noted, step: Step) -> bool:
    """`f'` of an f that has its value: no new name."""
    value = None if step.left.term is None else step.left.term.expr
    if not isinstance(value, Derivative) or not isinstance(value.expr, AppliedUndef):
        return False
    return called(value.expr) in noted.introduced


def declared(noted: Noted, step: Step, *, leading: bool) -> Step:
    """A step without a value that declares, or names something unread for the first time."""
    if step.introduces is not None or step.aside is not None or step.left.node is None:
        return step
    declared = declares(step.left.node, step.sign.symbol)
    if declared is not None or not leading or step.sign.symbol not in _EQUAL:
        return replace(step, aside=declared)
    name = head_of_call(step.left.node)
    is_new = name is not None and name not in noted.called and not is_operator(name)
    if not is_new or step.left.term is not None or step.left.tensor is not None:
        return step
    if step.right.node is None or name in set(called_in(step.right.node)):
        return step
    return replace(step, introduces=unparse(step.left.node))


def introduction(
    noted: Noted, step: Step, name: str, parameters: tuple[str, ...] | None, *, cue: Cue | None
) -> Step:
    """A step that gives a name its value, an update of it, or a condition on it."""
    outright = step.sign.symbol in _DEFINING
    if not outright and parameters is None and is_given(noted, step.left):
        return step
    if name in names_in(step.right) or _updates(step, name):
        return step if parameters else replace(step, aside="it gives a symbol a new value")
    anew = name in noted.introduced and is_given_anew(noted, step, name, parameters)
    if name in noted.introduced and not outright and not anew:
        return step
    if not outright and cue is not Cue.DEFINES and is_condition(noted, step, name, cue):
        note_condition(noted, step)
        return replace(step, aside=f"it is a condition on `{name}`, not an identity")
    if not outright and parameters is None and _is_infinite(step.right.node):
        return replace(step, aside=f"it is a condition on `{name}`, not an identity")
    if name in noted.introduced and not anew and not says_the_same(noted, step, name):
        note_second(noted, name, step.left.span)
    noted.introduced.setdefault(name, step.left.span)
    definition = define(noted, step, name, parameters)
    in_tensors = define_in_tensors(noted, step, name, parameters)
    if definition is None and not in_tensors and not noted.faulty:
        report_unread(noted, name, step.right)
    return replace(step, introduces=name, definition=definition)


def _is_infinite(node: Node | None) -> bool:
    """`t = \\infty` says where one is; a name that stood for it would be equal to its double."""
    inner = node.terms[0] if isinstance(node, Sum) and len(node.terms) == 1 else node
    return isinstance(inner, Letter) and inner.name == r"\infty"


def is_given_anew(noted: Noted, step: Step, name: str, parameters: tuple[str, ...] | None) -> bool:
    """Whether a section gives a name another value than the sections above it."""
    given = (one for one in (*noted.definitions, *noted.indexed) if one.name == name)
    last = max(given, key=lambda one: one.span, default=None)
    if last is None or not heading_between(noted.source, last.span.end, step.left.span.start):
        return False
    value = step.right.term
    if (value is None or last in noted.indexed) and _has_other_parameters(last, parameters):
        return True
    if value is None or not value.expr.free_symbols:
        return False
    arguments = None if parameters is None else tuple(map(symbol, parameters))
    return gives_another_value(name, arguments, value.expr, noted.definitions)


def _has_other_parameters(last: Definition, parameters: tuple[str, ...] | None) -> bool:
    """`\\ell(\\mu)` below `\\ell(\\lambda) = ...`: a function of its own."""
    if parameters is None or last.parameters is None:
        return False
    return set(map(symbol, parameters)).isdisjoint(last.parameters)


def is_given(noted: Noted, member: Member) -> bool:
    """Whether a value with these entries was defined before: the z of `z_j`, after `z = W x`."""
    name = head_of(member.tensor) if member.tensor is not None and member.tensor.letters else None
    return name is not None and any(one.variable == name for one in noted.tensors)


def note_condition(noted: Noted, step: Step) -> None:
    """Remember `y = 1`."""
    name = name_of(step.left.node) if step.left.node is not None else None
    if name is not None and step.right.term is not None and step.right.term.expr.is_number:
        place = step.left.span | step.right.span
        noted.conditions.append(Condition(symbol(name), step.right.term.expr, place))


def is_condition(noted: Noted, step: Step, name: str, cue: Cue | None) -> bool:
    """`if x = 0`, `y = 1` for a y used before, `x = y` for two names used before."""
    if cue is Cue.SUPPOSES:
        return True
    if name not in noted.seen or step.right.node is None:
        return False
    value, other = step.right.term, tensor_name(step.right.node)
    is_number = value is not None and not value.expr.free_symbols
    return is_number or (other is not None and other in noted.seen)


def is_known(noted: Noted, member: Member) -> bool:
    """Whether a member is a name alone that was introduced before."""
    return member.node is not None and name_of(member.node) in noted.introduced


def _head(node: Node, scope: Scope, *, bold: bool) -> tuple[str, tuple[str, ...] | None] | None:
    """`L` as (L, None), `f(x)` as (f, (x,)); bold names where the post's vectors are read."""
    name = tensor_name(node) if bold else name_of(node)
    if name is not None:
        return name, None
    head = function_head(node)
    if head is None and bold:
        return function_of_vectors(node)
    return head if head is not None and scope.is_function(head[0]) else None


def _updates(step: Step, name: str) -> bool:
    """`\\mathbf{w} = \\mathbf{w} - \\eta \\mathbf{g}`, of which no scalar term is read."""
    if step.right.term is not None or step.right.node is None:
        return False
    return any(tensor_name(part) == name for part in _names_and_others(step.right.node))


def _names_and_others(node: Node) -> Iterator[Node]:
    """The pieces of a tree, names whole: the x of `x_{1}` is no piece."""
    yield node
    if tensor_name(node) is None:
        for child in children(node):
            yield from _names_and_others(child)
