"""Matrices written out, their transposes and determinants; and cases as a piecewise value."""

from typing import TYPE_CHECKING

import sympy
from sympy import Expr

from litgrad.latex.tree import Array, Empty, Node, Related, Scripted
from litgrad.meaning.terms import NoMeaning

if TYPE_CHECKING:
    from litgrad.meaning.interpret import Interpreter

_NOT_JUDGED = "a matrix, which litgrad does not judge yet"
_DETERMINANTS = frozenset(["vmatrix", "vmatrix*"])
_PLAIN = frozenset(
    "matrix pmatrix bmatrix smallmatrix psmallmatrix bsmallmatrix array matrix* pmatrix* bmatrix*".split()
)


def matrix(reader: "Interpreter", node: Array) -> Expr:
    """A matrix of its cells; between bars, its determinant."""
    if node.environment not in _PLAIN | _DETERMINANTS:
        raise NoMeaning(node.span, f"a `{node.environment}` block, which litgrad does not judge yet")
    widths = {len(cells) for cells in node.rows}
    if len(widths) != 1 or any(isinstance(cell, (Empty, Related)) for cells in node.rows for cell in cells):
        raise NoMeaning(node.span, "a block whose rows differ in length")
    reader.leave(node.span, _NOT_JUDGED)
    cells = [[reader.expr(cell) for cell in row] for row in node.rows]
    value = sympy.ImmutableDenseMatrix(cells)
    if node.environment not in _DETERMINANTS:
        return value
    return determinant(value, node)


def determinant(value: Expr, node: Node) -> Expr:
    """The determinant of a square matrix."""
    if not getattr(value, "is_Matrix", False) or value.rows != value.cols:
        raise NoMeaning(node.span, "a determinant of something that is no square matrix")
    return sympy.Determinant(value)


def transposed(reader: "Interpreter", node: Scripted) -> Expr:
    """`M^T` of a matrix written out; any other is not judged."""
    if isinstance(node.base, Array) and node.sub is None:
        value = reader.expr(node.base)
        return sympy.Transpose(value)
    raise NoMeaning(node.span, "a transpose, which litgrad does not judge yet")
