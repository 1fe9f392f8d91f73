"""NumPy text of a product of two tensors: matrix products, outer and inner ones, entry by entry."""

import re
from dataclasses import replace
from typing import Protocol

from litgrad.codegen.pieces import ATOM, MUL, UNARY, Piece
from litgrad.codegen.tensors.helpers import OUTER, OVER_ROWS
from litgrad.records import dataclass
from litgrad.tensors.expr import Labels

_LETTERS = "ijklmnpqrstuvwxyzabcdefgh"


@dataclass(frozen=True, slots=True)
class Factor:
    """A tensor with a label for each axis."""

    piece: Piece
    labels: Labels
    divides: bool = False
    """Whether it is 1 over the piece, entry by entry."""
    inverts: bool = False
    """Whether it is the inverse matrix of the piece."""
    symmetric: bool = False

    def transposed(self) -> "Factor":
        """A matrix with its axes swapped."""
        piece = self.piece if self.symmetric else turned(self.piece)
        return replace(self, piece=piece, labels=self.labels[::-1])


def turned(matrix: Piece) -> Piece:
    """The transpose of a matrix."""
    if matrix.precedence == ATOM and matrix.text.endswith(".T"):
        return Piece(matrix.text.removesuffix(".T"))
    return Piece.join(matrix.within(ATOM), ".T")


class Setting(Protocol):
    """What a product needs to know of where it stands."""

    @property
    def fast(self) -> bool:
        """Whether speed counts for more than looks."""
        ...

    @property
    def row(self) -> int | None:
        """The label of the rows, which stand for any number of leading axes."""
        ...

    def need(self, helper: str) -> str:
        """Note that a helper is called; gives its name."""
        ...


def product(left: Factor, right: Factor, output: Labels, at: Setting) -> Piece:
    """The text of a product; labels that are not in the output are summed."""
    summed = {label for label in left.labels if label in right.labels and label not in output}
    if not summed:
        left, right = _inverted(left), _inverted(right)
        vectors = at.row is None and _outer(left, right, output)
        return vectors or entrywise(left, right, output, at)
    if at.row in summed:
        return _over_rows(left, right, output, summed, at)
    nested = set(left.labels) | set(right.labels) == {*output, *summed} and _is_nested(left, right)
    if not nested or set(left.labels) != set(right.labels):
        left, right = _undivided(left), _undivided(right)
    found = _matmul(left, right, output, at) if len(summed) == 1 else _trace(left, right, output)
    if found is not None:
        return found
    left, right = _inverted(left), _inverted(right)
    if nested:
        larger = max(left.labels, right.labels, key=len)
        if at.fast and left.labels == right.labels and not left.divides and not right.divides:
            return _einsum(left, right, output, at)
        return _summed(entrywise(left, right, larger, at), larger, output, at)
    return _einsum(left, right, output, at)


def _undivided(factor: Factor) -> Factor:
    """A factor that is no divisor any more."""
    if not factor.divides:
        return factor
    piece = Piece.join("1 / ", factor.piece.within(MUL + 1), precedence=MUL)
    return replace(factor, piece=piece, divides=False)


def _inverted(factor: Factor) -> Factor:
    """A factor that is no inverse any more."""
    if not factor.inverts:
        return factor
    return replace(factor, piece=Piece.join("np.linalg.inv(", factor.piece, ")"), inverts=False)


def _trace(left: Factor, right: Factor, output: Labels) -> Piece | None:
    """The trace of an inverse times a matrix, as the solution of linear equations."""
    if right.inverts and not left.inverts:
        left, right = right, left
    if not left.inverts or right.inverts or right.divides or output or len(right.labels) != 2:
        return None
    other = right if right.labels == left.labels[::-1] else right.transposed()
    return Piece.join("np.trace(np.linalg.solve(", left.piece, ", ", other.piece, "))")


def _is_nested(left: Factor, right: Factor) -> bool:
    return set(left.labels) <= set(right.labels) or set(right.labels) <= set(left.labels)


# -------------------------------- entry by entry --------------------------------


