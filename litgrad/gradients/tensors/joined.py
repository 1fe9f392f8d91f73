"""Definitions in stable forms, seen through each other's names where that is what makes them stable."""

from collections.abc import Sequence

from litgrad.gradients.tensors.primitives import SOFTMAX, kind_of
from litgrad.gradients.tensors.stable import accurate, is_exponential, stable
from litgrad.tensors.expr import Determinant, Elementwise, Tensor, Variable, replaced

Named = tuple[Variable, Tensor]


def joined(definitions: Sequence[Named]) -> list[Named]:
    """The forms of some definitions, each in the names before it.

    `L = -\\log p_c` after `p = softmax(z)` takes the logarithm of the softmax as one function of `z`.
    """
    forms: list[Named] = []
    parts: dict[Tensor, Tensor] = {}
    for name, body in definitions:
        plain, seen = stable(body), stable(replaced(body, parts))
        folded = replaced(seen, {form: one for one, form in reversed(forms)})
        form = folded if accurate(folded) > accurate(plain) else plain
        forms.append((name, form))
        if _is_part(seen):
            parts[name] = seen
    return forms


def _is_part(form: Tensor) -> bool:
    """Whether a form may be part of a function that is taken as one."""
    soft = isinstance(form, Elementwise) and form.function in {"exp", "sigmoid"}
    return soft or isinstance(form, Determinant) or kind_of(form) == SOFTMAX or is_exponential(form)
