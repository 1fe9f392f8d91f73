"""The second half of a module with vectors and matrices: the fast forms of their functions."""

from collections.abc import Sequence

from litgrad.codegen.tensors.functions import TensorBody
from litgrad.codegen.tensors.runtime import RUNTIME


def tensor_section(computed: Sequence[TensorBody]) -> str:
    """The text of the fast half; empty where no function has a fast form."""
    bodies = [one.fast.text for one in computed if one.fast is not None]
    return "\n\n".join([RUNTIME, *bodies]) if bodies else ""
