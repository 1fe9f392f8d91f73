"""An expression of the code, and the value by which it is linked to the post."""

from typing import TypeAlias

from sympy import Expr

from litgrad.records import dataclass
from litgrad.tensors.expr import Tensor

Value: TypeAlias = Expr | Tensor
"""Equal ones are the same value everywhere in post and code."""


@dataclass(frozen=True, slots=True)
class Linked:
    """An expression in the generated text and the value it computes."""

    start: int
    end: int
    expr: Value
