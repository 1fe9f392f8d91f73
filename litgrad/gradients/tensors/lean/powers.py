"""Powers by roots and products: u^(3/2) as u sqrt(u)."""

from fractions import Fraction

from litgrad.gradients.tensors.lean.writing import MINUS_ONE, Writing
from litgrad.tensors.build import einsum, number
from litgrad.tensors.expr import Number, Power, Tensor

_LONGEST_CHAIN = 4
"""Whole powers up to this are products."""


def power(writing: Writing, base: Tensor, value: Fraction) -> Tensor:
    """A power by roots and products; a negative one as 1 over the positive one."""
    if value < 0:
        return writing.named(Power(power(writing, base, -value), MINUS_ONE))
    whole, part = divmod(value, 1)
    if part not in (0, Fraction(1, 2)) or not 0 <= whole <= _LONGEST_CHAIN or isinstance(base, Number):
        return writing.named(Power(base, number(value)))
    root = [writing.named(Power(base, number(part)))] if part else []
    square = [writing.named(Power(base, number(2)))] * int(whole // 2)
    return _product(writing, [*root, *square, *([base] if whole % 2 else [])])


def _product(writing: Writing, factors: list[Tensor]) -> Tensor:
    """A product of entries, one factor after another."""
    found = factors[0]
    every = tuple(range(len(found.shape)))
    for factor in factors[1:]:
        found = writing.named(einsum([(found, every), (factor, every)], every))
    return found