def entrywise(left: Factor, right: Factor, output: Labels, at: Setting) -> Piece:
    """Products of entries; what has fewer axes is repeated along the others."""
    if left.divides and not right.divides:
        left, right = right, left
    first, second = aligned(left, output, at), aligned(right, output, at)
    if left.divides:
        return Piece.join("1 / (", first, " * ", second.within(MUL + 1), ")", precedence=MUL)
    if right.divides:
        return Piece.join(first.within(MUL), " / ", second.within(MUL + 1), precedence=MUL)
    return Piece.join(first.within(MUL), " * ", second.within(MUL + 1), precedence=MUL)


def aligned(factor: Factor, output: Labels, at: Setting) -> Piece:
    """A factor with an axis of length 1 for each label that it does not have."""
    order = [label for label in output if label in factor.labels]
    piece = factor.piece
    if tuple(order) != factor.labels:
        if len(order) == 2 and at.row not in order:
            piece = factor.transposed().piece
        else:
            axes = ", ".join(str(factor.labels.index(label)) for label in order)
            piece = Piece.join("np.transpose(", piece, f", ({axes}))")
    missing = [label in factor.labels for label in output]
    while missing and not missing[0]:
        missing.pop(0)
    if all(missing):
        return piece
    rows = at.row is not None and at.row in factor.labels
    marks = ["..." if rows and place == 0 else ":" if has else "None" for place, has in enumerate(missing)]
    return Piece.join(piece.within(ATOM), f"[{', '.join(marks)}]")


def _outer(left: Factor, right: Factor, output: Labels) -> Piece | None:
    """The outer product of two vectors."""
    if len(left.labels) != 1 or len(right.labels) != 1 or len(output) != 2 or left.divides or right.divides:
        return None
    first, second = (left, right) if left.labels == output[:1] else (right, left)
    return Piece.join("np.outer(", first.piece, ", ", second.piece, ")")


# -------------------------------- sums --------------------------------


def _over_rows(left: Factor, right: Factor, output: Labels, summed: set[int], at: Setting) -> Piece:
    """A sum over rows, and over what else is summed."""
    free = [[label for label in one.labels if label not in summed] for one in (left, right)]
    if len(summed) == 1 and all(len(one) == 1 for one in free) and free[0] != free[1]:
        first, second = (left, right) if free[0] == [output[0]] else (right, left)
        if not (left.divides or right.divides):
            return Piece.join(f"{at.need(OUTER)}(", first.piece, ", ", second.piece, ")")
    assert at.row is not None
    larger = (at.row, *dict.fromkeys(n for n in (*left.labels, *right.labels) if n != at.row))
    return _summed(entrywise(left, right, larger, at), larger, output, at)


_SQUARE = re.compile(r"(\w+)\*\*2")
"""A square that is summed without an array of squares."""


def _summed(piece: Piece, labels: Labels, output: Labels, at: Setting) -> Piece:
    """A sum over the labels that are not in the output."""
    square = _SQUARE.fullmatch(piece.text) if at.fast and at.row not in labels else None
    if square is not None:
        base = Factor(Piece(square[1]), labels)
        return _einsum(base, base, output, at)
    if not output:
        return Piece.join("np.sum(", piece, ")")
    kept = tuple(label for label in labels if label in output)
    if kept != output:
        return aligned(Factor(_summed(piece, labels, kept, at), kept), output, at)
    gone = [place for place, label in enumerate(labels) if label not in output]
    if at.row in labels and at.row not in output:
        if len(gone) > 1:
            first = tuple(label for label in labels if label in output or label == at.row)
            return _summed(_summed(piece, labels, first, at), first, output, at)
        order = ")" if len(output) == 1 else f", {len(output)})"
        return Piece.join(f"{at.need(OVER_ROWS)}(", piece, order)
    places = [place - len(labels) if at.row in labels else place for place in gone]
    axes = str(places[0]) if len(places) == 1 else f"({', '.join(map(str, places))})"
    return Piece.join("np.sum(", piece, f", axis={axes})")


