"""The names that a program made for speed has beside those of the post."""

from litgrad.gradients.tensors.rows import ROWS
from litgrad.tensors.expr import Shape

LARGEST = " largest"
"""The largest entry along an axis, by which exponentials are shifted."""
EXAMPLES = " examples"
"""The length of the axis of examples, where any number of leading axes are taken as one."""


def plain(shape: Shape) -> Shape:
    """A shape in which all leading axes are one."""
    return tuple(EXAMPLES if size == ROWS else size for size in shape)
