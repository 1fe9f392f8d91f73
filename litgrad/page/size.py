"""How large a formula would be with all calls of the post's functions put in, without putting them in."""

from sympy import Expr
from sympy.core.function import AppliedUndef

from litgrad.meaning.definitions import Definitions
from litgrad.meaning.forms import name_of

LARGE = 3_000
"""A formula of so many parts is not worked out for the page."""


def is_large(definitions: Definitions, expr: Expr) -> bool:
    """Whether a formula is, or by calls of calls becomes, too large for the page.

    >>> import sympy
    >>> x, f = sympy.Symbol("x"), sympy.Function("f")
    >>> is_large(Definitions(), x**2), is_large(Definitions(functions={"f": ((x,), f(x) + 1)}), f(x))
    (False, True)
    """
    return _size(definitions, expr, {}) >= LARGE


def _size(definitions: Definitions, expr: Expr, known: dict[str, int]) -> int:
    """Parts of a formula, at most `LARGE`; a function that calls itself is as large as can be."""
    own = 1 + sum(_size(definitions, part, known) for part in expr.args if isinstance(part, Expr))
    if own < LARGE and isinstance(expr, AppliedUndef) and name_of(expr) in definitions.functions:
        own *= _body_size(definitions, name_of(expr), known)
    return min(own, LARGE)


def _body_size(definitions: Definitions, name: str, known: dict[str, int]) -> int:
    if name not in known:
        known[name] = LARGE
        known[name] = _size(definitions, definitions.functions[name][1], known)
    return known[name]
