"""Products of the slope of a sigmoid, in an order in which the slope does not underflow first."""

from sympy import Expr

from litgrad.codegen.parts import factors_of
from litgrad.codegen.sharing import mirrored
from litgrad.codegen.special import HalfSech
from litgrad.meaning.forms import multiply

WHY = (
    "sigmoid(u) * sigmoid(-u) * x as h * x * h with h = 1 / (2 * cosh(u / 2)): "
    "the slope underflows for |u| above 708, the product later"
)
"""What a comment says of it."""


def spread(product: Expr) -> Expr | None:
    """A product with the sigmoids of u and -u as their root, the other factors, and the root again.

    None for what has no such pair or no other factor that could make up for an underflow.

    >>> import sympy
    >>> from litgrad.codegen.special import Sigmoid
    >>> u, x = sympy.symbols("u x", real=True)
    >>> spread(sympy.Mul(Sigmoid(u), Sigmoid(-u), x, evaluate=False)).args
    (HalfSech(u), x, HalfSech(u))
    """
    factors = factors_of(product)
    pair = mirrored(factors)
    if pair is None:
        return None
    others = [factor for factor in factors if factor not in pair]
    if not any(factor.free_symbols for factor in others):
        return None
    root = HalfSech(pair[0].args[0])
    return multiply(root, *others, root)
