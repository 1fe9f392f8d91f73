"""latex2sympy2_extended, with capital letters kept apart from small ones, as the others do."""

from functools import partial

from latex2sympy2_extended import latex2sympy
from latex2sympy2_extended.latex2sympy2 import ConversionConfig
from serving import serve

serve(partial(latex2sympy, conversion_config=ConversionConfig(lowercase_symbols=False)))
