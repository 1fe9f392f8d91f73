"""Sums and products up to n proved by induction on n."""

import sympy
from sympy import Expr, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits

from litgrad.checking.indexed.world import World, peeled
from litgrad.checking.normal_form import equal, implies_zero
from litgrad.meaning.forms import atoms_of
from litgrad.meaning.subscripts import subscripted
from litgrad.records import dataclass


@dataclass(frozen=True, slots=True)
class _Held:
    """A sum or product to a number off n, the symbol that stands for it, and what it is with n one larger."""

    whole: ExprWithLimits
    symbol: Symbol
    next: Expr
    start: int
    """The n for which it has one term."""


def proves_by_induction(world: World, sides: tuple[Expr, Expr]) -> Symbol | None:
    """The size by which two sides are proved equal from the first value on; None where no proof is found.

    With n one larger every sum has one term more; a sum whose terms count down from n is turned over. The
    step is proved if the difference of the sides vanishes at n + 1 wherever it does at n, the beginning if
    it does where every sum has one term.

    >>> k, n = sympy.symbols("k n", real=True)
    >>> world = World(frozenset("k"), {}, (n,), {})
    >>> proves_by_induction(world, (sympy.Sum(k, (k, 1, n)), n * (n + 1) / 2))
    n
    """
    gap = sides[0] - sides[1]
    sizes = [size for size in world.sizes if size not in world.fixed]
    return next((size for size in sizes if _holds(gap, size) or _holds_by_parts(gap, size)), None)


def _holds_by_parts(gap: Expr, size: Symbol) -> bool:
    """Whether the sums of powers in it, each put in by a value that induction proves, leave nothing."""
    values = {}
    for whole in atoms_of(gap, sympy.Sum):
        term, (index, _, last) = peeled(whole)
        if last == size and term.is_polynomial(index):
            value = sympy.factor(whole.doit())
            values |= {whole: value} if _holds(whole - value, size) else {}
    return bool(values) and equal(gap.xreplace(values), sympy.Integer(0))


def _holds(gap: Expr, size: Symbol) -> bool:
    wholes = sorted(atoms_of(gap, sympy.Sum, sympy.Product), key=str)
    held = [_held(whole, size, place) for place, whole in enumerate(wholes)]
    kept = [one for one in held if one is not None]
    if not kept or len(kept) < len(held):
        return False
    names = {one.whole: one.symbol for one in kept}
    here = gap.xreplace(names)
    after = here.xreplace({size: size + 1}).xreplace({one.symbol: one.next for one in kept})
    return _begins(here, size, kept) and (equal(after, here) or implies_zero(here, after))


def _held(whole: ExprWithLimits, size: Symbol, place: int) -> _Held | None:
    """A sum whose terms do not depend on its length; its index stands in no subscript."""
    term, (index, first, last) = peeled(whole)
    beyond = last - size
    if not isinstance(first, sympy.Integer) or not isinstance(beyond, sympy.Integer):
        return None
    if term.has(size):
        term = term.subs(index, first + last - index)
    if term.has(size, sympy.Sum, sympy.Product):
        return None
    if any(_has_index(free, index) for free in term.free_symbols if isinstance(free, Symbol)):
        return None
    symbol = Symbol(f"\N{GREEK CAPITAL LETTER SIGMA}{place}", real=True)
    more = term.xreplace({index: last + 1})
    longer = symbol + more if isinstance(whole, sympy.Sum) else symbol * more
    return _Held(whole, symbol, longer, int(first) - int(beyond))


def _has_index(free: Symbol, index: Symbol) -> bool:
    parts = subscripted(free.name)
    return free != index and parts is not None and index.name in parts.indices


def _begins(here: Expr, size: Symbol, held: list[_Held]) -> bool:
    """Whether the sides are equal where the longest of the sums begins."""
    start = max(one.start for one in held)
    values = {one.symbol: _written_out(one.whole, size, start) for one in held}
    return equal(here.xreplace({size: sympy.Integer(start)}).xreplace(values), sympy.Integer(0))


def _written_out(whole: ExprWithLimits, size: Symbol, n: int) -> Expr:
    term, (index, first, end) = peeled(whole)
    here, last = term.xreplace({size: sympy.Integer(n)}), end.xreplace({size: sympy.Integer(n)})
    terms = [here.xreplace({index: sympy.Integer(at)}) for at in range(int(first), int(last) + 1)]
    return sympy.Add(*terms) if isinstance(whole, sympy.Sum) else sympy.Mul(*terms)
