"""latex2sympy, the one by hand and without a grammar."""

from latex2sympy import ConfigL2S, latex2sympy
from serving import serve


def read(latex: str) -> object:
    """The expression of the text; a new configuration each time, for it may be changed."""
    return latex2sympy(latex, ConfigL2S())


serve(read)
