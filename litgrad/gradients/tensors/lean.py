"""A program made for speed: small factors kept apart from large ones, exponentials and products shared."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from litgrad.gradients.tensors import primitives
from litgrad.gradients.tensors.order import Pairing
from litgrad.gradients.tensors.program import Program
from litgrad.gradients.tensors.rows import ROWS
from litgrad.gradients.tensors.tidy import Pair, key_of
from litgrad.tensors.build import add, einsum, number
from litgrad.tensors.expr import (
    Einsum,
    Elementwise,
    Labels,
    Number,
    Ones,
    Power,
    Shape,
    Sum,
    Tensor,
    Unknown,
    Variable,
    operands,
    replaced,
    topological,
    with_operands,
)

LARGEST = " largest"
"""The largest entry along an axis, by which exponentials are shifted."""
EXAMPLES = " examples"
"""The length of the axis of examples, where any number of leading axes are taken as one."""
_MINUS_ONE = number(-1)
_LONGEST_CHAIN = 4
"""Whole powers up to this are products."""


@dataclass(frozen=True, slots=True)
class Lean:
    """What a program computes, with nothing left of its names."""

    value: Tensor
    rates: tuple[tuple[Variable, Tensor], ...]


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A tensor as a core times factors that have fewer axes, each with the axes of the core it lies along."""

    core: Tensor
    factors: tuple[Pair, ...] = ()


def lean(program: Program) -> Lean:
    """The value and the derivatives of a program in a form that takes few passes over large arrays.

    The names of steps are written out, equal parts are one node, every contraction is of two at most.
    """
    table: dict[Tensor, Tensor] = {}
    for step in program.steps:
        table[step.variable] = replaced(step.body, table)
    roots = [replaced(one, table) for one in (program.value, *(rate for _, rate in program.rates))]
    writing = _Writing(factors=_of_matrices(roots))
    value, *rates = [writing.whole(root) for root in roots]
    settled = writing.settled()
    found = [replaced(one, settled) for one in (value, *rates)]
    return Lean(found[0], tuple(zip((leaf for leaf, _ in program.rates), found[1:], strict=True)))


def _of_matrices(roots: Sequence[Tensor]) -> frozenset[Tensor]:
    """The factors of products of which no factor has every label."""
    found: set[Tensor] = set()
    for node in topological(*roots):
        if isinstance(node, Einsum) and all(set(labels) != set(node.sizes()) for labels in node.subscripts):
            found.update(node.factors)
    return frozenset(found)


def _plain(shape: Shape) -> Shape:
    return tuple(EXAMPLES if size == ROWS else size for size in shape)


