"""The second half of a module with vectors and matrices: the fast forms of their functions."""

from collections.abc import Sequence

from litgrad.codegen.tensors.functions import TensorBody
from litgrad.codegen.tensors.runtime import IN_ROWS, RUNTIME


def tensor_section(computed: Sequence[TensorBody]) -> str:
    """The text of the fast half; empty where no function has a fast form."""
    bodies = [one.fast.text for one in computed if one.fast is not None]
    if not bodies:
        return ""
    rows = any(one.program.rows for one in computed if one.fast is not None)
    return "\n" + "\n\n".join([RUNTIME + IN_ROWS if rows else RUNTIME, *bodies])
