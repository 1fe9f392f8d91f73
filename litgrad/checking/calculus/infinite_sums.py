"""Values of infinite sums, by the laws of geometric, exponential, logarithmic and zeta series."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import sympy
from sympy import Dummy, Expr, Integer, Interval, Rational, Set, Sum, Symbol, oo

from litgrad.checking.normal_form import equal, is_nonnegative

_MOST_TERMS = 20
"""How many first terms are taken off one by one."""
_MOST_DEGREE = 6
"""The highest degree of a polynomial factor."""


class NoValue(Exception):
    """The value of a sum is not known."""


@dataclass(frozen=True, slots=True)
class Total:
    """The value of a sum, and the ratios whose size must be below 1 for it."""

    value: Expr
    ratios: tuple[Expr, ...] = ()


@dataclass(slots=True)
class _Term:
    """`constant * P(k) * ratio**k`, over a factorial or a power of k."""

    constant: Expr = sympy.S.One
    polynomial: Expr = sympy.S.One
    ratio: Expr = sympy.S.One
    below: list[Expr] = field(default_factory=list)
    """Factors of the denominator that hold the index."""


def is_infinite(expr: Expr) -> bool:
    """Whether an expression holds a sum without an end."""
    return any(one.limits[0][2] is oo for one in expr.atoms(Sum))


def closed_sums(expr: Expr, put_in: Callable[[Expr], Expr]) -> Total:
    """An expression with the values of its infinite sums; raises NoValue.

    `put_in` gives an expression with the post's definitions put in.
    """
    ratios: list[Expr] = []
    while True:
        innermost = next((one for one in expr.atoms(Sum) if not one.function.has(Sum)), None)
        if innermost is None:
            return Total(expr, tuple(dict.fromkeys(ratios)))
        total = total_of(innermost, put_in)
        ratios += total.ratios
        expr = expr.xreplace({innermost: total.value})


def total_of(found: Sum, put_in: Callable[[Expr], Expr]) -> Total:
    """The value of one sum; raises NoValue."""
    ((index, first, last),) = found.limits
    if last is not oo or first.has(oo) or found.function.has(sympy.Integral, sympy.Limit, sympy.Product):
        raise NoValue
    fresh = Dummy("k", integer=True)
    body = sympy.expand_power_exp(put_in(found.function.xreplace({index: fresh})))
    terms = [_taken_apart(term, fresh) for term in sympy.Add.make_args(_multiplied_out(body, fresh))]
    totals = [_sum_of(term, fresh, first) for term in terms]
    value = sympy.Add(*(total.value for total in totals))
    return Total(value, tuple(ratio for total in totals for ratio in total.ratios))


def converges(ratio: Expr, assumed: Iterable[tuple[Expr, Set]], positive: Sequence[Expr]) -> bool:
    """Whether a ratio is proved to lie between -1 and 1.

    Takes what the symbols' expressions are said to lie in, and what is known to be above zero.
    """
    assumed, values = list(assumed), sympy.S.Reals
    for expr, inside in assumed:
        if equal(expr, ratio, positive):
            values = values.intersect(inside)
        elif equal(expr, sympy.Abs(ratio), positive) and inside.is_subset(Interval.open(-oo, 1)):
            return True
    if values.is_subset(Interval.open(-1, 1)) or _stays_small(ratio, assumed):
        return True
    if isinstance(ratio, sympy.exp) and is_nonnegative(-ratio.args[0], positive, strict=True):
        return True
    return all(is_nonnegative(1 + sign * ratio, positive, strict=True) for sign in (1, -1))


def _stays_small(ratio: Expr, assumed: Iterable[tuple[Expr, Set]]) -> bool:
    """Whether a ratio such as `1 - a` runs between -1 and 1 over all that a symbol may be."""
    names = list(ratio.free_symbols)
    if len(names) != 1 or not ratio.is_polynomial(*names) or sympy.degree(ratio, names[0]) != 1:
        return False
    inside: Set = sympy.S.Reals
    for expr, values in assumed:
        inside = inside.intersect(values) if expr == names[0] and isinstance(values, Interval) else inside
    if not isinstance(inside, Interval):
        return False
    ends = [
        (ratio.xreplace({names[0]: end}), is_open)
        for end, is_open in ((inside.start, inside.left_open), (inside.end, inside.right_open))
    ]
    (low, low_open), (high, high_open) = sorted(ends, key=lambda end: end[0])
    return Interval(low, high, low_open, high_open).is_subset(Interval.open(-1, 1))


def _multiplied_out(body: Expr, index: Symbol) -> Expr:
    """Sums of terms that hold the index, as terms of their own."""
    held = [part for part in sympy.Mul.make_args(body) if part.is_Add and part.has(index)]
    return body if all(_is_of_low_degree(part, index) for part in held) else sympy.expand_mul(body)


def _taken_apart(term: Expr, index: Symbol) -> _Term:
    found = _Term()
    for factor in sympy.Mul.make_args(term):
        if not factor.has(index):
            found.constant *= factor
        elif _is_of_low_degree(factor, index):
            found.polynomial *= factor
        elif factor.is_Pow and factor.exp.is_Integer and factor.exp < 0:
            found.below += [factor.base] * int(-factor.exp)
        else:
            _take_power(found, factor, index)
    return found


def _is_of_low_degree(factor: Expr, index: Symbol) -> bool:
    """Whether a factor is a polynomial in the index that is quickly multiplied out."""
    powers = [abs(power.exp) for power in factor.atoms(sympy.Pow) if power.exp.is_Integer]
    small = all(power <= _MOST_DEGREE for power in powers)
    return small and factor.is_polynomial(index) and sympy.degree(factor, index) <= _MOST_DEGREE


def _take_power(found: _Term, factor: Expr, index: Symbol) -> None:
    """`r^{ak + b}`, `e^{ak + b}`, also as a whole power of such."""
    base, exponent = factor.as_base_exp()
    if isinstance(factor, sympy.exp):
        base, exponent = sympy.E, factor.args[0]
    if base.has(index) and base.is_Pow:
        base, exponent = base.base, base.exp * exponent
    rate = sympy.expand(exponent).coeff(index, 1)
    rest = sympy.expand(exponent - rate * index)
    if base.has(index) or rest.has(index) or rate == 0 or not (rate.is_Integer or base is sympy.E):
        raise NoValue
    found.ratio *= sympy.exp(rate) if base is sympy.E else base**rate
    found.constant *= sympy.exp(rest) if base is sympy.E else base**rest


# -------------------------------- the laws --------------------------------


def _sum_of(term: _Term, index: Symbol, first: Expr) -> Total:
    """A power in the denominator that is `1/r^k` counts as a ratio."""
    below: list[Expr] = []
    for factor in term.below:
        if factor.is_Pow and not factor.base.has(index):
            _take_power(term, factor**-1, index)
        else:
            below.append(factor)
    if not below:
        return _geometric(term, index, first)
    if len(below) == 1 and isinstance(below[0], sympy.factorial):
        return _exponential(term, below[0].args[0], index, first)
    return _by_powers(term, below, index, first)


def _differences(polynomial: Expr, index: Symbol) -> list[Expr]:
    """The coefficients of a polynomial in falling powers: `k^2 = (k)_2 + (k)_1`."""
    degree = int(sympy.degree(polynomial, index)) if polynomial.has(index) else 0
    if degree > _MOST_DEGREE:
        raise NoValue
    row = [polynomial.xreplace({index: Integer(n)}) for n in range(degree + 1)]
    found: list[Expr] = []
    for order in range(degree + 1):
        found.append(sympy.expand(row[0]) / sympy.factorial(order))
        row = [later - earlier for earlier, later in pairwise(row)]
    return found


def _geometric(term: _Term, index: Symbol, first: Expr) -> Total:
    """`sum (k)_q r^k = q! r^q / (1 - r)^{q+1}`, from the first term on."""
    r = term.ratio
    if r == 1 or (r.is_number and not abs(r) < 1):
        raise NoValue
    shifted = sympy.expand(term.polynomial.subs(index, index + first))
    parts = [
        c * sympy.factorial(q) * r**q / (1 - r) ** (q + 1) for q, c in enumerate(_differences(shifted, index))
    ]
    value = term.constant * r**first * sympy.Add(*parts)
    return Total(value, () if r.is_number else (r,))


def _exponential(term: _Term, under: Expr, index: Symbol, first: Expr) -> Total:
    """`sum (i)_q r^i / i! = r^q e^r`, with `i = k + s` under the factorial; sine and cosine."""
    shift = sympy.expand(under - index)
    start = first + shift
    if not shift.is_Integer or not start.is_Integer:
        return _sine_or_cosine(term, under, index, first)
    start = max(int(start), 0)
    if start > _MOST_TERMS:
        raise NoValue
    polynomial = sympy.expand(term.polynomial.subs(index, index - shift))
    r = term.ratio
    whole = sympy.Add(*(c * r**q for q, c in enumerate(_differences(polynomial, index)))) * sympy.exp(r)
    taken = [polynomial.subs(index, n) * r**n / sympy.factorial(n) for n in range(start)]
    return Total(term.constant * r**-shift * (whole - sympy.Add(*taken)))


def _sine_or_cosine(term: _Term, under: Expr, index: Symbol, first: Expr) -> Total:
    """`sum (-x^2)^k / (2k)!` and `/ (2k + 1)!`, from 0 on."""
    odd = sympy.expand(under - 2 * index)
    if first != 0 or term.polynomial.has(index) or odd not in (0, 1):
        raise NoValue
    negative = term.ratio.could_extract_minus_sign()
    square = -term.ratio if negative else term.ratio
    root = (
        square.base if square.is_Pow and square.exp == 2 else sympy.sqrt(square) if square.is_number else None
    )
    if root is None:
        raise NoValue
    functions = (sympy.cos, sympy.sin) if negative else (sympy.cosh, sympy.sinh)
    value = functions[1](root) / root if odd == 1 else functions[0](root)
    return Total(term.constant * term.polynomial * value)


def _by_powers(term: _Term, below: list[Expr], index: Symbol, first: Expr) -> Total:
    """`sum r^k / k = -log(1 - r)`, and `sum 1/k^p` for even p."""
    shift = sympy.expand(below[0] - index)
    alike = all(sympy.expand(one - below[0]) == 0 for one in below)
    if not alike or first + shift != 1 or not shift.is_Integer or term.polynomial.has(index):
        raise NoValue
    p, r = len(below), term.ratio
    constant = term.constant * term.polynomial * r**-shift
    if p == 1 and r != 1 and (not r.is_number or -1 <= r < 1):
        return Total(-constant * sympy.log(1 - r), () if r.is_number else (r,))
    if p % 2 == 0 and r in (1, -1):
        factor = Integer(1) if r == 1 else Rational(1, 2 ** (p - 1)) - 1
        return Total(constant * factor * sympy.zeta(p))
    raise NoValue
