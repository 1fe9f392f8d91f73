"""SymPy's own reader, with the grammar that Lark interprets; several readings count as none."""

from serving import serve
from sympy.parsing.latex import parse_latex


def read(latex: str) -> object:
    """The one reading of the text."""
    found = parse_latex(latex, backend="lark")
    if getattr(found, "data", None) == "_ambig":
        raise ValueError("several readings")
    return found


serve(read)
