"""Functions that compute several cases and take one: the others may have no value, and warn of nothing."""

from collections.abc import Iterable, Iterator, Sequence

import sympy
from sympy import Expr

from litgrad.codegen.pieces import Piece
from litgrad.codegen.special import Choose
from litgrad.codegen.text import applied
from litgrad.meaning.cases import Cases

_HEAD = '    with np.errstate(all="ignore"):  # '
_CASES, _FORMS = "a case that is not taken may have no value", "the form that is not taken may overflow"


def quiet(lines: Sequence[Piece], names: Iterable[str], exprs: Iterable[Expr]) -> Iterator[Piece]:
    """The lines of a function under settings of NumPy that let it compute what is not taken.

    Takes the lines, the names of its parameters and the formulas in it; gives the lines as they are where
    no formula has cases. Python's numbers become NumPy's where they would raise, as in a division by zero.
    """
    formulas = [expr for expr in exprs if expr.has(Choose, Cases)]
    if not formulas:
        yield from lines
        return
    yield Piece(_HEAD + (_CASES if any(expr.has(Cases) for expr in formulas) else _FORMS))
    if any(cases.has(sympy.Pow) for expr in formulas for cases in expr.atoms(Cases)):
        yield from (Piece(f"        {name} = np.asarray({name})[()]") for name in names)
    yield from map(_indented, lines)


def _indented(line: Piece) -> Piece:
    """A statement, perhaps of several lines, four columns to the right."""
    starts = [0, *(at + 1 for at, character in enumerate(line.text) if character == "\n")]
    return applied(line, ((at, at, "    ") for at in starts if line.text[at:]))
