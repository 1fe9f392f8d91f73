"""Whether two SymPy expressions have one meaning, whichever way two readers write it.

Alike are: names that differ in backslashes, braces, brackets, spaces, fonts and assumptions only; values
before and after they are carried out; numbers that are equal in double precision; relations read from
the right; sums and sets in any order; a derivative of `L` and one of `L(x)` by `x`; matrices of each of
SymPy's kinds. Logarithms without a base are what the reader made of them, so another base is another
meaning.
"""

import random
import re
import signal
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import sympy
from sympy import Basic, Derivative, Dummy, Expr, Float, Limit, MatrixBase, Rational, Symbol
from sympy.core.function import AppliedUndef, UndefinedFunction
from sympy.core.relational import Relational
from sympy.matrices.expressions.matexpr import MatrixExpr
from sympy.utilities.exceptions import SymPyDeprecationWarning

Meaning = Any
"""A SymPy expression, or a list of them."""

SECONDS = 5
"""How long a comparison may take; what is not found to be the same by then is taken to differ."""

_FONTS = re.compile(
    r"\\(?:math(?:it|rm|bf|bb|cal|sf|tt|scr|frak)|text(?:it|rm|bf)?|operatorname|boldsymbol|bm|mbox)(?![a-zA-Z])"
)
_ACCENT_FIRST = re.compile(r"\\?\b(bar|overline|hat|tilde|vec)\{(\w)\}")
_ACCENT_LAST = re.compile(r"^(\w)(bar|hat|tilde|vec)(?=_|$)")
_EPSILON = 1e-12


def same(found: Meaning, expected: Meaning) -> bool:
    """Whether two readings have one meaning.

    >>> x, y = sympy.symbols("x y")
    >>> same(x + y * 0.5, sympy.Symbol("y", real=True) / 2 + x), same(x < y, y > x), same(x, y)
    (True, True, False)
    """
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if isinstance(found, list) or isinstance(expected, list):
        parts = isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected)
        return parts and all(map(same, found, expected))
    try:
        with _deadline(SECONDS), warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", SymPyDeprecationWarning
            )  # some readers multiply what is no number
            return _same(plain(found), plain(expected))
    except (TypeError, AttributeError, ValueError, NotImplementedError, ArithmeticError, TimeoutError):
        return False


def _same(left: Meaning, right: Meaning) -> bool:
    if left == right:
        return True
    if isinstance(left, Relational) and isinstance(right, Relational):
        return _same_relation(left, right)
    if isinstance(left, sympy.Tuple | sympy.FiniteSet) and isinstance(right, sympy.Tuple | sympy.FiniteSet):
        return len(left.args) == len(right.args) and all(
            any(_same(one, other) for other in right.args) for one in left.args
        )
    if isinstance(left, MatrixBase | MatrixExpr) or isinstance(right, MatrixBase | MatrixExpr):
        return _same_matrix(left, right)
    if not isinstance(left, Expr) or not isinstance(right, Expr):
        return False
    if left.is_number and right.is_number:
        return _same_number(left, right)
    left, right = left.doit(), right.doit()
    return left == right or (_near(left, right) and _zero(left - right))


def _same_relation(left: Relational, right: Relational) -> bool:
    if left.func is not right.func:
        left = left.reversed
    if left.func is not right.func:
        return False
    straight = _same(left.lhs, right.lhs) and _same(left.rhs, right.rhs)
    turned = isinstance(left, sympy.Eq | sympy.Ne)
    return straight or (turned and _same(left.lhs, right.rhs) and _same(left.rhs, right.lhs))


def _same_matrix(left: Meaning, right: Meaning) -> bool:
    left, right = (sympy.Matrix(side.doit()) for side in (left, right))
    return left.shape == right.shape and all(map(_same, left, right))


