"""What the functions of vectors and matrices compute: values, gradients and Jacobians, step by step."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from litgrad.gradients.tensors.joined import joined
from litgrad.gradients.tensors.reverse import Step, reverse
from litgrad.gradients.tensors.rows import NoRows, has_rows, lifted, with_row
from litgrad.gradients.tensors.tidy import is_symmetric, tidy
from litgrad.meaning.tensors.definitions import computable
from litgrad.meaning.tensors.model import TensorDefinition, Tensors
from litgrad.records import dataclass
from litgrad.tensors.build import add, einsum, number, scale
from litgrad.tensors.differentiate import derivatives as derive
from litgrad.tensors.expr import Tensor, Variable, replaced, variables

LARGEST_JACOBIAN = 3
"""The most axes of a Jacobian that is written."""


@dataclass(frozen=True, slots=True)
class Program:
    """One definition as a function of its own variables, or of its leaves with its derivatives."""

    definition: TensorDefinition
    leaves: tuple[Variable, ...]
    """The parameters, in the order of their first use."""
    sizes: tuple[str, ...]
    """Letters of shapes that stand as numbers in the formulas."""
    literal: Tensor
    """The author's formula in the parameters alone, with nothing rewritten."""
    value: Tensor
    steps: tuple[Step, ...] = ()
    """What may be needed, each before those that use it; a step is taken where it is needed."""
    rates: tuple[tuple[Variable, Tensor], ...] = ()
    """The derivatives by the leaves; empty for a value alone."""
    rows: bool = False
    """Whether the vectors among the leaves may have leading axes."""
    by: Variable | None = None
    """What the definition is differentiated by, where that derivative is the value."""

    @property
    def has_arrays(self) -> bool:
        """Whether a parameter has axes."""
        return any(leaf.shape for leaf in self.leaves)

    @property
    def is_scalar(self) -> bool:
        """Whether the value of one example is a number."""
        return self.literal.shape == ()


Bodies = Mapping[str, Tensor]


def programs(tensors: Tensors, derivatives: int = 1) -> Iterator[Program]:
    """The functions of a post: each definition by its own variables, then each through all definitions.

    Takes 2 where the gradients of numbers by vectors shall be differentiated once more. Code goes by the
    first definition of a name.
    """
    first: dict[str, TensorDefinition] = {}
    for definition in computable(tensors.definitions):
        first.setdefault(definition.name, definition)
    bodies = {name: one.body for name, one in first.items()}
    for definition in first.values():
        yield _written(definition, (), bodies)
    for definition in first.values():
        order = _order(definition, bodies)
        if order is not None:
            yield from _differentiated(definition, order, bodies)
            yield from _second(definition, order, bodies) if derivatives > 1 else ()


def _order(definition: TensorDefinition, bodies: Bodies) -> tuple[Variable, ...] | None:
    """The names that a definition leads to, each before those that use it; None in a circle."""
    found: dict[Variable, None] = {}
    above: list[str] = [definition.name]

    def visit(body: Tensor) -> bool:
        for one in variables(body):
            if one in found or one.name not in bodies:
                continue
            above.append(one.name)
            below = bodies[one.name]
            if one.name in above[:-1] or below.shape != one.shape or not visit(below):
                return False
            above.pop()
            found[one] = None
        return True

    return tuple(found) if visit(definition.body) else None


def _differentiated(
    definition: TensorDefinition, order: tuple[Variable, ...], bodies: Bodies
) -> Iterator[Program]:
    """The program with derivatives, if it has something to differentiate by and none of them is too large."""
    program = _written(definition, order, bodies)
    axes = len(program.literal.shape)
    by = [leaf for leaf in program.leaves if axes + len(leaf.shape) <= LARGEST_JACOBIAN]
    if axes and program.rows:
        program = _written(definition, order, bodies, rows=False)
    if by:
        targets = [with_row(leaf) if program.rows and len(leaf.shape) == 1 else leaf for leaf in by]
        name = with_row if has_rows(program.value) else _same
        own = name(definition.variable)
        steps, rates = reverse(own, program.value, program.steps, targets)
        if axes and any(len(step.body.shape) > LARGEST_JACOBIAN for step in steps):
            return
        pairs = tuple((leaf, _kept_symmetric(leaf, rate)) for leaf, rate in zip(by, rates, strict=True))
        yield replace(program, steps=steps, rates=pairs)


