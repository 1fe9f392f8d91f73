"""Whether sides that differ as read show an error of the author; most equations state something else."""

from collections.abc import Iterator

from litgrad.checking.tensors.points import differ_for_ones
from litgrad.latex.unparse import unparse
from litgrad.meaning.statements import Derivation, Member, Statements, Step
from litgrad.meaning.tensors.definitions import Environment
from litgrad.meaning.tensors.layers import iterate_of
from litgrad.meaning.tensors.model import TensorTerm
from litgrad.meaning.tensors.naming import function_head
from litgrad.tensors.build import is_zero
from litgrad.tensors.expr import (
    Derivative,
    Einsum,
    Elementwise,
    Tensor,
    Unknown,
    Variable,
    topological,
    variables,
)
from litgrad.tensors.functions import FUNCTIONS
from litgrad.tensors.normal import differ_in_a_term

EQUATION = "an equation between its symbols, not an identity"


def why_no_error(
    step: Step,
    derivation: Derivation,
    statements: Statements,
    sides: tuple[Tensor, Tensor],
    environment: Environment,
) -> str | None:
    """Why sides that differ are not held against the author, in a clause; None where they are.

    Held against the author is a claim on a derivative, or a sum that gives a product two factors: both
    sides lead to the same names, no name is without a value, and nothing in them could be read otherwise.
    """
    terms = [member.tensor for member in (step.left, step.right) if member.tensor is not None]
    doubts = [doubt for term in terms for doubt in term.doubts]
    if doubts:
        return f"the sides differ as read, but {doubts[0]}"
    if any(is_zero(term.tensor) for term in terms):
        return "a condition (`= 0`), not an identity"
    if not (_is_derived(step, derivation, environment) or _is_wrong_sum(step, sides)):
        return EQUATION
    if not _same_names(terms, environment):
        return EQUATION
    if set(_unknown_in(sides[0])) != set(_unknown_in(sides[1])):
        return "it depends on a function that the post does not give"
    if any(len(by) > 1 for by in environment.unknown.values()):
        return "the post does not say how all that is differentiated by depends on each other"
    if environment.past:
        return "the post does not say through what its loss depends on all that it is differentiated by"
    if _has_two_values(step, statements, terms) or _rests_on_updates(statements, terms, environment):
        return "the sides differ as read, but the post gives one of its names more than one value"
    return None


def _is_derived(step: Step, derivation: Derivation, environment: Environment) -> bool:
    """Whether this member of the chain, or one before it, is a derivative, or the name of one."""
    head = step.left.tensor
    if head is not None and isinstance(head.tensor, Variable):
        body = environment.bodies.get(head.tensor)
        return body is not None and any(isinstance(node, Derivative) for node in topological(body))
    for earlier in derivation.steps:
        if any(_has_derivative(member.tensor) for member in (earlier.left, earlier.right)):
            return True
        if earlier is step:
            return False
    return False


def _is_wrong_sum(step: Step, sides: tuple[Tensor, Tensor]) -> bool:
    """Whether the sides are sums that give one product two factors, which no premise explains.

    A term that one side lacks may vanish by a premise in words: the vectors are orthogonal, the data
    centred. So may an order of factors or a transpose not matter.
    """
    if any(map(_is_named, (step.left, step.right))) or any(True for side in sides for _ in _unknown_in(side)):
        return False
    return differ_in_a_term(*sides) and differ_for_ones(*sides)


def _is_named(member: Member) -> bool:
    """Whether a member is a name, an entry of one, or a function of names, which an equation may define."""
    tensor = None if member.tensor is None else member.tensor.tensor
    alone = tensor.factors[0] if isinstance(tensor, Einsum) and len(tensor.factors) == 1 else tensor
    return isinstance(alone, Variable) or (member.node is not None and function_head(member.node) is not None)


def _has_derivative(term: TensorTerm | None) -> bool:
    return term is not None and any(isinstance(node, Derivative) for node in topological(term.tensor))


def _same_names(terms: list[TensorTerm], environment: Environment) -> bool:
    """Whether neither side has a name that the other does not lead to."""
    left, right = (set(_leaves(term.tensor, environment)) for term in terms)
    first, second = (_has_derivative(term) for term in terms)
    if first is second:
        return left == right
    return right <= left if first else left <= right


def _leaves(tensor: Tensor, environment: Environment) -> Iterator[Variable]:
    """The names without a value that a tensor leads to, what is differentiated included."""
    seen: set[Variable] = set()
    waiting = [tensor]
    while waiting:
        for node in topological(waiting.pop()):
            names = (node, node.by) if isinstance(node, Derivative) else (node,)
            for name in names:
                if not isinstance(name, Variable) or name in seen:
                    continue
                seen.add(name)
                if name in environment.bodies:
                    waiting.append(environment.bodies[name])
                elif name in environment.unknown:
                    waiting.extend(environment.unknown[name])
                else:
                    yield name


def _unknown_in(tensor: Tensor) -> Iterator[str]:
    """The functions without a body in a tensor."""
    for node in topological(tensor):
        if isinstance(node, Unknown):
            yield node.name
        elif isinstance(node, Elementwise) and node.function not in FUNCTIONS:
            yield node.function


def _rests_on_updates(statements: Statements, terms: list[TensorTerm], environment: Environment) -> bool:
    """Whether a side leads to an iterate that the post updates in more than one way: `x_{k+1} = ...`."""
    world = statements.tensors.world
    counts: dict[str, int] = {}
    for derivation in statements.derivations:
        node = derivation.steps[0].left.node
        step = iterate_of(node) if node is not None else None
        if world is not None and node is not None and step is not None and step[0] in world.layers:
            counts[unparse(node)] = counts.get(unparse(node), 0) + 1
    return any(counts.get(name.name, 0) > 1 for term in terms for name in _behind(term.tensor, environment))


def _behind(tensor: Tensor, environment: Environment) -> Iterator[Variable]:
    """All names that a tensor leads to."""
    seen: set[Variable] = set()
    waiting = [tensor]
    while waiting:
        for name in variables(waiting.pop()):
            if name not in seen:
                seen.add(name)
                yield name
                if name in environment.bodies:
                    waiting.append(environment.bodies[name])


def _has_two_values(step: Step, statements: Statements, terms: list[TensorTerm]) -> bool:
    counts: dict[Variable, int] = {}
    for one in statements.tensors.definitions:
        counts[one.variable] = counts.get(one.variable, 0) + 1
    return any(counts.get(name, 0) > 1 for term in terms for name in variables(term.tensor))