def _same_number(left: Expr, right: Expr) -> bool:
    """Equal in double precision, where what is too small for it is zero; infinities by their sign."""
    left, right = left.doit(), right.doit()
    if left == right or not (left.is_finite and right.is_finite):
        return left == right
    first, second = complex(left.evalf(17)), complex(right.evalf(17))
    return abs(first - second) <= _EPSILON * max(abs(first), abs(second))


def _near(left: Expr, right: Expr) -> bool:
    """Whether the values agree at some random points; True where there are none."""
    if left.free_symbols != right.free_symbols and not (left - right).free_symbols:
        return True
    draw = random.Random(0)  # noqa: S311 - no secret
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    for _ in range(3):
        point = {symbol: Rational(draw.randint(101, 999), 250) for symbol in symbols}
        first, second = (side.xreplace(point).evalf() for side in (left, right))
        if first.is_number and second.is_number and first.is_finite and second.is_finite:
            gap = abs(complex(first) - complex(second))
            if gap > 1e-9 * max(abs(complex(first)), abs(complex(second))):
                return False
    return True


def _zero(difference: Expr) -> bool:
    """Whether SymPy finds nothing left of the difference."""
    return difference.expand() == 0 or sympy.simplify(difference) == 0


def plain(expr: Meaning) -> Meaning:
    """The expression with plain names, exact numbers and derivatives in one form."""
    if isinstance(expr, MatrixBase):
        return sympy.ImmutableMatrix(expr.applyfunc(plain))
    if isinstance(expr, bool):
        return sympy.true if expr else sympy.false
    if not isinstance(expr, Basic):
        return sympy.Integer(expr) if isinstance(expr, int) else Rational(str(expr))
    expr = expr.replace(sympy.UnevaluatedExpr, lambda inner: inner)
    expr = expr.replace(lambda e: isinstance(e, Derivative), _derivative)
    expr = expr.xreplace({number: _exact(number) for number in expr.atoms(Float)})
    expr = expr.xreplace({limit: _from_its_side(limit) for limit in expr.atoms(Limit)})
    symbols = [symbol for symbol in expr.atoms(Symbol) if not isinstance(symbol, Dummy)]
    expr = expr.xreplace({symbol: Symbol(bare(symbol.name)) for symbol in symbols})
    return expr.replace(
        lambda e: isinstance(e, AppliedUndef), lambda e: UndefinedFunction(bare(e.func.__name__))(*e.args)
    )


def _exact(number: Float) -> Expr:
    """The rational number that the digits of a float say."""
    return Rational(repr(float(number))) if number.is_finite else number


def _from_its_side(limit: Limit) -> Limit:
    """A limit at infinity has one side, which some readers name and others do not."""
    inner, variable, place, _ = limit.args
    return Limit(inner, variable, place, "-") if place.is_infinite else limit


def _derivative(derivative: Derivative) -> Basic:
    """A name of its own where what is differentiated is just a name."""
    inner = derivative.expr
    if not isinstance(inner, Symbol | AppliedUndef):
        return derivative
    name = inner.name if isinstance(inner, Symbol) else inner.func.__name__
    variables = [(bare(str(variable)), int(count)) for variable, count in derivative.variable_count]
    return Symbol(f"d {bare(name)} by {variables}")


def bare(name: str) -> str:
    r"""A name without what LaTeX and SymPy put around it.

    >>> bare(r"\mathit{x}_{(n + 1)}"), bare("x_n+1"), bare(r"\bar{x}_2"), bare("xbar_2")
    ('x_n+1', 'x_n+1', 'barx_2', 'barx_2')
    """
    name = _ACCENT_LAST.sub(r"\2\1", _ACCENT_FIRST.sub(r"\1\2", name).replace("overline", "bar"))
    return re.sub(r"[\\{}() ]", "", _FONTS.sub("", name))


@contextmanager
def _deadline(seconds: int) -> Generator[None]:
    """Raise TimeoutError inside once the seconds are over."""

    def stop(signum: int, frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