def reduced(factor: Factor, output: Labels, at: Setting) -> Piece:
    """One tensor alone: its transpose, its diagonal, its sums."""
    labels, piece = factor.labels, factor.piece
    if len(set(labels)) < len(labels):
        return _diagonal(factor, output)
    if set(labels) != set(output):
        kept = tuple(label for label in labels if label in output)
        summed = _summed(piece, labels, kept, at)
        return summed if kept == output else aligned(Factor(summed, kept), output, at)
    return aligned(factor, output, at)


def _diagonal(factor: Factor, output: Labels) -> Piece:
    if len(factor.labels) == 2:
        return Piece.join("np.diagonal(" if output else "np.trace(", factor.piece, ")")
    letters = dict(zip(dict.fromkeys(factor.labels), _LETTERS, strict=False))
    spelled = "".join(letters[label] for label in factor.labels)
    return Piece.join(
        f'np.einsum("{spelled}->{"".join(letters[label] for label in output)}", ', factor.piece, ")"
    )


# -------------------------------- matrix products --------------------------------


def _matmul(left: Factor, right: Factor, output: Labels, at: Setting) -> Piece | None:
    """`@` for vectors and matrices that share one label."""
    both = set(left.labels) & set(right.labels)
    if len(both) != 1 or len(left.labels) > 2 or len(right.labels) > 2 or left.divides or right.divides:
        return None
    (shared,) = both
    if (left.labels[-1] != shared or len(left.labels) == 1) and _leads(right, left, output, at):
        left, right = right, left
    elif len(left.labels) == 2 and len(right.labels) == 2:
        row = next(label for label in left.labels if label != shared)
        left, right = (left, right) if output[0] == row else (right, left)
    first = left if left.labels[-1] == shared else left.transposed()
    second = right if right.labels[0] == shared else right.transposed()
    if first.inverts or second.inverts:
        return _solved(first, second, at)
    return _times(first.piece, second.piece)


def _leads(right: Factor, left: Factor, output: Labels, at: Setting) -> bool:
    """Whether the product of a matrix and a vector, or of rows, reads better the other way round."""
    if at.row in right.labels:
        return True
    if at.row in left.labels:
        return False
    return len(right.labels) == 2 and len(left.labels) == 1 and right.labels[0] in output


def _solved(left: Factor, right: Factor, at: Setting) -> Piece:
    """A product with an inverse matrix, as the solution of linear equations."""
    if left.inverts and right.inverts:
        return Piece.join("np.linalg.inv(", _times(right.piece, left.piece), ")")
    if left.inverts:
        return Piece.join("np.linalg.solve(", left.piece, ", ", right.piece, ")")
    matrix = right.transposed().piece
    if at.row in left.labels:
        column = Piece.join(left.piece.within(ATOM), "[..., None]")
        return Piece.join("np.linalg.solve(", matrix, ", ", column, ")[..., 0]")
    if len(left.labels) == 1:
        return Piece.join("np.linalg.solve(", matrix, ", ", left.piece, ")")
    return turned(Piece.join("np.linalg.solve(", matrix, ", ", left.transposed().piece, ")"))


def _times(left: Piece, right: Piece) -> Piece:
    chain = left.precedence == MUL and " * " not in left.text and " / " not in left.text
    return Piece.join(left.within(MUL if chain else UNARY), " @ ", right.within(UNARY), precedence=MUL)


def _einsum(left: Factor, right: Factor, output: Labels, at: Setting) -> Piece:
    left, right = _undivided(_inverted(left)), _undivided(_inverted(right))
    every = dict.fromkeys((*output, *left.labels, *right.labels))
    letters = dict(zip((label for label in every if label != at.row), _LETTERS, strict=False))
    spelled = [
        "".join("..." if label == at.row else letters[label] for label in labels)
        for labels in (left.labels, right.labels, output)
    ]
    subscripts = f"{spelled[0]},{spelled[1]}->{spelled[2]}"
    return Piece.join(
        f'np.einsum("{subscripts}", ', left.piece, ", ", right.piece, ")" if at.fast else ", optimize=True)"
    )
