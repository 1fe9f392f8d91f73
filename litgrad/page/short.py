"""Functions of short vectors on the page: numbers that the reader can change, and what follows from them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import isfinite
from typing import TypeAlias

import numpy as np
from markupsafe import Markup

from litgrad.checking.tensors.points import letters_of
from litgrad.codegen.generated import Function, GeneratedModule
from litgrad.gradients.tensors.program import Program
from litgrad.gradients.tensors.rows import ROWS, with_row
from litgrad.page.entries import Grid, Lines, inputs_of, one_row, without_rows
from litgrad.page.numbers import shown
from litgrad.page.program import NoProgram
from litgrad.page.words import math
from litgrad.records import dataclass
from litgrad.source import Span
from litgrad.tensors.expr import Tensor, Variable

_LENGTHS = ((3, 2, 2, 2), (2, 2, 2, 2))
"""Lengths of the letters of shapes, tried in order until the numbers are few enough."""
_MOST_INPUTS, _MOST_OUTPUTS, _MOST_CARDS = 16, 40, 6
_LOW, _HIGH, _STEP = -10, 10, 0.1


Rows: TypeAlias = tuple[tuple[tuple[int, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Input:
    """A number that the reader can change."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one input, row by row."""

    name: Markup
    rows: tuple[tuple[Input, ...], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A value on the way, the result or a derivative: rows of numbers, each with its place in the program."""

    name: Markup
    rows: Rows


@dataclass(frozen=True, slots=True)
class Short:
    """One function of vectors."""

    id: str
    spoken: str
    groups: tuple[Group, ...]
    values: tuple[Result, ...]
    """Names on the way, and the value."""
    rates: tuple[Result, ...]
    program: str
    low: float = _LOW
    high: float = _HIGH
    step: float = _STEP


def shorts_of(module: GeneratedModule) -> dict[Span, Short]:
    """The functions of vectors that the page can work out, by the place of their definition.

    Of one definition the program with derivatives counts.
    """
    functions = {function.name: function for function in module.functions}
    chosen: dict[Span, tuple[Function, Program]] = {}
    for name, program in module.tensors:
        span = program.definition.span
        told = program.rates or not program.is_scalar
        if name in functions and program.has_arrays and told and (span not in chosen or program.is_scalar):
            chosen[span] = functions[name], program
    found: dict[Span, Short] = {}
    scalars = [program for _, program in chosen.values() if program.is_scalar]
    within = {step.variable.name for program in scalars for step in program.steps}
    for span, (function, program) in chosen.items():
        if program.definition.name in within:
            continue  # the value that it leads to shows it
        short = _short(f"h{len(found) + 1}", function, program) if len(found) < _MOST_CARDS else None
        if short is not None:
            found[span] = short
    return found


def _short(id_: str, function: Function, program: Program) -> Short | None:
    if any(leaf.symmetric or leaf.name == program.definition.name for leaf in program.leaves):
        return None  # entries could not be changed one by one, or a value is said of itself
    for lengths in _LENGTHS:
        sizes = _sizes(program, lengths)
        if 0 < sum(len(grid) for grid in inputs_of(program.leaves, sizes).values()) <= _MOST_INPUTS:
            with suppress(NoProgram, LookupError):
                return _worked_out(id_, function, program, sizes)
    return None


def _sizes(program: Program, lengths: Sequence[int]) -> dict[str, int]:
    letters = [letter for letter in letters_of(*program.leaves) if letter != ROWS]
    return {letter: lengths[place % len(lengths)] for place, letter in enumerate(letters)} | {ROWS: 1}


def _worked_out(id_: str, function: Function, program: Program, sizes: Mapping[str, int]) -> Short | None:
    grids = inputs_of(program.leaves, sizes)
    lines = Lines(sizes, sum(map(len, grids.values())))
    for leaf, grid in grids.items():
        lines.grids[leaf] = grid
        lines.grids[with_row(leaf)] = one_row(grid)
    for step in program.steps:
        lines.grids[step.variable] = lines.grid(step.body)
    own = [step for step in program.steps if step.of is None]
    name = program.definition.variable
    made = [(math(step.variable.name), _entries(lines, step.variable)) for step in own]
    made.append((math(name.name), _entries(lines, program.value)))
    rates = [(_rate(name, leaf), _entries(lines, rate)) for leaf, rate in program.rates]
    if program.literal.shape:
        rates = []  # the axes of a Jacobian are too many to read
    placed = [(name, _placed(lines, grid)) for name, grid in (*made, *rates)]
    values = lines.values(_begin(lines.inputs))
    shown_rows = [Result(name, _rows(places, values)) for name, places in placed]
    outputs = [place for _, places in placed for place in places.values()]
    if len(outputs) > _MOST_OUTPUTS or not all(isfinite(values[place]) for place in outputs):
        return None
    groups = tuple(_group(leaf, grids[leaf], values, function) for leaf in program.leaves)
    count = len(made)
    return Short(id_, function.name, groups, tuple(shown_rows[:count]), tuple(shown_rows[count:]), lines.text)


def _entries(lines: Lines, tensor: Tensor) -> Grid:
    return without_rows(lines.grid(tensor), tensor)


def _placed(lines: Lines, grid: Grid) -> dict[tuple[int, ...], int]:
    return {at: lines.place(words) for at, words in grid.items()}


def _begin(count: int) -> list[float]:
    """Numbers that are easy to read; logarithms take them."""
    chance = np.random.default_rng(0)
    return [round(float(number), 1) for number in chance.uniform(0.2, 1.8, count)]


def _rate(name: Variable, leaf: Variable) -> Markup:
    return math(rf"\frac{{\partial {name.name}}}{{\partial {leaf.name}}}")


def _rows(places: Mapping[tuple[int, ...], int], values: Sequence[float]) -> Rows:
    """The numbers of a scalar, a vector or a matrix, row by row."""
    rows: dict[int, list[tuple[int, str]]] = {}
    for at, place in places.items():
        rows.setdefault(at[0] if len(at) > 1 else 0, []).append((place, shown(values[place])))
    return tuple(map(tuple, rows.values()))


def _group(leaf: Variable, grid: Grid, values: Sequence[float], function: Function) -> Group:
    rows: dict[int, list[Input]] = {}
    spoken = next((each.name for each in function.parameters if each.latex == leaf.name), leaf.name)
    for at, words in grid.items():
        label = " ".join((spoken, *(str(place + 1) for place in at)))
        rows.setdefault(at[0] if len(at) > 1 else 0, []).append(Input(label, values[int(words[0][1:])]))
    return Group(math(leaf.name), tuple(map(tuple, rows.values())))
