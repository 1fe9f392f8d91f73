"""SymPy's own reader, with the grammar that ANTLR compiled, as it is called without options.

Then a prefix is enough for it; `strict=True` would refuse every `\\left(`.
"""

from functools import partial

from serving import serve
from sympy.parsing.latex import parse_latex

serve(partial(parse_latex, backend="antlr"))