@dataclass(slots=True)
class _Writing:
    """Nodes on their way; each that is computed stands under a name of its own in those above it."""

    bodies: dict[Variable, Tensor] = field(default_factory=dict)
    """What the names are, each before those that use it."""
    known: dict[Hashable, Variable] = field(default_factory=dict)
    forms: dict[Tensor, _Scaled] = field(default_factory=dict)
    factors: frozenset[Tensor] = frozenset()
    """The factors of products of matrices, which are computed with their numbers."""
    splittable: set[Tensor] = field(default_factory=set)
    """Sums whose terms a contraction may take one by one without losing digits."""

    def settled(self) -> dict[Tensor, Tensor]:
        """Every name as a graph of contractions of two at most."""
        pairing, table = Pairing(), {}
        for name, body in self.bodies.items():
            table[name] = replaced(pairing.paired(body), table)
        return table

    def whole(self, root: Tensor) -> Tensor:
        """A node under its name, with its factors multiplied in."""
        return self._multiplied(self.of(root))

    def of(self, root: Tensor) -> _Scaled:
        """A node with its small factors apart."""
        for node in topological(root):
            if node not in self.forms:
                found = self._found(node)
                self.forms[node] = self._with_numbers(found) if node in self.factors else found
        return self.forms[root]

    def _multiplied(self, form: _Scaled) -> Tensor:
        if not form.factors:
            return form.core
        every = tuple(range(len(form.core.shape)))
        return self._named(einsum([(form.core, every), *form.factors], every))

    def _named(self, body: Tensor) -> Tensor:
        """The name of a node; leaves are their own."""
        if isinstance(body, Variable | Number | Ones) or not operands(body):
            return body
        key = key_of(body)
        if key not in self.known:
            self.known[key] = Variable(f" {len(self.bodies)}", body.shape)
            self.bodies[self.known[key]] = body
        return self.known[key]

    def _found(self, node: Tensor) -> _Scaled:
        match node:
            case Variable():
                return _Scaled(Variable(node.name, _plain(node.shape), node.symmetric))
            case Ones():
                return _Scaled(Ones(_plain(node.shape)))
            case Einsum():
                return self._contracted(list(self._factors(node)), node.output)
            case Sum(terms=terms):
                return self._summed([self.forms[term] for term in terms])
            case Power(base=base, exponent=Number(value=value)):
                return _Scaled(self._power(self._multiplied(self.forms[base]), value))
            case Unknown() if primitives.kind_of(node) is not None and not node.by:
                return self._function(node)
            case Elementwise(function="sigmoid" | primitives.SOFTPLUS, order=0) if node.shape:
                return self._logistic(node)
            case Elementwise(function="step", argument=one):
                inner = self._multiplied(self.forms[one])
                positive = Elementwise("relu", inner)
                return _Scaled(self._named(Elementwise("step", self.known.get(positive, inner))))
        made = tuple(self._multiplied(self.forms[one]) for one in operands(node))
        return _Scaled(self._named(with_operands(node, made) if made else node))

    def _factors(self, node: Einsum) -> Iterator[Pair]:
        """The factors of a contraction taken apart."""
        for one, labels in zip(node.factors, node.subscripts, strict=True):
            form = self.forms[one]
            yield form.core, labels
            yield from ((f, tuple(labels[at] for at in n)) for f, n in form.factors)

    def _with_numbers(self, form: _Scaled) -> _Scaled:
        """A computed core times its factors without axes: it is smaller than what it is multiplied to."""
        numbers = tuple(pair for pair in form.factors if not pair[1])
        if not numbers or form.core not in self.bodies:
            return form
        rest = tuple(pair for pair in form.factors if pair[1])
        return _Scaled(self._multiplied(_Scaled(form.core, numbers)), rest)

    # -------------------------------- products --------------------------------

    def _contracted(self, pairs: list[Pair], output: Labels) -> _Scaled:
        """What has none of the summed labels multiplies the sum."""
        summed = {label for _, labels in pairs for label in labels} - set(output)
        if not summed:
            return self._entrywise(pairs, output)
        inner = [pair for pair in pairs if summed & set(pair[1])]
        outer = [pair for pair in pairs if not summed & set(pair[1])]
        kept = tuple(label for label in dict.fromkeys(output) if any(label in n for _, n in inner))
        found = self._split(inner, kept)
        if found is None:
            inner = self._limits_together(self._squares_apart(inner))
            found = _Scaled(self._named(einsum(inner, kept)))
        if not outer and kept == output:
            return found
        own = [(f, tuple(kept[at] for at in n)) for f, n in found.factors]
        return self._entrywise([(found.core, kept), *own, *outer], output)

    def _entrywise(self, pairs: list[Pair], output: Labels) -> _Scaled:
        """A product of entries: what has every label is the core."""
        if len(set(output)) < len(output) or len(output) < 2:
            return _Scaled(self._named(einsum(pairs, output)))
        large = [(f, n) for f, n in pairs if set(n) == set(output) and not isinstance(f, Ones)]
        small = [(f, n) for f, n in pairs if set(n) != set(output) and not isinstance(f, Ones)]
        sizes = {label: size for f, n in pairs for label, size in zip(n, f.shape, strict=True)}
        if not large and any(isinstance(f, Ones) for f, _ in pairs):
            core: Tensor = Ones(tuple(sizes[label] for label in output))
            small = self._together(small, output)
        elif not large:
            core = self._named(einsum([pair for pair in pairs if pair[1]], output))
            small = [pair for pair in small if not pair[1]]
        else:
            core = self._named(einsum(self._limits_together(large), output))
        return _Scaled(core, tuple((f, tuple(output.index(label) for label in n)) for f, n in small))

    def _together(self, pairs: Sequence[Pair], output: Labels) -> list[Pair]:
        """What is repeated along an axis as one product, but for numbers."""
        numbers = [pair for pair in pairs if isinstance(pair[0], Number)]
        rest = [pair for pair in pairs if not isinstance(pair[0], Number)]
        axes = tuple(label for label in output if any(label in n for _, n in rest))
        if len(rest) < 2 or len(axes) == len(output):
            return list(pairs)
        return [*numbers, (self._named(einsum(rest, axes)), axes)]

    def _limits_together(self, pairs: Sequence[Pair]) -> list[Pair]:
        """The factors with x log u made one, which is 0 where x is."""
        for x, labels in pairs:
            for other, names in pairs:
                if (
                    names == labels
                    and isinstance(x, Variable)
                    and x.shape
                    and self._is_log(other)
                    and x != other
                ):
                    rest = [pair for pair in pairs if pair not in ((x, labels), (other, names))]
                    every = tuple(range(len(labels)))
                    return [(self._named(einsum([(x, every), (other, every)], every)), labels), *rest]
        return list(pairs)

    def _squares_apart(self, pairs: list[Pair]) -> list[Pair]:
        """A square that is summed as two factors."""
        found: list[Pair] = []
        for factor, labels in pairs:
            body = self.bodies.get(factor) if isinstance(factor, Variable) else None
            square = isinstance(body, Power) and body.exponent == number(2) and bool(labels)
            found += [(body.base, labels)] * 2 if square and isinstance(body, Power) else [(factor, labels)]
        return found

    def _is_log(self, node: Tensor) -> bool:
        body = self.bodies.get(node) if isinstance(node, Variable) else None
        return isinstance(body, Elementwise) and body.function == "log"

    # -------------------------------- sums --------------------------------

    def _summed(self, terms: Sequence[_Scaled]) -> _Scaled:
        """Terms of one core are one: a x + b x = (a + b) x, with a and b small."""
        order = len(terms[0].core.shape)
        every = tuple(range(order))
        if order < 2:
            return _Scaled(self._named(add(*(self._product(term, every) for term in terms))))
        groups: dict[tuple[Tensor, Labels], list[_Scaled]] = {}
        for term in terms:
            axes = tuple(sorted({at for _, n in term.factors for at in n}))
            groups.setdefault((term.core, axes), []).append(term)
        made = [self._gathered(core, axes, group) for (core, axes), group in groups.items()]
        if len(made) == 1:
            return made[0]
        return _Scaled(self._named(add(*(self._product(one, every) for one in made))))

    def _gathered(self, core: Tensor, axes: Labels, group: list[_Scaled]) -> _Scaled:
        if len(group) == 1:
            return group[0]
        small = [einsum(one.factors, axes) if one.factors else number(1) for one in group]
        found = self._named(add(*small))
        return _Scaled(core, ((found, axes),))

    @staticmethod
    def _product(form: _Scaled, every: Labels) -> Tensor:
        return einsum([(form.core, every), *form.factors], every) if form.factors else form.core

    def _split(self, pairs: list[Pair], output: Labels) -> _Scaled | None:
        """A sum of products with a sum as the sum of those with its terms, where no digits are lost.

        So it is where the large term is rounded already, as a multiple is: its rounding errors are as
        large as those of the products.
        """
        largest = max((set(labels) for _, labels in pairs), key=len)
        if any(not set(labels) <= largest for _, labels in pairs):
            return None
        for at, (factor, labels) in enumerate(pairs):
            terms = self._terms(factor)
            if terms is None or len(set(labels)) < len(labels):
                continue
            rest = [*pairs[:at], *pairs[at + 1 :]]
            found = []
            for term in terms:
                inner = [(f, tuple(labels[axis] for axis in n)) for f, n in term]
                found.append(self._contracted([*inner, *rest], output))
            return self._summed(found)
        return None

    def _terms(self, node: Tensor) -> list[list[Pair]] | None:
        """The terms of a sum that may be taken one by one."""
        body = self.bodies.get(node) if isinstance(node, Variable) else None
        if not isinstance(body, Sum) or len(body.shape) < 2:
            return None
        every = tuple(range(len(body.shape)))
        terms = [
            list(zip(one.factors, one.subscripts, strict=True)) if isinstance(one, Einsum) else [(one, every)]
            for one in body.terms
        ]
        cores = [[f for f, n in term if len(n) == len(every) and not isinstance(f, Ones)] for term in terms]
        full = [term for term, core in zip(terms, cores, strict=True) if core]
        if len(full) != 1 or any(len(core) > 1 for core in cores):
            return None
        rounded = any(0 < len(n) < len(every) for f, n in full[0] if not isinstance(f, Ones))
        return terms if rounded or node in self.splittable else None

    # -------------------------------- functions --------------------------------

    def _power(self, base: Tensor, value: Fraction) -> Tensor:
        """A power by roots and products: u^(3/2) as u sqrt(u)."""
        if value < 0:
            above = self._power(base, -value)
            return self._named(Power(above, _MINUS_ONE))
        whole, part = divmod(value, 1)
        if part not in (0, Fraction(1, 2)) or not 0 <= whole <= _LONGEST_CHAIN or isinstance(base, Number):
            return self._named(Power(base, number(value)))
        every = tuple(range(len(base.shape)))
        root = [self._named(Power(base, number(part)))] if part else []
        square = [self._named(Power(base, number(2)))] * int(whole // 2)
        factors = [*root, *square, *([base] if whole % 2 else [])]
        found = factors[0]
        for factor in factors[1:]:
            found = self._named(einsum([(found, every), (factor, every)], every))
        return found

    def _function(self, node: Unknown) -> _Scaled:
        """A softmax, its logarithm, a logarithm of a sum of exponentials: they share their exponentials."""
        kind = primitives.kind_of(node)
        argument = self._multiplied(self.forms[node.arguments[0]])
        order = len(argument.shape)
        if kind == primitives.LOG_DET or order < 2:
            shape = _plain(node.value_shape)
            return _Scaled(self._named(Unknown(node.name, (argument,), shape, node.by)))
        every, axis = tuple(range(order)), order - primitives.axis_of(node)
        kept = every[:axis] + every[axis + 1 :]
        shape = tuple(argument.shape[at] for at in kept)
        largest = self._named(Unknown(f"{LARGEST} {order - axis}", (argument,), shape))
        shift = self._named(add(argument, self._spread(largest, kept, argument.shape, axis)))
        share = self._named(Elementwise("exp", shift))
        total = self._named(einsum([(share, every)], kept))
        if kind == primitives.SOFTMAX:
            return _Scaled(share, ((self._named(Power(total, _MINUS_ONE)), kept),))
        log = self._named(Elementwise("log", total))
        if kind == primitives.LOGSUMEXP:
            return _Scaled(self._named(add(largest, log)))
        found = self._named(add(shift, self._spread(log, kept, argument.shape, axis)))
        self.splittable.add(found)
        return _Scaled(found)

    def _logistic(self, node: Elementwise) -> _Scaled:
        """A sigmoid or a softplus by exp(u), which both share; where that overflows, others compute them."""
        form = self.forms[node.argument]
        every = tuple(range(len(node.shape)))
        turned = form.factors == ((_MINUS_ONE, ()),) and Elementwise("exp", form.core) in self.known
        power = self._named(Elementwise("exp", form.core if turned else self._multiplied(form)))
        if node.function == primitives.SOFTPLUS and not turned:
            return _Scaled(self._named(Elementwise("log1p", power)))
        if node.function == primitives.SOFTPLUS:
            return _Scaled(self._named(Elementwise("softplus", self._multiplied(form))))
        beside = self._named(add(power, Ones(power.shape)))
        below = self._named(Power(beside, _MINUS_ONE))
        return _Scaled(below if turned else self._named(einsum([(power, every), (below, every)], every)))

    @staticmethod
    def _spread(node: Tensor, kept: Labels, shape: Shape, axis: int) -> Tensor:
        """Minus a tensor that is the same along one axis."""
        missing = (Ones((shape[axis],)), (axis,))
        return einsum([(_MINUS_ONE, ()), (node, kept), missing], tuple(range(len(shape))))
