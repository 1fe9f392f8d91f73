"""litgrad's reading of one formula as one SymPy expression."""

from collections.abc import Sequence
from dataclasses import replace

import sympy
from sympy import Basic

from litgrad.document import MathBlock
from litgrad.latex.parser import parse_math
from litgrad.meaning.interpret import interpret
from litgrad.meaning.names import survey
from litgrad.meaning.terms import NotRead, Term
from litgrad.source import Span

_RELATIONS = {
    "=": sympy.Equality,
    "<": sympy.StrictLessThan,
    ">": sympy.StrictGreaterThan,
    r"\le": sympy.LessThan,
    r"\leq": sympy.LessThan,
    r"\leqslant": sympy.LessThan,
    r"\ge": sympy.GreaterThan,
    r"\geq": sympy.GreaterThan,
    r"\geqslant": sympy.GreaterThan,
    r"\ne": sympy.Unequality,
    r"\neq": sympy.Unequality,
}


def read(latex: str, functions: Sequence[str] = ()) -> Basic | list[Basic]:
    """A value, a relation, or the sides of a chain; ValueError with the reason of a refusal."""
    formula = parse_math(MathBlock(Span(0, len(latex)), latex, ((0, 0),), display=False))
    if formula.diagnostics:
        raise ValueError(formula.diagnostics[0].message)
    scope = survey([formula])
    named = {name if len(name) == 1 else rf"\{name}" for name in functions}
    scope = replace(scope, functions=scope.functions | named)
    sides = [side for row in formula.rows for side in row.sides if side is not None]
    terms = [interpret(side, scope) for side in sides]
    unread = [term.reason for term in terms if isinstance(term, NotRead)]
    if unread or not terms:
        raise ValueError((unread or ["nothing to read"])[0])
    found = [term.expr for term in terms if isinstance(term, Term)]
    signs = [_RELATIONS.get(sign.symbol) for row in formula.rows for sign in row.relations]
    if len(found) == 2 and signs[0] is not None:
        return signs[0](*found, evaluate=False)
    return found[0] if len(found) == 1 else found
