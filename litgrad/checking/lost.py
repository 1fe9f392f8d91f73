"""A term or a factor that is nowhere in the step, worked out from what its sides differ by."""

from collections.abc import Iterator
from dataclasses import replace

import sympy
from sympy import Derivative, Expr
from sympy.core.function import AppliedUndef

from litgrad.checking.repair import Edit
from litgrad.checking.setting import Setting
from litgrad.checking.slips import read_text
from litgrad.latex.tree import Grouped, Juxtaposed, Node, Sign, Sum
from litgrad.latex.unparse import unparse
from litgrad.meaning.statements import Member

_SIMPLE = 6
"""How many operations a lost piece may have."""
_LARGEST = 100
"""The largest number in it."""
_COST = 9


def lost_pieces(changed: Member, other: Member, setting: Setting) -> Iterator[Edit]:
    """A side with the term or the factor that it would need, where that is simple; not yet proved."""
    if changed.node is None or changed.term is None or other.term is None:
        return
    ours, wanted = (setting.opaque(member.term.expr) for member in (changed, other) if member.term)
    if any(side.has(AppliedUndef, Derivative, sympy.Integral, sympy.Limit) for side in (ours, wanted)):
        return
    limit = min(_SIMPLE, wanted.count_ops() - 1)
    terms = list(_terms(changed, setting))
    for term in _simple(wanted - ours, limit):
        if not any(sympy.cancel(term / value).is_Rational for _, value in terms):
            yield from _with_term(changed.node, term)
    for node, value in terms:
        for factor in _simple((wanted - ours + value) / value, limit):
            if _is_a_factor(factor, value):
                yield from _with_factor(changed.node, node, factor)


def _is_a_factor(factor: Expr, value: Expr) -> bool:
    """Whether it looks like one that was lost: `x - a`, `1/x`, not `(x - 1)/x` nor another coefficient."""
    if factor.is_Rational:
        return factor != 1 and abs(value.as_coeff_Mul()[0]) == 1
    above, below = sympy.fraction(factor)
    return not below.is_Add and not (above.is_Add and below.free_symbols) and not below.atoms(sympy.Add)


def _terms(changed: Member, setting: Setting) -> Iterator[tuple[Node, Expr]]:
    """The terms of a side with their values, their signs left out."""
    assert changed.node is not None
    assert changed.term is not None
    values = dict(changed.term.parts)
    terms = changed.node.terms if isinstance(changed.node, Sum) else (changed.node,)
    signs = changed.node.signs if isinstance(changed.node, Sum) else (None,)
    for node, sign in zip(terms, signs, strict=True):
        if node.span in values:
            value = setting.opaque(values[node.span])
            if value != 0:
                yield node, -value if sign is not None and sign.symbol == "-" else value


def _simple(expr: Expr, limit: int) -> list[Expr]:
    """Short forms of an expression, the shortest first."""
    plain = sympy.expand_log(expr.doit(), force=True)
    forms = {form for form in (sympy.cancel(sympy.together(expr)), sympy.cancel(plain)) if form != 0}
    forms |= {sympy.factor(form) for form in forms if form.count_ops() <= 2 * _SIMPLE}
    return sorted((form for form in forms if _is_simple(form, limit)), key=lambda f: (f.count_ops(), str(f)))


def _is_simple(expr: Expr, limit: int) -> bool:
    numbers = (abs(part) for number in expr.atoms(sympy.Rational) for part in (number.p, number.q))
    defined = not expr.has(sympy.nan, sympy.zoo)
    size = min(expr.count_ops(), (-expr).count_ops())
    return defined and size <= limit and max(numbers, default=0) <= _LARGEST


def _with_term(node: Node, term: Expr) -> Iterator[Edit]:
    minus = term.could_extract_minus_sign()
    lost = read_text(sympy.latex(-term if minus else term))
    if lost is not None and not isinstance(lost, Sum):
        terms, signs = (node.terms, node.signs) if isinstance(node, Sum) else ((node,), (None,))
        sign = Sign(node.span, "-" if minus else "+")
        longer = Sum(node.span, (*terms, lost), (*signs, sign))
        words = f"with the term `{sign.symbol} {unparse(lost)}`"
        yield Edit(longer, node.span, unparse(longer), words, _COST)


def _with_factor(whole: Node, node: Node, factor: Expr) -> Iterator[Edit]:
    lost = read_text(sympy.latex(factor))
    if lost is None:
        return
    if isinstance(lost, Sum):
        lost = _bracketed(lost)
    product = Juxtaposed(node.span, (lost, _bracketed(node) if isinstance(node, Sum) else node))
    changed: Node = product
    if isinstance(whole, Sum):
        changed = replace(whole, terms=tuple(product if term is node else term for term in whole.terms))
    yield Edit(changed, node.span, unparse(product), f"with the factor `{unparse(lost)}`", _COST)


def _bracketed(node: Node) -> Grouped:
    return Grouped(node.span, Sign(node.span, "("), Sign(node.span, ")"), node)
