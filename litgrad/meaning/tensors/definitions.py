"""Definitions in force put into tensors, and derivatives carried out through them."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from litgrad.meaning.tensors.model import TensorDefinition
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.tensors.differentiate import derivative
from litgrad.tensors.expr import (
    Derivative,
    Elementwise,
    Tensor,
    Unknown,
    Variable,
    operands,
    topological,
    variables,
    with_operands,
)
from litgrad.tensors.functions import FUNCTIONS

MOST_NODES = 4_000
"""How large a graph may become with every definition put in."""


class TooLarge(Exception):
    """A tensor that has too many parts with every definition put in."""


class NotSaid(Exception):
    """The post does not say how one thing depends on another; the message is a clause."""


def in_force(definitions: Iterable[TensorDefinition], at: Span) -> dict[Variable, Tensor]:
    """One definition per name: the last before a place, else the first; one that closes a circle is left out.

    A special value of a name holds below it only, up to where it ends.
    """
    chosen: dict[Variable, TensorDefinition] = {}
    for one in definitions:
        before = one.span.start <= at.start
        if before and one.until is not None and one.until <= at.start:
            chosen.pop(one.variable, None)
        elif before or (one.variable not in chosen and not one.special):
            chosen[one.variable] = one
    kept: dict[Variable, Tensor] = {}
    for variable, one in sorted(chosen.items(), key=lambda pair: (pair[1].implied, pair[1].span.start)):
        if variable not in _reached(one.body, kept | {variable: one.body}):
            kept[variable] = one.body
    return {variable: kept[variable] for variable in chosen if variable in kept}


def _reached(body: Tensor, bodies: Mapping[Variable, Tensor]) -> set[Variable]:
    """All names that a value leads to."""
    found: set[Variable] = set()
    waiting = [body]
    while waiting:
        for name in variables(waiting.pop()):
            if name not in found:
                found.add(name)
                if name in bodies:
                    waiting.append(bodies[name])
    return found


@dataclass(slots=True)
class Environment:
    """The definitions in force, and names that depend on others in a way that the post does not say."""

    bodies: Mapping[Variable, Tensor]
    unknown: dict[Variable, tuple[Variable, ...]] = field(default_factory=dict)
    """What a name without a value is taken to depend on."""
    past: Mapping[Variable, tuple[Variable, ...]] = field(default_factory=dict)
    """What it may depend on past these, as other names of the post do."""

    def settled(self, tensor: Tensor) -> Tensor:
        """A tensor with every definition put in and every derivative carried out.

        Raises NotSaid and TooLarge.
        """
        return self._expanded(tensor, frozenset(), {})

    def _expanded(
        self, root: Tensor, kept: frozenset[Variable], known: dict[tuple[Tensor, frozenset[Variable]], Tensor]
    ) -> Tensor:
        """The same; some names are kept as they are."""
        if (root, kept) in known:
            return known[root, kept]
        if isinstance(root, Derivative):
            found = self._differentiated(root, kept, known)
        elif isinstance(root, Variable):
            found = self._named(root, kept, known)
        else:
            below = operands(root)
            made = tuple(self._expanded(one, kept, known) for one in below)
            found = with_operands(root, made) if made != below else root
        if len(known) > MOST_NODES:
            raise TooLarge
        known[root, kept] = found
        return found

    def _named(self, name: Variable, kept: frozenset[Variable], known: dict) -> Tensor:
        if name in kept:
            return name
        if name in self.bodies:
            return self._expanded(self.bodies[name], kept, known)
        if name in self.unknown:
            arguments = tuple(self._expanded(one, kept, known) for one in self.unknown[name])
            return Unknown(name.name, arguments, name.shape)
        return name

    def _differentiated(self, node: Derivative, kept: frozenset[Variable], known: dict) -> Tensor:
        inner = self._expanded(node.value, frozenset([node.by]), known)
        if node.by not in variables(inner):
            raise NotSaid(_not_said(node))
        rate = derivative(inner, node.by)
        if sum(1 for _ in topological(rate)) > MOST_NODES:
            raise TooLarge
        return self._expanded(rate, kept, known)


def _not_said(node: Derivative) -> str:
    if isinstance(node.value, Variable):
        return f"the post does not say how `{node.value.name}` depends on `{node.by.name}`"
    return f"what is differentiated does not contain `{node.by.name}`"


def assumed_dependences(tensors: Iterable[Tensor], bodies: Mapping[Variable, Tensor]) -> Environment:
    """The environment in which names without a value depend on what they are differentiated by.

    Of several such variables those count that the others lead to: with z = W x + b, an L that is
    differentiated by W and by z is taken as a function of z.
    """
    pairs: dict[Variable, set[Variable]] = {}
    for tensor in tensors:
        for node in _derivatives(tensor, bodies):
            for name in _open_names(node, bodies):
                pairs.setdefault(name, set()).add(node.by)
    unknown = {}
    for name, by in pairs.items():
        leads = {one: _reached(bodies[one], bodies) for one in by if one in bodies}
        last = [
            one for one in by if not any(one in reached for other, reached in leads.items() if other != one)
        ]
        unknown[name] = tuple(sorted(last, key=lambda one: one.name))
    past = {
        name: _past(name, by - set(unknown[name]), set(unknown[name]), bodies) for name, by in pairs.items()
    }
    return Environment(bodies, unknown, {name: ways for name, ways in past.items() if ways})


def _past(
    name: Variable, by: set[Variable], last: set[Variable], bodies: Mapping[Variable, Tensor]
) -> tuple[Variable, ...]:
    """Of the variables that the last ones lead to, those that other names of the post depend on past them.

    With h = U x, g = W x and y = g + h an unknown L of h may depend on x through g, too.
    """
    without = {one: body for one, body in bodies.items() if one not in last}
    inner = {one for end in last if end in bodies for one in _reached(bodies[end], bodies)}
    others = [one for one in without if one not in inner and one != name]
    leads = [_reached(without[one], without) for one in others]
    found = {one for one in by for reached in leads if one in reached and name not in reached}
    return tuple(sorted(found, key=lambda one: one.name))


def _derivatives(tensor: Tensor, bodies: Mapping[Variable, Tensor]) -> list[Derivative]:
    """The derivatives in a tensor and in the definitions that it leads to."""
    seen: set[Variable] = set()
    found: list[Derivative] = []
    waiting = [tensor]
    while waiting:
        for node in topological(waiting.pop()):
            if isinstance(node, Derivative):
                found.append(node)
            for name in (node.by,) if isinstance(node, Derivative) else (node,):
                if isinstance(name, Variable) and name in bodies and name not in seen:
                    seen.add(name)
                    waiting.append(bodies[name])
    return found


def _open_names(node: Derivative, bodies: Mapping[Variable, Tensor]) -> list[Variable]:
    """Names without a value whose derivative stands alone: the L of `\\frac{\\partial L}{\\partial z}`."""
    value = node.value
    while isinstance(value, Variable) and value in bodies:
        value = bodies[value]
    return [value] if isinstance(value, Variable) and value != node.by else []


def computable(definitions: Iterable[TensorDefinition]) -> tuple[TensorDefinition, ...]:
    """The definitions whose value numbers can be put into: no derivative, no function without a body."""
    own = (one for one in definitions if not one.implied)
    return tuple(one for one in own if not any(map(_is_open, topological(one.body))))


def _is_open(node: Tensor) -> bool:
    unknown = isinstance(node, Elementwise) and node.function not in FUNCTIONS
    return unknown or isinstance(node, (Derivative, Unknown))
