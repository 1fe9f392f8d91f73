"""sympy-latex-parser, which goes on where latex2sympy2 ended, and remembers variables as that does."""

from latex2sympy.latex2sympy import latex2sympy, set_variances
from serving import serve


def read(latex: str) -> object:
    """The expression of the text, whatever was read before."""
    set_variances({})
    return latex2sympy(latex)


serve(read)
