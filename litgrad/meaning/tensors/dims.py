"""Lengths of axes: letters of the post, numbers, and unknown lengths that become equal by use."""

from dataclasses import field

from litgrad.records import dataclass
from litgrad.tensors.expr import Dim, Shape


class Again(Exception):
    """Two lengths were found to be one: what was built with the old ones is built anew."""


class Mismatch(Exception):
    """Shapes that cannot be combined; the message is a clause."""


class LengthMismatch(Mismatch):
    """Two lengths that the author gives differ where they must be equal."""


@dataclass(slots=True)
class Dims:
    """Which lengths are the same; a letter that the author wrote stands for all that equal it."""

    parents: dict[str, Dim] = field(default_factory=dict)
    invented: int = 0

    def fresh(self, hint: str = "") -> Dim:
        """A length that nothing is known of."""
        self.invented += 1
        return f"?{self.invented}{hint}"

    def find(self, dim: Dim) -> Dim:
        """The one name of a length."""
        while isinstance(dim, str) and dim in self.parents:
            dim = self.parents[dim]
        return dim

    def shape(self, shape: Shape) -> Shape:
        """A shape with the one name of each length."""
        return tuple(map(self.find, shape))

    def same(self, left: Dim, right: Dim) -> Dim:
        """Two lengths that must be equal.

        Raises Again where that is news, and LengthMismatch where the post gives both and they differ.
        """
        one, other = self.find(left), self.find(right)
        if one == other:
            return one
        if is_unknown(other):
            one, other = other, one
        if not is_unknown(one):
            raise LengthMismatch(f"lengths `{one}` and `{other}` that must be equal")
        assert isinstance(one, str)
        self.parents[one] = other
        raise Again


def is_unknown(dim: Dim) -> bool:
    """Whether a length is one that the author did not write."""
    return isinstance(dim, str) and dim.startswith("?")
