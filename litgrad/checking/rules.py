"""The rule behind a proved step, read off what changed between its sides."""

from collections.abc import Callable
from typing import TypeAlias

import sympy
from sympy import Add, Derivative, Expr, Mul, Pow, Subs
from sympy.core.function import AppliedUndef

from litgrad.checking.proof import Level, Proof
from litgrad.meaning.forms import atoms_of

Applies: TypeAlias = Callable[[Expr, Expr], bool]
"""Whether a rule leads from one side to the other."""


def rule_of(left: Expr, right: Expr, proof: Proof) -> str:
    """The rule that a proved step applies: the first row of the tables that fits it.

    >>> x = sympy.Symbol("x", real=True)
    >>> rule_of(sympy.log(x**2 + 1) - sympy.log(2), sympy.log((x**2 + 1) / 2), Proof(Level.OPAQUE))
    'logarithm law'
    """
    if left == right:
        return "the same expression"
    if left.has(Derivative, Subs) or right.has(Derivative, Subs):
        return next((name for name, applies in _DERIVATIVES if applies(left, right)), "differentiation")
    if proof.level in (Level.INLINED, Level.EXPANDED):
        return "substitution"
    return next((name for name, applies in _ALGEBRA if applies(left, right)), "algebra")


# -------------------------------- derivatives --------------------------------


def _chains(left: Expr, right: Expr) -> bool:
    """A product of derivatives in which one's variable is the next one's name, or a call inside another."""
    return any(_is_chain(side) or _prime_at_a_value(side) for side in (left, right))


def _is_chain(expr: Expr) -> bool:
    factors = [factor for factor in Mul.make_args(expr) if isinstance(factor, Derivative)]
    numerators = {factor.expr.func.__name__ for factor in factors}
    return any(variable.name in numerators for factor in factors for variable in factor.variables)


def _prime_at_a_value(expr: Expr) -> bool:
    """`f'(g(x)) g'(x)`: a derivative at a value that is a call, beside another derivative."""
    factors = Mul.make_args(expr)
    at_calls = [f for f in factors if isinstance(f, Subs) and any(p.has(AppliedUndef) for p in f.point)]
    return bool(at_calls) and sum(factor.has(Derivative) for factor in factors) > 1


def _differentiates(kind: Callable[[Expr, set[Expr]], bool]) -> Applies:
    """A rule for a derivative, on one side, of an operand of some kind; the other side has it carried out."""

    def applies(left: Expr, right: Expr) -> bool:
        for side, other in ((left, right), (right, left)):
            for derivative in atoms_of(side, Derivative):
                carried_out = derivative not in other.atoms(Derivative)
                if carried_out and kind(derivative.expr, set(derivative.variables)):
                    return True
        return False

    return applies


def _is_quotient(operand: Expr, variables: set[Expr]) -> bool:
    return any(
        isinstance(factor, Pow)
        and factor.exp.could_extract_minus_sign()
        and factor.base.free_symbols & variables
        for factor in Mul.make_args(operand)
    )


def _is_product(operand: Expr, variables: set[Expr]) -> bool:
    return sum(bool(factor.free_symbols & variables) for factor in Mul.make_args(operand)) > 1


def _is_composite(operand: Expr, variables: set[Expr]) -> bool:
    """A function of more than the variable itself."""
    inner = operand.args[:1] if operand.is_Function or isinstance(operand, Pow) else ()
    return any(part not in variables and part.free_symbols & variables for part in inner)


def _is_power(operand: Expr, variables: set[Expr]) -> bool:
    return isinstance(operand, Pow) and operand.base in variables and not operand.exp.free_symbols & variables


def _is_sum(operand: Expr, _variables: set[Expr]) -> bool:
    return isinstance(operand, Add)


_DERIVATIVES: tuple[tuple[str, Applies], ...] = (
    ("chain rule", _chains),
    ("sum rule", _differentiates(_is_sum)),
    ("quotient rule", _differentiates(_is_quotient)),
    ("product rule", _differentiates(_is_product)),
    ("power rule", _differentiates(_is_power)),
    ("chain rule", _differentiates(_is_composite)),
)

# -------------------------------- algebra --------------------------------


def _changes(*kinds: type) -> Applies:
    """A rule after which other calls of some kinds stand in the formula."""
    return lambda left, right: left.atoms(*kinds) != right.atoms(*kinds)


def _changes_powers(left: Expr, right: Expr) -> bool:
    first, second = ({p for p in side.atoms(Pow) if p.exp.free_symbols} for side in (left, right))
    first, second = first | left.atoms(sympy.exp), second | right.atoms(sympy.exp)
    return first != second


def _changes_roots(left: Expr, right: Expr) -> bool:
    first, second = ({p for p in s.atoms(Pow) if p.exp.is_Rational and p.exp.q > 1} for s in (left, right))
    return first != second


def _fractions(side: Expr) -> int:
    """How many terms of a sum are fractions."""
    return sum(bool(_below(term)) for term in Add.make_args(side))


def _below(term: Expr) -> set[Expr]:
    """What stands below a term's line."""
    return {f.base for f in Mul.make_args(term) if isinstance(f, Pow) and f.exp.could_extract_minus_sign()}


def _joins_fractions(left: Expr, right: Expr) -> bool:
    return (
        _fractions(left) >= 1 and isinstance(left, Add) and not isinstance(right, Add) and bool(_below(right))
    )


def _splits_fractions(left: Expr, right: Expr) -> bool:
    return _joins_fractions(right, left)


def cancelled(left: Expr, right: Expr) -> list[Expr]:
    """What stands below the line of the left side, has a symbol, and is gone from the right side."""
    first, second = ({b for b in _below(side) if b.free_symbols} for side in (left, right))
    return [] if isinstance(left, Add) or second - first else sorted(first - second, key=str)


def _cancels(left: Expr, right: Expr) -> bool:
    return bool(cancelled(left, right))


def _expands(left: Expr, right: Expr) -> bool:
    return (
        isinstance(right, Add) and any(_holds_a_sum(term) for term in Add.make_args(left)) and _is_flat(right)
    )


def _factors(left: Expr, right: Expr) -> bool:
    return _expands(right, left)


def _holds_a_sum(term: Expr) -> bool:
    """A product, or a power, with a sum among its factors."""
    parts = [part.base if isinstance(part, Pow) else part for part in Mul.make_args(term)]
    return not isinstance(term, Add) and any(isinstance(part, Add) for part in parts)


def _is_flat(side: Expr) -> bool:
    return not any(_holds_a_sum(term) for term in Add.make_args(side))


_ALGEBRA: tuple[tuple[str, Applies], ...] = (
    ("logarithm law", _changes(sympy.log)),
    ("trigonometric identity", _changes(sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc)),
    ("hyperbolic identity", _changes(sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth)),
    ("absolute value", _changes(sympy.Abs, sympy.sign, sympy.Max, sympy.Min)),
    ("exponent law", _changes_powers),
    ("root law", _changes_roots),
    ("split the fraction", _splits_fractions),
    ("common denominator", _joins_fractions),
    ("cancel", _cancels),
    ("expand", _expands),
    ("factor", _factors),
)