def _second(definition: TensorDefinition, order: tuple[Variable, ...], bodies: Bodies) -> Iterator[Program]:
    """For each vector the gradient of a number by it, with its derivatives by vectors and numbers."""
    program = _written(definition, order, bodies, rows=False)
    if program.literal.shape:
        return
    names = dict.fromkeys(step.variable for step in program.steps)
    by = [leaf for leaf in program.leaves if len(leaf.shape) < 2]
    for leaf in (one for one in by if one.shape):
        steps, (rate,) = reverse(definition.variable, program.value, program.steps, [leaf])
        adjoints = [step for step in steps if step.variable not in names]
        value = tidy(_through(rate, adjoints))
        more, rates = reverse(Variable(" gradient", leaf.shape), value, program.steps, by)
        (literal,) = derive(program.literal, [leaf])
        pairs = tuple(zip(by, rates, strict=True))
        yield replace(program, literal=literal, value=value, steps=more, rates=pairs, by=leaf)


def _through(value: Tensor, steps: Sequence[Step]) -> Tensor:
    """A value with the names of steps put in, each before those that use it."""
    table: dict[Tensor, Tensor] = {}
    for step in steps:
        table[step.variable] = replaced(step.body, table)
    return replaced(value, table)


def _kept_symmetric(leaf: Variable, rate: Tensor) -> Tensor:
    """The derivative by a symmetric matrix, made symmetric: a step along it leads to such a matrix again."""
    if not leaf.symmetric or (len(rate.shape) == 2 and is_symmetric(rate)):
        return rate
    axes = range(len(rate.shape))
    turned = einsum([(rate, axes)], (*axes[:-2], axes[-1], axes[-2]))
    return tidy(scale(number(Fraction(1, 2)), add(rate, turned)))


def _same(variable: Variable) -> Variable:
    return variable


def _written(
    definition: TensorDefinition, order: Sequence[Variable], bodies: Bodies, *, rows: bool = True
) -> Program:
    """The value through the given definitions."""
    literal = _expanded(definition.body, order, bodies)
    leaves, sizes = _leaves([*(bodies[one.name] for one in order), definition.body], bodies)
    forms = joined([(one, bodies[one.name]) for one in order] + [(definition.variable, definition.body)])
    lifted_forms = _in_rows(forms, leaves) if rows else None
    steps = [Step(one, tidy(form)) for one, form in lifted_forms or forms]
    return Program(
        definition, leaves, sizes, literal, steps[-1].body, tuple(steps[:-1]), (), lifted_forms is not None
    )


def _expanded(body: Tensor, order: Sequence[Variable], bodies: Bodies) -> Tensor:
    table: dict[Tensor, Tensor] = {}
    for one in order:
        table[one] = replaced(bodies[one.name], table)
    return replaced(body, table)


def _leaves(roots: Sequence[Tensor], through: Container[str]) -> tuple[tuple[Variable, ...], tuple[str, ...]]:
    """The inputs of formulas that go through some names, and the lengths that stand in them as numbers."""
    found = [one for root in roots for one in variables(root)]
    found = [one for one in dict.fromkeys(found) if len(roots) == 1 or one.name not in through]
    letters = {size for one in found for size in one.shape if isinstance(size, str)}
    sizes = tuple(one.name for one in found if not one.shape and one.name in letters)
    return tuple(one for one in found if one.shape or one.name not in letters), sizes


def _in_rows(
    forms: Sequence[tuple[Variable, Tensor]], leaves: Sequence[Variable]
) -> list[tuple[Variable, Tensor]] | None:
    """The forms for rows of examples; None where that is not possible, or there is no vector."""
    table = {leaf: with_row(leaf) for leaf in leaves if len(leaf.shape) == 1}
    found: list[tuple[Variable, Tensor]] = []
    try:
        for name, form in forms:
            made = lifted(form, table)
            if has_rows(made):
                table[name] = with_row(name)
            found.append((table.get(name, name), made))
    except NoRows:
        return None
    return found if table and all(len(leaf.shape) < 3 for leaf in leaves) else None
