"""latex2sympy2, which remembers the variables of earlier formulas unless it is told to forget them."""

from latex2sympy2 import latex2sympy, set_variances
from serving import serve


def read(latex: str) -> object:
    """The expression of the text, whatever was read before."""
    set_variances({})
    return latex2sympy(latex)


serve(read)
