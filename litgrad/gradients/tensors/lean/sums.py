"""Sums: terms of one core are one."""

from collections.abc import Sequence

from litgrad.gradients.tensors.lean.writing import Scaled, Writing
from litgrad.tensors.build import add, einsum, number
from litgrad.tensors.expr import Labels, Tensor


def summed(writing: Writing, terms: Sequence[Scaled]) -> Scaled:
    """Terms of one core are one: a x + b x = (a + b) x, with a and b small."""
    if len(terms[0].core.shape) < 2:
        return _total(writing, terms)
    made = _by_cores(writing, terms)
    return made[0] if len(made) == 1 else _total(writing, made)


def _total(writing: Writing, terms: Sequence[Scaled]) -> Scaled:
    return Scaled(writing.named(add(*map(_product, terms))))


def _by_cores(writing: Writing, terms: Sequence[Scaled]) -> list[Scaled]:
    """Terms of one core, along the same axes, as one."""
    groups: dict[tuple[Tensor, Labels], list[Scaled]] = {}
    for term in terms:
        axes = tuple(sorted({at for _, n in term.factors for at in n}))
        groups.setdefault((term.core, axes), []).append(term)
    return [_gathered(writing, core, axes, group) for (core, axes), group in groups.items()]


def _gathered(writing: Writing, core: Tensor, axes: Labels, group: list[Scaled]) -> Scaled:
    if len(group) == 1:
        return group[0]
    small = [einsum(one.factors, axes) if one.factors else number(1) for one in group]
    return Scaled(core, ((writing.named(add(*small)), axes),))


def _product(form: Scaled) -> Tensor:
    every = tuple(range(len(form.core.shape)))
    return einsum([(form.core, every), *form.factors], every) if form.factors else form.core
